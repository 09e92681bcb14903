"""The one clock that deadlines go by: the database's, the same for every process."""

import datetime

from django.db import connection


def database_now() -> datetime.datetime:
    """The moment by PostgreSQL's clock (not the transaction's start)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]
