from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("broadcasts", "0002_worker_version")]

    operations = [
        migrations.AddField(
            model_name="broadcast",
            name="urgent",
            field=models.BooleanField(default=False, verbose_name="urgent"),
        ),
    ]
