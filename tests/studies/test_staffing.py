"""Who belongs to a study's staff: brought in and taken out by its coordinators, and never a reader of its cases."""

import pytest
from django.urls import reverse

from readerstudy.accounts.models import User
from readerstudy.core.errors import Conflict, InvalidInput, NotAllowed
from readerstudy.core.models import AuditEvent
from readerstudy.studies import permissions
from readerstudy.studies.choices import StudyRole
from readerstudy.studies.models import FormerMember, Study
from readerstudy.studies.permissions import Rights, rights_in
from readerstudy.studies.services import appoint, create_study, dismiss, invite_reader
from tests.studies.factories import invite, make_person
from tests.studies.pages import page, text

RULES = {
    "coordinates": permissions.staffed_studies,
    "conducts": permissions.conducted_studies,
    "oversees": permissions.overseen_studies,
    "audits": permissions.auditable_studies,
    "analyses": permissions.analysed_studies,
    "reads_results": permissions.reported_studies,
}


@pytest.fixture
def bring_in(study, coordinator, now):
    def do(email, role=StudyRole.STATISTICIAN, **more):
        return appoint(actor=coordinator, study=study, email=email, role=role, now=now, **more)

    return do


def test_somebody_with_an_account_is_brought_in_and_it_is_written_down(bring_in, study, now):
    person = make_person("stats@example.org")
    member, token = bring_in(" Stats@Example.org ")
    assert (member.user, member.role, token) == (person, "statistician", "")
    event = AuditEvent.objects.get(verb="staff.appointed")
    assert event.data == {"person": person.public_id, "role": "statistician"}
    assert event.study_id == study.public_id


def test_somebody_without_an_account_is_invited_to_one(bring_in):
    member, token = bring_in("new@example.org", StudyRole.AUDITOR, name="New")
    assert token
    assert (member.user.role, member.user.has_usable_password()) == ("reader", False)


def test_an_invitation_is_no_way_into_the_account_of_an_admin(bring_in):
    admin = User(role="admin", email="bare@example.org", name="Bare")
    admin.set_unusable_password()
    admin.save()
    _member, token = bring_in(admin.email, StudyRole.TRUTH_KEEPER)
    assert token == ""


def test_coordinators_of_a_study_have_the_account_of_one(bring_in):
    make_person("reader@example.org")
    for email in ("reader@example.org", "nobody@example.org"):
        with pytest.raises(InvalidInput, match="an admin makes one"):
            bring_in(email, StudyRole.COORDINATOR)
    make_person("second@example.org", "coordinator")
    bring_in("second@example.org", StudyRole.COORDINATOR)
    assert not User.objects.filter(email="nobody@example.org").exists()


def test_everybody_has_one_role_and_only_one_that_there_is(bring_in, coordinator):
    bring_in("stats@example.org", name="Stats")
    for email in ("stats@example.org", coordinator.email):
        with pytest.raises(Conflict, match="already belongs to the staff"):
            bring_in(email, StudyRole.TRUTH_KEEPER)
    with pytest.raises(InvalidInput, match="no such role"):
        bring_in("other@example.org", "owner")


def test_a_deactivated_account_is_not_brought_in(bring_in):
    person = make_person("gone@example.org")
    User.objects.filter(pk=person.pk).update(is_active=False)
    with pytest.raises(InvalidInput, match="is deactivated"):
        bring_in(person.email)


def test_a_reader_of_these_cases_does_not_become_staff_of_any_study_on_them(
    bring_in, study, coordinator, now
):
    other = create_study(actor=coordinator, title="Other", image_set=study.image_set, now=now)
    invite(study, coordinator=coordinator, now=now, email="reader@example.org")
    common = {"actor": coordinator, "email": "reader@example.org", "role": "auditor", "now": now}
    for one in (study, other):
        with pytest.raises(Conflict, match="readers are blind"):
            appoint(study=one, **common)


@pytest.mark.parametrize("has_left", [False, True])
def test_staff_of_these_cases_do_not_become_their_readers(  # noqa: PLR0917 (fixtures)
    bring_in, study, coordinator, now, client, has_left
):
    member, _token = bring_in("stats@example.org", name="Stats")
    if has_left:
        dismiss(actor=coordinator, member=member, now=now)
    with pytest.raises(Conflict, match="cannot read them"):
        invite(study, coordinator=coordinator, now=now, email="stats@example.org")
    client.force_login(coordinator)
    group = study.rank_groups.first().name
    table = f"email,name,rank_group,institution,years_of_experience\nstats@example.org,S,{group},University Hospital A,"
    response = client.post(page("roster", study), {"table": table, "language": "en"})
    assert response.status_code == 400
    assert "cannot read them" in text(response)
    assert not study.enrolments.exists()


def test_only_coordinators_bring_in_and_take_out(bring_in, study, admin, now):
    member, _token = bring_in("stats@example.org", name="Stats")
    for actor in (admin, member.user):
        with pytest.raises(NotAllowed):
            appoint(actor=actor, study=study, email="x@example.org", role="auditor", now=now)
        with pytest.raises(NotAllowed):
            dismiss(actor=actor, member=member, now=now)


def test_the_last_coordinator_stays(bring_in, study, coordinator, now):
    own = study.members.get(user=coordinator)
    with pytest.raises(Conflict, match="last coordinator"):
        dismiss(actor=coordinator, member=own, now=now)
    second = make_person("second@example.org", "coordinator")
    bring_in(second.email, StudyRole.COORDINATOR)
    dismiss(actor=coordinator, member=own, now=now)
    assert FormerMember.objects.get().user == coordinator
    assert not permissions.may_coordinate(coordinator, study)
    assert AuditEvent.objects.filter(verb="staff.dismissed").count() == 1


@pytest.mark.parametrize("role", ["", *StudyRole.values])
@pytest.mark.parametrize("site", ["reader", "coordinator", "admin"])
def test_what_a_page_offers_is_what_the_querysets_hold(study, role, site):
    person = make_person("person@example.org", site)
    if role:
        study.members.create(user=person, role=role)
    rights = rights_in(person, study)
    held = {name: rule(person).filter(pk=study.pk).exists() for name, rule in RULES.items()}
    assert {name: getattr(rights, name) for name in RULES} == held
    assert rights.keeps_truth == (role == StudyRole.TRUTH_KEEPER)
    assert Rights() == Rights("", is_admin=False)


def test_the_page_brings_in_invites_and_takes_out(signed_in, study, mailoutbox):
    given = {"email": "new@example.org", "name": "New", "role": "auditor", "language": "de"}
    invited = text(signed_in.post(page("staff", study), given))
    assert "/account/invitation/" in invited
    refused = signed_in.post(page("staff", study), {**given, "role": "statistician"})
    assert refused.status_code == 409
    assert "already belongs to the staff" in text(refused)
    person = User.objects.get(email="new@example.org")
    address = page("staff-remove", study, person.public_id)
    assert "Remove New from the staff?" in text(signed_in.get(address))
    left = signed_in.post(address, follow=True)
    assert "New does not belong to the staff any more." in text(left)


def test_who_belongs_to_a_staff_comes_in_on_its_list_and_finds_no_reading(client, bring_in, study):
    member, _token = bring_in("stats@example.org", name="Stats")
    client.force_login(member.user)
    response = client.get(reverse("core:home"), follow=True)
    assert response.redirect_chain[-1][0] == reverse("studies:list")
    shown = text(response)
    assert study.title in shown
    assert "My reading" not in shown
    assert "Image sets" not in shown


def test_a_statistician_of_one_study_who_reads_another_finds_both(
    client, bring_in, coordinator, now, study_with_readers
):
    person = make_person("both@example.org")
    bring_in(person.email)
    invite_reader(
        actor=coordinator, study=study_with_readers, email=person.email, name="Both", now=now,
        rank_group=study_with_readers.rank_groups.first(), institution=study_with_readers.institutions.first(),
    )  # fmt: skip
    Study.objects.filter(pk=study_with_readers.pk).update(state="locked")
    client.force_login(person)
    shown = text(client.get(reverse("reading:home")))
    assert "My reading" in shown
    assert reverse("studies:list") in shown
