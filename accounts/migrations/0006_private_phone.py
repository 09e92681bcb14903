"""A person's own telephone number is personal: the column becomes ciphertext."""

from django.db import connection, migrations

import core.fields


def encrypt(apps, schema_editor):
    access = apps.get_model("accounts", "VillageAccess")
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, phone FROM accounts_villageaccess")
        rows = cursor.fetchall()
    for pk, phone in rows:
        access.objects.filter(pk=pk).update(phone=phone)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_npwp_index_by_key")]
    operations = [
        migrations.AlterField(
            "villageaccess", "phone", core.fields.EncryptedTextField(max_length=20, verbose_name="nomor HP/WhatsApp")
        ),
        migrations.RunPython(encrypt, migrations.RunPython.noop),
    ]
