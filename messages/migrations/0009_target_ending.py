from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("broadcasts", "0008_tailored_broadcasts")]

    operations = [
        migrations.AddField(
            model_name="target",
            name="ending",
            field=models.JSONField(null=True),
        ),
    ]
