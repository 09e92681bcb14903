from __future__ import annotations

import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.models import LegalForm, Provider
from core.formats import desimal


class Work(models.TextChoices):
    """What kind of work a payment is for, as the tax laws divide it."""

    TECHNICAL = "technical", "Jasa teknik (survei, DED, pemetaan, sistem informasi)"
    MANAGEMENT = "management", "Jasa manajemen (pengelolaan, pendampingan usaha)"
    CONSULTING = "consulting", "Jasa konsultan (kajian, perencanaan, pelatihan)"
    CONSTRUCTION = "construction", "Jasa konstruksi (pelaksanaan atau pengawasan bangunan)"
    RENT = "rent", "Sewa tanah atau bangunan"
    OTHER = "other", "Jasa lain (termasuk sewa alat)"


class TaxRateQuerySet(models.QuerySet["TaxRate"]):
    def visible_to(self, user: object) -> Self:
        """Rates are the law's: whoever works at the desk may read them."""
        return self.all()

    def bearing_on(self, provider: Provider, work: str, *, on: datetime.date) -> Self:
        """The rows in force that day whose conditions this provider and this kind of work meet."""
        rows = self.filter(
            Q(legal_form="") | Q(legal_form=provider.legal_form),
            Q(work="") | Q(work=work),
            Q(has_npwp=None) | Q(has_npwp=bool(provider.npwp)),
            valid_from__lte=on,
        )
        return rows if provider.is_pkp else rows.filter(only_pkp=False)


class TaxRate(models.Model):
    """A rate for the estimate of what the treasurer withholds: by tax, provider, kind of work, value, from a day on.

    An empty condition means "all". Of rows with the same conditions the latest in force counts; of rows that bear on
    the same payment the most specific (see `transactions.tax`). Rows are added, never changed: the law of a past day
    stays what it was. `is_example`: nobody has confirmed it against the law yet; the pages say so.
    """

    class Tax(models.TextChoices):
        PPH21 = "pph21", "PPh Pasal 21"
        PPH23 = "pph23", "PPh Pasal 23"
        PPH42 = "pph42", "PPh Pasal 4 ayat (2)"
        PPN = "ppn", "PPN"

    tax = models.CharField("pajak", max_length=8, choices=Tax.choices)
    legal_form = models.CharField("bentuk penyedia", max_length=16, choices=LegalForm.choices, blank=True)
    has_npwp = models.BooleanField(
        "NPWP", null=True, blank=True, choices=[(None, "Semua"), (True, "Punya NPWP"), (False, "Tanpa NPWP")]
    )
    only_pkp = models.BooleanField("hanya PKP", default=False)
    work = models.CharField("jenis jasa", max_length=12, choices=Work.choices, blank=True, default="", db_default="")
    above = models.BigIntegerField(
        "bila nilai di atas (Rp)",
        default=0,
        db_default=0,
        help_text="Dipotong bila nilai kontrak lebih dari jumlah ini. Nol berarti tanpa batas.",
    )
    basis_points = models.PositiveSmallIntegerField(
        "tarif (per sepuluh ribu)", help_text="200 berarti 2 %. Nol berarti tidak dipotong."
    )
    valid_from = models.DateField("berlaku sejak")
    source = models.CharField("dasar", max_length=200, help_text="Peraturan, pasal, dan tanggalnya.")
    is_example = models.BooleanField(
        "data contoh",
        default=True,
        db_default=True,
        help_text="Belum dicocokkan dengan peraturan yang berlaku.",
    )

    objects = TaxRateQuerySet.as_manager()

    class Meta:
        verbose_name = "tarif pajak"
        verbose_name_plural = "tarif pajak"
        constraints = (
            models.UniqueConstraint(
                fields=["tax", "legal_form", "has_npwp", "only_pkp", "work", "above", "valid_from"],
                name="tax_rate_once_a_day",
                nulls_distinct=False,
                violation_error_message="Tarif dengan syarat yang sama sudah ada untuk tanggal ini.",
            ),
            models.CheckConstraint(name="tax_rate_in_range", condition=Q(basis_points__lte=10_000, above__gte=0)),
        )

    def __str__(self) -> str:
        return f"{self.get_tax_display()} ({self.percent})"

    @property
    def percent(self) -> str:
        """As people write it: 2 %, 2,5 %."""
        return f"{desimal(self.basis_points / 100, 2).rstrip('0').rstrip(',')} %"

    @property
    def conditions(self) -> tuple[object, ...]:
        """What makes it another row than its neighbours; rows alike follow each other by date."""
        return self.tax, self.legal_form, self.has_npwp, self.only_pkp, self.work, self.above

    @property
    def weight(self) -> tuple[object, ...]:
        """How specific: kind of work before legal form, before NPWP, before a higher threshold."""
        return bool(self.work), bool(self.legal_form), self.has_npwp is not None, self.above
