"""`make run`: everything of the product on one machine, until Ctrl-C.

Starts the embedded servers (unless DATABASE_URL and REDIS_URL name others), brings the data up to date,
then supervises the web server, the relay, one worker and beat. A process that ends unasked is started
again; one that keeps ending stops the whole with the end of its log. Logs are in var/log/.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from p2ktd.embedded import BASE_DIR, Embedded, EmbeddedError

VAR = BASE_DIR / "var"
START_SECONDS = 60
STOP_SECONDS = 25  # a worker may end its task, a web worker its request
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ENDINGS_ALLOWED, WITHIN_SECONDS = 3, 60

PROCESSES = {
    "web": ["gunicorn", "--config", "deploy/gunicorn.conf.py", "p2ktd.wsgi"],
    "relay": ["python", "manage.py", "relay"],
    "worker": [
        "celery",
        "-A",
        "p2ktd",
        "worker",
        "--concurrency",
        "1",
        "--without-mingle",
        "--without-gossip",
        "--loglevel",
        "INFO",
    ],
    "beat": ["celery", "-A", "p2ktd", "beat", "--pidfile", "", "--loglevel", "INFO"],
}


class LaunchError(Exception):
    """Why `make run` can't go on, in one sentence for the terminal."""


class Stopped(Exception):
    """Somebody asked us to stop."""


def say(text: str) -> None:
    print(text, flush=True)


# --- one at a time, on a free port ----------------------------------------------------------------


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    VAR.mkdir(exist_ok=True)
    with (VAR / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            where = lock.read().strip() or "it is still starting"
            raise LaunchError(f"make run is already running from this folder ({where}): end that one first.") from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, port {os.environ.get('PORT', '8000')}")
        lock.flush()
        yield


def claim_port() -> int:
    """The port to listen on, checked to be free (the last run may need a moment to let it go)."""
    text = os.environ.get("PORT", "8000")
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise LaunchError(f"PORT must be a number from 1 to 65535, not '{text}'.")
    for _ in range(10):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", int(text)))
                return int(text)
            except PermissionError:
                raise LaunchError(f"This account may not listen on port {text}; try make run PORT=8000.") from None
            except OSError:
                time.sleep(0.3)
    near = range(int(text) + 1, min(int(text) + 100, 65536))
    free = next((number for number in near if _is_free(number)), 8000)
    raise LaunchError(f"Port {text} is taken by another program: end it, or choose another: make run PORT={free}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


# --- the data ----------------------------------------------------------------------------------------


def prepare() -> None:
    """Bring database and static files up to date; runs in a process of its own, with the environment set."""
    import django
    from django.apps import apps
    from django.core.management import call_command

    django.setup()
    say("Migrating the database ...")
    call_command("migrate", interactive=False, verbosity=0)
    with _unless_unchanged("areas", BASE_DIR / "regions", also=os.environ["DATABASE_URL"]) as changed:
        if changed or not apps.get_model("regions", "Area").objects.exists():
            say("Loading the areas of Indonesia ...")
            call_command("load_areas")
    say("Telling the demo story ...")
    call_command("demo")
    with _unless_unchanged("static", BASE_DIR / "static", BASE_DIR / "core", BASE_DIR / "requirements.lock") as changed:
        if changed or not (VAR / "static").exists():
            say("Collecting the static files ...")
            call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    with (VAR / "accounts.txt").open("w") as accounts:
        call_command("demo", accounts=True, stdout=accounts)


@contextlib.contextmanager
def _unless_unchanged(name: str, *sources: Path, also: str = "") -> Iterator[bool]:
    """Whether these files differ from those of the last time that the block ended well."""
    files = [file for source in sources for file in [source, *source.rglob("*")] if file.suffix != ".pyc"]
    known = sorted((str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files if file.is_file())
    fingerprint = hashlib.sha256(repr((known, also)).encode()).hexdigest()
    stamp = VAR / f"{name}.stamp"
    changed = not stamp.exists() or stamp.read_text() != fingerprint
    if changed:
        stamp.unlink(missing_ok=True)
    yield changed
    stamp.write_text(fingerprint)


# --- the processes ----------------------------------------------------------------------------------


def _die_with_parent() -> None:
    """In the child: end when this supervisor is killed, so that nothing is left behind."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


class Supervisor:
    def __init__(self, environment: dict[str, str], servers: Embedded) -> None:
        self.environment = environment
        self.servers = servers
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.endings: dict[str, list[float]] = {}

    def start(self, name: str) -> None:
        (VAR / "log").mkdir(exist_ok=True)
        with (VAR / "log" / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [str(Path(sys.prefix) / "bin" / PROCESSES[name][0]), *PROCESSES[name][1:]],
                cwd=BASE_DIR, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,  # Ctrl-C is ours to pass on, in order
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - no threads here
            )  # fmt: skip

    def watch(self) -> None:
        """One look at everything: start again what ended, give up on what keeps ending."""
        for name, process in list(self.running.items()):
            if (code := process.poll()) is None:
                continue
            _signal_group(process, signal.SIGKILL)  # a killed worker leaves its children
            self._count_ending(name)
            say(f"The {name} process ended unasked ({_why(code)}); starting it again.")
            self.start(name)
        for server, up in self.servers.running().items():
            if not up:
                self._count_ending(server)
                say(f"{server} ended unasked; starting it again.")
                self.servers.start()

    def _count_ending(self, name: str) -> None:
        now = time.monotonic()
        recent = [ending for ending in self.endings.get(name, []) if now - ending < WITHIN_SECONDS]
        self.endings[name] = [*recent, now]
        if len(recent) >= ENDINGS_ALLOWED:
            raise LaunchError(f"{name} keeps ending; see var/log/{name}.log. Its last lines:\n{_last_lines(name)}")

    def stop(self) -> None:
        """End all in parallel, then kill what has not ended in time or at a second Ctrl-C."""
        for process in self.running.values():
            if process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        again = _note_signals()
        while not again and time.monotonic() < deadline and any(p.poll() is None for p in self.running.values()):
            time.sleep(0.05)
        for process in self.running.values():
            _signal_group(process, signal.SIGKILL)
            process.wait()


def _signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _why(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _last_lines(name: str) -> str:
    path = VAR / "log" / f"{name}.log"
    return "\n".join(path.read_text(errors="replace").splitlines()[-15:]) if path.exists() else ""


def _wait_until_healthy(supervisor: Supervisor, port: int) -> None:
    # By number: a bare machine may not know the name localhost; the settings' host check does.
    question = urllib.request.Request(f"http://127.0.0.1:{port}/healthz", headers={"Host": "localhost"})
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        supervisor.watch()
        with contextlib.suppress(OSError), urllib.request.urlopen(question, timeout=5) as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)
    raise LaunchError(
        f"{question.full_url} did not answer in {START_SECONDS} s. The web log ends:\n{_last_lines('web')}"
    )


# --- all of it --------------------------------------------------------------------------------------


def _asked_to_stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


def _note_signals() -> list[int]:
    """From here on a signal interrupts nothing; the list fills with what came."""
    came: list[int] = []
    for number in SIGNALS:
        signal.signal(number, lambda number, frame: came.append(number))
    return came


def _environment(given: dict[str, str], port: int) -> dict[str, str]:
    ours = {
        **given,
        "DEMO": "true",
        "SITE_URL": f"http://localhost:{port}",
        "WEB_BIND": f"127.0.0.1:{port}",
        "DJANGO_SETTINGS_MODULE": "p2ktd.settings",
        "PYTHONUNBUFFERED": "1",
    }
    return {**ours, **os.environ}


def _run_prepare(environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "p2ktd.launch", "prepare"]
    unhurried = {**environment, "DB_STATEMENT_TIMEOUT_MS": "3600000"}
    with subprocess.Popen(command, cwd=BASE_DIR, env=unhurried, start_new_session=True) as process:
        try:
            code = process.wait()
        except Stopped:
            process.terminate()
            raise
    if code:
        raise LaunchError("The data could not be prepared; the reason stands above.")


def run() -> None:
    started = time.monotonic()
    with only_one():
        port = claim_port()
        servers = Embedded.needed()
        say("Starting PostgreSQL and Valkey ..." if servers.postgres or servers.valkey else "Using the servers given.")
        try:
            environment = _environment(servers.start(), port)
            _run_prepare(environment)
            for log in (VAR / "log").glob("*.log"):
                log.replace(log.with_suffix(".log.1"))
            supervisor = Supervisor(environment, servers)
            try:
                supervisor.start("web")  # first: on two cores five at once would make people wait
                address = f"http://localhost:{port}"
                _wait_until_healthy(supervisor, port)
                for name in PROCESSES.keys() - {"web"}:
                    supervisor.start(name)
                say(f"\nMarketplace P2KTD is up after {time.monotonic() - started:.1f} s:  {address}\n")
                say((VAR / "accounts.txt").read_text())
                say("Logs: make logs. Stop: Ctrl-C.")
                while True:
                    supervisor.watch()
                    time.sleep(1)
            finally:
                say("\nStopping ...")
                supervisor.stop()
        finally:
            _note_signals()
            servers.release()


def main() -> int:
    if sys.argv[1:] == ["prepare"]:
        prepare()
        return 0
    for number in SIGNALS:
        signal.signal(number, _asked_to_stop)
    try:
        run()
    except Stopped:
        say("Stopped. The data stays in var/.")
        return 0
    except (LaunchError, EmbeddedError) as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
