"""Which papers a regency's Pokja asks for, by legal form. All of it is data, in dated rows."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Q
from django.utils.text import slugify

from accounts.models import LegalForm
from core.clock import today
from core.formats import tanggal
from core.workflow import Move, Verdict, moves, record, refuse_unless
from regions.models import Area
from verification.models.rule import earliest_day, may_write

Cell = tuple[int, str]  # a kind of document (its id) and a legal form


class DocumentType(models.Model):
    """A kind of paper that an applicant shows: KTP, akta, portfolio."""

    class Each(models.TextChoices):
        """How many of it: one, or one for each line of the portfolio."""

        PROVIDER = "provider", "Satu berkas"
        EXPERT = "expert", "Satu untuk tiap tenaga ahli"
        EXPERIENCE = "experience", "Satu untuk tiap pengalaman"

    key = models.SlugField("kunci", max_length=40, unique=True)
    label = models.CharField("nama", max_length=120)
    help = models.CharField("petunjuk", max_length=300, blank=True)
    personal = models.BooleanField(
        "data pribadi",
        default=False,
        help_text="Hanya dilihat penyedia, Pokja dan Dinas PMD; setiap pembukaan dicatat.",
    )
    has_number = models.BooleanField("bernomor", default=False)
    has_expiry = models.BooleanField("ada masa berlaku", default=False, help_text="NIB, misalnya, tidak punya.")
    each = models.CharField("banyaknya", max_length=10, choices=Each.choices, default=Each.PROVIDER)
    statement = models.SlugField(
        "naskah", max_length=40, blank=True, help_text="Naskah pernyataan yang dicetak sistem untuk ditandatangani."
    )
    proves = ArrayField(
        models.CharField(max_length=40),
        verbose_name="membuktikan",
        default=list,
        blank=True,
        help_text="Isian profil yang dibuktikan dokumen ini; bila isian berubah, dokumen diperiksa ulang.",
    )
    order = models.PositiveSmallIntegerField("urutan", default=0)

    class Meta:
        verbose_name = "jenis dokumen"
        verbose_name_plural = "jenis dokumen"
        ordering = ("order", "key")

    def __str__(self) -> str:
        return self.label

    MOVES: ClassVar[dict[str, Move]] = moves(Move("add", (), None, "Tambah jenis", "Jenis dokumen ditambahkan"))
    state = ""  # it has none; the event asks

    @property
    def code(self) -> str:
        """What an event calls it."""
        return str(self.pk)

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("admin:verification_documentrequirement_changelist")

    def may_add(self, user: Any) -> Verdict:
        """Kinds are the nation's, so that a provider's paper means the same in every regency."""
        return may_write(user, None)

    def add(self, *, by: Any) -> None:
        """A new kind; nobody is asked for it until a regency says so."""
        verdict = self.may_add(by)
        refuse_unless(verdict, verdict.reason)
        self.key = slugify(self.label)[:40]
        refuse_unless(self.key, "Nama dokumen harus memuat huruf atau angka.")
        refuse_unless(not DocumentType.objects.filter(key=self.key).exists(), f"“{self.label}” sudah ada.")
        with transaction.atomic():
            self.order = (DocumentType.objects.aggregate(last=models.Max("order"))["last"] or 0) + 1
            self.full_clean()
            self.save(force_insert=True)
            facts = {"label": self.label, "key": self.key}
            record(self, "add", by=by, verdict=verdict, before="", note="", data=facts)  # type: ignore[arg-type]


class DocumentRequirementQuerySet(models.QuerySet["DocumentRequirement"]):
    def in_force(self, legal_form: str, *, regency: str, on: datetime.date | None = None) -> list[DocumentRequirement]:
        """What is asked of this form in this regency on that day, in order; a row of the regency beats the default."""
        rows = self.filter(
            Q(regency=None) | Q(regency=regency), legal_form=legal_form, valid_from__lte=on or today()
        ).select_related("type")
        chosen: dict[int, DocumentRequirement] = {}
        for row in sorted(rows, key=lambda row: (row.regency_id is not None, row.valid_from)):
            chosen[row.type_id] = row
        asked = [row for row in chosen.values() if row.need != DocumentRequirement.Need.OFF]
        return sorted(asked, key=lambda row: (row.type.order, row.type.key))

    def matrix(self, regency: Area | None, *, on: datetime.date | None = None) -> dict[Cell, DocumentRequirement]:
        """What holds at this place (None: the national example) for every form, also what is not asked.

        Without a day: as it will be when all that is set has begun.
        """
        places = Q(regency=None) | Q(regency=regency) if regency else Q(regency=None)
        rows = self.filter(places).select_related("type", "regency")
        if on:
            rows = rows.filter(valid_from__lte=on)
        order = sorted(rows, key=lambda row: (row.regency_id is not None, row.valid_from))
        return {(row.type_id, row.legal_form): row for row in order}

    def coming(self, regency: Area | None) -> list[datetime.date]:
        """The days on which changes that are already set begin."""
        days = self.filter(regency=regency, valid_from__gt=today()).values_list("valid_from", flat=True)
        return sorted(set(days))

    def enact(
        self, regency: Area | None, *, by: Any, valid_from: datetime.date, source: str, needs: Mapping[Cell, str]
    ) -> list[DocumentRequirement]:
        """Write what differs from what would hold on that day; each row tells in its event what it was before."""
        verdict = may_write(by, regency)
        refuse_unless(verdict, verdict.reason)
        refuse_unless(source.strip(), "Isi dasarnya.")
        refuse_unless(
            valid_from >= earliest_day(), f"Syarat baru berlaku paling cepat {tanggal(earliest_day())} (besok)."
        )
        written = []
        with transaction.atomic():
            if regency:
                Area.objects.select_for_update().get(pk=regency.pk)  # two at once wait here
            coming = self.coming(regency)
            refuse_unless(
                not coming or valid_from >= coming[-1],
                f"Sudah ada perubahan yang berlaku {tanggal(coming[-1])}. Pilih tanggal itu atau sesudahnya."
                if coming else "",
            )  # fmt: skip
            now = self.matrix(regency)
            for (kind, form), need in needs.items():
                before = now.get((kind, form))
                was = before.need if before else DocumentRequirement.Need.OFF
                if need != was:
                    # set for the same day and not yet in force: written over
                    row, _ = self.update_or_create(
                        type_id=kind, legal_form=form, regency=regency, valid_from=valid_from,
                        defaults={"need": need, "source": source.strip()},
                    )  # fmt: skip
                    facts = {"label": str(row), "was": was, "need": need, "valid_from": valid_from.isoformat()}
                    record(row, "enact", by=by, verdict=verdict, before="", note=source.strip(), data=facts)  # type: ignore[arg-type]
                    written.append(row)
        return written


class DocumentRequirement(models.Model):
    """One legal form must, may or need not show one kind of document, from a day on."""

    class Need(models.TextChoices):
        REQUIRED = "required", "Wajib"
        OPTIONAL = "optional", "Tidak wajib"
        OFF = "off", "Tidak diminta"

    MOVES: ClassVar[dict[str, Move]] = moves(Move("enact", (), None, "Tetapkan Syarat", "Syarat ditetapkan"))
    state = ""  # it has none; the event asks

    type = models.ForeignKey(DocumentType, models.PROTECT, related_name="requirements", verbose_name="dokumen")
    legal_form = models.CharField("bentuk", max_length=16, choices=LegalForm.choices)
    need = models.CharField("keharusan", max_length=8, choices=Need.choices)
    regency = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="kabupaten/kota",
        help_text="Kosong: berlaku di mana tidak ditetapkan lain.",
    )  # fmt: skip
    valid_from = models.DateField("berlaku sejak")
    source = models.CharField("dasar", max_length=200, help_text="Keputusan, atau “contoh” bila belum ada dasar.")

    objects = DocumentRequirementQuerySet.as_manager()

    class Meta:
        verbose_name = "syarat dokumen"
        verbose_name_plural = "syarat dokumen"
        ordering = ("legal_form", "type__order")
        constraints = (
            models.UniqueConstraint(
                fields=["type", "legal_form", "regency", "valid_from"],
                name="requirement_once_a_day",
                nulls_distinct=False,
            ),
        )

    def __str__(self) -> str:
        return f"{self.type}: {self.get_legal_form_display()}, {self.get_need_display()}"

    @property
    def required(self) -> bool:
        return self.need == self.Need.REQUIRED

    @property
    def code(self) -> str:
        """What an event calls it."""
        return str(self.pk)

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("admin:verification_documentrequirement_changelist")
