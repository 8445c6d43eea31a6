import django.db.models.deletion
from django.db import migrations, models

from readerstudy.core.migration_operations import without_pattern_index


class Migration(migrations.Migration):

    dependencies = [
        ('studies', '0008_privacy'),
    ]

    operations = [
        migrations.AlterField(
            model_name='position',
            name='enrolment',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='positions', to='studies.enrolment'),
        ),
        without_pattern_index("studies_position", "public_id"),
    ]
