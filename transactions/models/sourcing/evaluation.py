"""How offers were judged: administration, technique, price."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.workflow import refuse_unless
from transactions.models.seeing import on_the_buying_side
from transactions.models.sourcing.offer import Paper, papers_asked
from transactions.models.sourcing.sourcing import Sourcing

if TYPE_CHECKING:
    from transactions.models.sourcing.quotation import Quotation

PARTS = {"administration": "Administrasi", "technical": "Teknis", "price": "Harga"}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the evaluators say of one offer. A part that fails has its note, which the bidder reads.

    `papers` says of each asked paper whether what came meets what was asked; one that did not come does not.
    """

    administration: bool = True
    technical: bool = True
    price: bool = True
    administration_note: str = ""
    technical_note: str = ""
    price_note: str = ""
    papers: dict[str, bool] = field(default_factory=dict)

    @classmethod
    def of(cls, said: Judgement | tuple[bool, str]) -> Judgement:
        """A judgement, or in short (meets what was asked, why not)."""
        return said if isinstance(said, Judgement) else cls(technical=said[0], technical_note=said[1])

    @property
    def passes(self) -> bool:
        return self.administration and self.technical and self.price

    @property
    def reason(self) -> str:
        """Why it fails, part by part; nothing of one that passes."""
        parts = [
            (PARTS[part], note)
            for part in PARTS
            if (note := getattr(self, f"{part}_note").strip()) and not getattr(self, part)
        ]
        if len(parts) == 1:
            return parts[0][1]
        return " ".join(f"{name}: {note.rstrip('.')}." for name, note in parts)

    @property
    def unexplained(self) -> list[str]:
        """Parts that fail without a word why."""
        return [PARTS[part] for part in PARTS if not getattr(self, part) and not getattr(self, f"{part}_note").strip()]


class Evaluation(models.Model):
    """The result of one offer's evaluation, in its three parts; what was found of each paper on that day."""

    quotation = models.OneToOneField("transactions.Quotation", models.PROTECT, related_name="evaluation")
    administration = models.BooleanField("administrasi memenuhi")
    administration_note = models.TextField("catatan administrasi", max_length=500, blank=True)
    technical = models.BooleanField("teknis memenuhi")
    technical_note = models.TextField("catatan teknis", max_length=500, blank=True)
    price = models.BooleanField("harga memenuhi")
    price_note = models.TextField("catatan harga", max_length=500, blank=True)
    permille = models.PositiveIntegerField("harga terhadap HPS (per seribu)")  # rounded half up
    rank = models.PositiveSmallIntegerField("urutan harga")  # from the lowest, among all that were opened
    papers = models.JSONField("berkas", default=list)  # [{"kind": str, "came": bool, "meets": bool}]
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("dinilai", default=timezone.now)

    class Meta:
        verbose_name = "hasil evaluasi"
        verbose_name_plural = "hasil evaluasi"
        constraints = (
            models.CheckConstraint(
                name="evaluation_failed_part_says_why",
                condition=(Q(administration=True) | ~Q(administration_note=""))
                & (Q(technical=True) | ~Q(technical_note=""))
                & (Q(price=True) | ~Q(price_note="")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.quotation_id}: {self.passes}"

    @property
    def passes(self) -> bool:
        return self.administration and self.technical and self.price

    @property
    def percent(self) -> float:
        """Of the HPS, with one decimal."""
        return self.permille / 10

    @property
    def paper_rows(self) -> list[tuple[str, bool, bool]]:
        """(paper, did it come, does it meet what was asked)."""
        return [(Paper(row["kind"]).label, row["came"], row["meets"]) for row in self.papers]


class MinutesQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """The village's people and who oversees them; bidders read their own result."""
        return self.filter(on_the_buying_side(user))


class EvaluationMinutes(models.Model):
    """What the village's own agenda says of the evaluation: the number and day of its berita acara."""

    sourcing = models.OneToOneField(Sourcing, models.PROTECT, related_name="evaluation_minutes")
    number = models.CharField("nomor berita acara", max_length=100, blank=True)
    held_on = models.DateField("tanggal evaluasi")
    place = models.CharField("tempat", max_length=150, blank=True)

    objects = MinutesQuerySet.as_manager()

    class Meta:
        verbose_name = "berita acara evaluasi"
        verbose_name_plural = "berita acara evaluasi"

    def __str__(self) -> str:
        return self.number or "Berita acara evaluasi"

    def get_absolute_url(self) -> str:
        return self.sourcing.get_absolute_url()


def permille_of(price: int, hps: int) -> int:
    """The price's share of the HPS in thousandths, rounded half up."""
    return (price * 1000 + hps // 2) // hps


def keep_evaluation(
    sourcing: Sourcing,
    quotations: list[Quotation],
    results: dict[str, Judgement],
    *,
    by: Any,
    number: str,
    held_on: datetime.date,
    place: str,
) -> None:
    """Store what was said of each offer; called by the sourcing that is evaluated, which holds its own row."""
    asked = papers_asked(sourcing)
    for rank, quotation in enumerate(sorted(quotations, key=lambda each: (each.price, each.pk)), 1):
        said = results[quotation.code]
        lacking = said.unexplained
        refuse_unless(not lacking, f"Tuliskan alasan bila penawaran tidak memenuhi syarat: {', '.join(lacking)}.")
        came = set(quotation.papers.values_list("kind", flat=True))
        papers = [
            {"kind": kind.value, "came": kind.value in came, "meets": said.papers.get(kind.value, kind.value in came)}
            for kind in asked
        ]
        Evaluation.objects.create(
            quotation=quotation,
            **{name: getattr(said, name) for part in PARTS for name in (part, f"{part}_note")},
            permille=permille_of(quotation.price, sourcing.hps),
            rank=rank,
            papers=papers,
            by=by,
        )
    EvaluationMinutes.objects.create(sourcing=sourcing, number=number, held_on=held_on, place=place)
