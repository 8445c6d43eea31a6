"""Reading tables made of arrays, for tests that need no database."""

import numpy as np

from readerstudy.results.table import ModelScores, ReaderRow, ReadingTable


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
