import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import limits
from accounts.limits import Allowance
from accounts.models import Limit, User
from tests.accounts.stage import PASSWORD, Cast


def volley(act: Any, times: int = 80, hands: int = 16) -> list[Any]:
    def one(number: int) -> Any:
        try:
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(hands) as pool:
        return list(pool.map(one, range(times)))


def test_eighty_parallel_tries_pass_as_ten(transactional_db: None) -> None:
    allowance = Allowance("password", "a@desa.example", 10, 300)
    waits = volley(lambda _: allowance.take())
    assert sum(1 for wait in waits if wait == 0) == 10
    assert all(0 < wait <= 300 for wait in waits if wait)


def test_a_counter_that_reads_and_then_writes_lets_more_through(transactional_db: None) -> None:
    """The positive control: the volley above can fail."""
    Limit.objects.create(key="naive", count=0, resets_at=timezone.now())

    def take(_: int) -> bool:
        count = Limit.objects.get(key="naive").count
        threading.Event().wait(0.005)
        Limit.objects.filter(key="naive").update(count=count + 1)
        return count < 10

    assert sum(volley(take)) > 10


def test_of_eighty_wrong_passwords_at_once_ten_are_tried(committed_cast: Cast, settings: Any) -> None:
    email = committed_cast.nobody.email

    def login(_: int) -> str:
        page = Client().post("/masuk/", {"login": email, "password": "keliru sekali ini"}).content.decode()
        return "tried" if "tidak cocok" in page else "refused" if "Terlalu banyak percobaan" in page else page

    answers = volley(login)
    assert {answer: answers.count(answer) for answer in set(answers)} == {"tried": 10, "refused": 70}


def test_the_right_password_waits_too_once_the_tries_are_used_up(cast: Cast) -> None:
    for _ in range(10):
        limits.wrong_passwords(cast.nobody.email).take()
    page = Client().post("/masuk/", {"login": cast.nobody.email.upper(), "password": PASSWORD})
    assert "Terlalu banyak percobaan. Coba lagi sekitar 5 menit lagi." in page.content.decode()
    assert page.wsgi_request.user.is_anonymous


def test_a_right_password_does_not_count_and_forgives_nothing(cast: Cast) -> None:
    allowance = limits.wrong_passwords(cast.nobody.email)
    allowance.take()
    Client().post("/masuk/", {"login": cast.nobody.email, "password": PASSWORD})
    assert Limit.objects.get(key=allowance.key).count == 1


def test_one_account_used_up_leaves_its_neighbours_alone(cast: Cast) -> None:
    for _ in range(11):
        limits.wrong_passwords("lain@desa.example").take()
    client = Client()
    client.post("/masuk/", {"login": cast.nobody.email, "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(cast.nobody.pk)


def test_tries_count_anew_when_the_window_is_over(db: None) -> None:
    allowance = Allowance("x", "y", 1, 300)
    assert allowance.take() == 0
    assert allowance.take() > 0
    Limit.objects.update(resets_at=timezone.now())
    assert allowance.take() == 0


def test_the_table_names_nobody(db: None) -> None:
    limits.wrong_passwords("ayu@desa.example").take()
    assert "ayu" not in Limit.objects.get().key


def test_a_stranger_cannot_have_a_mailbox_filled(cast: Cast) -> None:
    from core.models import Mail

    for _ in range(30):
        Client().post("/kata-sandi/lupa/", {"email": cast.nobody.email})
    assert Mail.objects.filter(to=cast.nobody.email).count() == 12


def test_too_many_submissions_from_one_address_get_429(db: None) -> None:
    for _ in range(60):
        Allowance("signup", "127.0.0.1", 60, 60).take()
    answer = Client().post("/daftar/", {})
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 60
    assert Client().get("/daftar/").status_code == 200
    assert User.objects.count() == 0


def test_the_old_password_is_not_guessed_at_an_open_session(cast: Cast) -> None:
    from tests.accounts.stage import fresh, logged_in

    client = logged_in(cast.nobody)
    new = {"password1": "lima belas layang putus", "password2": "lima belas layang putus"}
    for _ in range(10):
        client.post("/kata-sandi/ubah/", {"oldpassword": "keliru", **new})
    page = client.post("/kata-sandi/ubah/", {"oldpassword": PASSWORD, **new})
    assert "Terlalu banyak percobaan" in page.content.decode()
    assert fresh(cast.nobody).check_password(PASSWORD)


def test_an_office_is_not_flooded_with_requests(cast: Cast) -> None:
    from tests.accounts.stage import logged_in
    from tests.accounts.test_village_access import filled

    for _ in range(10):
        limits.village_requests(cast.applicant).take()
    client = logged_in(cast.applicant)
    answer = client.post("/akses-desa/baru/", filled(client))
    assert answer.status_code == 422
    assert "Coba lagi sekitar 24 jam lagi." in answer.content.decode()
