"""Reference standards for tests, recorded by the service that the intake calls."""

from readerstudy.images.models import Case
from readerstudy.truth.services import Truth, record_reference_standards


def record_truth(*, admin, image_set, now, malignant=None):
    """Records a truth for every case of the set: every other one is a melanoma, or those given by id."""
    cases = list(Case.objects.filter(image_set=image_set).order_by("pk"))
    truths = []
    for number, case in enumerate(cases):
        is_malignant = number % 2 == 1 if malignant is None else case.pk in malignant
        diagnosis = "melanoma" if is_malignant else "nevus"
        truths.append((case, Truth(is_malignant, diagnosis, "histopathology")))
    return record_reference_standards(actor=admin, truths=truths, now=now)
