from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from accounts import people
from accounts.models import Provider
from accounts.models.membership import FACILITATOR_ROLES, OFFICE_ROLES, POKJA_ROLES
from catalog import kak, search
from catalog.models.attribute import Answer, answers, unanswered
from catalog.models.category import Category, ServiceKind, Subcategory, Unit
from catalog.models.offering import Offering
from catalog.models.rating import Rated
from catalog.models.reviewed import Reviewed
from catalog.models.version import ServiceVersion, content_of, fields_in, price_periods
from core.formats import MAX_RUPIAH, rupiah
from core.models import Document
from core.workflow import Move, OpenMove, moves
from regions import codes
from regions.models import Area
from regions.scope import within
from verification.models import Standing

ALWAYS = ("draft", "published", "paused")


def listed() -> Exists:
    """The row's provider stands in a directory today: asked at the moment of use, so it needs no worker."""
    return Exists(Standing.objects.current().filter(provider=OuterRef("provider")))


class ServiceQuerySet(models.QuerySet):
    def open(self) -> Self:
        """What a village can order today: published, by a provider that stands in a directory today."""
        return self.filter(listed(), state="published")

    def orderable_in(self, code: str) -> Self:
        """Of the open ones, those that serve this area; for a regency or village, by a provider listed there."""
        regency = code[: codes.LENGTHS[1]]
        if len(regency) < codes.LENGTHS[1]:
            return self.open().filter(search=search.serving(regency))
        return self.orderable_near([regency])

    def orderable_near(self, regencies: Iterable[str]) -> Self:
        """Of the open ones, those that serve one of these regencies, by a provider listed in one of them."""
        there = Standing.objects.current().filter(regency__in=regencies)  # so it stands in a directory, too
        found = self.filter(state="published", search=search.serving(*regencies))
        return found.filter(Exists(there.filter(provider=OuterRef("provider"))))

    def visible_to(self, user: Any) -> Self:
        """The public sees the open ones; a provider all of its own; offices what was published in their territory."""
        own = people.providers(user)
        territories = people.territories(user, *POKJA_ROLES, *FACILITATOR_ROLES, *OFFICE_ROLES)
        if not own and not territories:
            return self.open()
        offices = Q(state__in=["published", "paused"]) & within("provider__area", territories)
        return self.filter((Q(state="published") & Q(listed())) | Q(provider__in=own) | offices)

    def of(self, user: Any) -> Self:
        """The services of the providers this person works for."""
        return self.filter(provider__in=people.providers(user))

    def waiting_for(self, user: Any) -> Self:
        """Drafts that their provider could publish by now."""
        return self.of(user).filter(listed(), state="draft")

    def with_thumb(self) -> Self:
        """Adds `thumb_code`: the file of the first photo's thumbnail, or None."""
        from catalog.models.photo import ServicePhoto

        first = ServicePhoto.objects.filter(service=OuterRef("pk"), shown=True).order_by("order", "pk")
        return self.annotate(thumb_code=Subquery(first.values("thumb__code")[:1]))

    def for_cards(self) -> Self:
        """What a card shows and a page is sorted by, in one query."""
        return (
            self.select_related("category", "provider__area")
            .only(
                "code", "title", "summary", "unit", "price", "tax_included", "published_at", "state",
                "rating_total", "rating_count", "rating_score",
                "category__name", "category__icon", "provider__name", "provider__area__name", "provider__area__kind",
            )
            .with_thumb()
        )  # fmt: skip


class ServiceManager(models.Manager.from_queryset(ServiceQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> ServiceQuerySet:
        """Without the search vector: nothing but the search reads it, and only `search.index` writes it."""
        return super().get_queryset().defer("search")


class Service(Offering, Reviewed, Rated, Document):
    """What a provider offers to villages: what they get, for which price, where, in how many days.

    The row of a published service is what villages read. Where its Pokja reads first, a change waits in a
    `ServiceReview` until it is approved.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draf"
        SUBMITTED = "submitted", "Diperiksa Pokja"
        PUBLISHED = "published", "Tayang"
        PAUSED = "paused", "Dijeda"

    MOVES = moves(
        Move("publish", ("draft", "paused"), "published", "Tayangkan", "Ditayangkan"),
        Move("submit", ("draft", "paused"), "submitted", "Ajukan pemeriksaan", "Diajukan untuk diperiksa"),
        Move("withdraw", ("submitted",), "draft", "Tarik kembali", "Ditarik kembali", tone="secondary"),
        Move("revise", ALWAYS, None, "Ubah layanan", "Diubah", tone="secondary"),
        Move("add_photo", ALWAYS, None, "Tambah foto", "Foto ditambahkan", tone="secondary"),
        Move("remove_photo", ALWAYS, None, "Hapus foto", "Foto dihapus", tone="danger"),
        Move(
            "withdraw_change", ("published",), None, "Batalkan perubahan", "Perubahan dibatalkan", tone="secondary",
            confirm="Perubahan yang belum disetujui Pokja dibuang. Layanan tetap tayang seperti sekarang.",
        ),
        Move(
            "pause", ("published",), "paused", "Jeda", "Dijeda", tone="secondary",
            confirm="Layanan tidak lagi terlihat oleh desa sampai Anda tayangkan kembali. Pesanan yang berjalan tetap.",
        ),
        Move("accept", ("submitted",), "published", "Setujui", "Disetujui dan ditayangkan", inner=True),
        Move("give_back", ("submitted",), "draft", "Kembalikan", "Dikembalikan", inner=True),
        Move("take_change", ("published",), None, "Setujui perubahan", "Perubahan disetujui", inner=True),
        Move("return_change", ("published",), None, "Kembalikan perubahan", "Perubahan dikembalikan", inner=True),
    )  # fmt: skip
    TONES = {"draft": "neutral", "submitted": "wait", "published": "good", "paused": "warn"}

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.DRAFT, editable=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="services", verbose_name="penyedia")
    category = models.ForeignKey(Category, models.PROTECT, related_name="services", verbose_name="kategori")
    subcategory = models.ForeignKey(
        Subcategory, models.PROTECT, null=True, blank=True, related_name="services", verbose_name="subkategori"
    )
    kind = models.CharField("jenis layanan", max_length=16, choices=ServiceKind.choices)
    title = models.CharField("nama layanan", max_length=120)
    summary = models.CharField("ringkasan", max_length=240)
    description = models.TextField("uraian", max_length=4000, blank=True)
    deliverables = models.TextField("yang diterima desa", max_length=2000, blank=True)
    requirements = models.TextField("syarat dan yang disiapkan desa", max_length=2000, blank=True)
    unit = models.CharField("satuan", max_length=12, choices=Unit.choices, default=Unit.PACKAGE)
    price = models.BigIntegerField(
        "harga per satuan", validators=[MinValueValidator(1), MaxValueValidator(MAX_RUPIAH)], help_text="Rupiah utuh."
    )
    tax_included = models.BooleanField("harga sudah termasuk pajak", default=True)
    duration_days = models.PositiveSmallIntegerField(
        "lama pengerjaan (hari kalender)",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(730)],
    )
    # {key of a CategoryAttribute: answer}, in the shape that `CategoryAttribute.accept` gives
    attributes = models.JSONField("jawaban atas pertanyaan kategori", default=dict, blank=True)
    areas = models.ManyToManyField(
        Area, related_name="+", verbose_name="wilayah layanan", help_text="Kabupaten/kota, atau satu provinsi."
    )
    published_at = models.DateTimeField("pertama tayang", null=True, editable=False)
    paused_at = models.DateTimeField("dijeda", null=True, editable=False)
    # The version that villages read now; 0 before the first was published.
    version_number = models.PositiveIntegerField("versi", default=0, editable=False)
    search = SearchVectorField(null=True, editable=False)

    objects = ServiceManager()

    class Meta:
        verbose_name = "layanan"
        verbose_name_plural = "layanan"
        ordering = ("-id",)
        base_manager_name = "objects"  # so that a row reloaded under its lock leaves the vector alone, too
        constraints = (
            models.CheckConstraint(
                name="service_price_positive",
                condition=Q(price__gt=0, price__lte=MAX_RUPIAH),
                violation_error_message="Harga harus lebih dari nol.",
            ),
            models.CheckConstraint(
                name="service_published_is_complete",
                condition=Q(state="draft")
                | (
                    (Q(published_at__isnull=False) | Q(state="submitted"))
                    & Q(duration_days__gte=1)
                    & ~Q(description="")
                    & ~Q(deliverables="")
                ),
                violation_error_message="Layanan yang tayang harus lengkap.",
            ),
            models.CheckConstraint(
                name="service_paused_has_its_date", condition=Q(paused_at__isnull=False) | ~Q(state="paused")
            ),
            models.CheckConstraint(
                name="service_rating_in_range",
                condition=Q(rating_total__gte=models.F("rating_count") * 10)
                & Q(rating_total__lte=models.F("rating_count") * 50),
            ),
        )
        indexes = (
            # What is counted beside the choices of the list: read whole, without the rows.
            models.Index(
                fields=[
                    "provider",
                    "category",
                    "subcategory",
                    "kind",
                    "unit",
                    "rating_score",
                    "rating_count",
                    "duration_days",
                    "price",
                ],
                name="service_facets",
                condition=Q(state="published"),
            ),
            # No list of lexemes still to be sorted in: every search would read it from end to end.
            GinIndex(fields=["search"], name="service_search", fastupdate=False),
            models.Index(fields=["-published_at", "-code"], name="service_newest", condition=Q(state="published")),
            models.Index(fields=["price", "code"], name="service_price", condition=Q(state="published")),
            models.Index(fields=["-rating_score", "-code"], name="service_rating", condition=Q(state="published")),
        )

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the row and, with it, what the search knows of it."""
        super().save(*args, **kwargs)
        search.index(self)

    def validate_constraints(self, exclude: Iterable[str] | None = None) -> None:
        """All of them; none concerns the vector, which need not be read for it."""
        super().validate_constraints(exclude={*(exclude or ()), "search"})

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("service", args=[self.code])

    @property
    def is_open(self) -> bool:
        """Can a village order it today? One query."""
        return self.state == "published" and self._is_listed()

    def _is_listed(self) -> bool:
        return Standing.objects.current().filter(provider=self.provider_id).exists()

    @property
    def status_sentence(self) -> str:
        """What the provider reads above its service."""
        if (review := self.open_review()) and (self.state != "draft" or review.state == "returned"):
            return f"{self.shown_sentence} {review.status_sentence}"
        return self.shown_sentence

    @property
    def shown_sentence(self) -> str:
        """Who sees it, without what the Pokja said of it."""
        if self.state == "published" and not self._is_listed():
            return "Tayang, tetapi tidak terlihat oleh desa: penyedia sedang tidak terdaftar di direktori mana pun."
        return {
            "draft": "Hanya Anda yang melihat layanan ini.",
            "submitted": "Layanan ini belum terlihat oleh desa.",
            "published": "Layanan ini terlihat oleh semua desa.",
            "paused": "Layanan ini dijeda dan tidak terlihat oleh desa.",
        }[self.state]

    def lacks(self) -> list[str]:
        """What is still to be filled in before villages may see it."""
        names = {
            "description": "uraian",
            "deliverables": "yang diterima desa",
            "duration_days": "lama pengerjaan",
        }
        missing = [name for field, name in names.items() if not getattr(self, field)]
        missing += unanswered(self.category.questions(), self.attributes)
        return missing if self.areas.exists() else [*missing, "wilayah layanan"]

    def open_moves(self, user: Any) -> list[OpenMove]:
        """Without the buttons that do not apply here: one submits where the Pokja reads first, else one publishes."""
        reads_first = self.state in ("draft", "paused") and self.is_to_be_read()
        idle = {"publish" if reads_first else "submit"}
        if self.open_review() is None:
            idle.add("withdraw_change")
        return [move for move in super().open_moves(user) if move.verb not in idle]

    # --- what villages read -------------------------------------------------------------------------
    def answers(self) -> list[Answer]:
        """Its answers to its category's questions, labelled, in order: for the page and the comparison."""
        return answers(self.category.questions(), self.attributes)

    @property
    def current_version(self) -> ServiceVersion | None:
        """The version that villages read now; None before the first was published."""
        return self.versions.filter(number=self.version_number).first()

    def content(self) -> dict[str, Any]:
        """What villages would read of it as it stands, as plain values."""
        return self.content_with(self.areas.order_by("code"), self.photos.filter(shown=True))

    def content_with(self, areas: Iterable[Area], photos: Any) -> dict[str, Any]:
        """The same with these areas and photos."""
        return content_of(self, areas=areas, photos=photos.select_related("file", "thumb"), answers=self.answers())

    def kak_values(self) -> dict[str, str]:
        """What this service says for an outline's places (`kak.KNOWN`)."""
        return {
            "kegiatan": self.title,
            "layanan": self.title,
            "subkategori": self.subcategory.name if self.subcategory else "",
            "jenis": self.get_kind_display(),
            "lingkup": self.description,
            "hasil": kak.listed(self.deliverables),
            "rincian": "\n".join(f"- {each.label}: {each.text}" for each in self.answers() if each.in_kak),
            "syarat": kak.listed(self.requirements),
            "izin": kak.listed(self.category.licences) or "Tidak ada izin khusus.",
            "lama": f"{self.duration_days} hari kalender" if self.duration_days else "",
            "satuan": self.get_unit_display(),
        }

    def kak_text(self) -> str:
        """An example of terms of reference (KAK) for this service; what only the village knows stays open."""
        return self.category.kak_text(self.kak_values())

    def as_proposed(self) -> Service:
        """As the open change would have it, in memory only; else itself as it is."""
        review = self.open_review() if self.state == "published" else None
        if review is None:
            return self
        proposed = copy.copy(self)
        for name, value in fields_in(review.content).items():
            setattr(proposed, name, value)
        return proposed

    def proposed_areas(self) -> list[str]:
        """Codes of the areas that the open change names; else of those it serves."""
        review = self.open_review() if self.state == "published" else None
        if review is not None:
            return [area["code"] for area in review.content["areas"]]
        return sorted(self.areas.values_list("code", flat=True))

    # --- what it is worth ---------------------------------------------------------------------------
    def price_history(self) -> list[dict[str, Any]]:
        """What villages read as its price, newest first (`price_periods`)."""
        versions = self.versions.order_by("number").only("number", "price", "made_at", "content")
        return price_periods(
            {
                "price": version.price,
                "unit": version.content["unit_label"],
                "tax": version.content["tax_included"],
                "at": version.made_at,
                "version": version.number,
            }
            for version in versions
        )

    def price_changes(self) -> list[dict[str, Any]]:
        """Each change of price that villages could see: at, old, new; newest first."""
        rows = self.price_history()
        return [{"at": row["at"], "old": row["before"], "new": row["price"]} for row in rows if row["before"]]

    @property
    def price_sentence(self) -> str:
        """Rp12.500.000 per paket, sudah termasuk pajak."""
        tax = "sudah termasuk pajak" if self.tax_included else "belum termasuk pajak"
        return f"{rupiah(self.price)} per {self.get_unit_display()}, {tax}"
