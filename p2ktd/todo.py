"""Perlu tindakan: what waits for a person is a list of querysets, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

from django.db.models import QuerySet
from django.utils.text import capfirst

from accounts import people
from accounts.models import Succession, VillageAccess, VillageData, VillageOffice
from catalog.models import Question, ServiceReview
from core.models import Document
from monitoring.models import FacilitatorReport, Report
from reviews.models import Rating, to_be_rated_by
from transactions.models import (
    Accountability,
    Addendum,
    Contract,
    FollowUp,
    JointShare,
    Meeting,
    Need,
    PaymentRequest,
    Quotation,
    Remedy,
    Sourcing,
    TenderQuestion,
)
from verification.models import Application, Plenary, Pokja, Sanction
from verification.models.application import AT_POKJA

PAGE = 25
AT_POKJA_SHOWN = 50  # of a provider's own applications


@dataclass(frozen=True, slots=True)
class Task:
    """One line of the list, as the task_list component draws it."""

    title: str
    url: str
    hint: str
    since: Any
    chip_label: str
    chip_tone: str


def waiting(user: Any) -> list[tuple[QuerySet[Any], str]]:
    """Every queryset of what waits for this person, with the path to the name that people know it by."""
    return [
        (VillageAccess.objects.waiting_for(user).select_related("village", "user"), "village.label"),
        (VillageData.objects.waiting_for(user).select_related("village"), "village.label"),
        (VillageOffice.objects.waiting_for(user).select_related("area"), "area.label"),
        (Succession.objects.waiting_for(user).select_related("village", "successor"), "village.label"),
        (Application.objects.waiting_for(user).select_related("provider", "regency"), "provider.name"),
        (Plenary.objects.waiting_for(user).select_related("regency"), "title"),
        (Pokja.objects.waiting_for(user).select_related("regency"), "task"),
        (Sanction.objects.waiting_for(user).select_related("provider", "regency"), "provider.name"),
        (ServiceReview.objects.waiting_for(user).select_related("service", "regency"), "task"),
        (Question.objects.waiting_for(user).select_related("service"), "service.title"),
        (Need.objects.waiting_for(user).select_related("village"), "title"),
        (JointShare.objects.waiting_for(user).select_related("need__village", "village"), "need.title"),
        (Sourcing.objects.waiting_for(user).select_related("need__village"), "need.title"),
        (Quotation.objects.waiting_for(user).select_related("sourcing__need__village"), "sourcing.need.title"),
        (TenderQuestion.objects.waiting_for(user).select_related("sourcing__need__village"), "sourcing.need.title"),
        (Contract.objects.waiting_for(user).select_related("sourcing__need__village"), "sourcing.need.title"),
        (
            PaymentRequest.objects.waiting_for(user).select_related(
                "contract__sourcing__need__village", "contract__village", "payment"
            ),
            "contract.sourcing.need.title",
        ),
        (
            Addendum.objects.waiting_for(user).select_related("contract__sourcing__need__village"),
            "contract.sourcing.need.title",
        ),
        (
            Accountability.objects.waiting_for(user).select_related(
                "contract__sourcing__need__village", "contract__village"
            ),
            "contract.sourcing.need.title",
        ),
        (
            Meeting.objects.waiting_for(user)
            .select_related("village")
            .prefetch_related("items__accountability__contract__sourcing__need"),
            "subject",
        ),
        (
            FollowUp.objects.waiting_for(user).select_related("village", "accountability__contract__sourcing__need"),
            "what",
        ),
        (
            Remedy.objects.waiting_for(user).select_related("village", "accountability__contract__sourcing__need"),
            "need.title",
        ),
        (
            Rating.objects.waiting_for(user).select_related("contract__sourcing__need__village"),
            "contract.sourcing.need.title",
        ),
        (Report.objects.waiting_for(user).select_related("area"), "title"),
        (FacilitatorReport.objects.waiting_for(user).select_related("area", "author"), "title"),
    ]


@dataclass(frozen=True)
class Kind:
    """What waits of one sort, the longest waiting first: as many as the first page can hold are read at once."""

    key: str
    name: str
    rows: QuerySet[Any]
    draw: Callable[[Any], Task]

    @cached_property
    def first(self) -> list[Any]:
        return list(self.rows[: PAGE + 1])

    @cached_property
    def count(self) -> int:
        return len(self.first) if len(self.first) <= PAGE else self.rows.count()

    def upto(self, stop: int) -> list[Any]:
        return self.first[:stop] if stop <= PAGE or len(self.first) <= PAGE else list(self.rows[:stop])


class Waiting:
    """All that waits, over its kinds, the longest waiting first: for a paginator."""

    def __init__(self, kinds: list[Kind]) -> None:
        self.kinds = kinds

    def count(self) -> int:
        return sum(kind.count for kind in self.kinds)

    __len__ = count

    def __getitem__(self, part: slice) -> list[Task]:
        found = chain.from_iterable(((row, kind) for row in kind.upto(part.stop)) for kind in self.kinds)
        return [kind.draw(row) for row, kind in sorted(found, key=lambda each: each[0].state_since)[part]]


def kinds(user: Any) -> list[Kind]:
    """The kinds of which something waits for this person."""
    found = [
        Kind(rows.model._meta.model_name, capfirst(rows.model._meta.verbose_name), _in_turn(rows), _drawn_by(path))
        for rows, path in waiting(user)
    ]
    rated = to_be_rated_by(user).select_related("contract__sourcing__need__village")
    found.append(Kind("to-be-rated", "Penyedia yang dinilai", _in_turn(rated), _to_be_rated))
    return [kind for kind in found if kind.first]


def tasks(user: Any) -> list[Task]:
    """The first page of all that waits for this person."""
    return Waiting(kinds(user))[:PAGE]


def in_other_hands(user: Any) -> list[Application]:
    """A provider's own applications that the Pokja has: nothing to do, but good to find."""
    own = people.providers(user)
    if not own:
        return []
    rows = Application.objects.filter(provider__in=own, state__in=AT_POKJA).select_related("provider", "regency")
    return list(rows.order_by("state_since")[:AT_POKJA_SHOWN])


def _in_turn(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those without states wait since they were made."""
    return rows.order_by("state_since" if issubclass(rows.model, Document) else "created_at", "pk")


def _drawn_by(path: str) -> Callable[[Any], Task]:
    def draw(document: Any) -> Task:
        name: Any = document
        for part in path.split("."):
            name = getattr(name, part)
        return Task(
            title=str(name),
            url=document.get_absolute_url(),
            hint=document.status_sentence,
            since=document.state_since,
            chip_label=document.get_state_display(),
            chip_tone=document.state_tone,
        )

    return draw


def _to_be_rated(account: Accountability) -> Task:
    return Task(
        title=f"Nilai penyedia: {account.contract.need.title}",
        url=account.contract.get_absolute_url(),
        hint="Hasil kerja sudah diterima Musdes.",
        since=account.state_since,
        chip_label="Penilaian",
        chip_tone="info",
    )
