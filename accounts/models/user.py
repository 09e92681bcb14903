from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import get_random_string, salted_hmac

from core.validators import validate_person_name
from regions.scope import NATION

if TYPE_CHECKING:
    from accounts.models.membership import Membership


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: Any) -> Self:
        """Oneself; an office, the people who work or ask to work in its territory; the ministry, everyone."""
        from accounts.models.membership import Membership, Role
        from accounts.models.village_access import VillageAccess
        from accounts.people import territories
        from regions.scope import within

        if not user.is_authenticated:
            return self.none()
        codes = territories(user, Role.REGENCY_OFFICE, Role.PROVINCE_OFFICE, Role.MINISTRY)
        if NATION in codes:
            return self.all()
        working = Membership.objects.filter(within("area", codes)).values("user")
        asking = VillageAccess.objects.filter(within("village", codes)).values("user")
        return self.filter(Q(pk=user.pk) | Q(pk__in=working) | Q(pk__in=asking))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person with an account of their own. What they may do comes from memberships, never from here."""

    class Side(models.TextChoices):
        VILLAGE = "village", "Desa"
        PROVIDER = "provider", "Penyedia"

    email = models.EmailField("email", unique=True, error_messages={"unique": "Email ini sudah terdaftar."})
    name = models.CharField("nama lengkap", max_length=150, validators=[validate_person_name])
    side = models.CharField("mendaftar sebagai", max_length=8, choices=Side.choices, blank=True)
    is_active = models.BooleanField("aktif", default=True)
    date_joined = models.DateTimeField("terdaftar", default=timezone.now)
    # UU 27/2022: which text on personal data this person agreed to, and when.
    consent_version = models.CharField("versi pemberitahuan privasi", max_length=20, blank=True, editable=False)
    consent_at = models.DateTimeField("setuju pada", null=True, editable=False)
    # Part of every session's fingerprint: a new value ends all sessions of this person.
    session_salt = models.CharField(max_length=32, blank=True, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        verbose_name = "pengguna"
        verbose_name_plural = "pengguna"

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """As Django's, and `session_salt`: a session from before the second factor does not outlive it."""
        return salted_hmac(
            "accounts.User.session", f"{self.password}{self.session_salt}", secret=secret, algorithm="sha256"
        ).hexdigest()

    def end_sessions(self) -> None:
        """Log this person out everywhere; a view that wants to keep its own session renews it."""
        self.session_salt = get_random_string(32)
        self.save(update_fields=["session_salt"])

    @cached_property
    def memberships_now(self) -> list[Membership]:
        """The memberships in force today, with area and provider; one query a request."""
        from accounts.models.membership import Membership

        return list(Membership.objects.filter(user=self).current().select_related("area", "provider__area"))

    @cached_property
    def has_second_factor(self) -> bool:
        """Has this person set up the second step of logging in?"""
        from allauth.mfa.utils import is_mfa_enabled

        return bool(is_mfa_enabled(self))

    # The admin asks these; the answer there comes from memberships (see accounts/admin_site.py).
    @property
    def is_staff(self) -> bool:
        from accounts.people import works_in_admin

        return works_in_admin(self)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff
