"""Every study that there was is given the design it had: unaided, each case once.

The orders of locked studies were derived before there were designs; they are verified by the algorithm of then.
"""

from django.db import migrations

BEFORE = "hmac-sha256-fisher-yates-1"
SINCE = "allocation-hmac-sha256-1"


def give_designs(apps, _schema_editor):
    Study = apps.get_model("studies", "Study")
    Design = apps.get_model("studies", "Design")
    Design.objects.bulk_create(
        Design(study=study, algorithm=SINCE if study.state == "draft" else BEFORE)
        for study in Study.objects.filter(design=None)
    )


class Migration(migrations.Migration):
    dependencies = [("studies", "0002_study_designs")]

    operations = [migrations.RunPython(give_designs, migrations.RunPython.noop, elidable=True)]
