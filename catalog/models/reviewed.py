"""A service before the Pokja: whether it is read first, the change that waits, and what the Pokja's word does to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from catalog.models.version import fields_in, substance
from core.workflow import Denied, Verdict, moving, refuse_unless
from regions.models import Area
from verification.models import Standing, VerificationRule

if TYPE_CHECKING:
    from catalog.models.review import ServiceReview
    from catalog.models.service import Service


class Reviewed:
    """What the Pokja's verbs on a `ServiceReview` do to the service; none has a page of its own."""

    def reviewer(self) -> Area | None:
        """The regency whose Pokja reads this service before villages do: where its provider is listed longest, if
        that regency wants it today."""
        listings = Standing.objects.current().filter(provider=self.provider_id).order_by("listed_on", "pk")
        oldest = listings.select_related("regency").first()
        if oldest and VerificationRule.objects.in_force(oldest.regency_id).services_reviewed:
            return oldest.regency
        return None

    def is_to_be_read(self) -> bool:
        """Does it say something that no Pokja has read, where one wants to? What was shown before was read."""
        if self.reviewer() is None:
            return False
        shown = self.current_version
        return shown is None or substance(self.content()) != substance(shown.content)

    def open_review(self) -> ServiceReview | None:
        """What lies before the Pokja, or came back from it."""
        return self.reviews.open().select_related("regency").first()

    def returned_review(self) -> ServiceReview | None:
        """What came back from the Pokja for the provider to go on with."""
        review = self.open_review()
        return review if review and review.state == "returned" else None

    # --- who may ------------------------------------------------------------------------------------
    def _judge(self, user: Any) -> Verdict:
        review = self.open_review()
        return review.may_approve(user) if review else Denied("Tidak ada yang menunggu pemeriksaan.")

    may_accept = may_give_back = may_take_change = may_return_change = _judge

    # --- what it does -------------------------------------------------------------------------------
    def accept(self, *, by: Any) -> None:
        """The Pokja has read it: villages may, too."""
        with moving(self, "accept", by=by) as facts:
            self._come_out(by)
            facts["price"] = self.price

    def give_back(self, *, by: Any, reason: str) -> None:
        """The provider is to go on writing."""
        with moving(self, "give_back", by=by, note=reason):
            pass

    def take_change(self, *, by: Any, content: dict[str, Any]) -> None:
        """What waited takes the place of what villages read."""
        with moving(self, "take_change", by=by) as facts:
            facts["price"] = content["price"]
            self._take(content)
            self._keep_version(by)

    def return_change(self, *, by: Any, reason: str) -> None:
        """What villages read stays; the provider is to go on writing."""
        with moving(self, "return_change", by=by, note=reason):
            pass

    # --- how ------------------------------------------------------------------------------------------
    def _take(self, content: dict[str, Any]) -> None:
        for name, value in fields_in(content).items():
            setattr(self, name, value)
        self._serve(Area.objects.filter(code__in=[area["code"] for area in content["areas"]]))
        for photo in self.photos.filter(shown=False).select_related("file", "thumb"):
            photo.open()

    def _propose(self, target: Service, codes: Iterable[str], *, by: Any) -> None:
        """Lay a change before the Pokja; one that changes nothing any more is taken back."""
        content = target.content_with(Area.objects.filter(code__in=codes).order_by("code"), self.photos.all())
        shown = self.current_version
        if shown is None or substance(content) != substance(shown.content):
            missing = [each for each in target.lacks() if each != "wilayah layanan"]
            missing += [] if content["areas"] else ["wilayah layanan"]
            refuse_unless(not missing, f"Layanan yang tayang harus lengkap: {', '.join(missing)}.")
            self._lay_before_pokja(content, by=by)
        elif review := self.open_review():
            review.withdraw(by=by)

    def _lay_before_pokja(self, content: dict[str, Any], *, by: Any) -> None:
        from catalog.models.review import ServiceReview

        if review := self.open_review():
            review.amend(content, by=by)
        else:
            ServiceReview(service=self, regency=self.reviewer()).begin(content, by=by)
