from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, Role, User
from core.clock import today
from tests.accounts.stage import Cast, give, logged_in, person
from tests.areas import KUTA, LEMBAR, LOMBOK_BARAT, LOMBOK_TENGAH, PUJUT

ADD = "/admin/accounts/membership/add/"


def filled(user: User, role: str, area: str, **changes: Any) -> dict[str, Any]:
    return {
        "email": user.email, "role": role, "area": area, "position": "", "basis": "SK Bupati 7/2026",
        "starts_on": today().isoformat(), "ends_on": "",
    } | changes  # fmt: skip


def test_the_office_appoints_people_of_its_own_territory(cast: Cast) -> None:
    client = logged_in(cast.office)
    for role, area in (
        (Role.TAPM, LOMBOK_TENGAH),
        (Role.PD, PUJUT),
        (Role.PLD, KUTA),
        (Role.DISTRICT_OFFICE, PUJUT),
    ):
        answer = client.post(ADD, filled(cast.nobody, role, area))
        assert answer.status_code == 302, answer.context["adminform"].form.errors
    held = set(Membership.objects.filter(user=cast.nobody).values_list("role", "area_id"))
    assert held == {
        (Role.TAPM, LOMBOK_TENGAH), (Role.PD, PUJUT), (Role.PLD, KUTA), (Role.DISTRICT_OFFICE, PUJUT)
    }  # fmt: skip


def test_the_ministry_appoints_offices(cast: Cast) -> None:
    client = logged_in(cast.ministry)
    for role, area in ((Role.REGENCY_OFFICE, LOMBOK_BARAT), (Role.PROVINCE_OFFICE, "52"), (Role.MINISTRY, "")):
        assert client.post(ADD, filled(cast.nobody, role, area)).status_code == 302
    assert Membership.objects.filter(user=cast.nobody).count() == 3


@pytest.mark.parametrize(
    ("role", "area"),
    [
        (Role.TAPM, LOMBOK_BARAT), (Role.PD, LEMBAR), (Role.PLD, "52.01.13.2001"),  # the neighbour's
        (Role.TAPM, "52"), (Role.TAPM, PUJUT), (Role.PD, KUTA),  # another level
        (Role.POKJA_MEMBER, LOMBOK_TENGAH), (Role.POKJA_CHAIR, LOMBOK_TENGAH),  # by the Pokja's decree alone
        (Role.REGENCY_OFFICE, LOMBOK_TENGAH), (Role.MINISTRY, ""), (Role.PROVINCE_OFFICE, "52"),  # another's to give
        (Role.VILLAGE_HEAD, KUTA), (Role.PROVIDER, ""), ("", PUJUT), (Role.PD, ""), (Role.PD, "x' OR 1=1"),
    ],
)  # fmt: skip
def test_the_office_cannot_give_what_is_not_its_own(cast: Cast, role: str, area: str) -> None:
    before = Membership.objects.filter(user=cast.nobody).count()
    answer = logged_in(cast.office).post(ADD, filled(cast.nobody, role, area))
    assert answer.status_code == 200
    assert Membership.objects.filter(user=cast.nobody).count() == before


def test_the_form_offers_only_ones_own_territory(cast: Cast) -> None:
    page = logged_in(cast.office).get(ADD).content.decode()
    assert f'value="{PUJUT}"' in page
    assert LOMBOK_BARAT not in page
    assert 'value="ministry"' not in page


@pytest.mark.parametrize("changes", [{"email": "tiada@desa.example"}, {"email": "x"}, {"basis": ""}, {"starts_on": "x"},
                                     {"ends_on": "2001-01-01"}])  # fmt: skip
def test_wrong_answers_are_told(cast: Cast, changes: dict[str, str]) -> None:
    assert logged_in(cast.office).post(ADD, filled(cast.nobody, Role.PD, PUJUT, **changes)).status_code == 200
    assert not Membership.objects.filter(user=cast.nobody).exists()


def test_an_unconfirmed_account_is_not_appointed(cast: Cast) -> None:
    cast.nobody.emailaddress_set.update(verified=False)
    logged_in(cast.office).post(ADD, filled(cast.nobody, Role.PD, PUJUT))
    assert not Membership.objects.filter(user=cast.nobody).exists()


def test_a_second_submit_says_so_and_gives_nothing_twice(cast: Cast) -> None:
    client = logged_in(cast.office)
    client.post(ADD, filled(cast.nobody, Role.PD, PUJUT))
    answer = client.post(ADD, filled(cast.nobody, Role.PD, PUJUT), follow=True)
    assert "sudah memegang peran ini" in answer.content.decode()
    assert Membership.objects.filter(user=cast.nobody).count() == 1


# --- scope -------------------------------------------------------------------------------------------------
def far(cast: Cast) -> tuple[User, Membership]:
    """Somebody of the neighbouring regency."""
    user = person("Zainab Jauh")
    return user, give(user, Role.PD, LEMBAR)


def test_lists_show_only_ones_own_territory(cast: Cast) -> None:
    far(cast)
    people = (cast.head, cast.chair)
    client = logged_in(cast.office)
    for path in ("/admin/accounts/membership/", "/admin/accounts/user/"):
        page = client.get(path).content.decode()
        assert all(user.name in page for user in people)
        assert "Zainab Jauh" not in page
        assert "Zainab Jauh" not in client.get(f"{path}?q=Zainab").content.decode()
    assert "Zainab Jauh" in logged_in(cast.ministry).get("/admin/accounts/membership/").content.decode()


@pytest.mark.parametrize("page", ["change", "history", "delete"])
def test_a_strangers_row_has_no_page(cast: Cast, page: str) -> None:
    user, membership = far(cast)
    client = logged_in(cast.office)
    for path in (f"/admin/accounts/membership/{membership.pk}/{page}/", f"/admin/accounts/user/{user.pk}/{page}/"):
        answer = client.get(path, follow=True)
        assert "Zainab Jauh" not in answer.content.decode(), path


@pytest.mark.parametrize("who", ["office", "ministry", "chair"])
def test_nobody_deletes_or_changes(cast: Cast, who: str) -> None:
    membership = cast.head.memberships.get()
    client = logged_in(getattr(cast, who))
    for path in (f"accounts/membership/{membership.pk}", f"accounts/user/{cast.head.pk}"):
        assert client.post(f"/admin/{path}/delete/", {"post": "yes"}).status_code == 403
        assert client.post(f"/admin/{path}/change/", {"name": "Diretas", "role": "ministry"}).status_code == 403
    assert client.get("/admin/accounts/user/add/").status_code == 403
    head = User.objects.get(pk=cast.head.pk)
    assert (head.name, head.memberships.get().role) == ("Lalu Kades", Role.VILLAGE_HEAD)


def test_a_bulk_delete_is_not_offered_nor_taken(cast: Cast) -> None:
    pk = cast.head.memberships.get().pk
    data = {"action": "delete_selected", "_selected_action": [pk], "post": "yes"}
    logged_in(cast.office).post("/admin/accounts/membership/", data)
    assert Membership.objects.filter(pk=pk).exists()


def test_the_pokja_finds_no_people_pages(cast: Cast) -> None:
    client = logged_in(cast.chair)
    assert client.get("/admin/accounts/membership/").status_code == 403
    assert client.get("/admin/accounts/user/").status_code == 403
    assert client.get(ADD).status_code == 403


def test_an_account_shows_no_password(cast: Cast) -> None:
    page = logged_in(cast.office).get(f"/admin/accounts/user/{cast.head.pk}/change/").content.decode()
    assert cast.head.email in page
    assert cast.head.password not in page
    assert "session_salt" not in page


def test_a_membership_shows_who_gave_it_and_leads_to_its_end(cast: Cast) -> None:
    client = logged_in(cast.office)
    client.post(ADD, filled(cast.nobody, Role.PD, PUJUT))
    membership = Membership.objects.get(user=cast.nobody)
    page = client.get(f"/admin/accounts/membership/{membership.pk}/change/").content.decode()
    assert "Peran diberikan" in page
    assert "Dewi Dinas" in page
    assert f"/keanggotaan/{membership.code}/akhiri/" in page


def test_autocomplete_gives_nothing_away(cast: Cast) -> None:
    far(cast)
    query = "?term=Zainab&app_label=accounts&model_name=membership&field_name=user"
    answer = logged_in(cast.office).get(f"/admin/autocomplete/{query}")
    assert b"Zainab" not in answer.content


def test_the_search_of_the_admin_gives_nothing_away(cast: Cast) -> None:
    far(cast)
    assert "Zainab Jauh" not in logged_in(cast.office).get("/admin/search/?s=Zainab").content.decode()


@pytest.mark.parametrize("path", ["/admin/accounts/membership/", "/admin/accounts/user/"])
def test_lists_cost_as_much_with_three_as_with_one(cast: Cast, path: str) -> None:
    client = logged_in(cast.office)
    client.get(path)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get(path).status_code == 200
        return len(caught)

    assert cast.head
    few = queries()
    assert cast.pd
    assert cast.pld
    assert queries() == few


def test_strangers_are_sent_to_the_sites_own_log_in(db: None) -> None:
    assert Client().get(ADD, follow=True).redirect_chain[-1][0].startswith("/masuk/")


def test_the_admin_has_no_password_form_and_no_shortcut_to_objects(cast: Cast) -> None:
    client = logged_in(cast.office)
    assert client.get("/admin/password_change/")["Location"] == "/kata-sandi/ubah/"
    assert client.get(f"/admin/r/1/{cast.head.pk}/").status_code == 404
