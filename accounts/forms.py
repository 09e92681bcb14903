"""Forms about people: the village's request, its office, the end of a membership."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts import limits
from accounts.models import Membership, Role, Succession, User, VillageAccess, VillageData, VillageOffice
from accounts.models.membership import RANK, SINGLE_ROLES, VILLAGE_ROLES
from core.clock import today
from core.formats import tanggal_sedang
from core.forms import (
    BankAccountField,
    IndonesianDateField,
    MoveForm,
    NPWPField,
    PhoneField,
    PostalCodeField,
    ScanUploadField,
)
from core.once import OnceForm
from core.validators import validate_plain_text, validate_single_line
from regions import codes
from regions.forms import AreaField, AreaFormMixin
from regions.models import Level

ROLES = [(role.value, role.label) for role in VILLAGE_ROLES]
ROLE_HINT = "Pilih satu. Setiap orang memakai akunnya sendiri; peran lain diajukan dengan surat lain."


def letter_date_field() -> IndonesianDateField:
    return IndonesianDateField(label="Tanggal surat", earliest=datetime.date(2000, 1, 1), latest=today)


def position_field() -> forms.CharField:
    return forms.CharField(
        label="Jabatan pada surat",
        max_length=100,
        required=False,
        validators=[validate_single_line],
        help_text="Isi bila berbeda dari peran di atas. Contoh: Pj. Kepala Desa, Wali Nagari, Kasi Pemerintahan.",
    )


def letter_number_field() -> forms.CharField:
    return forms.CharField(
        label="Nomor surat tugas atau SK",
        max_length=100,
        validators=[validate_single_line],
        help_text="Contoh: 188.4/12/KD/2025",
    )


class VillageAccessForm(AreaFormMixin, OnceForm, forms.Form):
    """I work for this village, and here is my letter."""

    village = AreaField(
        label="Desa",
        level=Level.VILLAGE,
        only_buyers=True,
        help_text="Ketik namanya, lalu pilih. Kelurahan tidak berbelanja di sini.",
    )
    role = forms.ChoiceField(label="Peran Anda di desa", choices=ROLES, widget=forms.RadioSelect, help_text=ROLE_HINT)
    position = position_field()
    phone = PhoneField(label="Nomor HP/WhatsApp", help_text="Contoh: 0812-3456-7890")
    letter_number = letter_number_field()
    letter_date = letter_date_field()
    letter = ScanUploadField(label="Surat tugas atau SK")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            wait = limits.village_requests(self.user).take()
            if wait:
                raise ValidationError(limits.sentence(wait))
        return data

    def make(self) -> VillageAccess:
        """The request, with its letter kept. Raises `TransitionRefused` or ValidationError."""
        data = {name: self.cleaned_data[name] for name in self.cleaned_data.keys() - {"submit_key", "letter"}}
        request = VillageAccess(user=self.user, **data)
        # Who may see the request may see the letter, and each view of it is logged.
        request.letter = self.cleaned_data["letter"].store(by=self.user, personal=True)
        request.request(by=self.user)
        return request


class ResubmitForm(MoveForm):
    """What can be mended; the letter only if it is to be replaced."""

    role = forms.ChoiceField(label="Peran Anda di desa", choices=ROLES, widget=forms.RadioSelect)
    position = position_field()
    phone = PhoneField(label="Nomor HP/WhatsApp")
    letter_number = letter_number_field()
    letter_date = letter_date_field()
    letter = ScanUploadField(label="Ganti surat tugas atau SK", required=False)

    def __init__(self, *args: Any, document: VillageAccess, **kwargs: Any) -> None:
        names = ("role", "position", "phone", "letter_number", "letter_date")
        kwargs.setdefault("initial", {name: getattr(document, name) for name in names})
        super().__init__(*args, document=document, **kwargs)

    def _kept(self, value: Any) -> Any:
        return value.store(by=self.user, personal=True) if hasattr(value, "store") else value


class VerifyForm(MoveForm):
    """Nothing to fill in, but where somebody holds the office already, that they are replaced."""

    replace = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        incumbents = list(self.document.incumbents())
        if incumbents:
            names = ", ".join(str(membership.user) for membership in incumbents)
            self.fields["replace"].label = f"Akhiri peran {names} hari ini; pemohon menggantikannya"
            self.fields[
                "replace"
            ].help_text = f"{names} masih tercatat sebagai {self.document.get_role_display()} desa ini."
        else:
            del self.fields["replace"]


class VillageOfficeForm(forms.ModelForm):
    """How to reach the village's office; it stands in the head of the village's papers."""

    phone = PhoneField(label="Telepon atau WhatsApp kantor", required=False, help_text="Contoh: (0370) 123456")
    postal_code = PostalCodeField(label="Kode pos", required=False, help_text="5 angka. Contoh: 83573")
    address = forms.CharField(
        label="Alamat kantor",
        max_length=200,
        validators=[validate_single_line],
        help_text="Contoh: Jalan Raya Kuta No. 1",
    )

    class Meta:
        model = VillageOffice
        fields = ("address", "postal_code", "phone", "email")


class VillageNumbers(forms.Form):
    """What payments of a village stand on, with proof."""

    npwp = NPWPField(label="NPWP desa", help_text="16 angka. Format lama 15 angka juga diterima.")
    bank = forms.CharField(
        label="Nama bank",
        max_length=80,
        validators=[validate_single_line],
        help_text="Contoh: Bank NTB Syariah Cabang Praya.",
    )
    account_number = BankAccountField(label="Nomor rekening kas desa")
    account_holder = forms.CharField(
        label="Rekening atas nama",
        max_length=150,
        validators=[validate_single_line],
        help_text="Harus atas nama desa, bukan pribadi. Contoh: Kas Desa Kuta.",
    )
    passbook = ScanUploadField(label="Buku rekening atau surat keterangan bank")
    npwp_card = ScanUploadField(label="Kartu atau surat keterangan NPWP desa")


class VillageDataForm(OnceForm, VillageNumbers):
    """The village states its numbers for the first time, or others than those in force."""

    def make(self, office: VillageOffice) -> VillageData:
        """The proposal, with its proofs kept. Raises `TransitionRefused` or ValidationError."""
        numbers = {name: self.cleaned_data[name] for name in VillageData.MENDABLE}
        proofs = {
            name: self.cleaned_data[name].store(by=self.user, personal=True) for name in ("passbook", "npwp_card")
        }
        data = VillageData(village=office.area, **numbers, **proofs)
        data.propose(by=self.user)
        return data


class VillageDataMendForm(MoveForm, VillageNumbers):
    """What can be mended. The numbers are typed again: the page shows none in full."""

    passbook = ScanUploadField(label="Ganti buku rekening", required=False)
    npwp_card = ScanUploadField(label="Ganti kartu NPWP", required=False)

    def __init__(self, *args: Any, document: VillageData, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {name: getattr(document, name) for name in ("bank", "account_holder")})
        super().__init__(*args, document=document, **kwargs)

    def _kept(self, value: Any) -> Any:
        return value.store(by=self.user, personal=True) if hasattr(value, "store") else value


class VillageDataVerifyForm(MoveForm):
    """The office says what it has looked at."""

    code_confirmed = forms.BooleanField()
    doubts_checked = forms.BooleanField(required=True, label="Saya sudah memeriksa hal yang perlu diperhatikan di atas")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        village = self.document.village
        self.fields["code_confirmed"].label = f"Kode Kemendagri {village.code} benar untuk {village.full_name}"
        if not self.document.doubts():
            del self.fields["doubts_checked"]


class SuccessionForm(OnceForm, forms.Form):
    """Who follows whom, by which letter, from when on."""

    office = forms.ChoiceField(label="Siapa yang diganti", widget=forms.RadioSelect)
    email = forms.EmailField(
        label="Email pejabat baru",
        help_text="Orang itu mendaftar sendiri lebih dahulu di halaman Daftar dan mengonfirmasi emailnya.",
    )
    kind = forms.ChoiceField(
        label="Pejabat baru bertugas sebagai", choices=Succession.Kind.choices, widget=forms.RadioSelect
    )
    position = forms.CharField(
        label="Jabatan pada SK",
        max_length=100,
        required=False,
        validators=[validate_single_line],
        help_text="Tercetak pada surat. Kosongkan untuk memakai sebutan biasa. Contoh: Pj. Wali Nagari.",
    )
    letter_number = forms.CharField(
        label="Nomor SK", max_length=100, validators=[validate_single_line], help_text="Contoh: 141/27/DPMD/2026"
    )
    letter_date = IndonesianDateField(label="Tanggal SK", earliest=datetime.date(2000, 1, 1), latest=today)
    letter = ScanUploadField(label="SK atau surat tugas")
    starts_on = IndonesianDateField(
        label="Mulai bertugas",
        earliest=lambda: today() - datetime.timedelta(days=92),
        latest=lambda: today() + datetime.timedelta(days=366),
        help_text="Hak pejabat lama berakhir sehari sebelumnya. Tanggal yang akan datang boleh.",
    )
    ends_on = IndonesianDateField(
        label="Bertugas sampai", required=False, help_text="Isi bila SK menyebut batasnya, misalnya untuk Plt."
    )

    def __init__(self, *args: Any, village: VillageOffice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.village = village
        self.held = {str(held.code): held for held in self._replaceable()}
        names = [
            (
                code,
                f"{held.position or held.get_role_display()}: {held.user.name} (sejak {tanggal_sedang(held.starts_on)})",
            )
            for code, held in self.held.items()
        ]
        filled = {held.role for held in self.held.values()}
        empty = [role for role in SINGLE_ROLES if role not in filled and self._may(role)]
        self.fields["office"].choices = [*names, *((role.value, f"{role.label}: sedang kosong") for role in empty)]

    def _may(self, role: str) -> bool:
        return bool(Succession(village=self.village.area, role=role).may_propose(self.user))

    def _replaceable(self) -> list[Membership]:
        """Whoever holds an office here today that this person may speak of, the head first."""
        rows = Membership.objects.current().at(self.village.area_id).holding(*filter(self._may, VILLAGE_ROLES))
        return sorted(rows.select_related("user"), key=lambda held: (RANK.index(Role(held.role)), held.pk))

    def clean_email(self) -> User:
        """Only confirmed accounts; the same sentence for all others."""
        found = User.objects.filter(email__iexact=self.cleaned_data["email"], is_active=True)
        user = found.filter(emailaddress__verified=True).first()
        if user is None:
            raise ValidationError("Belum ada akun terkonfirmasi dengan email ini.")
        return user

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "Hari terakhir tidak boleh sebelum hari pertama.")
        if not self.errors:
            wait = limits.successions(self.user).take()
            if wait:
                raise ValidationError(limits.sentence(wait))
        return data

    def make(self) -> Succession:
        """The succession, with its letter kept. Raises `TransitionRefused` or ValidationError."""
        data = self.cleaned_data
        held = self.held.get(data["office"])
        succession = Succession(
            village=self.village.area,
            role=held.role if held else data["office"],
            predecessor=held,
            successor=data["email"],
            letter=data["letter"].store(by=self.user, personal=True),
            **{
                name: data[name]
                for name in ("kind", "position", "letter_number", "letter_date", "starts_on", "ends_on")
            },
        )
        succession.propose(by=self.user)
        return succession


class EndMembershipForm(forms.Form):
    """Why, and from when on. At once is the usual case: a letter has been handed over."""

    when = forms.ChoiceField(
        label="Kapan berakhir",
        choices=[("now", "Sekarang juga"), ("date", "Pada hari terakhir tertentu")],
        widget=forms.RadioSelect,
        initial="now",
    )
    last_day = IndonesianDateField(
        label="Hari terakhir", required=False, help_text="Sampai dengan hari ini orang tersebut masih berwenang."
    )
    reason = forms.CharField(
        label="Alasan atau dasar",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[validate_plain_text],
        help_text="Contoh: SK Kepala Desa Nomor 141/3/2026 tentang pemberhentian.",
    )

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.membership = membership

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("when") != "date":
            data["last_day"] = None
        elif "last_day" in data:
            day = data["last_day"]
            if day is None:
                self.add_error("last_day", "Isi hari terakhir.")
            elif day < today():
                self.add_error("last_day", "Hari terakhir tidak boleh sebelum hari ini. Pilih “Sekarang juga”.")
            elif day < self.membership.starts_on:
                self.add_error("last_day", "Hari terakhir tidak boleh sebelum hari pertama.")
            elif self.membership.ends_on and day > self.membership.ends_on:
                self.add_error("last_day", "Tanggal ini sesudah akhir yang sudah tercatat.")
        return data


class NameForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("name",)
        help_texts = {"name": "Seperti pada KTP, dengan gelar bila ada. Nama ini tercetak pada dokumen."}


class SearchForm(forms.Form):
    """What the lists of an office may be asked."""

    q = forms.CharField(label="Cari nama atau desa", max_length=80, required=False, validators=[validate_single_line])
    status = forms.ChoiceField(label="Status", required=False)
    kecamatan = forms.ChoiceField(label="Kecamatan", required=False)

    def __init__(
        self,
        *args: Any,
        states: list[tuple[str, str]],
        districts: list[Any],
        states_of: str = "Status",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["status"].label = states_of
        self.fields["status"].choices = [("", "Semua status"), *states]
        self.fields["kecamatan"].choices = [("", "Semua kecamatan"), *((d.code, d.label) for d in districts)]
        if not states:
            del self.fields["status"]
        if len(districts) < 2:
            del self.fields["kecamatan"]

    def clean_kecamatan(self) -> str:
        code = self.cleaned_data["kecamatan"]
        if code and not codes.is_code(code):
            raise ValidationError("Kecamatan tidak dikenal.")
        return code


class PersonalLogForm(forms.Form):
    """What the log of personal data may be asked; the last 30 days unless other dates are given."""

    orang = forms.CharField(label="Orang (nama atau email)", max_length=80, required=False)
    milik = forms.CharField(label="Data milik (nama atau kode)", max_length=80, required=False)
    jenis = forms.ChoiceField(
        label="Jenis", required=False, choices=[("", "Nomor dan berkas"), ("nomor", "Nomor"), ("berkas", "Berkas")]
    )
    sejak = IndonesianDateField(label="Sejak tanggal", required=False)
    sampai = IndonesianDateField(label="Sampai tanggal", required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("sejak"), data.get("sampai")
        if first and last and last < first:
            self.add_error("sampai", "Tanggal akhir tidak boleh sebelum tanggal awal.")
        return data
