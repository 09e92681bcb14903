"""Who works for a provider, what it has done, and where it works: each entry is proved by a paper of its own."""

from __future__ import annotations

from typing import Any, Self

from django.db import models, transaction
from django.utils import timezone

from accounts.models import Provider
from core.codes import CodeField
from core.workflow import Denied, Verdict, refuse_unless
from regions.models import Area, Level
from verification.models import profile
from verification.models.application import AT_POKJA, BEFORE_POKJA
from verification.models.submitted import SubmittedDocument

MOST = 100  # entries of a kind: more is a mistake, or an attack
MOST_REGENCIES = 40


class EntryQuerySet(models.QuerySet["Entry"]):
    def kept(self) -> Self:
        """What stands in the portfolio now."""
        return self.filter(removed_at=None)


class Entry(models.Model):
    """A line of a provider's portfolio. What is taken away stays stored, for the applications that showed it."""

    provider: Any
    code = CodeField()
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ("pk",)


class Expert(Entry):
    """A person whose knowledge the provider offers, with the certificate that counts."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="expert_entries")
    name = models.CharField("nama tenaga ahli", max_length=150)
    education = models.CharField("pendidikan terakhir", max_length=120)
    expertise = models.CharField("keahlian", max_length=150)
    certificate = models.CharField("sertifikat kompetensi", max_length=150, blank=True)
    certificate_number = models.CharField("nomor sertifikat", max_length=100, blank=True)
    certificate_until = models.DateField("sertifikat berlaku sampai", null=True, blank=True)

    class Meta(Entry.Meta):
        verbose_name = "tenaga ahli"
        verbose_name_plural = "tenaga ahli"

    def __str__(self) -> str:
        return self.name


class Experience(Entry):
    """Work that was done before, with the contract or hand-over that proves it. Value in whole rupiah."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="experience_entries")
    title = models.CharField("pekerjaan", max_length=150)
    client = models.CharField("pemberi kerja", max_length=150)
    year = models.PositiveSmallIntegerField("tahun")
    value = models.BigIntegerField("nilai", null=True, blank=True)
    contract_number = models.CharField("nomor kontrak atau BAST", max_length=100, blank=True)

    class Meta(Entry.Meta):
        verbose_name = "pengalaman"
        verbose_name_plural = "pengalaman"

    def __str__(self) -> str:
        return f"{self.title} ({self.year})"


# --- who may ------------------------------------------------------------------------------------------
def may_remove_from(provider: Provider, user: Any) -> Verdict:
    """Its own people, while no Pokja reads it. Who has left may be taken out after listing, too."""
    verdict = profile.may_change(provider, user)
    if not verdict:
        return verdict
    held = provider.applications.filter(state__in=AT_POKJA).select_related("regency").first()
    if held:
        return Denied(f"Daftar ini sedang diperiksa Pokja {held.regency.name} dan tidak dapat diubah sekarang.")
    return verdict


def may_add_to(provider: Provider, user: Any) -> Verdict:
    """The same; what is added after listing waits for an application in which somebody checks it."""
    verdict = may_remove_from(provider, user)
    if not verdict or provider.applications.filter(state__in=BEFORE_POKJA).exists():
        return verdict
    listed = provider.standings.current().select_related("regency").first()
    if listed:
        return Denied(
            f"Daftar ini sudah diperiksa Pokja {listed.regency.name}. Tambahan diperiksa bersama perpanjangan Anda."
        )
    return verdict


def may_edit(entry: Entry, user: Any) -> Verdict:
    """An entry whose paper was found right stays as it is while the rest is mended."""
    return _unless_proved(entry, may_add_to(entry.provider, user))


def may_remove(entry: Entry, user: Any) -> Verdict:
    return _unless_proved(entry, may_remove_from(entry.provider, user))


def _unless_proved(entry: Entry, verdict: Verdict) -> Verdict:
    proved = _papers(entry).filter(application__state="returned", verdict=SubmittedDocument.Verdict.CONFORMING)
    if verdict and any(not paper.expired for paper in proved):
        return Denied(f"Dokumen “{entry}” sudah dinilai sesuai oleh Pokja, jadi butir ini tidak diubah lagi.")
    return verdict


def _papers(entry: Entry) -> models.QuerySet[SubmittedDocument]:
    """What is shown of it in the applications that are still in the applicant's hands."""
    mine = SubmittedDocument.objects.current().filter(application__provider=entry.provider_id)
    return mine.filter(application__state__in=BEFORE_POKJA, entry=entry.code)


# --- what they do -------------------------------------------------------------------------------------
def add(entry: Entry, *, by: Any) -> Entry:
    """A new line, not yet saved; the provider's number of experts follows."""
    with transaction.atomic():
        provider = Provider.objects.select_for_update().get(pk=entry.provider_id)
        _allow(may_add_to(provider, by))
        kept = type(entry)._default_manager.filter(provider=provider, removed_at=None).count()
        refuse_unless(kept < MOST, f"Paling banyak {MOST} butir. Hapus yang tidak perlu dahulu.")
        entry.save()
        _count_experts(provider)
        profile.log(provider, "add_entry", by, [entry._meta.model_name or ""])
    return entry


def edit(entry: Entry, *, by: Any, **fields: Any) -> None:
    """Correct a line; a paper that was carried over from an earlier application has to be read again."""
    with transaction.atomic():
        provider = Provider.objects.select_for_update().get(pk=entry.provider_id)
        _allow(may_edit(entry, by))
        changed = [name for name, value in fields.items() if getattr(entry, name) != value]
        if not changed:
            return
        for name in changed:
            setattr(entry, name, fields[name])
        entry.save()
        papers = _papers(entry)
        papers.filter(verdict=SubmittedDocument.Verdict.CONFORMING).update(
            verdict=SubmittedDocument.Verdict.PENDING, judged_at=None, judged_by=None
        )
        papers.update(entry_label=str(entry))
        profile.log(provider, "edit_entry", by, changed)


def remove(entry: Entry, *, by: Any) -> None:
    """Take a line out, and with it the papers about it that no Pokja has in hand."""
    with transaction.atomic():
        provider = Provider.objects.select_for_update().get(pk=entry.provider_id)
        _allow(may_remove(entry, by))
        now = timezone.now()
        gone = type(entry)._default_manager.filter(pk=entry.pk, removed_at=None).update(removed_at=now)
        refuse_unless(gone, "Butir ini sudah dihapus.")
        _papers(entry).update(replaced_at=now)
        _count_experts(provider)
        profile.log(provider, "remove_entry", by, [entry._meta.model_name or ""])


def _allow(verdict: Verdict) -> None:
    refuse_unless(verdict, getattr(verdict, "reason", ""))


def _count_experts(provider: Provider) -> None:
    count = Expert.objects.filter(provider=provider, removed_at=None).count()
    Provider.objects.filter(pk=provider.pk).update(experts=count)


# --- where it works -------------------------------------------------------------------------------------
def serve(provider: Provider, *, by: Any, area: Area) -> None:
    """Say that the provider works in this regency, too. Its own word: nothing is decided by it."""
    with transaction.atomic():
        locked = Provider.objects.select_for_update().get(pk=provider.pk)
        _allow(profile.may_change(locked, by))
        refuse_unless(area.level == Level.REGENCY, "Pilih kabupaten atau kota.")
        if locked.serves.filter(pk=area.pk).exists():
            return
        refuse_unless(locked.serves.count() < MOST_REGENCIES, f"Paling banyak {MOST_REGENCIES} kabupaten/kota.")
        locked.serves.add(area)
        profile.log(locked, "serve", by, ["serves"])


def stop_serving(provider: Provider, *, by: Any, area: Area) -> None:
    """Take a regency out of the areas served."""
    with transaction.atomic():
        locked = Provider.objects.select_for_update().get(pk=provider.pk)
        _allow(profile.may_change(locked, by))
        locked.serves.remove(area)
        profile.log(locked, "stop_serving", by, ["serves"])
