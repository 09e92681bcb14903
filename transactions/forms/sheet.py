"""A signed sheet, photographed or scanned: one PDF, or one photograph for each page."""

from __future__ import annotations

import hashlib
import io
import time
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from PIL import Image

from core.forms import ImagesUploadField, ImageUploadField, PDFUploadField, ScanUploadField
from core.models import StoredFile
from core.uploads import CleanUpload

LONG_AGO = time.gmtime(0)
MOST_PAGES = 10  # photographs of one paper


@dataclass(frozen=True, slots=True)
class Sheet:
    """The bytes that are kept, judged before."""

    content: bytes
    content_type: str
    name: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def store(self, *, by: Any) -> StoredFile:
        return StoredFile.objects.store(self.content, name=self.name, content_type=self.content_type, by=by)


class SheetForm(forms.Form):
    """From the phone's camera, or a file."""

    camera = ImageUploadField(
        label="Ambil foto",
        required=False,
        widget=forms.FileInput(attrs={"capture": "environment"}),
        help_text="Untuk lembar satu halaman: kamera ponsel langsung terbuka.",
    )
    photos = ImagesUploadField(
        label="Atau foto beberapa halaman",
        required=False,
        max_files=MOST_PAGES,
        help_text="Satu foto untuk setiap halaman, berurutan. JPEG atau PNG.",
    )
    pdf = PDFUploadField(label="Atau berkas PDF", required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and sum(bool(data.get(name)) for name in self.fields) != 1:
            raise ValidationError("Ambil foto lembarnya, pilih beberapa foto, atau pilih satu berkas PDF.")
        return data

    def sheet(self) -> Sheet:
        pdf: CleanUpload | None = self.cleaned_data["pdf"]
        one: CleanUpload | None = self.cleaned_data["camera"]
        photos: list[CleanUpload] = self.cleaned_data["photos"] or ([one] if one else [])
        if pdf is not None:
            return Sheet(pdf.content, pdf.content_type, pdf.name)
        if len(photos) == 1:
            return Sheet(photos[0].content, photos[0].content_type, photos[0].name)
        return Sheet(joined(photos), "application/pdf", "lembar.pdf")


class PagesUploadField(ScanUploadField):
    """A signed paper: one PDF, or a photograph of each page, joined in the order of their names."""

    widget = ImagesUploadField.widget

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "PDF, atau foto setiap halaman (JPEG, PNG): pilih semuanya sekaligus.")
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> CleanUpload | None:  # type: ignore[override]
        files = data if isinstance(data, list | tuple) else [data] if data else []
        judge = super().clean
        if len(files) < 2:
            return judge(files[0] if files else None, initial)
        if len(files) > MOST_PAGES:
            raise ValidationError(f"Pilih paling banyak {MOST_PAGES} foto sekaligus.", code="max_files")
        photos = [judge(file, initial) for file in sorted(files, key=lambda file: str(getattr(file, "name", "")))]
        if not all(photo.is_photo for photo in photos):
            raise ValidationError("Pilih satu berkas PDF, atau foto setiap halaman; tidak keduanya.", code="mixed")
        return CleanUpload(joined(photos), "application/pdf", "lembar.pdf", pages=len(photos))


def joined(photos: list[CleanUpload]) -> bytes:
    """Several pages as one PDF; the same photographs give the same bytes."""
    pages = [Image.open(io.BytesIO(photo.content)).convert("RGB") for photo in photos]
    out = io.BytesIO()
    pages[0].save(
        out, "PDF", save_all=True, append_images=pages[1:], creationDate=LONG_AGO, modDate=LONG_AGO, resolution=150
    )
    return out.getvalue()
