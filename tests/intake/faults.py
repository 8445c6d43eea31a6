"""Faults as they really come: a disk that fills up, a database that refuses a row."""

import os
from contextlib import contextmanager
from pathlib import Path

from django.core.files.storage import FileSystemStorage
from django.db import connection


class FullDisk(FileSystemStorage):
    """A disk with room for three more images."""

    def _save(self, name, content):
        folder = Path(self.path(name)).parent
        if folder.is_dir() and len(list(folder.iterdir())) >= 3:
            raise OSError(28, os.strerror(28))
        return super()._save(name, content)


def fill_disk(settings):
    """From here on the disk is nearly full. Returns what the settings were."""
    before = settings.STORAGES
    default = {**before["default"], "BACKEND": "tests.intake.faults.FullDisk"}
    settings.STORAGES = {**before, "default": default}
    return before


@contextmanager
def refusing_rows(table):
    """Inside the block the database refuses every new row of the table."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TRIGGER refuse BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'refused'); END"
        )
        yield
        cursor.execute("DROP TRIGGER refuse")
