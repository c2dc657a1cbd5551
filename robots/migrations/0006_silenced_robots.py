from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("robots", "0005_group_members")]

    operations = [
        migrations.AddIndex(
            model_name="robot",
            index=models.Index(
                condition=models.Q(("hold_until__isnull", False)), fields=["hold_until"], name="robot_hold_until"
            ),
        ),
    ]
