from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("broadcasts", "0007_stop_all_permission")]

    operations = [
        migrations.AddField(
            model_name="broadcast",
            name="tailored",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="target",
            name="variables",
            field=models.JSONField(default=dict),
        ),
    ]
