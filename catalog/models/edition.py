"""The directory as it was put out: frozen, public, never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts import people
from accounts.models import Role
from core.clock import today
from core.codes import CodeField
from core.formats import tanggal_sedang
from core.models import StoredFile
from core.models.append_only import AppendOnly, AppendOnlyQuerySet
from core.spreadsheet import XLSX
from core.workflow import Allowed, Denied, Move, Verdict, moves, record, refuse_unless
from regions.models import Area

if TYPE_CHECKING:
    from core.models import Event, PrintedDocument

BOOKLET = "direktori"
ISSUING = (Role.POKJA_CHAIR, Role.REGENCY_OFFICE)


class DirectoryEditionQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user: Any) -> DirectoryEditionQuerySet:
        """What was put out is public."""
        return self.all()

    def of(self, regency: Area) -> DirectoryEditionQuerySet:
        """A regency's editions, the newest first."""
        return self.filter(regency=regency).order_by("-number")


class DirectoryEdition(AppendOnly):
    """The directory of a kabupaten as it was put out on a day. What changes later stands in the next edition."""

    # Not states but an act: the event tells an auditor who put it out.
    MOVES: ClassVar[dict[str, Move]] = moves(Move("issue", (), None, "Terbitkan Edisi Direktori", "Edisi diterbitkan"))

    code = CodeField()
    regency = models.ForeignKey(Area, models.PROTECT, verbose_name="kabupaten/kota", related_name="+")
    number = models.PositiveSmallIntegerField("edisi ke", editable=False)
    as_of = models.DateField("keadaan per tanggal", default=today, editable=False)
    basis = models.CharField("dasar penetapan", max_length=500)
    reason = models.CharField("yang berubah", max_length=500, blank=True)
    entry_count = models.PositiveIntegerField("jumlah penyedia", editable=False)
    snapshot = models.JSONField(editable=False)
    content_sha256 = models.CharField(max_length=64, editable=False)  # of what it lists, whatever the day
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")
    issued_at = models.DateTimeField("diterbitkan", default=timezone.now, editable=False)

    objects = DirectoryEditionQuerySet.as_manager()

    class Meta:
        verbose_name = "edisi direktori"
        verbose_name_plural = "edisi direktori"
        ordering = ("-issued_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["regency", "number"],
                name="directory_edition_number_once",
                violation_error_message="Edisi ini sudah diterbitkan.",
            ),
            models.CheckConstraint(name="directory_edition_counts_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(name="directory_edition_lists_somebody", condition=Q(entry_count__gte=1)),
            models.CheckConstraint(name="directory_edition_has_basis", condition=~Q(basis="")),
            models.CheckConstraint(name="directory_edition_revision_has_reason", condition=Q(number=1) | ~Q(reason="")),
        )

    state = ""  # an edition has none: it is out, for good

    def __str__(self) -> str:
        return f"{self.title}, {self.label}"

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("directory-edition", args=[self.code])

    @property
    def title(self) -> str:
        return f"Direktori Penyedia P2KTD {self.regency.name}"

    @property
    def revision(self) -> int:
        """0 for the first edition."""
        return self.number - 1

    @property
    def label(self) -> str:
        """Edisi 3 Mei 2026, revisi ke-2."""
        tail = f", revisi ke-{self.revision}" if self.revision else ""
        return f"Edisi {tanggal_sedang(self.as_of)}{tail}"

    @property
    def reference(self) -> str:
        """Our own number: the official one is the decree's."""
        return f"DIR-{self.regency_id}-{self.number}"

    def first(self) -> DirectoryEdition:
        """The regency's first edition: it holds the papers of all, so that an old paper's check finds the newer."""
        return self if self.number == 1 else DirectoryEdition.objects.get(regency=self.regency_id, number=1)

    def newer(self) -> DirectoryEdition | None:
        """The newest edition, unless this is it."""
        newest = DirectoryEdition.objects.of(self.regency).first()
        return newest if newest and newest.number > self.number else None

    def booklet(self) -> PrintedDocument | None:
        """Its PDF, once asked for; without a file while it is being made."""
        from core.models import PrintedDocument

        papers = PrintedDocument.objects.about(self.first()).filter(kind=BOOKLET, revision=self.revision)
        return papers.select_related("file").first()

    def workbook(self) -> StoredFile | None:
        """Its XLSX, once made."""
        return StoredFile.objects.filter(about=self._meta.label_lower, about_id=str(self.pk), content_type=XLSX).first()

    def events(self) -> models.QuerySet[Event]:
        from core.models import Event

        return Event.objects.about(self)

    # --- who may ----------------------------------------------------------------------------------
    def may_issue(self, user: Any) -> Verdict:
        """The Pokja's chair, or the Dinas PMD, of that kabupaten."""
        membership = people.acting(user, *ISSUING, at=self.regency_id)
        if membership is None:
            return Denied("Edisi direktori diterbitkan oleh Ketua Pokja P2KTD atau Dinas PMD kabupaten/kota ini.")
        return Allowed(membership)

    # --- what they do -----------------------------------------------------------------------------
    def issue(self, *, by: Any, snapshot: dict[str, Any], content_sha256: str, entry_count: int) -> None:
        """Put it out, after the one before. The same content isn't put out twice in a row."""
        verdict = self.may_issue(by)
        refuse_unless(verdict, verdict.reason)
        refuse_unless(entry_count, "Belum ada penyedia yang terdaftar, jadi belum ada direktori untuk diterbitkan.")
        with transaction.atomic():
            Area.objects.select_for_update(no_key=True).get(pk=self.regency_id)  # two at once wait here
            last = DirectoryEdition.objects.of(self.regency).first()
            refuse_unless(
                last is None or last.content_sha256 != content_sha256,
                f"Isinya sama dengan {last.label if last else ''}. Tidak ada yang perlu diterbitkan lagi.",
            )
            refuse_unless(last is None or self.reason, "Tulis apa yang berubah sejak edisi sebelumnya.")
            self.number, self.issued_by = (last.number + 1 if last else 1), by
            self.snapshot, self.content_sha256, self.entry_count = snapshot, content_sha256, entry_count
            self.full_clean()
            self.save()
            facts = {"number": self.number, "entries": entry_count, "content_sha256": content_sha256}
            record(self, "issue", by=by, verdict=verdict, before="", note=self.reason, data=facts)  # type: ignore[arg-type]
