"""The page that shows a personal number: it asks why, keeps the answer, and shows the number once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from core.models import PersonalView
from core.personal import KINDS, look, masked_field
from core.validators import validate_single_line


class WhyForm(forms.Form):
    """Why somebody needs the whole number: one of a fixed list, and words where that does not say enough."""

    reason = forms.ChoiceField(
        label="Mengapa Anda memerlukan nomor ini?", choices=PersonalView.Why.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label="Penjelasan",
        required=False,
        max_length=300,
        validators=[validate_single_line],
        help_text="Wajib diisi bila memilih “Alasan lain”. Jangan menulis nomornya di sini.",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("reason") == PersonalView.Why.OTHER and not data.get("note") and "note" not in self.errors:
            self.add_error("note", "Tulis alasannya.")
        return data


@never_cache
@sensitive_variables("number")
@require_http_methods(["GET", "HEAD", "POST"])
def personal_number(request: HttpRequest, kind: str, code: str, field: str) -> HttpResponse:
    """GET asks the reason; POST keeps it as one row and shows the number, on a page that no cache keeps."""
    known = KINDS.get(kind)
    if known is None or field not in known.fields:
        raise Http404
    thing = get_object_or_404(known.readers(request.user), code=code)
    if not known.fields[field].value(thing):
        raise Http404
    verdict = known.may(request.user, thing)
    form = WhyForm(request.POST or None)
    number = ""
    if verdict and request.method == "POST" and form.is_valid():
        number = look(kind, thing, field, by=request.user, **form.cleaned_data)
    context = {
        "form": form,
        "number": number,
        "masked": masked_field(kind, thing, field, request.user),
        "name": known.name(thing),
        "refusal": verdict.reason,
        "open": bool(verdict),
        "back": safe_back(request),
    }
    status = 403 if not verdict else 422 if form.errors else 200
    return render(request, "core/personal_number.html", context, status=status)


def safe_back(request: HttpRequest) -> str:
    """Where the person came from, if that is a page of ours; else what waits for them."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    hosts = {request.get_host()}
    if asked.startswith("/") and url_has_allowed_host_and_scheme(asked, hosts, require_https=request.is_secure()):
        return asked
    return reverse("todo")
