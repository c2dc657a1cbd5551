from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("robots", "0002_organisation_reserve")]

    operations = [
        migrations.AddField(
            model_name="robot",
            name="variables",
            field=models.JSONField(blank=True, default=dict, verbose_name="variables"),
        ),
        migrations.AddField(
            model_name="tag",
            name="variables",
            field=models.JSONField(blank=True, default=dict, verbose_name="variables"),
        ),
    ]
