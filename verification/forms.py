"""What an applicant types, a step at a time, and what the Pokja types at its desk."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from accounts.models import LegalForm, Membership, Provider
from accounts.models.membership import POKJA_ROLES
from core.clock import today
from core.forms import (
    BankAccountField,
    IndonesianDateField,
    Line,
    MoveForm,
    NIBField,
    NIKField,
    NPWPField,
    PhoneField,
    ScanUploadField,
)
from core.once import OnceForm
from core.validators import (
    validate_organisation_name,
    validate_person_name,
    validate_plain_text,
)
from regions.forms import AreaField, AreaFormMixin
from regions.models import Level
from verification import fields_of_work
from verification.models import Application, DocumentType, SubmittedDocument
from verification.models.application import consent_in_force
from verification.models.profile import NIB_FORMS


def secret_input() -> forms.TextInput:
    """For numbers that no draft in the browser may keep."""
    return forms.TextInput(attrs={"data-no-draft": ""})


# --- the profile, one thing a page -----------------------------------------------------------------
class StepForm(AreaFormMixin, forms.Form):
    """One step of the profile; its cleaned data are fields of Provider."""

    title: ClassVar[str]
    lead: ClassVar[str] = ""

    def __init__(self, *args: Any, provider: Provider | None = None, **kwargs: Any) -> None:
        self.provider = provider
        if provider is not None:
            known = {name: getattr(provider, name) for name in self.base_fields}
            kwargs.setdefault("initial", known | {name: value for name, value in self.suggested(provider).items()
                                                  if not known[name]})  # fmt: skip
        super().__init__(*args, **kwargs)

    def suggested(self, provider: Provider) -> dict[str, str]:
        """What an empty field probably holds, for the person to check."""
        return {}


class IdentityForm(StepForm):
    title = "Identitas"
    lead = "Nama dan bentuk seperti tertulis pada akta, NIB, atau KTP."

    name = Line(label="Nama penyedia", max_length=150, judge=validate_organisation_name,
                help_text="Contoh: CV Bina Desa Lestari, atau nama Anda bila perorangan.")  # fmt: skip
    legal_form = forms.ChoiceField(label="Bentuk", choices=LegalForm.choices, widget=forms.RadioSelect)
    area = AreaField(label="Kabupaten/kota tempat kantor", level=Level.REGENCY)


class ContactForm(StepForm):
    title = "Kantor dan kontak"
    lead = "Alamat dan kontak kantor diumumkan di direktori bila Anda terdaftar. Jangan isi alamat rumah pribadi."

    address = Line(label="Alamat kantor", max_length=250,
                   help_text="Bekerja dari rumah? Tulis desa dan kecamatan saja.")  # fmt: skip
    phone = PhoneField(label="Telepon kantor", help_text="Contoh: 0812-3456-7890.")
    email = forms.EmailField(label="Email kantor")
    website = forms.URLField(label="Situs web", required=False, assume_scheme="https", max_length=200)


class PersonForm(StepForm):
    title = "Penanggung jawab"
    lead = "Orang yang menandatangani kontrak. NIK hanya dilihat Pokja dan Dinas PMD."

    person_in_charge = Line(label="Nama penanggung jawab", max_length=150, judge=validate_person_name)
    position = Line(label="Jabatan", max_length=100, help_text="Contoh: Direktur, Ketua, Rektor, atau Pemilik.")
    nik = NIKField(label="NIK penanggung jawab", help_text="16 angka pada KTP.", widget=secret_input())

    def suggested(self, provider: Provider) -> dict[str, str]:
        alone = provider.legal_form == LegalForm.PERSON
        return {"person_in_charge": provider.name, "position": "Pribadi"} if alone else {}


class TaxForm(StepForm):
    title = "NPWP dan NIB"
    lead = "NIB wajib bagi badan usaha dan BUM Desa, dan tidak mempunyai masa berlaku."

    npwp = NPWPField(label="NPWP", help_text="15 atau 16 angka. Perorangan: NIK yang sudah dipadankan.",
                     widget=secret_input())  # fmt: skip
    nib = NIBField(label="NIB", required=False, help_text="13 angka, dari OSS.")
    is_pkp = forms.BooleanField(label="Penyedia adalah Pengusaha Kena Pajak (PKP)", required=False)

    def suggested(self, provider: Provider) -> dict[str, str]:
        return {"npwp": provider.nik} if provider.legal_form == LegalForm.PERSON else {}

    def clean_nib(self) -> str:
        nib = self.cleaned_data["nib"]
        if not nib and self.provider and self.provider.legal_form in NIB_FORMS:
            raise forms.ValidationError("NIB wajib bagi badan usaha dan BUM Desa.")
        return nib


class BankForm(StepForm):
    title = "Rekening bank"
    lead = "Atas nama penyedia. Nomor rekening tidak pernah diumumkan."

    bank = Line(label="Nama bank", max_length=80, help_text="Contoh: Bank NTB Syariah Cabang Praya.")
    account_number = BankAccountField(label="Nomor rekening", widget=secret_input())
    account_holder = Line(label="Rekening atas nama", max_length=150)

    def suggested(self, provider: Provider) -> dict[str, str]:
        return {"account_holder": provider.name}


class FieldsForm(StepForm):
    title = "Bidang pekerjaan"
    lead = "Pilih yang benar-benar dikuasai. Desa mencari penyedia menurut bidang, dan Pokja menilainya."

    fields = forms.MultipleChoiceField(
        label="Bidang", choices=fields_of_work.choices, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Pilih sedikitnya satu bidang."},
    )  # fmt: skip


class AboutForm(StepForm):
    title = "Tentang penyedia"
    lead = "Tampil di direktori bila Anda terdaftar."

    about = forms.CharField(label="Pengalaman dan keahlian", required=False, max_length=2000,
                            validators=[validate_plain_text], widget=forms.Textarea(attrs={"rows": 6}),
                            help_text="Pekerjaan apa yang Anda tawarkan kepada desa, dan sudah pernah di mana.")  # fmt: skip


STEPS: dict[str, type[StepForm]] = {
    "identitas": IdentityForm,
    "kontak": ContactForm,
    "penanggung-jawab": PersonForm,
    "npwp-nib": TaxForm,
    "rekening": BankForm,
    "bidang": FieldsForm,
    "tentang": AboutForm,
}


class BeginForm(OnceForm, IdentityForm):
    """The first step, by which the provider comes into being."""


class ApplyForm(OnceForm, AreaFormMixin, forms.Form):
    """To which regency; only where a Pokja works."""

    regency = AreaField(label="Kabupaten/kota", level=Level.REGENCY,
                        help_text="Hanya kabupaten/kota yang sudah mempunyai Pokja P2KTD.")  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pokja = Membership.objects.current().holding(*POKJA_ROLES)
        self.fields["regency"].within = set(pokja.values_list("area_id", flat=True))
        self.nowhere = not self.fields["regency"].within


# --- papers and consent ----------------------------------------------------------------------------
class DocumentForm(OnceForm, forms.Form):
    """One paper: the file, and what is written on it."""

    file = ScanUploadField(label="Berkas")
    number = Line(label="Nomor dokumen", max_length=100, required=False)
    issued_on = IndonesianDateField(label="Tanggal terbit", required=False, latest=today)
    expires_on = IndonesianDateField(label="Berlaku sampai", required=False,
                                     help_text="Kosongkan bila dokumen tidak mencantumkannya.")  # fmt: skip

    def __init__(self, *args: Any, type: DocumentType, **kwargs: Any) -> None:  # noqa: A002
        super().__init__(*args, **kwargs)
        self.fields["file"].label = type.label
        if not type.has_number:
            del self.fields["number"], self.fields["issued_on"]
        if not type.has_expiry:
            del self.fields["expires_on"]

    def clean_expires_on(self) -> Any:
        day = self.cleaned_data["expires_on"]
        if day and day < today():
            raise forms.ValidationError("Dokumen ini sudah tidak berlaku. Unggah yang masih berlaku.")
        return day


class ConsentForm(MoveForm):
    """Agree to the text that was shown, in its version."""

    version = forms.CharField(widget=forms.HiddenInput, max_length=20)
    agree = forms.BooleanField(
        label="Saya membaca dan menyetujui penggunaan data ini",
        error_messages={"required": "Centang bila Anda setuju. Tanpa persetujuan, permohonan tidak dapat diajukan."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.text = consent_in_force()
        self.fields["version"].initial = self.text["version"]

    def arguments(self) -> dict[str, Any]:
        return {"version": self.cleaned_data["version"]}


# --- the desk ----------------------------------------------------------------------------------------
class JudgeForm(forms.Form):
    """The verdict on one paper; a reason when it does not conform."""

    verdict = forms.ChoiceField(
        label="Hasil pemeriksaan",
        choices=[("conforming", "Sesuai"), ("not_conforming", "Tidak sesuai")],
        widget=forms.RadioSelect,
        error_messages={"required": "Pilih sesuai atau tidak sesuai."},
    )
    reason_kind = forms.ChoiceField(
        label="Alasan", required=False, choices=[("", "Pilih alasan"), *SubmittedDocument.Reason.choices]
    )
    reason = forms.CharField(
        label="Penjelasan untuk pemohon", required=False, max_length=500, validators=[validate_plain_text],
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("verdict") == "not_conforming":
            if not data.get("reason_kind"):
                self.add_error("reason_kind", "Pilih alasan mengapa dokumen tidak sesuai.")
            elif data["reason_kind"] == "other" and not data.get("reason"):
                self.add_error("reason", "Tulis alasannya dengan kata-kata.")
        return data


class ScoreForm(forms.Form):
    """Points for each aspect; empty ones are left for later."""

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = {score.aspect_id: score.points for score in application.scores.all()}
        for aspect in application.aspects:
            self.fields[aspect.key] = forms.IntegerField(
                label=aspect.label,
                min_value=0,
                max_value=100,
                required=False,
                initial=given.get(aspect.pk),
                help_text=f"Bobot {aspect.weight}. {aspect.help}",
            )

    def points(self) -> dict[str, int]:
        """Aspect key to points, of those that were filled in."""
        return {key: value for key, value in self.cleaned_data.items() if value is not None}


class GiveBackForm(MoveForm):
    note = forms.CharField(
        label="Catatan untuk pemohon", required=False, max_length=1000, validators=[validate_plain_text],
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Alasan pada tiap dokumen yang tidak sesuai ikut terkirim. Tulis di sini bila ada yang lain.",
    )  # fmt: skip


class RecheckForm(MoveForm):
    reason = forms.CharField(
        label="Apa yang harus diperiksa kembali", max_length=1000, validators=[validate_plain_text],
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip


class ListForm(MoveForm):
    """The decree, as it stands on paper: numbers are typed, never made by us."""

    directory_number = Line(label="Nomor direktori", max_length=60, help_text="Contoh: 001/P2KTD/2026.")
    decree_number = Line(label="Nomor keputusan", max_length=100, help_text="Seperti tertulis pada surat keputusan.")
    decree_date = IndonesianDateField(label="Tanggal keputusan", latest=today)
    valid_until = IndonesianDateField(label="Terdaftar sampai", earliest=today)


class RejectForm(MoveForm):
    reason = forms.CharField(
        label="Alasan penolakan", max_length=2000, validators=[validate_plain_text],
        widget=forms.Textarea(attrs={"rows": 4}), help_text="Dibaca oleh pemohon.",
    )  # fmt: skip
    apply_again_from = IndonesianDateField(
        label="Dapat mengajukan lagi mulai", required=False, earliest=today, help_text="Kosong: kapan saja."
    )


MOVE_FORMS: dict[str, type[forms.Form]] = {
    "give_back": GiveBackForm,
    "recheck": RecheckForm,
    "list_provider": ListForm,
    "reject": RejectForm,
}
