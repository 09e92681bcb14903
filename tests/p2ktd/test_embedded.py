"""The embedded servers, for real, in folders of their own."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import dj_database_url
import psycopg
import pytest
import redis

from p2ktd.embedded import BASE_DIR, Embedded, EmbeddedError


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Embedded]:
    servers = Embedded(tmp_path / "var")
    yield servers
    servers.stop(force=True)


def connect(servers: Embedded) -> psycopg.Connection:
    return psycopg.connect(servers.environment()["DATABASE_URL"], autocommit=True)


def pid_of(file: Path) -> int:
    return int(file.read_text().split("\n")[0])


def test_both_servers_start_and_keep_their_data_over_a_stop(servers: Embedded) -> None:
    urls = servers.start()
    with connect(servers) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    redis.from_url(urls["REDIS_URL"]).set("kept", "1")
    servers.release()
    assert servers.running() == {"PostgreSQL": False, "Valkey": False}

    assert servers.start() == urls  # the same addresses and secrets
    with connect(servers) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)
    broker = redis.from_url(urls["REDIS_URL"])
    assert broker.get("kept") == b"1"
    assert broker.config_get("appendonly", "maxmemory-policy") == {
        "appendonly": "yes",
        "maxmemory-policy": "noeviction",
    }


def test_both_come_back_after_kill_9(servers: Embedded) -> None:
    urls = servers.start()
    with connect(servers) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    redis.from_url(urls["REDIS_URL"]).set("kept", "1")
    time.sleep(1.1)  # appendfsync everysec
    os.kill(pid_of(servers.pgdata / "postmaster.pid"), signal.SIGKILL)
    os.kill(pid_of(servers.valkey_dir / "pid"), signal.SIGKILL)

    servers.start()

    with connect(servers) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)
    assert redis.from_url(servers.environment()["REDIS_URL"]).get("kept") == b"1"


def test_a_stale_lock_whose_number_another_program_bears_is_no_obstacle(servers: Embedded) -> None:
    servers.start()
    lock = (servers.pgdata / "postmaster.pid").read_text()
    servers.release()
    stale = lock.replace(lock.split("\n")[0], str(os.getpid()), 1)
    (servers.pgdata / "postmaster.pid").write_text(stale)
    (servers.valkey_dir / "pid").write_text(str(os.getpid()))

    servers.start()

    assert servers.running() == {"PostgreSQL": True, "Valkey": True}


def test_an_interrupted_first_start_leaves_nothing_in_the_way(servers: Embedded) -> None:
    (servers.var / "pg.new").mkdir(parents=True)
    (servers.var / "pg.new" / "PG_VERSION").write_text("18")
    servers.start()
    assert connect(servers).execute("SELECT current_user").fetchone() == ("p2ktd",)


def test_a_folder_with_a_long_name_and_spaces_works(tmp_path: Path) -> None:
    servers = Embedded(tmp_path / ("kebutuhan desa " * 8).strip() / "var")
    try:
        urls = servers.start()
        assert len(os.fsencode(servers.var)) > 107  # more than a Unix socket's path may have
        assert connect(servers).execute("SELECT 1").fetchone() == (1,)
        assert redis.from_url(urls["REDIS_URL"]).ping()
        assert stat.S_IMODE(servers._socket_dir().stat().st_mode) == 0o700
    finally:
        servers.stop(force=True)
        servers._socket_dir().rmdir()


def test_the_role_is_not_a_superuser_and_the_settings_understand_the_address(servers: Embedded) -> None:
    urls = servers.start()
    parsed = dj_database_url.parse(urls["DATABASE_URL"])
    assert (parsed["NAME"], parsed["USER"]) == ("p2ktd", "p2ktd")
    assert Path(parsed["HOST"]).is_dir()
    role = connect(servers).execute("SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = 'p2ktd'").fetchone()
    assert role == (False, True)
    assert connect(servers).execute(
        "SELECT lower('ÉA'), to_tsvector('indonesian', 'pembangunan')::text"
    ).fetchone() == (
        "éa",
        "'bangun':1",
    )


def test_secrets_are_readable_by_their_owner_only(servers: Embedded) -> None:
    urls = servers.start()
    modes = {name: stat.S_IMODE((servers.var / name).stat().st_mode) for name in ("secret_key", "field_key")}
    assert modes == {"secret_key": 0o600, "field_key": 0o600}
    with pytest.raises(redis.AuthenticationError):
        redis.from_url(urls["REDIS_URL"].replace(urls["REDIS_URL"].split("@")[0], "redis://")).ping()


def test_nobody_stops_the_servers_under_another_user(servers: Embedded) -> None:
    servers.start()
    other = Embedded(servers.var)
    other.start()
    servers.release()
    assert other.running() == {"PostgreSQL": True, "Valkey": True}
    with pytest.raises(EmbeddedError, match="in use by another command"):
        servers.stop()
    other.release()
    assert other.running() == {"PostgreSQL": False, "Valkey": False}


def test_given_servers_are_used_and_none_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/p2ktd")
    monkeypatch.setenv("REDIS_URL", "redis://broker.example/0")
    needed = Embedded.needed()
    assert needed.running() == {}
    assert {"DATABASE_URL", "REDIS_URL", "CACHE_URL"}.isdisjoint(needed.environment())


def test_the_run_command_passes_the_environment_and_the_exit_code() -> None:
    script = "import os, sys; sys.exit(7 if os.environ['SECRET_KEY'] and os.environ['DATABASE_URL'] else 1)"
    command = [sys.executable, "-m", "p2ktd.embedded", "run", "--", sys.executable, "-c", script]
    assert subprocess.run(command, cwd=BASE_DIR, check=False).returncode == 7
