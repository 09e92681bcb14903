"""Ask ClamAV of what people upload, where CLAMAV_SOCKET names its daemon. No answer is a refusal.

The file goes over the socket (INSTREAM), so the daemon needs no access to our files and nothing is stored
before it has answered.
"""

from __future__ import annotations

import logging
import socket
import time

from django.conf import settings
from django.core.exceptions import ValidationError

logger = logging.getLogger(__name__)

CHUNK = 64 * 1024
ANSWER_BYTES = 4096
# After a daemon that hangs, the next files of this process are refused at once for so long: a form with eight
# photos must not wait eight times.
SILENCE_SECONDS = 15.0
LIMITS = "Heuristics.Limits.Exceeded"  # AlertExceedsMax in deploy/clamd.conf: not looked at to its end

_asleep_until = 0.0


def scan(content: bytes) -> None:
    """Nothing when the daemon finds nothing; ValidationError for a virus, and for whatever it can't tell."""
    global _asleep_until  # noqa: PLW0603  one small memory for each process
    address = settings.CLAMAV_SOCKET
    if not address:
        return
    if time.monotonic() < _asleep_until:
        raise _unavailable("it did not answer a moment ago")
    try:
        answer = _ask(address, content, time.monotonic() + settings.CLAMAV_SECONDS)
    except TimeoutError as error:
        _asleep_until = time.monotonic() + SILENCE_SECONDS
        raise _unavailable(error) from error
    except OSError as error:
        raise _unavailable(error) from error
    if answer == "stream: OK":
        return
    if not answer.endswith(" FOUND"):
        raise _unavailable(answer)
    logger.warning("ClamAV: %s", answer)
    if LIMITS in answer:
        raise ValidationError(
            "Berkas terlalu rumit untuk diperiksa dari virus. Cetak ke PDF atau pindai ulang, lalu unggah lagi.",
            code="unscannable",
        )
    raise ValidationError("Berkas ini terdeteksi memuat virus dan tidak disimpan.", code="virus")


def _unavailable(reason: object) -> ValidationError:
    logger.error("ClamAV does not answer: %s", reason)
    return ValidationError(
        "Pemeriksa virus sedang tidak tersedia. Coba unggah lagi beberapa menit kemudian.", code="scanner"
    )


def _ask(address: str, content: bytes, deadline: float) -> str:
    """The daemon's line, "stream: OK" or "stream: NAME FOUND"; TimeoutError at the deadline, whatever it does."""
    with _connected(address, deadline) as line:
        _send(line, b"zINSTREAM\0", deadline)
        for start in range(0, len(content), CHUNK):
            chunk = content[start : start + CHUNK]
            _send(line, len(chunk).to_bytes(4, "big") + chunk, deadline)
        _send(line, bytes(4), deadline)
        answer = b""
        while b"\0" not in answer and len(answer) < ANSWER_BYTES:
            line.settimeout(_left(deadline))
            part = line.recv(ANSWER_BYTES)
            if not part:
                break
            answer += part
    return answer.partition(b"\0")[0].decode("ascii", "replace").strip()


def _connected(address: str, deadline: float) -> socket.socket:
    if not address.startswith("/"):
        host, _, port = address.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout=_left(deadline))
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        line.settimeout(_left(deadline))
        line.connect(address)
    except BaseException:
        line.close()
        raise
    return line


def _send(line: socket.socket, data: bytes, deadline: float) -> None:
    line.settimeout(_left(deadline))
    line.sendall(data)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("no answer in time")
    return left
