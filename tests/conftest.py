"""Shared by every test: the servers, and settings that only make tests faster."""

from tests import servers

servers.start()  # before Django reads its settings


def pytest_configure() -> None:
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # A test's data need not survive a power cut.
    settings.DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"


def pytest_unconfigure() -> None:
    servers.stop()
