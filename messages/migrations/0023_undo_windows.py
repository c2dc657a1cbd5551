import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("broadcasts", "0022_official_days_2019_2026"),
    ]

    operations = [
        migrations.CreateModel(
            name="UndoWindow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ends_at", models.DateTimeField()),
                ("without", models.JSONField(default=list)),
                ("typed", models.JSONField(default=dict)),
                ("steps", models.JSONField(default=list)),
                ("taken_back_at", models.DateTimeField(null=True)),
                (
                    "broadcast",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="undo_window",
                        to="broadcasts.broadcast",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
    ]
