"""Who is told of an application: the Pokja when it comes in, the applicant of every word said about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from accounts.models import Membership, Role, User
from accounts.models.membership import POKJA_ROLES
from core.models import Event
from core.notices import Tell, tells
from verification.models import Application

ABOUT = "verification.application"


def people_of(application: Application) -> Iterable[User]:
    """Everyone who works for the applicant today."""
    return _holders(provider=application.provider_id, role__in=[Role.PROVIDER])


def pokja_of(application: Application, *roles: str) -> Iterable[User]:
    """The Pokja of the regency, without who belongs to the applicant."""
    own = {user.pk for user in people_of(application)}
    found = _holders(area=application.regency_id, role__in=roles or POKJA_ROLES)
    return [user for user in found if user.pk not in own]


def _holders(**held: Any) -> list[User]:
    rows = Membership.objects.current().filter(**held).values("user_id")
    return list(User.objects.filter(pk__in=rows, is_active=True).order_by("pk"))


@tells(ABOUT, "submit")
def pokja_has_work(event: Event, application: Application) -> Iterable[Tell]:
    again = "Perbaikan diajukan" if event.from_state == "returned" else "Permohonan baru"
    for user in pokja_of(application):
        yield Tell(
            user,
            title=f"{again}: {application.provider.name}",
            body=f"{application.provider.name} menunggu diperiksa oleh Pokja P2KTD {application.regency.name}.",
        )


@tells(ABOUT, "recommend")
def chair_has_to_decide(event: Event, application: Application) -> Iterable[Tell]:
    for user in pokja_of(application, Role.POKJA_CHAIR):
        yield Tell(
            user,
            title=f"Menunggu penetapan: {application.provider.name}",
            body=f"Direkomendasikan oleh {event.actor_name}.",
        )


@tells(ABOUT, "recheck")
def checker_gets_it_back(event: Event, application: Application) -> Iterable[Tell]:
    if application.checker:
        yield Tell(
            application.checker,
            title=f"Periksa kembali: {application.provider.name}",
            body=f"Ketua Pokja meminta pemeriksaan ulang: {event.note}",
        )


@tells(ABOUT, "give_back")
def applicant_mends(event: Event, application: Application) -> Iterable[Tell]:
    for user in people_of(application):
        yield Tell(
            user,
            title=f"Perlu perbaikan: permohonan ke {application.regency.name}",
            body=f"Yang perlu diperbaiki:\n{application.reason}\n\nYang sudah sesuai tidak perlu diunggah lagi.",
        )


@tells(ABOUT, "list_provider")
def applicant_is_listed(event: Event, application: Application) -> Iterable[Tell]:
    data = event.data
    for user in people_of(application):
        yield Tell(
            user,
            title=f"Terdaftar di direktori {application.regency.name}",
            body=f"Nomor direktori {data['directory_number']}, keputusan {data['decree_number']}. "
            "Sekarang Anda dapat menayangkan layanan.",
        )


@tells(ABOUT, "reject")
def applicant_is_refused(event: Event, application: Application) -> Iterable[Tell]:
    again = application.apply_again_from
    tail = f"\n\nDapat diajukan lagi mulai {again:%d/%m/%Y}." if again else ""
    for user in people_of(application):
        yield Tell(
            user,
            title=f"Permohonan ke {application.regency.name} ditolak",
            body=f"Alasan: {application.reason}{tail}",
        )
