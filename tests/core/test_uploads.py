import io
import os
import zipfile

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageFile

from core import uploads
from tests.core import files


def upload(content, name="berkas.pdf"):
    return SimpleUploadedFile(name, content)


def refusal(clean, content, **options):
    with pytest.raises(ValidationError) as refused:
        clean(upload(content), **options)
    return refused.value.code


# --- photographs -------------------------------------------------------------------------------------------
def test_a_photo_is_turned_upright_and_loses_everything_but_its_picture():
    dirty = files.photo_of_a_telephone()
    assert b"RAHASIA" in dirty
    clean = uploads.clean_image(upload(dirty, "foto.jpeg"))
    assert (clean.width, clean.height) == (600, 800)
    assert b"RAHASIA" not in clean.content
    with Image.open(io.BytesIO(clean.content)) as again:
        assert again.format == "JPEG"
        assert not again.getexif()
        assert set(again.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
    assert clean.name == "foto.jpg"
    assert clean.is_photo


def test_a_large_photo_becomes_1600_pixels_and_a_thumbnail_of_5_kb():
    clean = uploads.clean_image(upload(files.jpeg(4000, 3000, quality=60)))
    assert (clean.width, clean.height) == (1600, 1200)
    assert clean.size < 600_000
    assert len(clean.thumbnail) <= uploads.THUMBNAIL_BYTES
    with Image.open(io.BytesIO(clean.thumbnail)) as small:
        assert small.format == "WEBP"
        assert max(small.size) <= 320


def test_even_noise_has_a_small_thumbnail():
    noise = Image.frombytes("RGB", (400, 300), os.urandom(400 * 300 * 3))
    out = io.BytesIO()
    noise.save(out, "JPEG")
    assert len(uploads.clean_image(upload(out.getvalue())).thumbnail) <= 3 * uploads.THUMBNAIL_BYTES


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "1", "LA", "RGBA", "I;16", "CMYK"])
def test_every_kind_of_picture_is_redrawn(mode):
    if mode == "CMYK":
        out = io.BytesIO()
        files.picture(mode="CMYK").save(out, "JPEG")
        content = out.getvalue()
    elif mode == "I;16":
        out = io.BytesIO()
        Image.frombytes("I;16", (64, 48), os.urandom(64 * 48 * 2)).save(out, "PNG")
        content = out.getvalue()
    else:
        content = files.png(mode=mode)
    clean = uploads.clean_image(upload(content))
    with Image.open(io.BytesIO(clean.content)) as again:
        again.load()
        assert f"image/{again.format.lower()}" == clean.content_type


def test_a_drawing_keeps_its_transparency_and_loses_its_notes():
    from PIL.PngImagePlugin import PngInfo

    notes = PngInfo()
    notes.add_text("Author", "RAHASIA")
    coat = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    coat.paste((200, 0, 0, 255), (50, 50, 250, 250))
    out = io.BytesIO()
    coat.save(out, "PNG", pnginfo=notes, icc_profile=b"RAHASIA" * 30)
    clean = uploads.clean_image(upload(out.getvalue()))
    assert clean.content_type == "image/png"
    assert b"RAHASIA" not in clean.content
    with Image.open(io.BytesIO(clean.content)) as again:
        assert again.convert("RGBA").getpixel((0, 0))[3] == 0
        assert again.info == {}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"halo", "format"),
        (files.EICAR, "format"),
        (b"GIF89a" + b"\0" * 100, "format"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "format"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "format"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 50, "format"),
        (b"\xff\xd8\xff", "damaged"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 5000, "damaged"),
        (b"\x89PNG\r\n\x1a\n", "damaged"),
        (b"\x89PNG\r\n\x1a\n" + os.urandom(500), "damaged"),
        (files.jpeg()[:2000], "damaged"),
        (files.png()[:900], "damaged"),
        (files.png_header(60_000, 60_000), "pixels"),
        (files.png_header(6_000, 6_000), "pixels"),
        (files.png_header(30_000, 20), "pixels"),
        (files.png_header(2**31 - 1, 2**31 - 1), "pixels"),
        (files.jpeg(10, 10), "pixels"),
        (b"P6 1 1 255 \0\0\0", "format"),
    ],
    ids=lambda value: value if isinstance(value, str) else "bytes",
)
def test_what_is_no_photo_is_refused_with_a_sentence(content, code):
    assert refusal(uploads.clean_image, content) == code


def test_a_large_progressive_photo_is_refused_before_it_is_held_whole(monkeypatch):
    monkeypatch.setattr(uploads, "MAX_PIXELS_WHOLE", 100_000)
    assert refusal(uploads.clean_image, files.jpeg(640, 480, progressive=True)) == "pixels"
    assert uploads.clean_image(upload(files.jpeg(640, 480))).width == 640


def test_half_a_photo_is_refused_even_where_the_pdf_engine_was_loaded(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # what importing WeasyPrint does
    assert refusal(uploads.clean_image, files.jpeg()[:2000]) == "damaged"


def test_a_second_file_behind_the_picture_is_gone():
    for tail in (b"<script>alert(1)</script>", files.pdf(), b"PK\x03\x04evil", b"<?php system($_GET[0]); ?>"):
        clean = uploads.clean_image(upload(files.jpeg() + tail))
        assert tail not in clean.content


# --- PDFs ---------------------------------------------------------------------------------------------------
def test_a_pdf_is_kept_byte_for_byte():
    content = files.pdf(pages=3)
    clean = uploads.clean_pdf(upload(content, "Surat Kuasa.PDF"))
    assert clean.content == content
    assert (clean.pages, clean.content_type, clean.name) == (3, "application/pdf", "Surat Kuasa.pdf")


def test_links_and_an_opening_page_are_harmless():
    def harmless(document):
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Link,
            Rect=[0, 0, 9, 9],
            A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://desa.example"),
        )
        document.pages[0].Annots = pikepdf.Array([link])
        document.Root.OpenAction = pikepdf.Array([document.pages[0].obj, pikepdf.Name.Fit])

    assert uploads.clean_pdf(upload(files.pdf(harmless))).pages == 1

    def jump(document):
        where = pikepdf.Array([document.pages[0].obj, pikepdf.Name.Fit])
        document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.GoTo, D=where)

    assert uploads.clean_pdf(upload(files.pdf(jump))).pages == 1


@pytest.mark.parametrize("name", files.ACTIVE_PDFS)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
def test_a_pdf_that_can_act_is_refused(name, packed):
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    content = files.pdf(files.ACTIVE_PDFS[name], object_stream_mode=mode)
    assert refusal(uploads.clean_pdf, content) == "active"


def test_a_script_whose_name_is_written_in_escapes_is_refused():
    plain = files.pdf(files.ACTIVE_PDFS["script at the start"], object_stream_mode=pikepdf.ObjectStreamMode.disable)
    hidden = plain.replace(b"/JavaScript", b"/J#61vaScript").replace(b"/OpenAction", b"/Open#41ction")
    assert hidden != plain
    assert refusal(uploads.clean_pdf, hidden) == "active"


def test_a_script_outside_the_cross_reference_table_is_refused():
    """Another reader may repair the table and find it."""
    content = files.pdf() + b"\n99 0 obj\n<< /S /JavaScript /JS (app.alert(1)) >>\nendobj\n"
    assert refusal(uploads.clean_pdf, content) == "active"


def zip_around_a_pdf():
    """An archive that begins as a PDF: its directory stands behind, its members' places are counted from the start."""
    out = io.BytesIO(files.pdf())
    with zipfile.ZipFile(out, "a") as packed:
        packed.writestr("jahat.exe", b"MZ" + os.urandom(100))
    return out.getvalue()


def zip_with_a_pdf_for_a_comment():
    """The directory does not stand at the end: the rest of the PDF is the archive's comment."""
    whole = files.pdf() + b"\n" + files.archive(b"halo")
    tail = b"\n%%EOF\n" + b"% " * 50
    return whole[:-2] + len(tail).to_bytes(2, "little") + tail


def zip_in_a_page():
    """Stored, not packed, in the page's stream: the archive is inside the PDF."""
    packed = files.archive(b"halo")
    return files.pdf(lambda d: d.pages[0].__setattr__("Contents", pikepdf.Stream(d, packed)), compress_streams=False)


@pytest.mark.parametrize(
    "content",
    [
        files.pdf() + files.archive(b"halo"),
        zip_around_a_pdf(),
        zip_with_a_pdf_for_a_comment(),
        zip_in_a_page(),
        files.pdf() + b"Rar!\x1a\x07\x01\x00" + os.urandom(50),
        files.pdf() + b"7z\xbc\xaf\x27\x1c" + os.urandom(50),
    ],
    ids=["behind", "around", "comment", "inside", "rar", "7z"],
)
def test_a_pdf_that_is_an_archive_too_is_refused(content):
    """To whoever takes the name .zip or .jar for it, it would unpack."""
    assert refusal(uploads.clean_pdf, content) == "mixed"


def test_bytes_that_look_like_an_archive_by_chance_are_no_obstacle():
    assert uploads.clean_pdf(upload(files.pdf() + b"\n% PK\x03\x04 PK\x05\x06 7z Rar!\n")).pages == 1


def test_a_signed_pdf_is_kept_with_its_signature():
    """What is added behind the first end of the file, as signing does, is no second file."""

    def sign(document):
        field = pikepdf.Dictionary(
            FT=pikepdf.Name.Sig,
            T="Tanda tangan",
            V=pikepdf.Dictionary(Type=pikepdf.Name.Sig, Filter=pikepdf.Name("/Adobe.PPKLite"), Contents=b"\0" * 4000),
        )
        document.Root.AcroForm = pikepdf.Dictionary(Fields=[document.make_indirect(field)], SigFlags=3)

    content = files.pdf(sign)
    assert uploads.clean_pdf(upload(content)).content == content


@pytest.mark.parametrize("password", ["", "rahasia"])
def test_a_locked_pdf_is_refused(password):
    locked = files.pdf(encryption=pikepdf.Encryption(owner="pemilik", user=password))
    assert refusal(uploads.clean_pdf, locked) == "encrypted"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"halo", "format"),
        (files.EICAR, "format"),
        (files.jpeg(), "format"),
        (b"\n" + files.pdf(), "format"),
        (b"<script>alert(1)</script>" + files.pdf(), "format"),
        (b"PK\x03\x04" + files.pdf(), "format"),
        (b"MZ" + files.pdf(), "format"),
        (b"%PDF-1.7", "damaged"),
        (b"%PDF-1.7\n" + files.EICAR, "damaged"),
        (b"%PDF-1.7\n" + b"<html><script>alert(1)</script></html>", "damaged"),
        (b"%PDF-1.7\n" + os.urandom(5000), "damaged"),
        (b"%PDF-1.7\n" + b"[" * 200_000, "damaged"),
        (files.pdf(pages=0), "damaged"),
    ],
    ids=lambda value: value if isinstance(value, str) else "bytes",
)
def test_what_is_no_pdf_is_refused_with_a_sentence(content, code):
    assert refusal(uploads.clean_pdf, content) == code


def test_a_pdf_with_too_many_pages_is_refused():
    assert refusal(uploads.clean_pdf, files.pdf(pages=501)) == "pages"


def test_a_pdf_that_unpacks_to_gigabytes_takes_only_the_inspector_with_it():
    import zlib

    bomb = zlib.compress(b"\0" * 400_000_000, 1)
    bomb = zlib.compress(bomb, 9)
    stream = (
        b"%PDF-1.5\n1 0 obj\n<</Type/XRef/Size 2/W[1 4 1]/Root 1 0 R/Filter[/FlateDecode/FlateDecode]/Length "
        + str(len(bomb)).encode()
        + b">>\nstream\n"
        + bomb
        + b"\nendstream\nendobj\nstartxref\n9\n%%EOF"
    )
    assert refusal(uploads.clean_pdf, stream) in {"damaged", "complex"}


def test_an_inspector_that_hangs_or_dies_refuses_the_file(monkeypatch, tmp_path):
    script = tmp_path / "inspector.py"
    monkeypatch.setattr(uploads, "INSPECTOR", script)
    monkeypatch.setattr(uploads, "INSPECTOR_SECONDS", 1)
    for program in ("import time; time.sleep(60)", "import os; os.kill(os.getpid(), 11)", "print('halo')", "1/0"):
        script.write_text(program)
        assert refusal(uploads.clean_pdf, files.pdf()) == "complex"


# --- both ---------------------------------------------------------------------------------------------------
def test_a_file_over_the_limit_is_refused_even_if_it_lies_about_its_size():
    assert refusal(uploads.clean_pdf, files.pdf() + b" " * 5000, max_bytes=2000) == "too_large"
    liar = upload(files.pdf() + b" " * 5000)
    liar.size = 10
    with pytest.raises(ValidationError) as refused:
        uploads.clean_pdf(liar, max_bytes=2000)
    assert refused.value.code == "too_large"
    assert "Kecilkan foto lalu coba lagi" in refused.value.messages[0]


def test_a_scan_is_a_pdf_or_a_photo():
    assert uploads.clean_scan(upload(files.pdf())).content_type == "application/pdf"
    assert uploads.clean_scan(upload(files.jpeg())).content_type == "image/jpeg"
    assert uploads.clean_scan(upload(files.png())).content_type == "image/jpeg"
    assert refusal(uploads.clean_scan, b"halo") == "format"
    assert refusal(uploads.clean_scan, b"") == "empty"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Surat Kuasa.PDF", "Surat Kuasa.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("..\\..\\windows\\system32\\cmd.exe", "cmd.pdf"),
        ("foto.php.jpg", "foto.php.pdf"),
        ("a\0b\r\nc\u202efdp.exe", "abcfdp.pdf"),
        ('<script>"x".pdf', "scriptx.pdf"),
        ("", "berkas.pdf"),
        (None, "berkas.pdf"),
        ("....", "berkas.pdf"),
        ("/", "berkas.pdf"),
        ("x" * 300 + ".pdf", "x" * 96 + ".pdf"),
        ("Berita Acara – Désa.pdf", "Berita Acara – Désa.pdf"),
    ],
)
def test_names_lose_folders_and_tricks(given, kept):
    assert uploads.clean_name(given, ".pdf") == kept
