"""An order is four documents: the need, its sourcing, the contract, and the accountability."""

from transactions.models.accountability import Accountability
from transactions.models.activity import Activity, Commitment, Field
from transactions.models.activity_import import ActivityImport
from transactions.models.addendum import Addendum
from transactions.models.agenda import AgendaItem, Decision, Opinion
from transactions.models.assembly import Attendance, Element, MeetingPhoto, MeetingPostponement, MeetingQuestion
from transactions.models.bundle import Bundle
from transactions.models.carrying import CarryOver, YearEndCall
from transactions.models.conditions import Cause, Conditions, Kind
from transactions.models.contract import Contract
from transactions.models.due import DuePostponement
from transactions.models.duty import FollowUp, Responsible
from transactions.models.evaluation import Evaluation, EvaluationMinutes, Judgement
from transactions.models.holding import Duty
from transactions.models.inspection import Inspection
from transactions.models.item import Item
from transactions.models.joint import JointPurchase, JointShare
from transactions.models.meeting import Meeting
from transactions.models.need import Funding, Need, Origin
from transactions.models.negotiation import NegotiationStep
from transactions.models.offer import Paper, QuotationItem, QuotationPaper
from transactions.models.opening import OpeningMinutes
from transactions.models.payment import Payment, PaymentTax
from transactions.models.payment_request import PaymentRequest
from transactions.models.plan import ProcurementPlan
from transactions.models.price import PriceReference, TrackRecord
from transactions.models.progress import ProgressPhoto, ProgressReport, TrainingPhoto, TrainingSession
from transactions.models.publication import Publication
from transactions.models.quotation import Invitation, Quotation
from transactions.models.remedy import Remedy, RemedyStep
from transactions.models.rule import Method, ProcurementRule
from transactions.models.shortlist import Shortlisted
from transactions.models.sourcing import Sourcing
from transactions.models.stage import OrderStage, Stage
from transactions.models.tax_rate import TaxRate, Work
from transactions.models.tender import TenderQuestion
from transactions.models.termin import Termin
from transactions.models.terms import Terms

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
