"""Who is told that a report is ready, out, or waits to be corrected."""

from collections.abc import Iterator

from accounts.models import Membership, Role
from core.models import Event
from core.notices import Tell, tells
from monitoring.models import ISSUING, FacilitatorReport, Report
from regions.models import Level


@tells("monitoring.report", "assemble")
def office_is_told(event: Event, report: Report) -> Iterator[Tell]:
    """Whoever puts it out, and whoever asked for it."""
    told = set()
    if not report.provisional:
        holders = Membership.objects.current().at(report.area_id).holding(*ISSUING[report.area.level])
        for member in holders.select_related("user"):
            told.add(member.user_id)
            yield Tell(member.user, f"{report.title} selesai disusun", "Periksa isinya, lalu terbitkan.")
    if report.requested_by is not None and report.requested_by_id not in told:
        yield Tell(report.requested_by, f"{report.title} selesai disusun", "PDF-nya dapat dibuka.", by_mail=False)


@tells("monitoring.report", "issue")
def province_is_told(event: Event, report: Report) -> Iterator[Tell]:
    """A kabupaten reports to its province, a province to the ministry."""
    people = Membership.objects.current().select_related("user")
    if report.area.level == Level.REGENCY:
        people = people.at(report.area.province_code).holding(Role.PROVINCE_OFFICE)
    else:
        people = people.holding(Role.MINISTRY)
    for member in people:
        yield Tell(member.user, f"{report.title} diterbitkan", by_mail=False)


@tells("monitoring.facilitatorreport", "issue")
def supervisor_is_told(event: Event, report: FacilitatorReport) -> Iterator[Tell]:
    """A PLD's report reaches the PD of the kecamatan, a PD's the TAPM."""
    above = {Role.PLD: (report.area_id, Role.PD), Role.PD: (report.area.regency_code, Role.TAPM)}.get(Role(report.role))
    if above is not None:
        for member in Membership.objects.current().at(above[0]).holding(above[1]).select_related("user"):
            yield Tell(member.user, f"{report.title} selesai: {report.author.name}", by_mail=False)
