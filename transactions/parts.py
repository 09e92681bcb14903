"""What an order consists of, each part as far as this person may see it; asked for when it is first needed."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from accounts import people
from core.models import Document, Event
from transactions import sparse
from transactions.models import (
    Accountability,
    Addendum,
    AgendaItem,
    Contract,
    DuePostponement,
    EvaluationMinutes,
    FollowUp,
    Inspection,
    Invitation,
    JointShare,
    Meeting,
    Method,
    Need,
    NegotiationStep,
    OpeningMinutes,
    Payment,
    PaymentRequest,
    ProgressPhoto,
    ProgressReport,
    Quotation,
    QuotationItem,
    QuotationPaper,
    Remedy,
    Sourcing,
    Termin,
    Terms,
    TrainingPhoto,
    TrainingSession,
)


def of_contract() -> dict[str, QuerySet[Any]]:
    """What may hang on a contract and its accountability, by the relation, with all that the page shows of it."""
    photos = Prefetch("photos", ProgressPhoto.objects.select_related("file"))
    pictures = Prefetch("photos", TrainingPhoto.objects.select_related("file"))
    return {
        "progress": ProgressReport.objects.prefetch_related(photos),
        "termins": Termin.objects.all(),
        "inspections": Inspection.objects.all(),
        "sessions": TrainingSession.objects.select_related("material", "attendance").prefetch_related(pictures),
        "addenda": Addendum.objects.select_related("provider_scan", "village_scan"),
        "accountability.follow_ups": FollowUp.objects.select_related("proof", "village"),
        "accountability.remedies": Remedy.objects.select_related("village"),
        "accountability.postponements": DuePostponement.objects.select_related("by"),
    }


def with_work_done(need: Need) -> Any:
    """Contracts of a need that ended when part of the work was done, which is owed."""
    return Contract.objects.filter(sourcing__need=need, state="terminated", termination_percent__gt=0)


class Parts:
    """One need and all that came of it."""

    def __init__(self, need: Need, user: Any) -> None:
        self.need, self.user = need, user

    # --- sourcing ---------------------------------------------------------------------------------
    @cached_property
    def sourcing(self) -> Sourcing | None:
        """The sourcing that runs or ran last."""
        of_it = {"sourcing": OuterRef("pk")}
        asked = Invitation.objects.filter(provider__in=people.providers(self.user), **of_it)
        rows = Sourcing.objects.visible_to(self.user).filter(need=self.need).order_by("-pk")
        rows = sparse.noting(rows, "need.shares").annotate(
            is_asked=Exists(asked),
            opening_is_theirs=Exists(OpeningMinutes.objects.visible_to(self.user).filter(**of_it)),
            evaluation_is_theirs=Exists(EvaluationMinutes.objects.visible_to(self.user).filter(**of_it)),
            follows_another=Exists(with_work_done(self.need).exclude(sourcing=OuterRef("pk"))),
        )
        found: Sourcing | None = rows.select_related("rule", "minutes", "evaluation_minutes").first()
        if found is not None:
            found.need = self.need  # which has its village at hand
        return found

    @cached_property
    def is_invited(self) -> bool:
        """Is this a provider that was asked? Also where its people hold an office in the village: then they bid."""
        return self.sourcing is not None and self.sourcing.is_asked  # type: ignore[attr-defined, no-any-return]

    @property
    def opening_minutes(self) -> OpeningMinutes | None:
        """Who opened the offers, for those who may read all of them."""
        sourcing: Any = self.sourcing
        return sourcing.minutes if sourcing is not None and sourcing.opening_is_theirs else None

    @property
    def evaluation_minutes(self) -> EvaluationMinutes | None:
        """The number and day of the evaluation's minutes, for the village and its overseers."""
        sourcing: Any = self.sourcing
        return sourcing.evaluation_minutes if sourcing is not None and sourcing.evaluation_is_theirs else None

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
    def registered(self) -> list[Invitation]:
        """Who takes part in a tender, as far as this person may know: each registered itself."""
        is_tender = self.sourcing is not None and self.sourcing.method == Method.TENDER
        return self.invitations if is_tender else []

    @cached_property
    def invitations(self) -> list[Invitation]:
        """Who was asked or registered; a provider finds itself alone here, never its rivals."""
        if self.sourcing is None:
            return []
        rows = Invitation.objects.visible_to(self.user).filter(sourcing=self.sourcing).order_by("pk")
        return list(rows.select_related("provider", "service", "version__service"))

    @cached_property
    def quotations(self) -> list[Quotation]:
        """Readable ones: one's own, and after the opening all."""
        if self.sourcing is None:
            return []
        rows = Quotation.objects.visible_to(self.user).filter(sourcing=self.sourcing)
        rows = rows.select_related("provider", "attachment", "sourcing__need__village", "evaluation")
        found = list(sparse.noting(rows, "items", "papers", "steps"))
        sparse.fetch(
            found,
            {
                "items": QuotationItem.objects.all(),
                "papers": QuotationPaper.objects.select_related("file"),
                "steps": NegotiationStep.objects.all(),
            },
        )
        return found

    @cached_property
    def own_quotation(self) -> Quotation | None:
        """The offer of a provider that looks at the order."""
        mine = people.providers(self.user)
        return next((quotation for quotation in self.quotations if quotation.provider_id in mine), None)

    @cached_property
    def winner(self) -> Quotation | None:
        """The offer that was chosen; its name and price are no secret any more."""
        if self.sourcing is None or self.sourcing.state != "awarded":
            return None
        return next((each for each in self.quotations if each.state == "won"), None) or self.sourcing.winner

    # --- contract and money -----------------------------------------------------------------------
    @cached_property
    def contract(self) -> Contract | None:
        """The contract of the last award, with its papers and all that an assembly left to be done."""
        if self.sourcing is None:
            return None
        rows = Contract.objects.visible_to(self.user).filter(sourcing=self.sourcing).order_by("-pk")
        rows = rows.select_related(
            "provider", "village", "quotation", "sourcing__need", "accountability",
            "provider_scan", "village_scan", "handover_scan", "head_handover_scan",
        )  # fmt: skip
        related = of_contract()
        found: list[Contract] = list(sparse.noting(rows, *related)[:1])
        sparse.fetch(found, related)
        return found[0] if found else None

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
    def former(self) -> list[Contract]:
        """The contracts of earlier sourcings that ended when part of the work was done."""
        sourcing: Any = self.sourcing
        if sourcing is None or not sourcing.follows_another:
            return []
        rows = with_work_done(self.need).exclude(sourcing=sourcing).visible_to(self.user)
        return list(rows.select_related("provider", "village", "sourcing__need").order_by("pk"))

    @cached_property
    def former_requests(self) -> list[PaymentRequest]:
        """Their SPPs."""
        if not self.former:
            return []
        rows = PaymentRequest.objects.visible_to(self.user).filter(contract__in=self.former)
        return list(rows.select_related("payment__proof", "contract__village", "contract__sourcing__need"))

    @cached_property
    def bare_payments(self) -> list[Payment]:
        """Payments recorded before there were requests."""
        if self.contract is None or self.payment_requests:
            return []
        return list(self.contract.payments.filter(request=None).select_related("proof"))

    # --- before the village -----------------------------------------------------------------------
    @property
    def accountability(self) -> Accountability | None:
        """Whoever sees a contract sees its accountability (both say who in their `visible_to`; a test compares)."""
        return getattr(self.contract, "accountability", None)

    @cached_property
    def hearings(self) -> list[AgendaItem]:
        """What each assembly that hears it had and decided of this order, the last one first."""
        account = self.accountability
        if account is None or account.state == "payment":
            return []
        seen = Meeting.objects.visible_to(self.user)
        wholly = Meeting.objects.wholly_for(self.user).filter(pk=OuterRef("meeting"))
        rows = AgendaItem.objects.filter(accountability=account, meeting__in=seen)
        rows = rows.annotate(is_wholly_theirs=Exists(wholly))
        return list(rows.select_related("meeting__village").order_by("-meeting__held_on", "-meeting"))

    @property
    def meetings(self) -> list[Meeting]:
        """The assemblies that heard or will hear it, the last one first."""
        return [item.meeting for item in self.hearings]

    @property
    def planned(self) -> Meeting | None:
        """The assembly that is planned for it; its provider learns the day here."""
        account = self.accountability
        return account.planned_meeting if account is not None and account.state == "musdes" else None

    @cached_property
    def shares(self) -> list[JointShare]:
        """The parts of other villages that take part; not for bidders."""
        if self.is_invited or (self.sourcing is not None and not sparse.has(self.sourcing, "need.shares")):
            return []
        rows = JointShare.objects.visible_to(self.user).filter(need=self.need)
        shares = list(rows.select_related("village", "account_scan"))
        for share in shares:
            share.need = self.need  # which has its village at hand
        return shares

    # --- all of them ------------------------------------------------------------------------------
    @property
    def documents(self) -> list[Document]:
        """The papers of the order that exist, in their order."""
        found = (self.need, self.sourcing, self.contract, self.accountability)
        return [document for document in found if document is not None]

    @cached_property
    def events(self) -> list[Event]:
        """Everything that happened to the documents this person sees, oldest first."""
        account, about = self.accountability, Q(pk__in=[])
        terms = [self.terms] if self.terms is not None else []
        afterwards = [*account.follow_ups.all(), *account.remedies.all()] if account is not None else []
        seen = [*self.documents, *terms, *self.registered, *self.quotations, *self.payment_requests, *self.meetings]
        for document in [*seen, *self.shares, *afterwards]:
            about |= Q(about=document._meta.label_lower, about_id=str(document.pk))
        return list(Event.objects.filter(about).order_by("at", "pk"))
