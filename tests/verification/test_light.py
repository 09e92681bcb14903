"""Renewal, periksa ulang and recognition: what was approved is carried over, and only what changed is asked for."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Provider
from core.clock import today
from core.models import Event, Notice, StoredFile
from core.workflow import TransitionRefused
from tests.areas import LOMBOK_BARAT, LOMBOK_TENGAH
from tests.verification.stage import DECREE, NIK, Stage, attach, judge_all, paper
from verification.models import Application, Standing, SubmittedDocument, light, profile

DAY = dt.timedelta(days=1)
NEW_NIK = "0000000000000033"


def near_its_end(application: Application, *, days: int = 60) -> Standing:
    """Its listing ends in so many days."""
    Standing.objects.filter(application=application).update(
        listed_on=today() - 300 * DAY, valid_until=today() + days * DAY
    )
    return Standing.objects.get(application=application)


def verdicts(application: Application) -> dict[str, str]:
    return {row.type.key: row.verdict for row in application.documents.current().select_related("type")}


def decide(stage: Stage, application: Application) -> None:
    """Light: read, recommended by the member, ready for the chair."""
    stage.declared(application)
    application.claim(by=stage.member)
    judge_all(application, by=stage.member)
    application.recommend(by=stage.member)


# --- renewal --------------------------------------------------------------------------------------------------
def test_a_renewal_carries_what_still_holds_and_is_complete_at_once(stage: Stage) -> None:
    first = stage.listed()
    standing = near_its_end(first)
    files = StoredFile.objects.count()
    renewal = light.begin_renewal(standing, by=stage.owner(stage.firm))
    assert (renewal.kind, renewal.based_on, renewal.state) == ("renewal", first, "draft")
    assert verdicts(renewal) == dict.fromkeys(verdicts(first), "conforming")
    assert renewal.missing() == []
    for row in renewal.documents.current().select_related("file", "carried_from__file", "judged_by"):
        assert row.file.content.name == row.carried_from.file.content.name
        assert row.file.pk != row.carried_from.file.pk
        assert row.file.about_id == str(row.pk)
        assert row.judged_by == stage.member
        assert not renewal.is_locked(row)  # nobody has to show it again; who wants to, may
    assert StoredFile.objects.count() == files + len(verdicts(first))
    renewal.submit(by=stage.owner(stage.firm))
    assert renewal.state == "submitted"


def test_a_renewal_asks_anew_for_what_ran_out(stage: Stage) -> None:
    first = stage.listed()
    standing = near_its_end(first)
    first.documents.filter(type__key="npwp").update(expires_on=today() - DAY)
    renewal = light.begin_renewal(standing, by=stage.owner(stage.firm))
    assert set(verdicts(first)) - set(verdicts(renewal)) == {"npwp"}
    assert renewal.missing() == ["Dokumen NPWP"]
    attach(renewal, "npwp", by=stage.owner(stage.firm))
    assert renewal.missing() == []
    assert verdicts(renewal)["npwp"] == "pending"


def test_a_renewal_goes_from_the_desk_to_the_decree_without_interview(stage: Stage) -> None:
    first = stage.listed()
    renewal = light.begin_renewal(near_its_end(first), by=stage.owner(stage.firm))
    renewal.submit(by=stage.owner(stage.firm))
    decide(stage, renewal)
    renewal.list_provider(by=stage.chair, directory_number="001", decree_date=today(), **DECREE)
    assert [row.application for row in Standing.objects.current()] == [renewal]
    old = Standing.objects.get(application=first)
    assert (old.ended_on, old.end_kind, old.ended_by) == (today(), "replaced", stage.chair)


def test_a_renewal_opens_by_the_rule_and_closes_as_long_after_the_end(stage: Stage) -> None:
    first = stage.listed()
    opened = {}
    for days in (91, 90, 0, -1, -90, -91):
        standing = near_its_end(first, days=days)
        application = Application(provider=stage.firm, regency=first.regency)
        light.choose_kind(application)
        opened[days] = (standing.renewable, str(application.kind))
    assert opened == {
        91: (False, "first"),
        90: (True, "renewal"),
        0: (True, "renewal"),
        -1: (True, "renewal"),
        -90: (True, "renewal"),
        -91: (False, "first"),
    }
    near_its_end(first, days=91)
    with pytest.raises(TransitionRefused, match="Perpanjangan dibuka mulai"):
        stage.draft()


def test_a_listing_that_ends_before_the_decision_simply_ends(stage: Stage) -> None:
    renewal = light.begin_renewal(near_its_end(stage.listed(), days=1), by=stage.owner(stage.firm))
    renewal.submit(by=stage.owner(stage.firm))
    assert Standing.objects.covers(stage.firm, LOMBOK_TENGAH)
    assert not Standing.objects.covers(stage.firm, LOMBOK_TENGAH, on=today() + 2 * DAY)


# --- periksa ulang --------------------------------------------------------------------------------------------
def test_a_changed_number_opens_a_check_by_itself_and_the_listing_stays(stage: Stage) -> None:
    first = stage.listed()
    owner = stage.owner(stage.firm)
    profile.change(stage.firm, by=owner, nik=NEW_NIK, about="Kami melatih BUM Desa.")
    check = stage.firm.applications.get(kind="change")
    assert (check.state, check.changes, check.based_on) == ("submitted", ["nik"], first)
    assert verdicts(check) == {
        "ktp": "pending", "npwp": "conforming", "portofolio": "conforming", "pakta-integritas": "conforming"
    }  # fmt: skip
    assert check.profile["nik"]["index"] != first.profile["nik"]["index"]
    assert Standing.objects.covers(stage.firm, LOMBOK_TENGAH)
    event = check.events().get(verb="create")
    assert (event.actor, event.actor_name, event.to_state) == (None, "Sistem", "submitted")
    assert event.note == "Data berubah: NIK penanggung jawab."
    assert NEW_NIK not in str(event.data) + event.note
    told = set(Notice.objects.filter(event=event).values_list("user__name", flat=True))
    assert {stage.member.name, stage.chair.name, owner.name} <= told


def test_what_does_not_identify_the_provider_opens_nothing(stage: Stage) -> None:
    stage.listed()
    profile.change(stage.firm, by=stage.owner(stage.firm), about="Baru.", phone="+62370999999", nik=NIK)
    assert not stage.firm.applications.filter(kind="change").exists()


@pytest.mark.parametrize(
    ("fields", "pending"),
    [
        ({"name": "CV Contoh Nama Baru"}, set()),  # a company's deed is not among these tests' papers
        ({"npwp": "0000000000000901"}, {"npwp"}),
        ({"nib": "0000000000077"}, set()),
        ({"person_in_charge": "Sari Contoh"}, {"ktp"}),
        ({"nik": NEW_NIK}, {"ktp"}),
        ({"account_number": "0000999"}, set()),
        ({"bank": "Bank Lain", "account_holder": "CV Contoh"}, set()),
        ({"fields": ["kewirausahaan", "infrastruktur"]}, set()),
    ],
)  # fmt: skip
def test_each_field_a_decree_rests_on_is_checked_again(stage: Stage, fields: dict[str, Any], pending: set[str]) -> None:
    stage.listed()
    profile.change(stage.firm, by=stage.owner(stage.firm), **fields)
    check = stage.firm.applications.get(kind="change")
    assert set(check.changes) == set(fields)
    assert {key for key, verdict in verdicts(check).items() if verdict == "pending"} == pending


def test_several_changes_before_the_pokja_takes_it_are_one_case(stage: Stage) -> None:
    stage.listed()
    owner = stage.owner(stage.firm)
    profile.change(stage.firm, by=owner, nik=NEW_NIK)
    profile.change(stage.firm, by=owner, npwp="0000000000000901")
    check = stage.firm.applications.get(kind="change")
    assert check.changes == ["nik", "npwp"]
    assert {key for key, verdict in verdicts(check).items() if verdict == "pending"} == {"ktp", "npwp"}
    assert check.events().filter(verb="extend").count() == 1


def test_nothing_moves_under_the_readers_eyes(stage: Stage) -> None:
    stage.listed()
    owner = stage.owner(stage.firm)
    profile.change(stage.firm, by=owner, nik=NEW_NIK)
    check = stage.firm.applications.get(kind="change")
    stage.declared(check)
    check.claim(by=stage.member)
    with pytest.raises(TransitionRefused, match="sedang diperiksa Pokja Kabupaten Lombok Tengah"):
        profile.change(stage.firm, by=owner, nik=NIK)
    profile.change(stage.firm, by=owner, about="Boleh.")


def test_a_confirmed_change_keeps_the_listing_as_it_was(stage: Stage) -> None:
    first = stage.listed()
    before = Standing.objects.get(application=first)
    profile.change(stage.firm, by=stage.owner(stage.firm), nik=NEW_NIK)
    check = stage.firm.applications.get(kind="change")
    decide(stage, check)
    check.confirm(by=stage.chair)
    after = Standing.objects.current().get()
    assert (after.pk, after.valid_until) == (before.pk, before.valid_until)
    assert light.last_approved(stage.firm.pk, LOMBOK_TENGAH) == check


def test_a_refused_change_ends_the_listing_and_says_why(stage: Stage) -> None:
    stage.listed()
    profile.change(stage.firm, by=stage.owner(stage.firm), nik=NEW_NIK)
    check = stage.firm.applications.get(kind="change")
    stage.declared(check)
    check.reject(by=stage.chair, reason="KTP bukan milik penanggung jawab.")
    standing = Standing.objects.get()
    assert (standing.end_kind, standing.end_reason) == ("refused", "KTP bukan milik penanggung jawab.")
    assert not Standing.objects.current().exists()


def test_a_check_is_not_the_providers_to_stop(stage: Stage) -> None:
    stage.listed()
    owner = stage.owner(stage.firm)
    profile.change(stage.firm, by=owner, nik=NEW_NIK)
    with pytest.raises(TransitionRefused, match="tidak dapat dibatalkan"):
        stage.firm.applications.get(kind="change").withdraw(by=owner)


def test_a_change_takes_the_place_of_a_draft_renewal_and_its_new_papers(stage: Stage) -> None:
    first = stage.listed()
    standing = near_its_end(first)
    first.documents.filter(type__key="portofolio").update(expires_on=today() - DAY)
    owner = stage.owner(stage.firm)
    renewal = light.begin_renewal(standing, by=owner)
    want = next(want for want in renewal.wanted() if want.type.key == "portofolio")
    new = attach(renewal, "portofolio", by=owner, entry=want.entry)
    profile.change(stage.firm, by=owner, nik=NEW_NIK)
    renewal.refresh_from_db()
    assert renewal.state == "withdrawn"
    check = stage.firm.applications.get(kind="change")
    assert paper(check, "portofolio").carried_from == new
    assert verdicts(check)["portofolio"] == "pending"


def test_a_change_while_papers_are_mended_asks_for_the_papers_that_prove_it(stage: Stage) -> None:
    """Also for who is not listed yet: what conformed for the old number does not conform for the new one."""
    application = stage.returned(failing="portofolio")
    assert verdicts(application)["ktp"] == "conforming"
    profile.change(stage.firm, by=stage.owner(stage.firm), nik=NEW_NIK)
    assert "ktp" not in verdicts(application)
    assert any("KTP" in lack for lack in application.missing())


def test_the_form_of_a_listed_provider_is_not_a_change(stage: Stage) -> None:
    stage.listed()
    with pytest.raises(TransitionRefused, match="Bentuk penyedia tidak dapat diubah"):
        profile.change(stage.firm, by=stage.owner(stage.firm), legal_form="nonprofit")
    assert Provider.objects.get(pk=stage.firm.pk).legal_form == "company"


def test_a_change_opens_a_check_wherever_it_is_listed(stage: Stage) -> None:
    both_regencies(stage)
    profile.change(stage.firm, by=stage.owner(stage.firm), nik=NEW_NIK)
    opened = stage.firm.applications.filter(kind="change").values_list("regency_id", flat=True)
    assert set(opened) == {LOMBOK_TENGAH, LOMBOK_BARAT}


# --- new papers of a listing that goes on ---------------------------------------------------------------------
def test_a_paper_that_ran_out_is_renewed_without_waiting_for_the_listings_end(stage: Stage) -> None:
    first = stage.listed()
    owner = stage.owner(stage.firm)
    first.documents.filter(type__key="npwp").update(expires_on=today() - DAY)
    update = light.begin_update(Standing.objects.get(), by=owner)
    assert (update.kind, update.state, update.changes) == ("change", "draft", [])
    assert update.missing() == ["Dokumen NPWP"]
    update.withdraw(by=owner)  # one's own idea, unlike a check
    assert Standing.objects.current().count() == 1
    with pytest.raises(TransitionRefused, match="Hanya penyedia sendiri"):
        light.begin_update(Standing.objects.get(), by=stage.owner(stage.rival))


# --- recognition ----------------------------------------------------------------------------------------------
def recognition(stage: Stage) -> Application:
    assert stage.neighbour_member
    return stage.draft(regency=LOMBOK_BARAT, full=False)


def both_regencies(stage: Stage) -> Application:
    stage.listed()
    application = recognition(stage)
    from verification.models.application import consent_in_force

    owner = stage.owner(stage.firm)
    application.consent(by=owner, version=consent_in_force()["version"])
    application.submit(by=owner)
    application.declare(by=stage.neighbour_member)
    application.declare(by=stage.neighbour_chair)
    application.claim(by=stage.neighbour_member)
    judge_all(application, by=stage.neighbour_member)
    application.recommend(by=stage.neighbour_member)
    application.list_provider(by=stage.neighbour_chair, directory_number="LB-7", decree_date=today(), **DECREE)
    return application


def test_another_regency_reads_the_same_papers_and_sees_who_found_them_right(stage: Stage) -> None:
    first = stage.listed()
    application = recognition(stage)
    assert (application.kind, application.based_on) == ("recognition", first)
    assert verdicts(application) == dict.fromkeys(verdicts(first), "pending")
    day = f"{timezone.localtime(paper(first, 'ktp').judged_at, first.regency.tzinfo):%d/%m/%Y}"
    assert paper(application, "ktp").trail == f"Sesuai menurut Pokja Kabupaten Lombok Tengah, {day}."
    assert application.missing() == ["Persetujuan penggunaan data"]  # another office will read them


def test_recognition_ends_in_a_decree_and_number_of_its_own(stage: Stage) -> None:
    application = both_regencies(stage)
    listed = {row.regency_id: row.directory_number for row in Standing.objects.current()}
    assert listed == {LOMBOK_TENGAH: "001", LOMBOK_BARAT: "LB-7"}
    assert application.total == application.based_on.total


def test_a_provider_in_no_good_standing_is_not_recognised_elsewhere(stage: Stage) -> None:
    stage.listed()
    Standing.objects.update(ended_on=today())
    application = recognition(stage)
    assert (application.kind, application.based_on) == ("first", None)


def test_shared_bytes_are_read_by_the_readers_of_each_holder(stage: Stage) -> None:
    """The neighbour's Pokja reads the copy in its own application, and not the original."""
    first = stage.listed()
    application = recognition(stage)
    from verification.models.application import consent_in_force

    owner = stage.owner(stage.firm)
    application.consent(by=owner, version=consent_in_force()["version"])
    application.submit(by=owner)
    original, shared = paper(first, "ktp").file, paper(application, "ktp").file
    assert original.content.name == shared.content.name
    assert shared.personal
    read = {
        (name, which): file.is_visible_to(user)
        for name, user in (("member", stage.member), ("neighbour", stage.neighbour_member))
        for which, file in (("original", original), ("shared", shared))
    }
    assert read == {
        ("member", "original"): True,
        ("member", "shared"): False,
        ("neighbour", "original"): False,
        ("neighbour", "shared"): True,
    }


def test_only_the_system_adds_a_change(stage: Stage) -> None:
    stage.listed()
    profile.change(stage.firm, by=stage.owner(stage.firm), nik=NEW_NIK)
    check = stage.firm.applications.get(kind="change")
    for user in (stage.owner(stage.firm), stage.chair, stage.ministry):
        with pytest.raises(TransitionRefused, match="oleh sistem"):
            check.extend(by=user, fields=["npwp"])
    assert SubmittedDocument.objects.filter(application=check).count() == 4
    assert not Event.objects.about(check).filter(verb="extend").exists()
