"""The order's file: every paper in the order of the process, what is missing by the rule, what was done in spite of a
caution. Read through `visible_to` of each document, so everybody has the file that is theirs.

The number of queries does not grow with the papers: one for each kind of holder, and one each for printed papers,
uploaded files, and events.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.fields.json import KT
from django.urls import NoReverseMatch, reverse

from accounts import people
from core.models import Event, PrintedDocument, StoredFile
from transactions.dossier import contract, musdes, payment, planning, sourcing
from transactions.dossier.frame import Holder, Paper, Stage
from transactions.models import Invitation, Meeting, Need, Sourcing
from transactions.models.seeing import in_office

STAGES = (
    Stage("perencanaan", "Perencanaan", planning.HOLDERS, planning.PAPERS),
    Stage("pengadaan", "Pengadaan", sourcing.HOLDERS, sourcing.PAPERS),
    Stage("kontrak", "Kontrak dan pelaksanaan", contract.HOLDERS, contract.PAPERS),
    Stage("pembayaran", "Pembayaran", payment.HOLDERS, payment.PAPERS, one_by_one=True),
    Stage("musdes", "Pertanggungjawaban", musdes.HOLDERS, musdes.PAPERS, one_by_one=True),
)
ROW_OF = {(paper.of, paper.kind): paper for stage in STAGES for paper in stage.papers}
ROW_BY_KIND = {paper.kind: paper for stage in STAGES for paper in stage.papers if paper.is_printed}


@dataclass(slots=True)
class Held:
    """A document of the order with its place in the process."""

    document: Any
    holder: Holder
    stage: Stage
    round: int  # the sourcing it belongs to; 0 for what comes before any
    told: str = ""  # which of several: the provider's name, the day

    @property
    def key(self) -> tuple[str, str]:
        return self.document._meta.label_lower, str(self.document.pk)

    def of_which(self, label: str) -> str:
        """A paper's name, and of which of several documents it is."""
        return f"{label} – {self.told}" if self.told else label


@dataclass(slots=True)
class Entry:
    """One paper in the file."""

    held: Held
    kind: str
    label: str
    rank: int  # its place among the papers of its stage
    number: str
    on: dt.date | None
    at: dt.datetime
    who: str
    file: StoredFile | None  # None while its PDF is being made
    printed: PrintedDocument | None = None
    superseded: bool = False  # a later print stands in its place

    @property
    def title(self) -> str:
        return self.held.of_which(self.label)

    @property
    def url(self) -> str:
        return (self.printed or self.file).get_absolute_url()  # type: ignore[union-attr]

    @property
    def code(self) -> str:
        return str((self.printed or self.file).code)  # type: ignore[union-attr]


@dataclass(slots=True)
class Missing:
    """A paper that the rule wants by now, and that is not in the file."""

    paper: Paper
    held: Held
    has: int  # how many there are, of `paper.least`
    url: str

    @property
    def label(self) -> str:
        more = f" ({self.has} dari {self.paper.least})" if self.paper.least > 1 else ""
        return self.held.of_which(f"{self.paper.label}{more}")


@dataclass(slots=True)
class Warned:
    """Something unusual that somebody did with a reason."""

    event: Event
    sentence: str
    reason: str


@dataclass(slots=True)
class Part:
    """A heading of the file and its papers; `ended` tells why an earlier round came to nothing."""

    stage: Stage
    entries: list[tuple[int, Entry]] = field(default_factory=list)  # with their numbers in the file
    ended: str = ""


class Dossier:
    """The file of one order, as far as this person may see."""

    def __init__(self, need: Need, user: Any) -> None:
        self.need, self.user = need, user
        self._meetings: dict[int, tuple[set[int | None], bool]] = {}

    # --- whose -----------------------------------------------------------------------------------------------
    @cached_property
    def is_office(self) -> bool:
        """The people of the villages that buy, who helps and oversees them; not a provider that was ever asked."""
        mine = people.providers(self.user)
        if mine and Invitation.objects.filter(sourcing__need=self.need, provider__in=mine).exists():
            return False
        return Need.objects.filter(pk=self.need.pk).filter(in_office(self.user, need="pk")).exists()

    @cached_property
    def held(self) -> list[Held]:
        """Every document of the order that holds papers, in the order of the process."""
        found = []
        for stage in STAGES:
            for holder in stage.holders:
                rows = list(self._rows(holder))
                tell = holder.tell if len(rows) > 1 else lambda row: ""
                found += [Held(row, holder, stage, getattr(row, "round_of", 0) or 0, tell(row)) for row in rows]
        place = {stage.key: number for number, stage in enumerate(STAGES)}
        return sorted(found, key=lambda each: (each.round, place[each.stage.key]))

    def _rows(self, holder: Holder) -> Iterable[Any]:
        model = apps.get_model(holder.model)
        if holder.find is not None:
            return holder.find(self.need, self.user)
        if model is Need:
            return [self.need]
        rows = model._default_manager.visible_to(self.user).filter(**{holder.need: self.need.pk})
        lead = holder.need.removesuffix("need").removesuffix("__")
        own = F("pk") if model is Sourcing else Value(0)  # what belongs to the need comes before any round
        rows = rows.annotate(round_of=F(lead) if lead else own).order_by("pk").prefetch_related(*holder.prefetch)
        return rows.select_related(*holder.select) if holder.select else rows

    # --- what is there ---------------------------------------------------------------------------------------
    @cached_property
    def entries(self) -> list[Entry]:
        """Every paper that this person may read, in the order of the process."""
        found = [entry for entry in [*self._printed(), *self._uploaded()] if self._may_read(entry)]
        place = {id(held): number for number, held in enumerate(self.held)}
        stages = {stage.key: number for number, stage in enumerate(STAGES)}

        def order(entry: Entry) -> tuple[Any, ...]:
            stage, at = entry.held.stage, (place[id(entry.held)], entry.rank)
            return (
                entry.held.round,
                stages[stage.key],
                *(at if stage.one_by_one else reversed(at)),
                entry.at,
                entry.code,
            )

        return sorted(found, key=order)

    def _may_read(self, entry: Entry) -> bool:
        """Bidders read the village's own documents on the page, but of their papers only what was meant for them."""
        if self.is_office:
            return True
        if isinstance(entry.held.document, Meeting):
            files, whole = self._of_meeting(entry.held.document)
            return whole if entry.printed is not None else entry.file is not None and entry.file.pk in files
        if not entry.held.holder.office:
            return True
        row = row_of(entry.held.key[0], entry.kind)
        return row is not None and row.bidders

    def _of_meeting(self, meeting: Meeting) -> tuple[set[int | None], bool]:
        """What its provider reads of an assembly: (files handed in, whether the printed papers, too); asked once."""
        if meeting.pk not in self._meetings:
            self._meetings[meeting.pk] = meeting.files_for_provider(self.user), meeting.is_wholly_for(self.user)
        return self._meetings[meeting.pk]

    def _about(self) -> Q:
        """Rows that are about one of the documents."""
        keys: dict[str, list[str]] = {}
        for label, pk in (held.key for held in self.held):
            keys.setdefault(label, []).append(pk)
        return reduce(or_, (Q(about=label, about_id__in=pks) for label, pks in keys.items()))

    def _printed(self) -> Iterator[Entry]:
        at = {held.key: held for held in self.held}
        rows = PrintedDocument.objects.filter(self._about()).select_related("file", "issued_by").defer("snapshot")
        told = rows.annotate(letter=KT("snapshot__letter_number"), day=KT("snapshot__signatures__date__$date"))
        seen: set[tuple[Any, str, str]] = set()
        for row in told.order_by("-pk"):
            held = at[row.about, row.about_id]
            paper = row_of(row.about, row.kind)
            later = (row.about, row.about_id, row.kind)
            yield Entry(
                held=held,
                kind=row.kind,
                label=paper.label if paper else row.title,
                rank=self._rank(held, paper),
                number=row.letter or self._number(held, paper),
                on=dt.date.fromisoformat(row.day) if row.day else self._on(held, paper),
                at=row.issued_at,
                who=row.issued_by.name if row.issued_by else "Sistem",
                file=row.file,
                printed=row,
                superseded=later in seen,
            )
            seen.add(later)

    def _uploaded(self) -> Iterator[Entry]:
        at = {held.key: held for held in self.held}
        rows = StoredFile.objects.filter(self._about(), printed=None).select_related("uploaded_by").order_by("pk")
        for row in rows:
            held = at[row.about, row.about_id]
            paper, label = self._declared(held, row)
            if paper is None and held.holder.model == "transactions.Quotation":
                continue  # an offer that was replaced before the opening stays its provider's own affair
            yield Entry(
                held=held,
                kind=paper.kind if paper else "berkas",
                label=label,
                rank=self._rank(held, paper),
                number=self._number(held, paper),
                on=self._on(held, paper),
                at=row.uploaded_at,
                who=row.uploaded_by.name if row.uploaded_by else "Sistem",
                file=row,
            )

    def _declared(self, held: Held, file: StoredFile) -> tuple[Paper | None, str]:
        """The row that names this file, and its name."""
        uploads = self._uploads_of(held)
        for paper in uploads:
            if paper.field and _at(held, paper) == file.pk:
                return paper, paper.label
            if paper.rows is not None and (named := dict(paper.rows(held.document)).get(file.pk)):
                return paper, named
        # A document with rows of its own names every file that it has now: one without a name is an earlier scan.
        return None, f"{'Versi lama' if uploads else 'Berkas lain'}: {file.name}"

    @staticmethod
    def _uploads_of(held: Held) -> list[Paper]:
        return [paper for paper in held.stage.papers if paper.of == held.key[0] and not paper.is_printed]

    @staticmethod
    def _rank(held: Held, paper: Paper | None) -> int:
        papers = held.stage.papers
        return papers.index(paper) if paper in papers else len(papers)

    @staticmethod
    def _number(held: Held, paper: Paper | None) -> str:
        return str(getattr(held.document, paper.number) or "") if paper and paper.number else ""

    @staticmethod
    def _on(held: Held, paper: Paper | None) -> dt.date | None:
        value = getattr(held.document, paper.on) if paper and paper.on else None
        if isinstance(value, dt.datetime):
            return (
                value.astimezone(held.document.need.village.tzinfo).date() if hasattr(held.document, "need") else None
            )
        return value

    # --- what lacks ------------------------------------------------------------------------------------------
    @cached_property
    def missing(self) -> list[Missing]:
        """What the rule wants by now and is not there. A provider reads only what it is to bring itself."""
        return [lack for held in self.held for paper in held.stage.papers if (lack := self._lack(held, paper))]

    def _lack(self, held: Held, paper: Paper) -> Missing | None:
        if paper.of != held.key[0] or not paper.expected(held.document):
            return None
        if not self.is_office and paper.maker != "Penyedia":
            return None
        has = self._count(held, paper)
        if has >= paper.least:
            return None
        others = [ROW_OF[paper.of, kind] for kind in paper.instead if (paper.of, kind) in ROW_OF]
        if any(self._count(held, other) >= other.least for other in others):
            return None
        return Missing(paper, held, has, self._where(held, paper))

    def _count(self, held: Held, paper: Paper) -> int:
        """How many there are. One scan may stand for several papers, so a field is asked rather than the file."""
        if paper.rows is not None:
            return len(list(paper.rows(held.document)))
        if paper.field:
            return 0 if _at(held, paper) is None else 1
        own = [entry for entry in self.entries if entry.kind == paper.kind and entry.held.round == held.round]
        mine = [entry for entry in own if entry.held is held]
        if mine:
            return len(mine)
        # Another model may hold it; what another document of the same model has stands in for nothing.
        return sum(entry.held.key[0] != paper.of for entry in own)

    def _where(self, held: Held, paper: Paper) -> str:
        """The page on which the paper is made."""
        document = held.document
        try:
            if paper.verb and paper.verb in document.MOVES and document.state in document.MOVES[paper.verb].sources:
                return str(document.move_url(paper.verb))
        except NoReverseMatch:
            pass
        return f"{reverse('order', args=[self.need.code])}#cetak"

    # --- what was unusual ----------------------------------------------------------------------------------------
    @cached_property
    def warned(self) -> list[Warned]:
        """Cautions that somebody confirmed, with the reasons; for the village and its overseers."""
        if not self.is_office:
            return []
        events = Event.objects.filter(self._about(), data__has_key="cautions").order_by("at", "pk")
        return [Warned(event, row["sentence"], row["reason"]) for event in events for row in event.data["cautions"]]

    # --- as it is read ---------------------------------------------------------------------------------------------
    def parts(self, stage: str = "") -> list[Part]:
        """The papers under their headings, earlier rounds in their place; of one stage only when asked."""
        parts: list[Part] = []
        last = max((held.round for held in self.held), default=0)
        for number, entry in enumerate(self.entries, 1):
            held = entry.held
            if stage and held.stage.key != stage:
                continue
            ended = self._ended(held.round) if held.round and held.round != last else ""
            if not parts or (parts[-1].stage.key, parts[-1].ended) != (held.stage.key, ended):
                parts.append(Part(held.stage, ended=ended))
            parts[-1].entries.append((number, entry))
        return parts

    def _ended(self, round_of: int) -> str:
        """Why an earlier round came to nothing."""
        row = next(h.document for h in self.held if h.round == round_of and h.holder.model == "transactions.Sourcing")
        return f"Pengadaan {row.code}: {row.status_sentence}"

    def counts(self) -> dict[str, int]:
        """How many papers each stage has."""
        counted = dict.fromkeys((stage.key for stage in STAGES), 0)
        for entry in self.entries:
            counted[entry.held.stage.key] += 1
        return counted


def row_of(about: str, kind: str) -> Paper | None:
    """The row that names a printed paper; another document of the process may hold it than the one that wants it."""
    return ROW_OF.get((about, kind)) or ROW_BY_KIND.get(kind)


def _at(held: Held, paper: Paper) -> int | None:
    """The key of the file that a document refers to; a path leads on through what hangs on it."""
    thing = held.document
    *way, last = paper.field.split(".")
    for step in way:
        thing = getattr(thing, step, None)
        if thing is None:
            return None
    return getattr(thing, f"{last}_id", None)


def printed_for(
    wanted: Iterable[tuple[str, Iterable[models.Model]]],
) -> dict[tuple[str, str, str], list[PrintedDocument]]:
    """What was printed of these kinds about these documents, newest first, in one query."""
    mine = Q(pk__in=[])
    for kind, holders in wanted:
        for holder in holders:
            mine |= Q(kind=kind, about=holder._meta.label_lower, about_id=str(holder.pk))
    found: dict[tuple[str, str, str], list[PrintedDocument]] = {}
    for row in PrintedDocument.objects.filter(mine).defer("snapshot").order_by("-pk"):
        found.setdefault((row.kind, row.about, row.about_id), []).append(row)
    return found
