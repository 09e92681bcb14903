"""A provider asks a regency's Pokja to be listed: the papers, the check, the scores, the decree."""

from __future__ import annotations

import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts import people
from accounts.models import Membership, Provider, Role
from accounts.models.membership import POKJA_ROLES, today
from core.models import DatedSetting, Document, StoredFile
from core.workflow import Allowed, Denied, Move, Verdict, born, moves, moving, refuse_unless
from regions.models import Area, Level
from regions.scope import within
from verification.models import profile
from verification.models.requirements import DocumentRequirement, DocumentType, ScoreAspect
from verification.models.standing import Standing
from verification.models.submitted import AspectScore, SubmittedDocument

OPEN_STATES = ("draft", "submitted", "checking", "returned", "recommended")
THRESHOLD_KEY = "verification-threshold"
CONSENT_KEY = "verification-consent"


def consent_in_force() -> dict[str, Any]:
    """The text on the use of personal data: {"version": …, "paragraphs": […]}."""
    return DatedSetting.objects.in_force(CONSENT_KEY, on=today())


class ApplicationQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """The provider's own; once submitted, also the Pokja's, facilitators' and offices' of that territory."""
        roles = (*POKJA_ROLES, Role.TAPM, Role.REGENCY_OFFICE, Role.PROVINCE_OFFICE, Role.MINISTRY)
        readers = ~Q(state="draft") & within("regency", people.territories(user, *roles))
        return self.filter(Q(provider__in=people.providers(user)) | readers)

    def waiting_for(self, user: Any) -> Self:
        """Pokja: unclaimed, claimed by me, or for the chair to decide. Provider: to finish, or to mend."""
        own = people.providers(user)
        pokja = within("regency", people.territories(user, *POKJA_ROLES))
        chair = within("regency", people.territories(user, Role.POKJA_CHAIR))
        user_id = user.pk if user is not None else None
        desk = (
            (pokja & Q(state="submitted"))
            | (pokja & Q(state="checking", checker=user_id))
            | (chair & Q(state="recommended") & ~Q(recommended_by=user_id))
        ) & ~Q(provider__in=own)
        return self.visible_to(user).filter(desk | Q(provider__in=own, state__in=["draft", "returned"]))

    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)


class Application(Document):
    """One provider, one regency: from the first form to a place in the directory, or a reasoned no."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draf"
        SUBMITTED = "submitted", "Menunggu Pemeriksaan"
        CHECKING = "checking", "Sedang Diperiksa"
        RETURNED = "returned", "Perlu Perbaikan"
        RECOMMENDED = "recommended", "Direkomendasikan"
        LISTED = "listed", "Terdaftar di Direktori"
        REJECTED = "rejected", "Ditolak"

    MOVES = moves(
        Move("attach", ("draft", "returned"), None, "Unggah Dokumen", "Dokumen diunggah", tone="secondary"),
        Move("detach", ("draft", "returned"), None, "Cabut Dokumen", "Dokumen dicabut", tone="secondary"),
        Move("consent", ("draft", "returned"), None, "Setujui Pernyataan", "Persetujuan diberikan", tone="secondary"),
        Move("submit", ("draft", "returned"), "submitted", "Ajukan Permohonan", "Diajukan"),
        Move("claim", ("submitted",), "checking", "Ambil untuk Diperiksa", "Mulai diperiksa"),
        Move("release", ("checking",), "submitted", "Lepaskan", "Dilepaskan", tone="quiet"),
        Move("judge", ("checking",), None, "Nilai Dokumen", "Dokumen diperiksa", tone="secondary"),
        Move("score", ("checking",), None, "Isi Penilaian", "Penilaian diisi", tone="secondary"),
        Move("give_back", ("checking",), "returned", "Kembalikan untuk Perbaikan", "Dikembalikan", tone="secondary"),
        Move("recommend", ("checking",), "recommended", "Rekomendasikan", "Direkomendasikan"),
        Move("recheck", ("recommended",), "checking", "Periksa Kembali", "Diminta diperiksa kembali", tone="secondary"),
        Move("list_provider", ("recommended",), "listed", "Tetapkan Terdaftar", "Ditetapkan terdaftar"),
        Move("reject", ("checking", "recommended"), "rejected", "Tolak", "Ditolak", tone="danger"),
    )
    TONES = {
        "draft": "neutral",
        "submitted": "wait",
        "checking": "info",
        "returned": "warn",
        "recommended": "info",
        "listed": "good",
        "rejected": "bad",
    }

    # Confirmed on the applicant's own pages; papers have pages of their own, the rest is done at the desk.
    APPLICANT_VERBS = ("consent", "submit")

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.DRAFT, editable=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="applications", verbose_name="penyedia")
    regency = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="kabupaten/kota")
    consent_version = models.CharField("versi persetujuan", max_length=20, blank=True, editable=False)
    consented_at = models.DateTimeField("disetujui", null=True, editable=False)
    submitted_at = models.DateTimeField("pertama diajukan", null=True, editable=False)
    round = models.PositiveSmallIntegerField("pengajuan ke", default=1, editable=False)
    checker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="pemeriksa"
    )
    claimed_at = models.DateTimeField("diambil", null=True, editable=False)
    total = models.DecimalField("nilai akhir", max_digits=5, decimal_places=2, null=True, editable=False)
    threshold = models.PositiveSmallIntegerField("ambang nilai", null=True, editable=False)
    recommended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    recommended_at = models.DateTimeField("direkomendasikan", null=True, editable=False)
    reason = models.TextField("alasan", blank=True, editable=False)
    apply_again_from = models.DateField("dapat mengajukan lagi sejak", null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    decided_at = models.DateTimeField("diputuskan", null=True, editable=False)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = "permohonan penyedia"
        verbose_name_plural = "permohonan penyedia"
        ordering = ("-id",)
        indexes = (models.Index(fields=["regency", "state", "state_since"], name="application_queue"),)
        constraints = (
            models.UniqueConstraint(
                fields=["provider", "regency"],
                condition=Q(state__in=OPEN_STATES),
                name="application_open_once",
                violation_error_message="Permohonan ke kabupaten/kota ini sudah ada dan masih berjalan.",
            ),
            models.CheckConstraint(
                name="application_submitted_has_date",
                condition=Q(state="draft", submitted_at=None) | (~Q(state="draft") & Q(submitted_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="application_checking_has_checker",
                condition=Q(state="checking", checker__isnull=False, claimed_at__isnull=False)
                | (~Q(state="checking") & Q(checker=None, claimed_at=None)),
            ),
            models.CheckConstraint(
                name="application_recommended_is_signed",
                condition=~Q(state__in=["recommended", "listed"])
                | Q(
                    recommended_by__isnull=False,
                    recommended_at__isnull=False,
                    total__gte=F("threshold"),
                ),
            ),
            models.CheckConstraint(
                name="application_decided_is_signed",
                condition=Q(state__in=["listed", "rejected"], decided_by__isnull=False, decided_at__isnull=False)
                | (~Q(state__in=["listed", "rejected"]) & Q(decided_by=None, decided_at=None)),
            ),
            models.CheckConstraint(
                name="application_listed_by_another",
                condition=~Q(state="listed") | ~Q(decided_by=F("recommended_by")),
            ),
            models.CheckConstraint(
                name="application_no_has_reason", condition=~Q(state__in=["returned", "rejected"]) | ~Q(reason="")
            ),
        )

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("application", args=[self.code])

    def move_url(self, verb: str) -> str:
        from django.urls import reverse

        if verb in self.APPLICANT_VERBS:
            return super().move_url(verb)
        if verb in ("attach", "detach"):
            return self.get_absolute_url()
        if verb in ("judge", "score"):
            return reverse("admin:verification_application_change", args=[self.code])
        return reverse("admin:verification_application_move", args=[self.code, self.MOVES[verb].slug])

    def clean(self) -> None:
        if self.regency.level != Level.REGENCY:
            raise ValidationError({"regency": "Pilih kabupaten atau kota."})

    # --- what it holds ------------------------------------------------------------------------------
    @property
    def rules_on(self) -> datetime.date:
        """The day whose requirements count: that of the first submission, today before it."""
        return timezone.localdate(self.submitted_at) if self.submitted_at else today()

    @cached_property
    def requirements(self) -> list[DocumentRequirement]:
        """What is asked of this applicant, in order."""
        return DocumentRequirement.objects.in_force(self.provider.legal_form, regency=self.regency_id, on=self.rules_on)

    def current_documents(self) -> dict[int, SubmittedDocument]:
        """The newest of each kind, by the id of its type."""
        rows = self.documents.current().select_related("type", "file")
        return {row.type_id: row for row in rows}

    def missing(self) -> list[str]:
        """Everything that stands between this draft and its submission, each in a few words."""
        found = [profile.label(name) for name in profile.missing_fields(self.provider)]
        have = self.current_documents()
        for requirement in self.requirements:
            document = have.get(requirement.type_id)
            if document is None:
                if requirement.required:
                    found.append(f"Dokumen {requirement.type}")
            elif document.failed:
                found.append(f"Perbaikan {requirement.type} ({document.reason_sentence.rstrip('.')})")
        if not self.consented:
            found.append("Persetujuan penggunaan data")
        return found

    @property
    def consented(self) -> bool:
        """The text in force was accepted; an older version has to be accepted anew."""
        return bool(self.consented_at) and self.consent_version == consent_in_force()["version"]

    def is_locked(self, document: SubmittedDocument | None) -> bool:
        """After a return only what failed is open; what conformed, or was not yet judged, stays as it is."""
        return self.state == self.State.RETURNED and document is not None and not document.failed

    def total_now(self) -> tuple[Decimal, list[str]]:
        """(weighted points so far, labels of aspects without points)."""
        given = {score.aspect_id: score for score in self.scores.all()}
        total, unscored = Decimal(0), []
        for aspect in ScoreAspect.objects.all():
            if aspect.pk in given:
                total += Decimal(given[aspect.pk].points) * given[aspect.pk].weight / 100
            else:
                unscored.append(aspect.label)
        return total.quantize(Decimal("0.01")), unscored

    @property
    def status_sentence(self) -> str:
        """What is going on, in the applicant's words."""
        pokja = f"Pokja P2KTD {self.regency.name}"
        return {
            "draft": "Belum diajukan. Lengkapi daftar isian, lalu ajukan.",
            "submitted": f"Menunggu diperiksa oleh {pokja}.",
            "checking": f"Sedang diperiksa oleh {pokja}.",
            "returned": f"Perlu perbaikan: {self.reason}",
            "recommended": f"Menunggu penetapan oleh Ketua {pokja}.",
            "listed": f"Terdaftar di direktori {self.regency.name}.",
            "rejected": f"Ditolak: {self.reason}",
        }[self.state]

    # --- who may ------------------------------------------------------------------------------------
    def _applicant(self, user: Any) -> Verdict:
        membership = people.acting(user, Role.PROVIDER, provider=self.provider_id)
        return Allowed(membership) if membership else Denied("Hanya penyedia pemohon yang dapat melakukannya.")

    may_attach = may_detach = may_consent = _applicant

    def may_create(self, user: Any) -> Verdict:
        """The provider's people, where a Pokja works, no application is open and no listing still runs."""
        verdict = self._applicant(user)
        if not verdict:
            return verdict
        if not Membership.objects.current().holding(*POKJA_ROLES).at(self.regency_id).exists():
            return Denied(f"{self.regency.name} belum mempunyai Pokja P2KTD di sistem ini.")
        others = Application.objects.filter(provider=self.provider_id, regency=self.regency_id)
        if others.open().exists():
            return Denied(f"Permohonan Anda ke {self.regency.name} sudah ada dan masih berjalan.")
        barred = others.filter(state="rejected", apply_again_from__gt=today()).order_by("apply_again_from").last()
        if barred:
            return Denied(
                f"Permohonan ke {self.regency.name} dapat diajukan lagi mulai {barred.apply_again_from:%d/%m/%Y}."
            )
        standing = Standing.objects.current().filter(provider=self.provider_id, regency=self.regency_id).first()
        if standing and not standing.renewable:
            return Denied(
                f"Anda terdaftar di {self.regency.name} sampai {standing.valid_until:%d/%m/%Y}. "
                "Perpanjangan dibuka 90 hari sebelumnya."
            )
        return verdict

    def may_submit(self, user: Any) -> Verdict:
        verdict = self._applicant(user)
        if not verdict:
            return verdict
        missing = self.missing()
        return Denied(f"Belum lengkap: {'; '.join(missing)}.") if missing else verdict

    def _pokja(self, user: Any, *roles: str) -> Verdict:
        """A member of this regency's Pokja without a tie to the applicant."""
        roles = roles or POKJA_ROLES
        membership = people.acting(user, *roles, at=self.regency_id)
        if not membership:
            who = "Ketua" if roles == (Role.POKJA_CHAIR,) else "anggota"
            return Denied(f"Hanya {who} Pokja P2KTD {self.regency.name} yang dapat melakukannya.")
        if self.provider_id in people.providers(user):
            return Denied("Benturan kepentingan: Anda anggota penyedia ini. Permohonan ditangani rekan lain.")
        return Allowed(membership)

    def may_claim(self, user: Any) -> Verdict:
        return self._pokja(user)

    def _checker(self, user: Any) -> Verdict:
        """Only who claimed it."""
        verdict = self._pokja(user)
        if verdict and self.checker_id != user.pk:
            return Denied(
                f"Permohonan ini sedang dipegang {self.checker}." if self.checker else "Ambil dahulu permohonan ini."
            )
        return verdict

    may_judge = may_score = may_give_back = _checker

    def may_release(self, user: Any) -> Verdict:
        """Who holds it; and the chair, for a colleague who is away."""
        chair = self._pokja(user, Role.POKJA_CHAIR)
        return chair or self._checker(user)

    def may_recommend(self, user: Any) -> Verdict:
        verdict = self._checker(user)
        if not verdict:
            return verdict
        rows = list(self.documents.current().select_related("type"))
        pending = [str(row.type) for row in rows if row.verdict == SubmittedDocument.Verdict.PENDING]
        failed = [str(row.type) for row in rows if row.failed]
        total, unscored = self.total_now()
        problems = []
        if pending:
            problems.append(f"belum diperiksa: {', '.join(pending)}")
        if failed:
            problems.append(f"tidak sesuai: {', '.join(failed)}")
        if unscored:
            problems.append(f"belum dinilai: {', '.join(unscored)}")
        threshold = DatedSetting.objects.in_force(THRESHOLD_KEY, on=today())
        if not unscored and total < threshold:
            problems.append(f"nilai {total} di bawah ambang {threshold}".replace(".", ","))
        return Denied(f"Belum dapat direkomendasikan: {'; '.join(problems)}.") if problems else verdict

    def _chair(self, user: Any) -> Verdict:
        return self._pokja(user, Role.POKJA_CHAIR)

    may_reject = may_recheck = _chair

    def may_list_provider(self, user: Any) -> Verdict:
        """Four eyes: the chair, and not who recommended."""
        verdict = self._chair(user)
        if verdict and self.recommended_by_id == user.pk:
            return Denied("Anda yang merekomendasikan permohonan ini; penetapan dilakukan oleh orang lain.")
        return verdict

    # --- what the provider does ---------------------------------------------------------------------
    def apply(self, *, by: Any) -> None:
        """The provider opens an application to this regency, still a draft."""
        with transaction.atomic():
            Provider.objects.select_for_update().get(pk=self.provider_id)  # two at once wait here
            born(self, by=by, verdict=self.may_create(by))

    def attach(
        self,
        *,
        by: Any,
        type: DocumentType,  # noqa: A002
        file: StoredFile,
        number: str = "",
        issued_on: datetime.date | None = None,
        expires_on: datetime.date | None = None,
    ) -> SubmittedDocument:
        """Show a paper; it replaces the one of its kind, which stays stored."""
        with moving(self, "attach", by=by) as facts:
            self._asked_for(type)
            old = self.documents.current().filter(type=type).first()
            refuse_unless(
                not self.is_locked(old), f"{type} sudah diperiksa atau sedang diperiksa, dan tidak perlu diganti."
            )
            refuse_unless(expires_on is None or expires_on >= today(), "Dokumen ini sudah tidak berlaku.")
            if old:
                self.documents.filter(pk=old.pk).update(replaced_at=timezone.now())
            new = SubmittedDocument.objects.create(
                application=self,
                type=type,
                version=(self.documents.filter(type=type).aggregate(top=models.Max("version"))["top"] or 0) + 1,
                file=file,
                number=number,
                issued_on=issued_on,
                expires_on=expires_on,
                added_by=by,
            )
            file.hold(new)
            facts |= {"type": type.key, "label": str(type), "version": new.version}
        return new

    def _asked_for(self, kind: DocumentType) -> None:
        asked = any(requirement.type_id == kind.pk for requirement in self.requirements)
        refuse_unless(asked, f"{kind} tidak diminta untuk bentuk penyedia Anda.")

    def detach(self, *, by: Any, type: DocumentType) -> None:  # noqa: A002
        """Take an optional paper back; it stays stored."""
        with moving(self, "detach", by=by) as facts:
            required = any(r.type_id == type.pk and r.required for r in self.requirements)
            old = self.documents.current().filter(type=type).first()
            refuse_unless(old is not None, "Dokumen ini tidak ada.")
            refuse_unless(not required, f"{type} wajib; ganti berkasnya bila salah.")
            refuse_unless(not self.is_locked(old), f"{type} sudah diperiksa dan tidak dapat dicabut.")
            self.documents.filter(pk=old.pk).update(replaced_at=timezone.now())
            facts |= {"type": type.key, "label": str(type)}

    def consent(self, *, by: Any, version: str) -> None:
        """Accept the text on personal data, in the version that was shown."""
        with moving(self, "consent", by=by, note=f"Versi {version}"):
            refuse_unless(version == consent_in_force()["version"], "Teks persetujuan berubah. Baca yang baru.")
            self.consent_version, self.consented_at = version, timezone.now()

    def submit(self, *, by: Any) -> None:
        """All is there: the Pokja may begin. What the profile said that day stands in the event."""
        with moving(self, "submit", by=by) as facts:
            self.submitted_at = self.submitted_at or timezone.now()
            self.round += self.state == self.State.RETURNED
            self.reason = ""
            p = Provider.objects.select_for_update().get(pk=self.provider_id)  # a step saved meanwhile waits
            refuse_unless(not profile.missing_fields(p), "Profil belum lengkap. Muat ulang halaman.")
            facts["profile"] = {
                "name": p.name,
                "legal_form": p.legal_form,
                "office": p.area_id,
                "person_in_charge": p.person_in_charge,
                "npwp_index": p.npwp_index,
                "nib": p.nib,
            }

    # --- what the Pokja does --------------------------------------------------------------------------
    def claim(self, *, by: Any) -> None:
        """Take it to one's desk; nobody else has it until it is released."""
        with moving(self, "claim", by=by):
            self.checker, self.claimed_at = by, timezone.now()

    def release(self, *, by: Any) -> None:
        """Put it back into the queue; verdicts and scores so far stay."""
        with moving(self, "release", by=by):
            self.checker = self.claimed_at = None

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
            facts |= {"type": row.type.key, "label": str(row.type), "version": row.version, "verdict": row.verdict}

    def score(self, *, by: Any, points: dict[str, int]) -> None:
        """Give points (0 to 100) to aspects, by key; earlier points are replaced."""
        with moving(self, "score", by=by) as facts:
            aspects = {aspect.key: aspect for aspect in ScoreAspect.objects.all()}
            refuse_unless(points.keys() <= aspects.keys(), "Aspek penilaian tidak dikenal.")
            refuse_unless(all(0 <= value <= 100 for value in points.values()), "Nilai harus 0 sampai 100.")
            for key, value in points.items():
                given = {"points": value, "weight": aspects[key].weight, "by": by, "at": timezone.now()}
                AspectScore.objects.update_or_create(application=self, aspect=aspects[key], defaults=given)
            facts["points"] = dict(points)

    def give_back(self, *, by: Any, note: str = "") -> None:
        """Something has to be mended; every reason goes to the applicant."""
        with moving(self, "give_back", by=by, note=note) as facts:
            failed = [row for row in self.documents.current().select_related("type") if row.failed]
            refuse_unless(
                failed or note.strip(),
                "Tandai dokumen yang tidak sesuai, atau tulis catatan apa yang harus diperbaiki.",
            )
            reasons = [f"{row.type}: {row.reason_sentence}" for row in failed]
            self.reason = "\n".join([*reasons, *([note.strip()] if note.strip() else [])])
            self.checker = self.claimed_at = None
            facts["reasons"] = reasons

    def recommend(self, *, by: Any) -> None:
        """Papers conform, points suffice: the chair decides next."""
        with moving(self, "recommend", by=by) as facts:
            self.total = self.total_now()[0]
            self.threshold = DatedSetting.objects.in_force(THRESHOLD_KEY, on=today())
            self.recommended_by, self.recommended_at = by, timezone.now()
            self.checker = self.claimed_at = None
            facts |= {"total": str(self.total), "threshold": self.threshold}

    def recheck(self, *, by: Any, reason: str) -> None:
        """The chair is not convinced: back to the one who recommended, with the reason."""
        with moving(self, "recheck", by=by, note=reason):
            self.checker, self.claimed_at = self.recommended_by, timezone.now()
            self.recommended_by = self.recommended_at = None

    def list_provider(
        self,
        *,
        by: Any,
        directory_number: str,
        decree_number: str,
        decree_date: datetime.date,
        valid_until: datetime.date,
    ) -> None:
        """By decree the provider stands in the directory; a listing before this one ends."""
        with moving(self, "list_provider", by=by, note=f"Keputusan {decree_number}") as facts:
            day = today()
            refuse_unless(decree_date <= day, "Tanggal keputusan tidak boleh setelah hari ini.")
            refuse_unless(valid_until > day, "Masa berlaku harus berakhir setelah hari ini.")
            self.decided_by, self.decided_at, self.reason = by, timezone.now(), ""
            Standing.objects.filter(provider=self.provider_id, regency=self.regency_id, ended_on=None).update(
                ended_on=day
            )
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

    def reject(self, *, by: Any, reason: str, apply_again_from: datetime.date | None = None) -> None:
        """The chair says no, why, and from when it may be tried again."""
        with moving(self, "reject", by=by, note=reason):
            refuse_unless(reason.strip(), "Tulis alasan penolakan.")
            self.reason, self.apply_again_from = reason.strip(), apply_again_from
            self.decided_by, self.decided_at = by, timezone.now()
            self.checker = self.claimed_at = None
