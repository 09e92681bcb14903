"""Who is told of a need, of its budget, of the year's end, and of a joint purchase."""

from collections.abc import Iterator

from accounts.models import Membership, Role
from core.formats import rupiah
from core.models import Event
from core.notices import Tell, tells
from transactions.models import Activity, ActivityImport, JointShare, Need, YearEndCall
from transactions.notifications.people import village


@tells("transactions.need", "create")
def village_learns_what_a_facilitator_wrote(event: Event, need: Need) -> Iterator[Tell]:
    """Only the village can take it further."""
    if need.assisted_by_id:
        for member in village(need.village_id, *Need.DRAFTERS):
            yield Tell(member.user, f"{event.actor_name} menyiapkan kebutuhan “{need.title}”", "Periksa dan lanjutkan.")


@tells("transactions.need", "cancel")
def village_learns_that_it_ends(event: Event, need: Need) -> Iterator[Tell]:
    for member in village(need.village_id, *Need.DRAFTERS, Role.PROCUREMENT_TEAM):
        yield Tell(member.user, f"Kebutuhan “{need.title}” dibatalkan", event.note)


@tells("transactions.need", "agree")
def budget_is_next(event: Event, need: Need) -> Iterator[Tell]:
    for member in village(need.village_id, *Need.BUDGETERS):
        yield Tell(member.user, f"Kebutuhan “{need.title}” disepakati Musdes", "Catat anggarannya dalam APB Desa.")


@tells("transactions.need", "budget")
def sourcing_is_next(event: Event, need: Need) -> Iterator[Tell]:
    for member in village(need.village_id, Role.ACTIVITY_MANAGER, Role.PROCUREMENT_TEAM):
        yield Tell(member.user, f"Kebutuhan “{need.title}” dianggarkan", "Pengadaan dapat dimulai.")


@tells("transactions.activityimport", "apply")
def keepers_learn_of_the_new_list(event: Event, document: ActivityImport) -> Iterator[Tell]:
    """Ceilings may have changed: whoever else keeps the list looks at it."""
    found = event.data
    for member in village(document.village_id, *Activity.KEEPERS):
        title = f"Kegiatan APB Desa dimuat: {found['new']} baru, {found['changed']} berubah"
        yield Tell(member.user, title, f"Dari berkas {document.file_name}.", by_mail=False)


@tells("transactions.yearendcall", "say")
def year_end_comes(event: Event, call: YearEndCall) -> Iterator[Tell]:
    """The village's deciders and who helps them; the regency's office is told once for all its villages."""
    code, year = call.area_id, call.fiscal_year
    title = {
        YearEndCall.Step.LISTED: f"{call.orders} pembelian tahun anggaran {year} belum selesai",
        YearEndCall.Step.LAST: f"Pengingat terakhir: {call.orders} pembelian tahun anggaran {year} belum diputuskan",
        YearEndCall.Step.OVERDUE: f"Tahun anggaran {year} berakhir: {call.orders} pembelian belum diputuskan",
    }[YearEndCall.Step(call.step)]
    if code.count(".") == 1:
        members = list(Membership.objects.current().at(code).holding(Role.REGENCY_OFFICE).select_related("user"))
    else:
        members = village(code, Role.VILLAGE_HEAD, Role.VILLAGE_SECRETARY, Role.ACTIVITY_MANAGER, Role.PLD)
        members += Membership.objects.current().at(code[:8]).holding(Role.PD).select_related("user")
    for member in members:
        place = f"{call.area.label}: " if member.role in (Role.PD, Role.PLD, Role.REGENCY_OFFICE) else ""
        yield Tell(member.user, f"{place}{title}", "Kepala Desa melanjutkan masing-masing (DPAL) atau membatalkannya.")


@tells("transactions.need", "carry_over")
def village_learns_that_it_goes_on(event: Event, need: Need) -> Iterator[Tell]:
    for member in village(need.village_id, Role.ACTIVITY_MANAGER, Role.VILLAGE_SECRETARY, Role.VILLAGE_TREASURER):
        title = f"“{need.title}” dilanjutkan ke tahun anggaran {event.data['to_year']}"
        yield Tell(member.user, title, f"{event.note} Sisa yang dilanjutkan {rupiah(event.data['amount'])}.")


@tells("transactions.jointshare", "create", "withdraw")
def joint_village_is_asked(event: Event, share: JointShare) -> Iterator[Tell]:
    """The village that is asked to take part, or is no longer asked."""
    lead = share.need.village.label
    asked = event.verb == "create"
    title = f"{lead} mengajak membeli bersama: {share.need.title}" if asked else f"Ajakan {lead} ditarik"
    for member in village(share.village_id, Role.VILLAGE_HEAD, *Need.DRAFTERS):
        yield Tell(member.user, title, share.status_sentence if asked else event.note)


@tells("transactions.jointshare", "agree", "budget", "decline", "refuse", "account")
def lead_learns_of_the_share(event: Event, share: JointShare) -> Iterator[Tell]:
    for member in village(share.need.village_id, Role.VILLAGE_HEAD, *Need.DRAFTERS, Role.PROCUREMENT_TEAM):
        yield Tell(member.user, f"{share.need.title}: {share.get_state_display()}", share.status_sentence)
