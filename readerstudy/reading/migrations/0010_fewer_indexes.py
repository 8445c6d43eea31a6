import django.db.models.deletion
from django.db import migrations, models

from readerstudy.core.migration_operations import without_pattern_index


class Migration(migrations.Migration):

    dependencies = [
        ('reading', '0009_messages'),
        ('studies', '0009_fewer_indexes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='practiceanswer',
            name='enrolment',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='practice_answers', to='studies.enrolment'),
        ),
        migrations.AlterField(
            model_name='reading',
            name='position',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='studies.position'),
        ),
        without_pattern_index("reading_reading", "public_id"),
    ]
