"""The way to the cache: one that does not answer costs one request a moment, not every request.

A server that is gone refuses at once. One that hangs is worse: each question would wait for its time-out. After the
first that was not answered in time this process leaves the cache alone for a while; pages are made anew.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import urlsplit

from redis.connection import AbstractConnection, Connection, SSLConnection, UnixDomainSocketConnection
from redis.exceptions import ConnectionError as Away
from redis.exceptions import TimeoutError as Slow

REST_SECONDS = 10.0
# Making the page anew is quicker than waiting longer than this.
SLOW_SECONDS = 0.15


class Rest:
    """Until when this process leaves the cache alone."""

    until: ClassVar[float] = 0.0

    @classmethod
    def begin(cls) -> None:
        cls.until = time.monotonic() + REST_SECONDS

    @classmethod
    def end(cls) -> None:
        cls.until = 0.0


class _Impatient(AbstractConnection):
    """Notes for all connections of the process that the server does not answer, or slowly."""

    def connect(self) -> None:
        self._timed(super().connect)

    def send_packed_command(self, *args: Any, **kwargs: Any) -> None:
        self._timed(super().send_packed_command, *args, **kwargs)

    def read_response(self, *args: Any, **kwargs: Any) -> Any:
        return self._timed(super().read_response, *args, **kwargs)

    def _timed(self, act: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        began = time.monotonic()
        if began < Rest.until:
            raise Away("the cache did not answer in time a moment ago")
        try:
            return act(*args, **kwargs)
        except Slow:
            Rest.begin()
            raise
        finally:
            if time.monotonic() - began > SLOW_SECONDS:
                Rest.begin()


class ImpatientConnection(_Impatient, Connection):
    """By TCP."""


class ImpatientSSLConnection(_Impatient, SSLConnection):
    """By TCP and TLS."""


class ImpatientSocketConnection(_Impatient, UnixDomainSocketConnection):
    """By a local socket."""


CLASSES = {"redis": ImpatientConnection, "rediss": ImpatientSSLConnection, "unix": ImpatientSocketConnection}


def connection_class(url: str) -> type[AbstractConnection]:
    """The kind of connection that an address asks for."""
    return CLASSES[urlsplit(url).scheme]
