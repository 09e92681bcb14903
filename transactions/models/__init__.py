"""An order is four documents: the need, its sourcing, the contract, and the accountability."""

from transactions.models.accountability import Accountability, Payment, PaymentTax
from transactions.models.contract import Contract, ProgressPhoto, ProgressReport
from transactions.models.meeting import Attendance, Element, FollowUp, Meeting, MeetingPhoto, MeetingQuestion
from transactions.models.need import Funding, Need
from transactions.models.price import PriceReference, TrackRecord
from transactions.models.quotation import Invitation, Quotation
from transactions.models.rule import Method, ProcurementRule, TaxRate
from transactions.models.shortlist import Shortlisted
from transactions.models.sourcing import Sourcing

__all__ = [
    "Accountability",
    "Attendance",
    "Contract",
    "Element",
    "FollowUp",
    "Funding",
    "Invitation",
    "Meeting",
    "MeetingPhoto",
    "MeetingQuestion",
    "Method",
    "Need",
    "Payment",
    "PaymentTax",
    "PriceReference",
    "ProcurementRule",
    "ProgressPhoto",
    "ProgressReport",
    "Quotation",
    "Shortlisted",
    "Sourcing",
    "TaxRate",
    "TrackRecord",
]
