"""What truth keepers do: every look is logged, corrections are new rows, and the lock ends them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from readerstudy.core.csvio import read_table
from readerstudy.core.errors import Conflict, InvalidInput, InvalidInputs, NotAllowed
from readerstudy.core.models import AuditEvent
from readerstudy.images.models import Case
from readerstudy.studies.services import appoint, create_study
from readerstudy.truth.keeping import Kept, keep_truth, kept_cases
from readerstudy.truth.models import ReferenceStandard, TruthAccess
from readerstudy.truth.services import Truth, record_reference_standards, seal_holds
from tests.signed_in import just_signed_in
from tests.studies.factories import advance, invite, make_person, make_study


@pytest.fixture
def study(admin, coordinator, now):
    """A draft of four cases, of which the last has no reference standard yet."""
    study = make_study(admin=admin, coordinator=coordinator, now=now)
    cases = list(Case.objects.filter(image_set=study.image_set).order_by("public_id"))[:3]
    truths = [(case, Truth(number == 1, "nevus", "")) for number, case in enumerate(cases)]
    record_reference_standards(actor=admin, truths=truths, now=now)
    return study


@pytest.fixture
def keeper(study, coordinator, now):
    person = make_person("keeper@example.org")
    appoint(actor=coordinator, study=study, email=person.email, role="truth_keeper", now=now)
    return person


@pytest.fixture
def ids(study):
    cases = Case.objects.filter(image_set=study.image_set).order_by("public_id")
    return list(cases.values_list("public_id", flat=True))


def table(*rows, header="case,malignant,diagnosis,confirmation"):
    return read_table("\n".join([header, *rows]).encode(), name="truth.csv")


@pytest.fixture
def keep(study, keeper, now):
    def do(*rows, reason="", actor=keeper):
        return keep_truth(actor=actor, study=study, table=table(*rows), reason=reason, now=now)

    return do


def test_what_is_missing_is_added_and_what_is_wrong_corrected_by_a_new_row(keep, ids, study):
    rows = [f"{ids[0]},yes,melanoma,histopathology", f"{ids[1]},yes,nevus,", f"{ids[3]},no,naevus,"]
    assert keep(*rows, reason="Second look") == Kept(recorded=1, corrected=1)
    standing = ReferenceStandard.objects.get(case__public_id=ids[0])
    assert (standing.malignant, standing.diagnosis, standing.reason) == (
        True,
        "melanoma",
        "Second look",
    )
    assert standing.corrects.diagnosis == "nevus"
    assert ReferenceStandard.objects.count() == 4
    assert ReferenceStandard.history.count() == 5
    event = AuditEvent.objects.get(verb="truth.kept")
    assert event.data == {"recorded": 1, "corrected": 1, "reason": "Second look"}


def test_a_correction_is_corrected_in_its_turn(keep, ids):
    keep(f"{ids[0]},yes,melanoma,", reason="First")
    keep(f"{ids[0]},no,nevus,", reason="Back")
    assert ReferenceStandard.objects.get(case__public_id=ids[0]).corrects.reason == "First"
    assert ReferenceStandard.history.filter(case__public_id=ids[0]).count() == 3


def test_a_correction_needs_a_reason(keep, ids):
    with pytest.raises(InvalidInput, match="A correction needs a reason"):
        keep(f"{ids[0]},yes,melanoma,")
    assert ReferenceStandard.history.count() == 3


def test_all_that_is_wrong_is_told_with_its_row_and_nothing_is_stored(keep, ids):
    with pytest.raises(InvalidInputs) as refused:
        keep(f"{ids[3]},maybe,,", "unknown,yes,nevus,", f"{ids[3]},no,nevus,{'x' * 201}")
    told = [(one.row, one.column, one.code) for one in refused.value.problems]
    assert told == [
        (2, "malignant", "bad_malignant"), (2, "diagnosis", "bad_diagnosis"), (3, "case", "unknown_case"),
        (4, "case", "duplicate_row"), (4, "confirmation", "bad_confirmation"),
    ]  # fmt: skip
    assert ReferenceStandard.history.count() == 3


def test_columns_that_are_missing_or_not_known_are_told(study, keeper, now):
    with pytest.raises(InvalidInputs) as refused:
        keep_truth(
            actor=keeper, study=study, table=table("a,b", header="case,truth"), reason="", now=now
        )
    assert [(one.code, one.column) for one in refused.value.problems] == [
        ("missing_column", "malignant"), ("missing_column", "diagnosis"), ("unknown_column", "truth"),
    ]  # fmt: skip


def test_from_the_lock_on_nothing_is_changed_whichever_study_it_is(  # noqa: PLR0917 (fixtures)
    keep, ids, study, keeper, coordinator, now
):
    keep(f"{ids[3]},no,nevus,")
    other = create_study(actor=coordinator, title="Other", image_set=study.image_set, now=now)
    appoint(actor=coordinator, study=other, email=keeper.email, role="truth_keeper", now=now)
    invite(study, coordinator=coordinator, now=now, email="reader@example.org")
    advance(study, "locked", coordinator=coordinator, now=now)
    for one in (study, other):
        with pytest.raises(Conflict, match="is locked"):
            keep_truth(
                actor=keeper,
                study=one,
                table=table(f"{ids[0]},yes,melanoma,"),
                reason="No",
                now=now,
            )
    assert seal_holds(study=study)


def test_nobody_else_keeps_or_looks(keep, study, admin, coordinator, now):
    for actor in (admin, coordinator):
        with pytest.raises(NotAllowed, match="truth keepers"):
            keep(actor=actor)
        with pytest.raises(NotAllowed, match="truth keepers"):
            kept_cases(study=study, actor=actor, purpose="curiosity", now=now)
    assert not TruthAccess.objects.exists()


def test_the_page_shows_logs_and_takes_a_table(client, study, keeper, ids):
    just_signed_in(client, keeper)
    address = reverse("truth:standard", args=[study.slug])
    shown = client.get(address).content.decode()
    assert ids[0] in shown
    assert "1 case has no reference standard" in shown
    assert TruthAccess.objects.get().actor == keeper
    file = client.get(reverse("truth:file", args=[study.slug]))
    row = f"{ids[3]},,,"
    given = file.content.decode().replace(row, f"{ids[3]},no,nevus,")
    sent = {"table": SimpleUploadedFile("t.csv", given.encode()), "reason": ""}
    assert "1 recorded, 0 corrected." in client.post(address, sent, follow=True).content.decode()
    wrong = {"table": SimpleUploadedFile("t.csv", given.replace("no,nevus", "no,").encode())}
    refused = client.post(address, wrong)
    assert refused.status_code == 400
    assert (
        "row 2, column diagnosis: A diagnosis has 1 to 200 characters." in refused.content.decode()
    )


def test_results_read_the_row_that_stands(keep, ids, study, coordinator, now):
    keep(f"{ids[0]},yes,melanoma,", f"{ids[3]},no,nevus,", reason="Second look")
    invite(study, coordinator=coordinator, now=now, email="reader@example.org")
    study = advance(study, "locked", coordinator=coordinator, now=now)
    assert seal_holds(study=study)
    malignant = ReferenceStandard.objects.filter(case__image_set=study.image_set, malignant=True)
    assert set(malignant.values_list("case__public_id", flat=True)) == {ids[0], ids[1]}
