"""The papers of the village assembly: before it, to be filled by hand, and after it, from the record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import prefetch_related_objects

from core import documents
from core.models import PrintedDocument
from transactions.documents import assembly
from transactions.documents.frame import Printable
from transactions.models import Accountability, Meeting
from transactions.order import Order

ROWS = {"A4": (25, 30), "F4": (30, 35)}  # of the attendance list, on its two pages
TITLES = {
    "undangan-musdes": "Undangan Musyawarah Desa",
    "ba-musdes-kosong": "Berita Acara Musyawarah Desa Pertanggungjawaban Hasil Kerja P2KTD",
    "notulen-kosong": "Notulen Musyawarah Desa",
    "daftar-hadir": "Daftar Hadir Musyawarah Desa",
    "ba-musdes": "Berita Acara Musyawarah Desa Pertanggungjawaban Hasil Kerja P2KTD",
    "notulen": "Notulen Musyawarah Desa",
    "buku-keputusan": "Baris Buku Keputusan Musyawarah Desa",
}


def issue(
    holder: Meeting | Accountability, kind: str, template: str, snapshot: dict[str, Any], *, by: Any, paper: str
) -> PrintedDocument:
    """The same content is printed once: what changes (a day, an order, a name) makes another paper."""
    sha = documents.fingerprint(documents.freeze(snapshot))[:32]
    return documents.issue(
        kind=kind,
        title=TITLES[kind],
        template=f"transactions/{template}.html",
        snapshot=snapshot,
        holder=holder,
        by=by,
        paper=paper,
        key=f"{kind}:{holder._meta.model_name}:{holder.pk}:{sha}:{paper}",
    )


# --- before the assembly ---------------------------------------------------------------------------------------
def heard(meeting: Meeting) -> list[Any]:
    """The orders on its agenda, with what the papers say of them; as many queries for ten as for one."""
    prefetch_related_objects([meeting], "follow_ups")
    return list(meeting.items.select_related(*assembly.RELATED).prefetch_related(*assembly.ALONG))


def issue_invitation(meeting: Meeting, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """The undangan: day, hour, place, agenda, and the orders; an earlier day that it takes the place of."""
    village, last = meeting.village, meeting.postponements.last()
    snapshot = assembly.head_of(village) | {
        "letter": {
            "number": meeting.invitation_number,
            "enclosures": "",
            "subject": f"Undangan {meeting.title}",
            "to": ["Bapak/Ibu/Saudara", "........................................", "di tempat"],
            "place": village.name,
            "date": None,
        },
        "meeting": assembly.plan_of(meeting),
        "instead": last.from_on if last else None,
        "orders": [assembly.account_of(item.accountability) for item in heard(meeting)],
        "signatures": assembly.council_chair(village),
    }
    return issue(meeting, "undangan-musdes", "print_invitation", snapshot, by=by, paper=paper)


def blank(holder: Meeting | Accountability) -> dict[str, Any]:
    """What is printed on a sheet before anything was written on it; with a planned assembly its day and place."""
    village = holder.village
    accounts = [item.accountability for item in heard(holder)] if isinstance(holder, Meeting) else [holder]
    # Before its assembly is planned, a sheet of the second round says so: it is no reprint of the first one's.
    been = 0 if isinstance(holder, Meeting) else holder.agenda.exclude(decision="").count()
    return assembly.head_of(village) | {
        "round": been + 1,
        "orders": [assembly.account_of(account) for account in accounts],
        "plan": assembly.plan_of(holder) if isinstance(holder, Meeting) else None,
        "agenda": assembly.plan_of(holder)["agenda"] if isinstance(holder, Meeting) else [],
        "meeting": None,
        "upload": True,
    }


def issue_blank_minutes(holder: Meeting | Accountability, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """The minutes to take along: what is known is printed, the rest is dotted lines."""
    snapshot = blank(holder) | {
        "elements": assembly.elements(),
        "signatures": assembly.signatures(holder.village, None),
    }
    return issue(holder, "ba-musdes-kosong", "print_minutes", snapshot, by=by, paper=paper)


def issue_blank_notes(holder: Meeting | Accountability, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """The notes to write while people speak."""
    sign = assembly.signatures(holder.village, None)
    snapshot = blank(holder) | {"letter_number": None, "signatures": {**sign, "more": []}}
    return issue(holder, "notulen-kosong", "print_notes", snapshot, by=by, paper=paper)


def issue_attendance(holder: Meeting | Accountability, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """The attendance list with blank rows, two pages; signatures left for odd, right for even numbers."""
    first, second = ROWS[paper]
    pages = [list(range(1, first + 1)), list(range(first + 1, first + second + 1))]
    snapshot = blank(holder) | {"letter_number": None, "pages": pages}
    return issue(holder, "daftar-hadir", "print_attendance", snapshot, by=by, paper=paper)


# --- after it ---------------------------------------------------------------------------------------------------
def filled(meeting: Meeting) -> dict[str, Any]:
    return assembly.head_of(meeting.village) | {
        "letter_number": meeting.minutes_number,
        "orders": [assembly.told_of(item) for item in heard(meeting)],
        "plan": None,
        "agenda": assembly.plan_of(meeting)["agenda"],
        "meeting": assembly.record_of(meeting),
        "signatures": assembly.signatures(meeting.village, meeting),
    }


def issue_minutes(meeting: Meeting, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """The minutes from the record: of a draft to be signed, of a decided one for the file."""
    snapshot = filled(meeting) | {
        "elements": [],
        "draft": meeting.state != "decided",
        "photos": assembly.photos_of(meeting),
        "upload": meeting.state == "draft",
    }
    return issue(meeting, "ba-musdes", "print_minutes", snapshot, by=by, paper=paper)


def issue_notes(meeting: Meeting, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """The notes from the record."""
    sign = {**assembly.signatures(meeting.village, meeting), "more": []}
    snapshot = filled(meeting) | {"letter_number": None, "signatures": sign, "upload": not meeting.notes_scan_id}
    return issue(meeting, "notulen", "print_notes", snapshot, by=by, paper=paper)


def issue_book_line(meeting: Meeting, *, by: Any, paper: str = "A4") -> PrintedDocument:
    """What is copied into the Buku Keputusan Musdes: a line for each order decided."""
    return issue(meeting, "buku-keputusan", "print_decision_book", filled(meeting), by=by, paper=paper)


Issue = Callable[..., PrintedDocument]
BEFORE: tuple[tuple[str, str, Issue], ...] = (
    ("ba-musdes-kosong", "Berita Acara (kosong)", issue_blank_minutes),
    ("notulen-kosong", "Notulen (kosong)", issue_blank_notes),
    ("daftar-hadir", "Daftar Hadir (kosong)", issue_attendance),
)
AFTER: tuple[tuple[str, str, Issue], ...] = (
    ("ba-musdes", "Berita Acara", issue_minutes),
    ("notulen", "Notulen", issue_notes),
    ("buku-keputusan", "Baris Buku Keputusan", issue_book_line),
)


def printables(holder: Any, rows: tuple[tuple[str, str, Issue], ...]) -> list[Printable]:
    def bound(make: Issue) -> Issue:
        return lambda **options: make(holder, **options)

    return [Printable(kind, label, bound(make), (holder,)) for kind, label, make in rows]


def of_meeting(meeting: Meeting) -> list[Printable]:
    """The papers of one assembly that its state allows."""
    if meeting.state == "planned":
        return printables(meeting, (("undangan-musdes", "Undangan", issue_invitation), *BEFORE))
    if meeting.state == "draft":
        return printables(meeting, (*AFTER[:2], BEFORE[2]))
    return printables(meeting, AFTER) if meeting.state == "decided" else []


def available(order: Order) -> list[Printable]:
    """The assembly's papers of this order: blank ones to take along, filled ones once they are known.

    With several assemblies those of the last one; the earlier ones' stand on their own pages.
    """
    account = order.accountability
    if account is None:
        return []
    last = next((item for item in order.hearings if item.meeting.state != "cancelled"), None)
    found = of_meeting(last.meeting) if last is not None and last.is_wholly_theirs else []  # type: ignore[attr-defined]
    if account.state in ("payment", "musdes") and not any(each.kind == "daftar-hadir" for each in found):
        found += [each for each in printables(account, BEFORE) if each.kind not in {known.kind for known in found}]
    return found
