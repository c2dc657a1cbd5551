from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("broadcasts", "0018_successions")]

    operations = [
        migrations.AddField(
            model_name="broadcast",
            name="corrects",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="corrections",
                to="broadcasts.broadcast",
            ),
        ),
        migrations.AddField(
            model_name="draft",
            name="corrects",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="correction_drafts",
                to="broadcasts.broadcast",
            ),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(
                condition=models.Q(("launches", 0)), fields=("corrects",), name="draft_correction_once"
            ),
        ),
    ]
