"""Installations of their own beside the tests' database: SQLite files, media and checkpoints in a folder each."""

from contextlib import contextmanager

from django.db import connection
from django.test import override_settings


@contextmanager
def instance(folder, **changed):
    """Works in the installation of this folder; a database that is not there yet is made by who uses it."""
    before = connection.settings_dict["NAME"]
    storage = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": folder / "media", "base_url": None},
    }
    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    wanted = {
        "STORAGES": {"default": storage, "staticfiles": static},
        "AUDIT_CHECKPOINTS": folder / "checkpoints.jsonl",
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
        **changed,
    }
    connection.close()
    connection.settings_dict["NAME"] = str(folder / "db.sqlite3")
    try:
        with override_settings(**wanted):
            yield folder
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
