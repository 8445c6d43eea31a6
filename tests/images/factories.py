"""Image sets with real pixels, made by the services that the intake calls."""

from readerstudy.images.services import add_case, add_image, create_image_set
from readerstudy.intake.pixels import encode_image
from tests.intake.photographs import png


def encoded(seed=0):
    return encode_image(png(seed=seed), name=f"photo{seed}.png")


def make_image_set(
    *, admin, now, cases=3, images_per_case=1, name="Clinic", is_synthetic=False, first=0
):
    """Sets share the photographs and patients of the same numbers, which count from `first`."""
    image_set = create_image_set(
        actor=admin,
        name=name,
        description="",
        is_synthetic=is_synthetic,
        source_name="archive-of-the-ward.zip",
        source_sha256="0" * 64,
        now=now,
    )
    for number in range(first, first + cases):
        case = add_case(
            image_set=image_set,
            patient_ref=f"SECRET-PATIENT-{number}",
            lesion_ref=f"SECRET-LESION-{number}",
            age_years=40 + number,
            site="back",
        )
        for ordinal in range(1, images_per_case + 1):
            add_image(
                case=case,
                ordinal=ordinal,
                view="close_up",
                encoded=encoded(10 * number + ordinal),
                original_name=f"melanoma-{number}-{ordinal}.png",
                licence="CC BY 4.0",
                attribution="The clinic",
            )
    return image_set
