"""Who is told of an application: the Pokja when it is its turn, the applicant of every word said about it.

What colleagues write for each other, and what one member gives in points, is told to nobody. Notices of listings,
sanctions and reminders stand in `listed_notices`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from accounts.models import Membership, Role, User
from accounts.models.membership import POKJA_ROLES
from core.formats import tanggal_pendek, waktu
from core.models import Event
from core.notices import Tell, tells
from verification.models import Application, Declaration

ABOUT = "verification.application"


def people_of(application: Application) -> Iterable[User]:
    """Everyone who works for the applicant today."""
    return _holders(provider=application.provider_id, role__in=[Role.PROVIDER])


def pokja_of(application: Application, *roles: str) -> Iterable[User]:
    """The Pokja of the regency, without who belongs, belonged or is tied to the applicant."""
    barred = User.objects.filter(Declaration.objects.barred_people(application.provider_id))
    tied = set(barred.values_list("pk", flat=True))
    found = _holders(area=application.regency_id, role__in=roles or POKJA_ROLES)
    return [user for user in found if user.pk not in tied]


def _holders(**held: Any) -> list[User]:
    rows = Membership.objects.current().filter(**held).values("user_id")
    return list(User.objects.filter(pk__in=rows, is_active=True).order_by("pk"))


def at_the_desk(application: Application) -> str:
    """The case page, where who is told goes on working."""
    return reverse("admin:verification_application_change", args=[application.code])


# --- to the Pokja --------------------------------------------------------------------------------------
WORDS = {"renewal": "Perpanjangan", "change": "Periksa ulang", "recognition": "Pengakuan"}


@tells(ABOUT, "submit")
def pokja_has_work(event: Event, application: Application) -> Iterable[Tell]:
    first = WORDS.get(application.kind, "Permohonan baru")
    again = "Perbaikan diajukan" if event.from_state == "returned" else first
    for user in pokja_of(application):
        yield Tell(
            user,
            title=f"{again}: {application.provider.name}",
            body=f"{application.provider.name} menunggu diperiksa oleh Pokja P2KTD {application.regency.name}.",
            url=at_the_desk(application),
        )


@tells(ABOUT, "assign")
def new_holder_has_it(event: Event, application: Application) -> Iterable[Tell]:
    if application.checker:
        yield Tell(
            application.checker,
            title=f"Dialihkan kepada Anda: {application.provider.name}",
            body=f"{event.actor_name} mengalihkan permohonan ini kepada Anda: {event.note}",
            url=at_the_desk(application),
        )


@tells(ABOUT, "record_interview")
def members_have_to_score(event: Event, application: Application) -> Iterable[Tell]:
    for user in application.bench():
        yield Tell(
            user,
            title=f"Menunggu nilai Anda: {application.provider.name}",
            body="Wawancara sudah dicatat. Setiap anggota menilai sendiri; nilai rekan terbuka sesudahnya.",
            url=at_the_desk(application),
        )


@tells(ABOUT, "score", "close_scores")
def scores_lie_open(event: Event, application: Application) -> Iterable[Tell]:
    """Told once they are closed; before that, nobody hears of a single point."""
    if application.scores_closed_at is None or application.checker is None:
        return
    yield Tell(
        application.checker,
        title=f"Nilai terbuka: {application.provider.name}",
        body="Semua nilai sudah terbuka. Catat nilai kesepakatan dan alasannya.",
        url=at_the_desk(application),
    )


@tells(ABOUT, "recommend", "find_unfit")
def chair_has_to_decide(event: Event, application: Application) -> Iterable[Tell]:
    found = "Direkomendasikan" if event.verb == "recommend" else "Dinyatakan tidak layak"
    change = application.kind == Application.Kind.CHANGE
    then = "Anda menetapkan hasil periksa ulangnya." if change else "Bawa ke rapat pleno."
    for user in pokja_of(application, Role.POKJA_CHAIR):
        yield Tell(
            user,
            title=f"Menunggu penetapan: {application.provider.name}",
            body=f"{found} oleh {event.actor_name}. {then}",
            url=at_the_desk(application),
        )


@tells(ABOUT, "recheck")
def checker_gets_it_back(event: Event, application: Application) -> Iterable[Tell]:
    if application.checker:
        yield Tell(
            application.checker,
            title=f"Periksa kembali: {application.provider.name}",
            body=f"Ketua Pokja meminta pemeriksaan ulang: {event.note}",
            url=at_the_desk(application),
        )


@tells(ABOUT, "withdraw")
def holder_can_stop(event: Event, application: Application) -> Iterable[Tell]:
    """Whoever worked on it; the chair where nobody held it but the Pokja knew of it."""
    if not application.submitted_at:
        return
    held = User.objects.filter(pk=event.data.get("holder"), is_active=True)
    for user in held or pokja_of(application, Role.POKJA_CHAIR):
        yield Tell(
            user,
            title=f"Dibatalkan pemohon: {application.provider.name}",
            body=f"{application.provider.name} membatalkan permohonannya. Tidak ada lagi yang perlu dikerjakan.",
            url=at_the_desk(application),
        )


# --- to the applicant ----------------------------------------------------------------------------------
@tells(ABOUT, "give_back")
def applicant_mends(event: Event, application: Application) -> Iterable[Tell]:
    for user in people_of(application):
        yield Tell(
            user,
            title=f"Perlu perbaikan: permohonan ke {application.regency.name}",
            body=f"Yang perlu diperbaiki:\n{application.reason}\n\nYang sudah sesuai tidak perlu diunggah lagi.",
        )


@tells(ABOUT, "schedule_interview")
def applicant_is_invited(event: Event, application: Application) -> Iterable[Tell]:
    at = waktu(dt.datetime.fromisoformat(event.data["at"]), application.regency)
    for user in people_of(application):
        yield Tell(
            user,
            title=f"Wawancara {at}",
            body=f"Pokja P2KTD {application.regency.name} mengundang Anda untuk wawancara.\n\n"
            f"Waktu: {at}\nCara: {event.data['label']}\nTempat: {event.data['place']}",
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


@tells(ABOUT, "confirm")
def applicant_is_confirmed(event: Event, application: Application) -> Iterable[Tell]:
    for user in people_of(application):
        yield Tell(
            user,
            title=f"Perubahan data disetujui: {application.regency.name}",
            body="Pokja memeriksa data yang Anda ubah dan menyetujuinya. Status terdaftar Anda berlanjut.",
        )


@tells(ABOUT, "reject", "decline")
def applicant_is_refused(event: Event, application: Application) -> Iterable[Tell]:
    """Every no carries its reason."""
    again = application.apply_again_from
    tail = f"\n\nDapat diajukan lagi mulai {tanggal_pendek(again)}." if again else ""
    for user in people_of(application):
        yield Tell(
            user,
            title=f"Permohonan ke {application.regency.name} ditolak",
            body=f"Alasan: {application.reason}{tail}",
        )
