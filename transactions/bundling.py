"""An order's papers in one file: what belongs in it (asked in the web process), and the making (in the worker).

The manifest is frozen when somebody asks, as they may see the order; the worker packs what stands in it and looks
nothing up. Neither form is held in memory: the ZIP is written through a file without a name, which no kill leaves
behind, and the PDF by `transactions.joiner`, a process of its own with limits.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from core.documents import PAPERS, STYLE, freeze, thaw
from core.formats import tanggal_sedang, ukuran
from core.models import StoredFile
from core.pdf import Asset, make_pdf
from core.spreadsheet import csv_lines
from transactions import joiner
from transactions.dossier import Dossier, Entry
from transactions.models import Bundle

MOST_BYTES = 1_500_000_000  # of an order's papers together; a column of sizes ends at two thousand million
MOST_PAPERS = 1_000
CHUNK = 1 << 20
ENDINGS = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}
COLUMNS = (
    "No",
    "Berkas",
    "Tahap",
    "Dokumen",
    "Nomor",
    "Tanggal",
    "Disimpan",
    "Oleh",
    "Ukuran (byte)",
    "SHA-256",
    "Catatan",
)
PROBLEMS = {
    "encrypted": "PDF ini dikunci dengan kata sandi, jadi halamannya tidak dapat digabungkan.",
    "damaged": "Berkas ini rusak dan tidak dapat dibuka.",
    "changed": "Isi berkas ini tidak sama lagi dengan sidik jarinya (SHA-256) saat disimpan.",
    "gone": "Berkas ini tidak ditemukan di penyimpanan.",
}
NOT_READY = "PDF-nya masih disiapkan saat berkas ini diminta, jadi tidak ikut. Minta lagi sebentar kemudian."


class TooLargeError(Exception):
    """More than one file should hold; the message is for the person who asked."""


# --- what belongs in it ----------------------------------------------------------------------------------------
def manifest_of(dossier: Dossier) -> dict[str, Any]:
    """The file as this person sees it, frozen: the same file gives the same manifest."""
    need, papers, waiting = dossier.need, [], []
    for part in dossier.parts():
        heading = f"{part.stage.label} ({part.ended})" if part.ended else part.stage.label
        papers += [row_of(number, entry, heading) for number, entry in part.entries if entry.file is not None]
        waiting += [f"{number}. {entry.title}" for number, entry in part.entries if entry.file is None]
    if len(papers) > MOST_PAPERS or sum(paper["size"] for paper in papers) > MOST_BYTES:
        raise TooLargeError(
            f"Berkas pembelian ini lebih dari {MOST_PAPERS} dokumen atau {ukuran(MOST_BYTES)}; unduh satu per satu."
        )
    frozen: dict[str, Any] = freeze(
        {
            "order": {"code": need.code, "title": need.title, "village": need.village.full_name},
            "zone": need.village.zone_name,
            "missing": [[lack.label, lack.paper.maker, lack.paper.when] for lack in dossier.missing],
            "warned": [
                [each.sentence, each.reason, each.event.actor_name, each.event.role_label, each.event.at]
                for each in dossier.warned
            ],
            "papers": papers,
            "waiting": waiting,  # their PDFs are being made: once they are ready, it is another file
            "office": dossier.is_office,
        }
    )
    return frozen


def row_of(number: int, entry: Entry, heading: str) -> dict[str, Any]:
    """One paper under its number in the order's file, which page, ZIP and PDF share."""
    file: Any = entry.file
    return {
        "number": number, "heading": heading, "title": entry.title, "letter": entry.number, "on": entry.on, "at": entry.at,
        "who": entry.who, "file": file.code, "path": file.content.name, "type": file.content_type, "size": file.size,
        "sha256": file.sha256, "superseded": entry.superseded, "personal": file.personal,
    }  # fmt: skip


def ask(dossier: Dossier, form: str, *, by: Any, alone: bool) -> Bundle:
    """The bundle of this file; `alone`: for this person only, since what they see is theirs."""
    return Bundle.objects.ask(dossier.need, form, manifest_of(dossier), person=by if alone else None, by=by)


# --- the making ------------------------------------------------------------------------------------------------
@transaction.atomic
def make(pk: int) -> None:
    """Make the bundle, once. The row is held, so whoever comes second finds it made."""
    bundle = Bundle.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if bundle is None or bundle.file_id is not None:
        return
    content = thaw(bundle.manifest)
    with nameless() as out:
        maker: Callable[..., tuple[list[str], int | None]] = pack if bundle.form == Bundle.Form.ZIP else bind
        remarks, bundle.pages = maker(content, out)
        bundle.remarks = [f"{title}: {NOT_READY}" for title in content["waiting"]] + remarks
        kind = "application/zip" if bundle.form == Bundle.Form.ZIP else "application/pdf"
        name = f"Berkas pembelian {content['order']['code']}.{bundle.form}"
        personal = any(paper["personal"] for paper in content["papers"])  # then each download is written down
        bundle.file = StoredFile.objects.store_stream(
            out, path=bundle.path, name=name, content_type=kind, holder=bundle, personal=personal
        )
    bundle.made_at = timezone.now()
    bundle.save(update_fields=["remarks", "pages", "file", "made_at"])


def place_of(paper: dict[str, Any]) -> Path:
    return Path(settings.MEDIA_ROOT, paper["path"])


# --- ZIP ---------------------------------------------------------------------------------------------------------
def pack(content: dict[str, Any], out: BinaryIO) -> tuple[list[str], None]:
    """Every paper under a numbered name, and an index with the hashes; what is read is hashed on the way."""
    rows, remarks = [], []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:  # PDFs and photos are packed already
        for paper in content["papers"]:
            name = name_of(paper)
            problem = put(packed, name, paper)
            note = problem or ("Cetakan lama; ada yang lebih baru." if paper["superseded"] else "")
            rows.append(index_row(name, paper, note))
            if problem:
                remarks.append(f"{paper['title']}: {problem}")
        for name, lines in (("000 Daftar isi.csv", csv_lines([COLUMNS, *rows])), ("000 Catatan.txt", notes(content))):
            with packed.open(dated(name, None), "w") as entry:
                for line in lines:
                    entry.write(line.encode())
    return remarks, None


def put(packed: zipfile.ZipFile, name: str, paper: dict[str, Any]) -> str:
    """Copy one paper in, and say what is wrong with it."""
    digest = hashlib.sha256()
    try:
        with place_of(paper).open("rb") as source, packed.open(dated(name, paper["at"]), "w", force_zip64=True) as to:
            while lot := source.read(CHUNK):
                digest.update(lot)
                to.write(lot)
    except FileNotFoundError:
        return PROBLEMS["gone"]
    return "" if digest.hexdigest() == paper["sha256"] else PROBLEMS["changed"]


def dated(name: str, at: dt.datetime | None) -> zipfile.ZipInfo:
    """The moment it was kept is the file's; the same content makes the same ZIP."""
    moment = at.astimezone(dt.UTC) if at else dt.datetime(1980, 1, 1, tzinfo=dt.UTC)
    entry = zipfile.ZipInfo(name, moment.timetuple()[:6])
    entry.external_attr = 0o600 << 16
    return entry


def name_of(paper: dict[str, Any]) -> str:
    """007 Berita Acara Evaluasi.pdf: letters and digits only, so that any computer takes it."""
    ending = ENDINGS.get(paper["type"], "")
    words = re.sub(r"[^A-Za-z0-9()]+", " ", paper["title"].removesuffix(ending)).strip()[:80].strip()
    return f"{paper['number']:03} {words or 'Dokumen'}{ending}"


def index_row(name: str, paper: dict[str, Any], note: str) -> list[Any]:
    on = paper["on"].isoformat() if paper["on"] else ""
    kept = paper["at"].astimezone(dt.UTC).isoformat(timespec="seconds")
    return [
        paper["number"], name, paper["heading"], paper["title"], paper["letter"], on, kept, paper["who"], paper["size"],
        paper["sha256"], note,
    ]  # fmt: skip


def notes(content: dict[str, Any]) -> Iterator[str]:
    """What is missing and what was unusual, for whoever opens the ZIP without us."""
    order = content["order"]
    yield f"Berkas pembelian {order['code']}\r\n{order['title']}\r\n{order['village']}\r\n\r\nBelum ada menurut aturan:\r\n"
    for label, maker, when in content["missing"]:
        yield f"- {label} ({', '.join(filter(None, (maker, when)))})\r\n"
    yield "" if content["missing"] else "- tidak ada\r\n"
    for title in content["waiting"]:
        yield f"\r\n{title}: {NOT_READY}\r\n"
    yield "\r\nPeringatan yang dilanjutkan dengan alasan:\r\n"
    for sentence, reason, who, role, at in content["warned"]:
        yield f"- {sentence} Alasan: {reason} ({who}, {role}, {tanggal_sedang(at)})\r\n"
    yield "" if content["warned"] else "- tidak ada\r\n"


# --- PDF ---------------------------------------------------------------------------------------------------------
def bind(content: dict[str, Any], out: BinaryIO) -> tuple[list[str], int]:
    """Cover, table of contents, and every paper that holds, stamped; what cannot be shown has a page that says so."""
    papers = [paper for paper in content["papers"] if not paper["superseded"]]
    parts = [{"path": str(place_of(p)), "type": p["type"], "sha256": p["sha256"]} for p in papers]
    measured = run({"do": "measure", "parts": parts})
    troubled = [number for number, found in enumerate(measured) if "problem" in found]
    lines, first = [], 1
    for number, (paper, found) in enumerate(zip(papers, measured, strict=True)):
        lines.append(paper | {"page": first, "link": f"{joiner.LINK}{number}"})
        first += found.get("pages", 1)
    troubles = [papers[n] | {"why": PROBLEMS[measured[n]["problem"]]} for n in troubled]
    with nameless() as front, nameless() as notices:
        draw(front, "transactions/print_bundle.html", content | {"lines": lines, "pages": first - 1, "why": NOT_READY})
        if troubles:
            draw(notices, "transactions/print_bundle_notices.html", {"troubles": troubles})
        code, files = content["order"]["code"], (out.fileno(), front.fileno(), notices.fileno())
        plan = {
            "do": "join",
            "title": f"Berkas pembelian {code}",
            "out": files[0],
            "front": f"/dev/fd/{files[1]}",
            "notices": f"/dev/fd/{files[2]}" if troubles else "",
            "scratch": str(settings.MEDIA_ROOT),
            "parts": [
                part
                | {
                    "pages": measured[n].get("pages", 1),
                    "heading": line["heading"],
                    "title": f"{line['number']}. {line['title']}",
                    "stamp": f"Berkas {code}  |  dokumen {line['number']}",
                    "notice": troubled.index(n) if n in troubled else -1,
                }
                for n, (part, line) in enumerate(zip(parts, lines, strict=True))
            ],
        }
        answer = run(plan, *files)
    return [f"{each['title']}: {each['why']}" for each in troubles], int(answer["pages"])


def nameless() -> Any:
    """A file on the store's disk (/tmp may be memory) without a name: whoever is killed leaves nothing."""
    return tempfile.TemporaryFile(dir=settings.MEDIA_ROOT)


def draw(file: BinaryIO, template: str, context: dict[str, Any]) -> None:
    """A few pages of our own."""
    style = (Path(settings.BASE_DIR) / "static" / STYLE).read_bytes()
    html = render_to_string(template, context | {"page_size": PAPERS["A4"], "demo": settings.DEMO})
    content, _ = make_pdf(html, {STYLE: Asset(style, "text/css")})
    file.write(content)
    file.flush()


def run(plan: dict[str, Any], *files: int) -> Any:
    """Let the joiner do it, in its own process."""
    program = [sys.executable, "-I", joiner.__file__]
    done = subprocess.run(
        program, input=json.dumps(plan), capture_output=True, text=True, pass_fds=files, timeout=joiner.SECONDS
    )
    if done.returncode:
        raise RuntimeError(f"the joiner ended with {done.returncode}: {done.stderr[-1500:]}")
    return json.loads(done.stdout)
