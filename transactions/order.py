"""An order as people see it: four documents on one line, whose turn it is, and what comes next.

Nothing here is stored: the state of a composite is derived. `panels` lets an app above (reviews) show
its part on the order's page without this app knowing it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db.models import Prefetch, Q
from django.utils.safestring import SafeString

from accounts import people
from accounts.models import Role
from core.models import Document, Event
from core.workflow import OpenMove
from transactions.cautions import Noted, noted
from transactions.models import (
    Accountability,
    AgendaItem,
    Contract,
    DuePostponement,
    FollowUp,
    Invitation,
    JointShare,
    Meeting,
    Need,
    OpeningMinutes,
    Payment,
    PaymentRequest,
    Quotation,
    Remedy,
    Sourcing,
    Terms,
)
from transactions.models.payment.paying import PAYABLE, next_request

Panel = Callable[["Order", Any], SafeString | str]
panels: list[Panel] = []

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


class Order:
    """One need and all that came of it, as far as this person may see."""

    def __init__(self, need: Need, user: Any) -> None:
        self.need, self.user = need, user

    @cached_property
    def sourcing(self) -> Sourcing | None:
        """The sourcing that runs or ran last."""
        rows = Sourcing.objects.visible_to(self.user).filter(need=self.need).select_related("rule")
        found = rows.order_by("-pk").first()
        if found is not None:
            found.need = self.need  # which has its village at hand
        return found

    @cached_property
    def contract(self) -> Contract | None:
        if self.sourcing is None:
            return None
        rows = Contract.objects.visible_to(self.user).filter(sourcing=self.sourcing).order_by("-pk")
        return (
            rows.select_related(
                "provider",
                "village",
                "quotation",
                "sourcing__need",
                "provider_scan",
                "village_scan",
                "handover_scan",
                "head_handover_scan",
            )
            .prefetch_related(
                "progress__photos__file",
                "termins",
                "inspections",
                "sessions__photos__file",
                "sessions__material",
                "sessions__attendance",
                "addenda__provider_scan",
                "addenda__village_scan",
            )
            .first()
        )

    @cached_property
    def accountability(self) -> Accountability | None:
        if self.contract is None:
            return None
        return (
            Accountability.objects.visible_to(self.user)
            .filter(contract=self.contract)
            .select_related("contract__village", "contract__sourcing__need")
            .prefetch_related(
                Prefetch("follow_ups", FollowUp.objects.select_related("proof", "village")),
                Prefetch("remedies", Remedy.objects.select_related("village")),
                Prefetch("postponements", DuePostponement.objects.select_related("by")),
            )
            .first()
        )

    @cached_property
    def payment_requests(self) -> list[PaymentRequest]:
        """The SPPs of the contract, with what was paid on them."""
        if self.contract is None:
            return []
        rows = PaymentRequest.objects.visible_to(self.user).filter(contract=self.contract)
        found = list(rows.select_related("payment__proof", "contract__village", "contract__sourcing__need"))
        for request in found:
            request.contract = self.contract  # which has its papers at hand
        return found

    @cached_property
    def bare_payments(self) -> list[Payment]:
        """Payments recorded before there were requests."""
        if self.contract is None or self.payment_requests:
            return []
        return list(self.contract.payments.filter(request=None).select_related("proof"))

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
    def running_requests(self) -> list[PaymentRequest]:
        """Those that somebody has to take further."""
        return [request for request in self.payment_requests if request.state in request.TURN]

    @cached_property
    def quotations(self) -> list[Quotation]:
        """Readable ones: one's own, and after the opening all."""
        if self.sourcing is None:
            return []
        rows = Quotation.objects.visible_to(self.user).filter(sourcing=self.sourcing)
        rows = rows.select_related("provider", "attachment", "sourcing__need__village", "evaluation")
        return list(rows.prefetch_related("items", "papers__file", "steps"))

    @cached_property
    def terms(self) -> Terms | None:
        """The KAK and HPS: the village's and its overseers' own, and whoever was asked once they are fixed."""
        if self.sourcing is None:
            return None
        rows = Terms.objects.fixed_for(self.user) if self.is_invited else Terms.objects.visible_to(self.user)
        found = rows.filter(sourcing=self.sourcing).select_related("sourcing__rule").prefetch_related("sourcing__items")
        terms = found.first()
        if terms is not None:
            terms.sourcing.need = self.need
        return terms

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

    @cached_property
    def meetings(self) -> list[Meeting]:
        """The assemblies that heard or will hear it, the last one first."""
        account = self.accountability
        if account is None:
            return []
        return [item.meeting for item in self.hearings]

    @cached_property
    def hearings(self) -> list[AgendaItem]:
        """What each of them had and decided of this order."""
        seen = Meeting.objects.visible_to(self.user)
        rows = AgendaItem.objects.filter(accountability=self.accountability, meeting__in=seen)
        return list(rows.select_related("meeting__village").order_by("-meeting__held_on", "-meeting"))

    @property
    def planned(self) -> Meeting | None:
        """The assembly that is planned for it; its provider learns the day here."""
        account = self.accountability
        return account.planned_meeting if account is not None and account.state == "musdes" else None

    @property
    def afterwards(self) -> list[Document]:
        """What an assembly left to be done: duties, and the ways out where it did not accept."""
        account = self.accountability
        return [*account.follow_ups.all(), *account.remedies.all()] if account is not None else []

    @cached_property
    def shares(self) -> list[JointShare]:
        """The parts of other villages that take part; not for bidders."""
        if self.is_invited:
            return []
        shares = list(
            JointShare.objects.visible_to(self.user).filter(need=self.need).select_related("village", "account_scan")
        )
        for share in shares:
            share.need = self.need  # which has its village at hand
        return shares

    @property
    def documents(self) -> list[Document]:
        """The papers of the order that exist, in their order."""
        found = (self.need, self.sourcing, self.contract, self.accountability)
        return [document for document in found if document is not None]

    @property
    def current(self) -> Document:
        """The document that the order stands at."""
        current = self.documents[-1]
        ended = isinstance(current, Sourcing) and current.state == "failed"
        if isinstance(current, Contract) and current.state == "terminated":
            ended = not self.is_invited  # for its provider the order ends here; the village looks for another
        return self.need if ended else current

    @cached_property
    def own_quotation(self) -> Quotation | None:
        """The offer of a provider that looks at the order."""
        mine = people.providers(self.user)
        return next((quotation for quotation in self.quotations if quotation.provider_id in mine), None)

    @cached_property
    def is_invited(self) -> bool:
        """Is this a provider that was asked? Also where its people hold an office in the village: then they bid."""
        mine = people.providers(self.user)
        return bool(mine) and self.sourcing is not None and self.sourcing.invitations.filter(provider__in=mine).exists()

    @property
    def sentence(self) -> str:
        """Where the order stands, said to this person: a bidder reads what became of its own offer."""
        if isinstance(self.current, Sourcing) and self.is_invited:
            offer, state = self.own_quotation, self.current.state
            if self.owes_a_price:
                return "Desa mengajukan harga. Setujui, atau ajukan harga lain, pada penawaran Anda di bawah."
            if offer is not None and offer.state in ("withdrawn", "disqualified", "lost"):
                return f"{offer.status_sentence} Terima kasih sudah menawarkan; undangan lain akan tampil di sini."
            if offer is not None and state in ("open", "opened", "evaluated"):
                after = (
                    self.current.status_sentence if state == "open" else "Penawaran Anda sedang dievaluasi oleh desa."
                )
                return f"Penawaran Anda sudah terkirim. {after}"
            if offer is None and state in ("opened", "evaluated", "awarded"):
                return "Anda tidak mengirim penawaran untuk paket ini sampai batas waktunya."
        if isinstance(self.current, Accountability) and self.current.state == "payment" and self.running_requests:
            return self.running_requests[0].status_sentence
        return self.current.status_sentence  # type: ignore[attr-defined, no-any-return]

    @property
    def owes_a_price(self) -> bool:
        """Does the village wait for this provider's answer in the price talks?"""
        offer = self.own_quotation
        talking = offer is not None and offer.state == "qualified" and offer.awaits == "provider"
        return talking and self.current.state == "evaluated"

    @property
    def tone(self) -> str:
        """The colour of that sentence: another's award is no good news to a bidder, and no alarm."""
        return "neutral" if self.current.state == "awarded" else self.current.state_tone

    @cached_property
    def invitations(self) -> list[Invitation]:
        """Who was asked or registered; a provider finds itself alone here, never its rivals."""
        if self.sourcing is None:
            return []
        rows = Invitation.objects.visible_to(self.user).filter(sourcing=self.sourcing).order_by("pk")
        return list(rows.select_related("provider", "service", "version__service"))

    @cached_property
    def winner(self) -> Quotation | None:
        """The offer that was chosen; its name and price are no secret any more."""
        if self.sourcing is None or self.sourcing.state != "awarded":
            return None
        return next((each for each in self.quotations if each.state == "won"), None) or self.sourcing.winner

    @cached_property
    def opening_minutes(self) -> OpeningMinutes | None:
        """Who opened the offers, for those who may read all of them."""
        if self.sourcing is None or self.sourcing.opened_at is None:
            return None
        return OpeningMinutes.objects.visible_to(self.user).filter(sourcing=self.sourcing).first()

    @cached_property
    def advice(self) -> str:
        """What the officer may do where a sourcing has no plain way on; empty elsewhere, and for everyone else."""
        if self.sourcing is None or not self.sourcing.officer(self.user):
            return ""
        return self.sourcing.advice

    @property
    def is_over(self) -> bool:
        return self.current.state in ("cancelled", "terminated", "closed", "awarded")  # awarded: to another provider

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

    @cached_property
    def moves(self) -> list[OpenMove]:
        """What this person could do now, over all the order's documents."""
        documents = [*self.documents, *self.running_requests]
        found = [move for document in documents for move in document.open_moves(self.user)]
        return [move for move in found if move.verdict] or self.current.open_moves(self.user)

    def open_moves(self, user: Any) -> list[OpenMove]:
        """As a document has it, so that the page draws the order's buttons alike."""
        return self.moves

    @property
    def is_mine(self) -> bool:
        """Is it this person's turn? The current document, or a payment request, waits for them."""
        current, asked = self.current, [request.pk for request in self.running_requests]
        if asked and PaymentRequest.objects.waiting_for(self.user).filter(pk__in=asked).exists():
            return True
        return type(current)._default_manager.waiting_for(self.user).filter(pk=current.pk).exists()

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The stations for the timeline: done, now, next (or stopped)."""
        at = self.position
        lost = self.current.state == "awarded"  # the contract is another provider's
        stopped = lost or self.current.state in ("cancelled", "terminated")
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
    def position(self) -> int:
        """The number of the station that the order stands at."""
        name = type(self.current)._meta.model_name
        for number, (_, document, states) in enumerate(STATIONS):
            if document == name and self.current.state in states:
                return number
        # cancelled, terminated: the first station of the document
        return next(number for number, (_, document, _) in enumerate(STATIONS) if document == name)

    @property
    def next_label(self) -> str:
        """What comes after the present station."""
        following = self.position + 1
        return STATIONS[following][0] if following < len(STATIONS) and not self.is_over else ""

    @property
    def cautions(self) -> list[Noted]:
        """What somebody went on from with a reason; not for bidders, of whom a sentence may name two."""
        return [] if self.is_invited else noted(self.events)

    @cached_property
    def events(self) -> list[Event]:
        """Everything that happened to the documents this person sees, oldest first."""
        about = Q(pk__in=[])
        terms = [self.terms] if self.terms is not None else []
        seen = [*self.documents, *terms, *self.quotations, *self.payment_requests, *self.meetings, *self.shares]
        for document in [*seen, *self.afterwards]:
            about |= Q(about=document._meta.label_lower, about_id=str(document.pk))
        return list(Event.objects.filter(about).order_by("at", "pk"))

    def panels(self) -> list[SafeString | str]:
        """What the apps above show here."""
        return [html for panel in panels if (html := panel(self, self.user))]
