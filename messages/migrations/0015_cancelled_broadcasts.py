from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("broadcasts", "0014_mentions_of_groups")]

    operations = [
        migrations.AddIndex(
            model_name="broadcast",
            index=models.Index(
                condition=models.Q(("cancelled_at__isnull", False)), fields=["cancelled_at"], name="broadcast_cancelled"
            ),
        ),
    ]
