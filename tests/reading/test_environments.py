"""What readers read on, once for each session of their browser."""

import pytest

from readerstudy.core.errors import Conflict, InvalidInputs, NotFound
from readerstudy.core.models import AppendOnlyError
from readerstudy.core.user_agents import Software, software_of
from readerstudy.reading.environments import record_environment
from readerstudy.reading.models import Environment
from readerstudy.studies.services import close_study
from tests.reading.factories import begun_with

WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Safari/537.36"
)
MEASURED = {
    "viewport_width": 1440,
    "viewport_height": 900,
    "device_pixel_ratio": 1.5,
    "colour_gamut": "p3",
    "device_class": "desktop",
    "pointer": "fine",
    "is_fullscreen": False,
    "room_light": "dim",
}


@pytest.mark.parametrize(
    ("header", "software"),
    [
        (WINDOWS, Software("Chrome", 131, "Windows", 10)),
        (f"{WINDOWS} Edg/131.0.2903.70", Software("Edge", 131, "Windows", 10)),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
            Software("Firefox", 133, "Linux", None),
        ),
        (
            (
                "Mozilla/5.0 (iPad; CPU OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
                "Version/17.6 Mobile/15E148 Safari/604.1"
            ),
            Software("Safari", 17, "iOS", 17),
        ),
        (
            (
                "Mozilla/5.0 (Linux; Android 14; SM-X910) AppleWebKit/537.36 (KHTML, like Gecko) "
                "SamsungBrowser/27.0 Chrome/125.0.0.0 Safari/537.36"
            ),
            Software("Samsung Internet", 27, "Android", 14),
        ),
        (
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like "
                "Gecko) Version/18.1 Safari/605.1.15"
            ),
            Software("Safari", 18, "macOS", 10),
        ),
        ("curl/8", Software()),
        ("", Software()),
        ("Firefox/" + "9" * 5000, Software("Firefox", 9999)),
    ],
)
def test_browser_and_system_are_known_by_their_header(header, software):
    assert software_of(header) == software


@pytest.fixture
def recording(admin, coordinator, reader_user, now):
    """A begun enrolment in a study that records what is read on."""

    conduct = {"records_environment": True}
    return begun_with(admin=admin, coordinator=coordinator, user=reader_user, now=now, **conduct)


def record(enrolment, now, *, actor=None, **fields):
    return record_environment(
        actor=actor or enrolment.user,
        enrolment=enrolment,
        user_agent=WINDOWS,
        now=now,
        **{**MEASURED, **fields},
    )


def post(client, enrolment, body):
    address = f"/api/v1/enrolments/{enrolment.public_id}/environments/"
    return client.post(address, body, content_type="application/json")


def test_what_was_measured_is_stored_and_never_changed(recording, now):
    row = record(recording, now)
    assert {name: getattr(row, name) for name in MEASURED} == MEASURED
    assert (row.browser, row.browser_major, row.system) == ("Chrome", 131, "Windows")
    with pytest.raises(AppendOnlyError):
        row.save()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("viewport_width", 0),
        ("viewport_height", 20_001),
        ("device_pixel_ratio", 21.0),
        ("colour_gamut", "cmyk"),
        ("device_class", "watch"),
        ("pointer", "nose"),
        ("room_light", "disco"),
    ],
)
def test_values_off_their_scales_are_refused(client, recording, now, field, value):
    with pytest.raises(InvalidInputs) as refused:
        record(recording, now, **{field: value})
    assert field in {problem.field for problem in refused.value.problems}
    client.force_login(recording.user)
    response = post(client, recording, {**MEASURED, field: value})
    assert response.status_code == 400
    assert field in response.content.decode()
    assert not Environment.objects.exists()


@pytest.mark.parametrize("value", ["nan", "NaN", "inf", "-inf"])
def test_what_is_no_number_is_refused_however_it_is_spelled(client, recording, now, value):
    """Bounds let NaN pass, and whoever reads the row as JSON fails at it."""
    with pytest.raises(InvalidInputs, match="not a number"):
        record(recording, now, device_pixel_ratio=float(value))
    client.force_login(recording.user)
    response = post(client, recording, {**MEASURED, "device_pixel_ratio": value})
    assert (response.status_code, Environment.objects.exists()) == (400, False)


def test_nobody_tells_of_anothers_screen(client, recording, now):
    other = recording.study.enrolments.exclude(pk=recording.pk).get().user
    with pytest.raises(NotFound):
        record(recording, now, actor=other)
    client.force_login(other)
    assert post(client, recording, MEASURED).status_code == 404


def test_nothing_is_recorded_where_the_study_does_not_want_it_or_is_closed(
    enrolment, coordinator, now
):
    with pytest.raises(Conflict) as refused:
        record(enrolment, now)
    assert refused.value.code == "not_recorded"
    close_study(actor=coordinator, study=enrolment.study, now=now)
    enrolment.refresh_from_db()
    with pytest.raises(Conflict) as refused:
        record(enrolment, now)
    assert refused.value.code == "study_not_open"


def test_each_session_of_a_browser_is_asked_once(client, recording):
    read, room = (f"/reading/{recording.public_id}/{page}/" for page in ("read", "room"))
    client.force_login(recording.user)
    assert client.get(read).headers["Location"] == room
    assert "1024 × 700" in client.get(room).content.decode()
    assert post(client, recording, MEASURED).status_code == 201
    assert client.get(read).status_code == 200
    assert client.get(room).headers["Location"] == read
    client.logout()
    client.force_login(recording.user)
    assert client.get(read).headers["Location"] == room


def test_without_scripts_the_light_alone_is_told(client, recording):
    client.force_login(recording.user)
    room = f"/reading/{recording.public_id}/room/"
    assert "Please say how light your room is." in client.post(room, {}).content.decode()
    response = client.post(room, {"room_light": "bright"})
    assert response.headers["Location"].endswith("/read/")
    row = Environment.objects.get()
    assert (row.room_light, row.viewport_width, row.colour_gamut) == ("bright", None, "")
