"""What the Pokja's desk does with an application: declare, take, read the papers, give back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import timezone

from accounts import people
from accounts.models import Membership, Role, User
from accounts.models.membership import POKJA_ROLES
from core.workflow import Allowed, Denied, OpenMove, Verdict, moving, refuse_unless
from verification.models.declaration import Declaration
from verification.models.submitted import SubmittedDocument


class Checking:
    """Verbs and guards of whoever reads the papers."""

    # --- one page, one reading ----------------------------------------------------------------------
    @contextmanager
    def one_reading(self) -> Iterator[None]:
        """While a page is drawn, what several guards ask is asked of the database once. Never around a verb."""
        outer = self.__dict__.get("_read")
        self.__dict__["_read"] = {} if outer is None else outer
        try:
            yield
        finally:
            self.__dict__["_read"] = outer

    def _once(self, key: Any, ask: Callable[[], Any]) -> Any:
        read = self.__dict__.get("_read")
        if read is None:
            return ask()
        if key not in read:
            read[key] = ask()
        return read[key]

    def open_moves(self, user: Any) -> list[OpenMove]:
        with self.one_reading():
            return super().open_moves(user)  # type: ignore[misc]

    # --- who may ------------------------------------------------------------------------------------
    def _seat(self, user: Any, *roles: str) -> Verdict:
        """A member of this regency's Pokja."""
        roles = roles or POKJA_ROLES
        membership = people.acting(user, *roles, at=self.regency_id)
        if not membership:
            who = "Ketua" if roles == (Role.POKJA_CHAIR,) else "anggota"
            return Denied(f"Hanya {who} Pokja P2KTD {self.regency.name} yang dapat melakukannya.")
        return Allowed(membership)

    may_declare = _seat

    def _pokja(self, user: Any, *roles: str) -> Verdict:
        """The same, without a tie to the applicant."""
        verdict = self._seat(user, *roles)
        tie = self.tie_of(user) if verdict else ""
        return Denied(f"Benturan kepentingan: {tie}. Permohonan ditangani rekan lain.") if tie else verdict

    def _judge(self, user: Any, *roles: str) -> Verdict:
        """The same, who said so for this very application."""
        verdict = self._pokja(user, *roles)
        if verdict and not self.has_declared(user):
            return Denied("Nyatakan dahulu ada tidaknya benturan kepentingan Anda dengan pemohon ini.")
        return verdict

    def tie_of(self, user: Any) -> str:
        """What ties this person to the applicant, in words; empty when nothing is known."""
        return self._once(("tie", user.pk), lambda: Declaration.objects.tie(user, self.provider_id))

    def has_declared(self, user: Any) -> bool:
        """This person said, for this application, whether there is a tie."""
        return self._once(("declared", user.pk), lambda: self.declarations.current().filter(member=user).exists())

    def may_claim(self, user: Any) -> Verdict:
        return self._judge(user)

    def may_remark(self, user: Any) -> Verdict:
        return self._pokja(user)

    def _checker(self, user: Any) -> Verdict:
        """Only who holds it."""
        verdict = self._judge(user)
        if verdict and self.checker_id != user.pk:
            return Denied(
                f"Permohonan ini sedang dipegang {self.checker}." if self.checker else "Ambil dahulu permohonan ini."
            )
        return verdict

    may_judge = may_give_back = _checker

    def may_release(self, user: Any) -> Verdict:
        """Who holds it, also when a tie came to light; and the chair, for a colleague who is away."""
        seat = self._seat(user)
        if seat and self.checker_id == user.pk:
            return seat
        return self._pokja(user, Role.POKJA_CHAIR) or self._checker(user)

    def may_assign(self, user: Any) -> Verdict:
        return self._pokja(user, Role.POKJA_CHAIR)

    def may_pass_papers(self, user: Any) -> Verdict:
        verdict = self._checker(user)
        if verdict and self.is_light:
            return Denied("Permohonan ini cukup diperiksa dokumennya; rekomendasikan bila semua sesuai.")
        problems = self._paper_problems() if verdict else []
        return Denied(f"Belum lulus administrasi: {'; '.join(problems)}.") if problems else verdict

    def _paper_problems(self) -> list[str]:
        return self._once("papers", self._papers_in_the_way)

    def _papers_in_the_way(self) -> list[str]:
        rows = list(self.documents.current().select_related("type"))
        pending = [str(row) for row in rows if row.verdict == SubmittedDocument.Verdict.PENDING]
        failed = [str(row) for row in rows if row.failed]
        return [
            *([f"belum diperiksa: {', '.join(pending)}"] if pending else []),
            *([f"tidak sesuai: {', '.join(failed)}"] if failed else []),
        ]

    # --- what they do -------------------------------------------------------------------------------
    def declare(self, *, by: Any, tie: str = "none", note: str = "") -> Declaration:
        """One's own word on ties with the applicant. With a tie, an application in one's hands goes back."""
        with moving(self, "declare", by=by, note=note) as facts:
            refuse_unless(tie in Declaration.Tie.values, "Pilih hubungan Anda dengan pemohon.")
            refuse_unless(tie != Declaration.Tie.OTHER or note.strip(), "Jelaskan hubungan itu dengan kata-kata.")
            said = self.declarations.current().filter(member=by)
            refuse_unless(
                tie != Declaration.Tie.NONE or not said.exclude(tie=Declaration.Tie.NONE).exists(),
                "Hubungan Anda sudah tercatat; hanya Ketua Pokja lain atau Dinas PMD yang dapat mengakhirinya.",
            )
            said.update(ended_at=timezone.now())
            row = Declaration.objects.create(
                regency=self.regency, provider=self.provider, application=self, member=by, declared_by=by,
                tie=tie, note=note.strip(),
            )  # fmt: skip
            facts |= {"tie": tie, "label": str(row.get_tie_display())}
        if tie != Declaration.Tie.NONE and self.state == self.State.CHECKING and self.checker_id == by.pk:
            self.release(by=by)
        return row

    def claim(self, *, by: Any) -> None:
        """Take it to one's desk; nobody else has it until it is released."""
        with moving(self, "claim", by=by):
            self.checker, self.claimed_at = by, timezone.now()

    def release(self, *, by: Any) -> None:
        """Put it back into the queue; verdicts so far stay."""
        with moving(self, "release", by=by):
            self.checker = self.claimed_at = None

    def assign(self, *, by: Any, member: User, reason: str) -> None:
        """The chair hands a case to another member, who then answers for it."""
        with moving(self, "assign", by=by, note=reason) as facts:
            refuse_unless(reason.strip(), "Tulis alasan pengalihan.")
            verdict = self._judge(member)
            refuse_unless(verdict, f"{member} tidak dapat memegang permohonan ini: {verdict.reason}")
            refuse_unless(member.pk != self.checker_id, f"{member} sudah memegang permohonan ini.")
            self.checker, self.claimed_at = member, timezone.now()
            facts["person"] = str(member)

    def judge(
        self,
        *,
        by: Any,
        document: SubmittedDocument,
        conforms: bool,
        reason_kind: str = "",
        reason: str = "",
    ) -> None:
        """One paper conforms, or does not for a reason that the applicant will read."""
        with moving(self, "judge", by=by, note="" if conforms else reason) as facts:
            row = self.documents.current().select_for_update(of=("self",)).filter(pk=document.pk).first()
            refuse_unless(row is not None, "Dokumen ini sudah diganti atau bukan milik permohonan ini.")
            refuse_unless(
                not (conforms and row.expired), "Dokumen ini sudah tidak berlaku, jadi tidak dapat dinyatakan sesuai."
            )
            refuse_unless(
                conforms or reason_kind in SubmittedDocument.Reason.values, "Pilih alasan mengapa dokumen tidak sesuai."
            )
            other = reason_kind == SubmittedDocument.Reason.OTHER
            refuse_unless(conforms or not other or reason.strip(), "Tulis alasannya dengan kata-kata.")
            row.verdict = SubmittedDocument.Verdict.CONFORMING if conforms else SubmittedDocument.Verdict.NOT_CONFORMING
            row.reason_kind, row.reason = ("", "") if conforms else (reason_kind, reason.strip())
            row.judged_by, row.judged_at = by, timezone.now()
            row.save()
            facts |= {"type": row.type.key, "label": str(row), "version": row.version, "verdict": row.verdict}

    def remark(self, *, by: Any, note: str) -> None:
        """A word for colleagues; the applicant never reads it."""
        with moving(self, "remark", by=by, note=note.strip()):
            refuse_unless(note.strip(), "Tulis catatannya.")

    def give_back(self, *, by: Any, note: str = "") -> None:
        """Something has to be mended; every reason goes to the applicant."""
        with moving(self, "give_back", by=by, note=note) as facts:
            failed = [row for row in self.documents.current().select_related("type") if row.failed]
            refuse_unless(
                failed or note.strip(),
                "Tandai dokumen yang tidak sesuai, atau tulis catatan apa yang harus diperbaiki.",
            )
            reasons = [f"{row}: {row.reason_sentence}" for row in failed]
            self.reason = "\n".join([*reasons, *([note.strip()] if note.strip() else [])])
            self.checker = self.claimed_at = None
            facts["reasons"] = reasons

    def pass_papers(self, *, by: Any) -> None:
        """All papers conform: the interview is next."""
        with moving(self, "pass_papers", by=by):
            pass

    # --- who is there -------------------------------------------------------------------------------
    def bench(self) -> list[User]:
        """The Pokja's members of today who are not tied to the applicant: they score."""
        return self._once("bench", self._find_bench)

    def _find_bench(self) -> list[User]:
        held = Membership.objects.current().holding(*POKJA_ROLES).at(self.regency_id).values("user_id")
        free = User.objects.filter(pk__in=held, is_active=True)
        return list(free.exclude(Declaration.objects.barred_people(self.provider_id)).order_by("name", "pk"))
