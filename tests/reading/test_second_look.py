"""Level I, then level II: nothing is shown before the first answer, and nothing changes it afterwards."""

import json
import uuid

import pytest

from readerstudy.core.errors import Conflict, InvalidInput
from readerstudy.images.models import Case
from readerstudy.reading.models import Reading
from readerstudy.reading.selectors import completeness, current_readings, progress_of
from readerstudy.reading.services import commit_reading
from readerstudy.studies.choices import Revision
from readerstudy.studies.models import Study
from readerstudy.studies.services import update_protocol
from tests.images.factories import make_image_set
from tests.reading.factories import BIOPSY, NONE, answer, begin, ids, open_study


@pytest.fixture
def twice(admin, coordinator, reader_user, now):
    """A reader's enrolment in a study that shows every case twice; three images a case, facts, four cases."""
    make_image_set(admin=admin, now=now, cases=4, images_per_case=3, name="Twice")
    Case.objects.update(sex="female")

    def prepare(study):
        fields = {"has_second_level": True, "revision": Revision.NONE}
        update_protocol(actor=coordinator, study=study, now=now, **fields)

    study = open_study(
        admin=admin,
        coordinator=coordinator,
        now=now,
        emails=(reader_user.email,),
        title="Twice",
        before_lock=prepare,
    )
    return begin(study, reader_user, now=now)


def commit(enrolment, position, now, *, revise=False, **fields):
    return commit_reading(
        actor=enrolment.user,
        position_id=position,
        answer=answer(**fields),
        attempt=uuid.uuid4(),
        revise=revise,
        now=now,
    ).reading


def test_a_case_is_answered_twice_and_then_the_next_comes(twice, now):
    first, second, *_ = ids(twice)
    commit(twice, first, now, decision=NONE)
    commit(twice, first, now, decision=BIOPSY, level=2)
    commit(twice, second, now)
    assert list(Reading.objects.order_by("pk").values_list("level", "version", "decision")) == [
        (1, 1, NONE),
        (2, 1, BIOPSY),
        (1, 1, BIOPSY),
    ]


def test_the_second_answer_is_refused_before_the_first(twice, now):
    with pytest.raises(Conflict, match="from the photograph alone first"):
        commit(twice, ids(twice)[0], now, level=2)
    assert not Reading.objects.exists()


@pytest.mark.parametrize("revise", [False, True])
@pytest.mark.parametrize("answered", [1, 2])
def test_the_first_answer_is_never_changed(twice, now, revise, answered):
    first = ids(twice)[0]
    for level in range(1, answered + 1):
        commit(twice, first, now, decision=NONE, level=level)
    with pytest.raises(Conflict):
        commit(twice, first, now, decision=BIOPSY, revise=revise)
    assert set(Reading.objects.values_list("decision", flat=True)) == {NONE}


def test_the_next_case_waits_for_the_second_answer(twice, now):
    first, second, *_ = ids(twice)
    commit(twice, first, now)
    with pytest.raises(Conflict, match="not the next one"):
        commit(twice, second, now)


def test_where_cases_are_shown_once_there_is_no_second_level(enrolment, now):
    with pytest.raises(InvalidInput) as caught:
        commit(enrolment, ids(enrolment)[0], now, level=2)
    assert caught.value.field == "level"


def test_results_take_the_first_answers(twice, now):
    first = ids(twice)[0]
    commit(twice, first, now, decision=NONE)
    commit(twice, first, now, decision=BIOPSY, level=2)
    study = Study.objects.get()
    assert [reading.decision for reading in current_readings(study)] == [NONE]


def test_a_case_is_done_with_its_second_answer(twice, now):
    first = ids(twice)[0]
    commit(twice, first, now)
    assert progress_of(twice).done == 0
    commit(twice, first, now, level=2)
    assert (progress_of(twice).done, progress_of(twice).total) == (1, 4)
    assert completeness(Study.objects.get())[0].done == 1


def test_two_levels_and_changes_exclude_each_other(admin, coordinator, now):
    study = open_draft(admin, coordinator, now)
    with pytest.raises(InvalidInput) as caught:
        update_protocol(actor=coordinator, study=study, now=now, has_second_level=True)
    assert caught.value.field == "revision"


def open_draft(admin, coordinator, now):
    from tests.studies.factories import make_study

    return make_study(admin=admin, coordinator=coordinator, now=now, title="Draft")


# --- What is seen --------------------------------------------------------------------------------------


def next_of(client, enrolment):
    return client.get(f"/api/v1/enrolments/{enrolment.public_id}/next-position/").json()


def test_nothing_is_told_before_the_first_answer(client, twice):
    client.force_login(twice.user)
    body = next_of(client, twice)
    assert set(body["next"]) == {"id", "number", "image_url"}
    assert body["ahead"] == []
    page = client.get(f"/reading/{twice.public_id}/read/").content.decode()
    assert "back" not in json.dumps(body)
    assert "female" not in page.lower()
    assert client.get(f"/reading/image/{ids(twice)[0]}/1/").status_code == 404


def test_the_facts_are_told_in_german(client, twice, now):
    Case.objects.update(site="back", age_years=40)
    twice.user.language = "de"
    twice.user.save()
    client.force_login(twice.user)
    commit(twice, ids(twice)[0], now)
    client.cookies["django_language"] = "de"
    facts = {fact["name"]: fact["text"] for fact in next_of(client, twice)["next"]["facts"]}
    assert (facts["Lokalisation"], facts["Geschlecht"], facts["Alter"]) == (
        "Rücken",
        "Weiblich",
        "40 Jahre",
    )


def test_facts_and_images_come_with_the_second_look(client, twice, now):
    client.force_login(twice.user)
    first, second, *_ = ids(twice)
    commit(twice, first, now)
    shown = next_of(client, twice)["next"]
    assert (shown["id"], shown["level"]) == (first, 2)
    assert {fact["name"] for fact in shown["facts"]} == {"Age", "Sex", "Site"}
    assert {"name": "Sex", "text": "Female"} in shown["facts"]
    assert len(shown["images"]) == 2
    bodies = {
        b"".join(client.get(image["image_url"]).streaming_content) for image in shown["images"]
    }
    main = b"".join(client.get(shown["image_url"]).streaming_content)
    assert len(bodies | {main}) == 3
    assert client.get(f"/reading/image/{first}/3/").status_code == 404
    assert client.get(f"/reading/image/{second}/1/").status_code == 404


def test_facts_are_in_the_readers_language(client, twice, now):
    client.force_login(twice.user)
    commit(twice, ids(twice)[0], now)
    address = f"/reading/{twice.public_id}/read/"
    page = client.get(address, headers={"Accept-Language": "de"}).content.decode()
    assert "Weiblich" in page
    assert "Derselbe Fall" in page


def test_without_scripts_both_answers_are_given(client, twice):
    client.force_login(twice.user)
    first = ids(twice)[0]
    address = f"/reading/{twice.public_id}/read/"
    for level in (1, 2):
        page = client.get(address).content.decode()
        assert f'name="level" value="{level}"' in page
        body = {"position": first, "attempt": str(uuid.uuid4()), "level": level}
        client.post(address, {**body, "decision": BIOPSY, "confidence": "4"})
    assert list(Reading.objects.values_list("level", flat=True)) == [1, 2]


def test_another_reader_sees_no_further_image(client, twice, now, admin, coordinator):
    commit(twice, ids(twice)[0], now)
    client.force_login(coordinator)
    assert client.get(f"/reading/image/{ids(twice)[0]}/1/").status_code == 404
