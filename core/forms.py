"""Form fields that speak like an office: amounts, telephone numbers, NIK, NPWP, NIB, dates, files.

Each gives the value in the form in which it is stored (`int` rupiah, +62…, digits as text, `date`,
CleanUpload). Fields for numbers also have `warnings(value)`: what looks odd, but is for the person to judge.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from core import uploads, validators
from core.formats import MAX_RUPIAH, RupiahError, jumlah, npwp, parse_rupiah, rupiah, tanggal_pendek, telepon
from core.typed import LostFile
from core.workflow import Caution


class Line(forms.CharField):
    """One line of text with single blanks; `judge` validates it."""

    def __init__(self, *, judge: Callable[[str], None] = validators.validate_single_line, **kwargs: Any) -> None:
        super().__init__(validators=[judge], **kwargs)

    def to_python(self, value: Any) -> str:
        return validators.normalise_spaces(super().to_python(value) or "")


class RupiahField(forms.Field):
    """Whole rupiah, typed as 12500000, 12.500.000 or Rp 12.500.000. Gives an int."""

    widget = forms.TextInput
    default_error_messages: ClassVar = {
        "min_value": "Jumlah paling sedikit %(limit)s.",
        "max_value": "Jumlah paling banyak %(limit)s.",
    }

    def __init__(self, *, min_value: int = 0, max_value: int = MAX_RUPIAH, **kwargs: Any) -> None:
        self.min_value, self.max_value = min_value, max_value
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "numeric", "autocomplete": "off", "data-rupiah": "", "data-prefix": "Rp"}

    def prepare_value(self, value: Any) -> Any:
        return jumlah(value) if isinstance(value, int) and not isinstance(value, bool) else value

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        if isinstance(value, int):
            return value
        try:
            return parse_rupiah(str(value))
        except RupiahError as error:
            raise ValidationError(str(error), code="rupiah") from error

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is None:
            return
        if value < self.min_value:
            raise ValidationError(
                self.error_messages["min_value"], code="min_value", params={"limit": rupiah(self.min_value)}
            )
        if value > self.max_value:
            raise ValidationError(
                self.error_messages["max_value"], code="max_value", params={"limit": rupiah(self.max_value)}
            )

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True


class _NumberField(forms.CharField):
    """A number kept as text: normalised first, then judged."""

    normalise: staticmethod[[str], str]
    judge: staticmethod[[str], None]
    attributes: ClassVar[dict[str, str]] = {"inputmode": "numeric", "autocomplete": "off"}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)  # as typed, with blanks and dots
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | self.attributes

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        if not typed:
            return typed
        number = self.normalise(typed)
        self.judge(number)
        return number

    def warnings(self, value: str) -> list[str]:
        return []


class NIKField(_NumberField):
    normalise = staticmethod(validators.normalise_digits)
    judge = staticmethod(validators.validate_nik)

    def warnings(self, value: str) -> list[str]:
        return validators.nik_warnings(value)


class NPWPField(_NumberField):
    normalise = staticmethod(validators.normalise_npwp)
    judge = staticmethod(validators.validate_npwp)

    def prepare_value(self, value: Any) -> Any:
        return npwp(value).replace("\u00a0", " ") if isinstance(value, str) and value.isdigit() else value

    def warnings(self, value: str) -> list[str]:
        return validators.npwp_warnings(value)


class NIBField(_NumberField):
    normalise = staticmethod(validators.normalise_digits)
    judge = staticmethod(validators.validate_nib)


class BankAccountField(_NumberField):
    normalise = staticmethod(validators.normalise_digits)
    judge = staticmethod(validators.validate_bank_account)


class PostalCodeField(_NumberField):
    normalise = staticmethod(validators.normalise_digits)
    judge = staticmethod(validators.validate_postal_code)
    attributes: ClassVar = {"inputmode": "numeric", "autocomplete": "postal-code"}


class PhoneField(_NumberField):
    """Gives +62…, shows 0812-3456-7890."""

    widget = forms.TextInput(attrs={"type": "tel"})
    normalise = staticmethod(validators.normalise_phone)
    judge = staticmethod(validators.validate_phone)
    attributes: ClassVar = {"inputmode": "tel", "autocomplete": "tel"}

    def prepare_value(self, value: Any) -> Any:
        is_stored = isinstance(value, str) and value.startswith("+62") and value[1:].isdigit()
        return telepon(value).replace("\u00a0", " ") if is_stored else value


class IndonesianDateField(forms.DateField):
    """The browser's own date picker; 23/05/2024 and 23-05-2024 are understood where there is none."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    input_formats = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y")
    default_error_messages: ClassVar = {
        "invalid": "Tanggal tidak dikenali. Contoh: 23/05/2024.",
        "too_early": "Tanggal paling awal %(limit)s.",
        "too_late": "Tanggal paling akhir %(limit)s.",
    }

    def __init__(
        self,
        *,
        earliest: dt.date | Callable[[], dt.date] = dt.date(1900, 1, 1),  # a picker lets people type the year 24
        latest: dt.date | Callable[[], dt.date] = dt.date(2100, 12, 31),
        **kwargs: Any,
    ) -> None:
        self.earliest, self.latest = earliest, latest
        super().__init__(**kwargs)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is None:
            return
        earliest = self.earliest() if callable(self.earliest) else self.earliest
        latest = self.latest() if callable(self.latest) else self.latest
        for wrong, code, limit in ((value < earliest, "too_early", earliest), (value > latest, "too_late", latest)):
            if wrong:
                raise ValidationError(self.error_messages[code], code=code, params={"limit": tanggal_pendek(limit)})


# --- files --------------------------------------------------------------------------------------------------
class UploadField(forms.FileField):
    """A file judged by `core.uploads`. Gives a CleanUpload (or None where it is not required).

    A browser does not send a file again after an error in another field: say so near the form.
    """

    widget: type[forms.FileInput] | forms.FileInput = forms.FileInput
    accept = "application/pdf,image/jpeg,image/png"
    kinds = "PDF atau foto (JPEG, PNG)"
    default_error_messages: ClassVar = {
        "required": "Pilih berkas.",
        "empty": "Berkas kosong. Pilih berkas lain.",
        "missing": "Berkas tidak terkirim. Pilih berkas lalu kirim lagi.",
        "invalid": "Berkas tidak terkirim. Pilih berkas lalu kirim lagi.",
        "lost": "Pilih berkas ini lagi; sesi Anda berakhir sebelum berkas tersimpan.",
    }

    def __init__(self, *, max_bytes: int | None = None, **kwargs: Any) -> None:
        self.max_bytes = max_bytes
        kwargs.setdefault("help_text", f"{self.kinds}.")  # the field's component says how large it may be
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        limit = self.max_bytes or settings.UPLOAD_MAX_BYTES
        return super().widget_attrs(widget) | {"accept": self.accept, "data-file-max": str(limit)}

    def judge(self, upload: Any) -> uploads.CleanUpload:
        return uploads.clean_scan(upload, max_bytes=self.max_bytes)

    def to_python(self, data: Any) -> uploads.CleanUpload | None:  # type: ignore[override]
        if isinstance(data, LostFile):
            raise ValidationError(self.error_messages["lost"], code="lost")
        upload = super().to_python(data)
        return None if upload is None else self.judge(upload)


class ScanUploadField(UploadField):
    """A signed paper: a PDF from the scanner, or a photograph of it."""


class PDFUploadField(UploadField):
    accept = "application/pdf"
    kinds = "PDF"

    def judge(self, upload: Any) -> uploads.CleanUpload:
        return uploads.clean_pdf(upload, max_bytes=self.max_bytes)


class ImageUploadField(UploadField):
    """A photograph; its CleanUpload has a thumbnail."""

    accept = "image/jpeg,image/png"
    kinds = "Foto JPEG atau PNG"

    def judge(self, upload: Any) -> uploads.CleanUpload:
        return uploads.clean_image(upload, max_bytes=self.max_bytes)


class _SeveralFilesInput(forms.FileInput):
    allow_multiple_selected = True


class ImagesUploadField(ImageUploadField):
    """Several photographs in one control. Gives a list of CleanUpload."""

    widget = _SeveralFilesInput(attrs={"multiple": True})

    def __init__(self, *, min_files: int = 0, max_files: int = 10, **kwargs: Any) -> None:
        self.min_files, self.max_files = min_files, max_files
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[uploads.CleanUpload]:  # type: ignore[override]
        files: Sequence[Any] = data if isinstance(data, list | tuple) else [data] if data else []
        if not files:
            if self.required or self.min_files:
                raise ValidationError(self.error_messages["required"], code="required")
            return []
        if len(files) < self.min_files:
            raise ValidationError(f"Pilih sedikitnya {self.min_files} foto.", code="min_files")
        if len(files) > self.max_files:
            raise ValidationError(f"Pilih paling banyak {self.max_files} foto sekaligus.", code="max_files")
        photos: list[uploads.CleanUpload] = []
        problems: list[str] = []
        for file in files:
            try:
                photos.append(super().clean(file, initial))
            except ValidationError as error:
                problems.extend(f"{getattr(file, 'name', 'Berkas')}: {message}" for message in error.messages)
        if problems:
            raise ValidationError(problems)
        return photos


# --- forms of moves -----------------------------------------------------------------------------------------
class MoveForm(forms.Form):
    """What a move asks of the person: cleaned data become the verb's keyword arguments (`arguments`)."""

    def __init__(self, *args: Any, document: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.document, self.user = document, user

    def arguments(self) -> dict[str, Any]:
        """Cleaned data, with each upload kept as a StoredFile. Call it in the move's own transaction."""
        return {name: self._kept(value) for name, value in self.cleaned_data.items()}

    def _kept(self, value: Any) -> Any:
        if isinstance(value, uploads.CleanUpload):
            return value.store(by=self.user)
        if isinstance(value, list):
            return [self._kept(item) for item in value]
        return value


class ReasonForm(MoveForm):
    """Why: the person concerned reads these words."""

    reason = forms.CharField(
        label="Alasan",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        help_text="Dibaca oleh yang bersangkutan.",
    )


# --- reasons to cautions --------------------------------------------------------------------------------------
CAUTION = "alasan-peringatan-"


def reasons_in(data: Mapping[str, Any]) -> dict[str, str]:
    """The reasons that were typed beside cautions, by the caution's kind."""
    return {
        name.removeprefix(CAUTION): str(text)[:1000].replace("\0", "")
        for name, text in data.items()
        if name.startswith(CAUTION)
    }


class CautionForm(forms.Form):
    """One reason for each caution of a move. A form that has one as its `cautions` shows it above its buttons."""

    def __init__(self, cautions: Iterable[Caution], data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        for each in cautions:
            self.fields[f"{CAUTION}{each.kind}"] = forms.CharField(
                label=each.sentence,
                widget=forms.Textarea(attrs={"rows": 2}),
                max_length=1000,
                help_text="Tuliskan alasannya. Alasan ini disimpan dalam berkas pembelian.",
                error_messages={"required": "Langkah ini dapat dilanjutkan setelah alasannya ditulis."},
            )
