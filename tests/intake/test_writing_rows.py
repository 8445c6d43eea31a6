"""The transaction of an import is short: others can write soon, and its worker is heard of all the time."""

import tarfile
import threading
from pathlib import Path

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.test.utils import CaptureQueriesContext

from readerstudy.accounts.models import User
from readerstudy.core.audit import first_broken_event
from readerstudy.core.models import AuditEvent
from readerstudy.images.encoded import StoredImage
from readerstudy.images.models import Case, Image, ImageSet
from readerstudy.intake.applying import new_rows, write_image_set
from readerstudy.intake.duplicates import find_duplicates
from readerstudy.intake.ordered import map_in_order
from readerstudy.intake.plan import ImportPlan, PlannedCase, PlannedImage
from readerstudy.intake.sources import open_source, sha256_of_source
from readerstudy.truth.models import ReferenceStandard
from readerstudy.truth.services import Truth


def planned(number, age=40):
    image = PlannedImage(f"{number}.png", number + 2, "close_up", "", "", f"{number:064}", number)
    truth = Truth(bool(number % 2), "nevus")
    return PlannedCase(f"P{number}", f"L{number}", age, "male", "back", 2, truth, (image,))


def stored(number):
    names = (f"images/x/{number}.webp", f"images/x/{number}s.webp")
    return StoredImage(*names, "image/webp", 64, 48, 100, "0" * 64, f"{number:064}", number, {})


def plan_of_rows(count, **facts):
    cases = tuple(planned(number, **facts) for number in range(count))
    return ImportPlan(Path("a.zip"), "a.zip", "0" * 64, cases=cases)


def rows_of(plan):
    return new_rows(plan, {f"{number}.png": stored(number) for number in range(len(plan.cases))})


def write(admin, now, plan, rows):
    return write_image_set(
        actor=admin,
        plan=plan,
        rows=rows,
        name="Set",
        is_synthetic=False,
        now=now,
        public_id="b" * 26,
    )


def test_hundreds_of_rows_are_written_in_few_statements(admin, now):
    plan = plan_of_rows(400)
    rows = rows_of(plan)
    with CaptureQueriesContext(connection) as queries:
        image_set = write(admin, now, plan, rows)
    # One for the cases, one for their numbers, one for the images, three for the truth, and those of the set.
    assert len(queries) < 40
    assert Image.objects.filter(case__image_set=image_set).count() == 400
    by_name = Image.objects.select_related("case").in_bulk(field_name="public_id").values()
    assert {(one.original_name, one.case.patient_ref) for one in by_name} == {
        (f"{number}.png", f"P{number}") for number in range(400)
    }
    assert ReferenceStandard.objects.filter(malignant=True).count() == 200
    assert first_broken_event() is None
    verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert verbs == {"image_set.created", "truth.recorded"}


def test_rows_are_checked_without_asking_the_database(admin, django_assert_num_queries):
    with django_assert_num_queries(0):
        rows_of(plan_of_rows(50))


def test_a_constraint_that_refuses_one_row_leaves_none(admin, now):
    plan = plan_of_rows(3, age=121)
    with pytest.raises(IntegrityError, match="age_is_at_most_120"):
        write(admin, now, plan, rows_of(plan))


@pytest.mark.django_db(transaction=True)
def test_a_second_connection_can_write_while_ten_thousand_images_are_stored(admin, now):
    plan = plan_of_rows(10_000)
    rows = rows_of(plan)
    is_over, told, refused = threading.Event(), [], []

    def others():
        try:
            if connection.vendor == "sqlite":
                with connection.cursor() as cursor:
                    cursor.execute("PRAGMA busy_timeout = 10000")
            while not is_over.wait(0.05):
                told.append(User.objects.filter(pk=admin.pk).update(name="Ada"))
        except OperationalError as error:
            refused.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=others)
    other.start()
    try:
        write(admin, now, plan, rows)
    finally:
        is_over.set()
        other.join()
    assert (refused, Case.objects.count()) == ([], 10_000)
    assert told
    ImageSet.objects.all().delete()


# --- Signs of life ---------------------------------------------------------------------------------------------


def test_hashing_unpacking_comparing_and_checking_rows_are_heard_of(tmp_path, db, monkeypatch):
    monkeypatch.setattr("readerstudy.intake.duplicates.BLOCK", 100)
    heard = []
    path = tmp_path / "big.bin"
    path.write_bytes(bytes(40 * 2**20))
    for place, work in enumerate(
        (
            lambda: sha256_of_source(path, on_alive=lambda: heard.append(0)),
            lambda: open_source(
                packed(tmp_path), name="p", on_alive=lambda: heard.append(1)
            ).close(),
            lambda: find_duplicates(
                plan_of_rows(300).cases, manifest="m", column="c", on_alive=lambda: heard.append(2)
            ),
            lambda: new_rows(
                plan_of_rows(300),
                {f"{number}.png": stored(number) for number in range(300)},
                on_alive=lambda: heard.append(3),
            ),
        )
    ):
        work()
        assert heard.count(place) >= 3


def packed(folder):
    (folder / "a.bin").write_bytes(bytes(5 * 2**20))
    with tarfile.open(folder / "a.tar.gz", "w:gz") as archive:
        archive.add(folder / "a.bin", "a.bin")
    return folder / "a.tar.gz"


def test_a_photograph_that_takes_its_time_is_heard_of(monkeypatch):
    monkeypatch.setattr("readerstudy.intake.ordered.WAIT_SECONDS", 0.02)
    slow, heard = threading.Event(), []

    def alive():
        heard.append(1)
        if len(heard) == 3:
            slow.set()

    assert list(map_in_order(lambda _: slow.wait(20), [1], workers=1, on_alive=alive)) == [True]
    assert len(heard) == 3
