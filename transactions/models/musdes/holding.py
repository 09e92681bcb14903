"""What is done with a Musdes, from its plan to the decision of each order on its agenda."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from core.clock import local_today
from core.formats import tanggal_sedang
from core.models import StoredFile
from core.workflow import born, moving, refuse_unless
from transactions.models.musdes.accountability import Accountability
from transactions.models.musdes.agenda import AgendaItem, Decision, to_be_heard
from transactions.models.musdes.assembly import Attendance, MeetingQuestion

SCANS = ("scan", "attendance_scan", "notes_scan")
Came = Iterable[tuple[str, int, int]]
Asked = Iterable[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Duty:
    """A follow-up as the assembly words it: of which order (its accountability's code), by whom, until when."""

    order: str
    what: str
    who: str
    due_on: datetime.date
    responsible: str = ""
    blocks: bool = False


class Holding:
    """Verbs of the assembly. `accounts` are the orders on its agenda; `told` says per order (its code) what of it."""

    chosen: list[Accountability] | None = None  # of a plan at its birth: people are told before its agenda has rows

    @transaction.atomic
    def plan(self: Any, *, by: Any, accounts: Iterable[Accountability]) -> None:
        """Set a day, an hour and a place for these orders; the invitation prints from it."""
        verdict = self.may_create(by)
        self.created_by = by
        self._note_help(by)
        refuse_unless(self.held_on >= local_today(self.village), "Musdes direncanakan untuk hari ini atau kemudian.")
        self.chosen = self._held_fast(accounts)
        born(self, by=by, verdict=verdict, data={"on": self.held_on.isoformat()})
        self._put(self.chosen)
        self.chosen = None

    @transaction.atomic
    def prepare(
        self: Any,
        *,
        by: Any,
        accounts: Iterable[Accountability],
        attendance: Came = (),
        questions: Asked = (),
        told: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        """Write the record of an assembly that nobody planned here (its own date, which may lie in the past)."""
        verdict = self.may_create(by)
        refuse_unless(verdict, getattr(verdict, "reason", ""))
        self.created_by = by
        self._note_help(by)
        chosen = self._held_fast(accounts)
        self._check_day(chosen)
        born(self, by=by, verdict=verdict)
        self._put(chosen, told)
        self._write(attendance, questions)

    def replan(self: Any, *, by: Any, accounts: Iterable[Accountability], **fields: Any) -> None:
        """Another hour, place, agenda or other orders; another day is a postponement."""
        with moving(self, "replan", by=by) as facts:
            before = self._as_told()
            for name, value in fields.items():
                setattr(self, name, value)
            self._note_help(by)
            self._put(self._held_fast(accounts))
            facts["changed"] = [name for name, value in self._as_told().items() if value != before[name]]

    def postpone(self: Any, *, by: Any, to: datetime.date, reason: str) -> None:
        """Another day, with the reason; the day that was set stays on record."""
        with moving(self, "postpone", by=by, note=reason) as facts:
            refuse_unless(to > self.held_on, f"Tanggal baru harus setelah {tanggal_sedang(self.held_on)}.")
            refuse_unless(to >= local_today(self.village), "Tanggal baru tidak boleh sudah lewat.")
            self.postponements.create(from_on=self.held_on, to_on=to, reason=reason, by=by)
            facts.update({"from": self.held_on.isoformat(), "to": to.isoformat()})
            self.held_on = to

    def cancel(self: Any, *, by: Any, reason: str) -> None:
        """It is not held; its orders wait for another one."""
        with moving(self, "cancel", by=by, note=reason):
            self.items.update(open=False)

    def record(self: Any, *, by: Any, attendance: Came, questions: Asked, **fields: Any) -> None:
        """Enter what was written by hand at the planned assembly; fields as in `amend`."""
        with moving(self, "record", by=by):
            self._enter(by, attendance, questions, fields)

    def amend(self: Any, *, by: Any, attendance: Came, questions: Asked, **fields: Any) -> None:
        """Change the draft. `attendance` rows are (element, men, women), `questions` (who, asked, answered);
        `accounts` may change the agenda, `told` what was presented of each order."""
        with moving(self, "amend", by=by):
            self._enter(by, attendance, questions, fields)

    def attach(self: Any, *, by: Any, photos: Iterable[StoredFile] = (), **scans: StoredFile | None) -> None:
        """The signed minutes, attendance list and notes, and photos of the hall; a newer scan takes the old one's
        place. `scans` are named as the fields in SCANS."""
        with moving(self, "attach", by=by) as facts:
            self._note_help(by)
            self._keep_scans(scans, facts)
            for photo in photos:
                photo.hold(self)
                self.photos.create(file=photo)

    def supplement(self: Any, *, by: Any, **scans: StoredFile | None) -> None:
        """After the decision only what still lacks is added; nothing that stands is replaced."""
        with moving(self, "supplement", by=by) as facts:
            for name, file in scans.items():
                taken = file is not None and getattr(self, f"{name}_id") is not None
                refuse_unless(not taken, "Pindaian ini sudah ada; setelah keputusan ditetapkan tidak diganti lagi.")
            self._keep_scans(scans, facts)

    def decide(
        self: Any,
        *,
        by: Any,
        rulings: Mapping[str, tuple[str, str]],
        minutes_number: str = "",
        follow_ups: Iterable[Duty] = (),
    ) -> None:
        """The BPD records what the assembly decided of each order: `rulings` are (decision, note) by its code."""
        notes = {code: words for code, (_, words) in rulings.items() if words}
        note = "".join(notes.values()) if len(rulings) == 1 else f"{len(rulings)} pembelian diputuskan."
        with moving(self, "decide", by=by, note=note) as facts:
            duties, items = list(follow_ups), {str(item.accountability.code): item for item in self._locked_items()}
            self._check_rulings(items, rulings, duties)
            self.minutes_number = minutes_number
            self.decided_at, self.decided_by = timezone.now(), by
            for duty in duties:
                self._give(duty, items[duty.order])
            facts.update(decisions={code: rulings[code][0] for code in items}, notes=notes, **self.present())
            for code, item in items.items():
                self._rule(item, *rulings[code], by=by)

    # --- how they do it ---------------------------------------------------------------------------
    def _items(self: Any) -> list[AgendaItem]:
        return list(self.items.select_related("accountability__contract__sourcing__need", "accountability__contract"))

    def _locked_items(self: Any) -> list[AgendaItem]:
        """Its orders' rows held, in the order in which a plan takes them (`_held_fast`): neither waits for the other."""
        heard = Accountability.objects.filter(pk__in=self.items.values("accountability")).order_by("pk")
        list(heard.select_for_update(of=("self",)).values_list("pk", flat=True))
        return self._items()

    def _as_told(self: Any) -> dict[str, Any]:
        """What people were told of a plan: who reads it again when it changes."""
        orders = set(self.items.values_list("accountability", flat=True))
        return {"starts_at": self.starts_at, "place": self.place, "orders": orders}

    def _note_help(self: Any, by: Any) -> None:
        """A facilitator worked on it: their name stands on it (“dibantu oleh”)."""
        if self.helped_by(by):
            self.assisted_by = by

    def _held_fast(self: Any, accounts: Iterable[Accountability]) -> list[Accountability]:
        """The chosen orders, their rows held: two people who choose the same order at once make one agenda of it."""
        wanted = [account.pk for account in accounts]
        refuse_unless(wanted, "Pilih sedikitnya satu pembelian yang dipertanggungjawabkan.")
        rows = Accountability.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk")
        found = {account.pk: account for account in rows.select_related("contract")}
        free = set(to_be_heard(self.village_id, besides=self).values_list("pk", flat=True))
        for account in found.values():
            refuse_unless(account.contract.village_id == self.village_id, "Musdes ini untuk pembelian desa lain.")
            account.refuse_hearing_unless_due()
        taken = any(pk not in free for pk in wanted)
        refuse_unless(not taken, "Pembelian ini sudah ada dalam Musdes yang belum memutuskan.")
        return [found[pk] for pk in dict.fromkeys(wanted)]

    def _put(self: Any, chosen: list[Accountability], told: Mapping[str, Mapping[str, str]] | None = None) -> None:
        """Make these the agenda: the others go, what was said of those that stay is kept."""
        self.items.exclude(accountability__in=chosen).delete()
        there = {item.accountability_id: item for item in self.items.all()}
        for account in chosen:
            item = there.get(account.pk) or AgendaItem(meeting=self, accountability=account)
            for name, value in (told or {}).get(str(account.code), {}).items():
                setattr(item, name, value)
            item.save()

    def _enter(self: Any, by: Any, attendance: Came, questions: Asked, fields: dict[str, Any]) -> None:
        accounts, told = fields.pop("accounts", None), fields.pop("told", None)
        for name, value in fields.items():
            setattr(self, name, value)
        self._note_help(by)
        if accounts is None:
            accounts = [item.accountability for item in self._items()]
        chosen = self._held_fast(accounts)
        self._check_day(chosen)
        self._put(chosen, told)
        self._write(attendance, questions)

    def _check_day(self: Any, chosen: Iterable[Accountability]) -> None:
        refuse_unless(self.held_on <= local_today(self.village), "Tanggal musyawarah tidak boleh di masa depan.")
        for account in chosen:
            refuse_unless(
                self.held_on >= account.contract.handover_on,
                "Musdes pertanggungjawaban diadakan setelah serah terima hasil pekerjaan.",
            )
            earlier = account.agenda.exclude(decision="").aggregate(on=Max("heard_on"))["on"]
            refuse_unless(
                earlier is None or self.held_on >= earlier,
                f"Tanggal musyawarah tidak boleh sebelum Musdes sebelumnya{f', {tanggal_sedang(earlier)}' if earlier else ''}.",
            )

    def _write(self: Any, attendance: Came, questions: Asked) -> None:
        self.attendance.all().delete()
        Attendance.objects.bulk_create(
            Attendance(meeting=self, element=element, men=men, women=women)
            for element, men, women in attendance
            if men or women
        )
        self.questions.all().delete()
        MeetingQuestion.objects.bulk_create(
            MeetingQuestion(meeting=self, asker=asker, question=question, answer=answer)
            for asker, question, answer in questions
            if question
        )

    def _keep_scans(self: Any, scans: Mapping[str, StoredFile | None], facts: dict[str, Any]) -> None:
        for name, file in scans.items():
            if name not in SCANS:
                raise TypeError(f"no scan of a Musdes: {name}")
            if file is not None:
                file.hold(self)
                setattr(self, name, file)
                facts[name] = file.sha256

    def _check_rulings(
        self: Any, items: Mapping[str, AgendaItem], rulings: Mapping[str, tuple[str, str]], duties: list[Duty]
    ) -> None:
        refuse_unless(
            set(rulings) == set(items) and all(duty.order in items for duty in duties),
            "Acara Musdes berubah selagi halaman ini terbuka. Muat ulang halaman, lalu tetapkan lagi.",
        )
        for code, (decision, note) in rulings.items():
            said = decision == Decision.ACCEPTED or note or any(duty.order == code for duty in duties)
            refuse_unless(said, "Tuliskan catatan atau tindak lanjut bila keputusan bukan “Diterima”.")

    def _give(self: Any, duty: Duty, item: AgendaItem) -> None:
        refuse_unless(duty.due_on >= self.held_on, "Batas waktu tindak lanjut tidak boleh sebelum musyawarah.")
        self.follow_ups.create(
            village_id=self.village_id,
            accountability=item.accountability,
            what=duty.what,
            who=duty.who,
            responsible=duty.responsible,
            due_on=duty.due_on,
            blocks=duty.blocks,
        )

    def _rule(self: Any, item: AgendaItem, decision: str, note: str, *, by: Any) -> None:
        item.decision, item.decision_note = decision, note
        item.heard_on, item.open = self.held_on, False
        item.save()
        if decision == Decision.REFUSED:
            item.accountability.refuse(by=by, meeting=self)
        else:
            item.accountability.accept(by=by, meeting=self)
