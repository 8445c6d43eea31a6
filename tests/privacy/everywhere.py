"""Where in the whole database and storage something stands."""

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection

from readerstudy.core.backup.files import stored_names


def tables_with(*words):
    """Table and column of every cell that holds one of the words, in small or capital letters."""
    found = set()
    names = connection.introspection.table_names()
    assert len(names) > len(list(apps.get_models())) - 3
    with connection.cursor() as cursor:
        for table in names:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 (names of the database itself)
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                found |= {
                    f"{table}.{column}"
                    for column, value in zip(columns, row, strict=True)
                    if any(word.casefold() in text_of(value) for word in words)
                }
    return found


def text_of(value):
    if isinstance(value, bytes | memoryview):
        value = bytes(value).decode(errors="replace")
    return str(value).casefold()


def files_with(word):
    return [name for name in stored_names() if word.encode() in default_storage.open(name).read()]
