"""The case page: facts beside those last approved, masked numbers, papers, near twins, notes, cost."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import exports
from accounts.models import Provider
from core.models import Notice, PersonalView
from tests.accounts.stage import logged_in
from tests.areas import LOMBOK_BARAT
from tests.verification.stage import ACCOUNT, NIK, NPWP, Stage, attach, judge_all, paper
from tests.verification.test_desk import QUEUE, at, case_url, text_of
from verification.differences import approved_before, facts
from verification.duplicates import candidates, lookalikes
from verification.models import Application
from verification.models.name_key import fingerprints, near

REMARK = "Rahasia antar rekan: telepon kantor lama."


def flat(application: Application, base: Application | None, user: Any) -> dict[str, Any]:
    return {fact.name: fact for group in facts(application, base, user) for fact in group.facts}


# --- facts -----------------------------------------------------------------------------------------------
def test_numbers_are_masked_and_lead_to_the_page_that_asks_why(stage: Stage) -> None:
    application = stage.checking()
    desk = logged_in(stage.member)
    page = text_of(desk.get(case_url(application)))
    assert not any(number in page for number in (NIK, NPWP, ACCOUNT))
    asked = {
        key: reverse("personal-number", args=["penyedia", stage.firm.code, key]) for key in ("nik", "npwp", "rekening")
    }
    assert all(url in page for url in asked.values())
    shown = desk.post(asked["nik"], {"reason": "match"})
    assert NIK in text_of(shown)
    assert PersonalView.objects.get().user == stage.member


def test_who_may_not_see_a_number_finds_no_link(stage: Stage) -> None:
    application = stage.checking()
    page = text_of(logged_in(stage.ministry).get(case_url(application)))
    assert "/data-pribadi/" not in page
    tied = stage.second_member
    application.declare(by=tied, tie="kin")
    url = reverse("personal-number", args=["penyedia", stage.firm.code, "nik"])
    assert logged_in(tied).post(url, {"reason": "match"}).status_code == 403
    assert not PersonalView.objects.exists()


def test_facts_are_those_of_the_submission(stage: Stage) -> None:
    """What a provider may still change (its telephone) does not change what is being judged."""
    from verification.models import profile

    application = stage.checking()
    profile.change(stage.firm, by=stage.owner(stage.firm), address="Jalan Baru 99")
    page = text_of(logged_in(stage.member).get(case_url(application)))
    assert "Jalan Contoh 1, Praya" in page
    assert "Jalan Baru 99" not in page


def test_what_changed_since_the_approval_is_marked_in_words(stage: Stage) -> None:
    base = stage.listed()
    application = stage.submitted(stage.rival)
    application.profile = {
        **base.profile,
        "name": "CV Contoh Bina Desa Baru",
        "nik": {"index": "lain", "masked": "999999••••••9999"},
        "experts": ["Contoh Ahli", "Ahli Kedua"],
    }
    found = flat(application, base, stage.member)
    assert {name for name, fact in found.items() if fact.changed} == {"name", "nik", "experts"}
    assert (found["name"].before, found["name"].now) == ("CV Contoh Bina Desa", "CV Contoh Bina Desa Baru")
    assert found["nik"].before.endswith(NIK[-4:])
    assert (found["nik"].url, found["nik"].note) == ("", "sudah diubah penyedia sejak diajukan")
    assert found["experts"].added == ("Ahli Kedua",)
    assert not any(fact.changed for fact in flat(application, None, stage.member).values())


def test_the_page_shows_both_columns(stage: Stage) -> None:
    base = stage.listed()
    application = stage.submitted(stage.rival)
    changed = {**base.profile, "bank": "Bank Lain"}
    Application.objects.filter(pk=application.pk).update(profile=changed, kind="change", based_on=base)
    stage.declared(application, stage.member)
    page = text_of(logged_in(stage.member).get(case_url(application)))
    assert "<b>1 isian berubah.</b>" in page
    assert "<b>Disetujui sebelumnya</b><span>Bank Contoh</span>" in page
    assert "<b>Sekarang</b><span>Bank Lain</span>" in page


def test_the_last_approved_of_this_regency_is_compared(stage: Stage) -> None:
    base = stage.listed()
    later = Application(provider=stage.firm, regency_id=base.regency_id, pk=base.pk + 1000)
    elsewhere = Application(provider=stage.firm, regency_id=LOMBOK_BARAT, pk=base.pk + 1000)
    assert approved_before(later) == base
    assert approved_before(elsewhere) is None


# --- papers ----------------------------------------------------------------------------------------------
def test_several_papers_of_a_kind_are_told_apart(stage: Stage) -> None:
    application = stage.checking()
    desk = logged_in(stage.member)
    work = paper(application, "portofolio")
    page = text_of(desk.get(case_url(application), {"dokumen": work.code}))
    assert "Portofolio pekerjaan: DED jalan (2025)" in page


def test_a_paper_stands_beside_the_facts_it_proves(stage: Stage) -> None:
    application = stage.checking()
    response = logged_in(stage.member).get(case_url(application), {"dokumen": paper(application, "ktp").code})
    assert [fact.name for fact in response.context["matches"]] == ["person_in_charge", "nik"]
    assert "<b>Cocokkan:</b>" in text_of(response)


def test_a_carried_paper_says_where_it_was_approved(stage: Stage) -> None:
    before, application = stage.listed(), stage.checking(stage.rival)
    row = paper(application, "npwp")
    row.carried_from = paper(before, "npwp")
    row.save()
    page = text_of(logged_in(stage.member).get(case_url(application), {"dokumen": row.code}))
    assert f"Dibawa dari permohonan {before.code}, sesuai menurut Pokja Kabupaten Lombok Tengah" in page


def test_older_versions_stay_readable(stage: Stage) -> None:
    application = stage.returned()
    old = paper(application, "ktp")
    attach(application, "ktp", by=stage.owner(stage.firm))
    application.submit(by=stage.owner(stage.firm))
    application.claim(by=stage.member)
    page = text_of(logged_in(stage.member).get(case_url(application), {"dokumen": paper(application, "ktp").code}))
    assert old.file.get_absolute_url() in page
    assert "Versi 1" in page


def test_every_shortcut_is_listed_and_bound_by_what_the_page_has(stage: Stage) -> None:
    application = stage.checking()
    page = logged_in(stage.member).get(case_url(application)).content.decode()
    for hook in ("data-judging", "data-judge", "data-keys", "data-keys-on", "data-next", "js/desk-case"):
        assert hook in page
    for key in ("S", "T", "J", "K", "Enter", "?"):
        assert f"<kbd>{key}</kbd>" in page


# --- near twins --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("PT. Bina Desa Contoh", True),  # order and form
        ("CV CONTOH BINA-DESA", True),
        ("CV Contoh Binadesa", True),  # blanks
        ("CV Contoh Bima Desa", True),  # one letter other
        ("CV Conto Bina Desa", True),  # one less
        ("CV Contoh Bian Desa", True),  # two exchanged
        ("CV Contoh Karya Desa", False),
        ("CV Contoh", False),
        ("CV Contoh Bina", False),
        ("CV Cantuh Bina Desa", False),  # two slips
        ("CV Contoh Bina Desa 2024", False),
    ],
)
def test_near_names(name: str, same: bool) -> None:
    own = "CV Contoh Bina Desa"
    assert near(own, name) == near(name, own) == same
    if same:
        assert set(fingerprints(own)) & set(fingerprints(name)), "it would not be found"


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"npwp": NPWP}, ("NPWP sama",)),
        ({"nik": NIK}, ("NIK penanggung jawab sama",)),
        ({"account_number": ACCOUNT}, ("nomor rekening sama",)),
        ({"nib": "0000000000099"}, ("NIB sama",)),
    ],
)
def test_a_number_that_comes_again_is_said(stage: Stage, fields: dict[str, str], why: tuple[str, ...]) -> None:
    unlike = {
        "nik": "0000000000000444",
        "npwp": "0000000000000444",
        "nib": "0000000000444",
        "account_number": "44444444",
    }
    twin = stage.submitted(stage.new_provider("UD Serba Lain", **(unlike | fields)))
    application = stage.submitted()
    assert [(row.name, row.why, row.code) for row in lookalikes(application, stage.member)] == [
        ("UD Serba Lain", why, twin.code)
    ]
    assert "UD Serba Lain" in text_of(logged_in(stage.member).get(case_url(application)))


def test_a_draft_elsewhere_is_nobody_s_twin(stage: Stage) -> None:
    stage.draft(stage.new_provider("CV Contoh Bima Desa"))
    assert lookalikes(stage.submitted(), stage.member) == []


def test_a_renamed_provider_is_found_by_its_new_name(stage: Stage) -> None:
    twin = stage.new_provider("UD Serba Lain", nik="1" * 16, npwp="2" * 16, nib="3" * 13, account_number="555")
    stage.submitted(twin)
    application = stage.submitted()
    assert lookalikes(application, stage.member) == []
    twin.name = "PT Bina Contoh Desa"
    twin.save()
    assert [row.why for row in lookalikes(application, stage.member)] == [("nama hampir sama",)]


def test_twins_are_found_through_indexes(stage: Stage) -> None:
    """However many providers there are: no plan that reads them all."""
    stage.submitted()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        sql, arguments = candidates(stage.firm).query.sql_with_params()
        cursor.execute(f"EXPLAIN {sql}", arguments)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Seq Scan on accounts_provider" not in plan, plan


# --- notes for colleagues ----------------------------------------------------------------------------------
def test_a_remark_is_read_by_colleagues_only(stage: Stage) -> None:
    application = stage.checking()
    desk = logged_in(stage.member)
    assert desk.post(at(application, "remark"), {"note": REMARK}).status_code == 302
    assert desk.post(at(application, "remark"), {"note": " "}).status_code == 422
    judge_all(application, by=stage.member, failing="ktp")
    application.give_back(by=stage.member)
    assert REMARK in text_of(desk.get(case_url(application)))
    assert REMARK in text_of(desk.get(at(application, "history")))
    owner = stage.owner(stage.firm)
    applicant = logged_in(owner)
    places = [
        application.get_absolute_url(),
        reverse("my-provider-page", args=[stage.firm.code]),
        reverse("todo"),
        reverse("notices"),
        reverse("application-document", args=[application.code, "ktp"]),
        reverse("profile-export"),
    ]
    for url in places:
        response = applicant.get(url)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        assert response.status_code == 200, url
        assert "Rahasia antar rekan" not in body.decode(), url
    assert "Rahasia antar rekan" not in str(exports.of(owner))
    assert not Notice.objects.filter(body__contains="Rahasia antar rekan").exists()
    for reader in (stage.tapm, stage.province):
        assert "Rahasia antar rekan" not in text_of(logged_in(reader).get(application.get_absolute_url()))
    assert text_of(logged_in(stage.office).get(case_url(application))).count("Rahasia antar rekan") == 0


def test_history_is_our_own_events(stage: Stage) -> None:
    application = stage.returned()
    page = text_of(logged_in(stage.chair).get(at(application, "history")))
    assert page.index("Dikembalikan") < page.index("Mulai diperiksa") < page.index("Diajukan")
    assert "Baiq Anggota" in page


# --- cost --------------------------------------------------------------------------------------------------
def queries_of(desk: Any, url: str) -> int:
    desk.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert desk.get(url).status_code == 200
    return len(queries)


def test_a_case_costs_the_same_however_much_it_holds(stage: Stage) -> None:
    application = stage.checking()
    desk = logged_in(stage.member)
    before = queries_of(desk, case_url(application))
    judge_all(application, by=stage.member)
    for number in range(3):
        application.remark(by=stage.member, note=f"Catatan {number}.")
        other = stage.new_provider(f"CV Contoh {number}", npwp=f"{number:016}", nib=f"{number:013}")
        stage.submitted(other)  # the same NIK and account: a near twin each
    assert queries_of(desk, case_url(application)) <= before + 3  # names and cases of the twins
    assert before <= 45


def test_the_queue_of_a_case_costs_nothing(stage: Stage) -> None:
    application = stage.checking()
    desk = logged_in(stage.member)
    plain = queries_of(desk, case_url(application))
    assert queries_of(desk, f"{case_url(application)}?dari=antrean%3Dsemua%26q%3Dcontoh") == plain
    assert reverse(QUEUE) in text_of(desk.get(case_url(application)))


def test_every_provider_has_its_fingerprints(stage: Stage) -> None:
    from verification.models import NameKey

    assert stage.firm
    assert stage.rival
    assert NameKey.objects.count() == Provider.objects.count()
