"""What a provider does with its service: write, publish, change, pause, show photos; submit it where a Pokja reads first."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts import people
from accounts.models import Role
from catalog import search
from catalog.models.attribute import accepted
from catalog.models.version import ServiceVersion, substance
from core.workflow import Allowed, Denied, TransitionRefused, Verdict, born, moving, refuse_unless
from regions import codes
from regions.models import Area, Level

if TYPE_CHECKING:
    from catalog.models.photo import ServicePhoto
    from catalog.models.service import Service
    from core.uploads import CleanUpload

# What the provider may change; `areas` besides.
CONTENT = (
    "category", "subcategory", "kind", "title", "summary", "description", "deliverables", "requirements",
    "attributes", "unit", "price", "tax_included", "duration_days",
)  # fmt: skip


class Offering:
    """Verbs and guards of the provider's own people."""

    version_number: int
    attributes: dict[str, Any]
    published_at: Any
    paused_at: Any

    # --- who may ------------------------------------------------------------------------------------
    def _own(self, user: Any) -> Verdict:
        membership = people.acting(user, Role.PROVIDER, provider=self.provider_id)
        return Allowed(membership) if membership else Denied("Hanya penyedia layanan ini yang dapat mengubahnya.")

    may_revise = may_pause = may_add_photo = may_withdraw = _own

    def may_remove_photo(self, user: Any) -> Verdict:
        verdict = self._own(user)
        return verdict if not verdict or self.photos.exists() else Denied("Layanan ini belum mempunyai foto.")

    def may_withdraw_change(self, user: Any) -> Verdict:
        verdict = self._own(user)
        return verdict if not verdict or self.open_review() else Denied("Tidak ada perubahan yang menunggu.")

    def _is_ready(self, user: Any) -> Verdict:
        verdict = self._own(user)
        if not verdict:
            return verdict
        if missing := self.lacks():
            return Denied(f"Lengkapi dahulu: {', '.join(missing)}.")
        if not self._is_listed():
            return Denied(
                "Layanan baru dapat ditayangkan setelah Anda terdaftar di direktori penyedia. "
                "Ajukan verifikasi kepada Pokja P2KTD kabupaten/kota lebih dahulu."
            )
        return verdict

    def may_publish(self, user: Any) -> Verdict:
        verdict = self._is_ready(user)
        if verdict and self.state == "submitted":
            return Denied("Layanan menunggu pemeriksaan Pokja.")
        if verdict and self.is_to_be_read():
            where = self.reviewer().name
            return Denied(f"Pokja P2KTD {where} memeriksa layanan sebelum tayang. Pilih “Ajukan pemeriksaan”.")
        return verdict

    def may_submit(self, user: Any) -> Verdict:
        verdict = self._is_ready(user)
        if verdict and not self.is_to_be_read():
            return Denied("Layanan ini tidak perlu diperiksa lebih dahulu. Pilih “Tayangkan”.")
        return verdict

    # --- what they do -------------------------------------------------------------------------------
    def offer(self, *, by: Any, areas: Iterable[Area] = ()) -> None:
        """The provider writes down what it offers; nobody else sees it yet."""
        areas = outermost_areas(areas)
        fit(self)
        born(self, by=by, verdict=self._own(by), data={"price": self.price})
        self._serve(areas)

    def publish(self, *, by: Any) -> None:
        """Show it to every village."""
        with moving(self, "publish", by=by) as facts:
            self._come_out(by)
            facts["price"] = self.price
            if review := self.open_review():  # the regency no longer reads first
                review.withdraw(by=by)

    def submit(self, *, by: Any) -> None:
        """Have the Pokja read it before villages do."""
        with moving(self, "submit", by=by):
            self._lay_before_pokja(self.content(), by=by)

    def withdraw(self, *, by: Any) -> None:
        """Take it back from the Pokja, to go on writing."""
        with moving(self, "withdraw", by=by):
            if review := self.open_review():
                review.withdraw(by=by)

    def pause(self, *, by: Any) -> None:
        """Take it off the catalogue; orders that run go on. A change that waited is kept with the service."""
        with moving(self, "pause", by=by):
            self.paused_at = timezone.now()
            if review := self.open_review():
                self._take(review.content)
                review.withdraw(by=by)

    def revise(self, *, by: Any, areas: Iterable[Area] | None = None, **content: Any) -> None:
        """Change what is offered. The event keeps each old and new value, the price above all.

        Where the Pokja reads first, what is published stays as it is and the change waits for its word.
        """
        chosen = None if areas is None else outermost_areas(areas)
        if unknown := content.keys() - set(CONTENT):
            raise TypeError(f"revise() got unexpected {sorted(unknown)}")
        with moving(self, "revise", by=by) as facts:
            reads_first = self.state == "published" and self.reviewer() is not None
            target = copy.copy(self.as_proposed()) if reads_first else self
            old_codes = self.proposed_areas()
            changes = apply(target, content)
            new_codes = old_codes if chosen is None else sorted(area.code for area in chosen)
            if new_codes != old_codes:
                changes["areas"] = [old_codes, new_codes]
            facts["proposed" if reads_first else "changes"] = changes
            if reads_first:
                self._propose(target, new_codes, by=by)
            else:
                self._change(changes, chosen, by=by)

    def _change(self, changes: dict[str, Any], chosen: Iterable[Area] | None, *, by: Any) -> None:
        """What is not kept aside holds at once."""
        if "areas" in changes:
            self._serve(chosen or ())
        missing = self.lacks() if self.state != "draft" else []
        refuse_unless(not missing, f"Layanan yang tayang harus lengkap: {', '.join(missing)}.")
        if self.state == "published":
            self._keep_version(by)

    def withdraw_change(self, *, by: Any) -> None:
        """Drop the change that waits; what villages read stays."""
        with moving(self, "withdraw_change", by=by):
            for photo in self.photos.filter(shown=False):
                photo.close()
            self.open_review().withdraw(by=by)

    def add_photo(self, *, by: Any, photo: CleanUpload, caption: str) -> None:
        """A picture of earlier work, with its thumbnail; both are open to the public."""
        from catalog.models.photo import MOST_PHOTOS

        with moving(self, "add_photo", by=by, note=caption) as facts:
            reads_first = self.state == "published" and self.reviewer() is not None
            last = self.photos.order_by("-order").first()
            refuse_unless(self.photos.count() < MOST_PHOTOS, f"Paling banyak {MOST_PHOTOS} foto untuk satu layanan.")
            kept: ServicePhoto = self.photos.create(
                file=photo.store(holder=self, by=by, public=not reads_first),
                thumb=photo.store_thumbnail(holder=self, by=by, public=not reads_first),
                caption=caption,
                width=photo.width,
                height=photo.height,
                order=last.order + 1 if last else 1,
                shown=not reads_first,
            )
            facts["file"] = kept.file.code
            self._photos_changed(by)

    def remove_photo(self, *, by: Any, photo: ServicePhoto) -> None:
        """The picture leaves the page at once; its file stays stored, no longer open."""
        with moving(self, "remove_photo", by=by, note=photo.caption) as facts:
            facts["file"] = photo.file.code
            photo.close()
            self._photos_changed(by)

    # --- how ------------------------------------------------------------------------------------------
    def _serve(self, areas: Iterable[Area]) -> None:
        self.areas.set(areas)
        search.index(self)

    def _come_out(self, by: Any) -> None:
        self.published_at = self.published_at or timezone.now()
        self._keep_version(by)

    def _keep_version(self, by: Any) -> None:
        """Write down what villages read from now on, if it differs from what they read."""
        content, last = self.content(), self.versions.order_by("-number").first()
        if last is not None and substance(content) == substance(last.content):
            return
        self.version_number = last.number + 1 if last else 1
        ServiceVersion.objects.create(
            service=self, number=self.version_number, content=content, price=self.price, made_by=by
        )

    def _photos_changed(self, by: Any) -> None:
        if self.state != "published":
            return
        self._keep_version(by)
        if self.open_review() or self.photos.filter(shown=False).exists():
            self._propose(self.as_proposed(), self.proposed_areas(), by=by)


def apply(service: Service, content: dict[str, Any]) -> dict[str, Any]:
    """Set these fields, and say which changed: {name: [old, new]} as plain values. Refuses what does not fit."""
    changes = {}
    for name, new in content.items():
        old = getattr(service, name)
        if old != new:
            changes[name] = [getattr(old, "key", old), getattr(new, "key", new)]
            setattr(service, name, new)
    if changes.keys() & {"category", "subcategory", "unit", "attributes"}:
        fit(service)
    return changes


def fit(service: Service) -> None:
    """Subcategory, unit and answers are its category's own. What the category allowed earlier is not asked again."""
    category = service.category
    refuse_unless(
        service.subcategory is None or service.subcategory.category_id == category.pk,
        f"Subkategori ini bukan bagian dari kategori {category.name}.",
    )
    units = dict(category.allowed_units())
    refuse_unless(service.unit in units, f"Satuan untuk kategori {category.name}: {', '.join(units.values())}.")
    try:
        service.attributes = accepted(category.questions(), service.attributes)
    except ValidationError as problem:
        raise TransitionRefused(" ".join(problem.messages)) from problem


def outermost_areas(areas: Iterable[Area]) -> list[Area]:
    """Kabupaten, kota and provinces, without those inside a chosen province."""
    chosen = {area.code: area for area in areas}
    refuse_unless(
        all(area.level in (Level.PROVINCE, Level.REGENCY) for area in chosen.values()),
        "Wilayah layanan berupa kabupaten/kota atau provinsi.",
    )
    return [chosen[code] for code in codes.outermost(chosen)]
