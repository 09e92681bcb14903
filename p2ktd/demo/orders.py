"""The demo's orders, each at another station, from a need just noted to a closed and rated purchase."""

from __future__ import annotations

from accounts.models import User
from catalog.models import Service
from core.models import Event
from p2ktd.demo import budget
from p2ktd.demo.cast import DOMAIN, NEIGHBOUR, VILLAGE
from p2ktd.demo.telling import Telling


def tell_all(people: dict[str, User], services: dict[str, Service]) -> None:
    """Every order of the story."""
    training = services["Pelatihan pengelolaan BUM Desa"]
    posyandu = services["Pelatihan kader Posyandu dan pencegahan stunting"]
    website = services["Pembuatan situs web desa"]
    waste = services["Pelatihan bank sampah desa"]
    road = services["Perencanaan teknis (DED) jalan desa"]
    market = services["Pelatihan pengemasan dan pemasaran produk desa"]
    mapping = services["Pemetaan batas dan potensi desa dengan drone"]
    plan = services["Pendampingan penyusunan RPJM Desa"]
    farm_road = services["Gambar rencana dan RAB jalan usaha tani"]

    def begin(days_ago: int, village: str = VILLAGE) -> Telling:
        return Telling(people, village, days_ago)

    first = begin(90)
    first.step(0, lambda: budget.load(first.by("operator"), VILLAGE, budget.story_years(first.real_now, 90)))
    begin(85).tell(training, "Pelatihan pengelola BUM Desa", until="rated", stars=5)
    begin(80, NEIGHBOUR).tell(posyandu, "Pelatihan kader Posyandu", until="rated", stars=4)
    begin(70, NEIGHBOUR).tell(website, "Situs web desa", until="held")
    begin(60).tell(waste, "Pelatihan bank sampah", until="paid")
    begin(45).tell(market, "Pengemasan produk UMKM desa", until="asked")
    pending = begin(40, NEIGHBOUR)
    pending.tell(training, "Pelatihan pembukuan BUM Desa", until="running")
    pending.step(5, pending.extended)
    begin(30).tell(website, "Situs web dan pelayanan informasi desa", until="contracted")
    begin(20).tell(road, "DED jalan usaha tani", until="quoted", rivals=(farm_road,))
    begin(18).tender(road, farm_road, "Perencanaan embung dan irigasi desa", value=245_000_000)
    begin(16).tell(mapping, "Peta potensi desa", until="budgeted")
    begin(6).tell(plan, "Peninjauan RPJM Desa", until="agreed")
    begin(1, NEIGHBOUR).tell(posyandu, "Penyegaran kader Posyandu", until="need")
    last = begin(1)
    last.step(0, lambda: budget.propose(last.by("operator"), VILLAGE, last.day.year))


def is_told() -> bool:
    return User.objects.filter(email=f"operator@{DOMAIN}").exists() and Event.objects.exists()
