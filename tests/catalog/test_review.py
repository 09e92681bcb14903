"""A service before the Pokja, where the regency wants services read before villages see them."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, Role, User
from catalog.models import Service, ServiceReview
from core.models import Notice
from core.uploads import clean_image
from core.workflow import TransitionRefused
from p2ktd.todo import tasks
from regions.models import Area
from tests.accounts.stage import fresh, logged_in, with_second_factor
from tests.areas import KUTA, LOMBOK_BARAT, LOMBOK_TENGAH
from tests.catalog import stage
from tests.catalog.stage import Firm
from verification.models import Declaration, VerificationRule

pytestmark = pytest.mark.django_db
QUEUE = "/admin/catalog/servicereview/"


@dataclass(frozen=True)
class Desk:
    """Who sits in the Pokja; and whom something ties to the provider."""

    member: User
    chair: User
    tied: User


def read_first(regency: str = LOMBOK_TENGAH) -> VerificationRule:
    """From last year on this regency's Pokja reads services before villages do."""
    return VerificationRule.objects.create(
        regency_id=regency, basis="Keputusan contoh", valid_from=dt.date(2025, 1, 1), services_reviewed=True
    )


def seat(rinjani: Firm) -> Desk:
    read_first()
    people = [
        with_second_factor(stage.person(f"{name}@pokja.example", role, area_id=LOMBOK_TENGAH))
        for name, role in (
            ("anggota", Role.POKJA_MEMBER), ("ketua", Role.POKJA_CHAIR), ("kerabat", Role.POKJA_MEMBER),
        )
    ]  # fmt: skip
    desk = Desk(*people)
    Declaration(
        regency_id=LOMBOK_TENGAH, provider=rinjani.provider, member=desk.tied, tie="kin", note="Kakak"
    ).register(by=desk.chair)
    return desk


@pytest.fixture
def desk(rinjani: Firm) -> Desk:
    return seat(rinjani)


def submitted(firm: Firm) -> Service:
    service = stage.draft(firm)
    service.submit(by=firm.person)
    return service


def published(firm: Firm, desk: Desk) -> Service:
    service = submitted(firm)
    approve(service, desk.member)
    return Service.objects.get(pk=service.pk)


def changed(firm: Firm, desk: Desk, **content: Any) -> Service:
    service = published(firm, desk)
    service.revise(by=firm.person, **content or {"price": 15_000_000})
    return service


def approve(service: Service, by: User) -> None:
    review = service.open_review()
    review.approve(by=by, seen=review.revision)


def give_back(service: Service, by: User, reason: str = "Sebutkan jumlah peserta.") -> None:
    review = service.open_review()
    review.give_back(by=by, seen=review.revision, reason=reason)


def again(service: Service) -> Service:
    return Service.objects.get(pk=service.pk)


# --- a new service ------------------------------------------------------------------------------------------------
def test_where_nobody_wants_to_read_a_service_is_published_at_once(rinjani: Firm) -> None:
    service = stage.draft(rinjani)
    assert {move.verb for move in service.open_moves(rinjani.person)} >= {"publish"}
    assert "submit" not in {move.verb for move in service.open_moves(rinjani.person)}
    with pytest.raises(TransitionRefused, match="tidak perlu diperiksa"):
        service.submit(by=rinjani.person)
    service.publish(by=rinjani.person)
    assert not ServiceReview.objects.exists()


def test_a_new_service_goes_to_the_pokja_and_is_seen_only_when_it_said_yes(
    client: Client, rinjani: Firm, desk: Desk
) -> None:
    service = stage.draft(rinjani)
    with pytest.raises(TransitionRefused, match="memeriksa layanan sebelum tayang"):
        service.publish(by=rinjani.person)
    service.submit(by=rinjani.person)
    assert (service.state, service.versions.count()) == ("submitted", 0)
    assert client.get(service.get_absolute_url()).status_code == 404
    assert not Service.objects.open().exists()
    approve(service, desk.member)
    service = again(service)
    assert (service.state, service.version_number) == ("published", 1)
    assert service.versions.get().made_by == desk.member
    assert client.get(service.get_absolute_url()).status_code == 200
    review = ServiceReview.objects.get()
    assert (review.state, review.decided_by) == ("approved", desk.member)
    assert [event.verb for event in service.events()] == ["create", "submit", "accept"]
    assert [event.verb for event in review.events()] == ["create", "approve"]


def test_what_came_back_is_mended_and_goes_the_same_way_again(rinjani: Firm, desk: Desk) -> None:
    service = submitted(rinjani)
    give_back(service, desk.member)
    service = again(service)
    assert service.state == "draft"
    assert "Sebutkan jumlah peserta." in service.status_sentence
    service.revise(by=rinjani.person, summary="Dua puluh peserta.")
    service.submit(by=rinjani.person)
    review = ServiceReview.objects.get()  # the same paper
    assert (review.state, review.revision, review.content["summary"]) == ("submitted", 2, "Dua puluh peserta.")
    with pytest.raises(TransitionRefused, match="Penyedia mengubah isinya"):
        review.approve(by=desk.member, seen=1)
    review.approve(by=desk.member, seen=2)


def test_a_return_says_why(rinjani: Firm, desk: Desk) -> None:
    service = submitted(rinjani)
    with pytest.raises(TransitionRefused, match="Tulis apa yang perlu diperbaiki"):
        give_back(service, desk.member, reason="  ")
    assert again(service).state == "submitted"


def test_who_takes_it_back_leaves_nothing_waiting(rinjani: Firm, desk: Desk) -> None:
    service = submitted(rinjani)
    service.withdraw(by=rinjani.person)
    assert service.state == "draft"
    assert ServiceReview.objects.get().state == "withdrawn"
    service.submit(by=rinjani.person)
    assert list(ServiceReview.objects.order_by("pk").values_list("state", flat=True)) == ["withdrawn", "submitted"]


def test_the_pokja_of_the_longest_listing_reads_and_only_while_it_wants_to(rinjani: Firm, areas: None) -> None:
    service = stage.draft(rinjani)
    assert service.reviewer() is None
    read_first(LOMBOK_BARAT)
    stage.list_in_directory(rinjani.provider, LOMBOK_BARAT, listed_on=dt.date(2026, 1, 1))
    assert service.reviewer() is None  # listed in Lombok Tengah for longer
    read_first(LOMBOK_TENGAH)
    assert service.reviewer() == Area.objects.get(pk=LOMBOK_TENGAH)
    service.submit(by=rinjani.person)
    service.withdraw(by=rinjani.person)
    VerificationRule.objects.filter(regency=LOMBOK_TENGAH).update(services_reviewed=False)
    service.publish(by=rinjani.person)
    assert service.state == "published"


def test_publishing_without_the_pokja_after_the_rule_changed_closes_what_came_back(rinjani: Firm, desk: Desk) -> None:
    service = submitted(rinjani)
    give_back(service, desk.member)
    VerificationRule.objects.filter(regency=LOMBOK_TENGAH).update(services_reviewed=False)
    again(service).publish(by=rinjani.person)
    assert ServiceReview.objects.get().state == "withdrawn"


# --- a change ---------------------------------------------------------------------------------------------------
def test_villages_read_the_old_version_until_the_change_is_approved(client: Client, rinjani: Firm, desk: Desk) -> None:
    service = published(rinjani, desk)
    areas = Area.objects.filter(code__in=[LOMBOK_TENGAH, LOMBOK_BARAT])
    service.revise(by=rinjani.person, price=15_000_000, title="Judul baru", areas=areas)
    service = again(service)
    assert (service.price, service.title, service.areas.count(), service.version_number) == (
        12_500_000, "Pelatihan pengelolaan BUM Desa", 1, 1,
    )  # fmt: skip
    assert service.as_proposed().price == 15_000_000
    text = client.get(service.get_absolute_url()).content.decode()
    assert "Rp12.500.000" in text
    assert "Rp15.000.000" not in text
    approve(service, desk.member)
    service = again(service)
    assert (service.price, service.title, service.areas.count(), service.version_number) == (
        15_000_000, "Judul baru", 2, 2,
    )  # fmt: skip
    assert Service.objects.orderable_in(LOMBOK_TENGAH).filter(pk=service.pk).exists()
    assert [(row["old"], row["new"]) for row in service.price_changes()] == [(12_500_000, 15_000_000)]
    assert [event.verb for event in service.events()] == ["create", "submit", "accept", "revise", "take_change"]


def test_a_second_change_builds_on_the_first_and_asks_to_be_read_again(rinjani: Firm, desk: Desk) -> None:
    service = changed(rinjani, desk, price=15_000_000)
    service.revise(by=rinjani.person, title="Judul baru")
    review = ServiceReview.objects.open().get()
    assert (review.content["price"], review.content["title"], review.revision) == (15_000_000, "Judul baru", 2)
    with pytest.raises(TransitionRefused, match="mengubah isinya"):
        review.approve(by=desk.member, seen=1)
    assert again(service).price == 12_500_000


def test_a_change_that_changes_nothing_any_more_is_taken_back(rinjani: Firm, desk: Desk) -> None:
    service = changed(rinjani, desk, price=15_000_000)
    service.revise(by=rinjani.person, price=12_500_000)
    assert not ServiceReview.objects.open().exists()
    service.revise(by=rinjani.person, price=12_500_000)  # nor is one begun
    assert not ServiceReview.objects.open().exists()


def test_a_returned_change_is_kept_for_its_provider_to_go_on(client: Client, rinjani: Firm, desk: Desk) -> None:
    service = changed(rinjani, desk, title="Judul baru")
    give_back(service, desk.member)
    assert again(service).state == "published"
    client.force_login(rinjani.person)
    page = client.get(service.get_absolute_url()).content.decode()
    warning, _, own = page[page.index("Kelola layanan") :].partition("Ini layanan Anda")
    assert "Perubahan dikembalikan Pokja P2KTD" in warning
    assert "Sebutkan jumlah peserta." in warning
    assert "Layanan ini terlihat oleh semua desa.</p>" in own
    form = client.get(service.move_url("revise")).content.decode()
    assert 'value="Judul baru"' in form
    assert "membaca perubahan sebelum desa melihatnya" in form
    service.revise(by=rinjani.person, summary="Lebih jelas.")
    review = ServiceReview.objects.open().get()
    assert (review.state, review.content["title"], review.content["summary"]) == (
        "submitted",
        "Judul baru",
        "Lebih jelas.",
    )


def test_a_change_may_be_given_up(rinjani: Firm, desk: Desk) -> None:
    service = changed(rinjani, desk)
    service.add_photo(by=rinjani.person, photo=clean_image(stage.photo()), caption="Kelas")
    service.withdraw_change(by=rinjani.person)
    assert again(service).as_proposed().price == 12_500_000
    assert service.photos.count() == 0
    with pytest.raises(TransitionRefused, match="Tidak ada perubahan"):
        service.withdraw_change(by=rinjani.person)


def test_a_change_must_leave_the_service_complete(rinjani: Firm, desk: Desk) -> None:
    service = published(rinjani, desk)
    for wrong in ({"deliverables": ""}, {"areas": []}):
        with pytest.raises(TransitionRefused, match="harus lengkap"):
            again(service).revise(by=rinjani.person, **wrong)
    assert not ServiceReview.objects.open().exists()


def test_pausing_keeps_the_change_with_the_service_and_asks_again_before_it_is_shown(rinjani: Firm, desk: Desk) -> None:
    service = changed(rinjani, desk)
    service.pause(by=rinjani.person)
    service = again(service)
    assert (service.state, service.price) == ("paused", 15_000_000)
    assert not ServiceReview.objects.open().exists()
    with pytest.raises(TransitionRefused, match="memeriksa layanan"):
        service.publish(by=rinjani.person)
    service.submit(by=rinjani.person)
    approve(service, desk.chair)
    assert again(service).version_number == 2


def test_what_was_only_paused_is_shown_again_without_the_pokja(rinjani: Firm, desk: Desk) -> None:
    service = published(rinjani, desk)
    service.pause(by=rinjani.person)
    assert [move.verb for move in service.open_moves(rinjani.person) if move.verb in ("publish", "submit")] == [
        "publish"
    ]
    service.publish(by=rinjani.person)
    assert service.versions.count() == 1


def test_a_new_photo_waits_and_a_removed_one_is_gone_at_once(client: Client, rinjani: Firm, desk: Desk) -> None:
    service = published(rinjani, desk)
    service.add_photo(by=rinjani.person, photo=clean_image(stage.photo()), caption="Kelas kedua")
    photo = service.photos.get()
    assert "Kelas kedua" not in client.get(service.get_absolute_url()).content.decode()
    assert not photo.file.public
    approve(service, desk.member)
    photo.refresh_from_db()
    assert photo.shown
    assert photo.file.public
    assert "Kelas kedua" in client.get(service.get_absolute_url()).content.decode()
    again(service).remove_photo(by=rinjani.person, photo=photo)
    assert "Kelas kedua" not in client.get(service.get_absolute_url()).content.decode()
    assert not ServiceReview.objects.open().exists()


# --- who may ----------------------------------------------------------------------------------------------------
STATES = ("draft", "submitted", "returned", "published", "changed", "back", "paused")
VERBS_OF_SERVICE = {verb for verb, move in Service.MOVES.items() if not move.inner}
OWN: dict[str, set[str]] = {
    "draft": {"submit", "revise", "add_photo", "remove_photo"},
    "returned": {"submit", "revise", "add_photo", "remove_photo"},
    "submitted": {"withdraw"},
    "published": {"revise", "add_photo", "remove_photo", "pause"},
    "changed": {"revise", "add_photo", "remove_photo", "pause", "withdraw_change"},
    "back": {"revise", "add_photo", "remove_photo", "pause", "withdraw_change"},
    "paused": {"publish", "revise", "add_photo", "remove_photo"},
}
JUDGED = {"submitted", "changed"}


class Undo(Exception):
    """Take the move back, so that the next person finds the same state."""


def made(firm: Firm, desk: Desk, state: str) -> Service:
    service = stage.draft(firm)
    service.add_photo(by=firm.person, photo=clean_image(stage.photo()), caption="Kelas")
    if state != "draft":
        service.submit(by=firm.person)
    if state == "returned":
        give_back(service, desk.member)
    if state not in ("draft", "submitted", "returned"):
        approve(service, desk.member)
        service.refresh_from_db()
    if state in ("changed", "back"):
        service.revise(by=firm.person, price=15_000_000)
    if state == "back":
        give_back(service, desk.member)
    if state == "paused":
        service.pause(by=firm.person)
    return again(service)


def everyone(rinjani: Firm, desk: Desk) -> dict[str, Any]:
    rival = stage.firm("CV Lain")
    stage.list_in_directory(rival.provider)
    seats = {
        "neighbour": (Role.POKJA_CHAIR, LOMBOK_BARAT), "office": (Role.REGENCY_OFFICE, LOMBOK_TENGAH),
        "village": (Role.VILLAGE_OPERATOR, KUTA), "ministry": (Role.MINISTRY, None),
    }  # fmt: skip
    people = {name: stage.person(f"{name}@uji.example", role, area_id=area) for name, (role, area) in seats.items()}
    both = stage.person("dua@uji.example", Role.POKJA_MEMBER, area_id=LOMBOK_TENGAH)
    Membership.objects.create(user=both, role=Role.PROVIDER, provider=rinjani.provider, starts_on=dt.date(2024, 1, 1))
    return people | {
        "own": rinjani.person, "both": both, "rival": rival.person, "member": desk.member, "chair": desk.chair,
        "tied": desk.tied, "system": None,
    }  # fmt: skip


def tried(document: Any, verb: str, by: Any) -> bool:
    given: dict[str, Any] = {
        "revise": lambda: {"summary": "Lain."},
        "add_photo": lambda: {"photo": clean_image(stage.photo()), "caption": "Foto"},
        "remove_photo": lambda: {"photo": document.photos.first()},
        "approve": lambda: {"seen": document.revision},
        "give_back": lambda: {"seen": document.revision, "reason": "Lengkapi."},
    }
    try:
        with transaction.atomic():
            getattr(document, verb)(by=by, **given.get(verb, dict)())
            raise Undo
    except Undo:
        return True
    except TransitionRefused:
        return False


@pytest.mark.parametrize("state", STATES)
def test_every_role_tries_every_verb_and_the_buttons_say_the_same(rinjani: Firm, desk: Desk, state: str) -> None:
    service = made(rinjani, desk, state)
    people = {name: user and fresh(user) for name, user in everyone(rinjani, desk).items()}
    review = service.open_review()
    for name, user in people.items():
        shown = {move.verb for move in again(service).open_moves(user) if move.verdict}
        done = {verb for verb in VERBS_OF_SERVICE if tried(again(service), verb, user)}
        assert done == (OWN[state] if name in ("own", "both") else set()), name
        assert shown == done, name
        if review:
            papers = ServiceReview.objects.filter(pk=review.pk)
            shown = {move.verb for move in papers.get().open_moves(user) if move.verdict}
            decided = {verb for verb in ("approve", "give_back") if tried(papers.get(), verb, user)}
            judges = name in ("member", "chair") and state in JUDGED
            assert decided == ({"approve", "give_back"} if judges else set()), name
            assert shown == decided, name


def test_every_refusal_is_a_sentence(rinjani: Firm, desk: Desk) -> None:
    people = everyone(rinjani, desk)
    for service in (made(rinjani, desk, "draft"), made(rinjani, desk, "changed")):
        for user in people.values():
            refused = [move.verdict.reason for move in service.open_moves(user) if not move.verdict]
            assert all(len(reason) > 20 and reason.endswith(".") for reason in refused)


# --- who is told, and what waits --------------------------------------------------------------------------------
def titles(user: User) -> list[str]:
    return list(Notice.objects.filter(user=user, channel="site").order_by("pk").values_list("title", flat=True))


def test_the_pokja_is_told_but_not_who_is_tied_and_the_provider_hears_the_answer(rinjani: Firm, desk: Desk) -> None:
    service = submitted(rinjani)
    assert titles(desk.member) == titles(desk.chair) == ["Layanan baru menunggu: Pelatihan pengelolaan BUM Desa"]
    assert titles(desk.tied) == ["Hubungan Anda dengan CV Rinjani Karya dicatat"]  # nothing of the service
    give_back(service, desk.member)
    assert titles(rinjani.person) == ["“Pelatihan pengelolaan BUM Desa” dikembalikan"]
    notice = Notice.objects.filter(user=rinjani.person).first()
    assert "Sebutkan jumlah peserta." in notice.body
    assert notice.url == service.get_absolute_url()


def test_each_finds_what_waits_for_them(rinjani: Firm, desk: Desk) -> None:
    def waits(user: User) -> list[str]:
        return [task.title for task in tasks(fresh(user)) if "layanan" in task.title.lower()]

    service = changed(rinjani, desk)
    line = ["Perubahan layanan: Pelatihan pengelolaan BUM Desa"]
    assert (waits(desk.member), waits(desk.chair), waits(desk.tied), waits(rinjani.person)) == (line, line, [], [])
    give_back(service, desk.member)
    assert (waits(desk.member), waits(rinjani.person)) == ([], line)


# --- the desk ----------------------------------------------------------------------------------------------------
def test_the_queue_and_the_page_show_old_and_new_beside_each_other(rinjani: Firm, desk: Desk) -> None:
    service = changed(rinjani, desk, price=15_000_000, attributes={"sertifikat": True})
    client = logged_in(desk.member)
    queue = client.get(QUEUE).content.decode()
    assert "Pelatihan pengelolaan BUM Desa" in queue
    assert "Rp12.500.000 → Rp15.000.000" in queue
    review = service.open_review()
    page = client.get(review.get_absolute_url()).content.decode()
    changed_part, _, rest = page.partition("Yang tidak berubah")
    for text in ("Rp12.500.000 per paket", "Rp15.000.000 per paket", "Peserta menerima sertifikat"):
        assert text in changed_part
    assert "Dua hari untuk dua puluh peserta." not in changed_part
    assert "Dua hari untuk dua puluh peserta." in rest
    assert client.post(review.move_url("approve"), {"seen": review.revision}).status_code == 302
    assert again(service).price == 15_000_000


def test_an_empty_queue_says_that_nothing_waits_and_whether_anything_can(rinjani: Firm, desk: Desk) -> None:
    client = logged_in(desk.member)
    page = client.get(QUEUE).content.decode()
    assert "Belum ada layanan yang menunggu." in page
    assert "tanpa diperiksa Pokja" not in page
    VerificationRule.objects.filter(regency=LOMBOK_TENGAH).update(services_reviewed=False)
    page = client.get(QUEUE).content.decode()
    assert "Di Kabupaten Lombok Tengah layanan tayang tanpa diperiksa Pokja" in page
    assert "/admin/verification/verificationrule/" in page
    assert "Belum ada layanan di bagian ini." in client.get(f"{QUEUE}?bagian=ditarik").content.decode()
    assert "Belum ada layanan" not in client.get(f"{QUEUE}?q=tidakada").content.decode()


def test_a_return_without_a_reason_is_told_at_its_field(rinjani: Firm, desk: Desk) -> None:
    review = submitted(rinjani).open_review()
    answer = logged_in(desk.member).post(review.move_url("give_back"), {"seen": review.revision, "reason": ""})
    assert answer.status_code == 422
    field = answer.content.decode().partition("Apa yang perlu diperbaiki?")[2].partition("</textarea>")[0]
    assert "Wajib diisi." in field
    assert 'aria-invalid="true"' in field


def test_who_is_tied_reads_but_cannot_decide(rinjani: Firm, desk: Desk) -> None:
    review = submitted(rinjani).open_review()
    client = logged_in(desk.tied)
    page = client.get(review.get_absolute_url()).content.decode()
    assert "Anda tidak memeriksa layanan penyedia ini" in page
    assert review.move_url("approve") not in page
    assert client.post(review.move_url("approve"), {"seen": 1}).status_code == 409


def test_an_approval_of_what_was_changed_meanwhile_is_refused_and_words_are_kept(rinjani: Firm, desk: Desk) -> None:
    service = changed(rinjani, desk)
    client = logged_in(desk.member)
    review = service.open_review()
    again(service).revise(by=rinjani.person, price=99_000_000)
    answer = client.post(review.move_url("approve"), {"seen": 1})
    assert answer.status_code == 409
    assert "Penyedia mengubah isinya" in answer.content.decode()
    answer = client.post(review.move_url("give_back"), {"seen": 1, "reason": "Harga terlalu tinggi"})
    assert answer.status_code == 409
    assert "Harga terlalu tinggi" in answer.content.decode()
    assert again(service).price == 12_500_000


@pytest.mark.parametrize("seen", ["", "x", "0", "-1", "9" * 30])
def test_a_forged_revision_is_refused(rinjani: Firm, desk: Desk, seen: str) -> None:
    review = submitted(rinjani).open_review()
    assert logged_in(desk.member).post(review.move_url("approve"), {"seen": seen}).status_code == 422
    assert ServiceReview.objects.get().state == "submitted"


def test_another_regency_s_pokja_finds_nothing(rinjani: Firm, desk: Desk) -> None:
    review = submitted(rinjani).open_review()
    other = with_second_factor(stage.person("lain@pokja.example", Role.POKJA_CHAIR, area_id=LOMBOK_BARAT))
    client = logged_in(other)
    assert str(review) not in client.get(QUEUE).content.decode()
    assert client.get(review.get_absolute_url()).status_code == 404
    assert client.post(review.move_url("approve"), {"seen": 1}).status_code == 404
    assert logged_in(rinjani.person).get(QUEUE).status_code == 302  # no desk at all


def test_the_queue_costs_the_same_with_more_rows(rinjani: Firm, desk: Desk) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(QUEUE).status_code == 200
        return len(queries)

    client = logged_in(desk.member)
    submitted(rinjani)
    client.get(QUEUE)
    with_one = cost()
    for number in range(2):
        stage.draft(rinjani, f"Layanan {number}").submit(by=rinjani.person)
    assert cost() == with_one
