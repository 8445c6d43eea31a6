import pytest

from readerstudy.intake.services import plan_import
from tests.intake.archives import make_zip


@pytest.fixture
def zip_of(tmp_path):
    """Writes files into tmp_path/photos.zip."""
    return lambda files, **options: make_zip(tmp_path / "photos.zip", files, **options)


@pytest.fixture
def plan_of(zip_of, db):
    """The plan of an archive with these files."""
    return lambda files, **options: plan_import(archive_path=zip_of(files), **options)
