"""Files as people upload them, good and bad, made in code."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import pikepdf
from PIL import Image

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + rb"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def picture(width: int = 640, height: int = 480, mode: str = "RGB") -> Image.Image:
    """A gradient with some detail, so that it neither vanishes nor explodes when compressed."""
    grey = Image.linear_gradient("L").resize((width, height))
    return Image.merge("RGB", (grey, grey.rotate(90, expand=False), grey.rotate(180))).convert(mode)


def jpeg(width: int = 640, height: int = 480, **options: object) -> bytes:
    out = io.BytesIO()
    picture(width, height).save(out, "JPEG", **options)
    return out.getvalue()


def png(width: int = 640, height: int = 480, mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    picture(width, height, mode).save(out, "PNG", **options)
    return out.getvalue()


def photo_of_a_telephone() -> bytes:
    """A JPEG on its side, with place, comment and a preview in its EXIF."""
    exif = Image.Exif()
    exif[0x0112] = 6  # rotate 90 degrees to the right
    exif[0x010F] = "TELEPON-RAHASIA"
    exif.get_ifd(0x8825)[2] = (8.0, 53.0, 12.0)  # latitude
    return jpeg(800, 600, exif=exif, comment=b"KOMENTAR-RAHASIA", icc_profile=b"PROFIL-RAHASIA" * 20)


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and has almost no data."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


def pdf(change: Callable[[pikepdf.Pdf], object] | None = None, pages: int = 1, **save: object) -> bytes:
    """A PDF with blank pages; `change` may put something into it."""
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page()
    if change:
        change(document)
    out = io.BytesIO()
    # The same pages are the same bytes, whatever the second; an encrypted file cannot be.
    document.save(out, deterministic_id="encryption" not in save, **save)
    return out.getvalue()


def archive(content: bytes, name: str = "isi.txt") -> bytes:
    """A ZIP with one compressed file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, content)
    return out.getvalue()


def script(document: pikepdf.Pdf) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def _root(name: str, value: Callable[[pikepdf.Pdf], object]) -> Callable[[pikepdf.Pdf], None]:
    def put(document: pikepdf.Pdf) -> None:
        document.Root[name] = value(document)

    return put


def _annotation(**entries: object) -> Callable[[pikepdf.Pdf], None]:
    def put(document: pikepdf.Pdf) -> None:
        note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Rect=[0, 0, 9, 9], **entries)
        document.pages[0].Annots = document.make_indirect(pikepdf.Array([document.make_indirect(note)]))

    return put


def attach(document: pikepdf.Pdf) -> None:
    document.attachments["rahasia.exe"] = b"MZ"


def form_with_script(document: pikepdf.Pdf) -> None:
    field = pikepdf.Dictionary(T="x", FT=pikepdf.Name.Tx, AA=pikepdf.Dictionary(K=script(document)))
    document.Root.AcroForm = pikepdf.Dictionary(Fields=[document.make_indirect(field)])


ACTIVE_PDFS: dict[str, Callable[[pikepdf.Pdf], object]] = {
    "script at the start": _root("/OpenAction", script),
    "script behind a reference": _root("/OpenAction", lambda d: d.make_indirect(script(d))),
    "program at the start": _root("/OpenAction", lambda d: pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")),
    "address at the start": _root("/OpenAction", lambda d: pikepdf.Dictionary(S=pikepdf.Name.URI, URI="http://x")),
    "script in the name tree": _root(
        "/Names", lambda d: pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=["a", script(d)]))
    ),
    "acts on closing": _root("/AA", lambda d: pikepdf.Dictionary(WC=script(d))),
    "act after an act": _root(
        "/PageMode", lambda d: pikepdf.Dictionary(S=pikepdf.Name.GoTo, Next=[pikepdf.Array([script(d)])])
    ),
    "XFA form": _root("/AcroForm", lambda d: pikepdf.Dictionary(XFA=pikepdf.Stream(d, b"<xdp/>"), Fields=[])),
    "field with a script": form_with_script,
    "attached file": attach,
    "link with a script": _annotation(
        Subtype=pikepdf.Name.Link, A=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="1")
    ),
    "link that starts a program": _annotation(
        Subtype=pikepdf.Name.Link, A=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="x")
    ),
    "link that sends a form": _annotation(
        Subtype=pikepdf.Name.Link, A=pikepdf.Dictionary(S=pikepdf.Name.SubmitForm, F="http://x")
    ),
    "film": _annotation(Subtype=pikepdf.Name("/RichMedia")),
    "sound": _annotation(Subtype=pikepdf.Name.Sound),
    "attached to a page": _annotation(Subtype=pikepdf.Name.FileAttachment),
    "window on a film": _annotation(Subtype=pikepdf.Name.Screen),
}
