"""A cache that is away, hangs, is slow or was flushed: pages still come, and quickly."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings as real
from django.core.cache import cache
from django.test import Client

from core import kept
from core.store import Rest, connection_class

pytestmark = pytest.mark.django_db
LIST = "/layanan/"


@contextmanager
def server(answer: bytes = b"", after: float = 0.0) -> Iterator[tuple[int, list[float]]]:
    """A server that takes every connection; it answers each command so, so late, or never. When it was asked."""
    listening = socket.create_server(("127.0.0.1", 0))
    asked: list[float] = []
    held = []

    def speak(line: socket.socket) -> None:
        while line.recv(65536):
            asked.append(time.monotonic())
            if answer:
                time.sleep(after)
                line.sendall(answer)

    def listen() -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            held.append(line)
            threading.Thread(target=_quietly, args=(speak, line), daemon=True).start()

    threading.Thread(target=listen, daemon=True).start()
    try:
        yield listening.getsockname()[1], asked
    finally:
        listening.close()
        for line in held:
            line.close()


def _quietly(speak: Any, line: socket.socket) -> None:
    try:
        speak(line)
    except OSError:
        pass


@pytest.fixture(autouse=True)
def keeping(settings: Any) -> Iterator[None]:
    settings.KEEP_PAGES = True
    kept.forget()
    Rest.end()
    yield
    kept.forget()
    Rest.end()


def use(settings: Any, port: int) -> None:
    settings.CACHES = {"default": real.CACHES["default"] | {"LOCATION": f"redis://127.0.0.1:{port}/1"}}


def seconds(times: int) -> float:
    began = time.monotonic()
    for _ in range(times):
        assert Client().get(LIST).status_code == 200
    return time.monotonic() - began


def test_a_cache_that_hangs_costs_one_time_out_not_one_a_page(settings: Any) -> None:
    Client().get(LIST)  # templates are read
    without = seconds(3)
    with server() as (port, asked):
        use(settings, port)
        assert seconds(3) < without + 2 * real.CACHES["default"]["OPTIONS"]["SOCKET_TIMEOUT"]
        assert len(asked) == 1


def test_a_cache_that_answers_slowly_is_left_alone_for_a_while(settings: Any) -> None:
    with server(b"$-1\r\n", after=0.2) as (port, asked):
        use(settings, port)
        seconds(1)
        before = len(asked)
        seconds(2)
        assert len(asked) == before


def test_after_its_rest_the_cache_is_asked_again(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with server() as (port, asked):
        use(settings, port)
        seconds(1)
        Rest.end()
        seconds(1)
        assert len(asked) == 2


def test_a_cache_that_refuses_or_was_flushed_is_no_matter(settings: Any) -> None:
    seconds(2)
    cache.clear()
    seconds(1)
    use(settings, 1)
    assert seconds(2) < 2


def test_the_kind_of_connection_follows_the_address() -> None:
    names = [connection_class(url).__name__ for url in ("redis://a/1", "rediss://a/1", "unix:///run/x?db=1")]
    assert names == ["ImpatientConnection", "ImpatientSSLConnection", "ImpatientSocketConnection"]
