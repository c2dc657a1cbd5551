from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("broadcasts", "0028_recurring"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("parts__gt", 1)), fields=["status", "ended_at"], name="delivery_parts_ended"
            ),
        ),
    ]
