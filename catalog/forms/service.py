"""What a provider fills in about a service and its photos."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict

from accounts import people
from accounts.models import Provider
from catalog import documents
from catalog.forms import answers as answer_fields
from catalog.models import (
    Category,
    CategoryAttribute,
    DirectoryEdition,
    Service,
    ServicePhoto,
    ServiceReview,
    Subcategory,
)
from catalog.models.offering import CONTENT
from core.forms import ImageUploadField, RupiahField
from core.once import OnceForm
from core.validators import validate_plain_text
from regions.forms import AreaField, AreaFormMixin
from regions.models import Area, Level
from verification.models import Standing

# The button that shows another category's questions; and what says whose questions stood on the page.
OTHER_CATEGORY, QUESTIONS_OF = "ganti_kategori", "pertanyaan"


class ServiceForm(AreaFormMixin, forms.ModelForm):
    """All that a service says, with the questions of its category. `arguments()` are what `Service.revise` takes.

    Another category asks other questions: the form is shown again with them (`show_only`), and nothing that was
    typed is lost, not even the answers to the questions that are gone.
    """

    price = RupiahField(label="Harga per satuan", min_value=1, help_text="Rupiah utuh. Contoh: 12.500.000")
    tax_included = forms.TypedChoiceField(
        label="Apakah harga sudah termasuk pajak?",
        choices=[("ya", "Ya, harga sudah termasuk pajak"), ("tidak", "Belum, pajak dihitung terpisah")],
        coerce=lambda value: value == "ya",
        widget=forms.RadioSelect,
    )
    areas = forms.MultipleChoiceField(
        label="Wilayah layanan",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Kabupaten/kota yang desanya dapat memesan layanan ini.",
    )
    other_area = AreaField(
        label="Tambah wilayah lain",
        level=Level.REGENCY,
        or_above=True,
        required=False,
        help_text="Provinsi, kabupaten, atau kota di luar daftar di atas. Simpan lalu ubah lagi untuk menambah yang berikutnya.",
    )

    class Meta:
        model = Service
        fields = tuple(name for name in CONTENT if name != "attributes")
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 2}),
            "description": forms.Textarea(attrs={"rows": 6}),
            "deliverables": forms.Textarea(attrs={"rows": 4}),
            "requirements": forms.Textarea(attrs={"rows": 4}),
        }
        help_texts = {
            "title": "Contoh: Pelatihan pengelolaan BUM Desa, dua hari",
            "summary": "Satu atau dua kalimat yang tampil pada daftar.",
            "description": "Apa yang dikerjakan, tahap demi tahap. Wajib sebelum ditayangkan.",
            "deliverables": "Satu hal tiap baris. Contoh: Modul cetak untuk 20 peserta. Wajib sebelum ditayangkan.",
            "requirements": "Satu hal tiap baris. Contoh: Ruang pertemuan dan daftar peserta disiapkan desa.",
            "duration_days": "Hari kalender sejak mulai bekerja. Wajib sebelum ditayangkan.",
        }

    def __init__(self, *args: Any, document: Service, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, instance=document.as_proposed() if document.pk else document, **kwargs)
        self.is_draft = document.state == Service.State.DRAFT
        categories = Category.objects.active()
        if document.category_id:
            categories = categories | Category.objects.filter(pk=document.category_id)
        self.fields["category"].queryset = categories  # type: ignore[attr-defined]
        self.fields["category"].empty_label = "Pilih kategori"  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", "Pilih jenis layanan"), *self.fields["kind"].choices[1:]]  # type: ignore[attr-defined]
        self.fields["duration_days"].widget.attrs["data-suffix"] = "hari"
        for name in ("description", "deliverables", "duration_days"):  # a draft may lack them
            self.fields[name].required = not self.is_draft
        self.offer_areas(document.provider)
        if document.pk:
            self.initial["areas"] = document.proposed_areas()
            self.initial["tax_included"] = "ya" if self.instance.tax_included else "tidak"
        else:
            self.initial["areas"] = [document.provider.area_id]
            self.initial["tax_included"] = ""
        self.category = self._chosen(categories)
        self.ask(self.category)

    def _chosen(self, categories: Any) -> Category | None:
        """The category on the page: the one sent, else the service's own."""
        if not self.is_bound:
            return self.instance.category if self.instance.category_id else None
        sent = str(self.data.get("category", ""))
        return categories.filter(pk=sent).first() if sent.isascii() and sent.isdigit() and len(sent) < 10 else None

    def ask(self, category: Category | None) -> None:
        """What belongs to the category: its subcategories, units and questions."""
        subs = Subcategory.objects.none()
        self.asked: list[CategoryAttribute] = []
        if category:
            subs = category.subcategories.active() | category.subcategories.filter(pk=self.instance.subcategory_id)
            self.asked = category.questions()
            self._offer_units(category)
            self._hint(category)
        self.fields["subcategory"].queryset = subs  # type: ignore[attr-defined]
        self.fields["subcategory"].empty_label = "Tidak disebut"  # type: ignore[attr-defined]
        for each in self.asked:
            name = answer_fields.name_of(each)
            self.fields[name] = answer_fields.field_for(each, required=not self.is_draft)
            self.initial.setdefault(name, answer_fields.typed(each, self.instance.attributes.get(each.key)))

    def _offer_units(self, category: Category) -> None:
        units = category.allowed_units()
        own = self.instance.unit if self.instance.pk and self.instance.category_id == category.pk else ""
        if own and own not in dict(units):  # allowed when it was written
            units.append((own, self.instance.get_unit_display()))
        shown = str(self.data.get("unit", "")) if self.is_bound else self.instance.unit
        if shown not in dict(units):  # never another one unasked
            units.insert(0, ("", "Pilih satuan"))
            self.initial["unit"] = ""
        self.fields["unit"].choices = units  # type: ignore[attr-defined]

    def _hint(self, category: Category) -> None:
        """What villages usually get in this category stands beside the field that asks for it."""
        if usual := ", ".join(category.deliverables_hint.splitlines()):
            field = self.fields["deliverables"]
            field.help_text = f"{field.help_text} Yang biasa diterima desa dalam kategori ini: {usual}."

    def show_only(self) -> None:
        """Show what was typed, with the chosen category's questions, and judge nothing yet."""
        self._errors = ErrorDict()
        self.cleaned_data = {}

    def questions(self) -> list[forms.BoundField]:
        """The category's own questions, for the page."""
        return [self[answer_fields.name_of(each)] for each in self.asked]

    @property
    def licences(self) -> list[str]:
        """What a provider must hold in this category."""
        return self.category.licences.splitlines() if self.category else []

    def carried(self) -> list[tuple[str, str]]:
        """Answers to questions that are not asked now, kept along."""
        return answer_fields.carried(self.data, self.fields) if self.is_bound else []

    @property
    def shown_key(self) -> str:
        """Which category's questions stand on the page that is now shown."""
        return self.category.key if self.category else ""

    def offer_areas(self, provider: Provider) -> None:
        """The regencies of its own province to tick, the whole province, and what is chosen elsewhere."""
        home = Area.objects.get(code=provider.area.province_code)
        near = list(Area.objects.regencies().within(home.code).order_by("code"))
        far = (
            self.instance.areas.exclude(code__in=[home.code, *(area.code for area in near)]) if self.instance.pk else ()
        )
        self.known = {area.code: area for area in (home, *near, *far)}
        self.fields["areas"].choices = [  # type: ignore[attr-defined]
            *((area.code, area.label) for area in near),
            (home.code, f"Seluruh {home.label}"),
            *((area.code, f"Seluruh {area.label}" if area.level == Level.PROVINCE else area.full_name) for area in far),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._refuse_unasked()
        other = cleaned.pop("other_area", None)
        chosen = [self.known[code] for code in cleaned.get("areas", [])]
        cleaned["areas"] = [*chosen, other] if other else chosen
        given = {each: answer_fields.kept(each, cleaned.get(answer_fields.name_of(each))) for each in self.asked}
        cleaned["attributes"] = {each.key: value for each, value in given.items() if value is not None}
        return cleaned

    def _refuse_unasked(self) -> None:
        """Sent with another category's questions (a browser without JavaScript): ask this one's first."""
        stood = self.data.get(QUESTIONS_OF)
        if stood and self.asked and stood != self.shown_key:
            self.add_error("category", "Kategorinya diganti. Jawab pertanyaan kategori ini di bawah, lalu simpan lagi.")

    def arguments(self) -> dict[str, Any]:
        """The verb's keyword arguments."""
        return {name: self.cleaned_data[name] for name in (*CONTENT, "areas")}


class NewServiceForm(OnceForm, ServiceForm):
    """The same for a new one; sent twice it makes one."""

    def offer(self) -> Service:
        """Write the service down."""
        self.instance.attributes = self.cleaned_data["attributes"]
        self.instance.offer(by=self.user, areas=self.cleaned_data["areas"])
        return self.instance


class ProviderChoiceForm(forms.Form):
    """For a person who works for several providers: for which one is this service?"""

    penyedia = forms.ModelChoiceField(label="Penyedia", queryset=Provider.objects.none(), to_field_name="code")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["penyedia"].queryset = Provider.objects.filter(pk__in=people.providers(user))  # type: ignore[attr-defined]


class SeenForm(forms.Form):
    """Which content was read: a later one is not approved by mistake."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=1_000_000)

    def __init__(self, *args: Any, document: ServiceReview, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("seen", document.revision)


class ReturnReviewForm(SeenForm):
    """What the provider is to mend."""

    reason = forms.CharField(
        label="Apa yang perlu diperbaiki?",
        max_length=1000,
        validators=[validate_plain_text],
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Dibaca penyedia. Contoh: Sebutkan jumlah peserta dan apakah transportasi termasuk.",
    )


class PhotoForm(forms.Form):
    """One picture with what it shows."""

    photo = ImageUploadField(
        label="Foto", help_text="Foto pekerjaan yang pernah Anda lakukan. Pastikan orang di dalamnya tidak keberatan."
    )
    caption = forms.CharField(
        label="Keterangan", max_length=120, help_text="Apa, di mana, kapan. Contoh: Pelatihan kader di Praya, Mei 2026"
    )

    def __init__(self, *args: Any, document: Service, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class RemovePhotoForm(forms.Form):
    """Which picture leaves the page."""

    photo = forms.ChoiceField(label="Foto yang dihapus", widget=forms.RadioSelect)

    def __init__(self, *args: Any, document: Service, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.photos = {photo.file.code: photo for photo in document.photos.select_related("file", "thumb")}
        self.fields["photo"].choices = [(code, photo.caption) for code, photo in self.photos.items()]  # type: ignore[attr-defined]

    def clean_photo(self) -> ServicePhoto:
        photo = self.photos.get(self.cleaned_data["photo"])
        if photo is None:
            raise ValidationError("Foto itu sudah tidak ada.")
        return photo


class EditionForm(OnceForm, forms.Form):
    """What an edition of the directory rests on, and what is new in it since the last."""

    basis = forms.CharField(
        label="Dasar penetapan",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Tercetak pada setiap halaman. Contoh: Keputusan nomor 188.4/77/2026 tanggal 3 Mei 2026",
    )
    reason = forms.CharField(
        label="Yang berubah sejak edisi sebelumnya",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Contoh: 2 penyedia baru; 1 tidak lagi tercantum",
    )

    def __init__(self, *args: Any, document: DirectoryEdition, last: DirectoryEdition | None, **kwargs: Any) -> None:
        self.edition = document
        super().__init__(*args, **kwargs)
        if last is None:
            del self.fields["reason"]
        elif self.is_bound and "reason" not in self.data:  # the first edition's form, sent twice: it has one now
            self.fields["reason"].required = False

    def publish(self) -> DirectoryEdition:
        self.edition.basis = " ".join(self.cleaned_data["basis"].split())
        self.edition.reason = " ".join(self.cleaned_data.get("reason", "").split())
        return documents.publish(self.edition, by=self.user)


class CardForm(forms.Form):
    """For which listing, and on which paper."""

    CARD, SHEET = "A6", "A4"
    terdaftar = forms.ChoiceField(label="Kartu untuk", widget=forms.RadioSelect)
    kertas = forms.ChoiceField(
        label="Kertas",
        choices=[(CARD, "Satu kartu (A6, 148 × 105 mm)"), (SHEET, "Empat kartu pada selembar A4, untuk digunting")],
        initial=CARD,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, standings: list[Standing], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_regency = {standing.regency_id: standing for standing in standings}
        choice = self.fields["terdaftar"]
        choice.choices = [
            (code, f"{standing.regency.name}, nomor direktori {standing.directory_number}")
            for code, standing in self.by_regency.items()
        ]
        if standings:
            choice.initial = standings[0].regency_id

    @property
    def standing(self) -> Standing:
        """The listing chosen."""
        return self.by_regency[self.cleaned_data["terdaftar"]]
