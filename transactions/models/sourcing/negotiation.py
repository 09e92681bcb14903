"""The price talks of an offer: both sides write prices in turn, item by item, until one accepts the other's last."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts import people
from accounts.models.membership import Role
from core.clock import local_today
from core.models import StoredFile
from core.models.append_only import AppendOnly, AppendOnlyQuerySet
from core.workflow import Allowed, Denied, Move, OpenMove, Verdict, moving, refuse_unless
from transactions.models.base import CLOSED
from transactions.models.sourcing.item import Item, Line, total_of
from transactions.models.sourcing.sourcing import Sourcing

if TYPE_CHECKING:
    from transactions.models.sourcing.offer import QuotationItem

LUMP = 0  # the key of the one price of an offer without items


class Side(models.TextChoices):
    VILLAGE = "village", "Desa"
    PROVIDER = "provider", "Penyedia"


class StepManager(models.Manager.from_queryset(AppendOnlyQuerySet)):  # type: ignore[misc]
    """Steps with who wrote them."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().select_related("by")  # type: ignore[no-any-return]


class NegotiationStep(AppendOnly):
    """What one side asked for one unit of an item in one turn. A turn states every item; no row ever changes."""

    quotation = models.ForeignKey("transactions.Quotation", models.PROTECT, related_name="steps")
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="+")  # null: an offer without items
    turn = models.PositiveSmallIntegerField("giliran")
    side = models.CharField("pihak", max_length=8, choices=Side.choices)
    unit_price = models.BigIntegerField("harga satuan")
    note = models.TextField("catatan", max_length=1000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("waktu", default=timezone.now)

    objects = StepManager()

    class Meta:
        verbose_name = "langkah negosiasi"
        verbose_name_plural = "langkah negosiasi"
        ordering = ("turn", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["quotation", "turn", "item"], name="negotiation_item_once_a_turn", nulls_distinct=False
            ),
            models.CheckConstraint(name="negotiation_price_not_negative", condition=Q(unit_price__gte=0)),
        )

    def __str__(self) -> str:
        return f"{self.get_side_display()} {self.turn}"


def _prices(steps: list[NegotiationStep]) -> dict[int, int]:
    return {step.item_id or LUMP: step.unit_price for step in steps}


@dataclass(frozen=True, slots=True)
class Turn:
    """One side's word: a price for every item, and their total."""

    steps: list[NegotiationStep]
    total: int

    @property
    def side(self) -> str:
        return self.steps[0].side

    @property
    def side_label(self) -> str:
        return self.steps[0].get_side_display()

    @property
    def prices(self) -> dict[int, int]:
        return _prices(self.steps)

    @property
    def first(self) -> NegotiationStep:
        """Who, when, and with which note: alike in all of the turn's steps."""
        return self.steps[0]


@dataclass(frozen=True, slots=True)
class Talk:
    """One item's line in the price talks; unit prices in whole rupiah, None where nothing was said."""

    key: int
    offered: Line
    village: int | None
    provider: int | None
    agreed: Line | None


MOVES = (
    Move("propose", ("qualified",), None, "Ajukan Negosiasi", "Desa mengajukan harga"),
    Move("counter", ("qualified",), None, "Jawab Negosiasi", "Penyedia mengajukan harga"),
    Move("accept_price", ("qualified",), None, "Setujui Harga", "Harga disepakati"),
    Move(
        "negotiate",
        ("qualified",),
        None,
        "Catat Hasil Negosiasi",
        "Hasil negosiasi dicatat dari berita acara bertanda tangan",
        tone="secondary",
    ),
    Move(
        "minute",
        ("qualified", "won"),
        None,
        "Isi Berita Acara Negosiasi",
        "Berita acara negosiasi diisi",
        tone="secondary",
    ),
)

VERBS = {move.verb for move in MOVES}


class Negotiating(models.Model):
    """The verbs of price talks, for `Quotation`."""

    awaits = models.CharField(
        "menunggu jawaban", max_length=8, choices=Side.choices, blank=True, default="", db_default="", editable=False
    )
    negotiation_number = models.CharField("nomor BA negosiasi", max_length=100, blank=True, default="", db_default="")
    negotiated_on = models.DateField("tanggal negosiasi", null=True, editable=False)
    negotiation_scan = models.ForeignKey(  # nobody asks for the offers of a file
        StoredFile,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="pindaian BA negosiasi",
        db_index=False,
    )

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        sourcing: Sourcing
        sourcing_id: int
        provider_id: int
        price: int
        negotiated_price: int | None
        steps: Any
        items: Any

        def _officer(self, user: Any, state: str, sentence: str) -> Verdict: ...

    # --- what was said ------------------------------------------------------------------------------
    def offered_lines(self) -> list[Line]:
        """The offer as it was opened."""
        from transactions.models.sourcing.offer import lump

        return [each.offered() for each in self._items()] or [lump(self, self.price)]

    def lines(self) -> list[Line]:
        """What the contract will say: the agreed prices, else the offer's."""
        from transactions.models.sourcing.offer import lump

        return [each.agreed() for each in self._items()] or [lump(self, self.negotiated_price or self.price)]

    def _items(self) -> list[QuotationItem]:
        return list(self.items.all())

    def offered_prices(self) -> dict[int, int]:
        """Item's key -> unit price of the offer; one entry under LUMP where there are no items."""
        return {each.item_id: each.unit_price for each in self._items()} or {LUMP: self.price}

    def turns(self) -> list[Turn]:
        """What was said so far, in turn."""
        found: dict[int, list[NegotiationStep]] = {}
        for step in self.steps.all():
            found.setdefault(step.turn, []).append(step)
        return [Turn(rows, self.total_at(_prices(rows))) for _, rows in sorted(found.items())]

    def talks(self) -> list[Talk]:
        """Item by item: the offer, the last word of each side, and what was agreed."""
        last: dict[str, dict[int, int]] = {}
        for turn in self.turns():
            last[turn.side] = turn.prices
        village, provider = last.get(Side.VILLAGE, {}), last.get(Side.PROVIDER, {})
        keys = [each.item_id for each in self._items()] or [LUMP]
        rows = zip(keys, self.offered_lines(), self.lines(), strict=True)
        return [
            Talk(key, offered, village.get(key), provider.get(key), agreed if self.is_agreed else None)
            for key, offered, agreed in rows
        ]

    def last_prices(self) -> dict[int, int]:
        """What was asked last, by either side; empty before the first step."""
        turns = self.turns()
        return turns[-1].prices if turns else {}

    def total_at(self, prices: dict[int, int]) -> int:
        """The sum of the lines at these unit prices, each line rounded half up."""
        items = {each.item_id: each.item for each in self._items()}
        return total_of(items[key].line(price) for key, price in prices.items()) if items else prices[LUMP]

    @property
    def last_total(self) -> int:
        """The total that was asked last, in whole rupiah; the offer's before the first step."""
        turns = self.turns()
        return turns[-1].total if turns else self.price

    @property
    def has_talks(self) -> bool:
        """Was a price asked for or agreed on?"""
        return self.is_agreed or bool(self.turns())

    @property
    def is_agreed(self) -> bool:
        return self.negotiated_price is not None

    def open_moves(self, user: Any) -> list[OpenMove]:
        """As ever, but of the talks only what this side can do now: the other side's moves are no business of it."""
        found: list[OpenMove] = super().open_moves(user)  # type: ignore[misc]
        return [move for move in found if move.verdict or move.verb not in VERBS]

    # --- who may ------------------------------------------------------------------------------------
    def _village(self, user: Any) -> Verdict:
        return self._officer(user, "evaluated", "Negosiasi dilakukan setelah evaluasi dan sebelum pemenang ditetapkan.")

    def _provider(self, user: Any) -> Verdict:
        membership = people.acting(user, Role.PROVIDER, provider=self.provider_id)
        if not membership:
            return Denied("Hanya penyedia yang menawarkan yang dapat menjawab negosiasi ini.")
        if self.sourcing.state != "evaluated":
            return Denied("Negosiasi dilakukan setelah evaluasi dan sebelum pemenang ditetapkan.")
        return Allowed(membership)

    def _still_open(self, verdict: Verdict, side: Side, waiting: str) -> Verdict:
        """The talks are not over, and `side` has the word."""
        if verdict and self.is_agreed:
            return Denied("Harga sudah disepakati; negosiasi selesai.")
        return Denied(waiting) if verdict and self.awaits != side else verdict

    def may_propose(self, user: Any) -> Verdict:
        verdict = self._village(user)
        if verdict and self.is_agreed:
            return Denied("Harga sudah disepakati; negosiasi selesai.")
        if verdict and self.awaits == Side.PROVIDER:
            return Denied("Menunggu jawaban penyedia atas usulan terakhir desa.")
        return verdict

    def may_counter(self, user: Any) -> Verdict:
        return self._still_open(self._provider(user), Side.PROVIDER, "Belum ada usulan desa yang perlu dijawab.")

    def may_accept_price(self, user: Any) -> Verdict:
        as_provider = self._provider(user)
        if as_provider or people.acting(user, Role.PROVIDER, provider=self.provider_id):
            return self._still_open(as_provider, Side.PROVIDER, "Belum ada usulan desa yang dapat disetujui.")
        return self._still_open(self._village(user), Side.VILLAGE, "Belum ada usulan penyedia yang dapat disetujui.")

    def may_negotiate(self, user: Any) -> Verdict:
        verdict = self._village(user)
        return Denied("Harga sudah disepakati; negosiasi selesai.") if verdict and self.is_agreed else verdict

    def may_minute(self, user: Any) -> Verdict:
        verdict = self.sourcing.officer(user)
        if verdict and not self.is_agreed:
            return Denied("Berita acara negosiasi diisi setelah harga disepakati.")
        if verdict and self.sourcing.is_closed:
            return Denied(CLOSED)
        return verdict

    # --- what they do -------------------------------------------------------------------------------
    def _hold_sourcing(self) -> None:
        """Its row is held first: nobody talks about the price while the sourcing is being awarded."""
        self.sourcing = Sourcing.objects.select_for_update(of=("self",)).get(pk=self.sourcing_id)

    @transaction.atomic
    def propose(self, *, by: Any, prices: dict[int, int], note: str = "") -> None:
        """The village writes its prices."""
        self._hold_sourcing()
        with moving(self, "propose", by=by, note=note) as facts:  # type: ignore[arg-type]
            facts.update(total=self._step(Side.VILLAGE, by, prices, note))
            self.awaits = Side.PROVIDER

    @transaction.atomic
    def counter(self, *, by: Any, prices: dict[int, int], note: str = "") -> None:
        """The provider writes its prices against the village's last."""
        self._hold_sourcing()
        with moving(self, "counter", by=by, note=note) as facts:  # type: ignore[arg-type]
            facts.update(total=self._step(Side.PROVIDER, by, prices, note))
            self.awaits = Side.VILLAGE

    @transaction.atomic
    def accept_price(self, *, by: Any) -> None:
        """One side accepts what the other asked last: the price that the contract will say."""
        self._hold_sourcing()
        with moving(self, "accept_price", by=by) as facts:  # type: ignore[arg-type]
            self._agree(self.last_prices(), on=local_today(self.sourcing.need.village))
            facts.update(offered=self.price, negotiated=self.negotiated_price)

    @transaction.atomic
    def negotiate(
        self,
        *,
        by: Any,
        scan: StoredFile,
        note: str,
        prices: dict[int, int] | None = None,
        price: int | None = None,
        number: str = "",
        on: datetime.date | None = None,
    ) -> None:
        """What both agreed on at a table, from the berita acara that both signed: its scan is the provider's word.

        `price` alone does where the offer is one lump.
        """
        self._hold_sourcing()
        with moving(self, "negotiate", by=by, note=note) as facts:  # type: ignore[arg-type]
            agreed = self._within(prices if prices is not None else self._lump_price(price))
            today = local_today(self.sourcing.need.village)
            refuse_unless(on is None or on <= today, "Tanggal negosiasi tidak boleh di masa depan.")
            scan.hold(self)  # type: ignore[arg-type]
            self.negotiation_scan, self.negotiation_number = scan, number
            self._agree(agreed, on=on or today)
            facts.update(offered=self.price, negotiated=self.negotiated_price, sha256=scan.sha256)

    def minute(
        self, *, by: Any, number: str = "", on: datetime.date | None = None, scan: StoredFile | None = None
    ) -> None:
        """The number and day of the berita acara, from the village's agenda, and its scan once it is signed.

        What the provider signed stands: no other scan takes its place, and what it says of number and day stays.
        """
        with moving(self, "minute", by=by) as facts:  # type: ignore[arg-type]
            if self.negotiation_scan_id is not None:
                same = number == self.negotiation_number or not self.negotiation_number
                refuse_unless(
                    scan is None and same and on in (None, self.negotiated_on),
                    "Berita acara yang ditandatangani kedua pihak sudah tersimpan; pindaian, nomor, dan tanggalnya "
                    "tidak diganti.",
                )
            today = local_today(self.sourcing.need.village)
            refuse_unless(on is None or on <= today, "Tanggal negosiasi tidak boleh di masa depan.")
            self.negotiation_number, self.negotiated_on = number, on or self.negotiated_on
            if scan is not None:
                scan.hold(self)  # type: ignore[arg-type]
                self.negotiation_scan = scan
                facts["sha256"] = scan.sha256

    def _lump_price(self, price: int | None) -> dict[int, int]:
        items = self._items()
        is_lump = not items or (len(items) == 1 and items[0].item.volume == Decimal(1))
        refuse_unless(is_lump and price is not None, "Isi harga satuan hasil negosiasi untuk setiap butir.")
        return {items[0].item_id if items else LUMP: int(price or 0)}

    def _within(self, prices: dict[int, int]) -> dict[int, int]:
        """The prices, if they name every item, no price is above its offer, and their sum not above the HPS."""
        offered = self.offered_prices()
        refuse_unless(set(prices) == set(offered), "Isi harga satuan untuk setiap butir.")
        refuse_unless(
            all(0 <= price <= offered[key] for key, price in prices.items()),
            "Harga negosiasi tidak boleh melebihi penawaran, juga harga satuan setiap butirnya.",
        )
        total = self.total_at(prices)
        refuse_unless(total <= self.sourcing.hps, "Nilai negosiasi tidak boleh melebihi HPS.")
        refuse_unless(total > 0, "Nilai negosiasi harus lebih dari nol.")
        return prices

    def _step(self, side: Side, by: Any, prices: dict[int, int], note: str) -> int:
        """Write one turn; its total in whole rupiah."""
        before, said = self.last_prices(), self._within(prices)
        refuse_unless(said != before, "Harga ini sama dengan usulan terakhir; setujui saja usulan itu.")
        turn = (self.steps.aggregate(last=models.Max("turn"))["last"] or 0) + 1
        for key, price in said.items():
            NegotiationStep.objects.create(
                quotation=self, item_id=key or None, turn=turn, side=side, unit_price=price, note=note, by=by
            )
        return self.total_at(said)

    def _agree(self, prices: dict[int, int], *, on: datetime.date) -> None:
        self._within(prices)
        for each in self._items():
            each.agreed_price = prices[each.item_id]
            each.save(update_fields=["agreed_price"])
        self.negotiated_price, self.negotiated_on, self.awaits = self.total_at(prices), on, ""
