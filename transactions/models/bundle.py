from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts import people
from accounts.models.membership import VILLAGE_ROLES
from core.codes import CodeField
from core.documents import fingerprint
from core.formats import waktu
from core.models import Job, StoredFile
from regions.scope import within
from transactions.models.planning.need import Need
from transactions.models.seeing import OVERSEERS, in_office
from transactions.models.sourcing.quotation import Invitation

KEEP = dt.timedelta(days=7)


def hidden_path() -> str:
    """Where the file will lie: a name that says nothing, fixed before the work begins."""
    name = uuid.uuid4().hex
    return f"{name[:2]}/{name}"


class BundleQuerySet(models.QuerySet["Bundle"]):
    def visible_to(self, user: Any) -> Self:
        """One's own; and those that the leading village's office shares. Whoever lost the order has lost its bundles;
        whoever left its office, or bids now, those that had the office's papers in them."""
        asked = Invitation.objects.filter(provider__in=people.providers(user)).values("sourcing__need")
        office = Q(need__in=Need.objects.filter(in_office(user, need="pk")).exclude(pk__in=asked))
        own = Q(person=user.pk) & (Q(manifest__office=False) | office)
        shared = Q(person=None) & within("need__village", people.territories(user, *VILLAGE_ROLES, *OVERSEERS))
        return self.filter(own | shared, need__in=Need.objects.visible_to(user))

    def of(self, need: Need, user: Any) -> Self:
        """The latest of an order, for its page."""
        rows = self.visible_to(user).filter(need=need.pk).order_by("-asked_at", "-pk")
        return rows.select_related("asked_by", "need__village").defer("manifest")[:4]

    def shares(self, need: Need, user: Any) -> bool:
        """Does this person see just what the leading village's office sees? Not who works for a provider, too, nor a
        village that takes part."""
        if people.providers(user):
            return False
        mine = within("village", people.territories(user, *VILLAGE_ROLES, *OVERSEERS))
        return Need.objects.filter(mine, pk=need.pk).exists()

    @transaction.atomic
    def ask(self, need: Need, form: str, manifest: dict[str, Any], *, person: Any, by: Any) -> Bundle:
        """The bundle with this content: the one that is there, or a new one and the job that makes it."""
        values = {"manifest": manifest, "asked_by": by}
        same = {"need": need, "form": form, "person": person, "fingerprint": fingerprint(manifest)}
        bundle, is_new = self.get_or_create(**same, defaults=values)
        if not is_new:
            self._want_again(bundle)
        Job.objects.enqueue("transactions.bundle", key=bundle.job_key, bundle=bundle.pk)
        return bundle

    def _want_again(self, bundle: Bundle) -> None:
        """Its time begins anew, and where the worker gave up it tries again. Whoever makes it holds its row for minutes:
        nobody waits for that."""
        if not self.select_for_update(skip_locked=True, of=("self",)).filter(pk=bundle.pk).exists():
            return
        self.filter(pk=bundle.pk).update(asked_at=timezone.now())
        if bundle.file_id is None:
            Job.objects.retry(bundle.job_key)

    def forget(self) -> int:
        """Take away those whose time is over, with their files; they can be asked for again."""
        gone = 0
        for pk in self.filter(asked_at__lt=timezone.now() - KEEP).values_list("pk", flat=True):
            with transaction.atomic():
                row = (
                    self.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).select_related("file").first()
                )
                if row is None:  # being made, or taken away by another
                    continue
                row.forget()
                gone += 1
        return gone


class Bundle(models.Model):
    """An order's papers in one file, as they were when somebody asked: a ZIP, or one PDF with a table of contents.

    `manifest` is what belongs in it, as the asker may see it; the worker looks nothing up. The same content is made
    once. A person who also works for a provider has a bundle of their own, since their own offers are in it; so has a
    village that takes part in another's purchase.
    """

    class Form(models.TextChoices):
        ZIP = "zip", "ZIP"
        PDF = "pdf", "PDF gabungan"

    code = CodeField()
    need = models.ForeignKey(Need, models.PROTECT, related_name="bundles")
    form = models.CharField("bentuk", max_length=4, choices=Form.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    manifest = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    path = models.CharField(max_length=80, default=hidden_path)
    file = models.OneToOneField(StoredFile, models.PROTECT, null=True, related_name="bundle")
    pages = models.PositiveIntegerField("halaman", null=True)
    remarks = models.JSONField(default=list)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("diminta", default=timezone.now)
    made_at = models.DateTimeField("selesai", null=True)

    objects = BundleQuerySet.as_manager()

    class Meta:
        verbose_name = "kumpulan berkas"
        verbose_name_plural = "kumpulan berkas"
        constraints = (
            models.UniqueConstraint(
                fields=["need", "form", "person", "fingerprint"], name="bundle_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="bundle_made_with_file",
                condition=Q(file=None, made_at=None) | Q(file__isnull=False, made_at__isnull=False),
            ),
        )
        indexes = (models.Index(fields=["asked_at"], name="bundle_asked"),)

    def __str__(self) -> str:
        return f"{self.get_form_display()} {self.need_id}"

    def get_absolute_url(self) -> str:
        return reverse("order-bundle", args=[self.need.code, self.code])

    @property
    def job_key(self) -> str:
        return f"bundle:{self.code}"

    @property
    def until(self) -> dt.datetime:
        """When it is taken away."""
        return self.asked_at + KEEP

    @property
    def until_sentence(self) -> str:
        """For a list of them."""
        since = waktu(self.asked_at, self.need.village)
        return f"{'Siap' if self.file_id else 'Sedang disiapkan'}; diminta {since} oleh {self.asked_by.name}"

    @property
    def is_stuck(self) -> bool:
        """The worker gave up; operators see it."""
        return self.file_id is None and Job.objects.filter(key=self.job_key, parked_at__isnull=False).exists()

    def forget(self) -> None:
        """The rows go now, the bytes when that is certain."""
        file, path = self.file, self.path
        self.delete()
        if file is not None:
            file.delete()
        storage = StoredFile._meta.get_field("content").storage
        transaction.on_commit(lambda: storage.delete(path))
