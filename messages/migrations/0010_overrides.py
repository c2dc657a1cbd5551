from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("broadcasts", "0009_target_ending")]

    operations = [
        migrations.AddField(model_name="draft", name="overrides", field=models.JSONField(default=list, editable=False)),
        migrations.AddField(model_name="broadcast", name="overrides", field=models.JSONField(default=list)),
        migrations.AddField(model_name="target", name="override", field=models.PositiveSmallIntegerField(null=True)),
    ]
