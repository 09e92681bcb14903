"""What the Pokja finds an applicant worth: interview, each member's own points, the agreed points, the decision."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from accounts.models import Membership, Role
from core.clock import today
from core.formats import desimal
from core.workflow import Denied, Verdict, moving, refuse_unless
from verification.models.scoring import AspectScore, Interview, MemberScore
from verification.models.standing import Standing


class Assessing:
    """Verbs and guards of interview, scoring and decision."""

    @property
    def in_minutes(self) -> bool:
        """It stands in a signed report (berita acara) and waits for the decree; what was put off there is free."""
        return self.plenary_items.decided().filter(plenary__state="minuted").exists()

    @property
    def scores_closed(self) -> bool:
        """The last of the bench scored, or the chair closed: the members see each other's points, and none changes."""
        return bool(self.scores_closed_at) or self.state != self.State.SCORING

    @property
    def everyone_scored(self) -> bool:
        """Nobody of today's bench is missing."""
        scored = set(self.member_scores.current().values_list("member_id", flat=True))
        return bool(scored) and {user.pk for user in self.bench()} <= scored

    @property
    def _chair_is_free(self) -> bool:
        """A chair sits on the bench."""
        chairs = Membership.objects.current().holding(Role.POKJA_CHAIR).at(self.regency_id)
        return chairs.filter(user__in=[user.pk for user in self.bench()]).exists()

    @property
    def quorum(self) -> int:
        """How many members have to score."""
        return self.rule_now.quorum_of(len(self.bench()))

    # --- who may ------------------------------------------------------------------------------------
    def may_schedule_interview(self, user: Any) -> Verdict:
        return self._checker(user)

    def may_record_interview(self, user: Any) -> Verdict:
        verdict = self._checker(user)
        return Denied("Jadwalkan dahulu wawancaranya.") if verdict and not self.interview else verdict

    def may_score(self, user: Any) -> Verdict:
        verdict = self._judge(user)
        if verdict and self.scores_closed and self.state == self.State.SCORING:
            return Denied("Penilaian sudah ditutup.")
        return verdict

    def may_close_scores(self, user: Any) -> Verdict:
        """The chair, once a quorum has scored; else who holds it, when the one still missing has left the bench, or
        no chair is free to do it."""
        verdict = self._chair(user)
        if not verdict and self.state == self.State.SCORING and (self.everyone_scored or not self._chair_is_free):
            verdict = self._checker(user)
        if verdict and self.scores_closed:
            return Denied("Penilaian sudah ditutup.")
        given = self.member_scores.current().count() if verdict else 0
        if verdict and given < self.quorum:
            return Denied(f"Baru {given} anggota memberi nilai; kuorum {self.quorum}.")
        return verdict

    def may_agree(self, user: Any) -> Verdict:
        """The chair, or who holds the case, once the points lie open."""
        verdict = self._chair(user) or self._checker(user)
        if verdict and not self.scores_closed:
            return Denied("Nilai disepakati setelah semua anggota menilai, atau ketua menutup penilaian.")
        return verdict

    def may_recommend(self, user: Any) -> Verdict:
        verdict = self._checker(user)
        if not verdict:
            return verdict
        problems = self._paper_problems()
        if not self.is_light:
            if self.state == self.State.CHECKING:
                return Denied("Permohonan baru diwawancarai dan dinilai dahulu. Luluskan administrasinya.")
            total, unscored = self.total_now()
            if not self.agreed_at:
                problems.append("nilai belum disepakati")
            elif unscored:
                problems.append(f"belum dinilai: {', '.join(unscored)}")
            elif total < self.rule_now.threshold:
                problems.append(f"nilai {desimal(total)} di bawah ambang {self.rule_now.threshold}")
        return Denied(f"Belum dapat direkomendasikan: {'; '.join(problems)}.") if problems else verdict

    def may_find_unfit(self, user: Any) -> Verdict:
        verdict = self._checker(user)
        if verdict and not self.agreed_at:
            return Denied("Sepakati dahulu nilainya.")
        if verdict and self.total_now()[0] >= self.rule_now.threshold:
            return Denied(f"Nilai mencapai ambang {self.rule_now.threshold}; permohonan ini layak direkomendasikan.")
        return verdict

    def _chair(self, user: Any) -> Verdict:
        return self._judge(user, Role.POKJA_CHAIR)

    def may_recheck(self, user: Any) -> Verdict:
        return self._undecided(self._chair(user))

    def _decider(self, user: Any) -> Verdict:
        """The chair; in a barred chair's place who may sign the sitting in whose report this stands."""
        verdict = self._chair(user)
        line = None if verdict else self.plenary_items.decided().filter(plenary__state="minuted").first()
        return self._judge(user) if line and line.plenary.deputises(user) else verdict

    def may_reject(self, user: Any) -> Verdict:
        return self._undecided(self._not_the_finder(user, self._chair(user)))

    def may_decline(self, user: Any) -> Verdict:
        """By the plenary's decree."""
        return self._not_the_finder(user, self._decider(user))

    def _not_the_finder(self, user: Any, verdict: Verdict) -> Verdict:
        """One finds it unfit and another decides."""
        if verdict and self.state == self.State.UNFIT and self.recommended_by_id == user.pk:
            return Denied("Anda yang mengusulkan hasil ini; keputusan diambil oleh orang lain.")
        return verdict

    def _undecided(self, verdict: Verdict) -> Verdict:
        if verdict and self.in_minutes:
            return Denied("Permohonan sudah tercatat dalam berita acara; putuskan melalui penetapannya.")
        return verdict

    def may_list_provider(self, user: Any) -> Verdict:
        """Four eyes: the chair (or deputy), and not who recommended."""
        verdict = self._decider(user)
        if verdict and self.recommended_by_id == user.pk:
            return Denied("Anda yang merekomendasikan permohonan ini; penetapan dilakukan oleh orang lain.")
        return verdict

    def may_confirm(self, user: Any) -> Verdict:
        if self.kind != self.Kind.CHANGE:
            return Denied("Penetapan terdaftar dilakukan melalui rapat pleno dan surat keputusan.")
        return self.may_list_provider(user)

    # --- what they do -------------------------------------------------------------------------------
    def schedule_interview(self, *, by: Any, mode: str, at: datetime.datetime, place: str) -> Interview:
        """When and where; the applicant is told. A later date replaces an earlier one."""
        with moving(self, "schedule_interview", by=by) as facts:
            self.interviews.filter(replaced_at=None).update(replaced_at=timezone.now())
            refuse_unless(mode in Interview.Mode.values, "Pilih cara wawancara.")
            refuse_unless(place.strip(), "Isi tempat atau tautan wawancara.")
            row = Interview(
                application=self, mode=mode, scheduled_for=at, place=place.strip(), questions=self.rule_now.questions
            )
            row.save()
            facts |= {"at": at.isoformat(), "place": place, "label": str(row.get_mode_display())}
        return row

    def record_interview(
        self,
        *,
        by: Any,
        held_at: datetime.datetime,
        present: list[str],
        applicants: str,
        answers: list[str],
        summary: str,
    ) -> None:
        """What was said; `answers` beside the guide's questions. The members score next."""
        with moving(self, "record_interview", by=by):
            row = self.interviews.select_for_update().get(replaced_at=None)
            refuse_unless(held_at <= timezone.now(), "Waktu wawancara tidak boleh setelah sekarang.")
            refuse_unless(present, "Catat siapa dari Pokja yang hadir.")
            refuse_unless(len(answers) == len(row.questions), "Isi catatan untuk tiap pertanyaan panduan.")
            refuse_unless(summary.strip(), "Tulis kesimpulan wawancara.")
            row.held_at, row.recorded_by, row.present, row.applicants = held_at, by, present, applicants.strip()
            row.answers, row.summary = [answer.strip() for answer in answers], summary.strip()
            row.save()

    def _points(self, points: Mapping[str, int]) -> dict[str, int]:
        """Complete and within 0 to 100, or refused."""
        keys = [aspect.key for aspect in self.aspects]
        refuse_unless(points.keys() <= set(keys), "Aspek penilaian tidak dikenal.")
        refuse_unless(set(keys) <= points.keys(), "Isi nilai untuk semua aspek.")
        refuse_unless(all(0 <= value <= 100 for value in points.values()), "Nilai harus 0 sampai 100.")
        return {key: int(points[key]) for key in keys}

    def score(self, *, by: Any, points: Mapping[str, int], note: str = "") -> None:
        """One member's own points for all aspects; replaceable until the scoring closes. The event tells no points."""
        with moving(self, "score", by=by):
            given = {"points": self._points(points), "note": note.strip(), "scored_at": timezone.now()}
            MemberScore.objects.update_or_create(application=self, member=by, voided_at=None, defaults=given)
            if self.everyone_scored:  # kept, so that a bench that grows later opens nothing again
                self.scores_closed_at = timezone.now()

    def close_scores(self, *, by: Any) -> None:
        """The chair waits no longer for who has not scored."""
        with moving(self, "close_scores", by=by):
            self.scores_closed_at = timezone.now()

    def agree(self, *, by: Any, points: Mapping[str, int], reason: str) -> None:
        """The points that the Pokja agreed on, and why."""
        with moving(self, "agree", by=by, note=reason) as facts:
            refuse_unless(reason.strip(), "Tulis alasan nilai kesepakatan.")
            agreed = self._points(points)
            for aspect in self.aspects:
                given = {"points": agreed[aspect.key], "weight": aspect.weight, "by": by, "at": timezone.now()}
                AspectScore.objects.update_or_create(application=self, aspect=aspect, defaults=given)
            self.scores_closed_at = self.scores_closed_at or timezone.now()
            self.agreed_at, self.agreement = timezone.now(), reason.strip()
            facts["points"] = agreed

    def recommend(self, *, by: Any) -> None:
        """Papers conform, points suffice: the plenary decides next. A light check keeps the points of its base."""
        with moving(self, "recommend", by=by) as facts:
            base = self.based_on if self.is_light else None
            self.total = base.total if base else self.total_now()[0]
            self.threshold = base.threshold if base else self.rule_now.threshold
            self._propose(by, facts)

    def find_unfit(self, *, by: Any) -> None:
        """The agreed points are below the threshold: the decision will be no."""
        with moving(self, "find_unfit", by=by) as facts:
            self.total, self.threshold = self.total_now()[0], self.rule_now.threshold
            self._propose(by, facts)

    def _propose(self, by: Any, facts: dict[str, Any]) -> None:
        self.recommended_by, self.recommended_at = by, timezone.now()
        self.checker = self.claimed_at = None
        facts |= {"total": str(self.total), "threshold": self.threshold}

    def recheck(self, *, by: Any, reason: str) -> None:
        """The chair is not convinced: back to the one who proposed, with the reason; scores are given anew."""
        with moving(self, "recheck", by=by, note=reason):
            refuse_unless(reason.strip(), "Tulis apa yang harus diperiksa kembali.")
            self.checker, self.claimed_at = self.recommended_by, timezone.now()
            self.recommended_by = self.recommended_at = self.total = self.threshold = None
            self.scores_closed_at = self.agreed_at = None
            self.agreement = ""
            self.scores.all().delete()
            self.member_scores.current().update(voided_at=timezone.now())

    def list_provider(
        self,
        *,
        by: Any,
        directory_number: str,
        decree_number: str,
        decree_date: datetime.date,
        valid_until: datetime.date,
    ) -> None:
        """By decree the provider stands in the directory; a listing before this one ends. The plenary calls it."""
        with moving(self, "list_provider", by=by, note=f"Keputusan {decree_number}") as facts:
            day = today()
            refuse_unless(decree_date <= day, "Tanggal keputusan tidak boleh setelah hari ini.")
            refuse_unless(valid_until > day, "Masa berlaku harus berakhir setelah hari ini.")
            self._decide(by)
            earlier = Standing.objects.filter(provider=self.provider_id, regency=self.regency_id, ended_on=None)
            earlier.close(Standing.End.REPLACED, f"Keputusan {decree_number}", by=by)
            standing = Standing(
                provider=self.provider,
                regency=self.regency,
                application=self,
                directory_number=directory_number,
                decree_number=decree_number,
                decree_date=decree_date,
                listed_on=day,
                valid_until=valid_until,
            )
            standing.full_clean()
            standing.save()
            facts |= {
                "directory_number": directory_number,
                "decree_number": decree_number,
                "decree_date": decree_date.isoformat(),
                "valid_until": valid_until.isoformat(),
            }

    def confirm(self, *, by: Any) -> None:
        """The changed data are right: the listing goes on as it was, with them."""
        with moving(self, "confirm", by=by):
            self._decide(by)

    def _decide(self, by: Any) -> None:
        self.decided_by, self.decided_at, self.reason = by, timezone.now(), ""

    def reject(self, *, by: Any, reason: str, apply_again_from: datetime.date | None = None) -> None:
        """The chair says no, why, and from when it may be tried again. A refused change ends the listing."""
        with moving(self, "reject", by=by, note=reason):
            self._refuse(by, reason)
            self.apply_again_from = apply_again_from
            if self.kind == self.Kind.CHANGE:
                listing = Standing.objects.filter(provider=self.provider_id, regency=self.regency_id)
                listing.close(Standing.End.REFUSED, reason.strip(), by=by)

    def decline(self, *, by: Any, reason: str) -> None:
        """The same by the plenary's decree."""
        with moving(self, "decline", by=by, note=reason):
            self._refuse(by, reason)

    def _refuse(self, by: Any, reason: str) -> None:
        refuse_unless(reason.strip(), "Tulis alasan penolakan.")
        self.decided_by, self.decided_at, self.reason = by, timezone.now(), reason.strip()
        self.checker = self.claimed_at = None
