"""Databases of their own, filled once, each behind a gunicorn as in production."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from string import ascii_lowercase, digits
from typing import Any
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
Asked = tuple[str, str, Mapping[str, Any] | None]  # path, cookie, and the fields of a form


@dataclass
class Site:
    """A filled database and the address that serves it."""

    name: str
    database: str  # URL
    port: int
    keep_pages: bool = True
    workers: int = 1
    process: subprocess.Popen[bytes] | None = None
    cold_start: float = 0.0  # seconds from its start to its first page

    @classmethod
    def named(cls, name: str, *, keep_pages: bool = True, workers: int = 1) -> Site:
        """By name, with a free port."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/p2ktd_bench_{name}").geturl()
        return cls(name, database, port, keep_pages, workers)

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "DEBUG": "0", "DEMO": "1", "DATABASE_URL": self.database, "WEB_BIND": f"127.0.0.1:{self.port}",
            "WEB_WORKERS": str(self.workers), "SITE_URL": f"http://127.0.0.1:{self.port}", "VAR_DIR": str(HOME / "var" / "bench"),
            "DB_STATEMENT_TIMEOUT_MS": "600000", "ROOT_URLCONF": "p2ktd.bench.urls",
            # Whole pages are kept or made for each who asks; what pages are made of is remembered either way.
            "KEEP_PAGES": "1", "KEEP_SECONDS": "3600" if self.keep_pages else "0",
        }  # fmt: skip

    def manage(self, *arguments: str) -> None:
        subprocess.run([sys.executable, "manage.py", *arguments], cwd=HOME, env=self.environment, check=True)

    def fill(self, *arguments: str) -> None:
        """Migrate, load the areas and seed, unless an earlier run did. A set of before some kind of row is not filled up:
        who changes what is seeded drops the database."""
        address, name = self.database.rsplit("/", 1)
        with psycopg.connect(f"{address}/postgres", autocommit=True) as server:
            if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                server.execute(f'CREATE DATABASE "{name}"')
        self.manage("migrate", "--verbosity", "0")
        if (found := self.seeded()) == (True, False):
            raise RuntimeError(f"{name} was filled by older code: drop it, and it is filled anew.")
        if not found[0]:
            self.manage("load_areas")
            self.manage("seed_scale", *arguments)

    def seeded(self) -> tuple[bool, bool]:
        """Has it rows, and also the kinds that the set has had last?"""
        kinds = ("verification_application", "transactions_termin")
        with psycopg.connect(self.database) as database:
            one, other = (database.execute(f"SELECT 1 FROM {kind} LIMIT 1").fetchone() is not None for kind in kinds)  # noqa: S608
        return one, other

    @property
    def alias(self) -> str:
        """Its database, for the ORM of the process that measures."""
        name = self.database.rsplit("/", 1)[1]
        connections.databases[self.name] = connections.databases["default"] | {"NAME": name}
        return self.name

    def cookie(self, email: str) -> str:
        """A session of this person, as logging in leaves it."""
        alias = self.alias
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

    def change(self) -> None:
        """Count a change of the catalogue, as a rating is one."""
        with psycopg.connect(self.database, autocommit=True) as database:
            database.execute("UPDATE core_dataversion SET number = number + 1 WHERE name = 'catalogue'")

    # --- what it uses -----------------------------------------------------------------------------------
    def web_workers(self) -> list[int]:
        """The processes that answer."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
                if self.process and int(fields[1]) == self.process.pid:
                    found.append(int(folder.name))
        return found

    def cpu(self) -> dict[int, float]:
        """Seconds of CPU that each web worker has used."""
        return {pid: _cpu(pid) for pid in self.web_workers()}

    def database_cpu(self) -> dict[int, float]:
        """Seconds of CPU that each of PostgreSQL's processes for this site has used; they are on this machine."""
        with psycopg.connect(self.database) as database:
            rows = database.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            ).fetchall()
        return {pid: _cpu(pid) for (pid,) in rows}

    def memory(self) -> tuple[float, float]:
        """Megabytes of the largest worker: resident, and its own alone."""
        found = [(0.0, 0.0)]
        for pid in self.web_workers():
            sizes = dict.fromkeys(("Rss", "Private_Clean", "Private_Dirty"), 0)
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
                name, size, *_ = line.split()
                sizes[name.rstrip(":")] = int(size)
            found.append((sizes["Rss"] / 1024, (sizes["Private_Clean"] + sizes["Private_Dirty"]) / 1024))
        return max(found)

    def queries(self, pairs: list[tuple[Asked, Asked]]) -> list[tuple[int, list[str]]]:
        """Of each pair how many statements the second takes, and where both answers lead."""
        command = [sys.executable, "-m", "p2ktd.bench.counting"]
        done = subprocess.run(
            command, cwd=HOME, env=self.environment, input=json.dumps(pairs), capture_output=True, text=True, check=True
        )
        return [(number, led) for number, led in json.loads(done.stdout.splitlines()[-1])]


@contextlib.contextmanager
def serving(*sites: Site) -> Iterator[None]:
    """All of them up, and down again at the end."""
    sites[0].manage("collectstatic", "--noinput", "--verbosity", "0")
    try:
        for site in sites:  # one after the other, so that each start is timed alone
            command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "p2ktd.wsgi"]
            began = time.perf_counter()
            site.process = subprocess.Popen(command, cwd=HOME, env=site.environment, stdout=subprocess.DEVNULL)
            _wait(site.port)
            site.cold_start = time.perf_counter() - began
        yield
    finally:
        for site in sites:
            if site.process:
                site.process.terminate()
                site.process.wait()


def used(before: dict[int, float], after: dict[int, float]) -> float:
    """Seconds between the two, by the processes that are there at the end: some began, some left."""
    return sum(max(0.0, seconds - before.get(pid, 0.0)) for pid, seconds in after.items())


def _cpu(pid: int) -> float:
    """Seconds that a process has used; none if it has gone."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _wait(port: int) -> None:
    """Until a page comes."""
    for _ in range(1_200):
        with contextlib.suppress(OSError):
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            line.request("GET", "/healthz")
            if line.getresponse().status == 200:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing answers on port {port}")
