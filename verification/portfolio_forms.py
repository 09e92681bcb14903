"""What an applicant types about its experts, its experience, and the regencies that it serves."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from accounts.models import LegalForm, Provider
from core.clock import today
from core.forms import IndonesianDateField, Line, RupiahField
from core.once import OnceForm
from core.validators import validate_person_name
from regions.forms import AreaField, AreaFormMixin
from regions.models import Level
from verification.models import Experience, Expert
from verification.models.portfolio import Entry


class EntryForm(OnceForm, forms.Form):
    """One line of the portfolio; its cleaned data are the entry's fields."""

    model: ClassVar[Any]  # a concrete Entry
    heading: ClassVar[str]  # of the list
    adding: ClassVar[str]
    lead: ClassVar[str]
    related: ClassVar[str]

    def __init__(self, *args: Any, provider: Provider, entry: Entry | None = None, **kwargs: Any) -> None:
        self.provider = provider
        known = {name: getattr(entry, name) for name in self.base_fields} if entry else self.suggested()
        super().__init__(*args, initial=known, **kwargs)
        if entry:
            del self.fields["submit_key"]  # correcting twice is the same

    def suggested(self) -> dict[str, Any]:
        """What a first entry probably holds, for the person to check."""
        return {}

    def values(self) -> dict[str, Any]:
        """The entry's fields."""
        return {name: self.cleaned_data[name] for name in self.base_fields}

    def build(self) -> Entry:
        """A new entry of this provider, not yet saved."""
        made: Entry = self.model(provider=self.provider, **self.values())
        return made

    def first(self) -> bool:
        """Is nothing there yet?"""
        return not getattr(self.provider, self.related).filter(removed_at=None).exists()


class ExpertForm(EntryForm):
    model, related = Expert, "expert_entries"
    heading, adding = "Tenaga ahli", "Tambah tenaga ahli"
    lead = "Orang yang akan bekerja untuk desa. Jumlahnya tampil di direktori, namanya tidak."

    name = Line(label="Nama tenaga ahli", max_length=150, judge=validate_person_name)
    education = Line(label="Pendidikan terakhir", max_length=120, help_text="Contoh: S1 Teknik Sipil.")
    expertise = Line(label="Keahlian", max_length=150, help_text="Contoh: perencanaan irigasi desa.")
    certificate = Line(label="Sertifikat kompetensi", max_length=150, required=False,
                       help_text="Contoh: SKK Ahli Muda Sumber Daya Air. Kosongkan bila tidak ada.")  # fmt: skip
    certificate_number = Line(label="Nomor sertifikat", max_length=100, required=False)
    certificate_until = IndonesianDateField(label="Sertifikat berlaku sampai", required=False, earliest=today,
                                            help_text="Kosongkan bila tidak dicantumkan.")  # fmt: skip

    def suggested(self) -> dict[str, Any]:
        """Who registers as a person is the expert."""
        alone = self.provider.legal_form == LegalForm.PERSON and self.first()
        return {"name": self.provider.person_in_charge or self.provider.name} if alone else {}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("certificate") and (data.get("certificate_number") or data.get("certificate_until")):
            self.add_error("certificate", "Tulis nama sertifikatnya.")
        return data


class ExperienceForm(EntryForm):
    model, related = Experience, "experience_entries"
    heading, adding = "Pengalaman", "Tambah pengalaman"
    lead = "Pekerjaan yang sudah selesai, dengan kontrak atau berita acara serah terima sebagai bukti."

    title = Line(label="Pekerjaan", max_length=150, help_text="Contoh: DED jalan usaha tani Dusun Contoh.")
    client = Line(label="Pemberi kerja", max_length=150, help_text="Contoh: Desa Contoh, Dinas PUPR, atau yayasan.")
    year = forms.IntegerField(label="Tahun selesai", min_value=1980, max_value=2100)
    value = RupiahField(label="Nilai pekerjaan", required=False, min_value=1)
    contract_number = Line(label="Nomor kontrak atau BAST", max_length=100, required=False)

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if year > today().year:
            raise forms.ValidationError("Tahun selesai tidak boleh setelah tahun ini.")
        return year


class ServeForm(AreaFormMixin, forms.Form):
    """One more regency."""

    area = AreaField(label="Tambah kabupaten/kota", level=Level.REGENCY)


ENTRIES: dict[str, type[EntryForm]] = {"tenaga-ahli": ExpertForm, "pengalaman": ExperienceForm}
