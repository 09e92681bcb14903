"""Villages that buy together: whom to ask, and what each village says."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef

from accounts.models import Membership
from accounts.models.membership import Role
from core.clock import local_today
from core.formats import rupiah
from core.forms import IndonesianDateField, MoveForm, RupiahField, ScanUploadField
from core.once import OnceForm
from regions.models import Area
from transactions.forms.need import ActivityChoiceField, AgreeForm, WhyForm
from transactions.models import Activity, Funding, JointShare, Need

__all__ = ["AccountForm", "AgreeForm", "JointForm", "RefuseForm", "ShareBudgetForm", "WhyForm"]


class JointForm(OnceForm, forms.ModelForm):
    """Which village, and how much it bears at most. Villages of the same regency in which somebody can answer."""

    ceiling = RupiahField(label="Bagian desa itu paling banyak", min_value=1, help_text="Contoh: 5.000.000")

    class Meta:
        model = JointShare
        fields = ("village", "ceiling", "message")
        widgets = {"message": forms.Textarea(attrs={"rows": 3})}
        labels = {"village": "Desa yang diajak"}
        help_texts = {"message": "Dibaca oleh perangkat desa itu. Contoh: pelatihan dua hari di balai desa kami."}

    def __init__(self, *args: Any, need: Need, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.need = need
        answering = Membership.objects.current().filter(
            area=OuterRef("pk"), role__in=[*Need.DRAFTERS, Role.VILLAGE_HEAD]
        )
        asked = JointShare.objects.living().filter(need=need).values("village")
        rows = Area.objects.buyers().filter(Exists(answering), code__startswith=f"{need.village.regency_code}.")
        villages: Any = self.fields["village"]
        # Sent twice, the village is asked by now: the key knows, and the row's constraint.
        rows = rows if self.is_bound else rows.exclude(pk__in=asked)
        villages.queryset = rows.exclude(pk=need.village_id).order_by("name", "pk")
        villages.empty_label = "Pilih desa"
        villages.label_from_instance = lambda village: village.full_name


class ShareBudgetForm(MoveForm):
    """The activity of the village's own list; typed where it has none."""

    activity = ActivityChoiceField(label="Kegiatan APB Desa", queryset=Activity.objects.none(), empty_label=None)
    fiscal_year = forms.IntegerField(label="Tahun anggaran", min_value=2015, max_value=2100)
    funding = forms.ChoiceField(label="Sumber dana", choices=Funding.choices)
    activity_code = forms.CharField(
        label="Kode kegiatan/rekening", max_length=40, help_text="Seperti pada APB Desa. Contoh: 4.3.02"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        share = self.document
        year = share.need.fiscal_year or local_today(share.village).year
        listed = share.activities().filter(fiscal_year=year)
        if listed.exists():
            for name in ("fiscal_year", "funding", "activity_code"):
                del self.fields[name]
            self.fields["activity"].queryset = listed.order_by("activity_code", "pk")  # type: ignore[attr-defined]
            self.fields["activity"].help_text = f"Menampung paling banyak {rupiah(share.ceiling)}."
        else:
            del self.fields["activity"]
            self.fields["fiscal_year"].initial = year


class RefuseForm(MoveForm):
    """The village's assembly does not accept yet."""

    held_on = IndonesianDateField(label="Tanggal Musdes")
    number = forms.CharField(label="Nomor berita acara Musdes", max_length=100)
    note = forms.CharField(label="Yang belum diterima", widget=forms.Textarea(attrs={"rows": 4}), max_length=2000)


class AccountForm(MoveForm):
    """The village's assembly accepts: minutes and their signed scan."""

    held_on = IndonesianDateField(label="Tanggal Musdes")
    number = forms.CharField(
        label="Nomor berita acara Musdes", max_length=100, help_text="Dari buku agenda desa. Contoh: 140/9/BA/2026"
    )
    scan = ScanUploadField(label="Pindaian berita acara bertanda tangan")
    note = forms.CharField(label="Catatan", widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, required=False)
