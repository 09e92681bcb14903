"""Who is told of a plenary: whoever signs next, and who wrote a report that was opened again.

The applicants hear of the decree through their own applications' verbs.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.formats import tanggal_sedang
from core.models import Event
from core.notices import Tell, tells
from verification.models import Plenary

ABOUT = "verification.plenary"


@tells(ABOUT, "minute")
def signer_has_to_decide(event: Event, plenary: Plenary) -> Iterable[Tell]:
    """The chair; the secretary where the chair is barred."""
    for user in plenary.signers():
        yield Tell(
            user,
            title=f"Menunggu keputusan: rapat pleno {tanggal_sedang(plenary.held_on)}",
            body=f"Berita acara {plenary.minutes_number} dibuat oleh {event.actor_name}, "
            f"{event.data['applications']} permohonan. Tetapkan dengan keputusan, atau buka kembali bila ada yang salah.",
        )


@tells(ABOUT, "reopen")
def writer_mends(event: Event, plenary: Plenary) -> Iterable[Tell]:
    before = plenary.events().filter(verb="minute").select_related("actor").last()
    if before and before.actor:
        yield Tell(
            before.actor,
            title=f"Berita acara dibuka kembali: rapat pleno {tanggal_sedang(plenary.held_on)}",
            body=f"{event.actor_name}: {event.note}",
        )
