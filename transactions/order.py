"""An order as people see it: four documents on one line, whose turn it is, and what comes next.

Nothing here is stored: the state of a composite is derived. What it consists of, as far as one may see, is in `parts`.
`panels` lets an app above (reviews) show its part on the order's page without this app knowing it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString

from accounts import people
from accounts.models import Role
from core.models import Document
from core.workflow import OpenMove
from transactions.cautions import Noted, noted
from transactions.models import Accountability, Contract, PaymentRequest, Sourcing, Termin, Terms
from transactions.models.payment.paying import PAYABLE, next_request
from transactions.models.sourcing.quotation import Quotation
from transactions.parts import Parts

Panel = Callable[["Order", Any], SafeString | str]
panels: list[Panel] = []

TONES = ("primary", "secondary", "quiet", "danger")  # of its buttons, in their order

# The stations of an order: label, and the (document, states) in which it is the present one.
STATIONS: list[tuple[str, str, tuple[str, ...]]] = [
    ("Kebutuhan dicatat", "need", ("identified",)),
    ("Disepakati Musdes", "need", ("agreed",)),
    ("Dianggarkan", "need", ("budgeted",)),
    ("Undangan dan penawaran", "sourcing", ("draft", "open", "opening")),
    ("Evaluasi dan penetapan", "sourcing", ("opened", "evaluated", "awarded")),
    ("Kontrak", "contract", ("drafted", "issued", "provider_signed")),
    ("Pelaksanaan", "contract", ("running",)),
    ("Pemeriksaan", "contract", ("inspection",)),
    ("Serah terima (BAST)", "contract", ("inspected", "received")),
    ("Pembayaran", "accountability", ("payment",)),
    ("Musdes pertanggungjawaban", "accountability", ("musdes", "refused")),
    ("Selesai", "accountability", ("accepted", "closed")),
]


STOPPED = ("cancelled", "failed", "terminated")


class Order(Parts):
    """One need and all that came of it: where it stands, and what this person may do now."""

    # --- where it stands --------------------------------------------------------------------------
    @property
    def current(self) -> Document:
        """The document that the order stands at."""
        current = self.documents[-1]
        ended = isinstance(current, Sourcing) and current.state == "failed"
        ended |= isinstance(current, Contract) and current.state == "terminated"
        # For a provider the order ends here; the village looks for another.
        return self.need if ended and not self.is_invited else current

    @property
    def is_over(self) -> bool:
        return self.current.state in (*STOPPED, "closed", "awarded")  # awarded: to another provider

    @property
    def position(self) -> int:
        """The number of the station that the order stands at."""
        name = type(self.current)._meta.model_name
        for number, (_, document, states) in enumerate(STATIONS):
            if document == name and self.current.state in states:
                return number
        # stopped: the first station of the document
        return next(number for number, (_, document, _) in enumerate(STATIONS) if document == name)

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The stations for the timeline: done, now, next (or stopped)."""
        at = self.position
        lost = self.current.state == "awarded"  # the contract is another provider's
        stopped = lost or self.current.state in STOPPED
        steps = []
        for number, (label, _, _) in enumerate(STATIONS[: at + 1] if lost else STATIONS):
            state = "done" if number < at else "now" if number == at else "next"
            if number == at and stopped:
                state = "stopped"
            if number == at and self.current.state == "closed":
                state = "done"
            step: dict[str, Any] = {"label": label, "state": state}
            if number == at:
                step |= {"sentence": self.sentence, "at": self.current.state_since, "who": self.turn}
            steps.append(step)
        return steps

    @property
    def next_label(self) -> str:
        """What comes after the present station."""
        following = self.position + 1
        return STATIONS[following][0] if following < len(STATIONS) and not self.is_over else ""

    # --- what this person reads -------------------------------------------------------------------
    @property
    def sentence(self) -> str:
        """Where the order stands, said to this person: a bidder reads what became of its own offer."""
        if isinstance(self.current, Sourcing) and self.is_invited:
            offer, state = self.own_quotation, self.current.state
            if self.owes_a_price:
                return "Desa mengajukan harga. Setujui, atau ajukan harga lain, pada penawaran Anda di bawah."
            if offer is not None and offer.state in ("withdrawn", "disqualified", "lost"):
                return f"{offer.status_sentence} Terima kasih sudah menawarkan; undangan lain akan tampil di sini."
            if offer is not None and offer in self.talking:
                return offer.status_sentence
            if offer is not None and state in ("open", "opened", "evaluated"):
                after = (
                    self.current.status_sentence if state == "open" else "Penawaran Anda sedang dievaluasi oleh desa."
                )
                return f"Penawaran Anda sudah terkirim. {after}"
            if offer is None and state in ("opened", "evaluated", "awarded"):
                return "Anda tidak mengirim penawaran untuk paket ini sampai batas waktunya."
        if isinstance(self.current, Accountability) and self.current.state == "payment" and self.running_requests:
            return self.running_requests[0].status_sentence
        if self.talking:
            return self.word_of_the_talks
        if isinstance(self.current, Contract):
            return f"{self.current.status_sentence} {self.current.repair_sentence}".rstrip()
        return self.current.status_sentence  # type: ignore[attr-defined, no-any-return]

    @property
    def talking(self) -> list[Quotation]:
        """Offers whose price is being talked about."""
        running = self.current.state == "evaluated"
        return [each for each in self.quotations if running and each.state == "qualified" and each.awaits]

    @property
    def word_of_the_talks(self) -> str:
        """For the village: who answered, else whose answer it waits for."""
        answered = [each.provider.name for each in self.talking if each.awaits == "village"]
        if answered:
            names = " dan ".join(answered)
            return f"{names} menjawab negosiasi. Setujui harganya, atau ajukan harga lain, pada penawarannya di bawah."
        names = " dan ".join(each.provider.name for each in self.talking)
        return f"Negosiasi harga berjalan; menunggu jawaban {names}."

    @property
    def owes_a_price(self) -> bool:
        """Does the village wait for this provider's answer in the price talks?"""
        offer = self.own_quotation
        return offer in self.talking and offer.awaits == "provider"  # type: ignore[union-attr]

    @property
    def tone(self) -> str:
        """The colour of that sentence: another's award is no good news to a bidder, and no alarm."""
        return "neutral" if self.current.state == "awarded" else self.current.state_tone

    @property
    def turn(self) -> str:
        """Whose turn it is, in words; empty when the order is over."""
        if self.is_over:
            return ""
        current = self.current
        if isinstance(current, Sourcing):
            if self.owes_a_price:
                return "Penyedia"
            if current.state == "open" and self.own_quotation is not None:
                return "batas waktu penawaran"
            return current.turn
        if current.state == "payment" and self.running_requests:
            return self.running_requests[0].TURN[self.running_requests[0].state]
        if isinstance(current, Contract):
            return current.turn
        return current.TURN.get(current.state, "")  # type: ignore[attr-defined]

    @property
    def is_mine(self) -> bool:
        """Is it this person's turn? The current document, a payment request, or the price talks wait for them."""
        if self.owes_a_price:
            return True
        current, asked = self.current, [request.pk for request in self.running_requests]
        if asked and PaymentRequest.objects.waiting_for(self.user).filter(pk__in=asked).exists():
            return True
        return type(current)._default_manager.waiting_for(self.user).filter(pk=current.pk).exists()

    @cached_property
    def advice(self) -> str:
        """What the officer may do where a sourcing has no plain way on; empty elsewhere, and for everyone else."""
        if self.sourcing is None or not self.sourcing.officer(self.user):
            return ""
        return self.sourcing.advice

    @property
    def cautions(self) -> list[Noted]:
        """What somebody went on from with a reason; not for bidders, of whom a sentence may name two."""
        return [] if self.is_invited else noted(self.events)

    def panels(self) -> list[SafeString | str]:
        """What the apps above show here."""
        return [html for panel in panels if (html := panel(self, self.user))]

    # --- what this person may do ------------------------------------------------------------------
    @cached_property
    def moves(self) -> list[OpenMove]:
        """What this person could do now, over all the order's documents; nothing once the file is closed."""
        if self.current.state == "closed":
            return []
        documents = [*self.documents, *self.running_requests]
        found = [move for document in documents for move in document.open_moves(self.user)]
        mine = [move for move in found if move.verdict] or self.current.open_moves(self.user)
        return sorted(mine, key=lambda move: TONES.index(move.tone))  # what comes next stands first, what ends it last

    def open_moves(self, user: Any) -> list[OpenMove]:
        """As a document has it, so that the page draws the order's buttons alike."""
        return self.moves

    @property
    def may_see_prices(self) -> bool:
        """Are the estimate's unit prices for this person? Bidders know its total alone."""
        return not self.is_invited

    @property
    def may_write_terms(self) -> bool:
        """Has the package no KAK yet, and may this person write it?"""
        if self.sourcing is None or self.sourcing.state != "draft" or self.terms is not None:
            return False
        return bool(Terms(sourcing=self.sourcing).may_create(self.user))

    # --- money ------------------------------------------------------------------------------------
    @property
    def paid(self) -> int:
        """Gross, in whole rupiah."""
        paid = [*self.bare_payments, *(each.paid_by for each in self.payment_requests if each.paid_by)]
        return sum(payment.gross for payment in paid)

    @cached_property
    def next_payment(self) -> str:
        """The button for the SPP that this person may begin now; empty when there is none."""
        contract = self.contract
        if (
            contract is None
            or contract.state not in PAYABLE
            or not people.acting(self.user, Role.ACTIVITY_MANAGER, at=contract.village_id)
        ):
            return ""
        asked = sum(each.amount for each in self.payment_requests if each.state != "withdrawn")
        if self.bare_payments or asked >= contract.value:
            return ""
        following = next_request(contract)
        return f"Buat {following.title}" if following.may("create", self.user) else ""

    @property
    def termins(self) -> list[tuple[Termin, int]]:
        """The contract's plan of payment, each termin with its amount."""
        return self.contract.planned(self.payment_requests) if self.contract is not None else []

    @cached_property
    def still_owing(self) -> list[tuple[Contract, list[PaymentRequest], str]]:
        """Contracts of earlier sourcings that still owe: each with its SPPs, and the button for the next one."""
        found = []
        for contract in self.former:
            if contract.owed:
                mine = [request for request in self.former_requests if request.contract_id == contract.pk]
                following = next_request(contract)
                button = f"Buat {following.title}" if following.may("create", self.user) else ""
                found.append((contract, mine, button))
        return found

    @property
    def running_requests(self) -> list[PaymentRequest]:
        """Those that somebody has to take further."""
        return [request for request in self.payment_requests if request.state in request.TURN]
