"""Databases of their own, filled once, each behind a gunicorn as in production."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from string import ascii_lowercase, digits
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connections
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.models import User

HOME = Path(settings.BASE_DIR)


@dataclass
class Site:
    """A filled database and the address that serves it."""

    name: str
    database: str  # URL
    port: int
    keep_pages: bool = True
    process: subprocess.Popen[bytes] | None = None

    @classmethod
    def named(cls, name: str, *, keep_pages: bool = True) -> Site:
        """By name, with a free port."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/p2ktd_bench_{name}").geturl()
        return cls(name, database, port, keep_pages)

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "DEBUG": "0", "DEMO": "1", "DATABASE_URL": self.database, "WEB_BIND": f"127.0.0.1:{self.port}",
            "WEB_WORKERS": "1", "SITE_URL": f"http://127.0.0.1:{self.port}", "VAR_DIR": str(HOME / "var" / "bench"),
            "DB_STATEMENT_TIMEOUT_MS": "600000", "ROOT_URLCONF": "p2ktd.bench.urls",
            "KEEP_PAGES": str(int(self.keep_pages)),
        }  # fmt: skip

    def manage(self, *arguments: str) -> None:
        subprocess.run([sys.executable, "manage.py", *arguments], cwd=HOME, env=self.environment, check=True)

    def fill(self, *arguments: str) -> None:
        """Migrate, load the areas and seed, unless an earlier run did; a changed model begins anew."""
        address, name = self.database.rsplit("/", 1)
        with psycopg.connect(f"{address}/postgres", autocommit=True) as server:
            if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                server.execute(f'CREATE DATABASE "{name}"')
        self.manage("migrate", "--verbosity", "0")
        if not self.seeded():
            self.manage("load_areas")
            self.manage("seed_scale", *arguments)
            with psycopg.connect(self.database, autocommit=True) as database:
                database.execute("VACUUM ANALYZE")

    def seeded(self) -> bool:
        with psycopg.connect(self.database) as database:
            found = database.execute("SELECT EXISTS (SELECT 1 FROM verification_application)").fetchone()
        return bool(found and found[0])

    def cookie(self, email: str) -> str:
        """A session of this person, as logging in leaves it."""
        alias = self.name
        connections.databases[alias] = connections.databases["default"] | {"NAME": self.database.rsplit("/", 1)[1]}
        user = User.objects.using(alias).get(email=email)
        data = {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
        }
        key = get_random_string(32, ascii_lowercase + digits)
        expires = timezone.now() + timedelta(hours=2)
        Session.objects.using(alias).create(
            session_key=key, session_data=SessionStore().encode(data), expire_date=expires
        )
        connections[alias].close()
        return f"{settings.SESSION_COOKIE_NAME}={key}"

    def cpu(self) -> float:
        """Seconds of CPU that the web workers have used."""
        if self.process is None:
            return 0.0
        ticks = 0
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
                if int(fields[1]) == self.process.pid:
                    ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def serving(*sites: Site) -> Iterator[None]:
    """All of them up, and down again at the end."""
    sites[0].manage("collectstatic", "--noinput", "--verbosity", "0")
    try:
        for site in sites:
            command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "p2ktd.wsgi"]
            site.process = subprocess.Popen(command, cwd=HOME, env=site.environment, stdout=subprocess.DEVNULL)
        for site in sites:
            _wait(site.port)
        yield
    finally:
        for site in sites:
            if site.process:
                site.process.terminate()
                site.process.wait()


def _wait(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nothing answers on port {port}")
