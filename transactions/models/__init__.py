"""An order is four documents: the need, its sourcing, the contract, and the accountability."""

from transactions.models.bundle import Bundle
from transactions.models.contract.addendum import Addendum
from transactions.models.contract.conditions import Cause, Conditions, Kind
from transactions.models.contract.contract import Contract
from transactions.models.contract.inspection import Inspection
from transactions.models.contract.progress import ProgressPhoto, ProgressReport, TrainingPhoto, TrainingSession
from transactions.models.contract.termin import Termin
from transactions.models.musdes.accountability import Accountability
from transactions.models.musdes.agenda import AgendaItem, Decision, Opinion
from transactions.models.musdes.assembly import Attendance, Element, MeetingPhoto, MeetingPostponement, MeetingQuestion
from transactions.models.musdes.due import DuePostponement
from transactions.models.musdes.duty import FollowUp, Responsible
from transactions.models.musdes.holding import Duty
from transactions.models.musdes.meeting import Meeting
from transactions.models.musdes.remedy import Remedy, RemedyStep
from transactions.models.payment.payment import Payment, PaymentTax
from transactions.models.payment.payment_request import PaymentRequest
from transactions.models.payment.tax_rate import TaxRate, Work
from transactions.models.planning.activity import Activity, Commitment, Field
from transactions.models.planning.activity_import import ActivityImport
from transactions.models.planning.carrying import CarryOver, YearEndCall
from transactions.models.planning.joint import JointPurchase, JointShare
from transactions.models.planning.need import Funding, Need, Origin
from transactions.models.planning.plan import ProcurementPlan
from transactions.models.price import PriceReference, TrackRecord
from transactions.models.publication import Publication
from transactions.models.rule import Method, ProcurementRule
from transactions.models.sourcing.evaluation import Evaluation, EvaluationMinutes, Judgement
from transactions.models.sourcing.item import Item
from transactions.models.sourcing.negotiation import NegotiationStep
from transactions.models.sourcing.offer import Paper, QuotationItem, QuotationPaper
from transactions.models.sourcing.opening import OpeningMinutes
from transactions.models.sourcing.quotation import Invitation, Quotation
from transactions.models.sourcing.shortlist import Shortlisted
from transactions.models.sourcing.sourcing import Sourcing
from transactions.models.sourcing.tender import TenderQuestion
from transactions.models.sourcing.terms import Terms
from transactions.models.stage import OrderStage, Stage

__all__ = [
    "Accountability",
    "Activity",
    "ActivityImport",
    "Addendum",
    "AgendaItem",
    "Attendance",
    "Bundle",
    "CarryOver",
    "Cause",
    "Commitment",
    "Conditions",
    "Contract",
    "Decision",
    "DuePostponement",
    "Duty",
    "Element",
    "Evaluation",
    "EvaluationMinutes",
    "Field",
    "FollowUp",
    "Funding",
    "Inspection",
    "Invitation",
    "Item",
    "JointPurchase",
    "JointShare",
    "Judgement",
    "Kind",
    "Meeting",
    "MeetingPhoto",
    "MeetingPostponement",
    "MeetingQuestion",
    "Method",
    "Need",
    "NegotiationStep",
    "OpeningMinutes",
    "Opinion",
    "OrderStage",
    "Origin",
    "Paper",
    "Payment",
    "PaymentRequest",
    "PaymentTax",
    "PriceReference",
    "ProcurementPlan",
    "ProcurementRule",
    "ProgressPhoto",
    "ProgressReport",
    "Publication",
    "Quotation",
    "QuotationItem",
    "QuotationPaper",
    "Remedy",
    "RemedyStep",
    "Responsible",
    "Shortlisted",
    "Sourcing",
    "Stage",
    "TaxRate",
    "TenderQuestion",
    "Termin",
    "Terms",
    "TrackRecord",
    "TrainingPhoto",
    "TrainingSession",
    "Work",
    "YearEndCall",
]
