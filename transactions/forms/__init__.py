"""Forms of the order: each asks for what one step needs."""

from transactions.forms.activity import (
    ActivityFilterForm,
    ActivityForm,
    ActivityImportForm,
    AmendActivityForm,
    AnnouncementForm,
    ApplyImportForm,
)
from transactions.forms.contract import AcceptForm, HandOverForm, IssueForm, ProgressForm, ScanForm
from transactions.forms.evaluation import EvaluateForm
from transactions.forms.meeting import AmendMeetingForm, AttachForm, DecideForm, MeetingFields, MeetingForm
from transactions.forms.need import (
    AgreeForm,
    AmendNeedForm,
    BudgetForm,
    NeedFields,
    NeedForm,
    OrderFilterForm,
    PlaceForm,
    WhyForm,
)
from transactions.forms.payment import BillForm, CheckForm, CompletePapersForm, PaymentForm, PaymentRequestForm
from transactions.forms.quotation import MinuteForm, NegotiateForm, OfferFields, QuotationForm, ReviseForm, TalkForm
from transactions.forms.sourcing import (
    AmendSourcingForm,
    AwardForm,
    DeadlineField,
    DeadlineForm,
    SourcingFields,
    SourcingForm,
)
from transactions.forms.terms import AmendTermsForm, PriceForm, TermsForm

__all__ = [
    "AcceptForm",
    "ActivityFilterForm",
    "ActivityForm",
    "ActivityImportForm",
    "AgreeForm",
    "AmendActivityForm",
    "AmendMeetingForm",
    "AmendNeedForm",
    "AmendSourcingForm",
    "AmendTermsForm",
    "AnnouncementForm",
    "ApplyImportForm",
    "AttachForm",
    "AwardForm",
    "BillForm",
    "BudgetForm",
    "CheckForm",
    "CompletePapersForm",
    "DeadlineField",
    "DeadlineForm",
    "DecideForm",
    "EvaluateForm",
    "HandOverForm",
    "IssueForm",
    "MeetingFields",
    "MeetingForm",
    "MinuteForm",
    "NeedFields",
    "NeedForm",
    "NegotiateForm",
    "OfferFields",
    "OrderFilterForm",
    "PaymentForm",
    "PaymentRequestForm",
    "PlaceForm",
    "PriceForm",
    "ProgressForm",
    "QuotationForm",
    "ReviseForm",
    "ScanForm",
    "SourcingFields",
    "SourcingForm",
    "TalkForm",
    "TermsForm",
    "WhyForm",
]
