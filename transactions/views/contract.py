"""The contract's moves."""

from __future__ import annotations

from transactions import forms
from transactions.models import Contract
from transactions.views.moving import OrderMoveView

contract_move = OrderMoveView.as_view(
    model=Contract,
    forms={
        "issue": forms.IssueForm,
        "sign_for_provider": forms.ScanForm,
        "sign_for_village": forms.ScanForm,
        "report_progress": forms.ProgressForm,
        "ask_repair": forms.WhyForm,
        "accept_work": forms.AcceptForm,
        "hand_over": forms.HandOverForm,
        "attach_handover_scan": forms.ScanForm,
        "terminate": forms.WhyForm,
    },
)
