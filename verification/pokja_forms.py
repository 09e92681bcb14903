"""What the regency's office types about its Pokja: the decree, its members, why somebody leaves."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts import people
from accounts.models import Role, User
from core.clock import today
from core.forms import IndonesianDateField, Line, MoveForm, ReasonForm, ScanUploadField
from core.once import OnceForm
from regions.models import Area, Level
from verification.models import Pokja, PokjaMember
from verification.models.pokja import DAY

PERIOD = datetime.timedelta(days=365)
LONGEST = datetime.timedelta(days=5 * 366)  # a period of longer is a slip of the keyboard
# Where members come from, as a regency writes it; offered, not demanded.
BODIES = ("Dinas PMD", "Bappeda", "Inspektorat", "Dinas PUPR", "Dinas Koperasi dan UKM", "TAPM", "Perguruan tinggi")


class DecreeFields(forms.Form):
    """The decree as it stands on paper."""

    decree_number = Line(
        label="Nomor keputusan",
        max_length=100,
        help_text="Seperti tertulis pada surat keputusan, misalnya 188.45/123/2026.",
    )
    decree_date = IndonesianDateField(label="Tanggal keputusan", latest=today)
    starts_on = IndonesianDateField(label="Mulai bertugas")
    ends_on = IndonesianDateField(
        label="Bertugas sampai", help_text="Hari terakhir ini masih dihitung; sesudahnya semua hak anggota berakhir."
    )
    decree = ScanUploadField(label="Pindaian keputusan", required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", "Hari terakhir harus setelah hari pertama.")
        elif starts and ends and ends - starts > LONGEST:
            self.add_error("ends_on", "Masa tugas lebih dari lima tahun. Periksa tahunnya.")
        elif ends and ends < today():
            self.add_error("ends_on", "Masa tugas ini sudah lewat.")
        return data


def regencies(user: Any) -> list[Area]:
    """Where this person forms the Pokja."""
    codes = people.territories(user, Role.REGENCY_OFFICE)
    return list(Area.objects.within(codes).filter(level=Level.REGENCY).order_by("code"))


class PrepareForm(OnceForm, DecreeFields):
    """A decree is typed in; members follow on its page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = {area.code: area for area in regencies(self.user)}
        if len(self.places) > 1:
            choices = [("", "Pilih kabupaten/kota"), *((code, area.label) for code, area in self.places.items())]
            self.fields["regency"] = forms.ChoiceField(label="Kabupaten/kota", choices=choices)
            self.order_fields(["regency"])
        self.fields["starts_on"].initial = today()
        self.fields["ends_on"].initial = today() + PERIOD - DAY

    @property
    def regency(self) -> Area:
        """The one place of this office, or the chosen one."""
        return self.places[self.cleaned_data.get("regency") or next(iter(self.places))]

    def make(self) -> Pokja:
        data = {name: self.cleaned_data[name] for name in sorted(Pokja.AMENDABLE)}
        scan = self.cleaned_data["decree"]
        pokja = Pokja(regency=self.regency, decree=scan.store(by=self.user) if scan else None, **data)
        pokja.prepare(by=self.user)
        return pokja


class AmendForm(MoveForm, DecreeFields):
    """The same for a draft."""

    def __init__(self, *args: Any, document: Pokja, **kwargs: Any) -> None:
        initial = {name: getattr(document, name) for name in sorted(Pokja.AMENDABLE)}
        super().__init__(*args, document=document, initial=initial, **kwargs)
        if document.decree:
            self.fields["decree"].help_text = "Kosongkan bila pindaian yang sudah diunggah tetap dipakai."


class NextForm(MoveForm, DecreeFields):
    """The decree that follows, from the day after this one's last."""

    def __init__(self, *args: Any, document: Pokja, **kwargs: Any) -> None:
        ends = document.dissolved_on - DAY if document.dissolved_on else document.ends_on
        starts = max(ends + DAY, today())
        super().__init__(
            *args, document=document, initial={"starts_on": starts, "ends_on": starts + PERIOD - DAY}, **kwargs
        )


class ScanForm(MoveForm):
    decree = ScanUploadField(label="Pindaian keputusan")


class MemberForm(MoveForm):
    """A person by the address they log in with; nobody is registered by somebody else."""

    email = forms.EmailField(
        label="Email akun",
        help_text="Alamat yang dipakai orang itu untuk masuk ke situs ini.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    position = forms.ChoiceField(label="Jabatan dalam Pokja", choices=[("", "Pilih"), *PokjaMember.Position.choices])
    body = Line(
        label="Unsur",
        max_length=120,
        help_text="Dari mana orang ini berasal: Dinas PMD, TAPM, perguruan tinggi, dan seterusnya.",
        widget=forms.TextInput(attrs={"list": "unsur"}),
    )
    title = Line(label="Jabatan di unsurnya", max_length=120, required=False, help_text="Contoh: Kepala Bidang.")

    options = {"unsur": BODIES}

    def clean_email(self) -> User:
        """Only confirmed accounts; the same sentence for all others."""
        found = User.objects.filter(email__iexact=self.cleaned_data["email"], is_active=True)
        user = found.filter(emailaddress__verified=True).first()
        if user is None:
            raise ValidationError(
                "Belum ada akun terkonfirmasi dengan email ini. Minta orang itu mendaftar sendiri melalui halaman "
                "Daftar dan mengonfirmasi emailnya, lalu tambahkan di sini. Selama Pokja disiapkan, anggota lain dapat "
                "ditambahkan lebih dahulu."
            )
        return user

    def arguments(self) -> dict[str, Any]:
        data = super().arguments()
        return {"user": data.pop("email"), **data}


class RemoveMemberForm(ReasonForm):
    """Who leaves, and why."""

    member = forms.ChoiceField(label="Anggota")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.serving = {member.code: member for member in self.document.serving()}
        people = [(code, f"{one.user}, {one.get_position_display()}") for code, one in self.serving.items()]
        self.fields["member"] = forms.ChoiceField(label="Anggota", choices=[("", "Pilih anggota"), *people])
        self.order_fields(["member", "reason"])

    def arguments(self) -> dict[str, Any]:
        return {"member": self.serving[self.cleaned_data["member"]], "reason": self.cleaned_data["reason"]}


class EstablishForm(MoveForm):
    """Asks only where somebody outside the decree holds a right in the Pokja."""

    end_others = forms.BooleanField(label="Akhiri hak tanpa keputusan itu", required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        inside = self.document.serving().values("user")
        others = self.document.rights_without_decree().exclude(user__in=inside)
        names = ", ".join(str(membership.user) for membership in others)
        if names:
            self.fields["end_others"].help_text = f"Di luar keputusan ini, hak dalam Pokja masih dipegang oleh {names}."
        else:
            del self.fields["end_others"]


class DissolveForm(MoveForm):
    reason = forms.CharField(
        label="Dasar dan alasan",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        help_text="Nomor keputusan pembubaran dan alasannya. Semua anggota membacanya.",
    )


MOVE_FORMS: dict[str, type[forms.Form]] = {
    "amend": AmendForm,
    "attach_decree": ScanForm,
    "add_member": MemberForm,
    "remove_member": RemoveMemberForm,
    "establish": EstablishForm,
    "prepare_next": NextForm,
    "dissolve": DissolveForm,
}
