"""Contracts that both have signed, for the public's list: a row each, written by a trigger, found off two indexes."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

# Title, village and provider as they were when both signed; places as 52, 52x02, 52x02x04, 52x02x04x2001.
PUBLISHED = r"""
CREATE FUNCTION transactions_published(one bigint)
RETURNS TABLE (contract_id bigint, code varchar, published_at timestamptz, facets tsvector, words tsvector)
LANGUAGE sql STABLE AS $$
SELECT c.id, c.code, c.village_signed_at,
    array_to_tsvector(ARRAY[
        'w' || replace(substr(c.village_id, 1, 2), '.', 'x'), 'w' || replace(substr(c.village_id, 1, 5), '.', 'x'),
        'w' || replace(substr(c.village_id, 1, 8), '.', 'x'), 'w' || replace(c.village_id, '.', 'x'),
        'k' || n.category_id, 'm' || s.method, 'p' || c.provider_id]),
    to_tsvector('simple', regexp_replace(n.title || ' ' || a.name || ' ' || p.name, '[^[:alnum:]]+', ' ', 'g'))
FROM transactions_contract c JOIN transactions_sourcing s ON s.id = c.sourcing_id
JOIN transactions_need n ON n.id = s.need_id JOIN accounts_provider p ON p.id = c.provider_id
JOIN regions_area a ON a.code = c.village_id
WHERE c.village_signed_at IS NOT NULL AND (one IS NULL OR c.id = one)
$$;
CREATE FUNCTION transactions_publish() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO transactions_publication (contract_id, code, published_at, facets, words)
    SELECT * FROM transactions_published(NEW.id) ON CONFLICT (contract_id) DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER contract_published AFTER INSERT OR UPDATE OF village_signed_at ON transactions_contract
FOR EACH ROW WHEN (NEW.village_signed_at IS NOT NULL) EXECUTE FUNCTION transactions_publish();
"""
GONE = """
DROP TRIGGER IF EXISTS contract_published ON transactions_contract;
DROP FUNCTION IF EXISTS transactions_publish();
DROP FUNCTION IF EXISTS transactions_published(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("transactions", "0017_terms_items_and_negotiation")]

    operations = [
        migrations.CreateModel(
            name="Publication",
            fields=[
                ("contract", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name="publication", serialize=False, to="transactions.contract")),
                ("code", models.CharField(max_length=16)),
                ("published_at", models.DateTimeField()),
                ("facets", django.contrib.postgres.search.SearchVectorField()),
                ("words", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={"verbose_name": "pembelian yang diumumkan", "verbose_name_plural": "pembelian yang diumumkan"},
        ),
        migrations.RunSQL(PUBLISHED, GONE),
    ]
