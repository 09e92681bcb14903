"""How a regency's Pokja judges: threshold, quorum, validity, who may apply, and the aspects it scores. Dated rows."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.text import slugify

from accounts import people
from accounts.models import Role
from accounts.models.membership import OFFICE_ROLES, POKJA_ROLES
from core.clock import today
from core.codes import CodeField
from core.formats import tanggal
from core.workflow import Allowed, Denied, Move, Verdict, moves, record, refuse_unless
from regions.models import Area
from regions.scope import within

REMIND_DAYS = (28, 14, 0, -28)
WHOLE = 100  # what the weights of a score form make together


@dataclass(frozen=True, slots=True)
class AspectDraft:
    """An aspect as it is typed: name, share of the total, a word of help."""

    label: str
    weight: int
    help: str = ""

    @property
    def key(self) -> str:
        """By which points are kept; two names with the same key are one aspect."""
        return slugify(self.label)[:40]


def earliest_day() -> datetime.date:
    """A new rule begins tomorrow at the earliest: what was submitted today was judged by the rule of today."""
    return today() + datetime.timedelta(days=1)


def may_write(user: Any, regency: Area | None) -> Verdict:
    """A regency's office its own rules; the ministry the national example."""
    if regency is None:
        membership = people.acting(user, Role.MINISTRY)
        return Allowed(membership) if membership else Denied("Contoh nasional hanya diubah oleh Kementerian.")
    membership = people.acting(user, Role.REGENCY_OFFICE, at=regency.code)
    if not membership:
        return Denied(f"Hanya Dinas PMD {regency.name} yang dapat menetapkan aturan.")
    return Allowed(membership)


def remind_days() -> list[int]:
    """Days before the end of a paper or a listing on which its provider is reminded; below zero: after it."""
    return list(REMIND_DAYS)


class VerificationRuleQuerySet(models.QuerySet["VerificationRule"]):
    def visible_to(self, user: Any) -> Self:
        """The national example, and the rules of one's own territory."""
        return self.filter(Q(regency=None) | within("regency", people.territories(user, *POKJA_ROLES, *OFFICE_ROLES)))

    def in_force(self, regency: str, *, on: datetime.date | None = None) -> VerificationRule:
        """The regency's own rule on that day, else the national example."""
        rows = self.filter(Q(regency_id=regency) | Q(regency=None), valid_from__lte=on or today())
        return rows.order_by(F("regency").asc(nulls_last=True), "-valid_from", "-pk")[0]

    def with_newest(self) -> Self:
        """With the first day of the row of the same place that holds today, for `state`."""
        of_place = VerificationRule.objects.filter(valid_from__lte=today()).order_by("-valid_from")
        regional = of_place.filter(regency=OuterRef("regency")).values("valid_from")[:1]
        national = of_place.filter(regency=None).values("valid_from")[:1]
        return self.annotate(
            newest=models.Case(models.When(regency=None, then=Subquery(national)), default=Subquery(regional))
        )


class VerificationRule(models.Model):
    """How a regency verifies providers, from a day on. What runs keeps the rule it was submitted under.

    The row without a regency holds example values: no official score sheet, threshold or validity is known.
    """

    # Not a state but an act: the event tells who set it, and what it replaced before it held.
    MOVES: ClassVar[dict[str, Move]] = moves(Move("enact", (), None, "Tetapkan Aturan", "Aturan ditetapkan"))

    code = CodeField()
    regency = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="kabupaten/kota"
    )
    basis = models.CharField("dasar", max_length=200, help_text="Keputusan, atau “contoh” bila belum ada dasar.")
    valid_from = models.DateField("berlaku sejak")
    threshold = models.PositiveSmallIntegerField(
        "ambang layak", default=70, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    quorum_percent = models.PositiveSmallIntegerField(
        "kuorum (persen anggota)",
        default=50,
        validators=[MaxValueValidator(100)],
        help_text="50 berarti lebih dari separuh anggota; 100 berarti semua.",
    )
    validity_months = models.PositiveSmallIntegerField(
        "masa terdaftar (bulan)", default=12, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    persons_allowed = models.BooleanField("perorangan boleh mendaftar", default=True)
    service_days = models.PositiveSmallIntegerField(
        "baku waktu layanan (hari)",
        default=14,
        validators=[MinValueValidator(1)],
        help_text="Hari kalender sejak diajukan sampai diputuskan; antrean menandai yang lewat.",
    )
    remind_days = ArrayField(models.SmallIntegerField(), verbose_name="hari pengingat", default=remind_days)
    renew_days = models.PositiveSmallIntegerField(
        "perpanjangan dibuka (hari)",
        default=90,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
        help_text="Sekian hari sebelum masa terdaftar berakhir, dan selama itu pula sesudahnya.",
    )
    objection_days = models.PositiveSmallIntegerField(
        "masa sanggah (hari)",
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
        help_text="Hari kalender sejak sanksi dijatuhkan; contoh, sampai daerah menetapkannya.",
    )
    services_reviewed = models.BooleanField(
        "layanan diperiksa sebelum tayang",
        default=False,
        help_text="Pokja membaca layanan baru, dan perubahannya, sebelum desa melihatnya.",
    )
    interview_guide = models.TextField(
        "panduan wawancara", blank=True, max_length=4000, help_text="Satu pertanyaan tiap baris."
    )

    objects = VerificationRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "aturan verifikasi"
        verbose_name_plural = "aturan verifikasi"
        ordering = ("-valid_from", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["regency", "valid_from"], name="verification_rule_once_a_day", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="verification_rule_is_a_share",
                condition=Q(threshold__gte=1, threshold__lte=100, quorum_percent__lte=100, validity_months__gte=1),
            ),
        )

    def __str__(self) -> str:
        return self.basis

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("admin:verification_verificationrule_change", args=[self.code])

    @property
    def place(self) -> str:
        return str(self.regency.label) if self.regency else "Nasional (contoh)"

    @property
    def state(self) -> str:
        """Derived from the dates: future, current or replaced."""
        if self.valid_from > today():
            return "future"
        newest = getattr(self, "newest", None)
        if newest is None:
            rows = VerificationRule.objects.filter(regency=self.regency_id, valid_from__lte=today())
            newest = rows.aggregate(models.Max("valid_from"))["valid_from__max"]
        return "current" if self.valid_from == newest else "replaced"

    def events(self) -> models.QuerySet[Any]:
        from core.models import Event

        return Event.objects.about(self)

    def data(self) -> dict[str, Any]:
        """All of it as plain values, for the event."""
        names = (
            "basis", "threshold", "quorum_percent", "validity_months", "persons_allowed", "service_days",
            "remind_days", "renew_days", "objection_days", "services_reviewed", "interview_guide",
        )  # fmt: skip
        aspects = [asdict(AspectDraft(row.label, row.weight, row.help)) for row in self.aspects.all()]
        values = {name: getattr(self, name) for name in names}
        return values | {"valid_from": self.valid_from.isoformat(), "regency": self.regency_id, "aspects": aspects}

    def may_enact(self, user: Any) -> Verdict:
        return may_write(user, self.regency)

    def enact(self, *, by: Any, aspects: Iterable[AspectDraft]) -> None:
        """Write the rule with its score form. What holds already is never touched; one that is set for the same
        coming day is replaced, since nothing was judged by it yet."""
        verdict = self.may_enact(by)
        refuse_unless(verdict, verdict.reason)
        refuse_unless(
            self.valid_from >= earliest_day(), f"Aturan berlaku paling cepat {tanggal(earliest_day())} (besok)."
        )
        drafts = list(aspects)
        problem = problem_of(drafts)
        refuse_unless(not problem, problem)
        with transaction.atomic():
            if self.regency:
                Area.objects.select_for_update().get(pk=self.regency_id)  # two at once wait here
            rows = VerificationRule.objects.select_for_update(of=("self",))
            earlier = rows.filter(regency=self.regency, valid_from=self.valid_from).first()
            replaced = earlier.data() if earlier else None
            if earlier:
                self.pk, self.code = earlier.pk, earlier.code
                self._state.adding = False
                earlier.aspects.all().delete()
            self.full_clean()
            self.save()
            ScoreAspect.objects.bulk_create(
                ScoreAspect(rule=self, key=one.key, label=one.label, weight=one.weight, help=one.help, order=order)
                for order, one in enumerate(drafts, start=1)
            )
            facts = {"rule": self.data()} | ({"replaced": replaced} if replaced else {})
            record(self, "enact", by=by, verdict=verdict, before="", note=self.basis, data=facts)  # type: ignore[arg-type]

    def quorum_of(self, members: int, percent: int | None = None) -> int:
        """How many of so many members are enough: more than the share, never more than all."""
        percent = self.quorum_percent if percent is None else percent
        return min(members, members * percent // 100 + 1)

    @property
    def questions(self) -> list[str]:
        """The interview guide, a question each."""
        return [line.strip() for line in self.interview_guide.splitlines() if line.strip()]


class ScoreAspect(models.Model):
    """What the Pokja scores from 0 to 100; `weight` is its share of the total, and a rule's weights make 100."""

    rule = models.ForeignKey(VerificationRule, models.CASCADE, related_name="aspects", verbose_name="aturan")
    key = models.SlugField("kunci", max_length=40)
    label = models.CharField("aspek", max_length=120)
    weight = models.PositiveSmallIntegerField("bobot", validators=[MinValueValidator(1), MaxValueValidator(100)])
    help = models.CharField("petunjuk", max_length=300, blank=True)
    order = models.PositiveSmallIntegerField("urutan", default=0)

    class Meta:
        verbose_name = "aspek penilaian"
        verbose_name_plural = "aspek penilaian"
        ordering = ("order", "key")
        constraints = (
            models.UniqueConstraint(fields=["rule", "key"], name="aspect_once_in_a_rule"),
            models.CheckConstraint(name="aspect_weight_is_a_share", condition=Q(weight__gte=1, weight__lte=100)),
        )

    def __str__(self) -> str:
        return f"{self.label} ({self.weight})"


def problem_of(aspects: list[AspectDraft]) -> str:
    """Why these cannot be a score form, in a sentence; empty when they can."""
    if not aspects:
        return "Isi sedikitnya satu aspek penilaian."
    if any(not one.key for one in aspects):
        return "Nama aspek harus memuat huruf atau angka."
    keys = [one.key for one in aspects]
    twice = next((one.label for one in aspects if keys.count(one.key) > 1), "")
    if twice:
        return f"Aspek “{twice}” tertulis dua kali."
    total = sum(one.weight for one in aspects)
    return "" if total == WHOLE else f"Jumlah bobot harus tepat {WHOLE}; sekarang {total}."
