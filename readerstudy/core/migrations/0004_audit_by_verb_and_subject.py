from django.db import migrations, models

from readerstudy.core.migration_operations import AddIndexWhileRunning


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("core", "0003_evidence")]
    operations = [
        AddIndexWhileRunning(
            model_name="auditevent",
            index=models.Index(fields=["verb", "subject_id"], name="audit_by_verb_and_subject"),
        ),
    ]
