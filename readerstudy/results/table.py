"""The reading table: answers, truth and scores of one study as arrays. Everything in an analysis is computed from it."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from readerstudy.core.canonical import canonical_json

MISSING = -1


@dataclass(frozen=True)
class ReaderRow:
    """Who one row of the table is, by pseudonym."""

    code: str
    group: str
    institution: str
    years_of_experience: int | None


@dataclass(frozen=True)
class ModelScores:
    """The scores (R, K) of one model's R training runs over the K cases."""

    model_id: str
    name: str
    run_labels: tuple[str, ...]
    values: NDArray[np.float64]
    artefact_sha256: tuple[str, ...]
    prespecified: bool


@dataclass(frozen=True)
class ReadingTable:
    """J readers × K cases.

    `decision` (J, K) is 1 for biopsy / further treatment, 0 for no further treatment, -1 for no answer;
    `rating` (J, K) is the strictly monotone composite of decision and confidence, NaN for no answer;
    `milliseconds` (J, K) is the time to the decision, NaN where it was not measured;
    `not_assessable` (J, K) says where the reader answered that the case cannot be assessed: no decision, no rating.
    """

    study_title: str
    is_synthetic: bool
    protocol_sha256: str
    case_ids: tuple[str, ...]
    truth: NDArray[np.int64]
    diagnosis: tuple[str, ...]
    readers: tuple[ReaderRow, ...]
    group_order: tuple[str, ...]
    decision: NDArray[np.int8]
    rating: NDArray[np.float64]
    milliseconds: NDArray[np.float64]
    not_assessable: NDArray[np.bool_]
    models: tuple[ModelScores, ...]
    excluded: dict[str, int]

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Readers (J,) who answered every case and graded at least one of each class, so that they have both rates."""
        graded = self.decision != MISSING
        answered = (graded | self.not_assessable).all(axis=1)
        positive, negative = graded[:, self.truth == 1], graded[:, self.truth == 0]
        # A study whose cases are all of one class is refused for that, not for its readers.
        classes = [side.any(axis=1) for side in (positive, negative) if side.shape[1]]
        return np.asarray(np.logical_and.reduce([answered, *classes]))

    def sha256(self) -> str:
        """The hash of everything that goes into the numbers."""
        head = {
            "cases": self.case_ids,
            "diagnosis": self.diagnosis,
            "readers": [
                [r.code, r.group, r.institution, r.years_of_experience] for r in self.readers
            ],
            "models": [
                [m.model_id, m.name, m.run_labels, m.artefact_sha256, m.prespecified]
                for m in self.models
            ],
            "groups": self.group_order,
            "protocol": self.protocol_sha256,
        }
        digest = hashlib.sha256(canonical_json(head))
        for array in (
            self.truth,
            self.decision,
            self.rating,
            self.milliseconds,
            *(m.values for m in self.models),
        ):
            digest.update(np.ascontiguousarray(array).astype("<f8").tobytes())
        # Only where there are any: the hash of tables from before stays what it was.
        if self.not_assessable.any():
            digest.update(np.ascontiguousarray(self.not_assessable).astype("<f8").tobytes())
        return digest.hexdigest()
