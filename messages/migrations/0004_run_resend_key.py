from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("broadcasts", "0003_broadcast_urgent")]

    operations = [
        migrations.AddField(
            model_name="run",
            name="resend_key",
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="run",
            constraint=models.UniqueConstraint(fields=("resend_key", "resend_of"), name="run_resent_once_per_key"),
        ),
    ]
