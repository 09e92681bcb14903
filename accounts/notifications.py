"""Who is told of what happens to requests and memberships, and in which words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.urls import reverse

from accounts.models import Membership, Role, Succession, User, VillageAccess, VillageData
from accounts.models.membership import VILLAGE_ROLES
from accounts.models.village_data import READERS
from core.clock import today
from core.models import Event
from core.notices import Tell, tells


def holders(*roles: str, at: str | None) -> Iterable[User]:
    """The people who hold one of these roles exactly at this area, today."""
    held = Membership.objects.current().holding(*roles).at(at) if at else Membership.objects.current().holding(*roles)
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("pk")


@tells("accounts.villageaccess", "create", "resubmit")
def office_is_asked(event: Event, request: VillageAccess) -> Iterator[Tell]:
    """The regency's office verifies; where it has nobody yet, the ministry has to appoint somebody."""
    place = request.village.full_name
    offices = list(holders(Role.REGENCY_OFFICE, at=request.village.regency_code))
    again = " kembali" if event.verb == "resubmit" else ""
    for officer in offices:
        yield Tell(
            officer,
            title=f"Verifikasi akses desa: {request.user}, {request.village.label}",
            body=f"{request.user} mengajukan{again} akses sebagai {request.get_role_display()}, {place}. "
            "Periksa suratnya, lalu verifikasi, kembalikan, atau tolak.",
        )
    if not offices:
        for person in holders(Role.MINISTRY, at=None):
            yield Tell(
                person,
                title=f"{request.office_name} belum mempunyai petugas",
                body=f"Permohonan akses {place} menunggu, tetapi belum ada petugas kabupaten/kota yang dapat "
                "memeriksanya. Tunjuk petugas lebih dahulu.",
                url=reverse("admin:accounts_membership_add"),
            )


@tells("accounts.villageaccess", "verify", "give_back", "reject")
def applicant_is_answered(event: Event, request: VillageAccess) -> Iterator[Tell]:
    place, role = request.village.label, request.get_role_display()
    title, body = {
        "verify": (
            f"Akses {place} terverifikasi",
            f"Anda sekarang bekerja sebagai {role}, {request.village.full_name}. Buka “Perlu tindakan” untuk memulai.",
        ),
        "give_back": (
            f"Permohonan akses {place} perlu diperbaiki",
            f"{request.office_name} menulis: {request.reason}\n\nPerbaiki lalu kirim ulang; tidak perlu mendaftar lagi.",
        ),
        "reject": (
            f"Permohonan akses {place} ditolak",
            f"{request.office_name} menulis: {request.reason}",
        ),
    }[event.verb]
    yield Tell(request.user, title=title, body=body)


@tells("accounts.membership", "appoint")
def village_sees_newcomer(event: Event, membership: Membership) -> Iterator[Tell]:
    """A village's people learn who now acts for it too; a person with a role given by an office learns of it."""
    if membership.role not in VILLAGE_ROLES:
        yield Tell(
            membership.user,
            title=f"Peran baru: {membership.title}",
            body=f"Anda mendapat peran {membership.title}, mulai {membership.starts_on:%d/%m/%Y}. "
            f"Dasar: {membership.basis or 'tidak dicantumkan'}.",
            url=reverse("todo"),
        )
        return
    begins = f"mulai {membership.starts_on:%d/%m/%Y}" if membership.starts_on > today() else "kini"
    for colleague in holders(*VILLAGE_ROLES, at=membership.area_id):
        if colleague.pk != membership.user_id:
            yield Tell(
                colleague,
                title=f"{membership.user} {begins} {membership.title}",
                body="Bila orang ini tidak Anda kenal, segera hubungi Dinas PMD kabupaten/kota.",
                url=reverse("village-office", args=[membership.area_id]),
                by_mail=False,
            )


@tells("accounts.membership", "end")
def holder_learns_of_the_end(event: Event, membership: Membership) -> Iterator[Tell]:
    """Also the office, when a person has ended it themselves."""
    ends = f"{membership.ends_on:%d/%m/%Y}"
    yield Tell(
        membership.user,
        title=f"Peran berakhir: {membership.title}",
        body=f"Hari terakhir Anda pada peran ini {ends}. Alasan: {event.note}",
    )
    if event.actor_id == membership.user_id and membership.area_id:
        for officer in holders(Role.REGENCY_OFFICE, at=membership.area.regency_code or None):
            yield Tell(
                officer,
                title=f"{membership.user} mengakhiri perannya: {membership.title}",
                body=f"Hari terakhir {ends}. Alasan: {event.note}",
                url=_register(membership),
                by_mail=False,
            )


@tells("accounts.villagedata", "create", "resubmit")
def office_and_colleagues_hear_of_new_numbers(event: Event, data: VillageData) -> Iterator[Tell]:
    """The office verifies. Whoever answers for the village's money learns that someone states another account."""
    place = data.village.full_name
    for officer in holders(Role.REGENCY_OFFICE, at=data.village.regency_code):
        yield Tell(
            officer,
            title=f"Verifikasi data desa: {data.village.label}",
            body=f"{event.actor_name} mengajukan NPWP dan rekening kas desa {place}. Cocokkan dengan buktinya, lalu "
            "verifikasi atau kembalikan.",
        )
    for colleague in holders(*READERS, at=data.village_id):
        yield Tell(
            colleague,
            title=f"NPWP dan rekening {data.village.label} diajukan",
            body=f"{event.actor_name} mengajukan NPWP dan rekening kas desa untuk diverifikasi Dinas PMD. Bila Anda "
            "tidak mengetahuinya, segera hubungi yang bersangkutan dan Dinas PMD.",
        )


@tells("accounts.villagedata", "verify", "give_back")
def village_is_answered(event: Event, data: VillageData) -> Iterator[Tell]:
    title, body = {
        "verify": (
            f"Data {data.village.label} terverifikasi",
            f"NPWP dan rekening kas desa {data.village.full_name} terverifikasi dan berlaku mulai sekarang. Data "
            "sebelumnya, bila ada, tidak berlaku lagi.",
        ),
        "give_back": (
            f"Data {data.village.label} perlu diperbaiki",
            f"Dinas PMD menulis: {data.reason}\n\nPerbaiki lalu kirim ulang.",
        ),
    }[event.verb]
    for person in holders(*READERS, at=data.village_id):
        yield Tell(person, title=title, body=body)


@tells("accounts.succession", "create")
def office_is_asked_for_the_succession(event: Event, succession: Succession) -> Iterator[Tell]:
    """What a village head proposes; what the office states itself it records at once."""
    if event.role == Role.REGENCY_OFFICE:
        return
    for officer in holders(Role.REGENCY_OFFICE, at=succession.village.regency_code):
        yield Tell(
            officer,
            title=f"Pergantian pejabat: {succession.position}, {succession.village.label}",
            body=f"{event.actor_name} mengusulkan {succession.successor} sebagai {succession.position} mulai "
            f"{succession.starts_on:%d/%m/%Y}, berdasarkan {succession.basis}. Periksa SK-nya.",
        )


@tells("accounts.succession", "verify", "reject")
def persons_learn_of_the_succession(event: Event, succession: Succession) -> Iterator[Tell]:
    """The new one and whoever proposed it; the old one hears of the end of their membership anyway."""
    place = succession.village.full_name
    if event.verb == "verify":
        until = f" sampai {succession.ends_on:%d/%m/%Y}" if succession.ends_on else ""
        yield Tell(
            succession.successor,
            title=f"Anda {succession.position}, {succession.village.label}",
            body=f"Anda tercatat sebagai {succession.position}, {place}, mulai {succession.starts_on:%d/%m/%Y}{until}. "
            f"Dasar: {succession.basis}.",
        )
        title, body = f"Pergantian tercatat: {succession.position}", succession.status_sentence
    else:
        title, body = f"Usulan ditolak: {succession.position}", f"Dinas PMD menulis: {succession.reason}"
    if succession.proposed_by_id != succession.successor_id:
        yield Tell(succession.proposed_by, title=title, body=body)


def _register(membership: Membership) -> str:
    if membership.role in VILLAGE_ROLES:
        return reverse("village-office", args=[membership.area_id])
    return reverse("admin:accounts_membership_changelist")
