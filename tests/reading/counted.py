"""PostgreSQL counts the tables of an order when it is stored: run by `test_races_on_postgresql.py`."""

import pytest
from django.db import connection

from readerstudy.studies.models import Enrolment, Position, Session, StudyCase
from tests.reading.factories import open_study


@pytest.mark.django_db(transaction=True)
def test_every_lock_counts_the_tables_of_the_orders(admin, coordinator, now):
    for number in (1, 2, 3):
        open_study(admin=admin, coordinator=coordinator, now=now, cases=3, title=f"Study {number}")
        for model in (Enrolment, Session, StudyCase, Position):
            assert believed(model) == model.objects.count(), (number, model)


def believed(model):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table]
        )
        return cursor.fetchone()[0]
