import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.models import Membership, Role, User, VillageAccess, VillageOffice
from core.clock import today
from core.models import Event, FileView, Mail, Notice
from core.workflow import TransitionRefused
from regions.models import Area
from tests.accounts.stage import Cast, at_once, fresh, give, letter_of, logged_in, person, request_of, row_held, upload
from tests.areas import KUTA, LOMBOK_TENGAH, PRAYA, SUKADANA, UBUNG, YOBOI

VERBS = tuple(VillageAccess.MOVES)
ARGUMENTS: dict[str, dict[str, Any]] = {
    "give_back": {"reason": "Foto kabur."},
    "reject": {"reason": "Bukan perangkat desa ini."},
    "resubmit": {"letter_number": "188.4/13"},
}
# (who, state) -> the verbs that are theirs then; everything else is refused.
OFFICE, OWN = {"verify", "give_back", "reject"}, {"withdraw"}
MAY = {
    ("office", "submitted"): OFFICE,
    ("applicant", "submitted"): OWN,
    ("applicant", "returned"): OWN | {"resubmit"},
}


def in_state(cast: Cast, state: str) -> VillageAccess:
    """A request of the applicant, brought there by the verbs."""
    request = request_of(cast.applicant)
    if state == "returned":
        request.give_back(by=cast.office, reason="Foto kabur.")
    elif state == "verified":
        request.verify(by=cast.office)
    elif state == "rejected":
        request.reject(by=cast.office, reason="Bukan perangkat desa.")
    elif state == "withdrawn":
        request.withdraw(by=cast.applicant)
    assert request.state == state
    return request


def attempt(request: VillageAccess, verb: str, user: Any) -> bool:
    """Try the verb in a savepoint that is taken back; whether it was made."""
    try:
        with transaction.atomic():
            getattr(VillageAccess.objects.get(pk=request.pk), verb)(by=user, **ARGUMENTS.get(verb, {}))
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        return True
    except TransitionRefused as refusal:
        return not refusal.reason.endswith(".")


@pytest.mark.parametrize("state", VillageAccess.State.values)
def test_each_role_in_each_state_makes_exactly_its_moves(cast: Cast, state: str) -> None:
    people = cast.everyone() | {"the public": None}
    request = in_state(cast, state)
    made = {who: {verb for verb in VERBS if attempt(request, verb, user)} for who, user in people.items()}
    assert made == {who: MAY.get((who, state), set()) for who in people}


@pytest.mark.parametrize("state", VillageAccess.State.values)
def test_the_buttons_are_what_the_guard_allows(cast: Cast, state: str) -> None:
    request = in_state(cast, state)
    for who in ("office", "applicant", "neighbour_office"):
        allowed = {move.verb for move in request.open_moves(getattr(cast, who)) if move.verdict}
        assert allowed == MAY.get((who, state), set())


def test_who_sees_a_request(cast: Cast) -> None:
    request = in_state(cast, "submitted")
    seeing = {who for who, user in cast.everyone().items() if VillageAccess.objects.visible_to(user).exists()}
    assert seeing == {"applicant", "office"}
    statuses = {
        who: logged_in(user).get(request.get_absolute_url()).status_code for who, user in cast.everyone().items()
    }
    assert statuses == {who: 200 if who in seeing else 404 for who in cast.everyone()}
    assert Client().get(request.get_absolute_url())["Location"].startswith("/masuk/")


def test_the_neighbours_read_and_change_nothing_of_it(cast: Cast) -> None:
    request = in_state(cast, "submitted")
    for who in ("neighbour_office", "neighbour", "nobody", "provider", "pld", "head"):
        client = logged_in(getattr(cast, who))
        assert cast.applicant.name not in client.get("/akses-desa/").content.decode()
        assert client.get(request.letter.get_absolute_url()).status_code == 404
        for verb in VERBS:
            assert client.post(request.move_url(verb), {"reason": "x"}).status_code == 404
    assert VillageAccess.objects.get().state == "submitted"
    assert not FileView.objects.exists()


def test_the_letter_opens_for_both_sides_and_each_view_is_kept(cast: Cast) -> None:
    request = in_state(cast, "submitted")
    for user in (cast.office, cast.applicant):
        assert logged_in(user).get(request.letter.get_absolute_url()).status_code == 200
    assert set(FileView.objects.values_list("user", flat=True)) == {cast.office.pk, cast.applicant.pk}


# --- what follows from a move --------------------------------------------------------------------------------
def test_rights_begin_with_the_verification_and_not_before(cast: Cast) -> None:
    request = in_state(cast, "submitted")
    assert fresh(cast.applicant).memberships_now == []
    assert not VillageOffice.objects.exists()
    request.verify(by=cast.office)
    (membership,) = fresh(cast.applicant).memberships_now
    assert (membership.role, membership.area_id, membership.starts_on) == (Role.VILLAGE_OPERATOR, KUTA, today())
    assert membership.basis == "188.4/12/KD/2025 tanggal 01/03/2025"
    assert VillageOffice.objects.get().area_id == KUTA


def test_an_auditor_reads_who_gave_the_right(cast: Cast) -> None:
    in_state(cast, "verified")
    event = Event.objects.get(about="accounts.membership", verb="appoint", data__person=cast.applicant.name)
    assert (event.actor, event.role, event.region) == (cast.office, Role.REGENCY_OFFICE, LOMBOK_TENGAH)
    assert event.verb_label == "Peran diberikan"


def test_a_new_head_is_not_verified_beside_the_old_one(cast: Cast) -> None:
    assert cast.head
    request = request_of(cast.applicant, role=Role.VILLAGE_HEAD)
    with pytest.raises(TransitionRefused, match="Lalu Kades masih tercatat"):
        request.verify(by=cast.office)
    assert VillageAccess.objects.get().state == "submitted"
    request.verify(by=cast.office, replace=True)
    assert [m.user for m in Membership.objects.current().holding(Role.VILLAGE_HEAD)] == [cast.applicant]
    assert fresh(cast.head).memberships_now == []
    end = Event.objects.get(about="accounts.membership", verb="end")
    assert (end.actor, end.note) == (cast.office, "Digantikan oleh Ayu Pemohon.")


def test_both_sides_are_told(cast: Cast) -> None:
    assert cast.office
    assert cast.colleague
    request = request_of(cast.applicant)
    assert {n.user for n in Notice.objects.filter(title__startswith="Verifikasi akses desa")} == {
        cast.office,
        cast.colleague,
    }
    request.give_back(by=cast.office, reason="Nomor surat tidak terbaca.")
    mail = Mail.objects.filter(to=cast.applicant.email).latest("pk")
    assert mail.subject == "Permohonan akses Desa Kuta perlu diperbaiki"
    assert "Nomor surat tidak terbaca." in mail.body
    assert request.get_absolute_url() in mail.body


def test_a_regency_without_an_office_is_brought_to_the_ministry(cast: Cast) -> None:
    assert cast.ministry
    request_of(cast.applicant)
    notice = Notice.objects.get(channel="site", user=cast.ministry, title__contains="belum mempunyai petugas")
    assert notice.title == "Dinas PMD Kabupaten Lombok Tengah belum mempunyai petugas"


def test_colleagues_learn_who_now_acts_for_their_village(cast: Cast) -> None:
    people = (cast.head, cast.neighbour)
    in_state(cast, "verified")
    told = {notice.user for notice in Notice.objects.filter(title="Ayu Pemohon kini Operator Desa, Desa Kuta")}
    assert told & set(people) == {cast.head}


def test_what_waits_for_whom(cast: Cast) -> None:
    request = in_state(cast, "submitted")
    waiting = {who for who, user in cast.everyone().items() if VillageAccess.objects.waiting_for(user).exists()}
    assert waiting == {"office"}
    request.give_back(by=cast.office, reason="Kabur.")
    waiting = {who for who, user in cast.everyone().items() if VillageAccess.objects.waiting_for(user).exists()}
    assert waiting == {"applicant"}


def test_nobody_verifies_oneself(cast: Cast) -> None:
    request = request_of(cast.office, role=Role.BPD)
    with pytest.raises(TransitionRefused, match="rekan lain"):
        request.verify(by=cast.office)


# --- asking ------------------------------------------------------------------------------------------------
def filled(client: Client, **changes: Any) -> dict[str, Any]:
    key = client.get("/akses-desa/baru/").context["form"]["submit_key"].value()
    return {
        "submit_key": key, "village": KUTA, "role": "village_secretary", "phone": "0812 3456 7890",
        "letter_number": "188.4/1", "letter_date": "2025-03-01", "letter": upload(),
    } | changes  # fmt: skip


def test_a_person_asks_in_the_browser(cast: Cast) -> None:
    client = logged_in(cast.applicant)
    answer = client.post("/akses-desa/baru/", filled(client), follow=True)
    request = VillageAccess.objects.get()
    assert (request.user, request.village_id, request.phone) == (cast.applicant, KUTA, "+6281234567890")
    assert request.letter.personal
    assert "Menunggu Dinas PMD Kabupaten Lombok Tengah" in answer.content.decode()


def test_the_same_form_sent_again_lands_on_the_same_request(cast: Cast) -> None:
    client = logged_in(cast.applicant)
    data = filled(client)
    first = client.post("/akses-desa/baru/", data)["Location"]
    second = client.post("/akses-desa/baru/", data | {"letter": upload()})["Location"]
    assert first == second
    assert VillageAccess.objects.count() == 1


def test_a_second_open_request_for_the_same_role_is_refused_with_a_sentence(cast: Cast) -> None:
    client = logged_in(cast.applicant)
    client.post("/akses-desa/baru/", filled(client))
    answer = client.post("/akses-desa/baru/", filled(client))
    assert answer.status_code == 422
    assert "sudah ada dan masih berjalan" in answer.content.decode()
    assert VillageAccess.objects.count() == 1


def test_who_holds_the_role_already_does_not_ask_again(cast: Cast) -> None:
    with pytest.raises(TransitionRefused, match="sudah memegang peran ini"):
        request_of(cast.operator)


@pytest.mark.parametrize("village", [PRAYA, "52.02.04", "52.02", "99.99.99.9999", "", "' OR 1=1", "52.02.04.2009.1"])
def test_only_desa_may_be_asked_for(cast: Cast, village: str) -> None:
    client = logged_in(cast.applicant)
    answer = client.post("/akses-desa/baru/", filled(client, village=village))
    assert answer.status_code == 422
    assert VillageAccess.objects.count() == 0


def test_a_kelurahan_is_refused_behind_the_form_too(cast: Cast) -> None:
    with pytest.raises(TransitionRefused, match="kelurahan tidak"):
        request_of(cast.applicant, village=PRAYA)


def test_a_desa_adat_may_ask(cast: Cast) -> None:
    assert request_of(cast.applicant, village=YOBOI).state == "submitted"


@pytest.mark.parametrize(
    "changes",
    [
        {"role": "regency_office"}, {"role": "ministry"}, {"role": ""}, {"phone": "bukan nomor"}, {"phone": ""},
        {"letter_date": "2999-01-01"}, {"letter_date": "kemarin"}, {"letter_number": ""}, {"letter": ""},
        {"position": "a\nb"}, {"submit_key": "palsu"},
    ],
)  # fmt: skip
def test_wrong_answers_are_told_and_nothing_is_kept(cast: Cast, changes: dict[str, Any]) -> None:
    client = logged_in(cast.applicant)
    assert client.post("/akses-desa/baru/", filled(client, **changes)).status_code == 422
    assert VillageAccess.objects.count() == 0


def test_a_form_issued_to_another_person_is_refused(cast: Cast) -> None:
    theirs = filled(logged_in(cast.nobody))
    assert logged_in(cast.applicant).post("/akses-desa/baru/", theirs).status_code == 422


def test_the_person_mends_and_sends_again(cast: Cast) -> None:
    request = in_state(cast, "returned")
    old = request.letter
    client = logged_in(cast.applicant)
    page = client.get(request.move_url("resubmit")).content.decode()
    assert "Foto kabur." in page
    assert "188.4/12/KD/2025" in page
    data = {
        "role": "bpd", "position": "Ketua BPD", "phone": "081234567890", "letter_number": "188.4/14",
        "letter_date": "2025-04-01", "letter": upload("baru.jpg"),
    }  # fmt: skip
    assert client.post(request.move_url("resubmit"), data)["Location"] == request.get_absolute_url()
    request.refresh_from_db()
    assert (request.state, request.role, request.letter_number) == ("submitted", "bpd", "188.4/14")
    assert request.letter != old
    assert request.letter.personal
    assert client.get(old.get_absolute_url()).status_code == 200  # the old one stays stored


def test_a_refused_mend_keeps_no_file(cast: Cast) -> None:
    from core.models import StoredFile

    request = in_state(cast, "withdrawn")
    before = StoredFile.objects.count()
    data = {
        "role": "bpd", "phone": "081234567890", "letter_number": "1", "letter_date": "2025-04-01", "letter": upload(),
    }  # fmt: skip
    assert logged_in(cast.applicant).post(request.move_url("resubmit"), data).status_code == 409
    assert StoredFile.objects.count() == before


def test_the_office_decides_in_the_browser(cast: Cast) -> None:
    request = in_state(cast, "submitted")
    client = logged_in(cast.office)
    page = client.get(request.get_absolute_url()).content.decode()
    assert request.letter.get_absolute_url() in page
    assert request.move_url("verify") in page
    assert client.post(request.move_url("give_back"), {"reason": ""}).status_code == 422
    assert client.post(request.move_url("verify"), {})["Location"] == request.get_absolute_url()
    request.refresh_from_db()
    assert (request.state, request.decided_by) == ("verified", cast.office)
    again = client.post(request.move_url("verify"), {}, follow=True)
    assert "Sudah tercatat" in again.content.decode()
    assert Membership.objects.filter(user=cast.applicant).count() == 1


# --- races -----------------------------------------------------------------------------------------------
def test_two_officers_verify_at_once_and_one_membership_begins(committed_cast: Cast) -> None:
    cast = committed_cast
    request = in_state(cast, "submitted")
    officers = [cast.office, cast.colleague]
    with row_held(VillageAccess.objects.filter(pk=request.pk)) as wait_for:
        import threading

        results: list[Any] = []
        acts = [lambda o=officer: VillageAccess.objects.get(pk=request.pk).verify(by=fresh(o)) for officer in officers]
        racing = threading.Thread(target=lambda: results.extend(at_once(*acts)))
        racing.start()
        wait_for(2)
        racing.join()
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "TransitionRefused"]
    assert Membership.objects.filter(user=cast.applicant).count() == 1
    assert Event.objects.filter(about="accounts.villageaccess", verb="verify").count() == 1


def test_without_the_lock_both_would_pass(committed_cast: Cast) -> None:
    """The positive control: the same volley on a copy of the act that doesn't lock makes two memberships."""
    cast = committed_cast
    request = in_state(cast, "submitted")
    import threading

    gate = threading.Barrier(2)

    def careless(officer: User) -> None:
        mine = VillageAccess.objects.get(pk=request.pk)
        assert mine.state == "submitted"
        gate.wait(5)
        Membership.objects.create(user=cast.applicant, role=mine.role, area_id=mine.village_id)

    at_once(*[lambda o=o: careless(o) for o in (cast.office, cast.colleague)])
    assert Membership.objects.filter(user=cast.applicant).count() == 2


def test_two_heads_verified_at_once_make_one_head(committed_cast: Cast) -> None:
    cast = committed_cast
    VillageOffice.objects.create(area_id=KUTA)
    requests = [request_of(person(name), role=Role.VILLAGE_HEAD) for name in ("Kades Satu", "Kades Dua")]
    officer = cast.office.pk
    import threading

    results: list[Any] = []
    with row_held(VillageOffice.objects.filter(area=KUTA)) as wait_for:
        acts = [
            lambda r=r: VillageAccess.objects.get(pk=r.pk).verify(by=User.objects.get(pk=officer)) for r in requests
        ]
        racing = threading.Thread(target=lambda: results.extend(at_once(*acts)))
        racing.start()
        wait_for(2)
        racing.join()
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "TransitionRefused"]
    assert Membership.objects.current().holding(Role.VILLAGE_HEAD).count() == 1


# --- the database -------------------------------------------------------------------------------------------
def test_the_database_refuses_a_second_open_request(cast: Cast) -> None:
    request = in_state(cast, "submitted")
    copy = VillageAccess(
        user=cast.applicant, village_id=KUTA, role=request.role, phone="+62", letter_number="1",
        letter_date=dt.date(2025, 1, 1), letter=letter_of(cast.applicant),
    )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save()
    with pytest.raises(ValidationError):
        copy.request(by=cast.applicant)


# --- the list -----------------------------------------------------------------------------------------------
def queries_of(client: Client, url: str, counter: Any) -> int:
    with counter(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_the_list_costs_as_much_with_three_as_with_one(cast: Cast) -> None:
    from django.test.utils import CaptureQueriesContext

    client = logged_in(cast.office)
    client.get("/akses-desa/")  # the session's first page writes its dates
    request_of(cast.applicant)
    one = queries_of(client, "/akses-desa/", CaptureQueriesContext)
    for name in ("Lain Satu", "Lain Dua"):
        request_of(person(name))
    assert queries_of(client, "/akses-desa/", CaptureQueriesContext) == one


def test_the_office_searches_and_filters(cast: Cast) -> None:
    client = logged_in(cast.office)
    request_of(cast.applicant)
    request_of(cast.nobody, village=UBUNG).reject(by=cast.office, reason="Bukan.")

    def names(query: str) -> set[str]:
        page = client.get(f"/akses-desa/?{query}").content.decode()
        return {user.name for user in (cast.applicant, cast.nobody) if user.name in page}

    both = {cast.applicant.name, cast.nobody.name}
    assert names("") == both
    assert names("q=ayu") == {cast.applicant.name}
    assert names("q=ubung") == {cast.nobody.name}
    assert names("status=rejected") == {cast.nobody.name}
    assert names("kecamatan=52.02.04") == {cast.applicant.name}
    assert names("q=tiada") == set()
    assert "Tidak ada yang cocok" in client.get("/akses-desa/?q=tiada").content.decode()


@pytest.mark.parametrize(
    "query", ["status=x", "kecamatan=52.01.13", "kecamatan='", "q=%00", "hal=zzz", "q=" + "a" * 500, "q=%ff"]
)
def test_odd_questions_get_no_500(cast: Cast, query: str) -> None:
    client = logged_in(cast.office)
    assert client.get(f"/akses-desa/?{query}").status_code in {200, 400}
    assert client.get(f"/kantor-desa/?{query}").status_code in {200, 400}


def test_an_empty_list_says_what_comes(cast: Cast) -> None:
    assert "Belum ada permohonan" in logged_in(cast.office).get("/akses-desa/").content.decode()
    assert "Anda belum mengajukan akses desa" in logged_in(cast.nobody).get("/akses-desa/").content.decode()


def test_the_next_step_after_sign_up(cast: Cast) -> None:
    from accounts.onboarding import next_step

    village, provider = cast.applicant, person("Wati Penyedia", "provider")
    assert next_step(village).url == "/akses-desa/baru/"
    assert next_step(provider).title == "Lengkapi profil penyedia"
    request = request_of(village)
    assert next_step(fresh(village)).url == request.get_absolute_url()
    request.verify(by=cast.office)
    assert next_step(fresh(village)) is None


@pytest.mark.parametrize("state", VillageAccess.State.values)
def test_the_first_page_stands_in_every_state_of_a_request(cast: Cast, state: str) -> None:
    in_state(cast, state)
    client = logged_in(cast.applicant)
    for path in ("/perlu-tindakan/", "/profil/", "/desa-saya/", "/akses-desa/", "/akses-desa/baru/"):
        assert client.get(path).status_code in {200, 302}


def test_a_village_of_another_district_is_another_matter(cast: Cast) -> None:
    give(cast.nobody, Role.VILLAGE_HEAD, SUKADANA)
    assert Area.objects.get(code=SUKADANA).may_buy
    request_of(cast.applicant, role=Role.VILLAGE_HEAD).verify(by=cast.office)  # no replacing needed
    assert Membership.objects.current().holding(Role.VILLAGE_HEAD).count() == 2
