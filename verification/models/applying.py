"""What the provider does with its application: papers, consent, submission, withdrawal."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from accounts import people
from accounts.models import LegalForm, Membership, Provider, Role
from accounts.models.membership import POKJA_ROLES
from core.clock import today
from core.formats import ukuran
from core.models import StoredFile
from core.workflow import Allowed, Denied, Verdict, born, moving, refuse_unless
from verification.models import light, profile
from verification.models.requirements import DocumentType
from verification.models.sanction import Sanction
from verification.models.standing import Standing
from verification.models.submitted import SubmittedDocument


class Applying:
    """Verbs and guards of the provider's own people."""

    submitted_at: Any

    # --- who may ------------------------------------------------------------------------------------
    def _applicant(self, user: Any) -> Verdict:
        membership = people.acting(user, Role.PROVIDER, provider=self.provider_id)
        return Allowed(membership) if membership else Denied("Hanya penyedia pemohon yang dapat melakukannya.")

    may_attach = may_detach = may_consent = _applicant

    def may_create(self, user: Any) -> Verdict:
        """The provider's people, where a Pokja works, no application is open and no listing still runs."""
        verdict = self._applicant(user)
        return Denied(problem) if verdict and (problem := self._obstacle()) else verdict

    def _obstacle(self) -> str:
        """Why no application to this regency can be opened now; empty when it can."""
        where = self.regency.name
        if not Membership.objects.current().holding(*POKJA_ROLES).at(self.regency_id).exists():
            return f"{where} belum mempunyai Pokja P2KTD di sistem ini."
        if self.provider.legal_form == LegalForm.PERSON and not self.rule_now.persons_allowed:
            return f"{where} tidak menerima penyedia perorangan ({self.rule_now.basis})."
        others = type(self).objects.filter(provider=self.provider_id, regency=self.regency_id)
        if others.open().exists():
            return f"Permohonan Anda ke {where} sudah ada dan masih berjalan."
        barred = others.filter(state="rejected", apply_again_from__gt=today()).order_by("apply_again_from").last()
        if barred:
            return f"Permohonan ke {where} dapat diajukan lagi mulai {barred.apply_again_from:%d/%m/%Y}."
        standing = Standing.objects.running().filter(provider=self.provider_id, regency=self.regency_id).first()
        if standing and not standing.renewable:
            until, opens = f"{standing.valid_until:%d/%m/%Y}", f"{standing.renewable_from:%d/%m/%Y}"
            return f"Anda terdaftar di {where} sampai {until}. Perpanjangan dibuka mulai {opens}."
        black = Sanction.objects.barring().filter(provider=self.provider_id, kind=Sanction.Kind.BLACKLIST)
        bar = black.filter(models.Q(regency=self.regency_id) | models.Q(scope="nation")).order_by("ends_on").last()
        return f"Anda tercantum dalam daftar hitam sampai {bar.ends_on:%d/%m/%Y}." if bar else ""

    def may_submit(self, user: Any) -> Verdict:
        verdict = self._applicant(user)
        if not verdict:
            return verdict
        missing = self.missing()
        return Denied(f"Belum lengkap: {'; '.join(missing)}.") if missing else verdict

    def may_withdraw(self, user: Any) -> Verdict:
        """Until it stands in a signed report; what the Pokja began by itself is not the applicant's to stop."""
        verdict = self._applicant(user)
        running = Standing.objects.running().filter(provider=self.provider_id, regency=self.regency_id)
        if verdict and self.kind == self.Kind.CHANGE and self.changes and running.exists():
            return Denied("Periksa ulang dimulai karena data Anda berubah, dan tidak dapat dibatalkan.")
        if verdict and self.in_minutes:
            return Denied("Permohonan sudah tercatat dalam berita acara Pokja dan menunggu penetapan.")
        return verdict

    # --- what changed meanwhile -----------------------------------------------------------------------
    def is_outdated(self, document: SubmittedDocument) -> bool:
        """Given back before it was judged, and it proves a field that was changed since the Pokja read it.

        Found conforming, it was dropped with the change itself (`light.recheck`).
        """
        if self.state != self.State.RETURNED or document.added_at >= self.state_since:
            return False
        return any(differs(self.provider, self.profile, name) for name in document.type.proves)

    # --- what they do -------------------------------------------------------------------------------
    @contextmanager
    def _provider_locked(self) -> Iterator[Provider]:
        """A step of the profile saved meanwhile waits, and so does this: the provider's row before the application's.

        In the other order a changed profile, which looks for applications to check again, would wait crosswise.
        """
        with transaction.atomic():
            yield Provider.objects.select_for_update().get(pk=self.provider_id)

    def apply(self, *, by: Any) -> None:
        """The provider opens an application to this regency, still a draft."""
        with self._provider_locked():
            light.choose_kind(self)
            born(self, by=by, verdict=self.may_create(by))
            light.carry_over(self, by=by)
            self.provider.serves.add(self.regency_id)  # who asks to be listed here works here

    def attach(
        self,
        *,
        by: Any,
        type: DocumentType,  # noqa: A002
        file: StoredFile,
        entry: str = "",
        number: str = "",
        issued_on: datetime.date | None = None,
        expires_on: datetime.date | None = None,
    ) -> SubmittedDocument:
        """Show a paper; it replaces the one of its kind (and entry), which stays stored."""
        with self._provider_locked(), moving(self, "attach", by=by) as facts:
            want = next((each for each in self.wanted() if each.type.pk == type.pk and each.entry == entry), None)
            each = type.each == DocumentType.Each.PROVIDER
            refuse_unless(want and (each or entry), f"{type} tidak diminta untuk bentuk penyedia Anda.")
            same = self.documents.filter(type=type, entry=entry)
            old = same.current().first()
            refuse_unless(
                not self.is_locked(old), f"{type} sudah diperiksa atau sedang diperiksa, dan tidak perlu diganti."
            )
            self._refuse_too_much(file)
            refuse_unless(expires_on is None or type.has_expiry, f"{type} tidak mempunyai masa berlaku.")
            refuse_unless(expires_on is None or expires_on >= today(), "Dokumen ini sudah tidak berlaku.")
            same.current().update(replaced_at=timezone.now())
            new = SubmittedDocument.objects.create(
                application=self,
                type=type,
                entry=entry,
                entry_label=want.label if want else "",
                version=(same.aggregate(top=models.Max("version"))["top"] or 0) + 1,
                file=file,
                number=number,
                issued_on=issued_on,
                expires_on=expires_on,
                added_by=by,
            )
            file.hold(new)
            facts |= {"type": type.key, "label": str(new), "version": new.version}
        return new

    def _refuse_too_much(self, file: StoredFile) -> None:
        """One applicant can't fill the store. Replaced papers count, since they stay; carried ones are not new."""
        own = self.documents.filter(carried_from=None).aggregate(
            files=models.Count("pk"), size=models.Sum("file__size")
        )
        most, room = settings.APPLICATION_MAX_FILES, settings.APPLICATION_MAX_BYTES
        refuse_unless(
            own["files"] < most,
            f"Permohonan ini sudah memuat {own['files']} berkas, termasuk yang sudah diganti; lebih dari {most} tidak "
            "diterima. Gabungkan halaman satu dokumen dalam satu berkas, atau hubungi Pokja.",
        )
        refuse_unless(
            (own["size"] or 0) + file.size <= room,
            f"Berkas permohonan ini sudah {ukuran(own['size'] or 0)}, termasuk yang sudah diganti; seluruhnya paling "
            f"banyak {ukuran(room)}. Kecilkan pindaian, atau hubungi Pokja.",
        )

    def detach(self, *, by: Any, type: DocumentType, entry: str = "") -> None:  # noqa: A002
        """Take an optional paper back; it stays stored."""
        with moving(self, "detach", by=by) as facts:
            required = any(r.type_id == type.pk and r.required for r in self.requirements)
            old = self.documents.current().filter(type=type, entry=entry).first()
            refuse_unless(old is not None, "Dokumen ini tidak ada.")
            refuse_unless(not required, f"{type} wajib; ganti berkasnya bila salah.")
            refuse_unless(not self.is_locked(old), f"{type} sudah diperiksa dan tidak dapat dicabut.")
            self.documents.filter(pk=old.pk).update(replaced_at=timezone.now())
            facts |= {"type": type.key, "label": str(old)}

    def consent(self, *, by: Any, version: str) -> None:
        """Accept the text on personal data, in the version that was shown."""
        from verification.models.application import consent_in_force

        with moving(self, "consent", by=by, note=f"Versi {version}"):
            refuse_unless(version == consent_in_force()["version"], "Teks persetujuan berubah. Baca yang baru.")
            self.consent_version, self.consented_at = version, timezone.now()

    def submit(self, *, by: Any) -> None:
        """All is there: the Pokja may begin. What the profile says that day is frozen with it."""
        with self._provider_locked() as provider, moving(self, "submit", by=by):
            self.submitted_at = self.submitted_at or timezone.now()
            self.rule = self.rule_now
            self.round += self.state == self.State.RETURNED
            self.reason = ""
            self.profile = profile.frozen(provider)

    def withdraw(self, *, by: Any) -> None:
        """The applicant no longer wants it."""
        with moving(self, "withdraw", by=by) as facts:
            facts["holder"] = self.checker_id  # who need not go on
            self.checker = self.claimed_at = None


def differs(provider: Provider, read: dict[str, Any], name: str) -> bool:
    """Has this field another value than when it was read? Secret numbers are told by their fingerprint."""
    if name not in read:
        return False
    index = profile.SECRET.get(name)
    return bool(read[name]["index"] != getattr(provider, index) if index else read[name] != getattr(provider, name))
