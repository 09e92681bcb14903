"""The words of the search: what is the same thing, what services say, and what was looked for in vain."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import Q

from catalog.search.lexicon import bare
from core.clock import today
from core.models import Job
from regions.models import Area
from regions.naming import plain

MOST_WAYS = 30


class SynonymQuerySet(models.QuerySet["Synonym"]):
    def active(self) -> Self:
        """Those that the search uses."""
        return self.filter(active=True)

    def visible_to(self, user: Any) -> Self:
        """No secret: every service list shows their effect."""
        return self.all()


class Synonym(models.Model):
    """What people call the same thing: bimtek is bimbingan teknis. The ministry edits the rows.

    A service that says one of them is found by all of them. A change writes a job that makes the vectors of the
    services concerned anew; until it is done, words typed stand for themselves, which finds whoever says them.
    """

    term = models.CharField(
        "istilah",
        max_length=60,
        unique=True,
        help_text="Istilah yang dipakai mencari. Huruf kecil, tanpa tanda baca. Contoh: bumdes",
    )
    ways = models.TextField(
        "sebutan lain", max_length=1500, help_text="Satu sebutan tiap baris. Contoh: badan usaha milik desa"
    )
    note = models.CharField("catatan", max_length=200, blank=True)
    active = models.BooleanField("dipakai", default=True)
    # The services know it as it is now: what is typed may be brought to its term.
    in_use = models.BooleanField(default=False, db_default=False, editable=False)
    changes = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    objects = SynonymQuerySet.as_manager()

    class Meta:
        verbose_name = "sinonim pencarian"
        verbose_name_plural = "sinonim pencarian"
        ordering = ("term",)

    def __str__(self) -> str:
        return self.term

    @property
    def all_ways(self) -> list[str]:
        """Every way to say it, the term first."""
        return [self.term, *(way for way in self.ways.splitlines() if way)]

    def clean(self) -> None:
        """Plain words; each stands for one term only, and says something."""
        self.term = plain(self.term)
        ways = dict.fromkeys(plain(line) for line in self.ways.splitlines())
        self.ways = "\n".join(way for way in ways if way and way != self.term)
        if not bare(self.term):
            raise ValidationError({"term": "Istilah ini tidak memuat kata yang dapat dicari."})
        self._check_ways(self.all_ways[1:])

    def _check_ways(self, ways: list[str]) -> None:
        if not ways or len(ways) > MOST_WAYS:
            raise ValidationError({"ways": f"Isi satu sampai {MOST_WAYS} sebutan, satu tiap baris."})
        for way in ways:
            if not bare(way):
                raise ValidationError({"ways": f"“{way}” hanya memuat kata yang tidak dipakai mencari."})
        taken = {way: other.term for other in Synonym.objects.exclude(pk=self.pk) for way in other.all_ways}
        for way in self.all_ways:
            if way in taken:
                raise ValidationError({"ways": f"“{way}” sudah menjadi sebutan dari “{taken[way]}”."})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep it, and ask for new vectors of the services that say it now or said it before."""
        with transaction.atomic():
            before = type(self).objects.select_for_update().filter(pk=self.pk).first() if self.pk else None
            now = self.all_ways if self.active else []
            was = before.all_ways if before and before.active else []
            self.in_use, self.changes = (before.in_use, before.changes) if before else (False, 0)
            if changed := now != was:
                self.in_use, self.changes = False, self.changes + 1
            super().save(*args, **kwargs)
            if changed:
                self._reindex(sorted({*now, *was}))

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Gone; the services that were found by it are found by their own words alone."""
        with transaction.atomic():
            if self.active:
                self._reindex(self.all_ways)
            return super().delete(*args, **kwargs)

    def _reindex(self, ways: list[str]) -> None:
        Job.objects.enqueue("catalog.reindex", ways=ways, synonym=[self.pk, self.changes])

    @classmethod
    def take_into_use(cls, pk: int, changes: int) -> None:
        """The services know it as it was after so many changes; more of them have a job of their own."""
        cls.objects.active().filter(pk=pk, changes=changes).update(in_use=True)


class Term(models.Model):
    """A word that services say, or several words that titles often say together; for suggestions and spelling.

    Kept by `search.vocabulary`; bounded, and no service depends on it.
    """

    text = models.CharField(max_length=80, primary_key=True, db_collation="C")
    shown = models.CharField(max_length=80)
    services = models.PositiveIntegerField()
    # What a mistyped word is looked up by; none for several words.
    keys = ArrayField(models.CharField(max_length=8), default=list)

    class Meta:
        verbose_name = "kata layanan"
        verbose_name_plural = "kata layanan"
        # New words go into the index at once: a list of those still to be sorted in would be read by every question.
        indexes = (GinIndex(fields=["keys"], name="term_keys", fastupdate=False),)

    def __str__(self) -> str:
        return self.shown


class MissedSearchQuerySet(models.QuerySet["MissedSearch"]):
    def often(self) -> Self:
        """Asked often enough to say nothing of one person."""
        return self.filter(times__gte=MissedSearch.OFTEN)

    def note(self, words: str, area: str | None, on: dt.date | None = None) -> None:
        """Once more in this month; at most so many different words for an area, whoever sends them. One statement."""
        here = "area_id = %(area)s" if area else "area_id IS NULL"
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                INSERT INTO catalog_missedsearch (area_id, month, words, times)
                SELECT %(area)s, %(month)s, %(words)s, 1
                WHERE %(most)s > (
                    SELECT count(*) FROM catalog_missedsearch WHERE month = %(month)s AND {here} AND words <> %(words)s
                )
                ON CONFLICT (month, area_id, words) DO UPDATE SET times = catalog_missedsearch.times + 1
                """,  # noqa: S608  `here` is one of two texts above
                {"area": area, "month": first_of(on or today()), "words": words, "most": MissedSearch.MOST},
            )

    def forget(self, on: dt.date | None = None) -> None:
        """What past months asked too rarely to be shown, and what is older than a year."""
        month = first_of(on or today())
        self.filter(month__lt=month, times__lt=MissedSearch.OFTEN).delete()
        self.filter(month__lt=month.replace(year=month.year - 1)).delete()


class MissedSearch(models.Model):
    """How often words were looked for in vain, in a regency (or province, or anywhere) and month. Nobody's name."""

    OFTEN = 3  # fewer are shown to nobody
    MOST = 300  # different words of an area in a month; the rest goes uncounted

    area = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+", verbose_name="wilayah")
    month = models.DateField("bulan")
    words = models.CharField("kata", max_length=80)
    times = models.PositiveIntegerField("kali", default=1)

    objects = MissedSearchQuerySet.as_manager()

    class Meta:
        verbose_name = "pencarian tanpa hasil"
        verbose_name_plural = "pencarian tanpa hasil"
        constraints = (
            models.UniqueConstraint(fields=["month", "area", "words"], name="missed_search_once", nulls_distinct=False),
            models.CheckConstraint(name="missed_search_first_of_month", condition=Q(month__day=1)),
        )

    def __str__(self) -> str:
        return f"{self.words} ({self.times})"


def first_of(day: dt.date) -> dt.date:
    """The month that a day lies in."""
    return day.replace(day=1)
