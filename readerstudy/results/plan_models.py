"""What a study's coordinators fix of its analysis before anybody reads; part of the lock."""

from django.db import models
from django.db.models import Q

from readerstudy.results.choices import PrimaryComparison
from readerstudy.studies.models import Study

LARGEST_ALPHA, LARGEST_MARGIN = 0.2, 0.5


class StudyPlan(models.Model):
    """The analysis plan of a study. Can be edited while it is a draft; a study without a row has none.

    `alpha` is two-sided. `margin` is a difference of areas or of rates, by the primary comparison; None where no
    non-inferiority is planned. `prevalence` is that of the population the test is meant for.
    """

    study = models.OneToOneField(Study, on_delete=models.CASCADE, related_name="analysis_plan")
    primary = models.CharField(
        max_length=20, choices=PrimaryComparison.choices, default=PrimaryComparison.AUC
    )
    alpha = models.FloatField(default=0.05)
    margin = models.FloatField(null=True, blank=True)
    prevalence = models.FloatField(null=True, blank=True)
    prevalence_source = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(primary__in=PrimaryComparison.values),
                name="primary_comparison_is_known",
            ),
            models.CheckConstraint(
                condition=Q(alpha__gt=0, alpha__lte=LARGEST_ALPHA), name="alpha_is_above_0_to_0_2"
            ),
            models.CheckConstraint(
                condition=Q(margin=None) | Q(margin__gt=0, margin__lt=LARGEST_MARGIN),
                name="margin_is_between_0_and_0_5",
            ),
            models.CheckConstraint(
                condition=Q(prevalence=None, prevalence_source="")
                | (Q(prevalence__gt=0, prevalence__lt=1) & ~Q(prevalence_source="")),
                name="a_prevalence_between_0_and_1_has_a_source",
            ),
        ]

    def __str__(self) -> str:
        return f"Analysis plan of {self.study}"
