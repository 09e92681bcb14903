"""What is printed of a plenary: concept, recap table, berita acara, annex of the decree, the form of one applicant's
papers; and the recap as a workbook. All from the frozen recap once there is a report; before it, marked KONSEP."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core import documents, spreadsheet
from core.formats import WIB, tanggal_sedang
from core.models import PrintedDocument
from verification.models import Plenary
from verification.models.plenary_lines import PlenaryItem
from verification.models.recap import recap_of

OUTCOME = PlenaryItem.Outcome
CONCLUSIONS = {
    OUTCOME.LIST: "LAYAK. Diusulkan untuk ditetapkan sebagai penyedia terdaftar dalam Direktori P2KTD.",
    OUTCOME.REJECT: "TIDAK LAYAK. Diusulkan untuk ditolak.",
    OUTCOME.DEFER: "DITUNDA ke rapat berikutnya.",
}
RESULTS = {OUTCOME.LIST: "Layak", OUTCOME.REJECT: "Tidak layak", OUTCOME.DEFER: "Ditunda"}


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that can be asked for now."""

    key: str
    label: str
    issue: Callable[..., PrintedDocument]


def available(plenary: Plenary) -> list[Paper]:
    """The papers that this state allows."""
    if plenary.state == Plenary.State.CANCELLED:
        return []
    concept = " (konsep)" if not plenary.recap else ""
    papers = [
        Paper("berita-acara", f"Berita acara{concept}", issue_minutes),
        Paper("rekapitulasi", f"Tabel rekapitulasi{concept}", issue_recap),
    ]
    if plenary.decision:
        papers.append(Paper("lampiran-keputusan", "Lampiran keputusan", issue_annex))
    return papers


def content_of(plenary: Plenary, *, full: bool = True) -> dict[str, Any]:
    """The frozen recap; before the report the same as it stands now, marked as a concept (see `recap_of` for `full`)."""
    if plenary.recap:
        content = documents.thaw(plenary.recap)
    else:
        content = recap_of(plenary, [], full=full) | {"concept": True, "watermark": "KONSEP"}
    for line in content["lines"]:
        line["conclusion"], line["result"] = CONCLUSIONS[line["outcome"]], RESULTS[line["outcome"]]
        line["short_form"] = line["form"].split(" (")[0]
    there = [member for member in content["members"] if member["present"]]
    content["present"] = len(there)
    content["attending"] = there or content["members"]  # before the report a list to sign by whoever comes
    content["absent"] = [member["name"] for member in content["members"] if not member["present"]] if there else []
    return content


def letterhead(content: dict[str, Any]) -> dict[str, Any]:
    return {
        "lines": [f"PEMERINTAH {content['regency']['name'].upper()}", "KELOMPOK KERJA (POKJA) P2KTD"],
        "address": content["regency"]["full"],
    }


def leader(content: dict[str, Any]) -> dict[str, str]:
    """Who signs at the end: the chair; where the chair was away, the secretary; else whoever led, by hand."""
    if not content.get("concept"):
        for position in ("Ketua", "Sekretaris"):
            for member in content["members"]:
                if member["present"] and member["position"] == position:
                    return {"position": f"{position} Pokja P2KTD,", "name": member["name"]}
        return {"position": "Pimpinan Rapat,", "name": ""}
    return {"position": "Ketua Pokja P2KTD,", "name": ""}


def signatures(content: dict[str, Any]) -> dict[str, Any]:
    """Place, day of the sitting, and who led it."""
    return {"place": content["regency"]["short"], "date": content["held_on"], "right": leader(content)}


def issue_minutes(plenary: Plenary, *, by: Any) -> PrintedDocument:
    """Berita Acara Verifikasi Penyedia: the sitting, its results and signatures, and a part for each applicant."""
    content = content_of(plenary)
    return _issue(
        plenary,
        kind="ba-pleno",
        title="Berita Acara Verifikasi Penyedia P2KTD",
        template="verification/print_minutes.html",
        content=content | {"letterhead": letterhead(content), "signatures": signatures(content)},
        by=by,
    )


def issue_recap(plenary: Plenary, *, by: Any) -> PrintedDocument:
    """Tabel rekapitulasi hasil verifikasi: every applicant against every aspect, on A4 landscape."""
    content = content_of(plenary)
    for line in content["lines"]:
        points = {score["key"]: score["points"] for score in line["scores"]}
        line["by_aspect"] = [points.get(aspect["key"]) for aspect in content["aspects"]]
    return _issue(
        plenary,
        kind="rekap-pleno",
        title="Tabel Rekapitulasi Hasil Verifikasi Penyedia P2KTD",
        template="verification/print_recap.html",
        content=content | {"recap_signatures": signatures(content)},
        by=by,
    )


def issue_annex(plenary: Plenary, *, by: Any) -> PrintedDocument:
    """Lampiran keputusan: who is listed, under which number, until when."""
    recap = documents.thaw(plenary.recap)
    return _issue(
        plenary,
        kind="lampiran-pleno",
        title="Lampiran Keputusan: Daftar Penyedia P2KTD",
        template="verification/print_annex.html",
        content=documents.thaw(plenary.decision)
        | {
            "regency": recap["regency"],
            "zone": recap["zone"],
            "minutes_number": recap["minutes_number"],
            "held_on": recap["held_on"],
            "decree_date_text": tanggal_sedang(plenary.decree_date),
            "signatures": {"right": {"position": "Yang menetapkan,"}},
        },
        by=by,
    )


def issue_administrative_form(plenary: Plenary, code: str, *, by: Any) -> PrintedDocument | None:
    """Formulir penilaian hasil verifikasi administrasi of one applicant in the sitting; None where it is not in it."""
    content = content_of(plenary)
    line = next((line for line in content["lines"] if line["code"] == code), None)
    if line is None:
        return None
    checkers = sorted({paper["judged_by"] for paper in line["papers"] if paper.get("judged_by")})
    shared = ("regency", "zone", "pokja", "concept", "watermark")
    signed = {
        "place": content["regency"]["short"],
        "left": {"heading": "Mengetahui,", "position": "Ketua Pokja P2KTD,", "name": _chair(content)},
        "right": {"position": "Pemeriksa,", "name": checkers[0] if len(checkers) == 1 else ""},
    }
    return _issue(
        plenary,
        kind=f"formulir-adm-{code}",
        title="Formulir Penilaian Hasil Verifikasi Administrasi",
        template="verification/print_admin_form.html",
        content={key: content[key] for key in shared if key in content}
        | {
            "line": line,
            "checkers": checkers,
            "complete": all(paper["conforms"] or not paper["required"] for paper in line["papers"]),
            "letterhead": letterhead(content),
            "signatures": signed,
        },
        by=by,
    )


def _chair(content: dict[str, Any]) -> str:
    return next((member["name"] for member in content["members"] if member["position"] == "Ketua"), "")


def _issue(plenary: Plenary, *, kind: str, title: str, template: str, content: dict[str, Any], by: Any) -> Any:
    """The same content is one paper; another report after a reopening is its revision."""
    content |= {"place": content["zone"], "venue": content.get("place", "")}  # `place` is a zone to print/base.html
    digest = documents.fingerprint(documents.freeze(content))[:32]
    return documents.issue(
        kind=kind,
        title=title,
        template=template,
        snapshot=content,
        holder=plenary,
        by=by,
        revision=plenary.revision,
        key=f"pleno:{plenary.pk}:{kind}:{digest}",
    )


# --- the recap as a workbook -------------------------------------------------------------------------
def workbook(plenary: Plenary) -> bytes:
    """The XLSX of the recap, from the same data as the printed table."""
    content = content_of(plenary, full=False)
    number = content["minutes_number"] or "KONSEP, belum ada berita acara"
    created = (plenary.minuted_at or plenary.created_at).astimezone(dt.UTC).replace(tzinfo=None)
    return spreadsheet.workbook(
        "Rekapitulasi",
        lines=(
            "Tabel rekapitulasi hasil verifikasi penyedia P2KTD",
            content["regency"]["name"],
            f"Berita acara: {number}",
        ),
        columns=columns(content),
        rows=[cells(place, line, content) for place, line in enumerate(content["lines"], 1)],
        properties={"title": "Rekapitulasi hasil verifikasi", "created": created},
    )


def columns(content: dict[str, Any]) -> list[tuple[str, int]]:
    """(head, width) of the workbook."""
    return [
        ("No", 5), ("Kode permohonan", 16), ("Penyedia", 36), ("Bentuk", 26), ("Jenis permohonan", 18), ("Alamat kantor", 40),
        ("Dokumen sesuai", 10), ("Dokumen ada", 10), ("Wawancara", 13),
        *((f"{aspect['label']} (bobot {aspect['weight']})", 14) for aspect in content["aspects"]),
        ("Nilai akhir", 10), ("Ambang", 9), ("Hasil", 14), ("Catatan", 40), ("Tidak ikut memutus", 28),
    ]  # fmt: skip


def cells(place: int, line: dict[str, Any], content: dict[str, Any]) -> list[Any]:
    """One applicant as a row of `columns`."""
    points = {score["key"]: score["points"] for score in line["scores"]}
    held = line["interview"]["held_at"].astimezone(WIB).date() if line["interview"] else None
    return [
        place, line["code"], line["name"], line["form"], line["kind"], line["address"],
        line["conforming"], line["shown"], held,
        *(points.get(aspect["key"]) for aspect in content["aspects"]),
        line["total"], line["threshold"], line["result"], line["note"], ", ".join(line["recused"]),
    ]  # fmt: skip
