"""What belongs to the record of a Musdes: who came, what was asked, photographs, and new dates."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from core.models import StoredFile


class Element(models.TextChoices):
    """Unsur of those present (Permendagri 110/2016; Permendes 16/2019)."""

    VILLAGE_GOVERNMENT = "pemdes", "Pemerintah Desa"
    BPD = "bpd", "BPD"
    CUSTOM = "adat", "Tokoh adat"
    RELIGION = "agama", "Tokoh agama"
    COMMUNITY = "masyarakat", "Tokoh masyarakat"
    EDUCATION = "pendidikan", "Tokoh pendidikan"
    FARMERS = "tani", "Perwakilan kelompok tani"
    FISHERS = "nelayan", "Perwakilan kelompok nelayan"
    CRAFT = "perajin", "Perwakilan kelompok perajin"
    WOMEN = "perempuan", "Perwakilan kelompok perempuan"
    CHILDREN = "anak", "Pemerhati dan pelindung anak"
    POOR = "miskin", "Perwakilan masyarakat miskin"
    OTHER = "lain", "Unsur lain"


class Attendance(models.Model):
    """How many men and women of one element came."""

    meeting = models.ForeignKey("transactions.Meeting", models.CASCADE, related_name="attendance")
    element = models.CharField("unsur", max_length=12, choices=Element.choices)
    men = models.PositiveSmallIntegerField("laki-laki", default=0)
    women = models.PositiveSmallIntegerField("perempuan", default=0)

    class Meta:
        verbose_name = "kehadiran"
        verbose_name_plural = "kehadiran"
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["meeting", "element"], name="attendance_once_per_element"),)

    def __str__(self) -> str:
        return self.get_element_display()


class MeetingQuestion(models.Model):
    """What somebody asked, and the answer."""

    meeting = models.ForeignKey("transactions.Meeting", models.CASCADE, related_name="questions")
    asker = models.CharField("penanya", max_length=150, blank=True)
    question = models.TextField("pertanyaan", max_length=1000)
    answer = models.TextField("jawaban", max_length=1000, blank=True)

    class Meta:
        verbose_name = "pertanyaan Musdes"
        verbose_name_plural = "pertanyaan Musdes"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.question[:60]


class MeetingPhoto(models.Model):
    """A photo of the assembly."""

    meeting = models.ForeignKey("transactions.Meeting", models.PROTECT, related_name="photos")
    file = models.OneToOneField(StoredFile, models.PROTECT)
    caption = models.CharField("keterangan", max_length=150, blank=True)

    class Meta:
        verbose_name = "foto Musdes"
        verbose_name_plural = "foto Musdes"

    def __str__(self) -> str:
        return self.caption or str(self.file)


class MeetingPostponement(models.Model):
    """A planned assembly was put off: from which day to which, why, and by whom. Never changed."""

    meeting = models.ForeignKey("transactions.Meeting", models.PROTECT, related_name="postponements")
    from_on = models.DateField("semula")
    to_on = models.DateField("menjadi")
    reason = models.CharField("alasan", max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("dicatat", default=timezone.now)

    class Meta:
        verbose_name = "penundaan Musdes"
        verbose_name_plural = "penundaan Musdes"
        ordering = ("id",)
        constraints = (models.CheckConstraint(name="meeting_postponed_to_later", condition=Q(to_on__gt=F("from_on"))),)

    def __str__(self) -> str:
        return self.reason[:60]
