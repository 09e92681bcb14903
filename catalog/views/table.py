"""A provider's services as a workbook: template, export, and import in two steps."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts import people
from accounts.models import Provider, Role
from catalog.forms.service import ProviderChoiceForm
from catalog.tables import workbook
from catalog.tables.workbook import ServiceTable, counts, mark_of, sheet_of
from core.clock import today
from core.forms import UploadField
from core.models import SheetUpload
from core.once import OnceForm, once
from core.sheets import MAX_BYTES, Sheet
from core.spreadsheet import XLSX
from core.workflow import TransitionRefused

ROWS = 50  # of the dry run on one page
OUTCOMES = (("salah", "Perlu diperbaiki"), ("baru", "Baru"), ("berubah", "Berubah"), ("tetap", "Tetap"))


class SheetField(UploadField):
    """A workbook of ours, filled in. Gives what was read of it, and its name."""

    accept = ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    kinds = "Berkas Excel (.xlsx) dari templat atau dari unduhan layanan Anda"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_bytes=MAX_BYTES, **kwargs)
        self.provider: Any = None  # set by the form

    def judge(self, upload: Any) -> Any:
        return sheet_of(upload, self.provider), upload.name or "tabel.xlsx"


class TableForm(OnceForm, forms.Form):
    """The workbook that is sent."""

    table = SheetField(label="Tabel layanan")

    def __init__(self, *args: Any, provider: Provider, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.provider = provider
        self.fields["table"].provider = provider  # type: ignore[attr-defined]

    def keep(self) -> ServiceTable:
        """What was read waits for the person's word."""
        sheet: Sheet
        sheet, name = self.cleaned_data["table"]
        kept = SheetUpload.objects.keep(sheet, kind=workbook.KIND, about=self.provider.code, name=name, by=self.user)
        return ServiceTable(kept)


class ConfirmForm(OnceForm, forms.Form):
    """The person has seen what it would do."""

    mark = forms.CharField(widget=forms.HiddenInput, max_length=64)


def own_provider(request: HttpRequest) -> Provider | None:
    """The provider meant: the one asked for, or the only one; None where it has to be chosen."""
    if not people.holds(request.user, Role.PROVIDER):
        raise PermissionDenied("Halaman ini untuk penyedia.")
    own = list(Provider.objects.of(request.user))
    choice = ProviderChoiceForm(request.GET or None, user=request.user)
    if choice.is_valid():
        return choice.cleaned_data["penyedia"]
    return own[0] if len(own) == 1 else None


def choose_provider(request: HttpRequest, title: str) -> HttpResponse:
    form = ProviderChoiceForm(request.GET or None, user=request.user)
    context = {"form": form, "providers": Provider.objects.of(request.user), "title": title}
    return render(request, "catalog/service_for.html", context)


@require_safe
def services_template(request: HttpRequest) -> HttpResponse:
    """An empty workbook with its instructions."""
    provider = own_provider(request)
    if provider is None:
        return choose_provider(request, "Templat layanan")
    return _workbook(workbook.template(provider), "templat-layanan")


@require_safe
def services_export(request: HttpRequest) -> HttpResponse:
    """One's services as a workbook that may be brought back."""
    provider = own_provider(request)
    if provider is None:
        return choose_provider(request, "Unduh layanan")
    return _workbook(workbook.export(provider), f"layanan-{provider.code}")


@require_http_methods(["GET", "HEAD", "POST"])
def services_import(request: HttpRequest) -> HttpResponse:
    """First step: send the workbook. Nothing is changed by it."""
    provider = own_provider(request)
    if provider is None:
        return choose_provider(request, "Impor layanan")
    posted = request.method == "POST"
    form = TableForm(request.POST if posted else None, request.FILES if posted else None, provider=provider, user=request.user)  # fmt: skip
    if posted and form.is_valid():
        url, _ = once(form, form.keep)
        return redirect(url)
    several = f"?penyedia={provider.code}" if request.GET.get("penyedia") else ""
    context = {"form": form, "provider": provider, "query": several, "most": workbook.MOST}
    return render(request, "catalog/services_import.html", context, status=422 if form.errors else 200)


def own_table(request: HttpRequest, code: str) -> ServiceTable:
    """The table this person has sent, as long as they work for its provider."""
    upload = get_object_or_404(SheetUpload.objects.visible_to(request.user), code=code, kind=workbook.KIND)
    get_object_or_404(Provider.objects.of(request.user), code=upload.about)
    return ServiceTable(upload)


@require_http_methods(["GET", "HEAD", "POST"])
def services_import_check(request: HttpRequest, code: str) -> HttpResponse:
    """Second step: what each row would do; then all of it, or nothing."""
    table = own_table(request, code)
    form = ConfirmForm(request.POST if request.method == "POST" else None, user=request.user)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            url, new = once(form, lambda: table.apply(by=request.user, mark=form.cleaned_data["mark"]))
        except TransitionRefused as stopped:
            refusal = stopped.reason
        else:
            if new:
                messages.success(request, "Tabel layanan tersimpan.")
            return redirect(url)
    if table.upload.applied_at:
        return render(request, "catalog/services_import_done.html", {"table": table, "result": table.upload.result})
    rows = table.judge()
    context = _shown(request, table, rows) | {
        "refusal": refusal or " ".join(map(str, form.errors.get("submit_key", [])))
    }
    context["form"] = ConfirmForm(initial={"mark": mark_of(rows)}, user=request.user)
    return render(request, "catalog/services_import_check.html", context, status=409 if context["refusal"] else 200)


def _shown(request: HttpRequest, table: ServiceTable, rows: list[Any]) -> dict[str, Any]:
    number = counts(rows)
    wanted = request.GET.get("tampil", "")
    wanted = wanted if number.get(wanted) else ""
    here = table.get_absolute_url()
    tabs = [("", "Semua", here, len(rows))]
    tabs += [(key, name, f"{here}?tampil={key}", number[key]) for key, name in OUTCOMES if number[key]]
    chosen = [row for row in rows if not wanted or row.outcome == wanted]
    return {
        "table": table,
        "upload": table.upload,
        "number": number,
        "tabs": tabs,
        "wanted": wanted,
        "page": Paginator(chosen, ROWS).get_page(request.GET.get("hal")),
        "may_apply": not number["salah"] and bool(number["baru"] + number["berubah"]),
        "again": f"{reverse('services-import')}?penyedia={table.provider.code}",
    }


@require_safe
def services_import_remarks(request: HttpRequest, code: str) -> HttpResponse:
    """The rows that need mending, as a workbook that says what."""
    table = own_table(request, code)
    return _workbook(workbook.remarks(table, table.judge()), "perbaikan-layanan")


def _workbook(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}-{today():%Y-%m-%d}.xlsx"'
    return response
