from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("broadcasts", "0015_cancelled_broadcasts")]

    operations = [
        migrations.RemoveIndex(model_name="delivery", name="delivery_held_retries"),
        migrations.RemoveIndex(model_name="delivery", name="delivery_later_parts"),
        migrations.RemoveIndex(model_name="delivery", name="delivery_uncertain"),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("status", "waiting"), ("uncertain_tries__gt", 0)),
                fields=["status", "claimed_at"],
                name="delivery_held_retries",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("part__gt", 1), ("status", "waiting")),
                fields=["status", "run", "robot"],
                name="delivery_later_parts",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("status", "uncertain")), fields=["status", "due_at"], name="delivery_uncertain"
            ),
        ),
    ]
