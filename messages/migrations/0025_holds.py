import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("broadcasts", "0024_autosaves"),
    ]

    operations = [
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("paused", "Paused"),
                            ("paused_itself", "Paused by itself"),
                            ("all_stopped", "All sending stopped"),
                        ],
                        max_length=20,
                    ),
                ),
                ("begun_at", models.DateTimeField()),
                ("begun_by_name", models.CharField(blank=True, max_length=150)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by_name", models.CharField(blank=True, max_length=150)),
                (
                    "broadcast",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="holds",
                        to="broadcasts.broadcast",
                    ),
                ),
            ],
            options={
                "ordering": ["begun_at", "pk"],
                "default_permissions": (),
                "indexes": [models.Index(fields=["broadcast", "begun_at"], name="hold_of_broadcast")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("broadcast", None), ("kind", "all_stopped")),
                            models.Q(("broadcast__isnull", False), models.Q(("kind", "all_stopped"), _negated=True)),
                            _connector="OR",
                        ),
                        name="hold_of_one_or_of_all",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("broadcast",), name="hold_once_per_broadcast"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("broadcast", None), ("ended_at", None)),
                        fields=("kind",),
                        name="hold_of_all_once",
                    ),
                ],
            },
        ),
    ]
