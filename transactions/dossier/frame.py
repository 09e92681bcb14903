"""The words by which each stage declares its papers: which documents hold any, and which papers the rule asks of them.

A stage's module (`planning`, `sourcing`, `contract`, `payment`, `musdes`) has two tables and nothing else to learn:

    HOLDERS = (
        Holder("transactions.Quotation", need="sourcing__need", label="Penawaran", tell=lambda q: q.provider.name,
               select=("provider",)),
    )
    PAPERS = (
        # printed: found by its kind (`PrintedDocument.kind`), whoever of the same round holds it
        Paper("ba-evaluasi", "Berita Acara Evaluasi", of="transactions.sourcing", maker="TPK",
              expected=lambda sourcing: sourcing.state in ("evaluated", "awarded"), when="setelah evaluasi"),
        # uploaded: found by the attribute of the document that refers to the file (a path may lead on: "payment.proof")
        Paper("spk-penyedia", "SPK bertanda tangan penyedia", of="transactions.contract", field="provider_scan",
              maker="Penyedia", verb="sign_for_provider", number="number",
              expected=lambda contract: contract.state != "drafted"),
        # files of what hangs on the document, each with its name; the rule wants at least so many
        Paper("foto-musdes", "Foto Musdes", of="transactions.meeting", rows=photos, least=2, ...),
    )

Every file and every printed paper that a holder has is in the order's file, declared or not; a row gives it its name,
its place in the order of the process, and says when its absence is a lack.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

Condition = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Holder:
    """A kind of document (or row) to which papers of an order belong.

    `need` is the look-up from it to the order's need; all but the need's own go through the sourcing, by which rounds
    are told apart. `office` holders are read by bidders too, though not their papers (see `Paper.bidders`). `find`
    stands in where no look-up leads: it gives the rows for (need, user), already scoped.
    """

    model: str
    need: str
    label: str
    tell: Callable[[Any], str] = lambda document: ""
    select: tuple[str, ...] = ()
    prefetch: tuple[str, ...] = ()
    office: bool = False
    find: Callable[[Any, Any], Any] | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that the process knows: printed unless it has a `field` or `rows`.

    `expected` asks a document `of` (model in lower case) whether the rule wants it by now; `when` says that moment in
    words. `rows` gives the files of what hangs on the document, each with its name. `maker` is who makes it, `verb` the
    move by which. `number` and `on` are attributes of the document with the letter's number and date where the paper
    itself does not tell. `instead` are kinds of which one is enough in its place, as the signed scan for what was
    printed to be signed. `bidders`: those invited may read it.
    """

    kind: str
    label: str
    of: str
    maker: str = ""
    expected: Condition = lambda document: False
    when: str = ""
    field: str = ""
    rows: Callable[[Any], Iterable[tuple[int, str]]] | None = None
    least: int = 1
    verb: str = ""
    number: str = ""
    on: str = ""
    instead: tuple[str, ...] = ()
    bidders: bool = False

    @property
    def is_printed(self) -> bool:
        return not self.field and self.rows is None


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the process, as the file is divided.

    Its papers stand in the order of the table; `one_by_one` takes each document by itself first (a payment with its
    request and its proof, then the next).
    """

    key: str
    label: str
    holders: tuple[Holder, ...]
    papers: tuple[Paper, ...]
    one_by_one: bool = False


def past(*states: str) -> Condition:
    """Not in these states any more."""
    return lambda document: document.state not in states


def reached(*states: str) -> Condition:
    """In one of these states."""
    return lambda document: document.state in states
