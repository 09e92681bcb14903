"""Villages that buy together: inviting, and each village's own steps."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from core.formats import rupiah
from transactions.forms import joint as forms
from transactions.models import JointShare, Need
from transactions.models.planning.joint import OUT
from transactions.order import Order
from transactions.views.making import form_page, made, refuse_page
from transactions.views.moving import OrderMoveView


def share_new(request: HttpRequest, code: str) -> HttpResponse:
    """The lead village asks another one to bear a part."""
    rows = Need.objects.visible_to(request.user).select_related("village")
    need = get_object_or_404(rows, code=code)
    refuse_page(JointShare(need=need, village=need.village).may_create(request.user))
    form = forms.JointForm(request.POST or None, user=request.user, need=need)
    said = "Desa itu diundang dan diberi tahu.", "Desa itu sudah diundang."
    if done := made(request, form, lambda: invited(form, request), *said):
        return done
    return form_page(
        request,
        form,
        title="Ajak desa lain",
        kicker=need.title,
        lead=f"Pagu {need.village.label}: {rupiah(need.ceiling) if need.ceiling else 'belum dianggarkan'}. Desa peserta "
        "memutuskan dalam Musdesnya sendiri dan menganggarkan bagiannya sendiri.",
        submit="Kirim ajakan",
        cancel=need,
        autosave=f"desa-peserta-{need.code}",
    )


def invited(form: forms.JointForm, request: HttpRequest) -> JointShare:
    share = form.save(commit=False)
    share.invite(by=request.user)
    return share  # type: ignore[no-any-return]


share_move = OrderMoveView.as_view(
    model=JointShare,
    forms={
        "agree": forms.AgreeForm,
        "budget": forms.ShareBudgetForm,
        "account": forms.AccountForm,
        "refuse": forms.RefuseForm,
        "decline": forms.WhyForm,
        "withdraw": forms.WhyForm,
    },
)


OWN_STEPS = ("agree", "budget", "account")


def joint_of(whole: Order) -> dict[str, Any]:
    """The villages of the order and their parts, and whether more may be asked; nothing for bidders."""
    need, shares = whole.need, whole.shares
    may_invite = (
        not whole.is_invited
        and need.state in ("agreed", "budgeted")
        and (whole.sourcing is None or whole.sourcing.state == "failed")
        and bool(JointShare(need=need, village=need.village).may_create(whole.user))
    )
    if not shares and not may_invite:
        return {}
    for share in shares:
        share.buttons = [move for move in share.open_moves(whole.user) if move.verdict]  # type: ignore[attr-defined]
    asked = (share for share in shares if any(move.verb in OWN_STEPS for move in share.buttons))  # type: ignore[attr-defined]
    living = [share for share in shares if share.state not in OUT]
    value = whole.contract.value if whole.contract is not None and whole.contract.state != "terminated" else None
    return {
        "shares": shares,
        "lead_value": value - sum(share.value or 0 for share in living) if value is not None and living else None,
        "whole_ceiling": need.ceiling and need.ceiling + sum(share.ceiling for share in living),
        "asked": next(asked, None),
        "may_invite": may_invite,
    }
