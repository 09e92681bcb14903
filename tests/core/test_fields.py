import base64
import re

import pytest
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.writer import MigrationWriter
from django.test.utils import isolate_apps

from core import fields
from core.fields import BlindIndexField, DecryptError, EncryptedTextField, FieldKeyError, blind_index, blind_indexes

OLD, NEW = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))


@pytest.fixture(autouse=True)
def keys(settings):
    settings.FIELD_KEYS = {"lama": OLD}
    return settings


@pytest.fixture
def person(db):
    with isolate_apps("core"):

        class Person(models.Model):
            nik = EncryptedTextField("NIK", blank=True, null=True)
            nik_index = BlindIndexField(source="nik", purpose="nik", unique=True)
            npwp = EncryptedTextField("NPWP", blank=True)

            class Meta:
                app_label = "core"

        with connection.schema_editor() as editor:
            editor.create_model(Person)
        yield Person
        with connection.schema_editor() as editor:
            editor.delete_model(Person)


def stored(person, column="nik"):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM core_person ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def test_the_database_never_sees_the_number(person):
    person.objects.create(nik="5202012308900001", npwp="")
    assert person.objects.get().nik == "5202012308900001"
    [text] = stored(person)
    assert text.startswith("lama$")
    assert "5202012308900001" not in text
    assert stored(person, "npwp") == [""]


def test_equal_numbers_look_different(person):
    person.objects.create(npwp="0012345678901000")
    person.objects.create(npwp="0012345678901000")
    assert len(set(stored(person, "npwp"))) == 2


def test_nothing_is_kept_as_nothing(person):
    person.objects.create(nik=None)
    person.objects.create(nik="")
    assert stored(person) == [None, ""]
    assert stored(person, "nik_index") == [None, None]
    assert person.objects.filter(nik__isnull=True).count() == 1


@pytest.mark.parametrize(
    "lookup", ["nik", "nik__exact", "nik__contains", "nik__in", "nik__gt", "nik__regex", "nik__lower"]
)
def test_no_search_compares_with_ciphertext(person, lookup):
    with pytest.raises(FieldError):
        person.objects.filter(**{lookup: "5202012308900001"}).count()


def test_every_way_of_writing_encrypts(person):
    person.objects.bulk_create([person(npwp="1"), person(npwp="2")])
    person.objects.update(npwp="3")
    row = person.objects.first()
    row.npwp = "4"
    person.objects.bulk_update([row], ["npwp"])
    assert all(text.startswith("lama$") for text in stored(person, "npwp"))
    assert sorted(person.objects.values_list("npwp", flat=True)) == ["3", "4"]


def test_equals_are_found_and_doubles_refused_by_the_index(person):
    person.objects.create(nik="5202012308900001")
    assert person.objects.filter(nik_index__in=blind_indexes("5202 0123 0890 0001", "nik")).count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        person.objects.create(nik="5202.0123.0890.0001")


def test_the_index_follows_its_source_and_tells_nothing_of_it(person):
    row = person.objects.create(nik="5202012308900001")
    before = row.nik_index
    row.nik = "5202012308900002"
    row.save()
    assert re.fullmatch(r"[0-9a-f]{64}", row.nik_index)
    assert row.nik_index != before
    assert blind_index("1", "nik") != blind_index("1", "npwp")
    assert blind_index("", "nik") == ""


def test_a_damaged_or_moved_value_is_an_error_that_says_where(person):
    person.objects.create(nik="5202012308900001", npwp="0012345678901000")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE core_person SET nik = npwp")
    with pytest.raises(DecryptError, match=r"core\.person\.nik"):
        person.objects.get()
    for broken in ("5202012308900001", "lama$", "lama$!!", "lama$" + base64.b64encode(b"x").decode()):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE core_person SET nik = %s", [broken])
        with pytest.raises(DecryptError, match=r"core\.person\.nik"):
            person.objects.get()


def test_a_missing_key_is_named(person, keys):
    person.objects.create(nik="1")
    keys.FIELD_KEYS = {"baru": NEW}
    with pytest.raises(FieldKeyError, match="'lama' is not in FIELD_KEYS"):
        person.objects.get()


@pytest.mark.parametrize(
    ("given", "said"),
    [({"a": "!"}, "base64"), ({"a": "YQ=="}, "has 1 bytes"), ({"A b": OLD}, "key id"), ({}, "empty")],
)
def test_wrong_keys_are_named(keys, given, said):
    keys.FIELD_KEYS = given
    with pytest.raises(FieldKeyError, match=said):
        fields.encrypt("x", "a.b.c")


def test_keys_are_changed_while_both_are_known(person, keys, monkeypatch):
    monkeypatch.setattr("django.apps.apps.get_models", lambda: [person])
    for number in ("5202012308900001", "5202012308900002", ""):
        person.objects.create(nik=number, npwp="0012345678901000")
    keys.FIELD_KEYS = {"lama": OLD, "baru": NEW}
    person.objects.create(nik="5202012308900003", npwp="")
    assert [text.partition("$")[0] for text in stored(person)] == ["lama", "lama", "", "baru"]
    searched = blind_indexes("5202012308900001", "nik")
    assert person.objects.filter(nik_index__in=searched).count() == 1  # in the middle of it
    monkeypatch.setattr("core.management.commands.rotate_field_keys.CHUNK", 1)
    call_command("rotate_field_keys", verbosity=0)
    keys.FIELD_KEYS = {"baru": NEW}
    assert [row.nik for row in person.objects.order_by("id")] == [
        "5202012308900001",
        "5202012308900002",
        "",
        "5202012308900003",
    ]
    assert person.objects.get(nik_index=blind_index("5202012308900002", "nik")).npwp == "0012345678901000"
    before = stored(person)
    call_command("rotate_field_keys", verbosity=0)
    assert stored(person) == before


def test_migrations_can_write_the_fields():
    for field in (
        EncryptedTextField("NIK", blank=True, bound_to="old.person.nik"),
        BlindIndexField(source="nik", purpose="nik", unique=True),
        BlindIndexField(source="nik", purpose="nik"),
    ):
        text, imports = MigrationWriter.serialize(field)
        scope: dict = {}
        exec("\n".join(imports), scope)
        again = eval(text, scope)
        assert again.deconstruct()[1:] == field.deconstruct()[1:]


def test_a_renamed_column_keeps_its_binding():
    text = fields.encrypt("1", "old.person.nik")
    field = EncryptedTextField(bound_to="old.person.nik")
    field.set_attributes_from_name("nomor")
    assert field.from_db_value(text, None, None) == "1"


def test_an_encrypted_field_that_is_unique_or_indexed_fails_the_checks():
    with isolate_apps("core"):

        class Wrong(models.Model):
            nik = EncryptedTextField(unique=True)
            npwp = EncryptedTextField(db_index=True)
            index = BlindIndexField()

            class Meta:
                app_label = "core"

        assert [problem.id for problem in Wrong.check() if problem.id.startswith("core.")] == [
            "core.E020",
            "core.E020",
            "core.E021",
        ]
