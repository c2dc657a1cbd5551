import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("broadcasts", "0026_holds_that_stand")]

    operations = [
        migrations.AddField(
            "draft",
            "shelf",
            models.CharField(
                choices=[("drafts", "Drafts"), ("archive", "Archive"), ("templates", "Templates")],
                db_default="drafts",
                default="drafts",
                editable=False,
                max_length=20,
            ),
        ),
        migrations.AddField(
            "draft",
            "category",
            models.CharField(blank=True, db_default="", default="", editable=False, max_length=50),
        ),
        migrations.AddField(
            "draft",
            "description",
            models.CharField(blank=True, db_default="", default="", editable=False, max_length=300),
        ),
        migrations.AddField(
            "draft",
            "made_from",
            models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="broadcasts.draft",
            ),
        ),
        migrations.AddField(
            "draft",
            "made_from_name",
            models.CharField(blank=True, db_default="", default="", editable=False, max_length=100),
        ),
        migrations.AddField("draftversion", "restored", models.PositiveIntegerField(null=True)),
        migrations.AddConstraint(
            "draft",
            models.CheckConstraint(
                condition=models.Q(("shelf__in", ["drafts", "archive", "templates"])), name="draft_shelf"
            ),
        ),
        migrations.AddIndex("draft", models.Index(fields=["shelf", "-updated_at", "-id"], name="draft_shelf_newest")),
        migrations.AddIndex(
            "draft",
            models.Index(
                condition=models.Q(("shelf", "templates")), fields=["category", "name", "id"], name="draft_library"
            ),
        ),
    ]
