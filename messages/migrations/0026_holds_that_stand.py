from django.db import migrations


def put_on_record(apps, _schema_editor):
    """What is paused or stopped at this moment. Of earlier pauses the audit log tells."""
    Broadcast, Hold = apps.get_model("broadcasts", "Broadcast"), apps.get_model("broadcasts", "Hold")
    EngineState = apps.get_model("broadcasts", "EngineState")
    paused = Broadcast.objects.filter(paused_at__isnull=False).exclude(status="cancelled")
    for broadcast in paused.select_related("first_group").iterator(chunk_size=500):
        first = getattr(broadcast, "first_group", None)
        itself = first is not None and first.stopped_at is not None
        Hold.objects.create(
            kind="paused_itself" if itself else "paused",
            broadcast=broadcast,
            begun_at=broadcast.paused_at,
            begun_by_name="" if itself else broadcast.paused_by_name,
        )
        if itself:
            Broadcast.objects.filter(pk=broadcast.pk).update(paused_by_name="")
    for state in EngineState.objects.filter(stopped_at__isnull=False):
        Hold.objects.create(kind="all_stopped", begun_at=state.stopped_at, begun_by_name=state.stopped_by_name)


class Migration(migrations.Migration):
    dependencies = [
        ("broadcasts", "0025_holds"),
    ]

    operations = [
        migrations.RunPython(put_on_record, migrations.RunPython.noop),
    ]
