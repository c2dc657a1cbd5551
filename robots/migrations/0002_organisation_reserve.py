from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("robots", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="reserve",
            field=models.PositiveIntegerField(default=0, verbose_name="reserve for urgent broadcasts"),
        ),
    ]
