"""Judge what people upload, by its bytes and by nothing that the browser says of it.

Photos are decoded with a limit on pixels taken from the header, turned upright, made smaller and written
anew: what was hidden in the file (place, comments, a second file behind the picture) is gone. PDFs are
inspected and refused when they can act or are locked, and kept byte for byte, because they may be signed.
`clean_image`, `clean_pdf` and `clean_scan` return a CleanUpload or raise ValidationError with a sentence
that says what to do. Form fields that call them are in `core.forms`.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings
from django.core.exceptions import ValidationError
from PIL import Image, ImageFile, ImageOps

from core import clamav
from core.formats import ukuran

if TYPE_CHECKING:
    from core.models import StoredFile

logger = logging.getLogger(__name__)

PHOTO_SIDE = 1600  # px, the longer side as stored: a page of text stays readable
THUMBNAIL_SIDES = (320, 240, 200)  # px
THUMBNAIL_BYTES = 5 * 1024  # 20 cards stay under 100 KB
MAX_SIDE = 20_000
MAX_PIXELS = 64_000_000  # a baseline JPEG is decoded at reduced size
MAX_PIXELS_WHOLE = 20_000_000  # PNG and progressive JPEG are held whole in memory
TOO_MANY_PIXELS = ValidationError("Ukuran gambar terlalu besar. Kecilkan foto lalu coba lagi.", code="pixels")
INSPECTOR = Path(__file__).with_name("pdf_inspector.py")
INSPECTOR_SECONDS = 15


class Upload(Protocol):
    """What Django's UploadedFile and a plain file have in common."""

    name: str | None
    size: int

    def read(self, size: int = ..., /) -> bytes: ...
    def seek(self, offset: int, /) -> Any: ...


@dataclass(frozen=True, slots=True)
class CleanUpload:
    """Bytes that were judged, with the name they may be offered under. Photos bring a thumbnail (WebP)."""

    content: bytes
    content_type: str
    name: str
    width: int | None = None
    height: int | None = None
    pages: int | None = None
    thumbnail: bytes | None = None

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def is_photo(self) -> bool:
        return self.content_type.startswith("image/")

    def store(self, **kwargs: Any) -> StoredFile:
        """Keep it: `holder`, `by`, `personal`, `public` as in `StoredFile.objects.store`."""
        from core.models import StoredFile

        return StoredFile.objects.store(self.content, name=self.name, content_type=self.content_type, **kwargs)

    def store_thumbnail(self, **kwargs: Any) -> StoredFile:
        """Keep the thumbnail of a photo as a file of its own."""
        from core.models import StoredFile

        if self.thumbnail is None:
            raise ValueError(f"{self.name} is no photo and has no thumbnail")
        name = f"{PurePosixPath(self.name).stem}-kecil.webp"
        return StoredFile.objects.store(self.thumbnail, name=name, content_type="image/webp", **kwargs)


def clean_image(upload: Upload, *, max_bytes: int | None = None) -> CleanUpload:
    """A JPEG or PNG, written anew: upright, at most 1600 px, without anything but its picture."""
    content = read_whole(upload, max_bytes)
    if not content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        raise ValidationError("Foto harus berupa berkas JPEG atau PNG.", code="format")
    clamav.scan(content)
    try:
        return _redraw(content, upload.name or "")
    except ValidationError:
        raise
    except Image.DecompressionBombError as error:
        raise TOO_MANY_PIXELS from error
    except Exception as error:
        # A decoder given a hostile file may say anything; the person gets one sentence, the log the rest.
        logger.info("photo refused: %s", type(error).__name__)
        raise ValidationError(
            "Foto tidak dapat dibaca, mungkin rusak. Ambil ulang fotonya lalu unggah lagi.", code="damaged"
        ) from error


def clean_pdf(upload: Upload, *, max_bytes: int | None = None) -> CleanUpload:
    """A PDF that only shows pages, kept byte for byte."""
    content = read_whole(upload, max_bytes)
    if not content.startswith(b"%PDF-"):
        raise ValidationError("Berkas ini bukan PDF. Simpan sebagai PDF, lalu unggah lagi.", code="format")
    clamav.scan(content)
    pages = _inspect(content)
    return CleanUpload(content, "application/pdf", clean_name(upload.name, ".pdf"), pages=pages)


def clean_scan(upload: Upload, *, max_bytes: int | None = None) -> CleanUpload:
    """A signed paper as it comes from the office's scanner or from a telephone: PDF, JPEG or PNG."""
    start = upload.read(8)
    upload.seek(0)
    if start.startswith(b"%PDF-"):
        return clean_pdf(upload, max_bytes=max_bytes)
    if start.startswith((b"\xff\xd8\xff", b"\x89PNG")):
        return clean_image(upload, max_bytes=max_bytes)
    read_whole(upload, max_bytes)  # empty and too large have sentences of their own
    raise ValidationError("Berkas harus PDF atau foto (JPEG atau PNG).", code="format")


def clean_name(name: str | None, suffix: str) -> str:
    """The person's file name without folders, control characters or a misleading ending; at most 100 characters."""
    last = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(character for character in last if character.isprintable() and character not in '<>:"|?*')
    stem = PurePosixPath(shown).stem.strip(" .")
    return (stem[: 100 - len(suffix)] or "berkas") + suffix


def read_whole(upload: Upload, max_bytes: int | None = None) -> bytes:
    """All its bytes; ValidationError where there are none, or too many."""
    limit = max_bytes or settings.UPLOAD_MAX_BYTES
    too_large = ValidationError(
        f"Berkas terlalu besar (maksimal {ukuran(limit)}). Kecilkan foto lalu coba lagi.", code="too_large"
    )
    if upload.size > limit:
        raise too_large
    upload.seek(0)
    content = upload.read(limit + 1)
    upload.seek(0)
    if len(content) > limit:
        raise too_large
    if not content:
        raise ValidationError("Berkas kosong. Pilih berkas lain.", code="empty")
    return content


# --- inside -----------------------------------------------------------------------------------------------
def _redraw(content: bytes, name: str) -> CleanUpload:
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint switches it on for the whole process
    with Image.open(BytesIO(content), formats=["JPEG", "PNG"]) as opened:
        _check_dimensions(opened)
        is_jpeg = opened.format in {"JPEG", "MPO"}
        if is_jpeg:
            opened.draft("RGB", (PHOTO_SIDE, PHOTO_SIDE))  # decode at 1/2, 1/4 or 1/8 where that is enough
        if opened.mode in {"RGB", "RGBA", "L", "LA", "CMYK"}:  # smaller first: each copy costs its pixels
            _shrink(opened)
        ImageOps.exif_transpose(opened, in_place=True)
        picture = _plain_mode(opened, keep_palette=not is_jpeg)
    _shrink(picture)
    transparency = picture.info.get("transparency") if picture.mode == "P" else None
    picture.info = {} if transparency is None else {"transparency": transparency}  # comments, profiles, XMP
    out = BytesIO()
    if picture.mode in {"P", "RGBA", "LA", "1"}:  # a drawing or a coat of arms; photographs are JPEG
        picture.save(out, "PNG", optimize=True)
        content_type, suffix = "image/png", ".png"
    else:
        picture.save(out, "JPEG", quality=82, optimize=True, progressive=True)
        content_type, suffix = "image/jpeg", ".jpg"
    return CleanUpload(
        out.getvalue(),
        content_type,
        clean_name(name, suffix),
        width=picture.width,
        height=picture.height,
        thumbnail=_thumbnail(picture),
    )


def _shrink(picture: Image.Image) -> None:
    picture.thumbnail((PHOTO_SIDE, PHOTO_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)


def _check_dimensions(opened: Image.Image) -> None:
    """From the header, before a pixel is decoded."""
    width, height = opened.size
    whole = opened.format == "PNG" or opened.info.get("progressive")
    if width * height > (MAX_PIXELS_WHOLE if whole else MAX_PIXELS) or max(width, height) > MAX_SIDE:
        raise TOO_MANY_PIXELS
    if min(width, height) < 16:
        raise ValidationError("Gambar terlalu kecil untuk dibaca. Pilih foto lain.", code="pixels")


def _plain_mode(picture: Image.Image, *, keep_palette: bool) -> Image.Image:
    if picture.mode.startswith("I") or picture.mode == "F":  # 16 bits of grey
        return picture.convert("I").point(lambda level: level / 256).convert("L")
    if picture.mode == "P" and keep_palette and max(picture.size) <= PHOTO_SIDE:
        return picture
    if picture.mode in {"L", "RGB", "1"} and "transparency" not in picture.info:
        return picture
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        opaque = picture.getchannel("A").getextrema() == (255, 255)
        return picture.convert("RGB") if opaque else picture
    return picture.convert("RGB")


def _thumbnail(picture: Image.Image) -> bytes:
    """WebP of at most 5 KB where the picture lets itself be that small."""
    colour = picture.convert("RGBA" if picture.mode in {"RGBA", "LA"} or picture.info else "RGB")
    smallest = b""
    for side in THUMBNAIL_SIDES:
        small = colour.copy()
        small.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=3.0)
        small.info = {}
        for quality in (72, 55, 40, 25):
            out = BytesIO()
            small.save(out, "WEBP", quality=quality, method=4)
            smallest = out.getvalue()
            if len(smallest) <= THUMBNAIL_BYTES:
                return smallest
    return smallest


_PDF_PROBLEMS = {
    "encrypted": "PDF terkunci kata sandi. Simpan ulang tanpa kata sandi, lalu unggah lagi.",
    "active": (
        "PDF memuat isi aktif (skrip, lampiran, atau formulir interaktif). "
        "Cetak ke PDF atau pindai ulang, lalu unggah lagi."
    ),
    "mixed": "PDF ini juga memuat arsip (ZIP atau sejenisnya). Cetak ke PDF atau pindai ulang, lalu unggah lagi.",
    "complex": "PDF terlalu rumit untuk diperiksa. Cetak ke PDF atau pindai ulang, lalu unggah lagi.",
    "pages": "PDF terlalu panjang (maksimal 500 halaman). Unggah bagian yang diperlukan saja.",
    "damaged": "PDF tidak dapat dibaca, mungkin rusak. Simpan ulang sebagai PDF, lalu unggah lagi.",
}


def _inspect(content: bytes) -> int:
    """Pages of the PDF, found out by a process that may fail."""
    try:
        run = subprocess.run(
            [sys.executable, "-I", str(INSPECTOR)],
            input=content,
            capture_output=True,
            timeout=INSPECTOR_SECONDS,
            check=False,
            env={},
        )
        verdict = json.loads(run.stdout) if run.returncode == 0 else {"problem": "complex"}
    except (subprocess.TimeoutExpired, ValueError):
        verdict = {"problem": "complex"}
    problem = verdict.get("problem")
    if isinstance(problem, str):
        logger.info("pdf refused: %s %s", problem, verdict.get("detail", ""))
        raise ValidationError(_PDF_PROBLEMS[problem], code=problem)
    return int(verdict["pages"])
