"""Join PDFs and pictures into one PDF, alone in a process of its own with limits: `python -I joiner.py < plan.json`.

As `core.pdf_inspector`, it knows nothing of Django, and a hostile or broken file takes only this process with it. The
pages are joined by qpdf's own program, which leaves their streams on the disk until they are written; pikepdf's list of
pages would copy them into memory. So its memory does not grow with the files. The plan is JSON on standard input; the answer is JSON on standard output.

    {"do": "measure", "parts": [{"path", "type", "sha256"}]}       -> [{"pages": 3} or {"problem": "encrypted"}]
    {"do": "join", "out": 5, "scratch": "/a/folder", "title", "front": path, "notices": path or "",
     "parts": [{"path", "type", "pages", "heading", "title", "stamp", "notice": -1 or the page of `notices`}]}
                                                                     -> {"pages": 120}
`out` is the number of an open file, inherited. Problems: encrypted, damaged, changed (another hash), gone.
"""

import hashlib
import io
import json
import os
import resource
import sys
import tempfile
from typing import Any

MEMORY = 768 * 1024 * 1024
SECONDS = 200
MOST_PIXELS = 60_000_000
LINK = "https://halaman.invalid/"  # a link of the table of contents: the page that it means
A4 = (595.28, 841.89)
MARGIN = 28.35  # 1 cm
# From the page as it is seen, upright, to the page as it is written, by its /Rotate; (left, bottom, right, top).
TURNED = {
    0: lambda box: (1, 0, 0, 1, box[0], box[1]),
    90: lambda box: (0, 1, -1, 0, box[2], box[1]),
    180: lambda box: (-1, 0, 0, -1, box[2], box[3]),
    270: lambda box: (0, -1, 1, 0, box[0], box[3]),
}


# --- looking -------------------------------------------------------------------------------------------------
def measure(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [look_at(part) for part in parts]


def look_at(part: dict[str, Any]) -> dict[str, Any]:
    """How many pages this makes, or why none."""
    import pikepdf

    try:
        if fingerprint(part["path"]) != part["sha256"]:
            return {"problem": "changed"}
        if part["type"] != "application/pdf":
            with picture(part["path"]) as image:
                image.load()
            return {"pages": 1}
        with read(part["path"]) as pdf:
            if pdf.is_encrypted:
                return {"problem": "encrypted"}
            boxes = [box_of(page) for page in pdf.pages]
            trial = pikepdf.new()
            trial.pages.extend(pdf.pages)
            with open(os.devnull, "wb") as nowhere:  # what cannot be written shows here, not when all are joined
                trial.save(nowhere)
        return {"pages": len(boxes)} if boxes else {"problem": "damaged"}
    except FileNotFoundError:
        return {"problem": "gone"}
    except pikepdf.PasswordError:
        return {"problem": "encrypted"}
    except Exception as error:  # whatever a broken file makes a parser say, it is a broken file
        return {"problem": "damaged", "detail": type(error).__name__}


def read(file: Any) -> Any:
    """A PDF whose parts stay on the disk until they are wanted, and are not mapped into memory meanwhile."""
    import pikepdf

    return pikepdf.open(file, access_mode=pikepdf.AccessMode.stream, suppress_warnings=True)


def fingerprint(path: str) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while lot := file.read(1 << 20):
            digest.update(lot)
    return digest.hexdigest()


def picture(path: str) -> Any:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    return Image.open(path, formats=["JPEG", "PNG"])


# --- joining -------------------------------------------------------------------------------------------------
def join(plan: dict[str, Any]) -> dict[str, Any]:
    """First the pages, by qpdf's own program, which leaves their streams in the files; then what we write on them."""
    import pikepdf

    with tempfile.TemporaryFile(dir=plan["scratch"]) as joined:
        taken, kept = [plan["front"], "1-z"], []
        firsts, at = [], front_pages(plan)
        front = at
        for part in plan["parts"]:
            firsts.append(at)
            if part["notice"] >= 0:
                taken += [plan["notices"], str(part["notice"] + 1)]
            elif part["type"] == "application/pdf":
                taken += [part["path"], "1-z"]
            else:
                kept.append(as_page(part, plan["scratch"]))
                taken += [f"/dev/fd/{kept[-1].fileno()}", "1"]
            at += part["pages"]
        job = pikepdf.Job(
            ["joiner", "--warning-exit-0", "--empty", "--pages", *taken, "--", f"/dev/fd/{joined.fileno()}"]
        )
        job.run()
        with read(joined) as whole:
            if len(whole.pages) != at:
                raise ValueError(f"{len(whole.pages)} pages joined, {at} measured")
            for page in whole.pages[front:]:
                without_ways_out(page)
            finish(whole, plan, firsts, front)
            with os.fdopen(plan["out"], "r+b", closefd=False) as out:
                whole.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return {"pages": at, "front": front}


def front_pages(plan: dict[str, Any]) -> int:
    with read(plan["front"]) as front:
        return len(front.pages)


def finish(whole: Any, plan: dict[str, Any], firsts: list[int], front: int) -> None:
    """What makes one file of the pages."""
    for name in ("/AcroForm", "/Names", "/OpenAction", "/AA"):
        if name in whole.Root:
            del whole.Root[name]
    stamp_all(whole, plan["parts"], firsts, front)
    lead(whole, firsts, front)
    outline(whole, plan["parts"], firsts)
    describe(whole, plan["title"], front)


def without_ways_out(page: Any) -> None:
    """A joined page keeps what it shows; links, forms and their scripts belong to the file that it came from."""
    for name in ("/Annots", "/AA", "/B"):
        if name in page.obj:
            del page.obj[name]


def as_page(part: dict[str, Any], scratch: str) -> Any:
    """A picture as the one page of a PDF, on the disk: upright or lying on A4, never larger than it is in 96 dpi."""
    import pikepdf

    image = picture(part["path"])
    width, height = image.size
    lying = width > height
    page = (A4[1], A4[0]) if lying else A4
    room = (page[0] - 2 * MARGIN, page[1] - 3 * MARGIN)
    scale = min(room[0] / width, room[1] / height, 72 / 96)
    shown = (width * scale, height * scale)
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=page)
    entries = pikepdf.Dictionary(
        Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=width, Height=height, BitsPerComponent=8,
        Filter=pikepdf.Name.DCTDecode,
    )  # fmt: skip
    content, entries.ColorSpace = encoded(image, part)
    drawn = pdf.make_stream(content, entries)
    pdf.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Foto=drawn))
    at = ((page[0] - shown[0]) / 2, (page[1] - shown[1]) / 2)
    pdf.pages[0].Contents = pdf.make_stream(b"q %.2f 0 0 %.2f %.2f %.2f cm /Foto Do Q" % (*shown, *at))
    file = tempfile.TemporaryFile(dir=scratch)  # noqa: SIM115  read until all is written; it has no name to be left
    pdf.save(file)
    file.seek(0)
    return file


def encoded(image: Any, part: dict[str, Any]) -> tuple[bytes, Any]:
    """As JPEG: the very bytes where it is one that PDF can hold, else drawn anew on white."""
    import pikepdf

    grey, colour = pikepdf.Name.DeviceGray, pikepdf.Name.DeviceRGB
    if image.format == "JPEG" and image.mode in ("RGB", "L"):
        with open(part["path"], "rb") as file:
            return file.read(), colour if image.mode == "RGB" else grey
    from PIL import Image

    flat = Image.new("RGB", image.size, "white")
    seen = image.convert("RGBA")
    flat.paste(seen, mask=seen.getchannel("A"))
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=88)
    return out.getvalue(), colour


# --- stamps ----------------------------------------------------------------------------------------------------
def stamp_all(whole: Any, parts: list[dict[str, Any]], firsts: list[int], front: int) -> None:
    """On each page of the papers: which order, which paper, which page of the file."""
    import pikepdf

    font = whole.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica,
            Encoding=pikepdf.Name.WinAnsiEncoding,
        )
    )  # fmt: skip
    last = len(whole.pages)
    for number, part in enumerate(parts):
        end = firsts[number + 1] if number + 1 < len(parts) else last
        for index in range(firsts[number], end):
            text = f"{part['stamp']}  |  hal. {index - front + 1} dari {last - front}"
            stamp(whole, whole.pages[index], font, text)


def stamp(whole: Any, page: Any, font: Any, text: str) -> None:
    """A line of small print at the head of the page as it is seen, whatever its size and turn."""
    import pikepdf

    box, turn = box_of(page), int(page.obj.get("/Rotate", 0)) % 360
    wide, high = box[2] - box[0], box[3] - box[1]
    if turn in (90, 270):
        wide, high = high, wide
    size = 7 * max(0.4, min(wide, high) / A4[0])
    x, y = 2 * size, high - 2 * size
    matrix = " ".join(f"{value:.3f}" for value in TURNED.get(turn, TURNED[0])(box))
    length = min(0.53 * size * len(text), wide - 2 * x)
    words = text.encode("cp1252", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    drawing = (
        f"\nQ q {matrix} cm 1 g {x - size / 2:.2f} {y - size / 2.5:.2f} {length + size:.2f} {size * 1.6:.2f} re f "
        f"0.15 g BT /StempelBerkas {size:.2f} Tf {x:.2f} {y:.2f} Td ("
    ).encode() + words + b") Tj ET Q\n"  # fmt: skip
    own = copy_of(page.obj.get("/Resources"))  # others may share it
    own.Font = copy_of(own.get("/Font"))
    own.Font[pikepdf.Name("/StempelBerkas")] = font
    page.obj.Resources = own
    page.contents_add(whole.make_stream(b"q\n"), prepend=True)
    page.contents_add(whole.make_stream(drawing))


def copy_of(entries: Any) -> Any:
    """A dictionary of its own with the same entries; an empty one for none."""
    import pikepdf

    return pikepdf.Dictionary(dict(entries.items())) if entries is not None else pikepdf.Dictionary()


def box_of(page: Any) -> tuple[float, float, float, float]:
    """What is shown of the page: left, bottom, right, top."""
    left, bottom, right, top = (float(value) for value in page.cropbox)
    return min(left, right), min(bottom, top), max(left, right), max(bottom, top)


# --- finding one's way -------------------------------------------------------------------------------------------
def lead(whole: Any, firsts: list[int], front: int) -> None:
    """The links of the table of contents lead to the pages; others go."""
    import pikepdf

    for page in whole.pages[:front]:
        kept = []
        for note in page.obj.get("/Annots", []):
            address = str(note.get("/A", {}).get("/URI", ""))
            number = address.removeprefix(LINK)
            if address.startswith(LINK) and number.isdigit() and int(number) < len(firsts):
                del note["/A"]
                note.Dest = pikepdf.Array([whole.pages[firsts[int(number)]].obj, pikepdf.Name.Fit])
                kept.append(note)
        page.obj.Annots = pikepdf.Array(kept)


def outline(whole: Any, parts: list[dict[str, Any]], firsts: list[int]) -> None:
    """Bookmarks: the parts of the process, and under each its papers."""
    import pikepdf

    with whole.open_outline() as bookmarks:
        bookmarks.root.append(pikepdf.OutlineItem("Sampul dan daftar isi", 0, "Fit"))
        heading, under = None, pikepdf.OutlineItem("")
        for part, first in zip(parts, firsts, strict=True):
            if part["heading"] != heading:
                heading = part["heading"]
                under = pikepdf.OutlineItem(heading, first, "Fit")
                bookmarks.root.append(under)
            under.children.append(pikepdf.OutlineItem(part["title"], first, "Fit"))


def describe(whole: Any, title: str, front: int) -> None:
    """Its title, its language, and page numbers that begin with the first paper."""
    import pikepdf

    whole.docinfo["/Title"] = title
    whole.docinfo["/Creator"] = "Marketplace P2KTD"
    whole.Root.Lang = "id"
    whole.Root.PageMode = pikepdf.Name.UseOutlines
    whole.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
    roman, plain = pikepdf.Dictionary(S=pikepdf.Name.r), pikepdf.Dictionary(S=pikepdf.Name.D)
    whole.Root.PageLabels = pikepdf.Dictionary(Nums=pikepdf.Array([0, roman, front, plain]))


def main() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    plan = json.load(sys.stdin)
    answer: Any = measure(plan["parts"]) if plan["do"] == "measure" else join(plan)
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
