from __future__ import annotations

from typing import Any, Final, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts import people
from accounts.models.membership import FACILITATOR_ROLES, VILLAGE_ROLES
from catalog.models import Service, ServiceVersion
from regions.scope import within
from transactions.models.planning.need import Need
from transactions.models.seeing import in_office
from transactions.models.sourcing.sourcing import Sourcing

MOST: Final = 20  # of one need; who keeps more has not chosen


class ShortlistedQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """The village's people, who helps and oversees them. Never a provider: not even its own."""
        return self.filter(in_office(user, "need__village"))

    def of_provider(self, provider: Any) -> Self:
        """For counting only: how often a provider's services were kept."""
        return self.filter(service__provider=provider)


class Shortlisted(models.Model):
    """A service that a village keeps in mind for one of its needs, as it was when it was seen."""

    need = models.ForeignKey(Need, models.PROTECT, related_name="shortlist_entries", verbose_name="kebutuhan")
    service = models.ForeignKey(Service, models.PROTECT, related_name="+", verbose_name="layanan")
    version = models.ForeignKey(ServiceVersion, models.PROTECT, related_name="+", verbose_name="versi")
    note = models.CharField("catatan", max_length=300, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    added_at = models.DateTimeField("disimpan", default=timezone.now, editable=False)

    is_orderable: bool  # set by `kept_for`

    objects = ShortlistedQuerySet.as_manager()

    class Meta:
        verbose_name = "daftar pendek"
        verbose_name_plural = "daftar pendek"
        ordering = ("added_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["need", "service"],
                name="shortlisted_once_per_need",
                violation_error_message="Layanan ini sudah ada dalam daftar pendek.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.need_id}: {self.service_id}"

    def get_absolute_url(self) -> str:
        return self.need.shortlist_url

    @property
    def has_changed(self) -> bool:
        """Is the service offered otherwise than when it was kept?"""
        return self.service.version_number != self.version.number

    @property
    def price_change(self) -> int:
        """By how many rupiah the price of today is above (or below) the one that was seen."""
        return self.service.price - self.version.price

    @property
    def rise(self) -> int:
        """How much more it costs today; 0 when not more."""
        return max(self.price_change, 0)

    @property
    def fall(self) -> int:
        """How much less it costs today; 0 when not less."""
        return max(-self.price_change, 0)

    @property
    def pinned(self) -> str:
        """As an address of a comparison names what was seen: the code and the version."""
        return f"{self.service.code}@{self.version.number}"


def shortlisting(user: Any) -> models.QuerySet[Need]:
    """The needs for which this person may keep services now: nobody is asked to offer yet. Newest first."""
    mine = within("village", people.territories(user, *VILLAGE_ROLES, *FACILITATOR_ROLES))
    asked = Sourcing.objects.filter(need=OuterRef("pk")).exclude(state__in=["draft", "failed"])
    return Need.objects.filter(mine, ~Exists(asked), state__in=Need.MOVES["shortlist"].sources).order_by("-pk")


def kept_for(need: Need) -> list[Shortlisted]:
    """A need's shortlist, oldest first, each marked whether the village can order it today; two queries."""
    rows = list(need.shortlist_entries.select_related("service__provider", "version", "added_by"))
    if rows:
        services = [row.service_id for row in rows]
        found = Service.objects.orderable_in(need.village_id).filter(pk__in=services)
        orderable = set(found.values_list("pk", flat=True))
        for row in rows:
            row.is_orderable = row.service_id in orderable
    return rows


def may_keep(need: Need, user: Any) -> bool:
    """Is this person to change the list, now?"""
    return need.state in Need.MOVES["shortlist"].sources and bool(need.may_shortlist(user))
