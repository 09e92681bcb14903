from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any, Self

from django.db import connection, models, transaction
from django.db.models import Q

from accounts import people
from accounts.models.membership import VILLAGE_ROLES
from regions.codes import LENGTHS, NATION, outermost
from transactions.models.planning.need import Need
from transactions.models.seeing import OVERSEERS

# What the documents say takes the place of what was kept; `transactions_stages` is the one place that reads it off them.
REBUILD = """
INSERT INTO transactions_orderstage AS kept (need_id, stage, created_at, province, regency)
SELECT need_id, stage, created_at, province, regency FROM transactions_stages()
ON CONFLICT (need_id) DO UPDATE SET stage = excluded.stage, created_at = excluded.created_at,
    province = excluded.province, regency = excluded.regency
WHERE (kept.stage, kept.created_at, kept.province, kept.regency)
    IS DISTINCT FROM (excluded.stage, excluded.created_at, excluded.province, excluded.regency)
"""


class Stage(models.TextChoices):
    """How far an order is, in the words of the list's filter."""

    NEED = "need", "Kebutuhan"
    SOURCING = "sourcing", "Pengadaan"
    CONTRACT = "contract", "Kontrak dan pelaksanaan"
    ACCOUNT = "account", "Pertanggungjawaban"
    CLOSED = "closed", "Selesai"
    CANCELLED = "cancelled", "Batal"
    ENDED = "ended", "Kontrak putus"  # and nothing since: the need may be sourced again


@dataclass(frozen=True, slots=True)
class Place:
    """Where an order stands among the others: newest first."""

    at: dt.datetime
    need: int


END = Place(dt.datetime.min.replace(tzinfo=dt.UTC), 0)


class OrderStageQuerySet(models.QuerySet):
    inside: tuple[str, ...] = ()  # the provinces or kabupaten that these orders are of; none for the nation

    def overseen_by(self, user: Any) -> Self | None:
        """The orders of whoever oversees the nation, provinces or kabupaten and nothing else; None for all others,
        whose own orders are few enough to be read one by one."""
        territories = outermost(people.territories(user, *VILLAGE_ROLES, *OVERSEERS))
        if people.providers(user) or not territories:
            return None
        if territories == [NATION]:
            return self.all()
        for length, name in zip(LENGTHS, ("province", "regency"), strict=False):
            if all(len(code) == length for code in territories):
                found = self.filter(**{f"{name}__in": territories})
                found.inside = tuple(territories)
                return found
        return None

    def narrowed(self, *, year: int | None, before: Place | None) -> Self:
        """Of a year, and after a place in the list."""
        found = self.filter(created_at__year=year) if year else self
        if before is None:
            return found
        same_moment = Q(created_at=before.at, need__lt=before.need)
        return found.filter(Q(created_at__lt=before.at) | same_moment, created_at__lte=before.at)

    def keys(self, stages: Collection[str], count: int) -> list[int]:
        """So many orders, newest first. Each stage is read off its own index and then they are merged, since the
        database would sort all of them."""
        rows = self.order_by("-created_at", "-need")

        def of(part: models.QuerySet) -> Iterable[tuple[dt.datetime, int]]:
            return part.values_list("created_at", "need")[:count]

        parts = [of(rows.filter(stage=stage)) for stage in stages] or [of(rows)]
        return [need for _, need in islice(heapq.merge(*parts, reverse=True), count)]

    def rebuild(self) -> int:
        """Write anew what differs from the documents; how many rows. Orders that begin or end meanwhile wait for it, so
        that nothing older is written over them."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE transactions_orderstage IN SHARE ROW EXCLUSIVE MODE")
            cursor.execute(REBUILD)
            return int(cursor.rowcount)


class OrderStage(models.Model):
    """The stage of each order as the list filters by it, beside its province and kabupaten, so that newest first is
    read off an index. The database's own triggers write it from the documents; nothing is decided by it."""

    need = models.OneToOneField(Need, models.CASCADE, primary_key=True, related_name="kept")
    stage = models.CharField("tahap", max_length=12, choices=Stage.choices)
    created_at = models.DateTimeField("dicatat")
    province = models.CharField(max_length=LENGTHS[0])
    regency = models.CharField(max_length=LENGTHS[1])

    objects = OrderStageQuerySet.as_manager()

    class Meta:
        verbose_name = "tahap pembelian"
        verbose_name_plural = "tahap pembelian"
        indexes = tuple(
            models.Index(fields=[*keys, "-created_at", "-need"], name=name)
            for keys, name in (
                ((), "stage_newest"),
                (("stage",), "stage_of_nation"),
                (("province",), "stage_newest_of_province"),
                (("province", "stage"), "stage_of_province"),
                (("regency",), "stage_newest_of_regency"),
                (("regency", "stage"), "stage_of_regency"),
            )
        )

    def __str__(self) -> str:
        return self.get_stage_display()
