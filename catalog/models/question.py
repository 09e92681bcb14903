from __future__ import annotations

from typing import Any, Final, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts import people
from accounts.models import Role
from accounts.models.membership import FACILITATOR_ROLES, POKJA_ROLES, VILLAGE_ROLES
from catalog.models.service import Service
from core.models import Document
from core.validators import validate_no_contact, validate_plain_text
from core.workflow import Allowed, Denied, Move, Verdict, born, moves, moving
from regions.scope import within
from verification.models import Standing

ASKERS = (*VILLAGE_ROLES, *FACILITATOR_ROLES)
MODERATORS = (*POKJA_ROLES, Role.REGENCY_OFFICE, Role.MINISTRY)
# Of one person about one service; more waits until the provider has answered.
MOST_WAITING: Final = 3
PUBLIC_TEXT = (validate_plain_text, validate_no_contact)


class QuestionQuerySet(models.QuerySet):
    def answered(self) -> Self:
        """What everyone reads below a service."""
        return self.filter(state="answered")

    def concerning(self, user: Any) -> Self:
        """Those that this person asked, is to answer, or keeps an eye on."""
        own = Q(service__provider__in=people.providers(user))
        territories = people.territories(user, *MODERATORS)
        if not territories:
            return self.filter(own | Q(asked_by=user))
        there = Standing.objects.current().filter(within("regency", territories))
        watched = within("service__provider__area", territories) | Exists(
            there.filter(provider=OuterRef("service__provider"))
        )
        return self.filter(own | Q(asked_by=user) | watched)

    def visible_to(self, user: Any) -> Self:
        """Answered ones are public with their service; the rest is for those whom it concerns."""
        public = Q(state="answered", service__state="published")
        if user is None or not user.is_authenticated:
            return self.filter(public)
        return self.filter(public | Q(pk__in=self.concerning(user).values("pk")))

    def waiting_for(self, user: Any) -> Self:
        """The provider has not answered yet."""
        return self.filter(state="asked", service__provider__in=people.providers(user))


class Question(Document):
    """What a village wants to know before it buys. The provider answers in public and never learns who asked.

    Who asked stands in `asked_by` and in the event, for the record; no page, notice or download shows it.
    """

    class State(models.TextChoices):
        ASKED = "asked", "Menunggu jawaban"
        ANSWERED = "answered", "Dijawab"
        HIDDEN = "hidden", "Disembunyikan"

    MOVES = moves(
        Move("answer", ("asked",), "answered", "Jawab", "Dijawab", confirm="Jawaban Anda dibaca oleh semua orang."),
        Move(
            "hide", ("asked", "answered"), "hidden", "Sembunyikan", "Disembunyikan", tone="danger",
            confirm="Pertanyaan dan jawabannya hilang dari halaman layanan dan tidak dapat ditampilkan lagi.",
        ),
    )  # fmt: skip
    TONES = {"asked": "wait", "answered": "good", "hidden": "neutral"}

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.ASKED, editable=False)
    service = models.ForeignKey(Service, models.PROTECT, related_name="questions", verbose_name="layanan")
    text = models.TextField("pertanyaan", max_length=500, validators=PUBLIC_TEXT)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")
    answer_text = models.TextField("jawaban", max_length=1000, blank=True, validators=PUBLIC_TEXT)
    answered_at = models.DateTimeField("dijawab", null=True, editable=False)
    hidden_reason = models.TextField("alasan disembunyikan", max_length=1000, blank=True, editable=False)
    hidden_at = models.DateTimeField("disembunyikan", null=True, editable=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = "pertanyaan"
        verbose_name_plural = "pertanyaan"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                name="question_answered_with_words",
                condition=Q(answered_at__isnull=True, answer_text="")
                | Q(answered_at__isnull=False) & ~Q(answer_text=""),
            ),
            models.CheckConstraint(
                name="question_state_has_its_date",
                condition=Q(state="asked", answered_at__isnull=True, hidden_at__isnull=True)
                | Q(state="answered", answered_at__isnull=False, hidden_at__isnull=True)
                | Q(state="hidden", hidden_at__isnull=False) & ~Q(hidden_reason=""),
            ),
        )
        indexes = (
            models.Index(
                fields=["service", "-answered_at", "-code"], name="question_answered", condition=Q(state="answered")
            ),
        )

    def __str__(self) -> str:
        return self.text[:80]

    def get_absolute_url(self) -> str:
        return reverse("question", args=[self.code])

    @property
    def status_sentence(self) -> str:
        return {
            "asked": "Menunggu jawaban penyedia. Setelah dijawab, pertanyaan tampil pada halaman layanan.",
            "answered": "Sudah dijawab; tampil pada halaman layanan tanpa nama penanya.",
            "hidden": f"Disembunyikan: {self.hidden_reason}",
        }[self.state]

    # --- who may ----------------------------------------------------------------------------------
    def may_create(self, user: Any) -> Verdict:
        membership = next((each for each in people.memberships(user) if each.role in ASKERS), None)
        if not membership:
            return Denied("Pertanyaan diajukan oleh perangkat desa atau pendamping yang aksesnya sudah terverifikasi.")
        if self.service.provider_id in people.providers(user):
            return Denied("Anda bekerja pada penyedia layanan ini, jadi tidak dapat bertanya kepadanya.")
        if not self.service.is_open:
            return Denied("Layanan ini sedang tidak dapat dipesan, jadi belum dapat ditanyakan.")
        waiting = Question.objects.filter(service=self.service_id, asked_by=user, state="asked")
        if waiting.count() >= MOST_WAITING:
            return Denied(f"Anda masih menunggu {MOST_WAITING} jawaban tentang layanan ini. Tunggu jawabannya dahulu.")
        return Allowed(membership)

    def may_answer(self, user: Any) -> Verdict:
        membership = people.acting(user, Role.PROVIDER, provider=self.service.provider_id)
        return Allowed(membership) if membership else Denied("Hanya penyedia layanan ini yang dapat menjawab.")

    def may_hide(self, user: Any) -> Verdict:
        provider = self.service.provider
        listed = Standing.objects.current().filter(provider=provider).values_list("regency_id", flat=True)
        for place in dict.fromkeys([provider.area_id, *listed]):
            if membership := people.acting(user, *MODERATORS, at=place):
                return Allowed(membership)
        return Denied("Pertanyaan disembunyikan oleh Pokja atau Dinas PMD kabupaten/kota penyedia ini.")

    # --- what they do -------------------------------------------------------------------------------
    def ask(self, *, by: Any) -> None:
        """A village official or facilitator wants to know; the provider is told, without a name."""
        self.asked_by = by
        born(self, by=by, verdict=self.may_create(by))

    def answer(self, *, by: Any, answer_text: str) -> None:
        """The provider's one answer, for everybody to read."""
        self._meta.get_field("answer_text").run_validators(answer_text)  # by whatever way it came
        with moving(self, "answer", by=by):
            self.answer_text, self.answered_at = answer_text, timezone.now()

    def hide(self, *, by: Any, reason: str) -> None:
        """It does not belong in public; whoever asked and whoever answered learn why."""
        with moving(self, "hide", by=by, note=reason):
            self.hidden_reason, self.hidden_at = reason, timezone.now()
