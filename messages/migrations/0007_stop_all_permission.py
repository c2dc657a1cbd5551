from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("broadcasts", "0006_paused_broadcasts")]

    operations = [
        migrations.AlterModelOptions(
            name="enginestate",
            options={"default_permissions": (), "permissions": [("stop_all", "Can stop and resume all sending")]},
        ),
    ]
