"""Writing down a need, and its moves."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from accounts import people
from catalog.models import Service
from transactions import forms
from transactions.forms.year_end import CarryOverForm
from transactions.models import Need
from transactions.views.making import form_page, made
from transactions.views.moving import OrderMoveView


def need_new(request: HttpRequest) -> HttpResponse:
    """Write down what the village needs; from a service's page its title and category are there already."""
    if not people.holds(request.user, *Need.DRAFTERS, *Need.HELPERS):
        raise PermissionDenied(
            "Kebutuhan dicatat oleh operator, Kasi/Kaur, atau Sekretaris Desa yang sudah terverifikasi."
        )
    service = Service.objects.open().filter(code=request.GET.get("layanan", "")[:16]).first()
    initial = (
        {"title": service.title, "category": service.category_id, "unit": service.get_unit_display()} if service else {}
    )
    if service:
        initial["estimate"] = service.price
    form = forms.NeedForm(request.POST or None, user=request.user, initial=initial, instance=Need(service=service))
    if done := made(
        request, form, lambda: identified(form, request), "Kebutuhan tercatat.", "Kebutuhan ini sudah tercatat."
    ):
        return done
    return form_page(
        request,
        form,
        title="Catat kebutuhan",
        submit="Simpan kebutuhan",
        cancel="orders",
        autosave="kebutuhan-baru",
    )


def identified(form: forms.NeedForm, request: HttpRequest) -> Need:
    need = form.save(commit=False)
    need.identify(by=request.user)
    return need


need_move = OrderMoveView.as_view(
    model=Need,
    forms={
        "amend": forms.AmendNeedForm,
        "agree": forms.AgreeForm,
        "place_in_plan": forms.PlaceForm,
        "budget": forms.BudgetForm,
        "cancel": forms.WhyForm,
        "carry_over": CarryOverForm,
    },
)
