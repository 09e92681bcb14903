from __future__ import annotations

import datetime as dt
import re
from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db import connection, models
from django.db.models import DurationField, ExpressionWrapper, F, Q, Value
from django.db.models.fields import DateTimeField

from core.name_search import MOST_WORDS
from regions.models import Area
from transactions.models.contract.contract import Contract

WINDOW = 3_000  # of the latest that are looked at before the whole index is asked

# What the trigger writes for one contract, for all that lack it (after rows came in with triggers held off).
REBUILD = """
INSERT INTO transactions_publication (contract_id, code, published_at, facets, words)
SELECT * FROM transactions_published(NULL) ON CONFLICT (contract_id) DO NOTHING
"""


def facet(kind: str, value: Any) -> str:
    """One of a publication's facets as a word of its own: w52x02 (a place), k7 (a category), m (a method), p (a provider)."""
    return f"{kind}{str(value).replace('.', 'x').replace('_', 'x').lower()}"


class PublicationQuerySet(models.QuerySet["Publication"]):
    def of(self, *facets: str) -> Self:
        """Those that have all of these facets."""
        if not facets:
            return self
        return self.filter(facets=SearchQuery(" & ".join(facets), config="simple", search_type="raw"))

    def said(self, text: str) -> Self:
        """Whose title, village or provider has each typed word, or one that begins so.

        One or two letters are a whole word (PT, CV): nearly every row has one that begins so, and the index would
        gather them all first.
        """
        typed = re.findall(r"[^\W_]+", text.lower())[:MOST_WORDS]
        if not typed:
            return self.none()
        asked = " & ".join(f"'{word}':*" if len(word) > 2 else f"'{word}'" for word in typed)
        return self.filter(words=SearchQuery(asked, config="simple", search_type="raw"))

    def signed_in(self, year: int) -> Self:
        """Both signed in this year, by Jakarta's calendar to the hour."""
        first = [dt.datetime(each, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=7))) for each in (year, year + 1)]
        return self.filter(published_at__gte=first[0], published_at__lt=first[1])

    def in_order(self, *, downwards: bool) -> Self:
        """As the list has them: newest first, or backwards."""
        return self.order_by("-published_at", "-code") if downwards else self.order_by("published_at", "code")

    def beyond(self, key: tuple[dt.datetime, str], *, downwards: bool) -> Self:
        """Those behind a row of the list, written so that the index is entered there."""
        at, code = key
        side = "lt" if downwards else "gt"
        same = Q(**{f"published_at__{side}": at}) | Q(**{f"code__{side}": code})
        return self.filter(same, **{f"published_at__{side}e": at})

    def nearest(self, rows: Self, *, downwards: bool, most: int) -> list[Publication]:
        """The first of `rows` (narrowed from these), read in the order of the list.

        What was asked for may be in every row or in none, and the database cannot tell beforehand. So the first few
        thousand of these are looked at; if they do not fill the page, all that the index of facets and words finds is
        sorted (by a sum: for the key's own index all rows might be read).
        """
        window = self.in_order(downwards=downwards).values("pk")[:WINDOW]
        found = list(rows.filter(pk__in=window).in_order(downwards=downwards)[:most])
        if len(found) == most:
            return found
        moment = ExpressionWrapper(
            F("published_at") + Value(dt.timedelta(0), output_field=DurationField()), DateTimeField()
        )
        order = (moment.desc(), F("code").desc()) if downwards else (moment.asc(), F("code").asc())
        return list(rows.order_by(*order)[:most])

    def rebuild(self) -> int:
        """Add what the triggers could not see; how many."""
        with connection.cursor() as cursor:
            cursor.execute(REBUILD)
            return int(cursor.rowcount)


class Publication(models.Model):
    """A contract that both have signed, for the public's list: where it stands in time, and by what it is found.

    Written once by a trigger when the second signature comes, from what no later move changes; never decided by. What
    became of the contract is read from its own row.
    """

    contract = models.OneToOneField(Contract, models.PROTECT, primary_key=True, related_name="publication")
    code = models.CharField(max_length=16)
    published_at = models.DateTimeField()
    facets = SearchVectorField()
    words = SearchVectorField()

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = "pembelian yang diumumkan"
        verbose_name_plural = "pembelian yang diumumkan"
        indexes = (
            models.Index(fields=["published_at", "code"], name="publication_newest"),
            GinIndex(fields=["facets", "words"], name="publication_found"),
        )

    def __str__(self) -> str:
        return self.code


def places(area: Area) -> str:
    """The facet of an area."""
    return facet("w", area.code)
