"""The order's pages: how many queries they take, what odd input does to them, and what a form keeps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.clock import database_now
from core.models import Notice
from tests.core.files import jpeg, pdf
from tests.transactions.stage import Market
from transactions.models import Accountability, Contract, Need, Sourcing
from transactions.order import Order

pytestmark = pytest.mark.django_db


def queries(client: Client, url: str) -> int:
    """What a page takes once caches (of icons, templates, categories) are warm."""
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


# --- how many queries --------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["pka", "dpmd", "firm"])
def test_the_list_takes_as_many_queries_for_three_orders_as_for_one(who: str, market: Market) -> None:
    market.account("closed")
    client = market.client(who)
    one = queries(client, reverse("orders"))
    market.contract("running")
    market.sourcing("open")
    assert queries(client, reverse("orders")) == one
    assert one <= 10


@pytest.mark.parametrize(("who", "most"), [("pka", 19), ("kades", 19), ("dpmd", 19), ("firm", 18)])
def test_a_closed_order_is_one_page_of_few_queries(who: str, most: int, market: Market) -> None:
    rating = market.rating("answered")
    account = rating.contract.accountability
    account.close(by=market.user("kades"))
    assert queries(market.client(who), rating.get_absolute_url()) <= most


def test_a_step_is_written_with_few_queries_however_many_people_are_told(market: Market) -> None:
    said = {"musdes_on": market.today.isoformat(), "musdes_number": "1"}

    def asked(who: str) -> int:
        need, client = market.need("identified"), market.client(who)
        with CaptureQueriesContext(connection) as captured:
            assert client.post(need.move_url("agree"), said).status_code == 302
        assert Notice.objects.filter(event=need.events().get(verb="agree")).count() == (6 if who == "operator" else 4)
        return len(captured)

    assert asked("operator") == asked("pka") <= 24  # three people are told on two ways, or two


def test_who_sees_a_contract_sees_its_accountability_and_nobody_else(market: Market) -> None:
    account, other = market.account("closed"), market.account("musdes")
    Contract.objects.filter(pk=other.contract_id).update(provider=market.rival.provider)
    for user in market.everyone().values():
        contracts = Contract.objects.visible_to(user).filter(pk__in=[account.contract_id, other.contract_id])
        accounts = Accountability.objects.visible_to(user)
        assert {row.pk for row in contracts} == {row.contract_id for row in accounts}


def test_the_page_takes_as_many_for_three_reports_and_assemblies_as_for_one(market: Market) -> None:
    client = market.client("pka")
    contract = market.contract("running")
    contract.report_progress(by=market.user("firm"), percent=10, text="Satu.", photos=[market.photo("firm")])
    one = queries(client, contract.get_absolute_url())
    for percent in (20, 30):
        contract.report_progress(
            by=market.user("firm"), percent=percent, text="Lagi.", photos=[market.photo("firm"), market.photo("firm")]
        )
    assert queries(client, contract.get_absolute_url()) == one


def test_three_offers_take_as_many_as_one(market: Market) -> None:
    client = market.client("kades")
    one = market.sourcing("opened", hps=20_000_000, prices={"firm": 19_000_000})
    two = market.sourcing(
        "opened",
        hps=20_000_000,
        services=[market.service, market.rival_service, market.third_service],
        prices={"firm": 19_000_000, "rival": 18_000_000, "outsider": 17_000_000},
    )
    counts = [queries(client, reverse("order", args=[each.need.code])) for each in (one, two)]
    assert counts[0] == counts[1]


# --- odd input ---------------------------------------------------------------------------------------
ODD = [
    "",
    " ",
    "\0",
    "-1",
    "0",
    "9" * 40,
    "1e400",
    "NaN",
    "½",
    "١٢٣",
    "\u202eterbalik",
    "😀" * 50,
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "{{ 7|add:7 }}",
    "../../etc/passwd",
    "0001-01-01",
    "0001-01-01T00:00",
    "9999-12-31T23:59",
    "2026-02-30",
    "25:61",
    "a" * 10_000,
]


def forms_of(market: Market) -> list[tuple[str, str]]:
    """(who, address) of every form of an order."""
    need, agreed = market.need("identified"), market.need("agreed")
    budgeted, draft = market.need("budgeted"), market.sourcing("draft")
    taking = market.sourcing("open", services=[market.service, market.rival_service])
    offer = market.quote(taking, "rival", 9_000_000)
    opened, judged = market.sourcing("opened", hps=20_000_000), market.sourcing("evaluated", hps=20_000_000)
    drafted, running = market.contract("drafted"), market.contract("running")
    inspection, inspected = market.contract("inspection"), market.contract("inspected")
    received, part = market.contract("received"), market.contract("running")
    for contract in (running, part):
        contract.report_progress(by=market.user("firm"), percent=60, text="Separuh lebih.")
    part.request_inspection(by=market.user("firm"), percent=50)
    addendum = market.addendum(market.contract("running"))
    unpaid, paid = market.account("payment"), market.account("musdes")
    drawn, filed, checked, approved = (
        market.request(market.account("payment").contract, state)
        for state in ("draft", "submitted", "checked", "approved")
    )
    held = market.meeting(market.account("musdes"))
    rating = market.rating("given")
    accepted = market.account("accepted")
    return [
        ("operator", reverse("need-new")),
        ("operator", need.move_url("amend")),
        ("operator", need.move_url("agree")),
        ("kades", need.move_url("cancel")),
        ("pka", agreed.move_url("budget")),
        ("pka", reverse("sourcing-new", args=[budgeted.code])),
        ("pka", draft.move_url("amend")),
        ("pka", draft.move_url("announce")),
        ("pka", draft.move_url("fail")),
        ("firm", reverse("quotation-new", args=[taking.need.code])),
        ("rival", offer.move_url("revise")),
        ("tpk", opened.move_url("evaluate")),
        ("tpk", judged.move_url("award")),
        ("tpk", judged.quotations.first().move_url("negotiate")),
        ("pka", drafted.move_url("issue")),
        ("pka", drafted.move_url("terminate")),
        ("firm", running.move_url("report_progress")),
        ("pka", inspection.move_url("ask_repair")),
        ("pka", inspection.move_url("accept_work")),
        ("pka", inspected.move_url("hand_over")),
        ("pka", reverse("payment-request-new", args=[unpaid.contract.code])),
        ("pka", drawn.move_url("complete_papers")),
        ("firm", drawn.move_url("bill")),
        ("sekdes", filed.move_url("examine")),
        ("kades", checked.move_url("give_back")),
        ("kaur", approved.move_url("pay")),
        ("pka", received.move_url("hand_to_head")),
        ("firm", running.move_url("record_training")),
        ("firm", running.move_url("request_inspection")),
        ("pka", part.move_url("accept_part")),
        ("pka", running.move_url("terminate")),
        ("pka", reverse("addendum-new", args=[running.code])),
        ("firm", addendum.move_url("sign_for_provider")),
        ("pka", addendum.move_url("withdraw")),
        ("pka", unpaid.contract.move_url("attach_handover_scan")),
        ("bpd", reverse("meeting-new", args=[paid.code])),
        ("bpd", held.move_url("amend")),
        ("bpd", held.move_url("attach")),
        ("bpd", held.move_url("decide")),
        ("pka", reverse("rating-new", args=[accepted.contract.code])),
        ("firm", rating.move_url("answer")),
    ]


def filled(form: Any) -> dict[str, Any]:
    """What the page shows before anyone types, as a browser would send it."""
    data: dict[str, Any] = {}
    for bound in form:
        value = bound.value()
        if value is not None and not hasattr(value, "read"):
            data[bound.html_name] = bound.field.prepare_value(value)
    return {name: value for name, value in data.items() if value is not None}


SENT = ["\0", "9" * 40, "0001-01-01T00:00", "😀" * 50]


def withstands(market: Market, who: str, url: str) -> None:
    """Each odd value in every field of the page's form: judged by the form; some, and arrays, sent as a browser would."""
    client = market.client(who)
    page = client.get(url)
    assert page.status_code == 200, (who, url)
    form = page.context["form"]
    for odd in SENT:
        data = {bound.html_name: odd for bound in form if bound.html_name != "submit_key"}
        assert 200 <= send(client, url, filled(form) | data) < 500, (url, odd[:20])
    arrays = {bound.html_name: ["a", "-1", "😀"] for bound in form}
    assert 200 <= send(client, url, arrays) < 500, url
    for odd in ODD:
        judge(form, dict.fromkeys(arrays, odd))


def test_no_field_of_any_form_answers_500(market: Market) -> None:
    for who, url in forms_of(market):
        withstands(market, who, url)


def judge(form: Any, data: dict[str, str]) -> None:
    """Bind the page's own form to this data; it may refuse, it may not raise."""
    form.data, form.files, form.is_bound, form._errors = QueryDict(mutable=True), {}, True, None
    form.data.update(data)
    form.is_valid()


def send(client: Client, url: str, data: dict[str, Any]) -> int:
    from django.db import transaction

    with transaction.atomic():
        status = client.post(url, data).status_code
        transaction.set_rollback(True)
    return status


@pytest.mark.parametrize("content", [b"", b"MZ\x90", b"%PDF-1.4 \xff", b"GIF89a" + b"\0" * 20])
def test_bad_files_are_refused_beside_their_field(content: bytes, market: Market) -> None:
    contract = market.contract("issued")
    file = SimpleUploadedFile("../../spk.pdf", content, "application/pdf")
    response = market.client("firm").post(contract.move_url("sign_for_provider"), {"scan": file})
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {"scan"}
    contract.refresh_from_db()
    assert contract.state == "issued"


@pytest.mark.parametrize("who", ["operator", "pka", "pld"])
def test_what_the_page_shows_and_a_person_types_is_enough(who: str, market: Market) -> None:
    """Hidden fields, too: whoever has one village is not asked which."""
    client, url = market.client(who), reverse("need-new")
    form = client.get(url).context["form"]
    assert form["village"].is_hidden
    typed = {"title": "Air bersih", "problem": "Kering.", "estimate": "5.000.000", "why_provider": "Ahli."}
    response = client.post(url, filled(form) | typed | {"category": market.draft_need().category_id})
    assert response.status_code == 302, response.context["form"].errors
    assert Need.objects.get(title="Air bersih").village_id == market.draft_need().village_id


def test_a_form_with_an_error_keeps_what_was_typed(market: Market) -> None:
    data = {
        "title": "Judul yang diketik", "problem": "Masalah yang panjang", "estimate": "bukan angka", "volume": "3",
        "unit": "dokumen", "why_provider": "Sebabnya", "village": market.draft_need().village_id,
    }  # fmt: skip
    page = market.client("operator").post(reverse("need-new"), data)
    text = page.content.decode()
    assert page.status_code == 422
    assert all(value in text for value in ("Judul yang diketik", "Masalah yang panjang", "bukan angka", "Sebabnya"))
    assert "Muat ulang halaman" in text  # the key was missing


def test_looking_for_other_candidates_keeps_what_was_typed(market: Market) -> None:
    need = market.need()
    client, url = market.client("pka"), reverse("sourcing-new", args=[need.code])
    typed = {
        "scope": "Lingkup yang diketik",
        "hps": "8.765.432",
        "days": "9",
        "deadline": "",
        "services": [market.service.pk],
    }
    page = client.post(url, typed | {"cari": "Tastura", "lihat": "1"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "Lingkup yang diketik" in text
    assert "8.765.432" in text
    names = [service.provider.name for service in page.context["form"].found]
    assert names == ["CV Rinjani", "PT Tastura"]  # the ticked one stays
    assert not Sourcing.objects.exists()


def test_a_forged_candidate_is_refused(market: Market) -> None:
    from tests.catalog.stage import draft

    hidden = draft(market.third, "Belum tayang")
    need = market.need()
    client, url = market.client("pka"), reverse("sourcing-new", args=[need.code])
    key = client.get(url).context["form"]["submit_key"].value()
    data = {"submit_key": key, "scope": "x", "hps": "1", "days": "1", "services": [hidden.pk], "deadline": tomorrow()}
    page = client.post(url, data)
    assert page.status_code == 422
    assert page.context["form"].errors.keys() == {"services"}


def tomorrow() -> str:
    return f"{database_now() + dt.timedelta(days=2):%Y-%m-%dT%H:%M}"


def test_a_village_that_is_not_ones_own_is_refused(market: Market) -> None:
    from tests.areas import SUKADANA

    page = market.client("operator").post(reverse("need-new"), {"village": SUKADANA})
    assert "village" in page.context["form"].errors
    assert not Need.objects.exists()


# --- what people read --------------------------------------------------------------------------------
def test_the_next_step_stands_first_and_what_ends_the_order_last(market: Market) -> None:
    tones = [move.tone for move in Order(market.contract("running").need, market.user("pka")).moves]
    assert tones == sorted(tones, key=["primary", "secondary", "quiet", "danger"].index) and "danger" in tones


def test_what_is_past_is_folded_and_the_present_stands_open(market: Market) -> None:
    def open_parts(contract: Contract) -> set[str]:
        page = market.client("pka").get(contract.get_absolute_url()).content.decode()
        assert all(f'id="{name}"' in page for name in ("kebutuhan", "pengadaan", "kontrak"))
        return {name for name in ("kebutuhan", "pengadaan", "kontrak") if f'id="{name}" open>' in page}

    assert open_parts(market.contract("running")) == {"kontrak"}
    assert open_parts(market.account("musdes").contract) == set()


def test_a_losing_provider_reads_clearly_that_it_lost(market: Market) -> None:
    sourcing = market.sourcing("awarded", hps=20_000_000)
    text = market.client("firm").get(sourcing.get_absolute_url()).content.decode()
    assert "Penawaran tidak terpilih. Ada penawaran memenuhi syarat yang lebih rendah. Terima kasih" in text
    assert "PT Tastura" in text  # who won, and at which price, is public once awarded
    assert "19.800.000" in text
    assert "Kami datang dan bekerja." in text  # its own words; the rival's stay with the village
    assert text.count("Kami datang dan bekerja.") == 1
    assert "Pelaksanaan" not in text  # stations of a contract that is another's


def test_one_that_was_disqualified_reads_why(market: Market) -> None:
    sourcing = market.sourcing("opened", hps=20_000_000)
    bad = sourcing.quotations.get(price=19_900_000)
    good = sourcing.quotations.get(price=19_800_000)
    sourcing.evaluate(by=market.user("tpk"), results={bad.code: (False, "Tanpa jadwal kerja."), good.code: (True, "")})
    text = market.client("firm").get(sourcing.get_absolute_url()).content.decode()
    assert "Penawaran gugur: Tanpa jadwal kerja." in text


def test_who_did_not_answer_reads_that_it_is_over(market: Market) -> None:
    sourcing = market.sourcing("opened", hps=20_000_000, prices={"rival": 19_000_000})
    text = market.client("firm").get(sourcing.get_absolute_url()).content.decode()
    assert "Anda tidak mengirim penawaran" in text


def test_a_page_that_is_not_for_you_says_why(market: Market) -> None:
    need = market.need()
    page = market.client("kades").get(reverse("sourcing-new", args=[need.code]))
    assert page.status_code == 403
    assert "Pengadaan dimulai oleh Kasi/Kaur" in page.content.decode()


def test_a_need_already_sourced_offers_no_second_form(market: Market) -> None:
    sourcing = market.sourcing("open")
    page = market.client("pka").get(reverse("sourcing-new", args=[sourcing.need.code]))
    assert page.status_code == 403
    assert "Pengadaan dimulai sekali" in page.content.decode()


def test_the_deadline_is_typed_and_shown_in_the_villages_zone(market: Market) -> None:
    need = market.need()
    client, url = market.client("pka"), reverse("sourcing-new", args=[need.code])
    page = client.get(url)
    assert "Waktu WITA." in page.content.decode()
    day = market.today + dt.timedelta(days=3)
    data = {
        "submit_key": page.context["form"]["submit_key"].value(), "scope": "x", "hps": "9.000.000", "days": "2",
        "services": [market.service.pk], "deadline": f"{day}T16:00",
    }  # fmt: skip
    shown = client.get(client.post(url, data)["Location"]).content.decode()
    assert "pukul 16.00 WITA" in shown.replace("\u00a0", " ")
    assert "WIB" not in shown
    assert Sourcing.objects.get().deadline.astimezone(dt.UTC).hour == 8


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=pembukuan", 3),
        ("?q=Kuta", 3),
        ("?q=tidakada", 0),
        ("?q=pembuku+kut", 3),
        ("?q=pembukuan+tidakada", 0),
        ("?q=bukuan", 0),
        ("?q=%2F%2F", 0),
        ("?tahap=kebutuhan", 1),
        ("?tahap=pengadaan", 1),
        ("?tahap=kontrak", 1),
        ("?tahap=selesai", 0),
        ("?tahap=salah&tahun=abc&sebelum=xyz", 0),
        ("?tahun=99999", 3),
        ("?q=" + "x" * 500, 3),
    ],
)
def test_the_list_is_narrowed_and_odd_questions_are_ignored(query: str, found: int, market: Market) -> None:
    market.need(), market.sourcing("open"), market.contract("running")
    page = market.client("pka").get(reverse("orders") + query)
    assert page.status_code == 200
    assert len(page.context["orders"]) == found


def test_an_order_is_found_by_its_code_in_any_case(market: Market) -> None:
    need = market.need()
    market.need()
    page = market.client("pka").get(reverse("orders"), {"q": need.code.lower()})
    assert [row for row, _ in page.context["orders"]] == [need]


def test_words_are_looked_up_in_indexes(market: Market) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
    plan = Need.objects.said("sumur").order_by().explain()
    assert "need_said" in plan
    assert "Seq Scan" not in plan


def test_the_list_is_paged_by_key(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    from transactions.views import order_list

    monkeypatch.setattr(order_list, "PAGE", 2)
    needs = [market.need() for _ in range(3)]
    client = market.client("pka")
    first = client.get(reverse("orders"))
    assert [need for need, _ in first.context["orders"]] == needs[:0:-1]
    second = client.get(reverse("orders") + first.context["next_url"])
    assert [need for need, _ in second.context["orders"]] == needs[:1]
    assert second.context["next_url"] == ""


Act = Callable[[], Any]
UPLOADS = {
    "jpeg": lambda: SimpleUploadedFile("foto.jpg", jpeg(), "image/jpeg"),
    "pdf": lambda: SimpleUploadedFile("a.pdf", pdf()),
}


def test_a_whole_step_through_the_form_with_files(market: Market) -> None:
    contract = market.contract("running")
    client, url = market.client("firm"), contract.move_url("report_progress")
    page = client.post(
        url, {"percent": "40", "text": "Hari pertama.", "photos": [UPLOADS["jpeg"](), UPLOADS["jpeg"]()]}
    )
    assert page.status_code == 302
    report = contract.progress.get()
    assert (report.percent, report.photos.count()) == (40, 2)
    photo = report.photos.all()[0].file
    assert client.get(photo.get_absolute_url()).status_code == 200
    assert market.client("pka2").get(photo.get_absolute_url()).status_code == 404
