from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("broadcasts", "0004_run_resend_key")]

    operations = [
        migrations.AlterModelOptions(
            name="notice",
            options={
                "default_permissions": ("view", "change"),
                "ordering": ["-last_at", "-pk"],
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
            },
        ),
    ]
