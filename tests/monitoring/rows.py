"""Many documents at once, for what is counted: rows as the verbs leave them, with the events they write.

The verbs have their own tests; here the dates, places and amounts matter, and there are many of them.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import Provider, Role, User, VillageAccess
from accounts.models.membership import Membership
from catalog.models import Category
from core.models import Document, Event, StoredFile
from regions.models import Area
from transactions.models import (
    Accountability,
    AgendaItem,
    Attendance,
    Contract,
    Meeting,
    Need,
    Payment,
    ProcurementRule,
    Quotation,
    Sourcing,
)
from verification.models import Application, Standing

WIB, WITA, WIT = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Makassar"), ZoneInfo("Asia/Jayapura")


def at(text: str, zone: ZoneInfo = WITA) -> dt.datetime:
    """A moment by a local clock: "2026-10-05" (at noon) or "2026-10-05 23:30"."""
    moment = dt.datetime.fromisoformat(text)
    if len(text) == 10:
        moment = moment.replace(hour=12)
    return moment.replace(tzinfo=zone)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def person(name: str, role: str = "", **place: Any) -> User:
    """Someone with one membership since 2024, or with none."""
    user = User.objects.create_user(f"{name.lower().replace(' ', '.')}@contoh.example", "kata sandi contoh", name=name)
    if role:
        Membership.objects.create(user=user, role=role, starts_on=dt.date(2024, 1, 1), **place)
    return user


def scan() -> StoredFile:
    return StoredFile.objects.first() or StoredFile.objects.store(
        b"%PDF-", name="x.pdf", content_type="application/pdf"
    )


def anyone() -> User:
    return User.objects.filter(email="siapa@contoh.example").first() or person("Siapa")


def event(document: Document, verb: str, when: dt.datetime, state: str) -> None:
    Event.objects.create(
        at=when, about=document._meta.label_lower, about_id=str(document.pk), about_code=document.code, verb=verb,
        actor=anyone(), actor_name="Siapa", to_state=state,
    )  # fmt: skip


def access(
    village: str, *, created: dt.datetime, decided: dt.datetime | None = None, state: str = "verified"
) -> VillageAccess:
    """A request for a village account; decided, or still waiting."""
    row = VillageAccess.objects.create(
        user=person(f"Operator {village} {VillageAccess.objects.count()}"), village_id=village, role=Role.VILLAGE_OPERATOR,
        phone="+628123", letter_number="1", letter_date=created.date(), letter=scan(), created_at=created,
        state=state if decided else "submitted", state_since=decided or created, decided_at=decided,
        decided_by=anyone() if decided else None,
    )  # fmt: skip
    event(row, "create", created, "submitted")
    if decided:
        event(row, "verify", decided, state)
    return row


def provider(name: str = "CV Karya Desa", area: str = "52.02") -> Provider:
    return Provider.objects.filter(name=name).first() or Provider.objects.create(
        name=name, legal_form="company", area_id=area, address="Jalan Kantor 1", phone="+62370", email="k@contoh.example",
        person_in_charge="Siti", position="Direktur", nik="5202010101800001", npwp="0123456789012345",
        bank="Bank Contoh", account_number="001", account_holder="Siti",
    )  # fmt: skip


def application(
    regency: str, *, submitted: dt.datetime, state: str = "submitted", name: str = "CV Karya Desa"
) -> Application:
    row = Application.objects.create(
        provider=provider(name), regency_id=regency, created_at=submitted, state_since=submitted,
        submitted_at=submitted, state=state,
    )  # fmt: skip
    event(row, "submit", submitted, state)
    return row


def standing(regency: str, *, listed: dt.date, until: dt.date, name: str = "CV Karya Desa") -> Standing:
    row = Application.objects.create(provider=provider(name), regency_id=regency)
    return Standing.objects.create(
        provider=provider(name), regency_id=regency, application=row, directory_number=f"{regency}/{row.pk}",
        decree_number="188", decree_date=listed, listed_on=listed, valid_until=until,
    )  # fmt: skip


def need(village: str, *, created: dt.datetime, estimate: int, category: str = "kewirausahaan") -> Need:
    row = Need.objects.create(
        village=Area.objects.get(code=village), title=f"Pelatihan {created:%d %B}", category=Category.objects.get(key=category),
        problem="Masalah", estimate=estimate, why_provider="Keahlian", created_by=anyone(), created_at=created,
        state_since=created, funding="dd", state="budgeted", musdes_on=created.date(), musdes_number="1", ceiling=estimate,
        fiscal_year=created.year, activity_code="4.1",
    )  # fmt: skip
    event(row, "create", created, "identified")
    return row


def order(
    village: str, *, value: int, signed: str, category: str = "kewirausahaan", method: str = "direct", days: int = 20,
    handed_over: str = "", paid: str = "", musdes: str = "", present: tuple[int, int] = (20, 15),
    decision: str = "accepted", percent: int = 40, recorded: dt.datetime | None = None, firm: str = "CV Karya Desa",
) -> Contract:  # fmt: skip
    """A contract signed on that day, and as much of what follows as is dated."""
    zone = Area.objects.get(code=village).tzinfo
    when = recorded or at(signed, zone)
    wish = need(village, created=when - dt.timedelta(days=3), estimate=value, category=category)
    rule = ProcurementRule.objects.first()
    sourcing = Sourcing.objects.create(
        need=wish, method=method, rule=rule, scope="Lingkup", hps=value, days=days, deadline=when, created_by=anyone(),
        state="awarded", opened_at=when,
    )  # fmt: skip
    offer = Quotation.objects.create(
        sourcing=sourcing, provider=provider(firm), price=value, days=days, approach="Usulan", state="won"
    )
    start = day(signed)
    row = Contract.objects.create(
        sourcing=sourcing, quotation=offer, village_id=village, provider=provider(firm), number="1/SPK", signed_on=start,
        value=value, starts_on=start, ends_on=start + dt.timedelta(days=days - 1), snapshot={}, provider_scan=scan(),
        village_scan=scan(), provider_signed_at=when, village_signed_at=when, state="running", state_since=when,
        percent=percent, created_at=when,
    )  # fmt: skip
    event(row, "sign_for_village", when, "running")
    if handed_over:
        hand_over(row, handed_over, recorded=recorded)
    if paid:
        pay(row, paid, recorded=recorded)
    if musdes:
        meet(row, musdes, present, decision, recorded=recorded)
    return row


def hand_over(contract: Contract, on: str, *, recorded: dt.datetime | None = None) -> None:
    when = recorded or at(on, contract.village.tzinfo)
    contract.handover_on, contract.handover_number, contract.percent = day(on), "1/BAST", 100
    contract.state, contract.state_since = "handed_over", when
    contract.save()
    event(contract, "hand_over", when, "handed_over")
    Accountability.objects.create(
        contract=contract,
        buyer_id=contract.village_id,
        due_on=day(on) + dt.timedelta(days=30),
        created_at=when,
        state_since=when,
    )


def pay(contract: Contract, on: str, *, recorded: dt.datetime | None = None) -> None:
    account = contract.accountability
    tax = contract.value * 2 // 100
    Payment.objects.create(
        contract=contract, number="1", paid_on=day(on), gross=contract.value, withheld=tax, net=contract.value - tax,
        proof=scan(), recorded_by=anyone(),
    )  # fmt: skip
    account.state = "musdes"
    account.save()
    event(account, "settle", recorded or at(on, contract.village.tzinfo), "musdes")


def meet(
    contract: Contract, on: str, present: tuple[int, int] = (20, 15), decision: str = "accepted",
    *, recorded: dt.datetime | None = None,
) -> Meeting:  # fmt: skip
    when = recorded or at(on, contract.village.tzinfo)
    account = contract.accountability
    row = Meeting.objects.create(
        village=contract.village, held_on=day(on), starts_at=dt.time(9), ends_at=dt.time(11), place="Balai desa",
        leader="Ketua BPD", note_taker="Notulis", note_taker_from="BPD", scan=scan(),
        state="decided", decided_at=when, decided_by=anyone(), created_by=anyone(), state_since=when, created_at=when,
    )  # fmt: skip
    AgendaItem.objects.create(
        meeting=row, accountability=account, presented="Hasil", decision=decision, heard_on=day(on), open=False
    )
    Attendance.objects.create(meeting=row, element="masyarakat", men=present[0] - 5, women=present[1])
    Attendance.objects.create(meeting=row, element="bpd", men=5, women=0)
    account.state = "refused" if decision == "refused" else "accepted"
    account.save()
    event(row, "decide", when, "decided")
    return row
