"""A few real areas for tests, in some 30 ms: whoever needs places calls `load_areas()` (or takes the fixture `areas`).

Kabupaten Lombok Tengah and its neighbour Lombok Barat whole, all provinces, and some places whose titles, time
zones or kinds differ. Names and codes are real; people and documents in tests are not.
"""

from functools import cache

from regions import codes
from regions.load import Row, build, published, seed_titles, seeded_titles, store

NTB = "52"
LOMBOK_TENGAH = "52.02"
LOMBOK_BARAT = "52.01"  # the neighbouring regency
PUJUT = "52.02.04"
JONGGAT = "52.02.02"  # the neighbouring district
KUTA = "52.02.04.2009"
SUKADANA = "52.02.04.2003"  # the neighbouring village
UBUNG = "52.02.02.2002"
PRAYA = "52.02.01.1001"  # a kelurahan: does not buy
LEMBAR = "52.01.13"  # a district of Lombok Barat
BANDUNG = "32.73"
SUKARASA = "32.73.01.1001"  # a kelurahan in Bandung
TIKU_SELATAN = "13.06.01.2001"  # a nagari
SENTANI = "91.03.01"  # has a desa adat
YOBOI = "91.03.01.3007"
BALECATUR = "34.04.01.2001"  # a kalurahan in Sleman, WIB

WHOLE = (
    LOMBOK_TENGAH,
    LOMBOK_BARAT,
    "11.16.01",  # Aceh Tamiang
    "13.06.01",  # Agam
    "32.73.01",  # Kota Bandung
    "33.07.01",  # Wonosobo
    "34.04.01",  # Sleman
    "52.71.01",  # Kota Mataram, kelurahan only
    "91.03.01",  # Jayapura
    "95.01.01",  # Jayawijaya
)


@cache
def chosen() -> tuple[tuple[str, str], ...]:
    """Code and name of the areas above."""
    needed = {above for code in WHOLE for above in codes.ancestors_of(code)}
    return tuple(
        (code, name)
        for code, name in published()
        if len(code) == codes.LENGTHS[0] or code in needed or any(codes.contains(whole, code) for whole in WHOLE)
    )


@cache
def titles() -> tuple[dict[str, str], ...]:
    known = {code for code, _ in chosen()}
    return tuple(row for row in seeded_titles() if row["area"] in known)


@cache
def rows() -> tuple[Row, ...]:
    return tuple(build(chosen(), {(row["area"], row["key"]): row["text"] for row in titles()}))


def load_areas() -> None:
    """Put the chosen areas and their titles into the database; a second call changes nothing."""
    store(list(rows()))
    seed_titles(titles())
