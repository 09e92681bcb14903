from __future__ import annotations

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.codes import CodeField
from core.fields import BlindIndexField, EncryptedTextField
from core.name_search import beginnings, words_of
from regions.models import Area


class LegalForm(models.TextChoices):
    PERSON = "person", "Perorangan"
    NONPROFIT = "nonprofit", "Lembaga nirlaba (LSM, yayasan, perkumpulan)"
    COMPANY = "company", "Badan usaha (CV, PT, koperasi)"
    VILLAGE_COMPANY = "village_company", "BUM Desa"
    ACADEMIC = "academic", "Perguruan tinggi, lembaga riset, atau pemerintah"


class ProviderQuerySet(models.QuerySet):
    def named(self, text: str) -> Self:
        """Whose name has each typed word, or one that begins so; none when no word is typed."""
        typed = beginnings(text)
        return self.none() if typed is None else self.annotate(said=words_of("name")).filter(said=typed)

    def of(self, user: Any) -> Self:
        """The providers this person works for."""
        from accounts.people import providers

        return self.filter(pk__in=providers(user))

    def visible_to(self, user: Any) -> Self:
        """One's own. What the public sees is `verification.Standing`; what the Pokja sees, its applications."""
        return self.of(user)


class Provider(models.Model):
    """A person, NGO, firm or university that offers technical help to villages.

    `npwp`, `nik` and `account_number` are text, encrypted; the index columns find duplicates.
    `fields` are slugs of the catalogue's categories; `experts` is how many stand in its portfolio.
    """

    code = CodeField()
    name = models.CharField("nama penyedia", max_length=150)
    legal_form = models.CharField("bentuk", max_length=16, choices=LegalForm.choices)
    area = models.ForeignKey(Area, models.PROTECT, verbose_name="kabupaten/kota kantor", related_name="+")
    address = models.CharField("alamat kantor", max_length=250)
    phone = models.CharField("telepon kantor", max_length=20)
    email = models.EmailField("email kantor")
    website = models.URLField("situs web", blank=True)
    about = models.TextField("tentang penyedia", max_length=2000, blank=True)
    fields = ArrayField(models.SlugField(max_length=60), verbose_name="bidang pekerjaan", default=list, blank=True)
    serves = models.ManyToManyField(Area, verbose_name="wilayah layanan", related_name="+", blank=True)
    experts = models.PositiveSmallIntegerField("jumlah tenaga ahli", default=1)
    person_in_charge = models.CharField("nama penanggung jawab", max_length=150)
    position = models.CharField("jabatan penanggung jawab", max_length=100)
    nik = EncryptedTextField("NIK penanggung jawab", max_length=16)
    nik_index = BlindIndexField(source="nik", purpose="nik")
    npwp = EncryptedTextField("NPWP", max_length=16)
    npwp_index = BlindIndexField(source="npwp", purpose="npwp")
    nib = models.CharField("NIB", max_length=13, blank=True)
    is_pkp = models.BooleanField("Pengusaha Kena Pajak (PKP)", default=False)
    bank = models.CharField("nama bank", max_length=80)
    account_number = EncryptedTextField("nomor rekening", max_length=30)
    account_index = BlindIndexField(source="account_number", purpose="account")
    account_holder = models.CharField("rekening atas nama", max_length=150)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ProviderQuerySet.as_manager()

    class Meta:
        verbose_name = "penyedia"
        verbose_name_plural = "penyedia"
        indexes = (
            models.Index(fields=["nib"], name="provider_nib"),
            GinIndex(words_of("name"), name="provider_name_words"),
        )
        constraints = (
            models.CheckConstraint(name="provider_nib_has_13_digits", condition=Q(nib="") | Q(nib__regex=r"^\d{13}$")),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("provider", args=[self.code])
