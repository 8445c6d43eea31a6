"""Files of scores from elsewhere, as tests load them."""

import pytest
from django.core.files.storage import default_storage

from inference.choices import ModelKind
from inference.models import Model, Score
from inference.services import load_scores
from readerstudy.core.errors import DomainError


def names_of(study):
    return list(study.study_cases.values_list("public_id", flat=True))


def table(names, *columns, header="case,score", ending="\n"):
    """A CSV file; without columns the scores are 0.1, 0.2 and so on."""
    rows = list(zip(*columns, strict=True)) or [
        (f"{0.1 * (i + 1):.1f}",) for i in range(len(names))
    ]
    lines = [header, *(",".join([name, *row]) for name, row in zip(names, rows, strict=True))]
    return (ending.join(lines) + ending).encode()


def load(actor, study, content, now, **changes):
    given = {"name": "Other CNN", "version": "1.2", "file_name": "scores.csv", **changes}
    return load_scores(actor=actor, study=study, content=content, now=now, **given)


def refused(actor, study, content, now, **changes):
    """What is wrong, as (code, row, column); nothing was stored."""
    with pytest.raises(DomainError) as caught:
        load(actor, study, content, now, **changes)
    assert not Model.objects.filter(kind=ModelKind.EXTERNAL).exists()
    assert not Score.objects.exists()
    _, files = default_storage.listdir("models") if default_storage.exists("models") else ([], [])
    assert [name for name in files if name.endswith(".csv")] == []
    return [(one.code, one.row, one.column) for one in caught.value.problems]


# --- What is stored -----------------------------------------------------------------------------------
