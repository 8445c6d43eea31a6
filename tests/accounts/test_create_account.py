import pytest
from django.core.management import CommandError, call_command

from readerstudy.accounts.models import User

GOOD = "a sentence that is long enough"


def test_the_operator_makes_a_coordinator(db, monkeypatch, capsys):
    monkeypatch.setenv("NEW_ACCOUNT_PASSWORD", GOOD)
    call_command("create_account", "Cora@example.org", "Cora", "--role", "coordinator")
    user = User.objects.get()
    assert user.can_coordinate
    assert user.check_password(GOOD)
    assert "cora@example.org can sign in as coordinator." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("email", "password", "words"),
    [("nobody", GOOD, "valid email"), ("cora@example.org", "short", "too short")],
)
def test_an_account_that_cannot_be_is_refused_with_a_sentence(
    db, monkeypatch, email, password, words
):
    monkeypatch.setenv("NEW_ACCOUNT_PASSWORD", password)
    with pytest.raises(CommandError, match=words):
        call_command("create_account", email, "Cora", "--role", "coordinator")
    assert not User.objects.exists()


def test_an_admin_is_made_as_django_does_it(db, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", GOOD)
    call_command(
        "createsuperuser", "--noinput", "--email", "Ada@Example.org", "--name", "Ada", verbosity=0
    )
    assert User.objects.get(email="ada@example.org").can_administer
