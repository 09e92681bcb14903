"""The Pokja at the office's desk, through the browser's own requests."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership, Role, User
from core.clock import today
from core.models import Job, PrintedDocument
from core.tasks import run_job
from tests.accounts.stage import fresh, give, logged_in, person, upload, with_second_factor
from tests.areas import LOMBOK_BARAT, LOMBOK_TENGAH
from tests.verification.stage import DAY, Stage
from verification.models import Pokja, PokjaMember

LIST = reverse("admin:verification_pokja_changelist")
NEW = reverse("admin:verification_pokja_add")


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def key_in(response: Any) -> str:
    return response.context["form"]["submit_key"].value()


def decree(**changes: Any) -> dict[str, Any]:
    return {
        "decree_number": "188.45/7/2026",
        "decree_date": today().isoformat(),
        "starts_on": today().isoformat(),
        "ends_on": (today() + 364 * DAY).isoformat(),
    } | changes


def prepared(desk: Client, **changes: Any) -> Pokja:
    """A decree typed into the form."""
    answer = desk.post(NEW, decree(submit_key=key_in(desk.get(NEW)), **changes))
    assert answer.status_code == 302, answer.context["form"].errors
    return Pokja.objects.get(code=answer.url.rstrip("/").split("/")[-1])


def add(desk: Client, pokja: Pokja, user: User | str, position: str = "member", body: str = "Dinas PMD") -> Any:
    email = user if isinstance(user, str) else user.email
    return desk.post(pokja.move_url("add_member"), {"email": email, "position": position, "body": body, "title": ""})


def test_from_a_typed_decree_to_a_working_pokja(stage: Stage) -> None:
    """The office types, adds, establishes; the members then sit at their desk, and read who they are."""
    office = logged_in(stage.office)
    pokja = prepared(office, decree=upload("sk.jpg"))
    assert pokja.decree.about == "verification.pokja"
    people = [person(f"Anggota {letter}") for letter in "ABC"]
    for user, position in zip(people, ("chair", "secretary", "member"), strict=True):
        assert add(office, pokja, user, position).status_code == 302
    assert logged_in(people[0]).get(LIST).status_code == 302, "a draft gives no right"
    confirmation = text_of(office.get(pokja.move_url("establish")))
    assert "3 orang ini memegang hak Pokja" in confirmation
    assert office.post(pokja.move_url("establish")).status_code == 302
    held = {(m.user.name, m.role, m.position, m.ends_on) for m in Membership.objects.filter(area=LOMBOK_TENGAH)
            if m.role.startswith("pokja")}  # fmt: skip
    ends = pokja.ends_on
    assert held == {
        ("Anggota A", "pokja_chair", "Ketua Pokja P2KTD", ends),
        ("Anggota B", "pokja_member", "Sekretaris Pokja P2KTD", ends),
        ("Anggota C", "pokja_member", "Anggota Pokja P2KTD", ends),
    }
    member = logged_in(with_second_factor(fresh(people[2])))
    page = text_of(member.get(pokja.get_absolute_url()))
    assert "Anggota A" in page and "Bertugas sampai" in page
    assert "Keluarkan" not in page and people[0].email not in page


def test_the_form_is_sent_twice_and_makes_one(stage: Stage) -> None:
    office = logged_in(stage.office)
    data = decree(submit_key=key_in(office.get(NEW)))
    first, second = office.post(NEW, data), office.post(NEW, data)
    assert first.url == second.url
    assert Pokja.objects.count() == 1


def test_only_one_decree_at_a_time_is_prepared(stage: Stage) -> None:
    office = logged_in(stage.office)
    prepared(office)
    answer = office.post(NEW, decree(submit_key=key_in(office.get(NEW)), decree_number="188.45/8/2026"))
    assert answer.status_code == 409
    assert "Keputusan 188.45/7/2026 masih disiapkan." in text_of(answer)
    assert Pokja.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"decree_number": ""}, "wajib"),
        ({"ends_on": "2020-01-01"}, "Hari terakhir harus setelah hari pertama."),
        ({"starts_on": "2020-01-01", "ends_on": "2020-12-31"}, "Masa tugas ini sudah lewat."),
        ({"ends_on": "2099-01-01"}, "Masa tugas lebih dari lima tahun. Periksa tahunnya."),
        ({"decree_date": "2099-01-01"}, "Tanggal paling akhir"),
        ({"starts_on": "kemarin"}, "Tanggal tidak dikenali."),
    ],
)
def test_a_wrong_decree_comes_back_with_a_sentence(stage: Stage, changes: dict[str, str], sentence: str) -> None:
    office = logged_in(stage.office)
    answer = office.post(NEW, decree(submit_key=key_in(office.get(NEW)), **changes))
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert not Pokja.objects.exists()


@pytest.mark.parametrize("email", ["tiada@desa.example", "tono.tanpa@desa.example"])
def test_who_has_no_confirmed_account_is_told_to_register(stage: Stage, email: str) -> None:
    """The same sentence for an unknown address and an unconfirmed account; nobody is made."""
    stage.nobody.emailaddress_set.update(verified=False)
    office = logged_in(stage.office)
    pokja = prepared(office)
    before = User.objects.count()
    answer = add(office, pokja, email)
    assert answer.status_code == 422
    assert "Minta orang itu mendaftar sendiri" in text_of(answer)
    assert User.objects.count() == before
    assert not pokja.serving().exists()


def test_a_member_leaves_and_the_page_says_since_when(stage: Stage) -> None:
    pokja = stage.pokja
    office = logged_in(stage.office)
    row = pokja.serving().get(user=stage.second_member)
    page = text_of(office.get(f"{pokja.move_url('remove_member')}?anggota={row.code}"))
    assert f'<option value="{row.code}" selected>' in page
    assert office.post(pokja.move_url("remove_member"), {"member": row.code, "reason": ""}).status_code == 422
    assert (
        office.post(pokja.move_url("remove_member"), {"member": row.code, "reason": "Pindah tugas."}).status_code == 302
    )
    page = text_of(office.get(pokja.get_absolute_url()))
    assert "Pernah menjadi anggota (1)" in page
    assert "Pindah tugas." in page
    assert not people_holds(stage.second_member)
    again = office.post(pokja.move_url("remove_member"), {"member": row.code, "reason": "Pindah."})
    assert again.status_code == 422, "no longer to choose"


def people_holds(user: User) -> bool:
    from accounts import people
    from accounts.models.membership import POKJA_ROLES

    return people.holds(fresh(user), *POKJA_ROLES)


def test_a_member_who_works_for_a_provider_is_marked(stage: Stage) -> None:
    give(stage.second_member, Role.PROVIDER, provider=stage.firm)
    page = text_of(logged_in(stage.office).get(stage.pokja.get_absolute_url()))
    assert page.count("Bekerja untuk CV Contoh Bina Desa; tidak ikut menilainya.") == 1


def test_the_next_pokja_begins_with_todays_members(stage: Stage) -> None:
    pokja, office = stage.pokja, logged_in(stage.office)
    page = office.get(pokja.move_url("prepare_next"))
    assert page.context["form"]["starts_on"].value() == pokja.ends_on + DAY
    first = pokja.ends_on + DAY
    data = decree(decree_number="188.45/9/2027", starts_on=first.isoformat(), ends_on=(first + 200 * DAY).isoformat())
    answer = office.post(pokja.move_url("prepare_next"), data)
    following = Pokja.objects.get(state="draft")
    assert answer.url == following.get_absolute_url()
    page = text_of(office.get(answer.url))
    assert "Pokja berikutnya disiapkan. Periksa anggotanya, lalu tetapkan." in page
    assert f"Anggota disalin dari keputusan {pokja.decree_number}." in page
    assert {(m.user_id, m.position) for m in following.serving()} == {(m.user_id, m.position) for m in pokja.serving()}
    assert office.post(following.move_url("establish")).status_code == 302
    assert pokja.is_in_force
    assert Pokja.objects.get(pk=following.pk).phase == ("Akan bertugas", "info")


def test_an_overlapping_decree_is_refused_by_name(stage: Stage) -> None:
    pokja, office = stage.pokja, logged_in(stage.office)
    following = prepared(office, decree_number="188.45/2/2026")
    for user, position in ((stage.chair, "chair"), (stage.member, "member")):
        add(office, following, user, position)
    answer = office.post(following.move_url("establish"))
    assert answer.status_code == 409
    assert f"Pokja menurut keputusan {pokja.decree_number}" in text_of(answer)
    assert Pokja.objects.get(pk=following.pk).state == "draft"
    assert office.post(pokja.move_url("dissolve"), {"reason": "Keputusan 188.45/2/2026."}).status_code == 302
    assert office.post(following.move_url("establish")).status_code == 302
    assert people_holds(stage.chair) and not people_holds(stage.second_member)


def test_rights_without_a_decree_are_listed_and_can_be_ended(stage: Stage) -> None:
    stranger = give(person("Lama Tanpa Keputusan"), Role.POKJA_MEMBER, LOMBOK_TENGAH)
    give(person("Jauh Tanpa Keputusan"), Role.POKJA_MEMBER, LOMBOK_BARAT)
    assert stage.pokja
    office = logged_in(stage.office)
    page = text_of(office.get(LIST))
    assert page.count("Lama Tanpa Keputusan") == 2  # the name, and what the link does
    assert "Jauh Tanpa Keputusan" not in page
    assert f"/keanggotaan/{stranger.code}/akhiri/" in page
    assert "Putu Ketua" not in text_of(office.get(LIST)).split("Hak tanpa keputusan Pokja")[1].split("</section>")[0]


def test_establishing_ends_rights_without_a_decree_when_asked(stage: Stage) -> None:
    stranger = person("Lama Tanpa Keputusan")
    give(stranger, Role.POKJA_CHAIR, LOMBOK_TENGAH)
    old = give(stage.nobody, Role.POKJA_MEMBER, LOMBOK_TENGAH)
    office = logged_in(stage.office)
    pokja = prepared(office)
    for user, position in ((stage.applicant, "chair"), (stage.nobody, "member")):
        add(office, pokja, user, position)
    assert "Lama Tanpa Keputusan" in text_of(office.get(pokja.move_url("establish")))
    assert office.post(pokja.move_url("establish"), {"end_others": "on"}).status_code == 302
    assert not people_holds(stranger)
    old.refresh_from_db()
    assert old.state == "ended"
    assert Membership.objects.current().get(user=stage.nobody, role=Role.POKJA_MEMBER).ends_on == pokja.ends_on


def test_the_printed_list_is_frozen_and_read_by_its_readers(stage: Stage) -> None:
    pokja, office = stage.pokja, logged_in(stage.office)
    url = reverse("admin:verification_pokja_print", args=[pokja.code])
    answer = office.post(url)
    paper = PrintedDocument.objects.get(kind="susunan-pokja")
    assert answer.url == paper.get_absolute_url()
    assert office.post(url).url == answer.url, "the same content is printed once"
    run_job(Job.objects.get(key=f"render:{paper.pk}").pk)
    paper.refresh_from_db()
    assert paper.pages == 1
    names = [row["name"] for row in paper.snapshot["members"]]
    assert names == ["Putu Ketua", "Baiq Anggota", "Made Anggota"]
    readers = {
        name: logged_in(user).get(answer.url).status_code
        for name, user in {
            "office": stage.office, "member": stage.member, "ministry": stage.ministry, "province": stage.province,
            "neighbour": stage.neighbour_office, "owner": stage.owner(stage.firm), "head": stage.head,
        }.items()
    }  # fmt: skip
    assert readers == {
        "office": 200, "member": 200, "ministry": 200, "province": 200, "neighbour": 404, "owner": 404, "head": 404,
    }  # fmt: skip


# --- scope ------------------------------------------------------------------------------------------
def test_a_neighbours_pokja_is_not_there(stage: Stage) -> None:
    """Every address of it, read or written: 404, and nothing changes."""
    pokja = stage.pokja
    for user in (stage.neighbour_office, stage.neighbour_member):
        desk = logged_in(user)
        assert pokja.decree_number not in text_of(desk.get(LIST))
        pages = [pokja.get_absolute_url(), *(pokja.move_url(verb) for verb in Pokja.MOVES)]
        assert {desk.get(url).status_code for url in pages} == {404}
        assert {desk.post(url, {"reason": "x"}).status_code for url in pages[1:]} == {404}
        assert desk.post(reverse("admin:verification_pokja_print", args=[pokja.code])).status_code == 404
    pokja.refresh_from_db()
    assert pokja.state == "established" and pokja.serving().count() == 3


def test_the_form_takes_no_other_regency(stage: Stage) -> None:
    """A forged regency is not even read when the office has one place; with two, only those two are offered."""
    office = logged_in(stage.office)
    pokja = prepared(office, regency=LOMBOK_BARAT)
    assert pokja.regency_id == LOMBOK_TENGAH
    pokja.cancel(by=stage.office)
    give(stage.office, Role.REGENCY_OFFICE, LOMBOK_BARAT)
    office = logged_in(fresh(stage.office))
    assert [value for value, _ in office.get(NEW).context["form"].fields["regency"].choices] == [
        "", LOMBOK_BARAT, LOMBOK_TENGAH,
    ]  # fmt: skip
    answer = office.post(NEW, decree(submit_key=key_in(office.get(NEW)), regency="32.73"))
    assert answer.status_code == 422


def test_who_reads_and_who_adds(stage: Stage) -> None:
    assert stage.pokja
    users = {
        "office": stage.office, "member": stage.member, "chair": stage.chair, "ministry": stage.ministry,
        "tapm": stage.tapm, "province": stage.province, "head": stage.head, "owner": stage.owner(stage.firm),
    }  # fmt: skip
    found = {
        name: (logged_in(user).get(LIST).status_code, logged_in(user).get(NEW).status_code)
        for name, user in users.items()
    }
    out = found["head"]
    assert found == {
        "office": (200, 200), "member": (200, 403), "chair": (200, 403), "ministry": (200, 403),
        "tapm": out, "province": out, "head": out, "owner": out,
    }  # fmt: skip
    assert out[0] in (302, 403)


def test_the_list_finds_by_phase_and_words(stage: Stage) -> None:
    pokja, office = stage.pokja, logged_in(stage.office)
    following = prepared(office, decree_number="188.45/99/2027", starts_on=(pokja.ends_on + DAY).isoformat(),
                         ends_on=(pokja.ends_on + 9 * DAY).isoformat())  # fmt: skip

    def found(**asked: str) -> set[str]:
        return {line[0].decree_number for line in office.get(LIST, asked).context["lines"]}

    old, new = pokja.decree_number, following.decree_number
    assert found() == {old, new}
    assert found(tahap="berlaku") == {old}
    assert found(tahap="disiapkan") == {new}
    assert found(tahap="lampau") == set()
    assert "Tidak ada Pokja yang cocok" in text_of(office.get(LIST, {"tahap": "lampau"}))
    assert found(cari="/99/") == {new}


def test_the_list_costs_as_much_with_three_as_with_one(stage: Stage) -> None:
    pokja, office = stage.pokja, logged_in(stage.office)

    def queries() -> int:
        office.get(LIST)
        with CaptureQueriesContext(connection) as caught:
            assert office.get(LIST).status_code == 200
        return len(caught)

    few = queries()
    for years in (3, 5):
        one = Pokja(regency_id=LOMBOK_TENGAH, decree_number=f"lama {years}", decree_date=today(),
                    starts_on=today() + dt.timedelta(days=365 * years), ends_on=today() + dt.timedelta(days=366 * years))  # fmt: skip
        one.prepare(by=stage.office)
        PokjaMember.objects.create(pokja=one, user=stage.chair, position="chair", body="x")
        one.cancel(by=stage.office)
    assert pokja and queries() == few
