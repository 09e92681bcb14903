"""The rules of buying at the desk: a regency's office writes its own, from a day on. What stands is never changed."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts import people
from accounts.admin_site import ScopedAdmin, site
from accounts.models import Role
from core.clock import local_today, today
from core.formats import rupiah
from regions.models import Area, Level
from transactions.models import Paper, ProcurementRule, TaxRate

WRITERS = (Role.REGENCY_OFFICE, Role.MINISTRY)


def regencies(user: Any) -> QuerySet[Area]:
    """Where this person may write a rule."""
    return Area.objects.within(people.territories(user, *WRITERS)).filter(level=Level.REGENCY).order_by("code")


YEAR = 365


class RuleForm(forms.ModelForm):
    """A decree from its first day on, today at the earliest. No sourcing that runs learns of a new rule."""

    offer_papers = forms.TypedMultipleChoiceField(
        label="Berkas yang wajib dalam setiap penawaran",
        choices=Paper.choices,
        required=False,
        empty_value=None,
        widget=forms.CheckboxSelectMultiple,
        help_text="Tanpa pilihan: keempat berkas diminta, dan yang kurang dinilai pada evaluasi administrasi.",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        regency, since = data.get("regency"), data.get("valid_from")
        if regency and since and since < local_today(regency):
            self.add_error("valid_from", "Aturan berlaku paling cepat hari ini.")
        low, high = data.get("direct_limit"), data.get("quotation_limit")
        if low is not None and high is not None and high <= low:
            self.add_error("quotation_limit", "Batas ini harus di atas batas pembelian langsung.")
        if data.get("min_invitations") == 0:
            self.add_error("min_invitations", ValidationError("Sedikitnya satu penyedia diundang."))
        for name, longest in (("tender_days", YEAR), ("min_hours", YEAR * 24)):
            if (data.get(name) or 0) > longest:  # no deadline lies further ahead
                self.add_error(name, ValidationError(f"Paling lama {longest}, yaitu satu tahun."))
        days, hours = data.get("tender_days"), data.get("question_hours")
        if days is not None and hours is not None and hours > days * 24:
            self.add_error("question_hours", ValidationError("Waktu bertanya tidak lebih lama dari pengumuman lelang."))
        return data


@admin.register(ProcurementRule, site=site)
class ProcurementRuleAdmin(ScopedAdmin):
    """Added, never changed or deleted: another decree is another row."""

    form = RuleForm
    fields = (
        "regency",
        "basis",
        "valid_from",
        "direct_limit",
        "quotation_limit",
        "min_invitations",
        "min_hours",
        "tender_days",
        "question_hours",
        "two_openers",
        "offer_papers",
        "agreement_from",
        "fine_permille",
        "fine_cap_percent",
    )
    list_display = ("basis", "where", "valid_from", "direct", "quotation", "min_invitations", "min_hours")
    ordering = ("-valid_from", "-pk")

    @admin.display(description="kabupaten/kota")
    def where(self, rule: ProcurementRule) -> str:
        return str(rule.regency.label) if rule.regency else "Nasional (contoh)"

    AS_READ = {  # in place of the bare value
        "regency": "where",
        "direct_limit": "direct",
        "quotation_limit": "quotation",
        "offer_papers": "papers",
        "agreement_from": "agreement",
    }

    def get_fieldsets(self, request: HttpRequest, obj: ProcurementRule | None = None) -> Any:
        """What is typed for a new rule; one that stands is read, and replaced by another."""
        if obj is None:
            return [(None, {"fields": self.fields})]
        fields = [self.AS_READ.get(name, name) for name in self.fields]
        said = "Aturan tidak diubah. Untuk Perbup yang baru, tambahkan aturan dengan tanggal berlakunya sendiri."
        return [(None, {"fields": fields, "description": said})]

    @admin.display(description="berkas yang wajib dalam setiap penawaran")
    def papers(self, rule: ProcurementRule) -> str:
        if rule.offer_papers is None:
            return "Keempat berkas diminta; yang kurang dinilai pada evaluasi administrasi"
        return ", ".join(str(Paper(key).label) for key in rule.offer_papers) or "Tidak ada"

    @admin.display(description="surat perjanjian mulai nilai")
    def agreement(self, rule: ProcurementRule) -> str:
        return "Hanya untuk lelang" if rule.agreement_from is None else rupiah(rule.agreement_from)

    @admin.display(description="pembelian langsung sampai")
    def direct(self, rule: ProcurementRule) -> str:
        return rupiah(rule.direct_limit)

    @admin.display(description="permintaan penawaran sampai")
    def quotation(self, rule: ProcurementRule) -> str:
        return rupiah(rule.quotation_limit)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProcurementRule]:
        return super().get_queryset(request).select_related("regency")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return people.holds(request.user, *WRITERS)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "regency" and field is not None:
            field.queryset = regencies(request.user)
            field.required = True  # the national example is the programme's, written by a migration
        return field


class TaxRateForm(forms.ModelForm):
    """A rate from its first day on, which lies ahead: what was estimated before stays explained."""

    def clean_valid_from(self) -> datetime.date:
        since: datetime.date = self.cleaned_data["valid_from"]
        if since < today():
            raise ValidationError("Tarif berlaku paling cepat hari ini.")
        return since


@admin.register(TaxRate, site=site)
class TaxRateAdmin(ScopedAdmin):
    """The national table of rates for the estimate: the ministry adds rows, nobody changes one."""

    form = TaxRateForm
    fields = (
        "tax", "legal_form", "has_npwp", "only_pkp", "work", "above", "basis_points", "valid_from", "source", "is_example",
    )  # fmt: skip
    list_display = (
        "tax",
        "rate",
        "legal_form",
        "has_npwp",
        "only_pkp",
        "work",
        "from_value",
        "valid_from",
        "source",
        "state",
    )
    list_filter = ("tax", "is_example")
    search_fields = ("source",)
    ordering = ("tax", "legal_form", "-valid_from")

    @admin.display(description="tarif")
    def rate(self, row: TaxRate) -> str:
        return row.percent

    @admin.display(description="nilai di atas")
    def from_value(self, row: TaxRate) -> str:
        return rupiah(row.above) if row.above else "–"

    @admin.display(description="keterangan")
    def state(self, row: TaxRate) -> str:
        return "Data contoh, belum dicocokkan" if row.is_example else "Sudah dicocokkan"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return people.holds(request.user, Role.MINISTRY)
