from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from accounts import people
from accounts.models import Provider, Role
from accounts.models.membership import FACILITATOR_ROLES, OFFICE_ROLES, POKJA_ROLES
from catalog import search
from catalog.models.attribute import Answer, answers
from catalog.models.category import Category, ServiceKind, Subcategory, Unit
from catalog.models.rating import Rated
from catalog.models.version import ServiceVersion, content_of
from core.formats import MAX_RUPIAH, rupiah
from core.models import Document
from core.workflow import Allowed, Denied, Move, Verdict, born, moves, moving, refuse_unless
from regions import codes
from regions.models import Area, Level
from regions.scope import within
from verification.models import Standing

if TYPE_CHECKING:
    from catalog.models.photo import ServicePhoto
    from core.uploads import CleanUpload

ALWAYS = ("draft", "published", "paused")
# What the provider may change; `areas` besides.
CONTENT = (
    "category", "kind", "title", "summary", "description", "deliverables",
    "requirements", "unit", "price", "tax_included", "duration_days",
)  # fmt: skip


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
        found = self.open().filter(search=search.serving(regency))
        if len(regency) < codes.LENGTHS[1]:
            return found
        there = Standing.objects.current().in_regency(regency)
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

        first = ServicePhoto.objects.filter(service=OuterRef("pk")).order_by("order", "pk")
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


class Service(Rated, Document):
    """What a provider offers to villages: what they get, for which price, where, in how many days."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draf"
        PUBLISHED = "published", "Tayang"
        PAUSED = "paused", "Dijeda"

    MOVES = moves(
        Move("publish", ("draft", "paused"), "published", "Tayangkan", "Ditayangkan"),
        Move("revise", ALWAYS, None, "Ubah layanan", "Diubah", tone="secondary"),
        Move("add_photo", ALWAYS, None, "Tambah foto", "Foto ditambahkan", tone="secondary"),
        Move("remove_photo", ALWAYS, None, "Hapus foto", "Foto dihapus", tone="danger"),
        Move(
            "pause", ("published",), "paused", "Jeda", "Dijeda", tone="secondary",
            confirm="Layanan tidak lagi terlihat oleh desa sampai Anda tayangkan kembali. Pesanan yang berjalan tetap.",
        ),
    )  # fmt: skip
    TONES = {"draft": "neutral", "published": "good", "paused": "warn"}

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
                | (Q(published_at__isnull=False, duration_days__gte=1) & ~Q(description="") & ~Q(deliverables="")),
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
            GinIndex(fields=["search"], name="service_search"),
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
        if self.state == "published" and not self._is_listed():
            return "Tayang, tetapi tidak terlihat oleh desa: penyedia sedang tidak terdaftar di direktori mana pun."
        return {
            "draft": "Hanya Anda yang melihat layanan ini.",
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
        return missing if self.areas.exists() else [*missing, "wilayah layanan"]

    # --- who may ----------------------------------------------------------------------------------
    def _own(self, user: Any) -> Verdict:
        membership = people.acting(user, Role.PROVIDER, provider=self.provider_id)
        return Allowed(membership) if membership else Denied("Hanya penyedia layanan ini yang dapat mengubahnya.")

    may_revise = may_pause = may_add_photo = _own

    def may_remove_photo(self, user: Any) -> Verdict:
        verdict = self._own(user)
        return verdict if not verdict or self.photos.exists() else Denied("Layanan ini belum mempunyai foto.")

    def may_publish(self, user: Any) -> Verdict:
        verdict = self._own(user)
        if not verdict:
            return verdict
        if missing := self.lacks():
            return Denied(f"Lengkapi dahulu: {', '.join(missing)}.")
        if not self._is_listed():
            return Denied(
                "Layanan baru dapat ditayangkan setelah Anda terdaftar di direktori penyedia. "
                "Ajukan verifikasi kepada Pokja P2KTD kabupaten/kota lebih dahulu."
            )
        return verdict

    # --- what they do -------------------------------------------------------------------------------
    def offer(self, *, by: Any, areas: Iterable[Area] = ()) -> None:
        """The provider writes down what it offers; nobody else sees it yet."""
        areas = outermost_areas(areas)
        born(self, by=by, verdict=self._own(by), data={"price": self.price})
        self._serve(areas)

    def publish(self, *, by: Any) -> None:
        """Show it to every village."""
        with moving(self, "publish", by=by) as facts:
            self.published_at = self.published_at or timezone.now()
            facts["price"] = self.price

    def pause(self, *, by: Any) -> None:
        """Take it off the catalogue; orders that run go on."""
        with moving(self, "pause", by=by):
            self.paused_at = timezone.now()

    def revise(self, *, by: Any, areas: Iterable[Area] | None = None, **content: Any) -> None:
        """Change what is offered. The event keeps each old and new value, the price above all."""
        chosen = None if areas is None else outermost_areas(areas)
        if unknown := content.keys() - set(CONTENT):
            raise TypeError(f"revise() got unexpected {sorted(unknown)}")
        with moving(self, "revise", by=by) as facts:
            facts["changes"] = changes = {}
            for name, new in content.items():
                old = getattr(self, name)
                if old != new:
                    changes[name] = [getattr(old, "key", old), getattr(new, "key", new)]
                    setattr(self, name, new)
            if chosen is not None:
                old_codes = sorted(self.areas.values_list("code", flat=True))
                if old_codes != (new_codes := sorted(area.code for area in chosen)):
                    changes["areas"] = [old_codes, new_codes]
                    self._serve(chosen)
            missing = self.lacks() if self.state != "draft" else []
            refuse_unless(not missing, f"Layanan yang tayang harus lengkap: {', '.join(missing)}.")

    def add_photo(self, *, by: Any, photo: CleanUpload, caption: str) -> None:
        """A picture of earlier work, with its thumbnail; both are open to the public."""
        from catalog.models.photo import MOST_PHOTOS

        with moving(self, "add_photo", by=by, note=caption) as facts:
            last = self.photos.order_by("-order").first()
            refuse_unless(self.photos.count() < MOST_PHOTOS, f"Paling banyak {MOST_PHOTOS} foto untuk satu layanan.")
            kept: ServicePhoto = self.photos.create(
                file=photo.store(holder=self, by=by, public=True),
                thumb=photo.store_thumbnail(holder=self, by=by, public=True),
                caption=caption,
                width=photo.width,
                height=photo.height,
                order=last.order + 1 if last else 1,
            )
            facts["file"] = kept.file.code

    def remove_photo(self, *, by: Any, photo: ServicePhoto) -> None:
        """The picture leaves the page; its file stays stored, no longer open."""
        with moving(self, "remove_photo", by=by, note=photo.caption) as facts:
            facts["file"] = photo.file.code
            for file in (photo.file, photo.thumb):
                file.public, file.about, file.about_id = False, "", ""
                file.save(update_fields=["public", "about", "about_id"])
            self.photos.filter(pk=photo.pk).delete()

    def _serve(self, areas: Iterable[Area]) -> None:
        self.areas.set(areas)
        search.index(self)

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
        return content_of(
            self,
            areas=self.areas.order_by("code"),
            photos=self.photos.select_related("file", "thumb"),
            answers=self.answers(),
        )

    # --- what it is worth ---------------------------------------------------------------------------
    def price_changes(self) -> list[dict[str, Any]]:
        """Each change of price: at, old, new; newest first."""
        changed = self.events().filter(verb="revise", data__changes__has_key="price").order_by("-pk")
        rows = [(event.at, *event.data["changes"]["price"]) for event in changed]
        return [{"at": at, "old": old, "new": new} for at, old, new in rows]

    @property
    def price_sentence(self) -> str:
        """Rp12.500.000 per paket, sudah termasuk pajak."""
        tax = "sudah termasuk pajak" if self.tax_included else "belum termasuk pajak"
        return f"{rupiah(self.price)} per {self.get_unit_display()}, {tax}"


def outermost_areas(areas: Iterable[Area]) -> list[Area]:
    """Kabupaten, kota and provinces, without those inside a chosen province."""
    chosen = {area.code: area for area in areas}
    refuse_unless(
        all(area.level in (Level.PROVINCE, Level.REGENCY) for area in chosen.values()),
        "Wilayah layanan berupa kabupaten/kota atau provinsi.",
    )
    return [chosen[code] for code in codes.outermost(chosen)]
