import base64
from types import SimpleNamespace

import pytest

from core import checks


def ids(problems):
    return [problem.id for problem in problems]


@pytest.fixture
def public(settings):
    """The settings of a deployment in order."""
    settings.DEBUG = settings.DEMO = False
    settings.SECRET_KEY = "".join(chr(33 + n % 90) for n in range(64))
    settings.FIELD_KEYS = {"a": base64.b64encode(b"x" * 32).decode()}
    settings.SITE_URL = "https://p2ktd.example"
    settings.ALLOWED_HOSTS = [".example"]
    settings.HTTPS, settings.TRUSTED_PROXIES = True, 1
    settings.CLAMAV_SOCKET = "clamav:3310"
    settings.EMAIL_DELIVERY = {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend"}
    return settings


def test_a_deployment_in_order_has_nothing_to_mend(public, tmp_path):
    public.MEDIA_ROOT = tmp_path / "files"
    for check in (
        checks.field_keys,
        checks.private_files,
        checks.timeouts,
        checks.secret_key,
        checks.address,
        checks.proxies,
        checks.mail,
        checks.virus_scanner,
    ):
        assert ids(check()) == [], check.__name__


def test_each_mistake_has_its_own_id_and_a_hint(public, tmp_path):
    public.FIELD_KEYS = {"a": "c2hvcnQ="}
    assert ids(checks.field_keys()) == ["core.E001"]
    public.FIELD_KEYS = {}
    assert ids(checks.field_keys()) == ["core.E001"]
    for folder in (
        public.STATIC_ROOT,
        public.STATIC_ROOT / "berkas",
        public.STATIC_ROOT.parent,
        public.STATICFILES_DIRS[0],
    ):
        public.MEDIA_ROOT = folder
        assert ids(checks.private_files()) == ["core.E002"], folder
    public.SECRET_KEY = "short"
    assert ids(checks.secret_key()) == ["core.E010"]
    public.SECRET_KEY = "a" * 100
    assert ids(checks.secret_key()) == ["core.E010"]
    public.SITE_URL = "http://p2ktd.example"
    assert ids(checks.address()) == ["core.E011"]
    public.SITE_URL, public.ALLOWED_HOSTS = "https://p2ktd.example", ["*"]
    assert ids(checks.address()) == ["core.E012"]
    public.TRUSTED_PROXIES = 0
    assert ids(checks.proxies()) == ["core.E013"]
    public.EMAIL_DELIVERY = {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    assert ids(checks.mail()) == ["core.E014"]
    public.CLAMAV_SOCKET = ""
    assert ids(checks.virus_scanner()) == ["core.W019"]
    assert all(problem.hint for problem in (*checks.mail(), *checks.proxies(), *checks.field_keys()))


def test_a_demo_may_do_without_https_and_mail(public):
    public.DEMO, public.SITE_URL = True, "http://localhost:8000"
    public.EMAIL_DELIVERY = {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    assert ids([*checks.address(), *checks.mail()]) == []


def test_a_missing_or_switched_off_timeout_is_warned_of(public, monkeypatch):
    options = {"options": "-c statement_timeout=0 -c lock_timeout=5000"}
    monkeypatch.setitem(public.DATABASES["default"], "OPTIONS", options)
    assert ids(checks.timeouts()) == ["core.W005", "core.W005"]


def test_only_postgresql_15_and_newer(monkeypatch):
    servers = {
        "good": SimpleNamespace(vendor="postgresql", pg_version=150004),
        "old": SimpleNamespace(vendor="postgresql", pg_version=140011),
        "other": SimpleNamespace(vendor="sqlite"),
    }
    monkeypatch.setattr(checks, "connections", servers)
    assert ids(checks.postgresql(databases=["good"])) == []
    assert ids(checks.postgresql(databases=["old"])) == ["core.E004"]
    assert ids(checks.postgresql(databases=["other"])) == ["core.E003"]
    assert ids(checks.postgresql()) == []


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"appendonly": "yes", "maxmemory-policy": "noeviction"}, []),
        ({"appendonly": "no", "maxmemory-policy": "allkeys-lru"}, ["core.W015", "core.W016"]),
        ({}, []),
    ],
)
def test_a_broker_that_forgets_is_warned_of(public, monkeypatch, told, expected):
    monkeypatch.setattr(checks, "_broker_settings", lambda: told)
    public.REDIS_URL = "redis://broker:6379/0"
    public.CACHES = {"default": {"LOCATION": "redis://cache:6379/0"}}
    assert ids(checks.broker()) == expected
    public.CACHES = {"default": {"LOCATION": "redis://broker:6379/1"}}
    assert ids(checks.broker()) == [*expected, "core.W017"]


def test_a_broker_that_does_not_answer_is_left_out(public):
    public.REDIS_URL = "redis://127.0.0.1:1/0"
    assert checks._broker_settings() == {}


def test_a_machine_without_our_font_is_warned_of(monkeypatch):
    assert ids(checks.fonts()) == []
    monkeypatch.setenv("PATH", "/nowhere")
    assert ids(checks.fonts()) == ["core.W018"]
