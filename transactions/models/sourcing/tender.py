"""A public tender: who registers for it, and what is asked and answered before everyone."""

from __future__ import annotations

from typing import Any, Final, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse

from accounts import people
from accounts.models.membership import Role
from catalog.models import Service
from core.clock import database_now
from core.formats import waktu
from core.validators import validate_no_contact, validate_plain_text
from core.workflow import Allowed, Denied, Move, Verdict, born, moves, moving, record, refuse_unless
from regions.scope import within
from transactions.models.base import OrderDocument
from transactions.models.rule import Method
from verification.models import Standing

# Of one provider about one tender; more waits until the team has answered.
MOST_WAITING: Final = 5
PUBLIC_TEXT = (validate_plain_text, validate_no_contact)
NOT_LISTED = "Lelang ini terbuka bagi penyedia yang terdaftar di direktori kabupaten/kota desa ini. {} belum atau sedang tidak terdaftar di sana."


class Tendering:
    """What a provider does with a public tender before it offers."""

    pk: Any
    method: Any
    state: Any
    deadline: Any
    announced_at: Any
    questions_until: Any
    need: Any
    invitations: Any
    officer: Any

    @property
    def public_url(self) -> str:
        """The tender's page for everyone."""
        return reverse("tender", args=[self.code])  # type: ignore[attr-defined]

    @property
    def takes_questions(self) -> bool:
        """By the database's clock."""
        return self.state == "open" and self.questions_until is not None and database_now() < self.questions_until

    def may_register(self, user: Any) -> Verdict:
        """Whoever works for a provider that stands in the directory for this village, until the deadline."""
        verdict = self._listed(user)
        if not verdict:
            return verdict
        if self.state != "open" or database_now() >= self.deadline:
            return Denied("Pendaftaran lelang ini sudah ditutup.")
        return verdict

    def _listed(self, user: Any) -> Verdict:
        held = [each for each in people.memberships(user) if each.role == Role.PROVIDER and each.provider is not None]
        if self.method != Method.TENDER or self.announced_at is None:
            return Denied("Pengadaan ini bukan lelang yang diumumkan.")
        if not held:
            return Denied("Lelang diikuti oleh penyedia; masuk dengan akun penyedia Anda.")
        if self.officer(user):
            return Denied("Anda mengurus lelang ini untuk desa, jadi tidak dapat mengikutinya.")
        listed = [each for each in held if Standing.objects.covers(each.provider, self.need.village_id)]
        return Allowed(listed[0]) if listed else Denied(NOT_LISTED.format(held[0].provider.name))

    def entry_of(self, user: Any) -> Any:
        """The registration of the provider that this person works for, if there is one."""
        return self.invitations.filter(provider__in=people.providers(user)).order_by("pk").first()

    @transaction.atomic
    def register(self, *, by: Any, service: Service) -> Any:
        """The provider takes part, with one of its services; twice is once. Gives the registration."""
        # The row is held so that registering and closing cannot pass each other.
        tender = type(self)._base_manager.select_for_update(of=("self",)).get(pk=self.pk)  # type: ignore[attr-defined]
        if (entry := tender.entry_of(by)) is not None:
            return entry
        verdict = tender.may_register(by)
        refuse_unless(verdict, verdict.reason)
        membership = people.acting(by, Role.PROVIDER, provider=service.provider_id)
        refuse_unless(
            membership and Service.objects.orderable_in(tender.need.village_id).filter(pk=service.pk).exists(),
            "Pilih salah satu layanan Anda yang terbit dan melayani desa ini.",
        )
        entry = tender.invitations.create(
            provider=service.provider, service=service, version=service.current_version, how="registered"
        )
        record(
            entry, "register", by=by, verdict=Allowed(membership), before="", note="", data={"service": service.code}
        )
        return entry


class TenderQuestionQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Answered ones are public with their tender; before that the asker and the team that answers read them."""
        answering = within("sourcing__need__village", people.territories(user, Role.PROCUREMENT_TEAM))
        own = Q(provider__in=people.providers(user))
        return self.filter(Q(state="answered") | own | answering, sourcing__announced_at__isnull=False)

    def waiting_for(self, user: Any) -> Self:
        """The team has not answered yet, and offers are still taken."""
        mine = within("sourcing__need__village", people.territories(user, Role.PROCUREMENT_TEAM))
        return self.filter(mine, state="asked", sourcing__state="open", sourcing__deadline__gt=Now())


class TenderQuestion(OrderDocument):
    """What a provider wants to know about a tender. The team answers in public and never learns who asked.

    Who asked stands in `asked_by`, `provider` and in the event, for the record; no page, notice or download shows it.
    """

    class State(models.TextChoices):
        ASKED = "asked", "Menunggu Jawaban"
        ANSWERED = "answered", "Dijawab"

    MOVES = moves(
        Move("answer", ("asked",), "answered", "Jawab", "Dijawab", confirm="Jawaban Anda dibaca oleh semua orang."),
    )
    TONES = {"asked": "wait", "answered": "good"}

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.ASKED, editable=False)
    sourcing = models.ForeignKey("transactions.Sourcing", models.PROTECT, related_name="questions")
    provider = models.ForeignKey("accounts.Provider", models.PROTECT, editable=False, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")
    text = models.TextField("pertanyaan", max_length=1000, validators=PUBLIC_TEXT)
    answer_text = models.TextField("jawaban", max_length=2000, blank=True, validators=PUBLIC_TEXT)
    answered_at = models.DateTimeField("dijawab", null=True, editable=False)

    objects = TenderQuestionQuerySet.as_manager()

    class Meta:
        verbose_name = "pertanyaan lelang"
        verbose_name_plural = "pertanyaan lelang"
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                name="tender_question_answered_with_words",
                condition=Q(state="asked", answered_at__isnull=True, answer_text="")
                | Q(state="answered", answered_at__isnull=False) & ~Q(answer_text=""),
            ),
        )

    def __str__(self) -> str:
        return self.text[:80]

    def get_absolute_url(self) -> str:
        return f"{self.sourcing.public_url}#pertanyaan"

    def move_url(self, verb: str) -> str:
        return reverse("tender-question-move", args=[self.code, self.MOVES[verb].slug])

    @property
    def need(self) -> Any:
        return self.sourcing.need

    @property
    def status_sentence(self) -> str:
        if self.state == "asked" and (self.sourcing.state != "open" or self.sourcing.is_over_time):
            return "Tidak dijawab sampai batas waktu penawaran."
        return {
            "asked": "Menunggu jawaban TPK. Setelah dijawab, pertanyaan tampil pada halaman lelang tanpa nama penanya.",
            "answered": "Sudah dijawab; tampil pada halaman lelang tanpa nama penanya.",
        }[self.state]

    # --- who may ----------------------------------------------------------------------------------
    def may_create(self, user: Any) -> Verdict:
        verdict: Verdict = self.sourcing._listed(user)
        if not verdict:
            return verdict
        if not self.sourcing.takes_questions:
            until = self.sourcing.questions_until
            passed = f" Batasnya {waktu(until, self.sourcing.need.village)}." if until else ""
            return Denied(f"Pertanyaan untuk lelang ini sudah ditutup.{passed}")
        waiting = TenderQuestion.objects.filter(sourcing=self.sourcing_id, provider__in=people.providers(user))
        if waiting.filter(state="asked").count() >= MOST_WAITING:
            return Denied(f"Anda masih menunggu {MOST_WAITING} jawaban tentang lelang ini. Tunggu jawabannya dahulu.")
        return verdict

    def may_answer(self, user: Any) -> Verdict:
        """The team, as long as offers are taken: who offers must be able to read it."""
        verdict: Verdict = self.sourcing.officer(user)
        if verdict and (self.sourcing.state != "open" or self.sourcing.is_past_deadline):
            return Denied("Batas waktu penawaran sudah lewat, jadi pertanyaan tidak dijawab lagi.")
        return verdict

    # --- what they do -------------------------------------------------------------------------------
    @transaction.atomic
    def ask(self, *, by: Any) -> None:
        """A listed provider asks; the event keeps who, for the record only."""
        verdict = self.may_create(by)
        refuse_unless(verdict, verdict.reason)
        self.asked_by, self.provider = by, verdict.membership.provider
        born(self, by=by, verdict=verdict)

    def answer(self, *, by: Any, answer_text: str) -> None:
        """The team answers, for everyone to read."""
        with moving(self, "answer", by=by):
            self.answer_text, self.answered_at = answer_text, database_now()
