"""The register of ties: finding in it, writing a known tie down, ending one, printing a period."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from accounts import people
from accounts.models import Provider, Role, User
from accounts.models.membership import POKJA_ROLES, Membership
from core.clock import today
from core.forms import IndonesianDateField
from core.once import OnceForm
from core.validators import validate_plain_text
from regions.models import Area, Level
from regions.scope import within
from verification.models import Declaration, Pokja

FOUND = 20  # providers shown for a search
TIES = [choice for choice in Declaration.Tie.choices if choice[0] != Declaration.Tie.NONE]
KEPT = {"berlaku": "Yang berlaku", "berakhir": "Berakhir atau diganti", "semua": "Semua pernyataan"}


class FilterForm(forms.Form):
    """What is looked for in the register."""

    cari = forms.CharField(
        label="Anggota atau penyedia", required=False, max_length=80, widget=forms.TextInput(attrs={"type": "search"})
    )
    hubungan = forms.ChoiceField(label="Hubungan", required=False, choices=[("", "Semua"), *TIES])
    catatan = forms.ChoiceField(label="Catatan", required=False, choices=list(KEPT.items()))


def regencies_of(user: Any) -> list[Area]:
    """Where this person has a word in the register."""
    codes = people.territories(user, *POKJA_ROLES, Role.REGENCY_OFFICE)
    return list(Area.objects.within(codes).filter(level=Level.REGENCY).order_by("code"))


def speaks_for_all(user: Any, regency: Area) -> bool:
    """The chair and the office write down anybody's tie; a member their own."""
    return people.acting(user, Role.POKJA_CHAIR, Role.REGENCY_OFFICE, at=regency.code) is not None


def seated(regency: Area) -> QuerySet[User]:
    """Who sits in the regency's Pokja today, or is about to by a decree that is being prepared."""
    held = Membership.objects.current().holding(*POKJA_ROLES).at(regency.code).values("user")
    coming = Pokja.objects.filter(
        Q(state="draft") | Q(state="established", starts_on__gt=today()), regency=regency
    ).values("members__user")
    return User.objects.filter(Q(pk__in=held) | Q(pk__in=coming), is_active=True).order_by("name", "pk")


def providers_near(regency: Area) -> QuerySet[Provider]:
    """Who has applied to this regency, or has an office in it."""
    applied = Q(applications__regency=regency, applications__submitted_at__isnull=False)
    return Provider.objects.filter(applied | within("area", [regency.code])).distinct().order_by("name", "pk")


class ProviderChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}, {obj.area.name}"


class TieForm(OnceForm, forms.Form):
    """A known tie of a member with a provider, whatever the application."""

    member = forms.ModelChoiceField(User.objects.none(), label="Anggota Pokja", empty_label="Pilih anggota")
    provider = ProviderChoice(
        Provider.objects.none(), label="Penyedia", to_field_name="code", widget=forms.RadioSelect, empty_label=None,
        error_messages={"required": "Cari, lalu pilih penyedianya.", "invalid_choice": "Cari, lalu pilih penyedianya."},
    )  # fmt: skip
    tie = forms.ChoiceField(label="Hubungan", choices=[("", "Pilih hubungan"), *TIES])
    note = forms.CharField(
        label="Penjelasan", required=False, max_length=500, validators=[validate_plain_text],
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Contoh: kakak kandung direktur. Wajib untuk “Hubungan lain”.",
    )  # fmt: skip

    def __init__(self, *args: Any, regency: Area, found: QuerySet[Provider], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.regency = regency
        members = seated(regency)
        member, provider = self.fields["member"], self.fields["provider"]
        assert isinstance(member, forms.ModelChoiceField)  # noqa: S101  what the class body says
        assert isinstance(provider, forms.ModelChoiceField)  # noqa: S101
        if not speaks_for_all(self.user, regency):
            members = members.filter(pk=self.user.pk)
            member.initial, member.empty_label = self.user.pk, None
        member.queryset = members
        provider.queryset = providers_near(regency) if self.is_bound else found

    def offer(self, found: QuerySet[Provider]) -> None:
        """Show only these to choose from."""
        field = self.fields["provider"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = found

    def rest(self) -> list[Any]:
        """What is asked beside the provider."""
        return [self["member"], self["tie"], self["note"]]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("tie") == Declaration.Tie.OTHER and not (data.get("note") or "").strip():
            self.add_error("note", "Jelaskan hubungan itu dengan kata-kata.")
        return data

    def make(self) -> Declaration:
        data = self.cleaned_data
        row = Declaration(
            regency=self.regency, member=data["member"], provider=data["provider"], tie=data["tie"], note=data["note"]
        )
        row.register(by=self.user)
        return row


class EndForm(forms.Form):
    reason = forms.CharField(
        label="Alasan", max_length=500, validators=[validate_plain_text], widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Contoh: tidak lagi bekerja di penyedia itu sejak 1 Maret 2026.",
    )  # fmt: skip


class PeriodForm(OnceForm, forms.Form):
    """Which days the printed register covers."""

    since = IndonesianDateField(label="Dari", latest=today)
    until = IndonesianDateField(label="Sampai", latest=today)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["since"].initial = datetime.date(today().year, 1, 1)
        self.fields["until"].initial = today()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", "Tanggal akhir harus setelah tanggal awal.")
        return data
