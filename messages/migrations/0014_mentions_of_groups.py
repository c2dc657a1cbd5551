from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("broadcasts", "0013_launch_plans")]

    operations = [
        migrations.AddField(
            model_name="target",
            name="mentions",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="draft",
            name="mention_sharing",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="share the people out over the groups"
            ),
        ),
    ]
