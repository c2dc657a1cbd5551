from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("robots", "0003_variables")]

    operations = [
        migrations.AddField(
            model_name="robot",
            name="footer",
            field=models.TextField(blank=True, default="", verbose_name="footer"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="robot",
            name="append_keyword",
            field=models.BooleanField(default=False, verbose_name="append the keyword"),
        ),
    ]
