"""A provider asks a regency's Pokja to be listed: what the application holds, who sees it, and its table of moves.

The verbs stand beside it, by whose they are: `applying` (the provider), `checking` (the Pokja's desk) and
`assessing` (interview, scores, decision).
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts import people
from accounts.models import Provider, Role
from accounts.models.membership import POKJA_ROLES
from core.clock import today
from core.formats import WIB
from core.models import DatedSetting, Document
from core.workflow import Move, moves
from regions.models import Area, Level
from regions.scope import within
from verification.models import profile
from verification.models.applying import Applying
from verification.models.assessing import Assessing
from verification.models.checking import Checking
from verification.models.declaration import Declaration
from verification.models.light import Light
from verification.models.requirements import DocumentRequirement, DocumentType
from verification.models.rule import ScoreAspect, VerificationRule
from verification.models.scoring import Interview
from verification.models.submitted import SubmittedDocument

BEFORE_POKJA = ("draft", "returned")
AT_POKJA = ("submitted", "checking", "interview", "scoring", "recommended", "unfit")
HELD = ("checking", "interview", "scoring")  # by one member, who answers for it
OPEN_STATES = (*BEFORE_POKJA, *AT_POKJA)
CONSENT_KEY = "verification-consent"


def consent_in_force() -> dict[str, Any]:
    """The text on the use of personal data: {"version": …, "paragraphs": […]}."""
    return DatedSetting.objects.in_force(CONSENT_KEY, on=today())


class ApplicationQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """The provider's own; once submitted, also the Pokja's, facilitators' and offices' of that territory."""
        roles = (*POKJA_ROLES, Role.TAPM, Role.REGENCY_OFFICE, Role.PROVINCE_OFFICE, Role.MINISTRY)
        readers = Q(submitted_at__isnull=False) & within("regency", people.territories(user, *roles))
        return self.filter(Q(provider__in=people.providers(user)) | readers)

    def waiting_for(self, user: Any) -> Self:
        """Pokja: unclaimed, held by me, not yet scored by me, or for the chair; what is in a sitting waits there.
        Provider: to finish, or to mend."""
        from verification.models.plenary_lines import PlenaryItem

        own = people.providers(user)
        pokja = within("regency", people.territories(user, *POKJA_ROLES))
        chair = within("regency", people.territories(user, Role.POKJA_CHAIR))
        user_id = user.pk if user is not None else None
        scored = Q(member_scores__member=user_id, member_scores__voided_at=None)
        agenda = PlenaryItem.objects.on_the_agenda().values("application_id")
        desk = (
            (pokja & Q(state="submitted"))
            | (pokja & Q(state__in=["checking", "interview"], checker=user_id))
            | (pokja & Q(state="scoring", scores_closed_at=None) & ~Q(pk__in=self.model.objects.filter(scored)))
            | (pokja & Q(state="scoring", checker=user_id))
            | (chair & Q(state__in=["recommended", "unfit"]) & ~Q(recommended_by=user_id) & ~Q(pk__in=agenda))
        ) & ~Declaration.objects.barred_providers(user)
        return self.visible_to(user).filter(desk | Q(provider__in=own, state__in=BEFORE_POKJA))

    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)


class Application(Applying, Checking, Assessing, Light, Document):
    """One provider, one regency: from the first form to a place in the directory, or a reasoned no."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draf"
        SUBMITTED = "submitted", "Menunggu Pemeriksaan"
        CHECKING = "checking", "Sedang Diperiksa"
        RETURNED = "returned", "Perlu Perbaikan"
        INTERVIEW = "interview", "Wawancara"
        SCORING = "scoring", "Penilaian Kelayakan"
        RECOMMENDED = "recommended", "Direkomendasikan"
        UNFIT = "unfit", "Tidak Direkomendasikan"
        LISTED = "listed", "Terdaftar di Direktori"
        REJECTED = "rejected", "Ditolak"
        WITHDRAWN = "withdrawn", "Dibatalkan Pemohon"

    class Kind(models.TextChoices):
        """Why it is here. All but the first are light: papers are checked, nobody is interviewed or scored anew."""

        FIRST = "first", "Permohonan baru"
        RENEWAL = "renewal", "Perpanjangan"
        CHANGE = "change", "Periksa ulang"
        RECOGNITION = "recognition", "Pengakuan"

    MOVES = moves(
        Move("attach", BEFORE_POKJA, None, "Unggah Dokumen", "Dokumen diunggah", tone="secondary"),
        Move("detach", BEFORE_POKJA, None, "Cabut Dokumen", "Dokumen dicabut", tone="secondary"),
        Move("consent", BEFORE_POKJA, None, "Setujui Pernyataan", "Persetujuan diberikan", tone="secondary"),
        Move("submit", BEFORE_POKJA, "submitted", "Ajukan Permohonan", "Diajukan"),
        Move(
            "withdraw", OPEN_STATES, "withdrawn", "Batalkan Permohonan", "Dibatalkan pemohon", tone="quiet",
            confirm="Permohonan ini tidak akan diproses lagi. Anda dapat mengajukan yang baru kapan saja.",
        ),
        Move("extend", ("submitted", "returned"), None, "Tambah Perubahan", "Perubahan data ditambahkan", inner=True),
        Move("declare", AT_POKJA, None, "Nyatakan Benturan Kepentingan", "Pernyataan benturan kepentingan",
             tone="secondary"),
        Move("claim", ("submitted",), "checking", "Ambil untuk Diperiksa", "Mulai diperiksa"),
        Move("release", ("checking",), "submitted", "Lepaskan", "Dilepaskan", tone="quiet"),
        Move("assign", HELD, None, "Alihkan Pemeriksa", "Pemeriksa dialihkan", tone="quiet"),
        Move("judge", ("checking",), None, "Nilai Dokumen", "Dokumen diperiksa", tone="secondary"),
        Move("remark", AT_POKJA, None, "Tulis Catatan Internal", "Catatan internal", tone="quiet"),
        Move("give_back", ("checking", "interview"), "returned", "Kembalikan untuk Perbaikan", "Dikembalikan",
             tone="secondary"),
        Move("pass_papers", ("checking",), "interview", "Luluskan Administrasi", "Lulus administrasi"),
        Move("schedule_interview", ("interview",), None, "Jadwalkan Wawancara", "Wawancara dijadwalkan"),
        Move("record_interview", ("interview",), "scoring", "Catat Hasil Wawancara", "Wawancara dicatat"),
        Move("score", ("scoring",), None, "Beri Nilai", "Nilai diberikan"),
        Move("close_scores", ("scoring",), None, "Tutup Penilaian", "Penilaian ditutup", tone="secondary"),
        Move("agree", ("scoring",), None, "Catat Nilai Kesepakatan", "Nilai disepakati"),
        Move("recommend", ("checking", "scoring"), "recommended", "Rekomendasikan", "Direkomendasikan"),
        Move("find_unfit", ("scoring",), "unfit", "Nyatakan Tidak Layak", "Tidak direkomendasikan", tone="danger"),
        Move("recheck", ("recommended", "unfit"), "checking", "Periksa Kembali", "Diminta diperiksa kembali",
             tone="secondary"),
        Move("list_provider", ("recommended",), "listed", "Tetapkan Terdaftar", "Ditetapkan terdaftar", inner=True),
        Move("confirm", ("recommended",), "listed", "Tetapkan Hasil Periksa Ulang", "Periksa ulang ditetapkan"),
        Move("decline", ("unfit",), "rejected", "Tolak dengan Keputusan", "Ditolak dengan keputusan", inner=True),
        Move("reject", AT_POKJA, "rejected", "Tolak", "Ditolak", tone="danger"),
    )  # fmt: skip
    TONES = {
        "draft": "neutral",
        "submitted": "wait",
        "checking": "info",
        "returned": "warn",
        "interview": "info",
        "scoring": "info",
        "recommended": "info",
        "unfit": "warn",
        "listed": "good",
        "rejected": "bad",
        "withdrawn": "neutral",
    }

    # Confirmed on the applicant's own pages; papers have pages of their own, the rest is done at the desk.
    APPLICANT_VERBS = ("consent", "submit", "withdraw")
    # Their forms stand in the case page.
    CASE_VERBS = ("judge", "remark", "score", "agree")

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.DRAFT, editable=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="applications", verbose_name="penyedia")
    regency = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="kabupaten/kota")
    kind = models.CharField("jenis", max_length=12, choices=Kind.choices, default=Kind.FIRST, editable=False)
    based_on = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="+", verbose_name="berdasarkan"
    )
    changes = models.JSONField("data yang berubah", default=list, editable=False)
    rule = models.ForeignKey(
        VerificationRule, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="aturan"
    )
    profile = models.JSONField("profil saat diajukan", default=dict, editable=False)
    consent_version = models.CharField("versi persetujuan", max_length=20, blank=True, editable=False)
    consented_at = models.DateTimeField("disetujui", null=True, editable=False)
    submitted_at = models.DateTimeField("pertama diajukan", null=True, editable=False)
    round = models.PositiveSmallIntegerField("pengajuan ke", default=1, editable=False)
    checker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="pemeriksa"
    )
    claimed_at = models.DateTimeField("diambil", null=True, editable=False)
    scores_closed_at = models.DateTimeField("penilaian ditutup", null=True, editable=False)
    agreed_at = models.DateTimeField("nilai disepakati", null=True, editable=False)
    agreement = models.TextField("alasan kesepakatan", blank=True, editable=False)
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
                condition=Q(state="draft", submitted_at=None)
                | Q(state="withdrawn")
                | (~Q(state__in=["draft", "withdrawn"]) & Q(submitted_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="application_checking_has_checker",
                condition=Q(state__in=HELD, checker__isnull=False, claimed_at__isnull=False)
                | (~Q(state__in=HELD) & Q(checker=None, claimed_at=None)),
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
                name="application_unfit_is_signed",
                condition=~Q(state="unfit")
                | Q(recommended_by__isnull=False, recommended_at__isnull=False, total__lt=F("threshold")),
            ),
            models.CheckConstraint(
                name="application_light_has_its_base", condition=Q(kind="first") | Q(based_on__isnull=False)
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
        if verb in self.CASE_VERBS:
            return reverse("admin:verification_application_change", args=[self.code])
        return reverse("admin:verification_application_move", args=[self.code, self.MOVES[verb].slug])

    def clean(self) -> None:
        if self.regency.level != Level.REGENCY:
            raise ValidationError({"regency": "Pilih kabupaten atau kota."})

    # --- what it holds ------------------------------------------------------------------------------
    @property
    def is_light(self) -> bool:
        """Papers and changes are checked; interview and scores stand from the application it is based on."""
        return self.kind != self.Kind.FIRST

    @property
    def rules_on(self) -> datetime.date:
        """The day whose requirements count: that of the first submission, today before it."""
        return timezone.localdate(self.submitted_at, timezone=WIB) if self.submitted_at else today()

    @cached_property
    def rule_now(self) -> VerificationRule:
        """The rule it was submitted under; before that, the one in force."""
        return self.rule or VerificationRule.objects.in_force(self.regency_id, on=self.rules_on)

    @cached_property
    def aspects(self) -> list[ScoreAspect]:
        """What is scored, in order."""
        return list(self.rule_now.aspects.all())

    @cached_property
    def requirements(self) -> list[DocumentRequirement]:
        """What is asked of this applicant, in order."""
        return DocumentRequirement.objects.in_force(self.provider.legal_form, regency=self.regency_id, on=self.rules_on)

    def wanted(self) -> list[Wanted]:
        """Every paper that is asked for: one of a kind, or one for each expert or experience, in order."""
        return wanted(self.provider, self.requirements)

    def current_documents(self) -> dict[tuple[int, str], SubmittedDocument]:
        """The newest of each, by type id and entry."""
        rows = self.documents.current().select_related("type", "file", "carried_from__application__regency")
        return {(row.type_id, row.entry): row for row in rows}

    def missing(self) -> list[str]:
        """Everything that stands between this draft and its submission, each in a few words."""
        found = [profile.label(name) for name in profile.missing_fields(self.provider)]
        have = self.current_documents()
        for want in self.wanted():
            document = have.get((want.type.pk, want.entry))
            if document is None:
                if want.required:
                    found.append(want.absence)
            elif document.failed:
                found.append(f"Perbaikan {document} ({document.reason_sentence.rstrip('.')})")
            elif self.is_outdated(document):
                found.append(f"Perbaikan {document} (data pada profil berubah)")
        if not self.consented:
            found.append("Persetujuan penggunaan data")
        return found

    @property
    def consented(self) -> bool:
        """The text in force was accepted; an older version has to be accepted anew."""
        return bool(self.consented_at) and self.consent_version == consent_in_force()["version"]

    def is_locked(self, document: SubmittedDocument | None) -> bool:
        """After a return only what failed is open, and what was shown since: a wrong file can be replaced again.

        What is carried over into a draft may be shown anew; nobody has to.
        """
        if document is None or document.failed or self.is_outdated(document):
            return False
        return self.state == self.State.RETURNED and document.added_at <= self.state_since

    def total_now(self) -> tuple[Decimal, list[str]]:
        """(weighted points agreed on so far, labels of aspects without points)."""
        given = {score.aspect_id: score for score in self.scores.all()}
        total, unscored = Decimal(0), []
        for aspect in self.aspects:
            if aspect.pk in given:
                total += Decimal(given[aspect.pk].points) * given[aspect.pk].weight / 100
            else:
                unscored.append(aspect.label)
        return total.quantize(Decimal("0.01")), unscored

    @property
    def interview(self) -> Interview | None:
        """The one that counts; earlier ones stay stored."""
        return self.interviews.filter(replaced_at=None).first()

    @property
    def served_by(self) -> datetime.date | None:
        """The day by which the regency's service standard expects a decision."""
        if self.submitted_at is None:
            return None
        return timezone.localdate(self.submitted_at, timezone=WIB) + datetime.timedelta(days=self.rule_now.service_days)

    @property
    def status_sentence(self) -> str:
        """What is going on, in the applicant's words."""
        pokja = f"Pokja P2KTD {self.regency.name}"
        return {
            "draft": "Belum diajukan. Lengkapi daftar isian, lalu ajukan.",
            "submitted": f"Menunggu diperiksa oleh {pokja}.",
            "checking": f"Sedang diperiksa oleh {pokja}.",
            "returned": f"Perlu perbaikan: {self.reason}",
            "interview": f"Dokumen sesuai. Menunggu wawancara dengan {pokja}.",
            "scoring": f"Sedang dinilai oleh {pokja}.",
            "recommended": f"Menunggu keputusan {pokja}.",  # the same in both: the proposal is not told
            "unfit": f"Menunggu keputusan {pokja}.",
            "listed": f"Terdaftar di direktori {self.regency.name}.",
            "rejected": f"Ditolak: {self.reason}",
            "withdrawn": "Dibatalkan oleh pemohon.",
        }[self.state]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A paper that is asked for; `entry` is the code of the expert or experience it is about."""

    type: DocumentType
    required: bool
    entry: str = ""
    label: str = ""

    @property
    def absence(self) -> str:
        """What to say when it is not there."""
        if self.type.each != DocumentType.Each.PROVIDER and not self.entry:
            return f"{self.type} (isi dahulu {self.type.get_each_display().lower().removeprefix('satu untuk tiap ')})"
        return f"Dokumen {self.type}: {self.label}" if self.label else f"Dokumen {self.type}"


def wanted(provider: Provider, requirements: list[DocumentRequirement]) -> list[Wanted]:
    """What the requirements come to for this provider's portfolio."""
    entries: dict[str, list[Any]] = {
        DocumentType.Each.EXPERT: list(provider.expert_entries.filter(removed_at=None)),
        DocumentType.Each.EXPERIENCE: list(provider.experience_entries.filter(removed_at=None)),
    }
    found = []
    for row in requirements:
        lines = entries.get(row.type.each)
        if lines:
            found += [Wanted(row.type, row.required, line.code, str(line)) for line in lines]
        else:
            found.append(Wanted(row.type, row.required))
    return found
