"""How often a thing may be tried: counted in PostgreSQL, in one statement, so that a volley cannot slip through.

Counting in the cache let 40 of 80 parallel tries pass, and with Redis away nobody could log in. Phones of one
carrier share an address: what is limited by account is narrow, by address wide (reliability finding 7).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import wraps
from math import ceil
from typing import Any

from allauth.account.adapter import get_adapter
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models.limit import Limit

MINUTE, HOUR = 60, 3600

TAKE = """
    INSERT INTO accounts_limit AS l (key, count, resets_at)
    VALUES (%(key)s, 1, clock_timestamp() + make_interval(secs => %(seconds)s))
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN l.resets_at <= clock_timestamp() THEN 1 ELSE l.count + 1 END,
        resets_at = CASE WHEN l.resets_at <= clock_timestamp() THEN excluded.resets_at ELSE l.resets_at END
    RETURNING count, extract(epoch FROM resets_at - clock_timestamp())
"""


@dataclass(frozen=True, slots=True)
class Allowance:
    """`most` tries of `what` in `seconds`, for one `whom` (an address, an account)."""

    what: str
    whom: str
    most: int
    seconds: int

    @property
    def key(self) -> str:
        return salted_hmac("accounts.limits", f"{self.what}\0{self.whom}", algorithm="sha256").hexdigest()

    def take(self) -> int:
        """Count one try before it is made. 0: go on; otherwise the seconds until tries are counted anew."""
        if secrets.randbelow(500) == 0:
            Limit.objects.filter(resets_at__lt=timezone.now()).delete()
        with connection.cursor() as cursor:
            cursor.execute(TAKE, {"key": self.key, "seconds": self.seconds})
            count, left = cursor.fetchone()
        return 0 if count <= self.most else max(1, ceil(left))

    def give_back(self) -> None:
        """The try was right after all: it does not count. The wrong ones before it stay counted."""
        with connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_limit SET count = count - 1 WHERE key = %s AND count > 0", [self.key])

    def forget(self) -> None:
        """The owner proved themselves in another way (a new password by mail)."""
        Limit.objects.filter(key=self.key).delete()


def address_of(request: HttpRequest) -> str:
    return str(get_adapter().get_client_ip(request))


def wrong_passwords(email: str) -> Allowance:
    return Allowance("password", email.strip().lower(), 10, 5 * MINUTE)


def wrong_passwords_from(request: HttpRequest) -> Allowance:
    return Allowance("password-address", address_of(request), 1000, 5 * MINUTE)


def wrong_codes(user: Any) -> Allowance:
    """Codes of the second factor: six digits must not be guessed."""
    return Allowance("code", str(user.pk), 10, 5 * MINUTE)


def used_code(user: Any, code: str) -> Allowance:
    """A code of the authenticator app opens once; it is valid for a minute and a half."""
    return Allowance("used-code", f"{user.pk}:{code}", 1, 2 * MINUTE)


def mailed_codes(email: str) -> Allowance:
    """Codes that we mailed to this address, typed in wrongly or rightly."""
    return Allowance("mailed-code", email.lower(), 15, 15 * MINUTE)


def mails_to(email: str) -> Allowance:
    """Mails that a stranger could make us send to this address by asking for codes."""
    return Allowance("mail", email.lower(), 12, HOUR)


def village_requests(user: Any) -> Allowance:
    """Requests for access to villages: each one asks an office to read a letter."""
    return Allowance("village-request", str(user.pk), 10, 24 * HOUR)


def successions(user: Any) -> Allowance:
    """Changes of officials one person states: an office after elections states many; nobody guesses addresses."""
    return Allowance("succession", str(user.pk), 200, 24 * HOUR)


def questions(user: Any) -> Allowance:
    """Questions about services: each is told to a provider, who answers it in public."""
    return Allowance("question", str(user.pk), 20, 24 * HOUR)


def wanted(user: Any) -> Allowance:
    """Services that are missing: each is counted for a regency."""
    return Allowance("wanted", str(user.pk), 30, 24 * HOUR)


def sentence(wait: int) -> str:
    """What the person reads when the allowance is used up."""
    minutes = ceil(wait / MINUTE)
    when = f"{minutes} menit" if minutes <= 90 else f"{ceil(wait / HOUR)} jam"
    return f"Terlalu banyak percobaan. Coba lagi sekitar {when} lagi."


def limited(view: Any, what: str, most: int, seconds: int) -> Any:
    """A view that takes at most `most` submissions from one address in `seconds`; then 429 and a sentence."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            wait = Allowance(what, address_of(request), most, seconds).take()
            if wait:
                context = {"sentence": sentence(wait), "wait": ceil(wait / MINUTE)}
                response = render(request, "429.html", context, status=429)
                response["Retry-After"] = str(wait)
                return response
        return view(request, *args, **kwargs)

    return guarded
