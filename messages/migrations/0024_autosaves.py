from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("broadcasts", "0023_undo_windows")]

    operations = [
        migrations.AddField("draft", "page", models.UUIDField(editable=False, null=True, unique=True)),
        migrations.AddField("draftversion", "autosaved_since", models.DateTimeField(null=True)),
        migrations.AddField("draftversion", "page", models.UUIDField(null=True)),
    ]
