from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("broadcasts", "0010_overrides")]

    operations = [
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("status", "waiting"), ("uncertain_tries__gt", 0)),
                fields=["claimed_at"],
                name="delivery_held_retries",
            ),
        ),
    ]
