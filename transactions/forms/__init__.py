"""Forms of the order: each asks for what one step needs."""

from transactions.forms.contract import AcceptForm, HandOverForm, IssueForm, PaymentForm, ProgressForm, ScanForm
from transactions.forms.meeting import AmendMeetingForm, AttachForm, DecideForm, MeetingFields, MeetingForm
from transactions.forms.need import AgreeForm, AmendNeedForm, BudgetForm, NeedFields, NeedForm, OrderFilterForm, WhyForm
from transactions.forms.sourcing import (
    AmendSourcingForm,
    AwardForm,
    DeadlineField,
    DeadlineForm,
    EvaluateForm,
    NegotiateForm,
    QuotationFields,
    QuotationForm,
    ReviseForm,
    SourcingFields,
    SourcingForm,
)

__all__ = [
    "AcceptForm",
    "AgreeForm",
    "AmendMeetingForm",
    "AmendNeedForm",
    "AmendSourcingForm",
    "AttachForm",
    "AwardForm",
    "BudgetForm",
    "DeadlineField",
    "DeadlineForm",
    "DecideForm",
    "EvaluateForm",
    "HandOverForm",
    "IssueForm",
    "MeetingFields",
    "MeetingForm",
    "NeedFields",
    "NeedForm",
    "NegotiateForm",
    "OrderFilterForm",
    "PaymentForm",
    "ProgressForm",
    "QuotationFields",
    "QuotationForm",
    "ReviseForm",
    "ScanForm",
    "SourcingFields",
    "SourcingForm",
    "WhyForm",
]
