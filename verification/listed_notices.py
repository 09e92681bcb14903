"""Who is told of a listing: checks after a change, sanctions and objections, withdrawal, dates that come near."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from accounts.models import Membership, Role, User
from accounts.models.membership import POKJA_ROLES
from core.models import Event
from core.notices import Tell, tells
from verification import notifications
from verification.models import Application, Sanction, Standing


# Applications, listings and sanctions alike have a provider and a regency.
def people_of(thing: Any) -> Iterable[User]:
    """Everyone who works today for the provider of an application, a listing or a sanction."""
    return notifications.people_of(thing)


def pokja_of(thing: Any, *roles: str) -> Iterable[User]:
    """The Pokja of its regency, without who belongs or is tied to the provider."""
    return notifications.pokja_of(thing, *roles)


APPLICATION, SANCTION, STANDING = "verification.application", "verification.sanction", "verification.standing"


def holders(*roles: str, regency: str | None = None) -> list[User]:
    """Who holds one of these roles there today; without a regency, anywhere."""
    rows = Membership.objects.current().holding(*roles)
    rows = rows.at(regency) if regency else rows
    return list(User.objects.filter(pk__in=rows.values("user_id"), is_active=True).order_by("pk"))


# --- periksa ulang -------------------------------------------------------------------------------------------
@tells(APPLICATION, "create")
def change_is_checked(event: Event, application: Application) -> Iterable[Tell]:
    """Only of what the system opened: a draft is its provider's own affair."""
    if application.state != Application.State.SUBMITTED:
        return
    name = application.provider.name
    for user in pokja_of(application):
        yield Tell(user, f"Periksa ulang: {name}", f"{event.note} Penyedia tetap terdaftar selama diperiksa.")
    for user in people_of(application):
        yield Tell(
            user,
            f"Periksa ulang di {application.regency.name}",
            f"{event.note} Pokja memeriksanya kembali. Anda tetap terdaftar; tidak ada yang perlu dilakukan kecuali "
            "Pokja meminta dokumen.",
        )


@tells(APPLICATION, "extend")
def more_has_changed(event: Event, application: Application) -> Iterable[Tell]:
    for user in pokja_of(application):
        yield Tell(user, f"Data berubah lagi: {application.provider.name}", event.note)


@tells(APPLICATION, "confirm")
def change_is_confirmed(event: Event, application: Application) -> Iterable[Tell]:
    for user in people_of(application):
        yield Tell(
            user,
            f"Periksa ulang selesai di {application.regency.name}",
            "Data baru Anda sesuai. Status terdaftar Anda berlanjut tanpa perubahan.",
        )


# --- sanctions -----------------------------------------------------------------------------------------------
def desk(sanction: Sanction) -> str:
    return reverse("admin:verification_sanction_change", args=[sanction.code])


@tells(SANCTION, "create")
def chair_decides_on_the_proposal(event: Event, sanction: Sanction) -> Iterable[Tell]:
    title = f"Usulan {sanction.get_kind_display().lower()}: {sanction.provider.name}"
    for user in pokja_of(sanction, Role.POKJA_CHAIR):
        yield Tell(user, title, f"Diusulkan oleh {event.actor_name}: {sanction.violation}", desk(sanction))


@tells(SANCTION, "drop")
def proposer_learns_that_it_was_dropped(event: Event, sanction: Sanction) -> Iterable[Tell]:
    yield Tell(sanction.proposed_by, f"Usulan sanksi dibatalkan: {sanction.provider.name}", event.note, desk(sanction))


@tells(SANCTION, "impose")
def sanction_is_imposed(event: Event, sanction: Sanction) -> Iterable[Tell]:
    """The provider reads what, why, on which basis, and until when it may object."""
    what = f"{sanction.get_kind_display()} {sanction.where}"
    body = (
        f"{what} berlaku {sanction.period}.\nPelanggaran: {sanction.violation}\n"
        f"Dasar: {sanction.basis_number} tanggal {sanction.basis_date:%d/%m/%Y}.\n"
        f"Anda dapat menyanggah sampai {sanction.objection_until:%d/%m/%Y}."
    )
    if sanction.kind != Sanction.Kind.WARNING:
        body += " Kontrak yang sudah berjalan tetap diselesaikan."
    for user in people_of(sanction):
        yield Tell(user, what, body)
    yield from _offices(sanction, f"{what}: {sanction.provider.name}", f"Berlaku {sanction.period}.")


def _offices(sanction: Sanction, title: str, body: str) -> Iterable[Tell]:
    """The Pokja and the office of the regency that imposed it."""
    office = holders(Role.REGENCY_OFFICE, regency=sanction.regency_id)
    everyone = {user.pk: user for user in [*pokja_of(sanction), *office]}
    for user in everyone.values():
        yield Tell(user, title, body, desk(sanction))


@tells(SANCTION, "object")
def objection_is_to_be_decided(event: Event, sanction: Sanction) -> Iterable[Tell]:
    title = f"Sanggahan: {sanction.provider.name}"
    if sanction.scope == Sanction.Scope.NATION:
        for user in holders(Role.MINISTRY):
            yield Tell(user, title, sanction.objection, desk(sanction))
    yield from _offices(sanction, title, sanction.objection)


@tells(SANCTION, "uphold", "grant")
def objection_is_decided(event: Event, sanction: Sanction) -> Iterable[Tell]:
    granted = event.verb == "grant"
    title = "Sanggahan diterima, sanksi dicabut" if granted else "Sanggahan tidak diterima"
    for user in people_of(sanction):
        yield Tell(user, title, f"Alasan: {event.note}")
    yield from _offices(sanction, f"{title}: {sanction.provider.name}", event.note)


@tells(SANCTION, "lift")
def sanction_is_lifted(event: Event, sanction: Sanction) -> Iterable[Tell]:
    title = f"{sanction.get_kind_display()} dicabut"
    for user in people_of(sanction):
        yield Tell(user, title, f"{sanction.status_sentence} Alasan: {event.note}")
    yield from _offices(sanction, f"{title}: {sanction.provider.name}", event.note)


@tells(SANCTION, "widen")
def sanction_holds_everywhere(event: Event, sanction: Sanction) -> Iterable[Tell]:
    """Also the other Pokjas that listed this provider."""
    title = f"{sanction.get_kind_display()} berlaku secara nasional"
    for user in people_of(sanction):
        yield Tell(user, title, f"Berlaku {sanction.period}. Alasan: {event.note}")
    yield from _offices(sanction, f"{title}: {sanction.provider.name}", event.note)
    elsewhere = Standing.objects.running().filter(provider=sanction.provider_id).exclude(regency=sanction.regency_id)
    for regency in elsewhere.values_list("regency_id", flat=True):
        for user in holders(*POKJA_ROLES, regency=regency):
            yield Tell(user, f"{title}: {sanction.provider.name}", event.note, desk(sanction))


# --- a listing -----------------------------------------------------------------------------------------------
@tells(STANDING, "withdraw")
def pokja_learns_of_the_withdrawal(event: Event, standing: Standing) -> Iterable[Tell]:
    office = holders(Role.REGENCY_OFFICE, regency=standing.regency_id)
    everyone = {user.pk: user for user in [*pokja_of(standing), *office]}
    url = reverse("admin:verification_standing_change", args=[standing.code])
    for user in everyone.values():
        yield Tell(user, f"Mengundurkan diri: {standing.provider.name}", event.note, url)


@tells(STANDING, "remind", "remind_paper")
def provider_is_reminded(event: Event, standing: Standing) -> Iterable[Tell]:
    for user in people_of(standing):
        yield Tell(user, event.data["title"], event.data["body"], event.data["url"])
