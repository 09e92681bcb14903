"""Encrypt every personal number anew under the last key of FIELD_KEYS, and renew its blind index."""

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import connection, models, transaction

from core.fields import ROTATIONS, BlindIndexField, EncryptedTextField, active_key_id, blind_index, decrypt, encrypt

CHUNK = 500


class Command(BaseCommand):
    help = "Re-encrypts personal numbers under the last key of FIELD_KEYS. Safe to run again, and while people work."

    def handle(self, *args: Any, **options: Any) -> None:
        for model in apps.get_models():
            if not model._meta.proxy:
                for field in model._meta.local_fields:
                    if isinstance(field, EncryptedTextField):
                        changed = rotate(model, field)
                        self.stdout.write(f"{model._meta.label}.{field.name}: {changed}")
        for name, rotate_others in ROTATIONS:
            self.stdout.write(f"{name}: {rotate_others()}")
        self.stdout.write(self.style.SUCCESS(f"All values are under key {active_key_id()!r}."))


def rotate(model: type[models.Model], field: EncryptedTextField) -> int:
    """How many rows were written. Rows are locked in small chunks, so nobody waits long."""
    quote = connection.ops.quote_name
    table, key, column = quote(model._meta.db_table), quote(str(model._meta.pk.column)), quote(str(field.column))
    indexes = [
        other
        for other in model._meta.local_fields
        if isinstance(other, BlindIndexField) and other.source in (field.name, field.attname)
    ]
    sets = ", ".join(f"{quote(str(each.column))} = %s" for each in (field, *indexes))
    select = (
        f"SELECT {key}, {column} FROM {table} WHERE {column} <> '' AND split_part({column}, '$', 1) <> %s "  # noqa: S608
        f"ORDER BY {key} LIMIT {CHUNK} FOR UPDATE"
    )
    update = f"UPDATE {table} SET {sets} WHERE {key} = %s"  # noqa: S608  names from the models, values as parameters
    done = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(select, [active_key_id()])
            rows = cursor.fetchall()
            for pk, stored in rows:
                text = decrypt(stored, field.binding)
                values = [encrypt(text, field.binding), *(blind_index(text, each.purpose) for each in indexes)]
                cursor.execute(update, [*values, pk])
        done += len(rows)
        if not rows:
            return done
