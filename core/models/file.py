"""Private files: random names outside the web root, served only through a permission check."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import models, transaction
from django.utils import timezone

from core.codes import CodeField
from core.models.append_only import AppendOnly, AppendOnlyQuerySet

CHUNK = 1 << 20


def random_path(instance: StoredFile, filename: str) -> str:
    """A name that says nothing; the person's own file name is a column."""
    name = uuid.uuid4().hex
    return f"{name[:2]}/{name}"


_waiting: ContextVar[list[StoredFile] | None] = ContextVar("files of this act", default=None)


@contextmanager
def one_act() -> Iterator[None]:
    """A transaction whose files go with it: what was stored for an act that is refused is taken off the disk again."""
    with transaction.atomic():
        stored: list[StoredFile] = []
        whole, token = _waiting.get(), _waiting.set(stored)
        try:
            yield
            if whole is not None:  # an act within an act
                whole.extend(stored)
        except BaseException:  # the rows go, whatever it was; only what happens after a commit finds them kept
            for file in stored:
                file.content.storage.delete(file.content.name)
            raise
        finally:
            _waiting.reset(token)


class StoredFileQuerySet(models.QuerySet):
    def store(
        self,
        content: bytes,
        *,
        name: str,
        content_type: str,
        holder: models.Model | None = None,
        by: Any = None,
        personal: bool = False,
        public: bool = False,
    ) -> StoredFile:
        """Keep bytes that `core.uploads` has judged (or that we made) under a random name."""
        stored = StoredFile(
            name=name[:150],
            content_type=content_type,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            personal=personal,
            public=public,
            uploaded_by=by,
        )
        if holder is not None:
            stored.about, stored.about_id = holder._meta.label_lower, str(holder.pk)
        stored.content.save("", ContentFile(content), save=False)
        if (waiting := _waiting.get()) is not None:
            waiting.append(stored)
        stored.save()
        return stored

    def store_stream(
        self, content: Any, *, path: str, name: str, content_type: str, holder: models.Model, personal: bool = False
    ) -> StoredFile:
        """Keep what an open file holds, however long, without having it in memory.

        `path` is fixed by whoever asks, so that work done again after a kill takes the place of what was left behind.
        """
        digest, size = hashlib.sha256(), 0
        content.seek(0)
        while lot := content.read(CHUNK):
            digest.update(lot)
            size += len(lot)
        content.seek(0)
        stored = StoredFile(name=name[:150], content_type=content_type, size=size, sha256=digest.hexdigest())
        stored.about, stored.about_id, stored.personal = holder._meta.label_lower, str(holder.pk), personal
        storage = stored.content.storage
        storage.delete(path)
        stored.content.name = storage.save(path, File(content))
        if (waiting := _waiting.get()) is not None:
            waiting.append(stored)
        stored.save()
        return stored

    def share(self, file: StoredFile, *, by: Any = None) -> StoredFile:
        """The same bytes for another holder: a row of its own over the same stored content, which is never deleted."""
        return self.create(
            content=file.content.name,
            name=file.name,
            content_type=file.content_type,
            size=file.size,
            sha256=file.sha256,
            personal=file.personal,
            uploaded_by=by,
        )


class StoredFile(models.Model):
    """A file somebody gave us, or that we printed. Whoever may see its holder may see it.

    `personal` files (KTP, CV, bank account) log each view. `public` ones (a service's photo) are open.
    """

    code = CodeField()
    content = models.FileField(upload_to=random_path, max_length=80)
    name = models.CharField("nama berkas", max_length=150)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField("ukuran")
    sha256 = models.CharField(max_length=64)
    about = models.CharField(max_length=60, blank=True)
    about_id = models.CharField(max_length=40, blank=True)
    personal = models.BooleanField(default=False)
    public = models.BooleanField(default=False)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField("diunggah", default=timezone.now)

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        verbose_name = "berkas"
        verbose_name_plural = "berkas"
        indexes = (models.Index(fields=["about", "about_id"], name="file_about"),)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("file", args=[self.code])

    def hold(self, holder: models.Model) -> None:
        """Tie the file to the document whose readers may read it."""
        self.about, self.about_id = holder._meta.label_lower, str(holder.pk)
        self.save(update_fields=["about", "about_id"])

    def is_visible_to(self, user: Any) -> bool:
        """Public, or its holder is visible to this person; a holder may keep some of its files back (`shows`)."""
        if self.public:
            return True
        if not self.about:
            return bool(user.is_authenticated and self.uploaded_by_id == user.pk)
        holders = apps.get_model(self.about)._default_manager
        seen = holders.visible_to(user).filter(pk=self.about_id)
        if not hasattr(holders.model, "shows"):
            return bool(seen.exists())
        holder = seen.first()
        return holder is not None and holder.shows(self, user)


class FileView(AppendOnly):
    """Somebody opened a personal file."""

    about = models.CharField(max_length=60, default="core.storedfile")
    about_id = models.CharField(max_length=40)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("waktu", default=timezone.now)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = "pembukaan berkas pribadi"
        verbose_name_plural = "pembukaan berkas pribadi"

    def __str__(self) -> str:
        return f"{self.about_id} {self.at:%Y-%m-%d %H:%M}"
