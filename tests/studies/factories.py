"""Studies for tests, made by the services that the pages call."""

import hashlib

from readerstudy.accounts.choices import SiteRole
from readerstudy.accounts.models import User
from readerstudy.accounts.services import give_consent
from readerstudy.images.encoded import StoredImage
from readerstudy.images.models import ImageSet
from readerstudy.images.services import add_case, add_stored_image, create_image_set
from readerstudy.studies.models import Study
from readerstudy.studies.services import (
    activate_enrolment,
    close_study,
    create_study,
    invite_reader,
    lock_study,
    open_study,
    set_institutions,
    unblind_study,
)

SEED = "0123456789abcdef" * 4


def make_image_set(*, admin, now, cases=4, name="Clinical photographs"):
    """An image set whose images are rows without files: enough where nobody looks at them."""
    image_set = create_image_set(
        actor=admin,
        name=name,
        description="",
        is_synthetic=True,
        source_name="a.zip",
        source_sha256="0" * 64,
        now=now,
    )
    for number in range(cases):
        case = add_case(image_set=image_set)
        digest = hashlib.sha256(f"{name} {number}".encode()).hexdigest()
        stored = StoredImage(
            file=f"{digest}.jpg",
            thumbnail=f"{digest}-t.jpg",
            content_type="image/jpeg",
            width=64,
            height=48,
            bytes=1000,
            sha256=digest,
            pixels_sha256=digest,
        )
        add_stored_image(
            case=case, ordinal=1, view="close_up", stored=stored, original_name=f"{number}.jpg"
        )
    return image_set


def make_study(
    *, admin, coordinator, now, cases=4, readers=0, title="Melanoma or nevus", image_set=None
):
    """A draft on an image set of its own unless another is given, with one institution."""
    known = image_set or ImageSet.objects.filter(name=title).first()
    image_set = known or make_image_set(admin=admin, now=now, cases=cases, name=title)
    study = create_study(actor=coordinator, title=title, image_set=image_set, seed=SEED, now=now)
    set_institutions(actor=coordinator, study=study, names=["University Hospital A"], now=now)
    for number in range(1, readers + 1):
        invite(study, coordinator=coordinator, now=now, email=f"reader{number}@example.org")
    return study


def invite(study, *, coordinator, now, email, group=0, **fields):
    """One reader more; returns the enrolment."""
    enrolment, _token = invite_reader(
        actor=coordinator,
        study=study,
        email=email,
        name=fields.pop("name", email.split("@", maxsplit=1)[0]),
        rank_group=fields.pop("rank_group", None) or study.rank_groups.all()[group],
        institution=study.institutions.all()[0],
        now=now,
        **fields,
    )
    return enrolment


def advance(study, to, *, coordinator, now):
    """Brings a draft forward to the state `to`."""
    steps = {"locked": lock_study, "reading": open_study, "closed": close_study}
    steps["unblinded"] = unblind_study
    for state, step in steps.items():
        study = step(actor=coordinator, study=study, reason="The panel is complete.", now=now)
        if state == to:
            return study
    raise ValueError(to)


def activate(enrolment, *, now):
    """The reader agrees and begins."""
    study = Study.objects.select_related("protocol").get(pk=enrolment.study_id)
    text = study.protocol.consent_en
    give_consent(actor=enrolment.user, scope=study.public_id, text=text, language="en", now=now)
    return activate_enrolment(actor=enrolment.user, enrolment=enrolment, now=now)


def make_person(email, role=SiteRole.READER):
    user = User(role=role, email=email, name=email.split("@", maxsplit=1)[0])
    user.set_password("correct horse battery")
    user.save()
    return user
