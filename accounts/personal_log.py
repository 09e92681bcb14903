"""Who looked at personal data: numbers shown in full, and personal files opened, as one list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone

from accounts import people
from accounts.models import Provider, Role, User, VillageAccess
from core.models import FileView, PersonalView, StoredFile
from regions.scope import NATION

READERS = (Role.REGENCY_OFFICE, Role.MINISTRY)
NUMBER, FILE = "nomor", "berkas"


@dataclass(frozen=True, slots=True)
class Entry:
    """One look: when, who under which role, at what of whom, and the reason that was given."""

    at: dt.datetime
    person: str
    role: str
    kind: str
    what: str
    code: str
    whose: str
    reason: str


def numbers_seen_by(user: Any) -> QuerySet[PersonalView]:
    """Numbers shown under a role of one's own territory; to the ministry, all."""
    codes = people.territories(user, *READERS)
    if NATION in codes:
        return PersonalView.objects.all()
    inside = Q(pk__in=[])
    for code in codes:
        inside |= Q(region=code) | Q(region__startswith=f"{code}.")
    return PersonalView.objects.filter(inside)


def files_seen_by(user: Any) -> QuerySet[FileView]:
    """Openings of files that belong to something in one's own territory; to the ministry, all."""
    codes = people.territories(user, *READERS)
    if NATION in codes:
        return FileView.objects.all()
    if not codes:
        return FileView.objects.none()
    inside = Q(pk__in=[])
    for model in _holders():
        mine = model._default_manager.visible_to(user).annotate(text=Cast("pk", CharField()))
        inside |= Q(about=model._meta.label_lower, about_id__in=mine.values("text"))
    return FileView.objects.filter(about_id__in=_numbers_of(StoredFile.objects.filter(inside, personal=True)))


def _holders() -> list[Any]:
    """The models that hold files and say who sees them."""
    return [
        model
        for model in apps.get_models()
        if any(field.related_model is StoredFile for field in model._meta.fields)
        and hasattr(model._default_manager, "visible_to")
    ]


def _numbers_of(files: QuerySet[StoredFile]) -> QuerySet:
    """Their keys as the log keeps them: as text."""
    return files.annotate(text=Cast("pk", CharField())).values("text")


def log(
    user: Any,
    *,
    person: str = "",
    thing: str = "",
    kind: str = "",
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> QuerySet:
    """The rows this person may read, newest first, as (kind, pk, at); `entries` makes lines of a page of them."""
    numbers, files = numbers_seen_by(user), files_seen_by(user)
    common = Q()
    if person:
        found = User.objects.filter(Q(name__icontains=person) | Q(email__icontains=person))
        common &= Q(user__in=found.values("pk"))
    if since:
        common &= Q(at__gte=_midnight(since))
    if until:
        common &= Q(at__lt=_midnight(until + dt.timedelta(days=1)))
    if thing:
        numbers = numbers.filter(Q(about_code__iexact=thing) | Q(about_name__icontains=thing))
        named = StoredFile.objects.filter(Q(code__iexact=thing) | Q(name__icontains=thing), personal=True)
        files = files.filter(about_id__in=_numbers_of(named))
    parts = {
        NUMBER: numbers.filter(common).annotate(kind=Value(NUMBER)).values_list("kind", "pk", "at"),
        FILE: files.filter(common).annotate(kind=Value(FILE)).values_list("kind", "pk", "at"),
    }
    if kind in parts:
        return parts[kind].order_by("-at")
    return parts[NUMBER].union(parts[FILE], all=True).order_by("-at")


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def entries(rows: Any) -> list[Entry]:
    """The lines of one page; two queries a kind, and one for each kind of holder, however long the page."""
    keys: dict[str, list[int]] = {NUMBER: [], FILE: []}
    for kind, pk, _ in rows:
        keys[kind].append(pk)
    numbers = PersonalView.objects.select_related("user").in_bulk(keys[NUMBER])
    files = FileView.objects.select_related("user").in_bulk(keys[FILE])
    stored = StoredFile.objects.in_bulk([int(view.about_id) for view in files.values()])
    owners = _owners(stored.values())
    return [
        _number(numbers[pk]) if kind == NUMBER else _file(files[pk], stored.get(int(files[pk].about_id)), owners)
        for kind, pk, _ in rows
    ]


def _owners(files: Iterable[StoredFile]) -> dict[tuple[str, str], str]:
    """Whose each file is, by its holder: a document that is about a person says so itself (`whose`)."""
    held: dict[str, list[str]] = {}
    for file in files:
        if file.about:
            held.setdefault(file.about, []).append(file.about_id)
    found = {}
    for about, ids in held.items():
        model = apps.get_model(about)
        for row in model._base_manager.filter(pk__in=ids).select_related(*getattr(model, "WHOSE", ())):
            found[about, str(row.pk)] = str(getattr(row, "whose", model._meta.verbose_name))
    return found


def _number(view: PersonalView) -> Entry:
    reason = view.get_reason_display() + (f": {view.note}" if view.note else "")
    whose = view.about_name
    return Entry(view.at, str(view.user), view.role_label, "Nomor", view.field_label, view.about_code, whose, reason)


def _file(view: FileView, file: StoredFile | None, owners: dict[tuple[str, str], str]) -> Entry:
    holder = owners.get((file.about, file.about_id), "") if file else ""
    name, code = (file.name, str(file.code)) if file else ("Berkas yang sudah tidak ada", view.about_id)
    return Entry(view.at, str(view.user), "", "Berkas", name, code, holder, "")


def about_own(user: Any) -> QuerySet[PersonalView]:
    """Who saw the numbers of one's own provider, or one's own telephone in a request; newest first."""
    providers = [str(pk) for pk in people.providers(user)]
    requests = VillageAccess.objects.filter(user=user).annotate(text=Cast("pk", CharField())).values("text")
    own = Q(about=Provider._meta.label_lower, about_id__in=providers) | Q(
        about=VillageAccess._meta.label_lower, about_id__in=requests
    )
    return PersonalView.objects.filter(own).select_related("user").order_by("-pk")
