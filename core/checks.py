"""What a deployment may get wrong, said before it matters: `manage.py check --deploy` (ids core.E001 to core.W019).

What would lose or leak data is checked at every start; the rest is about a public site, and is asked with
`--deploy`. What needs a server that does not answer is left out: `/readyz` watches that.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.db import connections

from core.fields import FieldKeyError, active_key_id, secret

Apps = Sequence[AppConfig] | None
TIMEOUTS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
OLDEST_POSTGRESQL = 15
LOCAL = ("localhost", "127.0.0.1", "::1")


@register(Tags.security)
def field_keys(app_configs: Apps = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """Without its key a personal number is lost."""
    try:
        active_key_id()
        for key_id in settings.FIELD_KEYS:
            secret(key_id)
    except FieldKeyError as error:
        return [
            Error(
                f"FIELD_KEYS: {error}.",
                hint="FIELD_KEYS=<id>=<32 bytes in base64>; make one with: openssl rand -base64 32",
                id="core.E001",
            )
        ]
    return []


@register(Tags.security)
def private_files(app_configs: Apps = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """What people upload must not lie where static files are served from."""
    media = Path(settings.MEDIA_ROOT).resolve()
    public = [settings.STATIC_ROOT, *settings.STATICFILES_DIRS]
    for folder in (Path(each).resolve() for each in public if each):
        if media == folder or folder in media.parents or media in folder.parents:
            return [
                Error(
                    f"MEDIA_ROOT ({media}) and a folder of static files ({folder}) lie in each other.",
                    hint="Set MEDIA_ROOT to a folder of its own that no web server serves.",
                    id="core.E002",
                )
            ]
    return []


@register(Tags.database)
def postgresql(app_configs: Apps = None, databases: Iterable[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Constraints, triggers and searches are written for PostgreSQL."""
    problems: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if connection.vendor != "postgresql":
            problems.append(Error("The database is not PostgreSQL.", hint="DATABASE_URL=postgres://…", id="core.E003"))
        elif (major := getattr(connection, "pg_version", 0) // 10000) < OLDEST_POSTGRESQL:
            problems.append(
                Error(f"PostgreSQL {major} is too old.", hint=f"Use {OLDEST_POSTGRESQL} or newer.", id="core.E004")
            )
    return problems


@register(Tags.security)
def timeouts(app_configs: Apps = None, **kwargs: Any) -> list[CheckMessage]:
    """One slow query must not hold the whole country's connections."""
    options = settings.DATABASES["default"].get("OPTIONS", {}).get("options", "")
    missing = [name for name in TIMEOUTS if f"{name}=" not in options or f"{name}=0" in options.split()]
    return [
        Caution(
            f"The database connection has no {name}.",
            hint="See DB_STATEMENT_TIMEOUT_MS and its neighbours in docs/deploy.md; 0 switches a limit off.",
            id="core.W005",
        )
        for name in missing
    ]


# --- of a public site ---------------------------------------------------------------------------------------
@register(Tags.security, deploy=True)
def secret_key(app_configs: Apps = None, **kwargs: Any) -> list[CheckMessage]:
    if len(settings.SECRET_KEY) >= 50 and len(set(settings.SECRET_KEY)) >= 10:
        return []
    return [
        Error(
            "SECRET_KEY is too short or too regular; sessions could be forged.",
            hint="At least 50 random characters: openssl rand -base64 48",
            id="core.E010",
        )
    ]


@register(Tags.security, deploy=True)
def address(app_configs: Apps = None, **kwargs: Any) -> list[CheckMessage]:
    """SITE_URL is printed on papers and stands in mails."""
    if settings.DEBUG or settings.DEMO:
        return []
    url = urlsplit(settings.SITE_URL)
    problems: list[CheckMessage] = []
    if url.scheme != "https":
        problems.append(Error(f"SITE_URL is {settings.SITE_URL}.", hint="Use https://…", id="core.E011"))
    host = url.hostname or ""
    hosts = settings.ALLOWED_HOSTS
    if "*" in hosts or not any(host == each or (each.startswith(".") and f".{host}".endswith(each)) for each in hosts):
        problems.append(Error(f"ALLOWED_HOSTS must name {host or 'the host of SITE_URL'}, and no *.", id="core.E012"))
    return problems


@register(Tags.security, deploy=True)
def proxies(app_configs: Apps = None, **kwargs: Any) -> list[CheckMessage]:
    """Behind a proxy that is not counted, everybody has one address, and ten wrong logins lock everybody out."""
    if settings.HTTPS and settings.TRUSTED_PROXIES < 1:
        return [
            Error(
                "HTTPS is on, and no proxy is trusted.",
                hint="Gunicorn speaks no TLS, so a proxy stands in front: set TRUSTED_PROXIES to how many there are.",
                id="core.E013",
            )
        ]
    return []


@register(Tags.security, deploy=True)
def mail(app_configs: Apps = None, **kwargs: Any) -> list[CheckMessage]:
    if settings.DEBUG or settings.DEMO:
        return []
    if settings.EMAIL_DELIVERY["EMAIL_BACKEND"].endswith(("smtp.EmailBackend",)):
        return []
    return [
        Error(
            "EMAIL_URL names no mail server: nobody could confirm an address.",
            hint="EMAIL_URL=submission://user:password@mail.example:587",
            id="core.E014",
        )
    ]


@register(Tags.security, deploy=True)
def virus_scanner(app_configs: Apps = None, **kwargs: Any) -> list[CheckMessage]:
    """What one village uploads, another opens."""
    if settings.DEBUG or settings.DEMO or settings.CLAMAV_SOCKET:
        return []
    return [
        Caution(
            "CLAMAV_SOCKET is empty: uploads are not scanned for viruses.",
            hint="CLAMAV_SOCKET=/run/clamav/clamd.ctl or host:3310; see docs/deploy.md.",
            id="core.W019",
        )
    ]


@register(Tags.caches, deploy=True)
def broker(app_configs: Apps = None, **kwargs: Any) -> list[CheckMessage]:
    """A broker without an append-only file forgets at a kill; one that evicts forgets under load."""
    problems: list[CheckMessage] = []
    told = _broker_settings()
    if told.get("appendonly", "yes") != "yes":
        problems.append(
            Caution("The broker keeps no append-only file.", hint="redis.conf: appendonly yes", id="core.W015")
        )
    if told.get("maxmemory-policy", "noeviction") != "noeviction":
        problems.append(
            Caution("The broker may evict messages.", hint="redis.conf: maxmemory-policy noeviction", id="core.W016")
        )
    cache, queue = urlsplit(str(settings.CACHES["default"].get("LOCATION", ""))), urlsplit(settings.REDIS_URL)
    if not (settings.DEBUG or settings.DEMO) and (cache.hostname, cache.port) == (queue.hostname, queue.port):
        problems.append(
            Caution(
                "The cache lives in the broker's server.",
                hint="Give CACHE_URL a second Redis with maxmemory and allkeys-lru.",
                id="core.W017",
            )
        )
    return problems


def _broker_settings() -> dict[str, str]:
    """What the broker says of itself; nothing when it does not answer or does not tell."""
    import redis

    client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1, decode_responses=True)
    try:
        told = client.config_get("appendonly", "maxmemory-policy")
        return {str(name): str(value) for name, value in told.items()}
    except (redis.RedisError, OSError):
        return {}
    finally:
        client.close()


@register(Tags.files, deploy=True)
def fonts(app_configs: Apps = None, **kwargs: Any) -> list[CheckMessage]:
    """Papers are set in Liberation Sans; without any font their pages are empty."""
    try:
        found = subprocess.run(
            ["fc-match", "-f", "%{family}", "Liberation Sans"], capture_output=True, text=True, timeout=20, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        found = ""
    if "Liberation Sans" in found:
        return []
    return [
        Caution(
            f"Liberation Sans is not installed ({found or 'no font found'}); papers will look different, or empty.",
            hint="apt-get install fontconfig fonts-liberation fonts-dejavu-core",
            id="core.W018",
        )
    ]
