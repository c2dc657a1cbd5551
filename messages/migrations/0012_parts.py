from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("broadcasts", "0011_held_retries")]

    operations = [
        migrations.RemoveConstraint(model_name="delivery", name="delivery_robot_once_per_run"),
        migrations.AddField(
            model_name="broadcast",
            name="split",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="delivery",
            name="part",
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="delivery",
            name="parts",
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="target",
            name="parts",
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("part__gt", 1), ("status", "waiting")),
                fields=["run", "robot"],
                name="delivery_later_parts",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(fields=("run", "robot", "part"), name="delivery_part_once_per_run"),
        ),
    ]
