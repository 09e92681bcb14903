"""What `make run` says when it can't go on, and what it does when a process ends."""

import fcntl
import os
import signal
import socket
from pathlib import Path

import pytest

from p2ktd import launch
from p2ktd.embedded import Embedded


@pytest.fixture(autouse=True)
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(launch, "VAR", tmp_path)
    return tmp_path


@pytest.fixture
def supervisor(monkeypatch: pytest.MonkeyPatch) -> launch.Supervisor:
    monkeypatch.setattr(launch, "PROCESSES", {"web": ["python", "-c", "import time; time.sleep(60)"]})
    return launch.Supervisor(dict(os.environ), Embedded(postgres=False, valkey=False))


def test_a_taken_port_is_one_clear_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        with pytest.raises(launch.LaunchError, match=f"^Port {port} is taken by another program: .*make run PORT="):
            launch.claim_port()


@pytest.mark.parametrize("text", ["", "http", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("PORT", text)
    with pytest.raises(launch.LaunchError, match="PORT must be a number"):
        launch.claim_port()


def test_a_second_run_from_the_same_folder_is_told_about_the_first(var: Path) -> None:
    with (
        launch.only_one(),
        pytest.raises(launch.LaunchError, match=f"already running from this folder .process {os.getpid()}, port"),
        launch.only_one(),
    ):
        pass


def test_a_lock_that_a_killed_run_left_is_no_obstacle(var: Path) -> None:
    (var / "run.lock").write_text("process 1, port 8000")
    with launch.only_one(), (var / "run.lock").open() as lock, pytest.raises(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_killed_process_is_started_again(supervisor: launch.Supervisor, capsys: pytest.CaptureFixture[str]) -> None:
    supervisor.start("web")
    first = supervisor.running["web"]
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    supervisor.watch()
    try:
        assert supervisor.running["web"].pid != first.pid
        assert "web process ended unasked (killed by SIGKILL); starting it again" in capsys.readouterr().out
    finally:
        supervisor.stop()
    assert supervisor.running["web"].poll() is not None


def test_a_process_that_keeps_ending_stops_everything_with_its_last_words(
    supervisor: launch.Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch, "PROCESSES", {"web": ["python", "-c", "raise SystemExit('no settings today')"]})
    supervisor.start("web")
    with pytest.raises(launch.LaunchError, match=r"web keeps ending(?s:.*)no settings today"):
        watch_until_it_ends(supervisor)
    supervisor.stop()


def watch_until_it_ends(supervisor: launch.Supervisor) -> None:
    for _ in range(10):
        supervisor.running["web"].wait(timeout=20)
        supervisor.watch()
