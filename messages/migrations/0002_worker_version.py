from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("broadcasts", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="worker",
            name="version",
            field=models.CharField(blank=True, max_length=20, default=""),
            preserve_default=False,
        ),
    ]
