"""The administrative areas of Indonesia, and what people there call them."""

import datetime as dt
from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Left

from core.workflow import Allowed, Denied, Verdict
from regions import codes
from regions.naming import label_of
from regions.scope import within
from regions.search import COMPACT_NAME, SEARCH_VECTOR, named, search, suggest


class Level(models.TextChoices):
    PROVINCE = "province", "Provinsi"
    REGENCY = "regency", "Kabupaten/Kota"
    DISTRICT = "district", "Kecamatan"
    VILLAGE = "village", "Desa/Kelurahan"

    @property
    def length(self) -> int:
        """How many characters a code of this level has."""
        return codes.LENGTHS[list(Level).index(self)]

    @classmethod
    def of(cls, code: str) -> "Level":
        """The level that a well-shaped code belongs to."""
        return list(cls)[codes.LENGTHS.index(len(code))]


class Kind(models.TextChoices):
    PROVINSI = "provinsi", "Provinsi"
    KABUPATEN = "kabupaten", "Kabupaten"
    KOTA = "kota", "Kota"
    KECAMATAN = "kecamatan", "Kecamatan"
    DESA = "desa", "Desa"
    KELURAHAN = "kelurahan", "Kelurahan"
    DESA_ADAT = "desa_adat", "Desa Adat"


# What may buy on the marketplace. Kelurahan are offices of the city and have no APBDes.
BUYING_KINDS = (Kind.DESA, Kind.DESA_ADAT)

# Permendagri 58/2021 and its successors: kabupaten 01-69, kota 71-99; the last part of a village's
# code begins with 1 for kelurahan, 2 for desa, 3 for desa adat.
CODE_SHAPES: dict[Kind, str] = {
    Kind.PROVINSI: r"^[0-9]{2}$",
    Kind.KABUPATEN: r"^[0-9]{2}\.[0-6][0-9]$",
    Kind.KOTA: r"^[0-9]{2}\.[7-9][0-9]$",
    Kind.KECAMATAN: r"^[0-9]{2}\.[0-9]{2}\.[0-9]{2}$",
    Kind.DESA: r"^[0-9]{2}\.[0-9]{2}\.[0-9]{2}\.2[0-9]{3}$",
    Kind.KELURAHAN: r"^[0-9]{2}\.[0-9]{2}\.[0-9]{2}\.1[0-9]{3}$",
    Kind.DESA_ADAT: r"^[0-9]{2}\.[0-9]{2}\.[0-9]{2}\.3[0-9]{3}$",
}

KINDS_BY_LEVEL: dict[Level, tuple[Kind, ...]] = {
    Level.PROVINCE: (Kind.PROVINSI,),
    Level.REGENCY: (Kind.KABUPATEN, Kind.KOTA),
    Level.DISTRICT: (Kind.KECAMATAN,),
    Level.VILLAGE: (Kind.DESA, Kind.KELURAHAN, Kind.DESA_ADAT),
}


class TimeZone(models.TextChoices):
    WIB = "Asia/Jakarta", "WIB"
    WITA = "Asia/Makassar", "WITA"
    WIT = "Asia/Jayapura", "WIT"


def _any(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions)


class AreaQuerySet(models.QuerySet["Area"]):
    def within(self, territories: str | Iterable[str] | None) -> "AreaQuerySet":
        """Areas that are, or lie in, one of these territories; none for no territory."""
        return self.filter(within("", territories))

    def provinces(self) -> "AreaQuerySet":
        return self.filter(level=Level.PROVINCE)

    def regencies(self) -> "AreaQuerySet":
        return self.filter(level=Level.REGENCY)

    def districts(self) -> "AreaQuerySet":
        return self.filter(level=Level.DISTRICT)

    def villages(self) -> "AreaQuerySet":
        """Everything of the lowest level: desa, desa adat and kelurahan."""
        return self.filter(level=Level.VILLAGE)

    def buyers(self) -> "AreaQuerySet":
        """The villages that may buy: desa and desa adat, no kelurahan."""
        return self.filter(kind__in=BUYING_KINDS)

    def in_force(self, on: dt.date) -> "AreaQuerySet":
        """Areas that exist on this day; `valid_to` is the first day they no longer do."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=on),
            Q(valid_to__isnull=True) | Q(valid_to__gt=on),
        )

    def search(self, text: str) -> "AreaQuerySet":
        """The areas that fit what someone typed, best first."""
        return search(self, text)

    def named(self, text: str) -> "list[str]":
        """Codes of those whose own name has each typed word, or one that begins so."""
        return named(self, text)

    def suggest(self, text: str, *, limit: int = 10) -> "list[Area]":
        """The few best for a type-ahead, faster than `search`."""
        return suggest(self, text, limit=limit)


class Area(models.Model):
    """A province, kabupaten or kota, kecamatan, desa or kelurahan, under its Kemendagri code.

    Written only by `manage.py load_areas`. `title` and `ancestry` are kept on each row so that a
    list of villages prints its full names without a further query.
    """

    code = models.CharField("kode wilayah", max_length=13, primary_key=True, db_collation="C")
    level = models.CharField("tingkat", max_length=8, choices=Level)
    kind = models.CharField("jenis", max_length=9, choices=Kind)
    name = models.CharField(
        "nama",
        max_length=80,
        help_text="Kabupaten dan kota dengan jenisnya (“Kabupaten Lombok Tengah”), lainnya tanpa.",
    )
    title = models.CharField(
        "sebutan",
        max_length=40,
        blank=True,
        help_text="Sebutan setempat: Desa, Nagari, Gampong, Kelurahan, Kecamatan, Distrik.",
    )
    ancestry = models.CharField(
        "berada di",
        max_length=240,
        blank=True,
        help_text="Nama wilayah di atasnya, dari yang terdekat.",
    )
    parent = models.ForeignKey(
        "self",
        verbose_name="wilayah induk",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    time_zone = models.CharField("zona waktu", max_length=13, choices=TimeZone)
    valid_from = models.DateField("berlaku sejak", null=True, blank=True)
    valid_to = models.DateField("berlaku sampai", null=True, blank=True)
    predecessor = models.CharField("kode lama", max_length=13, blank=True)
    search_name = models.CharField(max_length=80, editable=False, db_collation="C")

    objects = AreaQuerySet.as_manager()

    class Meta:
        verbose_name = "wilayah"
        verbose_name_plural = "wilayah"
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="area_kind_fits_level",
                condition=_any(Q(level=level, kind__in=list(kinds)) for level, kinds in KINDS_BY_LEVEL.items()),
            ),
            models.CheckConstraint(
                name="area_code_fits_kind",
                condition=_any(Q(kind=kind, code__regex=shape) for kind, shape in CODE_SHAPES.items()),
            ),
            models.CheckConstraint(
                name="area_parent_is_code_prefix",
                condition=Q(level=Level.PROVINCE, parent__isnull=True)
                | Q(level=Level.REGENCY, parent__isnull=False, parent=Left("code", 2))
                | Q(level=Level.DISTRICT, parent__isnull=False, parent=Left("code", 5))
                | Q(level=Level.VILLAGE, parent__isnull=False, parent=Left("code", 8)),
            ),
            models.CheckConstraint(name="area_time_zone_known", condition=Q(time_zone__in=TimeZone.values)),
            models.CheckConstraint(
                name="area_valid_to_after_from",
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(COMPACT_NAME, name="area_search_name"),
            GinIndex(SEARCH_VECTOR, name="area_search_words"),
        ]

    def __str__(self) -> str:
        return self.label

    # --- names ---------------------------------------------------------------------------------
    @property
    def label(self) -> str:
        """The name with its title: Desa Kuta, Nagari Sianok, Kecamatan Pujut, Kota Mataram."""
        return label_of(self.title, self.name)

    @property
    def short_name(self) -> str:
        """The bare name: Lombok Tengah for Kabupaten Lombok Tengah, Kuta for Desa Kuta."""
        return self.name.removeprefix(Kind(self.kind).label + " ")

    @property
    def full_name(self) -> str:
        """Desa Kuta, Kecamatan Pujut, Kabupaten Lombok Tengah, Nusa Tenggara Barat (no query)."""
        return f"{self.label}, {self.ancestry}" if self.ancestry else self.label

    def titles(self) -> dict[str, str]:
        """What people here call each office and body: {"village_head": "Wali Nagari", ...}.

        The nearest area above that has a title wins, then the national default. One query.
        """
        titles = AreaTitle.objects.for_codes([self.code])[self.code]
        if self.kind == Kind.KELURAHAN:
            titles |= {TitleKey.VILLAGE_HEAD: "Lurah", TitleKey.VILLAGE_SECRETARY: "Sekretaris Kelurahan"}
        return titles | ({TitleKey.VILLAGE: self.title} if self.is_village else {})

    # --- place ---------------------------------------------------------------------------------
    @property
    def province_code(self) -> str:
        return self.code[: codes.LENGTHS[0]]

    @property
    def regency_code(self) -> str:
        """The kabupaten or kota this lies in (or is); empty for a province."""
        return self._cut(1)

    @property
    def district_code(self) -> str:
        """The kecamatan this lies in (or is); empty for a province or regency."""
        return self._cut(2)

    def _cut(self, level: int) -> str:
        length = codes.LENGTHS[level]
        return self.code[:length] if len(self.code) >= length else ""

    @property
    def ancestor_codes(self) -> list[str]:
        """Codes of the areas above, nearest first."""
        return codes.ancestors_of(self.code)

    def ancestors(self) -> list["Area"]:
        """The areas above, from the province down, in one query: they are in the code."""
        return list(Area.objects.filter(code__in=self.ancestor_codes).order_by("code"))

    def contains(self, code: str) -> bool:
        """Is this code the area itself or inside it (by whole dotted parts)?"""
        return codes.contains(self.code, code)

    # --- what follows from it ------------------------------------------------------------------
    @property
    def may_buy(self) -> bool:
        """Desa and desa adat buy on the marketplace; kelurahan and everything above do not."""
        return self.kind in BUYING_KINDS

    @property
    def is_village(self) -> bool:
        return self.level == Level.VILLAGE

    @property
    def tzinfo(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def zone_name(self) -> str:
        """WIB, WITA or WIT, as printed after a time of day."""
        return TimeZone(self.time_zone).label


class TitleKey(models.TextChoices):
    """The offices and bodies whose names differ from place to place."""

    VILLAGE = "village", "Desa"
    VILLAGE_HEAD = "village_head", "Kepala Desa"
    VILLAGE_SECRETARY = "village_secretary", "Sekretaris Desa"
    VILLAGE_COUNCIL = "village_council", "Badan Permusyawaratan Desa"
    VILLAGE_MEETING = "village_meeting", "Musyawarah Desa"
    HAMLET = "hamlet", "Dusun"
    DISTRICT = "district", "Kecamatan"
    DISTRICT_HEAD = "district_head", "Camat"


# Nationwide words (UU 6/2014); a key's label is its default text.
DEFAULT_TITLES: dict[str, str] = {key.value: str(key.label) for key in TitleKey}


class AreaTitleQuerySet(models.QuerySet["AreaTitle"]):
    def for_codes(self, wanted: Iterable[str]) -> dict[str, dict[str, str]]:
        """Every title of each of these areas, defaults included, in one query."""
        wanted = set(wanted)
        chains = {code: [*reversed(codes.ancestors_of(code)), code] for code in wanted}
        given: dict[str, dict[str, str]] = {}
        rows = self.filter(area__in={above for chain in chains.values() for above in chain})
        for area_id, key, text in rows.values_list("area_id", "key", "text"):
            given.setdefault(area_id, {})[key] = text
        titles = {}
        for code, chain in chains.items():
            titles[code] = dict(DEFAULT_TITLES)
            for above in chain:  # from the province down: the nearest is written last
                titles[code] |= given.get(above, {})
        return titles


class AreaTitle(models.Model):
    """What people in an area call an office or body: Wali Nagari for Kepala Desa in Sumatera Barat.

    Holds for everything inside the area until a smaller area says otherwise. Rows that no official
    text has confirmed are marked as examples and are there to be corrected.
    """

    area = models.ForeignKey(
        Area,
        verbose_name="wilayah",
        on_delete=models.CASCADE,
        related_name="title_rows",
    )
    key = models.CharField("untuk", max_length=20, choices=TitleKey)
    text = models.CharField("sebutan", max_length=40)
    is_example = models.BooleanField(
        "contoh, belum diperiksa",
        default=True,
        help_text="Hapus tanda ini setelah sebutan dicocokkan dengan peraturan daerah.",
    )
    source = models.CharField("dasar atau sumber", max_length=200, blank=True)

    objects = AreaTitleQuerySet.as_manager()

    class Meta:
        verbose_name = "sebutan wilayah"
        verbose_name_plural = "sebutan wilayah"
        ordering: ClassVar = ["area_id", "key"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["area", "key"], name="area_title_once"),
            models.CheckConstraint(name="area_title_key_known", condition=Q(key__in=TitleKey.values)),
            models.CheckConstraint(name="area_title_not_empty", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_key_display()}: {self.text} ({self.area_id})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the title, and rename the areas that it names."""
        with transaction.atomic():
            super().save(*args, **kwargs)
            self._rename_areas()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Drop the title; its areas fall back to what the area above, or the nation, says."""
        with transaction.atomic():
            deleted = super().delete(*args, **kwargs)
            self._rename_areas()
        return deleted

    def may_change(self, user: Any) -> Verdict:
        """The ministry anywhere, a regency's office in its territory."""
        for membership in getattr(user, "memberships_now", ()):
            # Role names: accounts, which knows them, stands above this app.
            nation = membership.role == "ministry"
            regency = membership.role == "regency_office" and codes.contains(membership.area_id, self.area_id)
            if nation or regency:
                return Allowed(membership)
        return Denied("Sebutan ini diubah oleh Dinas PMD kabupatennya atau oleh kementerian.")

    def _rename_areas(self) -> None:
        from regions.load import rename_within  # it writes areas, so it stands above this module

        if self.key in (TitleKey.VILLAGE, TitleKey.DISTRICT):
            rename_within(self.area_id)


class NeighbourQuerySet(models.QuerySet["Neighbour"]):
    def of(self, code: str) -> list[str]:
        """The codes of the regencies next to this one, the nearest first; one query."""
        near = self.filter(regency=code).order_by(F("km").asc(nulls_last=True), "neighbour")
        return list(near.values_list("neighbour_id", flat=True))


class Neighbour(models.Model):
    """A kabupaten or kota whose providers reach another one easily: what "termasuk tetangga" widens a search to.

    First reckoned from where people live (regions/data/README.md), so a strait may lie between; the office there
    knows better and corrects it.
    """

    regency = models.ForeignKey(
        Area, verbose_name="kabupaten/kota", on_delete=models.CASCADE, related_name="neighbour_rows"
    )
    neighbour = models.ForeignKey(Area, verbose_name="tetangga", on_delete=models.CASCADE, related_name="+")
    km = models.PositiveSmallIntegerField("jarak (km)", null=True, blank=True)
    is_example = models.BooleanField(
        "perkiraan, belum diperiksa",
        default=True,
        help_text="Hapus tanda ini setelah diperiksa: dapatkah penyedia dari sana datang dengan mudah?",
    )

    objects = NeighbourQuerySet.as_manager()

    class Meta:
        verbose_name = "kabupaten/kota tetangga"
        verbose_name_plural = "kabupaten/kota tetangga"
        ordering: ClassVar = ["regency_id", "km"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["regency", "neighbour"], name="neighbour_once"),
            models.CheckConstraint(name="neighbour_is_another", condition=~Q(regency=F("neighbour"))),
        ]

    def __str__(self) -> str:
        return f"{self.regency_id} – {self.neighbour_id}"

    def clean(self) -> None:
        """Kabupaten and kota only."""
        if not codes.is_code(self.regency_id) or not codes.is_code(self.neighbour_id):
            return
        if {len(self.regency_id), len(self.neighbour_id)} != {Level.REGENCY.length}:
            raise ValidationError("Tetangga berupa kabupaten atau kota.")

    def may_change(self, user: Any) -> Verdict:
        """The ministry anywhere, a regency's office its own."""
        for membership in getattr(user, "memberships_now", ()):
            nation = membership.role == "ministry"
            if nation or (membership.role == "regency_office" and membership.area_id == self.regency_id):
                return Allowed(membership)
        return Denied("Tetangga diubah oleh Dinas PMD kabupaten/kotanya atau oleh kementerian.")
