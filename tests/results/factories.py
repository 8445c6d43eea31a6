"""Reading tables made of arrays, for tests that need no database."""

import dataclasses

import numpy as np

from readerstudy.results.table import Answers, CaseRow, ModelScores, ReaderRow, ReadingTable


def make_table(
    *, readers=6, positives=5, negatives=12, runs=3, seed=1, missing=(), models=True, unassessed=()
):
    """A table with a plausible signal; `missing` lists (reader, case) without an answer, `unassessed` without a grade."""
    rng = np.random.default_rng(seed)
    truth = np.array([1] * positives + [0] * negatives)
    evidence = rng.normal(size=(readers, truth.size)) + 1.3 * truth
    decision = (evidence > 0.4).astype(np.int8)
    rating = np.where(decision == 1, 1, -1) * rng.integers(1, 6, size=decision.shape).astype(float)
    not_assessable = np.zeros(decision.shape, np.bool_)
    for place in (*missing, *unassessed):
        decision[place], rating[place] = -1, np.nan
        not_assessable[place] = place in unassessed
    scores = rng.normal(size=(runs, truth.size)) + truth
    model = ModelScores(
        "m1", "Test CNN", tuple(f"run-{n}" for n in range(runs)), scores, ("0" * 64,) * runs, True
    )
    return ReadingTable(
        study_title="A study",
        is_synthetic=True,
        protocol_sha256="a" * 64,
        case_ids=tuple(f"case-{n}" for n in range(truth.size)),
        truth=truth,
        diagnosis=tuple("melanoma" if t else "nevus" for t in truth),
        readers=tuple(
            ReaderRow(
                f"R-{n}", ("Resident", "Attending")[n % 2], ("North", "South", "East")[n % 3], n
            )
            for n in range(readers)
        ),
        group_order=("Resident", "Attending", "Chief physician"),
        decision=decision,
        rating=rating,
        milliseconds=np.full(decision.shape, np.nan),
        not_assessable=not_assessable,
        models=(model,) if models else (),
        excluded={"withdrawn_readers": 0, "readers_without_answers": 0, "withdrawn_cases": 0},
    )


def fuller_table(**options):
    """The same with all that may be known: cases, profiles, order, times, an aided arm, repeats, thresholds."""
    table = make_table(**options)
    rng = np.random.default_rng(2)
    shape = table.decision.shape
    place = np.argsort(rng.random(shape), axis=1).argsort(axis=1) + 1.0
    milliseconds = np.round(np.exp(rng.normal(9.0, 0.5, size=shape)))
    return dataclasses.replace(
        table,
        readers=tuple(
            dataclasses.replace(
                reader,
                board_certification=("certified", "in_training")[number % 2],
                years_in_dermatology=number,
                skin_checks_per_week=5 * number,
            )
            for number, reader in enumerate(table.readers)
        ),
        cases=tuple(
            CaseRow(
                age_years=30 + number,
                sex=("female", "male", "")[number % 3],
                site=("back", "leg", "face", "")[number % 4],
                fitzpatrick=(1, 2, 3, 4, 6, None)[number % 6],
                view="close_up",
                patient=number,
            )
            for number in range(shape[1])
        ),
        models=tuple(
            dataclasses.replace(model, thresholds=(0.5,) * len(model.run_labels))
            for model in table.models
        ),
        place=place,
        milliseconds=milliseconds,
        undisturbed=rng.random(shape) < 0.9,
        aided=Answers(
            decision=np.where(rng.random(shape) < 0.8, table.decision, table.truth).astype(np.int8),
            rating=table.rating,
            milliseconds=milliseconds * 0.7,
            not_assessable=np.zeros(shape, np.bool_),
        ),
        repeats=Answers(
            decision=np.where(place <= 5, table.decision, -1).astype(np.int8),
            rating=np.where(place <= 5, table.rating, np.nan),
            milliseconds=np.where(place <= 5, milliseconds, np.nan),
            not_assessable=np.zeros(shape, np.bool_),
        ),
        design="sequential",
    )
