from __future__ import annotations

from typing import Any, Final, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils import timezone

from accounts import people
from accounts.models import Role
from accounts.models.membership import FACILITATOR_ROLES, OFFICE_ROLES, POKJA_ROLES, VILLAGE_ROLES
from catalog.models.category import Category
from catalog.search import words_of
from core.models import Document
from core.validators import validate_plain_text
from core.workflow import Allowed, Denied, Move, Verdict, born, moves, moving, refuse_unless
from regions import codes
from regions.models import Area
from regions.scope import within
from verification.models import Standing

ASKERS = (*VILLAGE_ROLES, *FACILITATOR_ROLES)
DESK = (*POKJA_ROLES, Role.REGENCY_OFFICE)
READERS = (*ASKERS, *DESK, *OFFICE_ROLES)
# Of one village; more waits until some are answered.
MOST_OPEN: Final = 20


class WantedServiceQuerySet(models.QuerySet["WantedService"]):
    def visible_to(self, user: Any) -> Self:
        """Those of one's village, or of one's territory; one's own."""
        if user is None or not user.is_authenticated:
            return self.none()
        return self.filter(Q(asked_by=user) | within("village", people.territories(user, *READERS)))

    def counted_for(self, user: Any) -> Self:
        """What a listed provider may know as a number: the wishes in the regencies in whose directory it stands."""
        return self.filter(regency__in=self.listed_in(user))

    @staticmethod
    def listed_in(user: Any) -> Any:
        """Codes of those regencies."""
        listed = Standing.objects.current().filter(provider__in=people.providers(user))
        return listed.order_by().values("regency")

    def waiting_for(self, user: Any) -> Self:
        """Open ones that the Pokja or the regency's office may answer."""
        return self.filter(within("village", people.territories(user, *DESK)), state="open")

    def grouped(self) -> models.QuerySet[Any, dict[str, Any]]:
        """One row for each thing wanted: `key`, `words`, how many `villages` want it, how many still, since when."""
        return (
            self.exclude(state="withdrawn")
            .order_by()
            .values("key")
            .annotate(
                words=Max("words"),
                villages=Count("village", distinct=True),
                waiting=Count("village", distinct=True, filter=Q(state="open")),
                latest=Max("created_at"),
            )
            .order_by("-waiting", "-villages", "key")
        )


class WantedService(Document):
    """A service that a village looked for and nobody offers yet. The regency and its Pokja see them counted; listed
    providers see the numbers, never who asked."""

    class State(models.TextChoices):
        OPEN = "open", "Belum Tersedia"
        ANSWERED = "answered", "Dijawab"
        CLOSED = "closed", "Ditutup"
        WITHDRAWN = "withdrawn", "Ditarik"

    MOVES = moves(
        Move("answer", ("open",), "answered", "Jawab", "Dijawab"),
        Move("close", ("open",), "closed", "Tutup", "Ditutup", tone="secondary"),
        Move(
            "withdraw", ("open",), "withdrawn", "Tarik Permintaan", "Ditarik", tone="quiet",
            confirm="Permintaan ini tidak lagi dihitung. Anda dapat menyampaikan yang baru kapan saja.",
        ),
    )  # fmt: skip
    TONES = {"open": "wait", "answered": "good", "closed": "neutral", "withdrawn": "neutral"}

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.OPEN, editable=False)
    words = models.CharField("layanan yang dicari", max_length=120, validators=[validate_plain_text])
    # The words as the search compares them, in order of the alphabet: the same wish has the same key.
    key = models.CharField(max_length=240, editable=False)
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="kategori"
    )
    village = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="desa")
    regency = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="kabupaten/kota", editable=False)
    note = models.TextField("penjelasan", max_length=500, blank=True, validators=[validate_plain_text])
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")
    answer_text = models.TextField("jawaban", max_length=500, blank=True, editable=False)
    ended_at = models.DateTimeField("selesai", null=True, editable=False)

    objects = WantedServiceQuerySet.as_manager()

    class Meta:
        verbose_name = "layanan yang dicari"
        verbose_name_plural = "layanan yang dicari"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["village", "key"], condition=Q(state="open"), name="wanted_once_in_a_village",
                violation_error_message="Desa ini sudah menyampaikan permintaan yang sama.",
            ),
            models.CheckConstraint(name="wanted_says_something", condition=~Q(key="")),
            models.CheckConstraint(
                name="wanted_state_has_its_date", condition=Q(state="open", ended_at=None) | Q(ended_at__isnull=False)
            ),
            models.CheckConstraint(
                name="wanted_answered_with_words",
                condition=Q(state__in=["open", "withdrawn"], answer_text="") | ~Q(answer_text=""),
            ),
        )  # fmt: skip
        indexes = (
            models.Index(fields=["regency", "-created_at", "-code"], name="wanted_in_regency"),
            models.Index(fields=["key"], name="wanted_key"),
        )

    def __str__(self) -> str:
        return self.words

    def get_absolute_url(self) -> str:
        return reverse("wanted", args=[self.code])

    @property
    def status_sentence(self) -> str:
        return {
            "open": "Tercatat. Pokja P2KTD dan Dinas PMD melihatnya bersama permintaan desa lain.",
            "answered": f"Dijawab: {self.answer_text}",
            "closed": f"Ditutup: {self.answer_text}",
            "withdrawn": "Ditarik oleh desa.",
        }[self.state]

    # --- who may ----------------------------------------------------------------------------------
    def may_create(self, user: Any) -> Verdict:
        membership = people.acting(user, *ASKERS, at=self.village_id)
        if not membership:
            return Denied("Permintaan disampaikan oleh perangkat desa itu atau pendampingnya.")
        if WantedService.objects.filter(village=self.village_id, state="open").count() >= MOST_OPEN:
            return Denied(f"Desa ini sudah mempunyai {MOST_OPEN} permintaan terbuka. Tarik yang tidak diperlukan lagi.")
        return Allowed(membership)

    def _desk(self, user: Any) -> Verdict:
        membership = people.acting(user, *DESK, at=self.village_id)
        return Allowed(membership) if membership else Denied("Hanya Pokja P2KTD dan Dinas PMD yang dapat menanggapi.")

    may_answer = may_close = _desk

    def may_withdraw(self, user: Any) -> Verdict:
        membership = people.acting(user, *ASKERS, at=self.village_id)
        return Allowed(membership) if membership else Denied("Hanya desa ini atau pendampingnya yang dapat menariknya.")

    # --- what they do -------------------------------------------------------------------------------
    def want(self, *, by: Any) -> WantedService:
        """Write it down; what the village already asked for is counted once: the one there is."""
        self.key = key_of(self.words)
        refuse_unless(self.key, "Sebutkan layanannya dengan kata yang lebih khusus. Contoh: sumur bor")
        refuse_unless(self.village.may_buy, "Hanya desa dan desa adat yang berbelanja di sini; kelurahan tidak.")
        with transaction.atomic():
            Area.objects.select_for_update(no_key=True).get(pk=self.village_id)  # two officials ask at once
            there = WantedService.objects.filter(village=self.village_id, key=self.key, state="open").first()
            if there:
                return there
            self.regency_id = self.village_id[: codes.LENGTHS[1]]
            self.asked_by = by
            born(self, by=by, verdict=self.may_create(by))
        return self

    def answer(self, *, by: Any, answer_text: str) -> None:
        """Say what the village can do now: who offers it, or what the Pokja undertakes."""
        with moving(self, "answer", by=by, note=answer_text):
            self.answer_text, self.ended_at = answer_text, timezone.now()

    def close(self, *, by: Any, answer_text: str) -> None:
        """It will not come; say why."""
        with moving(self, "close", by=by, note=answer_text):
            self.answer_text, self.ended_at = answer_text, timezone.now()

    def withdraw(self, *, by: Any) -> None:
        """No longer needed."""
        with moving(self, "withdraw", by=by):
            self.ended_at = timezone.now()


def key_of(words: str) -> str:
    """The same for "Pelatihan BUM Desa" and "bumdes pelatihan"."""
    return " ".join(sorted(words_of(words)))
