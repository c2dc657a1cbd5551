from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("robots", "0004_footers")]

    operations = [
        migrations.AddField(
            model_name="robot",
            name="external",
            field=models.BooleanField(default=False, verbose_name="external group"),
        ),
        migrations.AddField(
            model_name="recipient",
            name="groups",
            field=models.ManyToManyField(blank=True, related_name="members", to="robots.robot", verbose_name="groups"),
        ),
    ]
