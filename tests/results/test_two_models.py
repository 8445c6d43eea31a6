"""Scores of two CNNs from elsewhere compete in one study: both stand in the analysis, on the same cases."""

import numpy as np
import pytest

from readerstudy.reading.services import commit_readings
from readerstudy.results.models import Analysis
from readerstudy.results.sentences import headline
from readerstudy.results.tables import all_tables
from readerstudy.studies.services import close_study, unblind_study
from readerstudy.truth.selectors import reference_standards
from tests.inference.external_files import load, names_of, table
from tests.reading.factories import BIOPSY, NONE, begin, ids, item, open_study


@pytest.mark.usefixtures("reader_user")
def test_two_score_files_are_two_models_of_one_analysis(admin, coordinator, reader_user, now, django_capture_on_commit_callbacks):  # fmt: skip
    study = open_study(admin=admin, coordinator=coordinator, now=now)
    names = names_of(study)
    rng = np.random.default_rng(8)
    scores = {"Alpha": rng.random((2, 12)).round(3), "Beta": rng.random((1, 12)).round(3)}
    for name, values in scores.items():
        runs = [f"run-{n}" for n in range(len(values))]
        columns = [[str(value) for value in run] for run in values]
        content = table(names, *columns, header=",".join(["case", *runs]))
        load(coordinator, study, content, now, name=name)
    enrolment = begin(study, reader_user, now=now)
    answers = [item(p, decision=BIOPSY if n % 2 else NONE) for n, p in enumerate(ids(enrolment))]
    commit_readings(actor=reader_user, answers=answers, now=now)
    close_study(actor=coordinator, study=study, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        study = unblind_study(actor=coordinator, study=study, reason="Done.", now=now)

    document = Analysis.objects.get().document
    found = {model["name"]: model for model in document["models"]}
    assert [len(found[f"{name} 1.2"]["runs"]) for name in scores] == [2, 1]
    truth = reference_standards(study=study, actor=coordinator, purpose="analysis", now=now)
    own = {case.public_id: truth[case.case_id].malignant for case in study.study_cases.all()}
    labels = np.array([own[name] for name in names])
    for name, values in scores.items():
        for run, value in zip(found[f"{name} 1.2"]["runs"], values, strict=True):
            pairs = [(p > n) + 0.5 * (p == n) for p in value[labels] for n in value[~labels]]
            assert run["auc"]["value"] == pytest.approx(np.mean(pairs))
    assert len(headline(document)) == 5
    assert {"model-1-auc", "model-2-auc"} <= set(all_tables(document))
