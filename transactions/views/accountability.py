"""The accountability's moves."""

from __future__ import annotations

from transactions import forms
from transactions.models import Accountability
from transactions.views.moving import OrderMoveView

accountability_move = OrderMoveView.as_view(model=Accountability, forms={"postpone_due": forms.PostponeForm})
