"""What several tests of results have in common."""

import pytest

from readerstudy.results.analysis import build_document
from readerstudy.results.choices import AnalysisState
from readerstudy.results.models import Analysis
from readerstudy.results.stored_table import table_bytes
from tests.studies.factories import advance, make_study
from tests.truth.factories import record_truth


@pytest.fixture
def analysed(admin, coordinator, now):
    """An unblinded study whose analysis is that of a made table; gives study and analysis."""

    def do(table):
        study = make_study(admin=admin, coordinator=coordinator, now=now, readers=1)
        record_truth(admin=admin, image_set=study.image_set, now=now)
        advance(study, "unblinded", coordinator=coordinator, now=now)
        analysis = Analysis.objects.create(
            study=study, state=AnalysisState.DONE, document=build_document(table), table=table_bytes(table),
            sha256=table.sha256(), inputs_sha256=table.sha256(), code_version="1", created_by=coordinator,
            created_at=now, finished_at=now,
        )  # fmt: skip
        return study, analysis

    return do
