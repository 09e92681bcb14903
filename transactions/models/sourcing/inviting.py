"""How a sourcing begins and goes out: the draft, whom to ask, the invitations or the tender's announcement."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from catalog.models import Service
from core.clock import database_now, local_today
from core.workflow import Denied, Verdict, born, moving, refuse_unless
from transactions.models.planning.joint import needs_everybody
from transactions.models.planning.need import Need
from transactions.models.rule import OFFICER, Method, ProcurementRule
from verification.models import Standing


class Inviting:
    """Verbs and guards until offers are taken."""

    pk: Any
    state: Any
    method: Any
    rule: Any
    need: Any
    need_id: Any
    hps: Any
    items: Any
    invitations: Any
    officer: Any
    may_create: Any
    created_by: Any
    scope: Any
    days: Any
    deadline: Any
    announced_at: Any
    questions_until: Any
    request_number: Any
    request_on: Any
    venue: Any
    evaluates_at: Any
    negotiates_at: Any
    awards_at: Any

    # --- who may ------------------------------------------------------------------------------------
    def may_announce(self, user: Any) -> Verdict:
        verdict = self.officer(user)
        if not verdict:
            return verdict
        if self.method == Method.TENDER:
            return Denied("Lelang diumumkan kepada semua penyedia, tidak dikirim sebagai undangan.")
        least = self.rule.min_invitations if self.method != Method.DIRECT else 1
        if self.pk and self.invitations.count() < least:
            return Denied(f"Undang sedikitnya {least} penyedia untuk metode {Method(self.method).label}.")
        return self._with_terms(verdict)

    def _with_terms(self, verdict: Verdict) -> Verdict:
        """Nothing goes out before its KAK and HPS are written, but for a direct purchase."""
        from transactions.models.sourcing.terms import lacks_terms

        lack = lacks_terms(self) if self.pk and self.state == "draft" else ""  # type: ignore[arg-type]
        return Denied(lack) if lack else verdict

    def may_announce_tender(self, user: Any) -> Verdict:
        verdict = self.officer(user)
        if verdict and self.method != Method.TENDER:
            return Denied(f"{Method(self.method).label} tidak diumumkan sebagai lelang; kirim undangannya.")
        return self._with_terms(verdict) if verdict else verdict

    # --- what they do -------------------------------------------------------------------------------
    @transaction.atomic
    def prepare(self, *, by: Any, services: Iterable[Service]) -> None:
        """Start the sourcing: the rule of the day fixes the method; invite the providers of `services`."""
        need = Need.objects.select_for_update(of=("self",)).get(pk=self.need_id)
        refuse_unless(need.state == "budgeted", "Pengadaan dimulai setelah kebutuhan dianggarkan.")
        needs_everybody(need)
        self.need = need
        self.rule = ProcurementRule.objects.in_force(need.village.regency_code, on=local_today(need.village))
        self.choose_method()
        self.created_by = by
        born(self, by=by, verdict=self.may_create(by), data={"method": self.method, "rule": self.rule.basis})  # type: ignore[arg-type]
        for service in services if self.method != Method.TENDER else ():  # a tender is open to all who are listed
            self.invite(service)

    def choose_method(self) -> bool:
        """By the value and the rule that this sourcing began under. A tender asks nobody: candidates go.

        Says whether the draft passes to another office, which is then told.
        """
        before = OFFICER.get(self.method)  # type: ignore[call-overload]
        self.method = self.rule.method_for(self.hps)
        if self.pk and self.method == Method.TENDER:
            self.invitations.all().delete()
        return before not in (None, OFFICER[Method(self.method)])

    def amend(
        self,
        *,
        by: Any,
        scope: str,
        hps: int,
        days: int,
        deadline: datetime.datetime,
        services: Iterable[Service],
    ) -> None:
        """Change the draft: scope, value, days, and who is asked. Another value may mean another method and officer."""
        with moving(self, "amend", by=by) as facts:  # type: ignore[arg-type]
            self.scope, self.days, self.deadline = scope, days, deadline
            if not self.items.exists():  # else it is their sum
                self.hps = hps
            facts["passes_on"] = self.choose_method()
            chosen = list(services) if self.method != Method.TENDER else []
            self.invitations.exclude(service__in=chosen).delete()
            for service in chosen:
                self.invite(service)
            facts.update(method=self.method, hps=self.hps)

    def invite(self, service: Service) -> None:
        """Put the provider of this service on the list; the village must be able to order it today."""
        refuse_unless(
            Service.objects.orderable_in(self.need.village_id).filter(pk=service.pk).exists(),
            f"{service.provider.name} sedang tidak terdaftar atau tidak melayani wilayah ini, jadi tidak dapat diundang.",
        )
        seen = {"service": service, "version": service.current_version}
        self.invitations.get_or_create(provider=service.provider, defaults=seen)

    def announce(self, *, by: Any, deadline: datetime.datetime, **letter: Any) -> None:
        """Invitations go out; from now on the list and the deadline stand. `letter`: see `_go_out`."""
        hours = 0 if self.method == Method.DIRECT else self.rule.min_hours
        with moving(self, "announce", by=by) as facts:  # type: ignore[arg-type]
            self._go_out(deadline, datetime.timedelta(hours=hours), f"{hours} jam" if hours else "", by=by, **letter)
            for invitation in self.invitations.select_related("provider"):
                refuse_unless(
                    Standing.objects.covers(invitation.provider, self.need.village_id),
                    f"{invitation.provider.name} sedang tidak terdaftar di direktori, jadi tidak dapat diundang.",
                )
            facts["invited"] = self.invitations.count()

    def announce_tender(
        self, *, by: Any, deadline: datetime.datetime, questions_until: datetime.datetime | None = None, **letter: Any
    ) -> None:
        """The tender stands in public from now on; questions are taken until a date, offers until the deadline."""
        days, hours = self.rule.tender_days or 0, self.rule.question_hours or 0
        with moving(self, "announce_tender", by=by):  # type: ignore[arg-type]
            self.invitations.all().delete()  # nobody has registered yet; these were candidates, and nobody asked them
            self._go_out(deadline, datetime.timedelta(days=days), f"{days} hari" if days else "", by=by, **letter)
            least = database_now() + datetime.timedelta(hours=hours)
            self.questions_until = questions_until or (min(least, deadline) if hours else deadline)
            refuse_unless(
                not questions_until or least <= questions_until <= deadline,
                f"Batas pertanyaan paling cepat {hours} jam dari sekarang, dan tidak sesudah batas penawaran.",
            )

    def _go_out(
        self,
        deadline: datetime.datetime,
        least: datetime.timedelta,
        said: str,
        *,
        by: Any,
        number: str = "",
        on: datetime.date | None = None,
        venue: str = "",
        evaluates_at: datetime.datetime | None = None,
        negotiates_at: datetime.datetime | None = None,
        awards_at: datetime.datetime | None = None,
    ) -> None:
        """The letter's number, date, place and schedule, and the deadline, which is not moved any more; the KAK and the
        HPS are fixed."""
        from transactions.models.sourcing.terms import fix_terms

        now = database_now()
        refuse_unless(
            deadline > now + least,
            "Batas waktu penawaran harus di masa depan" + (f", paling singkat {said} dari sekarang." if said else "."),
        )
        planned = [at for at in (deadline, evaluates_at, negotiates_at, awards_at) if at]
        refuse_unless(
            planned == sorted(planned),
            "Jadwal harus berurutan: batas penawaran, evaluasi, negosiasi, lalu penetapan pemenang.",
        )
        self.deadline, self.announced_at = deadline, now
        self.request_number, self.request_on, self.venue = number, on, venue
        self.evaluates_at, self.negotiates_at, self.awards_at = evaluates_at, negotiates_at, awards_at
        fix_terms(self, by=by)  # type: ignore[arg-type]
