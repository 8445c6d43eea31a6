"""`manage.py load_scores`."""

import io

import pytest
from django.core.management import CommandError, call_command

from inference.choices import ModelKind
from inference.models import Model, ModelRun
from tests.inference.test_external import names_of, table

pytestmark = pytest.mark.django_db


@pytest.fixture
def load(tmp_path, coordinator, locked_study):
    def call(content, *more, user=coordinator.email, slug=locked_study.slug):
        path = tmp_path / "scores.csv"
        path.write_bytes(content)
        out = io.StringIO()
        call_command(
            *("load_scores", slug, str(path)),
            *("--name", "Other CNN", "--as-version", "2", "--user", user),
            *more,
            stdout=out,
        )
        return out.getvalue()

    return call


def test_each_column_becomes_a_run(load, locked_study):
    names = names_of(locked_study)
    scores = [f"0.{at}" for at in range(len(names))]
    said = load(table(names, scores, scores[::-1], header="case,a,b"))
    assert said.count(f"{len(names)} scores.") == 2
    assert ModelRun.objects.filter(artefact__model__kind=ModelKind.EXTERNAL).count() == 2


def test_every_problem_has_its_line_and_nothing_is_stored(load, locked_study):
    names = names_of(locked_study)
    scores = ["2", "x", *["0.5"] * (len(names) - 2)]
    with pytest.raises(CommandError) as raised:
        load(table(names, scores))
    assert "row 2, column score" in str(raised.value)
    assert "row 3, column score" in str(raised.value)
    assert not Model.objects.filter(kind=ModelKind.EXTERNAL).exists()


def test_who_is_not_known_or_has_nothing_to_do_with_the_study_is_refused(load, stranger):
    with pytest.raises(CommandError, match="There is no account nobody"):
        load(b"", user="nobody@example.org")
    with pytest.raises(CommandError):
        load(b"", user=stranger.email)


def test_positive_classes_are_asked_and_summed(load, locked_study):
    names = names_of(locked_study)
    columns = ["0.2"] * len(names), ["0.5"] * len(names), ["0.3"] * len(names)
    content = table(names, *columns, header="image,MEL,NV,BCC")
    with pytest.raises(CommandError, match="Say which of them are positive"):
        load(content)
    assert "MEL + BCC" in load(content, "--positive", "MEL", "--positive", "BCC")
