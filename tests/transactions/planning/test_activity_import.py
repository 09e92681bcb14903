"""Siskeudes' export: how a cell is read, what a file would change, and that it is taken over whole and once."""

from __future__ import annotations

from typing import Any

import pytest

from core.sheets import Line as Row
from core.workflow import TransitionRefused
from tests.areas import KUTA, SUKADANA
from tests.transactions.planning.test_activity import KEEPERS, activity, contract_from, issue
from tests.transactions.stage import OVERSEERS, VILLAGE, Market
from tests.transactions.test_moves import Table, prove, states_of
from transactions import siskeudes
from transactions.models import Activity, ActivityImport
from transactions.models.planning.activity_import import fingerprint_of

pytestmark = pytest.mark.django_db
GOOD = {
    "Tahun": "2026", "Kd_Desa": "04.2009.", "Kd_Keg": "04.2009.04.03.02.", "Nama_Kegiatan": "Pelatihan Perangkat",
    "Nama_Bidang": "Pemberdayaan", "Nama_SubBidang": "Kapasitas Aparatur", "Sumberdana": "DDS", "NilaiPAK": "1",
    "Satuan": "paket", "Pagu_PAK": "25000000", "Nm_PPTKD": "Contoh Pka", "Jbt_PPTKD": "Kasi",
}  # fmt: skip


def read(number: int = 2, *, village: str = KUTA, alias: str = "", **cells: str) -> dict[str, Any]:
    return siskeudes.read_row(Row(number, GOOD | cells), village=village, alias=alias)


def received(market: Market, *rows: dict[str, Any], by: str = "operator") -> ActivityImport:
    document = ActivityImport(village_id=KUTA, file_name="kegiatan.xlsx", sha256="0" * 64, rows=list(rows))
    document.receive(by=market.user(by))
    return document


def take_over(market: Market, document: ActivityImport, *, by: str = "operator") -> None:
    document.apply(by=market.user(by), seen=fingerprint_of(document.compare()))


def kinds(document: ActivityImport) -> list[str]:
    return [line.kind for line in document.compare()]


# --- cells -------------------------------------------------------------------------------------------
def test_a_row_becomes_an_activitys_values() -> None:
    assert read() == {
        "line": 2,
        "values": {
            "fiscal_year": 2026, "activity_code": "04.03.02", "name": "Pelatihan Perangkat",
            "subfield": "Kapasitas Aparatur", "funding": "dd", "volume": "1.00", "unit": "paket",
            "ceiling": 25_000_000, "officer": "Contoh Pka", "position": "Kasi",
        },
        "errors": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "whole"),
    [("25000000", 25_000_000), ("25.000.000", 25_000_000), ("Rp 25.000.000,00", 25_000_000), ("25000000.00", 25_000_000),
     ("25000000.0000", 25_000_000), ("15.000", 15_000), ("0", 0)],
)  # fmt: skip
def test_amounts_are_read_as_people_and_databases_write_them(text: str, whole: int) -> None:
    assert read(Pagu_PAK=text)["values"]["ceiling"] == whole


@pytest.mark.parametrize(
    ("text", "number"),
    [("1", "1.00"), ("12,5", "12.50"), ("12.50", "12.50"), ("1.000", "1000.00"), ("1.234,5", "1234.50")],
)
def test_volumes_are_read_as_people_and_databases_write_them(text: str, number: str) -> None:
    assert read(NilaiPAK=text)["values"]["volume"] == number


@pytest.mark.parametrize(
    ("column", "text", "sentence"),
    [
        ("Tahun", "", "Tahun kosong."),
        ("Tahun", "26", "Tahun “26” tidak dikenali; tulis seperti 2026."),
        ("Tahun", "2010", "Tahun “2010” tidak dikenali; tulis seperti 2026."),
        ("Kd_Keg", "", "Kd_Keg kosong."),
        ("Kd_Keg", "pelatihan", "Kd_Keg “pelatihan” tidak dikenali; contoh 04.2009.04.03.02."),
        ("Kd_Keg", "04.2009.06.03.02.", "Kd_Keg “04.2009.06.03.02.”: bidang 06 tidak ada; bidang APB Desa 01 sampai 05."),
        ("Kd_Keg", "04.2003.04.03.02.", "Kd_Keg “04.2003.04.03.02.” tidak dikenali; contoh 04.2009.04.03.02."),
        ("Nama_Kegiatan", "", "Nama_Kegiatan kosong."),
        ("Sumberdana", "BOS", "Sumberdana “BOS” tidak dikenali; yang dikenali: DDS, DD, ADD, PAD, PADES, PBH, PBK, PBP, DLL."),
        ("Pagu_PAK", "", "Pagu_PAK kosong."),
        ("Pagu_PAK", "-5", "Pagu_PAK “-5”: Jumlah tidak boleh kurang dari nol."),
        ("NilaiPAK", "banyak", "NilaiPAK “banyak” bukan angka."),
        ("NilaiPAK", "0,333", "NilaiPAK “0,333” harus angka nol atau lebih, paling banyak dua angka di belakang koma."),
        ("NilaiPAK", "-1", "NilaiPAK “-1” harus angka nol atau lebih, paling banyak dua angka di belakang koma."),
        ("NilaiPAK", "NaN", "NilaiPAK “NaN” bukan angka."),
        ("NilaiPAK", "1e400", "NilaiPAK “1e400” bukan angka."),
        ("NilaiPAK", "9" * 60, f"NilaiPAK “{'9' * 60}” harus angka nol atau lebih, paling banyak dua angka di belakang koma."),
        ("Satuan", "x" * 51, f"“{'x' * 40}…” terlalu panjang; paling banyak 50 huruf."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_cell_is_said_in_words(column: str, text: str, sentence: str) -> None:
    assert read(**{column: text})["errors"] == [sentence]


def test_all_that_is_wrong_with_a_row_is_said_at_once() -> None:
    assert read(Tahun="", Pagu_PAK="", Sumberdana="")["errors"] == [
        "Tahun kosong.", "Sumberdana kosong.", "Pagu_PAK kosong.",
    ]  # fmt: skip


def test_a_neighbours_row_is_refused_unless_its_code_is_stated() -> None:
    other = {"Kd_Desa": "05.2003.", "Kd_Keg": "05.2003.04.03.02."}
    refused = (
        "Kd_Desa 05.2003 bukan desa ini (04.2009). Bila kode desa di Siskeudes memang lain, isi di halaman unggah."
    )
    assert read(**other)["errors"] == [refused]
    assert read(**other, alias="05.2003.")["values"]["activity_code"] == "04.03.02"
    assert read(Kd_Desa=KUTA, Kd_Keg=f"{KUTA}.04.03.02")["values"]["activity_code"] == "04.03.02"
    assert read(Kd_Desa="", Kd_Keg="4.3.2")["values"]["activity_code"] == "04.03.02"


def test_a_formula_is_no_value() -> None:
    row = Row(2, dict(GOOD), {"Pagu_PAK": "Sel ini berisi rumus."})
    assert siskeudes.read_row(row, village=KUTA)["errors"] == ["Pagu_PAK: Sel ini berisi rumus."]


# --- what a file would do ----------------------------------------------------------------------------
def test_new_changed_same_and_refused_are_told_apart(market: Market) -> None:
    take_over(market, received(market, read(2), read(3, Kd_Keg="04.01.01"), read(4, Kd_Keg="04.01.02")))
    busy = Activity.objects.get(activity_code="04.01.02")
    issue(market, contract_from(market, busy))
    document = received(
        market,
        read(2),
        read(3, Kd_Keg="04.01.01", Pagu_PAK="26.000.000", NilaiPAK="", Satuan="orang"),
        read(4, Kd_Keg="04.01.02", Pagu_PAK="9.399.999"),
        read(5, Kd_Keg="04.01.03"),
        read(6, Kd_Keg="04.01.03"),
        read(7, Sumberdana="ADD"),
    )
    lines = document.compare()
    assert [line.kind for line in lines] == ["same", "changed", "refused", "new", "refused", "new"]
    assert lines[1].changes == [
        ("pagu", "Rp25.000.000", "Rp26.000.000"),
        ("volume keluaran", "1", "kosong"),
        ("satuan", "paket", "orang"),
    ]
    assert lines[2].errors == ["Pagu Rp9.399.999 di bawah nilai yang sudah dikontrak, Rp9.400.000."]
    assert lines[4].errors == ["Kegiatan ini sudah ada di baris 5 berkas yang sama."]


def test_a_column_that_the_file_lacks_changes_nothing(market: Market) -> None:
    take_over(market, received(market, read()))
    row = read()
    for name in ("subfield", "volume", "unit", "officer", "position"):
        del row["values"][name]
    assert kinds(received(market, row)) == ["same"]


def test_a_file_with_a_refused_row_changes_nothing_at_all(market: Market) -> None:
    document = received(market, read(2), read(3, Kd_Keg="04.01.01", Tahun=""))
    with pytest.raises(TransitionRefused) as refusal:
        take_over(market, document)
    assert refusal.value.reason == "1 baris ditolak. Perbaiki di Siskeudes atau di berkasnya, lalu unggah lagi."
    assert not Activity.objects.exists()
    document.refresh_from_db()
    assert (document.state, document.applied_at) == ("checked", None)


def test_a_row_that_fails_late_takes_the_others_back(market: Market) -> None:
    """Past every check: the second row breaks a constraint of the database, and the first goes with it."""
    spoilt = read(3, Kd_Keg="04.01.01")
    spoilt["values"]["ceiling"] = -1
    document = received(market, read(2), spoilt)
    with pytest.raises(Exception, match="activity_ceiling_not_negative"):
        take_over(market, document)
    assert not Activity.objects.exists()


def test_it_is_taken_over_once(market: Market) -> None:
    document = received(market, read())
    seen = fingerprint_of(document.compare())
    take_over(market, document)
    with pytest.raises(TransitionRefused, match="statusnya sekarang Sudah dimuat"):
        document.apply(by=market.user("operator"), seen=seen)
    again = received(market, read())
    assert kinds(again) == ["same"]
    with pytest.raises(TransitionRefused, match="daftar desa sudah sama dengan berkas ini"):
        take_over(market, again)
    assert Activity.objects.get().events().count() == 1


def test_each_activity_says_which_file_it_came_from(market: Market) -> None:
    first = received(market, read())
    take_over(market, first)
    second = received(market, read(Pagu_PAK="26.000.000"))
    take_over(market, second, by="kaur")
    born, changed = Activity.objects.get().events()
    assert born.data == {"ceiling": 25_000_000, "import": first.code}
    assert (changed.verb, changed.actor_name) == ("load", "Contoh Kaur")
    assert changed.data == {"changed": {"ceiling": [25_000_000, 26_000_000]}, "import": second.code}
    assert second.events().get(verb="apply").data == {"new": 0, "changed": 1, "same": 0}


def test_what_changed_since_it_was_shown_is_shown_again(market: Market) -> None:
    take_over(market, received(market, read()))
    document = received(market, read(Pagu_PAK="26.000.000"))
    seen = fingerprint_of(document.compare())
    Activity.objects.get().amend(by=market.user("kaur"), ceiling=30_000_000)
    with pytest.raises(TransitionRefused, match="berubah sejak berkas ini diperiksa"):
        document.apply(by=market.user("operator"), seen=seen)
    assert Activity.objects.get().ceiling == 30_000_000
    take_over(market, document)
    assert Activity.objects.get().ceiling == 26_000_000


def test_a_dropped_activity_does_not_come_back_by_a_file(market: Market) -> None:
    take_over(market, received(market, read()))
    Activity.objects.get().drop(by=market.user("kaur"), reason="Dihapus.")
    line = received(market, read()).compare()[0]
    assert line.errors == ["Kegiatan ini sudah dikeluarkan dari daftar desa; masukkan kembali dahulu."]


def test_the_neighbours_list_is_not_looked_at(market: Market) -> None:
    activity(market, village=SUKADANA, fiscal_year=2026, ceiling=25_000_000)
    assert kinds(received(market, read())) == ["new"]


# --- who ---------------------------------------------------------------------------------------------
IMPORT: Table = {("checked", "apply"): KEEPERS, ("checked", "discard"): KEEPERS}


def test_who_may_do_what_with_an_import(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.transactions import test_moves

    taken, left = received(market, read()), received(market, read(Kd_Keg="04.01.01"))
    needs = {"apply": {"seen": fingerprint_of(taken.compare())}}
    monkeypatch.setattr(test_moves, "arguments", lambda market, document: needs)
    prove(market, taken, IMPORT)
    take_over(market, taken)
    prove(market, taken, IMPORT)
    left.discard(by=market.user("sekdes"))
    prove(market, left, IMPORT)
    states_of(IMPORT, ActivityImport, ["checked", taken.state, left.state])
    assert Activity.objects.count() == 1


def test_who_may_send_a_file_and_see_it(market: Market) -> None:
    document = received(market, read())
    people = market.everyone()
    assert {key for key, user in people.items() if document.may_create(user)} == KEEPERS
    seen = {key for key, user in people.items() if ActivityImport.objects.visible_to(user).exists()}
    assert seen == VILLAGE | OVERSEERS


def test_it_is_compared_in_one_query(market: Market, django_assert_num_queries: Any) -> None:
    document = received(market, *(read(number, Kd_Keg=f"04.01.{number:02d}") for number in range(2, 40)))
    with django_assert_num_queries(1):
        document.compare()
