import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inference', '0005_aids'),
    ]

    operations = [
        migrations.AlterField(
            model_name='score',
            name='run',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='scores', to='inference.modelrun'),
        ),
    ]
