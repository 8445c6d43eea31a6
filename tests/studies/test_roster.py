import pytest

from readerstudy.accounts.choices import SiteRole
from readerstudy.accounts.models import User
from readerstudy.core.csvio import read_table
from readerstudy.core.errors import Conflict, InvalidInput, InvalidInputs, NotAllowed
from readerstudy.core.models import AuditEvent
from readerstudy.studies.models import Enrolment
from readerstudy.studies.services import invite_readers
from tests.studies.factories import advance, invite, make_person

HEADER = "email,name,rank_group,institution,years_of_experience\n"
GOOD = "a@example.org,Ann,Resident,University Hospital A,3\n"


def table(rows, header=HEADER):
    return read_table(f"{header}{rows}".encode(), name="readers.csv")


@pytest.fixture
def refused(coordinator, study, now):
    """Invites a table that has to be refused and returns (row, column, message) of every problem."""

    def refuse(rows, header=HEADER, **fields):
        with pytest.raises(InvalidInputs) as refusal:
            invite_readers(
                actor=coordinator, study=study, table=table(rows, header), now=now, **fields
            )
        assert {problem.file for problem in refusal.value.problems} == {"readers.csv"}
        return [(one.row, one.column, one.message) for one in refusal.value.problems]

    return refuse


def test_every_row_becomes_a_reader(coordinator, study, now):
    rows = GOOD + "B@example.org, Bob ,senior PHYSICIAN,university hospital a,\n"
    invited = invite_readers(actor=coordinator, study=study, table=table(rows), now=now)

    stored = [
        (one.user.email, one.user.name, one.rank_group.name, one.years_of_experience)
        for one, _token in invited
    ]
    assert stored == [
        ("a@example.org", "Ann", "Resident", 3),
        ("b@example.org", "Bob", "Senior physician", None),
    ]
    assert all(token for _one, token in invited)
    assert study.institutions.count() == 1


def test_columns_may_stand_in_any_order_and_be_separated_by_semicolons(coordinator, study, now):
    content = b"name;email;institution;years_of_experience;rank_group\nAnn;a@b.org;University Hospital A;;Resident"
    [(enrolment, _token)] = invite_readers(
        actor=coordinator, study=study, table=read_table(content, name="r.csv"), now=now
    )
    assert enrolment.user.email == "a@b.org"


def test_an_address_that_looks_like_another_is_refused_with_its_row(refused):
    [(row, field, message)] = refused("adm\u0131n@b.org,Ann,Resident,University Hospital A,3\n")
    assert (row, field) == (2, "email")
    assert "accents before the @" in message


def test_nobody_is_invited_if_any_row_is_wrong_and_every_problem_is_told(refused):
    problems = refused(
        GOOD
        + "nobody,Ben,Resident,University Hospital A,3\n"
        + "\n"
        + "c@example.org,,Professor,Elsewhere,-1\n"
        + "A@EXAMPLE.org,Ann,Resident,University Hospital A,3\n"
    )
    assert problems == [
        (3, "email", "nobody is not a mail address."),
        (5, "name", "The name has 1 to 150 characters."),
        (
            5,
            "rank_group",
            (
                "Professor is none of the rank groups: "
                "Resident, Attending, Senior physician, Chief physician."
            ),
        ),
        (5, "institution", "The study has no institution Elsewhere."),
        (5, "years_of_experience", "-1 is not a whole number from 0 to 70."),
        (6, "email", "a@example.org stands in row 2 already."),
    ]
    assert not Enrolment.objects.exists()
    assert not User.objects.filter(role=SiteRole.READER).exists()
    assert not AuditEvent.objects.filter(verb__startswith="enrolment").exists()


@pytest.mark.parametrize("years", ["71", "3.5", "three", "³", "1e1"])
def test_years_are_whole_numbers(refused, years):
    [(row, column, _message)] = refused(f"a@b.org,Ann,Resident,University Hospital A,{years}\n")
    assert (row, column) == (2, "years_of_experience")


def test_staff_and_people_who_are_enrolled_already_are_told(coordinator, study, now, refused):
    invite(study, coordinator=coordinator, now=now, email="a@example.org")
    problems = refused(GOOD + GOOD.replace("a@example.org", coordinator.email))
    assert [(row, message) for row, _column, message in problems] == [
        (2, "a@example.org is already a reader of this study."),
        (3, "coordinator@example.org is not the account of a reader."),
    ]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("email,name,rank_group,institution\n", (1, "years_of_experience")),
        (HEADER.replace("name", "Name"), (1, "name")),
        (HEADER.replace("\n", ",truth\n"), (1, "truth")),
    ],
)
def test_missing_and_unknown_columns_are_told(refused, header, expected):
    problems = refused(GOOD, header=header)
    assert problems[0][:2] == expected


def test_cells_beyond_the_header_are_told(refused):
    [(row, _column, message)] = refused(GOOD.replace("\n", ",surplus\n"))
    assert row == 2
    assert message == "The row has 6 cells; the header has 5 columns."


def test_a_table_without_rows_and_one_with_too_many_are_refused(refused):
    assert "no reader" in refused("")[0][2]
    assert "at most 1000" in refused(GOOD * 1001)[0][2]


def test_new_institutions_are_added_only_if_asked_for(coordinator, study, now, refused):
    rows = GOOD.replace("University Hospital A", "Bonn") + GOOD.replace(
        "a@example.org", "b@example.org"
    ).replace("University Hospital A", "BONN")
    assert len(refused(rows)) == 2

    invite_readers(
        actor=coordinator, study=study, table=table(rows), add_institutions=True, now=now
    )
    assert [one.name for one in study.institutions.all()] == ["Bonn", "University Hospital A"]


def test_no_institution_is_left_behind_by_a_table_that_is_refused(study, refused):
    refused(
        "a@example.org,Ann,Resident,Bonn,3\nb@example.org,Ben,Nobody,Bonn,3\n",
        add_institutions=True,
    )
    assert study.institutions.count() == 1


def test_a_locked_study_gets_no_new_institutions(coordinator, study_with_readers, now):
    locked = advance(study_with_readers, "locked", coordinator=coordinator, now=now)
    rows = GOOD.replace("University Hospital A", "Bonn")
    with pytest.raises(InvalidInputs, match="1 problem"):
        invite_readers(
            actor=coordinator, study=locked, table=table(rows), add_institutions=True, now=now
        )


def test_a_closed_study_takes_no_table(coordinator, study_with_readers, now):
    closed = advance(study_with_readers, "closed", coordinator=coordinator, now=now)
    with pytest.raises(Conflict):
        invite_readers(actor=coordinator, study=closed, table=table(GOOD), now=now)


def test_a_language_the_site_does_not_speak_is_refused(coordinator, study, now):
    with pytest.raises(InvalidInput):
        invite_readers(actor=coordinator, study=study, table=table(GOOD), language="fr", now=now)


def test_others_than_the_coordinators_invite_nobody(admin, reader_user, study, now):
    stranger = make_person("stranger@example.org", SiteRole.COORDINATOR)
    for actor in (admin, reader_user, stranger):
        with pytest.raises(NotAllowed):
            invite_readers(actor=actor, study=study, table=table(GOOD), now=now)
