import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ROLES = [
    ("coordinator", "Coordinator"),
    ("statistician", "Statistician"),
    ("truth_keeper", "Truth keeper"),
    ("auditor", "Auditor"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("studies", "0006_practice"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FormerMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("role", models.CharField(choices=ROLES, max_length=20)),
                ("removed_at", models.DateTimeField()),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="former_members",
                        to="studies.study",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"ordering": ["removed_at"]},
        ),
        migrations.AlterField(
            model_name="studymember",
            name="role",
            field=models.CharField(choices=ROLES, max_length=20),
        ),
        migrations.RemoveConstraint(
            model_name="studymember", name="one_membership_per_person_and_role"
        ),
        migrations.AddConstraint(
            model_name="studymember",
            constraint=models.UniqueConstraint(
                fields=["study", "user"], name="one_role_per_person_and_study"
            ),
        ),
        migrations.AddConstraint(
            model_name="studymember",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("role__in", ["coordinator", "statistician", "truth_keeper", "auditor"])
                ),
                name="study_role_is_known",
            ),
        ),
    ]
