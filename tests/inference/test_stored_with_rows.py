"""Files of scores and recipes go with a row that is refused, and stay where nobody knows whether it is stored."""

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError

from inference.derived import stored_file
from readerstudy.core.errors import Conflict


@pytest.mark.django_db
@pytest.mark.parametrize(("error", "stays"), [(Conflict("No."), False), (OperationalError("lost"), True)])  # fmt: skip
def test_a_file_goes_with_its_row(error, stays):
    with pytest.raises(type(error)), stored_file(b"x", ending="csv") as name:
        raise error
    assert default_storage.exists(name) is stays
