from __future__ import annotations

import datetime
from typing import Any, ClassVar, Self

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts import people
from accounts.models import Provider
from accounts.models.membership import Role
from catalog.models import Service, ServiceVersion
from core.clock import database_now
from core.formats import MAX_RUPIAH, rupiah
from core.models import StoredFile
from core.workflow import Allowed, Denied, Move, Verdict, born, moves, moving, refuse_unless
from transactions.models.base import OrderDocument
from transactions.models.rule import Method
from transactions.models.seeing import on_the_buying_side, went_out
from transactions.models.sourcing import negotiation
from transactions.models.sourcing.item import total_of
from transactions.models.sourcing.negotiation import Negotiating
from transactions.models.sourcing.offer import Paper, QuotationItem, papers_required
from transactions.models.sourcing.sourcing import Sourcing
from verification.models import Standing


class InvitationQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """The village, who helps and oversees it, and the provider itself once the letter went out; never a rival."""
        own = Q(provider__in=people.providers(user)) & went_out("sourcing__")
        return self.filter(on_the_buying_side(user) | own)

    def sent(self) -> Self:
        """Those that went out; a candidate of a draft was not asked."""
        return self.filter(went_out("sourcing__"))


class Invitation(models.Model):
    """A provider is asked to quote for a sourcing, with the service it was found by, in the version that the village
    read then (none for invitations older than versions). In a tender it registers itself, with a service of its own."""

    class How(models.TextChoices):
        INVITED = "invited", "Diundang"
        REGISTERED = "registered", "Mendaftar"

    # Inviting is the sourcing's step; registering is the provider's own, and its event is about this row.
    MOVES: ClassVar[dict[str, Move]] = moves(
        Move("register", (), None, "Daftar Ikut Lelang", "Mendaftar sebagai peserta lelang")
    )
    state = ""

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

    @property
    def code(self) -> str:
        """For its event: the code of what it takes part in."""
        return str(self.sourcing.code)

    @property
    def request_number(self) -> str:
        """That of the letter that went out, as the village's agenda has it."""
        return str(self.sourcing.request_number)

    @property
    def request_on(self) -> datetime.date | None:
        return self.sourcing.request_on

    def get_absolute_url(self) -> str:
        return self.sourcing.get_absolute_url()


class QuotationQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Its owner; and the village once opened. Withdrawn ones, and those of a sourcing that failed unopened,
        stay closed for good."""
        own = Q(provider__in=people.providers(user))
        opened = Q(sourcing__opened_at__isnull=False) & ~Q(state="withdrawn")
        return self.filter(own | opened & on_the_buying_side(user))

    def waiting_for(self, user: Any) -> Self:
        """Price talks that wait for the provider's answer; the village finds its own under the sourcing."""
        talks = self.filter(awaits="provider", provider__in=people.providers(user))
        return talks.filter(state="qualified", sourcing__state="evaluated")


class Quotation(Negotiating, OrderDocument):
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
        *negotiation.MOVES,
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
        indexes = (models.Index(fields=["provider"], name="quotation_awaited", condition=~Q(awaits="")),)

    def get_absolute_url(self) -> str:
        """Its place on the order's page."""
        return f"{self.sourcing.get_absolute_url()}#penawaran-{self.code}"

    def move_url(self, verb: str) -> str:
        from django.urls import reverse

        return reverse("quotation-move", args=[self.code, self.MOVES[verb].slug])

    @property
    def status_sentence(self) -> str:
        if self.sourcing.state == "failed" and self.state in ("sealed", "qualified"):
            closed = "Pengadaan ini gagal sebelum penawaran dibuka; penawaran Anda tetap tertutup."
            return "Pengadaan ini gagal; tidak ada yang ditetapkan." if self.sourcing.opened_at else closed
        if self.state == "qualified" and self.awaits:
            other = "penyedia" if self.awaits == "provider" else "desa"
            return f"Negosiasi harga berjalan; menunggu jawaban {other}."
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
        if self.sourcing.state == "failed":
            return Denied("Pengadaan ini dinyatakan gagal.")
        if self.sourcing.is_past_deadline:
            return Denied("Batas waktu penawaran sudah lewat.")
        if self.sourcing.state != "open":
            return Denied("Penawaran sudah dibuka, jadi tidak berubah lagi.")
        return Allowed(membership)

    may_create = may_revise = may_withdraw = _owner

    def _officer(self, user: Any, state: str, sentence: str) -> Verdict:
        verdict = self.sourcing.officer(user)
        return Denied(sentence) if verdict and self.sourcing.state != state else verdict

    def may_qualify(self, user: Any) -> Verdict:
        return self._officer(user, "opened", "Penawaran dinilai setelah dibuka.")

    may_disqualify = may_qualify

    def may_win(self, user: Any) -> Verdict:
        return self._officer(user, "evaluated", "Pemenang ditetapkan setelah evaluasi.")

    may_lose = may_win

    def may_resign(self, user: Any) -> Verdict:
        return self._officer(user, "awarded", "Pemenang mundur hanya setelah ditetapkan.")

    may_come_back = may_resign

    # --- what they do -------------------------------------------------------------------------------
    @transaction.atomic
    def send(
        self, *, by: Any, prices: dict[int, int] | None = None, papers: dict[str, StoredFile] | None = None
    ) -> None:
        """The invited provider offers, once, before the deadline. Its price stands in no event.

        `prices` gives each item's unit price, and their sum is the price; `papers` the file of each kind.
        """
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
        priced = self._priced(prices, self.price)
        self.sent_at = database_now()  # as the deadline is judged, so that the minutes agree with it
        born(self, by=by, verdict=self.may_create(by))
        self._keep(priced, papers or {})
        if self.attachment:
            self.attachment.hold(self)

    @transaction.atomic
    def revise(
        self,
        *,
        by: Any,
        days: int,
        approach: str,
        price: int | None = None,
        prices: dict[int, int] | None = None,
        attachment: StoredFile | None = None,
        papers: dict[str, StoredFile] | None = None,
    ) -> None:
        """Replace the offer before the deadline; a paper stays unless a new one comes."""
        self.sourcing = Sourcing.objects.select_for_update(of=("self",)).get(pk=self.sourcing_id)
        with moving(self, "revise", by=by):
            priced = self._priced(prices, price)
            self.days, self.approach, self.sent_at = days, approach, database_now()
            self._keep(priced, papers or {})
            if attachment is not None:
                attachment.hold(self)
                self.attachment = attachment

    def _priced(self, prices: dict[int, int] | None, price: int | None) -> list[QuotationItem]:
        """The offer's items, with its price set to their sum (each line rounded half up to whole rupiah).

        One price alone does for a package of one lump: no items, or a single one of volume 1.
        """
        items = {item.pk: item for item in self.sourcing.items.all()}
        if prices is None and len(items) == 1 and price is not None and next(iter(items.values())).volume == 1:
            prices = {next(iter(items)): price}
        if not items:
            refuse_unless(price is not None, "Isi harga penawaran.")
            self.price = price or 0
            return []
        prices = prices or {}
        refuse_unless(set(prices) == set(items), "Isi harga satuan untuk setiap butir.")
        self.price = total_of(items[key].line(asked) for key, asked in prices.items())
        refuse_unless(self.price <= MAX_RUPIAH, f"Jumlah penawaran terlalu besar; paling banyak {rupiah(MAX_RUPIAH)}.")
        return [QuotationItem(item=items[key], unit_price=asked) for key, asked in prices.items()]

    def _keep(self, priced: list[QuotationItem], papers: dict[str, StoredFile]) -> None:
        """Items anew; papers one by one, and a replaced file goes back to its uploader alone."""
        self.items.all().delete()
        for each in priced:
            each.quotation = self
            each.save()
        for kind, file in papers.items():
            for old in self.papers.filter(kind=kind).select_related("file"):
                StoredFile.objects.filter(pk=old.file_id).update(about="", about_id="")
                old.delete()
            file.hold(self)
            self.papers.create(kind=Paper(kind), file=file)
        came = set(self.papers.values_list("kind", flat=True))
        lacking = [str(kind.label) for kind in papers_required(self.sourcing) if kind.value not in came]
        refuse_unless(not lacking, f"Lampirkan dahulu: {', '.join(lacking)}.")

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

    def win(self, *, by: Any) -> None:
        """Called by the sourcing that is awarded."""
        with moving(self, "win", by=by):
            refuse_unless(self.final_price <= self.sourcing.hps, "Harga masih di atas HPS; negosiasikan dahulu.")

    def lose(self, *, by: Any, reason: str) -> None:
        """Called by the sourcing that is awarded to another, for a reason that this provider reads."""
        with moving(self, "lose", by=by, note=reason):
            self.result_reason = reason

    def resign(self, *, by: Any, reason: str) -> None:
        """Called by the sourcing whose winner withdraws before the contract."""
        with moving(self, "resign", by=by, note=reason):
            self.result_reason = reason

    def come_back(self, *, by: Any) -> None:
        """Called by the sourcing whose winner withdrew: this one may be chosen now."""
        with moving(self, "come_back", by=by):
            self.result_reason = ""
