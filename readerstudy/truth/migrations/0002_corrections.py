import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("images", "0002_origin_and_training_sets"), ("truth", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="referencestandard",
            name="corrects",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="correction",
                to="truth.referencestandard",
            ),
        ),
        migrations.AddField(
            model_name="referencestandard",
            name="reason",
            field=models.CharField(blank=True, help_text="Of a correction", max_length=200),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="referencestandard",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="images.case"
            ),
        ),
        migrations.AddConstraint(
            model_name="referencestandard",
            constraint=models.UniqueConstraint(
                condition=models.Q(("corrects", None)),
                fields=("case",),
                name="one_first_reference_standard_per_case",
            ),
        ),
    ]
