"""How a village judged a finished work, and what the provider answered."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts import people
from accounts.models.membership import Role
from core.models import Document
from core.workflow import Allowed, Denied, Move, Verdict, born, moves, moving
from regions.scope import within
from transactions.models import Accountability, Contract

# Criterion -> weight in percent (LKPP's four aspects and one of the programme; example weights).
WEIGHTS = {"quality": 30, "cost": 15, "time": 20, "service": 15, "learning": 20}


def stars(label: str, help_text: str) -> models.PositiveSmallIntegerField:
    """One criterion, 1 (poor) to 5 (very good)."""
    return models.PositiveSmallIntegerField(
        label, validators=[MinValueValidator(1), MaxValueValidator(5)], help_text=help_text
    )


class RatingQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Judgements are public."""
        return self.all()

    def waiting_for(self, user: Any) -> Self:
        """The provider may still answer."""
        return self.filter(state="given", contract__provider__in=people.providers(user))


def to_be_rated_by(user: Any) -> models.QuerySet[Accountability]:
    """Orders that the Musdes accepted and that this person is to rate."""
    mine = within("contract__village", people.territories(user, Role.ACTIVITY_MANAGER))
    return Accountability.objects.filter(mine, state__in=["accepted", "closed"], contract__rating=None)


class Rating(Document):
    """One village's judgement of one finished contract, by criterion; the provider answers once."""

    class State(models.TextChoices):
        GIVEN = "given", "Dinilai"
        ANSWERED = "answered", "Dijawab Penyedia"

    MOVES = moves(Move("answer", ("given",), "answered", "Tanggapi Penilaian", "Penyedia menanggapi penilaian"))
    TONES = {"given": "info", "answered": "good"}

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.GIVEN, editable=False)
    contract = models.OneToOneField(Contract, models.PROTECT, related_name="rating")
    quality = stars("Mutu dan jumlah hasil", "1 jauh dari yang disepakati, 5 melebihi yang disepakati.")
    cost = stars("Kewajaran biaya", "1 mahal untuk hasilnya, 5 sangat sepadan.")
    time = stars("Ketepatan waktu", "1 sangat terlambat, 5 selalu tepat waktu.")
    service = stars("Pelayanan", "1 sulit dihubungi, 5 selalu siap membantu.")
    learning = stars("Alih pengetahuan", "1 desa tidak belajar apa-apa, 5 desa dapat melanjutkan sendiri.")
    tenths = models.PositiveSmallIntegerField(editable=False)  # the weighted mean, in tenths of a star
    comment = models.TextField("ulasan", max_length=2000, help_text="Apa yang baik, dan apa yang perlu diperbaiki.")
    reply = models.TextField("tanggapan penyedia", max_length=2000, blank=True, editable=False)
    replied_at = models.DateTimeField(null=True, editable=False)
    rated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")

    objects = RatingQuerySet.as_manager()

    class Meta:
        verbose_name = "penilaian"
        verbose_name_plural = "penilaian"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                name="rating_one_to_five",
                condition=Q(**{f"{name}__range": (1, 5) for name in WEIGHTS}, tenths__range=(10, 50)),
            ),
            models.CheckConstraint(
                name="rating_answered_with_words",
                condition=Q(state="given", reply="") | Q(state="answered") & ~Q(reply=""),
            ),
        )
        indexes = (models.Index(fields=["created_at"], name="rating_created"),)

    def get_absolute_url(self) -> str:
        return self.contract.get_absolute_url()

    def move_url(self, verb: str) -> str:
        return reverse("rating-move", args=[self.code, self.MOVES[verb].slug])

    @property
    def status_sentence(self) -> str:
        return "Penyedia sudah menanggapi." if self.state == "answered" else "Penyedia dapat menanggapi satu kali."

    @property
    def average(self) -> float:
        return self.tenths / 10

    def by_criterion(self) -> list[tuple[str, int]]:
        """(label, stars) for each criterion."""
        return [(str(self._meta.get_field(name).verbose_name), getattr(self, name)) for name in WEIGHTS]  # type: ignore[union-attr]

    # --- who may ----------------------------------------------------------------------------------
    def may_create(self, user: Any) -> Verdict:
        membership = people.acting(user, Role.ACTIVITY_MANAGER, at=self.contract.village_id)
        if not membership:
            return Denied("Penilaian diisi oleh Kasi/Kaur (Pelaksana Kegiatan Anggaran) desa yang membeli.")
        if self.contract.provider_id in people.providers(user):
            return Denied("Anda bekerja pada penyedia ini, jadi tidak dapat menilainya.")
        account = Accountability.objects.filter(contract=self.contract).first()
        if account is None or account.state not in ("accepted", "closed"):
            return Denied("Penilaian diisi setelah hasil kerja diterima dalam Musdes pertanggungjawaban.")
        if Rating.objects.filter(contract=self.contract).exists():
            return Denied("Pekerjaan ini sudah dinilai; penilaian diberikan satu kali.")
        return Allowed(membership)

    def may_answer(self, user: Any) -> Verdict:
        membership = people.acting(user, Role.PROVIDER, provider=self.contract.provider_id)
        return Allowed(membership) if membership else Denied("Hanya penyedia yang dinilai yang dapat menanggapi.")

    # --- what they do -------------------------------------------------------------------------------
    @transaction.atomic
    def give(self, *, by: Any) -> None:
        """The village judges, once an order; the service's totals follow in the same transaction."""
        Contract.objects.select_for_update(of=("self",)).get(pk=self.contract_id)
        self.rated_by = by
        weighted = sum(getattr(self, name) * weight for name, weight in WEIGHTS.items())
        self.tenths = (weighted * 10 + 50) // 100  # rounded half up
        born(self, by=by, verdict=self.may_create(by), data={"tenths": self.tenths})
        self.contract.service.take_rating(self.tenths)

    def answer(self, *, by: Any, reply: str) -> None:
        """The provider's one answer."""
        with moving(self, "answer", by=by):
            self.reply, self.replied_at = reply, timezone.now()
