"""How a state changes: the one table of moves, the one guard, the only writer of `state`.

A document declares `MOVES` (which state follows which) and `may_<verb>(user)` (who, when, and the
sentence why not). Its verbs are methods that only set fields:

    def submit(self, *, by):
        with moving(self, "submit", by=by):
            self.submitted_at = timezone.now()

`moving` locks the row, asks the table and the guard, checks the constraints, saves, and writes one
Event; whoever is to be told is told in the same transaction. Buttons come from the same table
(`open_moves`), so the page and the guard cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.text import slugify

from core import notices
from core.codes import CodeField

if TYPE_CHECKING:
    from core.models import Event


@dataclass(frozen=True, slots=True)
class Allowed:
    """Yes; and the membership under which the person acts, for the event (None: the system)."""

    membership: Any = None
    reason: str = ""

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Denied:
    """No; and the sentence that a village clerk understands."""

    reason: str
    membership: Any = None

    def __bool__(self) -> bool:
        return False


Verdict = Allowed | Denied


class TransitionRefused(Exception):
    """The move was not made; `reason` says why, in Indonesian, for the person who tried."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Caution:
    """Something that is not forbidden but needs a reason: the same person proposes and approves, a package looks split.

    `kind` is its name in the event, `sentence` what the person reads. The reason they give stays in the file.
    """

    kind: str
    sentence: str


class Unconfirmed(TransitionRefused):
    """The move waits for a reason to each of these cautions."""

    def __init__(self, cautions: list[Caution]) -> None:
        super().__init__("Tuliskan alasan untuk setiap peringatan. " + " ".join(each.sentence for each in cautions))
        self.cautions = cautions


@dataclass(frozen=True, slots=True)
class Move:
    """One row of a document's table: `verb` leads from any of `sources` to `target`.

    `target=None` keeps the state (an act worth an event, such as a progress report).
    `done` is the past form for the timeline; `confirm` is asked before a weighty act. An `inner` move is
    made by another document's verb: it has no page and no button.
    """

    verb: str
    sources: tuple[str, ...]
    target: str | None
    label: str
    done: str
    tone: str = "primary"
    confirm: str = ""
    inner: bool = False

    @property
    def slug(self) -> str:
        """The verb's part of the address, in the words of its button."""
        return slugify(self.label)


def moves(*rows: Move) -> dict[str, Move]:
    """The table, keyed by verb; a verb stands in it once."""
    table = {row.verb: row for row in rows}
    if len(table) != len(rows):
        raise ValueError("a verb stands twice in MOVES")
    return table


@dataclass(frozen=True, slots=True)
class OpenMove:
    """A button: possible from this state; `verdict` says whether this person may press it."""

    move: Move
    verdict: Verdict
    url: str

    @property
    def verb(self) -> str:
        return self.move.verb

    @property
    def label(self) -> str:
        return self.move.label

    @property
    def tone(self) -> str:
        return self.move.tone


class Document(models.Model):
    """A paper with a life: it has a public code, a state that only `moving` changes, and a timeline.

    Concrete models add `state = CharField(choices=State.choices, default=...)`, `MOVES`, `TONES`.
    """

    MOVES: ClassVar[dict[str, Move]] = {}
    BORN: ClassVar[tuple[str, ...]] = ()  # states in which it may begin besides the field's default
    TONES: ClassVar[dict[str, str]] = {}
    state: models.CharField

    code = CodeField()
    state_since = models.DateTimeField(default=timezone.now, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.code)

    @property
    def state_tone(self) -> str:
        """neutral, info, wait, good, warn or bad: the colour behind the state's words."""
        return self.TONES.get(self.state, "neutral")

    def may(self, verb: str, user: Any) -> Verdict:
        """The guard of `verb`, whatever the state."""
        return getattr(self, f"may_{verb}")(user)

    def cautions(self, verb: str, user: Any) -> list[Caution]:
        """What is unusual about this move by this person; each wants a reason that the event keeps."""
        return []

    def give_reasons(self, reasons: dict[str, str]) -> None:
        """Give the reasons (kind of caution -> words) before calling the verb."""
        self._reasons = reasons

    def confirmed(self, verb: str, user: Any) -> dict[str, Any]:
        """The cautions with their reasons, for the event; raises `Unconfirmed` when one has none."""
        facts: dict[str, Any] = {}
        self.note_cautions(self.cautions(verb, user), facts)
        return facts

    def note_cautions(self, found: list[Caution], facts: dict[str, Any]) -> None:
        """Add these cautions with their reasons to an event's facts; a verb calls it for what only its arguments tell."""
        reasons: dict[str, str] = getattr(self, "_reasons", {})
        given = {each.kind: reasons.get(each.kind, "").strip() for each in found}
        if lacking := [each for each in found if not given[each.kind]]:
            raise Unconfirmed(lacking)
        noted = [{"kind": each.kind, "sentence": each.sentence, "reason": given[each.kind]} for each in found]
        if noted:
            facts["cautions"] = facts.get("cautions", []) + noted

    def open_moves(self, user: Any) -> list[OpenMove]:
        """The moves that lead out of this state, each with this person's verdict."""
        return [
            OpenMove(move, self.may(move.verb, user), self.move_url(move.verb))
            for move in self.MOVES.values()
            if self.state in move.sources and not move.inner
        ]

    def move_url(self, verb: str) -> str:
        """Where the verb's form or confirmation is."""
        return f"{self.get_absolute_url()}{self.MOVES[verb].slug}/"

    def get_absolute_url(self) -> str:
        raise NotImplementedError

    def events(self) -> models.QuerySet[Event]:
        """The document's life, oldest first."""
        from core.models import Event

        return Event.objects.about(self)


def refuse_unless(condition: object, reason: str) -> None:
    """Raise the refusal that a form could not foresee."""
    if not condition:
        raise TransitionRefused(reason)


@contextmanager
def moving(document: Document, verb: str, *, by: Any, note: str = "") -> Iterator[dict[str, Any]]:
    """Make the move `verb`; the body sets fields, and may add JSON-able facts to the event's data.

    Raises `TransitionRefused`; ValidationError when a constraint would break. `by=None` is the system,
    which a guard must allow in so many words.
    """
    move = document.MOVES[verb]
    with transaction.atomic():
        locked = type(document)._base_manager.select_for_update(of=("self",))
        document.refresh_from_db(from_queryset=locked)
        if document.state not in move.sources:
            raise TransitionRefused(
                f"“{move.label}” tidak dapat dilakukan: statusnya sekarang {document.get_state_display()}."  # type: ignore[attr-defined]
            )
        verdict = document.may(verb, by)
        if not verdict:
            raise TransitionRefused(verdict.reason)
        before = document.state
        facts = document.confirmed(verb, by)
        yield facts
        if move.target and move.target != before:
            document.state = move.target
            document.state_since = timezone.now()
        document.clean()
        _keep(document)
        document.give_reasons({})  # reasons are for one move
        record(document, verb, by=by, verdict=verdict, before=before, note=note, data=facts)


def _keep(document: Document) -> None:
    """Save. The database judges its constraints; only when one is broken is it asked which, for the words."""
    try:
        with transaction.atomic():
            document.save()
    except IntegrityError:
        document.validate_constraints()
        raise


def born(document: Document, *, by: Any, verdict: Verdict, note: str = "", data: dict[str, Any] | None = None) -> None:
    """Save a new document in its first state and write the event of its birth."""
    if not verdict:
        raise TransitionRefused(verdict.reason)
    with transaction.atomic():
        facts = document.confirmed("create", by)
        document.full_clean(validate_unique=False)
        document.save(force_insert=True)
        document.give_reasons({})
        record(document, "create", by=by, verdict=verdict, before="", note=note, data=(data or {}) | facts)


def record(
    document: Document, verb: str, *, by: Any, verdict: Verdict, before: str, note: str, data: dict[str, Any]
) -> Event:
    """Write the event and tell whoever is to be told, in the caller's transaction."""
    from core.models import Event

    membership = verdict.membership
    event = Event.objects.create(
        about=document._meta.label_lower,
        about_id=str(document.pk),
        about_code=str(document.code),
        verb=verb,
        actor=by,
        actor_name=str(by.name or by.email) if by else "Sistem",
        role=membership.role if membership else "",
        role_label=membership.title if membership else "",
        region=(membership.area_id or "") if membership else "",
        from_state=before,
        to_state=document.state,
        note=note,
        data=data,
    )
    notices.fan_out(event, document)
    return event
