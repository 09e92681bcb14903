"""Perlu tindakan: what waits for a person is a list of querysets, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts import people
from accounts.models import Succession, VillageAccess, VillageData, VillageOffice
from catalog.models import Question, ServiceReview
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

SHOWN = 50  # of each kind; who has more works through the lists


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


def tasks(user: Any) -> list[Task]:
    """All that waits for this person, longest waiting first."""
    found = [task for rows, path in waiting(user) for task in _lines(rows[:SHOWN], path)]
    for account in to_be_rated_by(user).select_related("contract__sourcing__need__village")[:SHOWN]:
        contract = account.contract
        title = f"Nilai penyedia: {contract.need.title}"
        found.append(
            Task(
                title,
                contract.get_absolute_url(),
                "Hasil kerja sudah diterima Musdes.",
                account.state_since,
                "Penilaian",
                "info",
            )
        )
    return sorted(found, key=lambda task: task.since)


def in_other_hands(user: Any) -> list[Application]:
    """A provider's own applications that the Pokja has: nothing to do, but good to find."""
    own = people.providers(user)
    if not own:
        return []
    rows = Application.objects.filter(provider__in=own, state__in=AT_POKJA).select_related("provider", "regency")
    return list(rows.order_by("state_since")[:SHOWN])


def count(user: Any) -> int:
    """How many wait; a cheap count for the header."""
    return sum(rows.count() for rows, _ in waiting(user)) + to_be_rated_by(user).count()


def _lines(rows: QuerySet[Any], path: str) -> Iterator[Task]:
    for document in rows:
        name: Any = document
        for part in path.split("."):
            name = getattr(name, part)
        yield Task(
            title=str(name),
            url=document.get_absolute_url(),
            hint=document.status_sentence,
            since=document.state_since,
            chip_label=document.get_state_display(),
            chip_tone=document.state_tone,
        )
