from __future__ import annotations

from typing import Any, Self

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts import people
from accounts.models import Provider
from accounts.models.membership import Role
from catalog.models import Service, ServiceVersion
from core.clock import database_now
from core.models import StoredFile
from core.workflow import Allowed, Denied, Move, Verdict, born, moves, moving, refuse_unless
from transactions.models.base import OrderDocument
from transactions.models.need import in_office
from transactions.models.rule import Method
from transactions.models.sourcing import Sourcing
from verification.models import Standing


class InvitationQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """The village, who helps and oversees it, and the provider itself once the letter went out; never a rival."""
        own = Q(provider__in=people.providers(user)) & ~Q(sourcing__state="draft")
        return self.filter(in_office(user, "sourcing__need__village") | own)


class Invitation(models.Model):
    """A provider is asked to quote for a sourcing, with the service it was found by, in the version that the village
    read then (none for invitations older than versions). In a tender it registers itself, with a service of its own."""

    class How(models.TextChoices):
        INVITED = "invited", "Diundang"
        REGISTERED = "registered", "Mendaftar"

    sourcing = models.ForeignKey(Sourcing, models.PROTECT, related_name="invitations")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="invitations")
    service = models.ForeignKey(Service, models.PROTECT, related_name="+")
    version = models.ForeignKey(ServiceVersion, models.PROTECT, null=True, related_name="+")
    how = models.CharField(
        "cara ikut", max_length=12, choices=How.choices, default=How.INVITED, db_default="invited", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "undangan"
        verbose_name_plural = "undangan"
        constraints = (models.UniqueConstraint(fields=["sourcing", "provider"], name="invitation_once_per_provider"),)

    def __str__(self) -> str:
        return f"{self.provider} – {self.sourcing}"

    def get_absolute_url(self) -> str:
        return self.sourcing.get_absolute_url()


class QuotationQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Its owner; and the village once opened. Withdrawn ones, and those of a sourcing that failed unopened,
        stay closed for good."""
        own = Q(provider__in=people.providers(user))
        opened = Q(sourcing__opened_at__isnull=False) & ~Q(state="withdrawn")
        return self.filter(own | opened & in_office(user, "sourcing__need__village"))


class Quotation(OrderDocument):
    """What a provider offers for the package: price in whole rupiah, days, and how. Sealed until opening."""

    class State(models.TextChoices):
        SEALED = "sealed", "Terkirim"
        WITHDRAWN = "withdrawn", "Mengundurkan Diri"
        QUALIFIED = "qualified", "Memenuhi Syarat"
        DISQUALIFIED = "disqualified", "Gugur"
        WON = "won", "Terpilih"
        LOST = "lost", "Tidak Terpilih"
        RESIGNED = "resigned", "Mundur Setelah Ditetapkan"

    MOVES = moves(
        Move("revise", ("sealed",), None, "Ganti Penawaran", "Penawaran diganti", tone="secondary"),
        Move(
            "withdraw",
            ("sealed",),
            "withdrawn",
            "Tarik Penawaran",
            "Penawaran ditarik",
            tone="danger",
            confirm="Penawaran yang ditarik tidak dapat dikirim lagi untuk paket ini.",
        ),
        Move("qualify", ("sealed",), "qualified", "Nyatakan Memenuhi", "Memenuhi syarat", inner=True),
        Move("disqualify", ("sealed",), "disqualified", "Gugurkan", "Digugurkan", tone="danger", inner=True),
        Move("negotiate", ("qualified",), None, "Catat Negosiasi", "Harga dinegosiasikan"),
        Move("win", ("qualified",), "won", "Tetapkan", "Ditetapkan sebagai pemenang", inner=True),
        Move("lose", ("qualified",), "lost", "Tidak Tetapkan", "Tidak terpilih", inner=True),
        Move("resign", ("won",), "resigned", "Catat Mundur", "Mundur setelah ditetapkan", tone="danger", inner=True),
        Move("come_back", ("lost",), "qualified", "Pertimbangkan Lagi", "Dipertimbangkan lagi", inner=True),
    )
    TONES = {
        "sealed": "wait",
        "withdrawn": "neutral",
        "qualified": "info",
        "disqualified": "bad",
        "won": "good",
        "lost": "neutral",
        "resigned": "neutral",
    }

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.SEALED, editable=False)
    sourcing = models.ForeignKey(Sourcing, models.PROTECT, related_name="quotations")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="quotations")
    price = models.BigIntegerField("harga penawaran")
    days = models.PositiveSmallIntegerField("waktu pelaksanaan (hari kalender)")
    approach = models.TextField("usulan teknis", max_length=4000)
    attachment = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, verbose_name="lampiran", related_name="+"
    )
    negotiated_price = models.BigIntegerField("harga hasil negosiasi", null=True, editable=False)
    result_reason = models.TextField("catatan evaluasi", blank=True, editable=False)
    sent_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = QuotationQuerySet.as_manager()

    class Meta:
        verbose_name = "penawaran"
        verbose_name_plural = "penawaran"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["sourcing", "provider"],
                name="quotation_once_per_provider",
                violation_error_message="Penawaran Anda untuk paket ini sudah ada.",
            ),
            models.UniqueConstraint(
                fields=["sourcing"], condition=Q(state="won"), name="quotation_one_winner_per_sourcing"
            ),
            models.CheckConstraint(name="quotation_price_positive", condition=Q(price__gt=0, days__gt=0)),
            models.CheckConstraint(
                name="quotation_negotiated_not_above_offer",
                condition=Q(negotiated_price__isnull=True)
                | Q(negotiated_price__gt=0, negotiated_price__lte=models.F("price")),
            ),
        )

    def get_absolute_url(self) -> str:
        return self.sourcing.get_absolute_url()

    def move_url(self, verb: str) -> str:
        from django.urls import reverse

        return reverse("quotation-move", args=[self.code, self.MOVES[verb].slug])

    @property
    def status_sentence(self) -> str:
        return {
            "sealed": "Penawaran tersimpan tertutup sampai dibuka setelah batas waktu.",
            "withdrawn": "Penawaran ditarik.",
            "qualified": "Penawaran memenuhi syarat.",
            "disqualified": f"Penawaran gugur: {self.result_reason}",
            "won": "Penawaran ditetapkan sebagai pemenang.",
            "lost": f"Penawaran tidak terpilih. {self.result_reason}".strip(),
            "resigned": f"Pemenang mundur sebelum kontrak. {self.result_reason}".strip(),
        }[self.state]

    @property
    def final_price(self) -> int:
        """What the contract will say: the negotiated price, else the offer."""
        return self.negotiated_price or self.price

    # --- who may ----------------------------------------------------------------------------------
    def _owner(self, user: Any) -> Verdict:
        membership = people.acting(user, Role.PROVIDER, provider=self.provider_id)
        if not membership:
            return Denied("Hanya penyedia yang diundang yang dapat mengirim atau mengubah penawaran ini.")
        if self.sourcing.state != "open" or database_now() >= self.sourcing.deadline:
            return Denied("Batas waktu penawaran sudah lewat.")
        return Allowed(membership)

    may_create = may_revise = may_withdraw = _owner

    def _officer(self, user: Any, state: str, sentence: str) -> Verdict:
        verdict = self.sourcing.officer(user)
        return Denied(sentence) if verdict and self.sourcing.state != state else verdict

    def may_qualify(self, user: Any) -> Verdict:
        return self._officer(user, "opened", "Penawaran dinilai setelah dibuka.")

    may_disqualify = may_qualify

    def may_negotiate(self, user: Any) -> Verdict:
        sentence = "Negosiasi dicatat setelah evaluasi dan sebelum pemenang ditetapkan."
        return self._officer(user, "evaluated", sentence)

    may_win = may_lose = may_negotiate

    def may_resign(self, user: Any) -> Verdict:
        return self._officer(user, "awarded", "Pemenang mundur hanya setelah ditetapkan.")

    may_come_back = may_resign

    # --- what they do -------------------------------------------------------------------------------
    @transaction.atomic
    def send(self, *, by: Any) -> None:
        """The invited provider offers, once, before the deadline. Its price stands in no event."""
        # The sourcing's row is held so that opening and sending cannot pass each other.
        self.sourcing = Sourcing.objects.select_for_update(of=("self",)).get(pk=self.sourcing_id)
        refuse_unless(
            self.sourcing.invitations.filter(provider=self.provider_id).exists(),
            "Daftarkan diri dahulu pada halaman lelangnya."
            if self.sourcing.method == Method.TENDER
            else "Anda tidak diundang untuk paket ini.",
        )
        refuse_unless(
            Standing.objects.covers(self.provider_id, self.sourcing.need.village_id),
            "Anda sedang tidak terdaftar di direktori, jadi tidak dapat mengirim penawaran.",
        )
        born(self, by=by, verdict=self.may_create(by))
        if self.attachment:
            self.attachment.hold(self)

    @transaction.atomic
    def revise(self, *, by: Any, price: int, days: int, approach: str, attachment: StoredFile | None = None) -> None:
        """Replace the offer before the deadline; the attachment stays unless a new one comes."""
        self.sourcing = Sourcing.objects.select_for_update(of=("self",)).get(pk=self.sourcing_id)
        with moving(self, "revise", by=by):
            self.price, self.days, self.approach, self.sent_at = price, days, approach, timezone.now()
            if attachment is not None:
                attachment.hold(self)
                self.attachment = attachment

    @transaction.atomic
    def withdraw(self, *, by: Any) -> None:
        """The provider takes its offer back."""
        Sourcing.objects.select_for_update(of=("self",)).get(pk=self.sourcing_id)  # not while it is being opened
        with moving(self, "withdraw", by=by):
            pass

    def judge(self, *, by: Any, passes: bool, reason: str) -> None:
        """Administration and technique meet what was asked, or not and why."""
        with moving(self, "qualify" if passes else "disqualify", by=by, note=reason):
            refuse_unless(passes or reason, "Tuliskan alasan bila penawaran tidak memenuhi syarat.")
            self.result_reason = reason

    @transaction.atomic
    def negotiate(self, *, by: Any, price: int, note: str) -> None:
        """The price both agreed on, in whole rupiah; never above the offer or the HPS."""
        Sourcing.objects.select_for_update(of=("self",)).get(pk=self.sourcing_id)  # not while it is being awarded
        with moving(self, "negotiate", by=by, note=note) as facts:
            refuse_unless(price <= self.price, "Harga negosiasi tidak boleh melebihi penawaran.")
            refuse_unless(price <= self.sourcing.hps, "Nilai negosiasi tidak boleh melebihi HPS.")
            facts.update(offered=self.price, negotiated=price)
            self.negotiated_price = price

    def win(self, *, by: Any) -> None:
        """Called by the sourcing that is awarded."""
        with moving(self, "win", by=by):
            refuse_unless(self.final_price <= self.sourcing.hps, "Harga masih di atas HPS; negosiasikan dahulu.")

    def lose(self, *, by: Any) -> None:
        """Called by the sourcing that is awarded to another."""
        with moving(self, "lose", by=by, note=self.result_reason):
            pass

    def resign(self, *, by: Any, reason: str) -> None:
        """Called by the sourcing whose winner withdraws before the contract."""
        with moving(self, "resign", by=by, note=reason):
            self.result_reason = reason

    def come_back(self, *, by: Any) -> None:
        """Called by the sourcing whose winner withdrew: this one may be chosen now."""
        with moving(self, "come_back", by=by):
            pass
