from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("broadcasts", "0005_notice_put_away")]

    operations = [
        migrations.AddIndex(
            model_name="broadcast",
            index=models.Index(
                condition=models.Q(("paused_at__isnull", False)), fields=["paused_at"], name="broadcast_paused"
            ),
        ),
    ]
