"""A service, or a change of one, before the Pokja of the regency that reads services before villages do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts import people
from accounts.models import Role
from accounts.models.membership import POKJA_ROLES
from catalog.models.service import Service
from catalog.models.version import ServiceVersion
from core.models import Document
from core.workflow import Allowed, Denied, Move, Verdict, born, moves, moving, refuse_unless
from regions.models import Area
from regions.scope import within
from verification.models import Declaration

OPEN = ("submitted", "returned")


class ServiceReviewQuerySet(models.QuerySet["ServiceReview"]):
    def open(self) -> Self:
        """Before the Pokja, or back with the provider."""
        return self.filter(state__in=OPEN)

    def visible_to(self, user: Any) -> Self:
        """The Pokja and offices of the regency, and the provider."""
        territory = people.territories(user, *POKJA_ROLES, Role.REGENCY_OFFICE, Role.MINISTRY)
        return self.filter(within("regency", territory) | Q(service__provider__in=people.providers(user)))

    def waiting_for(self, user: Any) -> Self:
        """The Pokja reads what it is not tied to; the provider goes on with what came back."""
        territory = people.territories(user, *POKJA_ROLES)
        back = Q(state="returned", service__provider__in=people.providers(user))
        if not territory:
            return self.filter(back)
        barred = Service.objects.filter(Declaration.objects.barred_providers(user))
        reads = Q(state="submitted") & within("regency", territory) & ~Q(service__in=barred)
        return self.filter(back | reads)


class ServiceReview(Document):
    """What a provider wants villages to read, until the Pokja has said yes: a new service, or a change of one.

    `base` is the version that villages read meanwhile (none for a new service); `revision` counts how often the
    provider laid down another content, so that nobody approves what they have not seen.
    """

    class State(models.TextChoices):
        SUBMITTED = "submitted", "Menunggu Pokja"
        RETURNED = "returned", "Dikembalikan"
        APPROVED = "approved", "Disetujui"
        WITHDRAWN = "withdrawn", "Ditarik"

    MOVES = moves(
        Move("approve", ("submitted",), "approved", "Setujui", "Disetujui"),
        Move("give_back", ("submitted",), "returned", "Kembalikan", "Dikembalikan", tone="secondary"),
        Move("amend", OPEN, "submitted", "Ajukan lagi", "Isi diubah dan diajukan", inner=True),
        Move("withdraw", OPEN, "withdrawn", "Tarik", "Ditarik penyedia", inner=True),
    )
    TONES = {"submitted": "wait", "returned": "warn", "approved": "good", "withdrawn": "neutral"}

    state = models.CharField("status", max_length=24, choices=State.choices, default=State.SUBMITTED, editable=False)
    service = models.ForeignKey(Service, models.PROTECT, related_name="reviews", verbose_name="layanan")
    regency = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="kabupaten/kota")
    base = models.ForeignKey(
        ServiceVersion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="versi yang tayang"
    )
    content = models.JSONField("isi", editable=False)
    revision = models.PositiveIntegerField("pengajuan ke", default=1, editable=False)
    reason = models.TextField("alasan dikembalikan", max_length=1000, blank=True)
    decided_at = models.DateTimeField("diputuskan", null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="oleh", editable=False
    )

    objects = ServiceReviewQuerySet.as_manager()

    class Meta:
        verbose_name = "pemeriksaan layanan"
        verbose_name_plural = "pemeriksaan layanan"
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["service"], condition=Q(state__in=OPEN), name="service_review_one_open",
                violation_error_message="Layanan ini sudah diajukan.",
            ),
            models.CheckConstraint(
                name="service_review_return_has_reason", condition=~Q(state="returned") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="service_review_decision_is_signed",
                condition=~Q(state__in=["returned", "approved"])
                | Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return str(self.content["title"])

    def get_absolute_url(self) -> str:
        """Where whoever's turn it is goes on: the Pokja at its desk, the provider at its service."""
        from django.urls import reverse

        if self.state == self.State.RETURNED:
            return self.service.get_absolute_url()
        return reverse("admin:catalog_servicereview_change", args=[self.code])

    def move_url(self, verb: str) -> str:
        """The verb's address at the Pokja's desk."""
        from django.urls import reverse

        return reverse("admin:catalog_servicereview_move", args=[self.code, self.MOVES[verb].slug])

    @property
    def task(self) -> str:
        """As a line of what waits names it."""
        return f"{'Perubahan layanan' if self.base_id else 'Layanan baru'}: {self}"

    @property
    def status_sentence(self) -> str:
        what = "Perubahan" if self.base_id else "Layanan"
        pokja = f"Pokja P2KTD {self.regency.name}"
        return {
            "submitted": f"{what} menunggu pemeriksaan {pokja}.",
            "returned": f"{what} dikembalikan {pokja}: {self.reason}",
            "approved": f"{what} disetujui {pokja}.",
            "withdrawn": f"{what} ditarik kembali oleh penyedia.",
        }[self.state]

    @property
    def returned_as(self) -> str:
        """The heading of its reason on the provider's page."""
        return f"{'Perubahan' if self.base_id else 'Layanan'} dikembalikan Pokja P2KTD {self.regency.name}"

    # --- who may ------------------------------------------------------------------------------------
    def may_approve(self, user: Any) -> Verdict:
        """A member of the regency's Pokja whom nothing ties to the provider."""
        membership = people.acting(user, *POKJA_ROLES, at=self.regency_id)
        if not membership:
            return Denied(f"Hanya Pokja P2KTD {self.regency.name} yang memeriksa layanan ini.")
        if tie := Declaration.objects.tie(user, self.service.provider_id):
            return Denied(f"Anda tidak memeriksa layanan penyedia ini: {tie}.")
        return Allowed(membership)

    may_give_back = may_approve

    def _provider(self, user: Any) -> Verdict:
        return self.service._own(user)

    may_amend = may_withdraw = _provider

    # --- what they do -------------------------------------------------------------------------------
    def begin(self, content: dict[str, Any], *, by: Any) -> None:
        """The provider lays it before the Pokja; the service's own verb calls this, under its lock."""
        self.content, self.base = content, self.service.current_version if self.service.state == "published" else None
        born(self, by=by, verdict=self._provider(by), data={"price": content["price"]})

    def amend(self, content: dict[str, Any], *, by: Any) -> None:
        """Another content in its place; whoever had read the earlier one reads again."""
        with moving(self, "amend", by=by) as facts:
            service = self.service
            self.content, self.base = content, service.current_version if service.state == "published" else None
            self.revision += 1
            facts |= {"price": content["price"], "revision": self.revision}

    def withdraw(self, *, by: Any) -> None:
        """Nothing waits any more."""
        with moving(self, "withdraw", by=by):
            pass

    def approve(self, *, by: Any, seen: int) -> None:
        """Villages may read it from now on. `seen` is the revision that was read."""
        with self._service_locked() as service, moving(self, "approve", by=by):
            self._refuse_unseen(seen)
            self._sign(by)
            if self.base_id:
                service.take_change(by=by, content=self.content)
            else:
                service.accept(by=by)

    def give_back(self, *, by: Any, seen: int, reason: str) -> None:
        """The provider is told what to mend; what villages read stays as it is."""
        with self._service_locked() as service, moving(self, "give_back", by=by, note=reason):
            self._refuse_unseen(seen)
            refuse_unless(reason.strip(), "Tulis apa yang perlu diperbaiki.")
            self._sign(by)
            self.reason = reason.strip()
            give_back = service.return_change if self.base_id else service.give_back
            give_back(by=by, reason=self.reason)

    @contextmanager
    def _service_locked(self) -> Iterator[Service]:
        """The service's row before its review's: the provider's verbs take them in this order, too."""
        with transaction.atomic():
            yield Service.objects.select_for_update(of=("self",)).get(pk=self.service_id)

    def _refuse_unseen(self, seen: int) -> None:
        refuse_unless(
            seen == self.revision, "Penyedia mengubah isinya setelah halaman ini Anda buka. Periksa isi yang baru."
        )

    def _sign(self, by: Any) -> None:
        self.decided_at, self.decided_by = timezone.now(), by
