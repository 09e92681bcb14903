"""Asking for the order's letters: which can be printed now, which were, on A4 or F4."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from core.models import PrintedDocument
from transactions import documents
from transactions.documents.frame import Printable
from transactions.dossier import STAGES, printed_for
from transactions.models import Need
from transactions.order import Order

SHOWN = 3  # of the prints of one kind; the others are in the order's file


@dataclass(slots=True)
class Letter:
    """One letter that can be asked for, and its latest prints: `turn` tells several of a kind apart."""

    paper: Printable
    turn: int
    printed: list[PrintedDocument]


def numbered(order: Order) -> list[tuple[Printable, int]]:
    """The letters that can be printed now; the number tells several of one kind apart."""
    turns: dict[str, int] = {}
    found = []
    for paper in documents.available(order):
        turn = turns.get(paper.kind, 0)
        turns[paper.kind] = turn + 1
        found.append((paper, turn))
    return found


def letters_of(order: Order) -> list[tuple[str, list[Letter]]]:
    """The letters that can be printed now, by the stage of the process, each with what was printed of it."""
    found: dict[str, list[Letter]] = {stage.label: [] for stage in STAGES} | {"Surat lain": []}
    available = [(paper, turn, *known(paper.kind)) for paper, turn in numbered(order)]
    printed = printed_for((kind, paper.about) for paper, _, kind, _ in available) if available else {}
    for paper, turn, kind, stage in available:
        keys = [(kind, holder._meta.label_lower, str(holder.pk)) for holder in paper.about]
        rows = [row for key in keys for row in printed.get(key, [])]
        found[stage].append(Letter(paper, turn, sorted(rows, key=lambda row: -row.pk)[:SHOWN]))
    return [(label, letters) for label, letters in found.items() if letters]


def known(kind: str) -> tuple[str, str]:
    """The kind that the order's file knows, and its stage; a letter of one of several says which behind it: spp-2."""
    rows = [(paper.kind, stage.label) for stage in STAGES for paper in stage.papers if paper.is_printed]
    same = [row for row in rows if kind == row[0]] or [row for row in rows if kind.startswith(f"{row[0]}-")]
    return same[0] if same else (kind, "Surat lain")


@require_POST
def print_paper(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Ask for a paper of this order; the same content is printed once."""
    need = get_object_or_404(Need.objects.visible_to(request.user).select_related("village"), code=code)
    found = [each for each in documents.available(Order(need, request.user)) if each.kind == kind]
    asked = request.POST.get("ke", "0")
    turn = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 0
    if turn >= len(found):
        raise Http404
    return redirect(found[turn].issue(by=request.user, paper="F4" if request.POST.get("kertas") == "F4" else "A4"))
