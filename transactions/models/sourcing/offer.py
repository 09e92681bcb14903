"""What an offer is made of: a price for each item, and papers."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from core.models import StoredFile
from transactions.models.rule import Method
from transactions.models.sourcing.item import Item, Line

if TYPE_CHECKING:
    from transactions.models.sourcing.sourcing import Sourcing


class Paper(models.TextChoices):
    """The papers of an offer. LKPP 12/2019, contoh; the regency's rule says which must come."""

    LETTER = "letter", "Surat penawaran"
    TRUTH = "truth", "Surat pernyataan kebenaran usaha"
    TECHNICAL = "technical", "Spesifikasi atau usulan teknis"
    SCHEDULE = "schedule", "Jadwal pelaksanaan"


# What is asked for where the rule is silent: a letter lacking then is for the evaluation to judge.
EXAMPLE = (Paper.LETTER, Paper.TRUTH, Paper.TECHNICAL, Paper.SCHEDULE)


def papers_asked(sourcing: Sourcing) -> list[Paper]:
    """The papers that an offer for this package should bring; none for a direct purchase unless the rule names them."""
    if sourcing.rule.offer_papers is not None:
        return [Paper(key) for key in sourcing.rule.offer_papers]
    return [] if sourcing.method == Method.DIRECT else list(EXAMPLE)


def papers_required(sourcing: Sourcing) -> list[Paper]:
    """Without which an offer cannot be sent: those that the regency's own rule names."""
    return [Paper(key) for key in sourcing.rule.offer_papers or []]


class WithItem(models.Manager):
    """Prices are of no use without the item they are of."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().select_related("item")


class QuotationItem(models.Model):
    """What the provider asks for one unit of an item, and what both agreed on; whole rupiah, all taxes included."""

    quotation = models.ForeignKey("transactions.Quotation", models.PROTECT, related_name="items")
    item = models.ForeignKey(Item, models.PROTECT, related_name="offers")
    unit_price = models.BigIntegerField("harga satuan penawaran")
    agreed_price = models.BigIntegerField("harga satuan hasil negosiasi", null=True, editable=False)

    objects = WithItem()

    class Meta:
        verbose_name = "butir penawaran"
        verbose_name_plural = "butir penawaran"
        ordering = ("item__number",)
        constraints = (
            models.UniqueConstraint(fields=["quotation", "item"], name="quotation_item_once"),
            models.CheckConstraint(
                name="quotation_item_agreed_not_above_offer",
                condition=Q(unit_price__gte=0)
                & (Q(agreed_price__isnull=True) | Q(agreed_price__gte=0, agreed_price__lte=F("unit_price"))),
            ),
        )

    def __str__(self) -> str:
        return str(self.item)

    def offered(self) -> Line:
        return self.item.line(self.unit_price)

    def agreed(self) -> Line:
        """With the price that the contract says: the agreed one, else the offer."""
        return self.item.line(self.unit_price if self.agreed_price is None else self.agreed_price)


class QuotationPaper(models.Model):
    """One paper of an offer. Its file is held by the quotation, so who cannot read the offer cannot open it."""

    quotation = models.ForeignKey("transactions.Quotation", models.PROTECT, related_name="papers")
    kind = models.CharField("jenis", max_length=12, choices=Paper.choices)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    added_at = models.DateTimeField("diunggah", default=timezone.now)

    class Meta:
        verbose_name = "berkas penawaran"
        verbose_name_plural = "berkas penawaran"
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=["quotation", "kind"], name="quotation_paper_once"),)

    def __str__(self) -> str:
        return str(self.get_kind_display())


def lump(quotation: Any, price: int) -> Line:
    """An offer without items, as one line."""
    return Line(1, quotation.sourcing.need.title, "", Decimal(1), "paket", price)
