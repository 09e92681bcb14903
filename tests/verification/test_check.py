"""The Pokja's check: verdicts, return, scores, four eyes, ties."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Role
from accounts.models.membership import today
from core.models import DatedSetting
from core.workflow import TransitionRefused
from tests.accounts.stage import fresh, give
from tests.verification.stage import DECREE, Stage, attach, judge_all, paper, score_all
from verification.models import Application, ScoreAspect, Standing


def refused(act: Any, *positional: Any, **arguments: Any) -> str:
    with pytest.raises(TransitionRefused) as refusal:
        act(*positional, **arguments)
    return refusal.value.reason


# --- verdicts --------------------------------------------------------------------------------------------
def test_not_conforming_needs_a_reason_from_the_list(stage: Stage) -> None:
    application = stage.checking()
    ktp = paper(application, "ktp")
    judge = {"by": stage.member, "document": ktp, "conforms": False}
    assert refused(application.judge, **judge) == "Pilih alasan mengapa dokumen tidak sesuai."
    assert refused(application.judge, **judge, reason_kind="karangan") == "Pilih alasan mengapa dokumen tidak sesuai."
    assert refused(application.judge, **judge, reason_kind="other") == "Tulis alasannya dengan kata-kata."
    application.judge(**judge, reason_kind="other", reason="KTP milik orang lain.")
    assert paper(application, "ktp").reason_sentence == "KTP milik orang lain."
    application.judge(**judge, reason_kind="unreadable")
    assert paper(application, "ktp").reason_sentence == "Tidak terbaca atau terpotong."


def test_a_paper_of_another_application_is_not_judged_here(stage: Stage) -> None:
    application, other = stage.checking(), stage.submitted(stage.rival)
    stranger = paper(other, "ktp")
    assert refused(application.judge, by=stage.member, document=stranger, conforms=True) == (
        "Dokumen ini sudah diganti atau bukan milik permohonan ini."
    )
    stranger.refresh_from_db()
    assert stranger.verdict == "pending"


def test_an_expired_paper_does_not_conform(stage: Stage) -> None:
    application = stage.checking()
    application.documents.filter(type__key="ktp").update(expires_on=today() - dt.timedelta(days=1))
    assert refused(application.judge, by=stage.member, document=paper(application, "ktp"), conforms=True) == (
        "Dokumen ini sudah tidak berlaku, jadi tidak dapat dinyatakan sesuai."
    )


def test_the_database_refuses_a_verdict_without_judge_or_reason(stage: Stage) -> None:
    rows = stage.checking().documents.filter(type__key="ktp")
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(verdict="conforming")
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(verdict="not_conforming", judged_by=stage.member, judged_at=dt.datetime.now(dt.UTC))


# --- the return --------------------------------------------------------------------------------------------
def test_a_return_needs_something_to_mend(stage: Stage) -> None:
    application = stage.ready()
    assert refused(application.give_back, by=stage.member) == (
        "Tandai dokumen yang tidak sesuai, atau tulis catatan apa yang harus diperbaiki."
    )
    application.give_back(by=stage.member, note="Lengkapi alamat kantor.")
    assert application.reason == "Lengkapi alamat kantor."


def test_a_return_opens_only_what_failed(stage: Stage) -> None:
    application = stage.returned(failing="ktp")
    by = stage.owner(stage.firm)
    assert application.reason == "KTP penanggung jawab: Tidak terbaca atau terpotong: Foto terpotong di kanan."
    assert (
        refused(attach, application, "npwp", by=by)
        == "NPWP sudah diperiksa atau sedang diperiksa, dan tidak perlu diganti."
    )
    assert "Perbaikan KTP penanggung jawab" in refused(application.submit, by=by)
    attach(application, "ktp", by=by)
    attach(application, "foto", by=by)  # never shown before: may be added
    application.submit(by=by)
    assert (application.round, application.reason) == (2, "")
    verdicts = dict(application.documents.current().values_list("type__key", "verdict"))
    assert {key for key, verdict in verdicts.items() if verdict == "pending"} == {"ktp", "foto"}


def test_verdicts_and_points_survive_a_release(stage: Stage) -> None:
    application = stage.ready()
    application.release(by=stage.chair)
    application.claim(by=stage.second_member)
    application.recommend(by=stage.second_member)
    assert (application.recommended_by, str(application.total)) == (stage.second_member, "80.00")


# --- the recommendation --------------------------------------------------------------------------------------
def test_a_recommendation_says_all_that_is_open(stage: Stage) -> None:
    application = stage.checking()
    for row in application.documents.current().select_related("type"):
        if row.type.key == "ktp":
            application.judge(by=stage.member, document=row, conforms=False, reason_kind="unreadable")
        elif row.type.key != "npwp":
            application.judge(by=stage.member, document=row, conforms=True)
    application.score(by=stage.member, points={"kelembagaan": 80, "tenaga-ahli": 80, "pengalaman": 80})
    assert refused(application.recommend, by=stage.member) == (
        "Belum dapat direkomendasikan: belum diperiksa: NPWP; tidak sesuai: KTP penanggung jawab; "
        "belum dinilai: Metode dan kewajaran harga, Inklusi sosial dan lingkungan."
    )


def test_points_below_the_threshold_are_refused(stage: Stage) -> None:
    application = stage.checking()
    judge_all(application, by=stage.member)
    score_all(application, by=stage.member, points=69)
    assert refused(application.recommend, by=stage.member) == (
        "Belum dapat direkomendasikan: nilai 69,00 di bawah ambang 70."
    )
    score_all(application, by=stage.member, points=70)  # the threshold itself suffices
    application.recommend(by=stage.member)
    assert (str(application.total), application.threshold) == ("70.00", 70)


def test_the_total_is_weighted(stage: Stage) -> None:
    application = stage.checking()
    given = {"kelembagaan": 100, "tenaga-ahli": 50, "pengalaman": 80, "metode-harga": 60, "inklusi-lingkungan": 33}
    application.score(by=stage.member, points=given)
    assert str(application.total_now()[0]) == "67.30"  # 20 + 15 + 20 + 9 + 3.3


def test_points_keep_the_weight_they_were_given_under(stage: Stage) -> None:
    application = stage.ready()
    ScoreAspect.objects.filter(key="kelembagaan").update(weight=60)
    assert str(application.total_now()[0]) == "80.00"


@pytest.mark.parametrize("points", [{"pengalaman": 101}, {"pengalaman": -1}, {"karangan": 50}])
def test_impossible_points_are_refused(stage: Stage, points: dict[str, int]) -> None:
    application = stage.checking()
    assert refused(application.score, by=stage.member, points=points)
    assert application.scores.count() == 0


def test_a_later_threshold_does_not_reach_back(stage: Stage) -> None:
    DatedSetting.objects.create(
        key="verification-threshold", value=90, valid_from=today() + dt.timedelta(days=1), source="contoh"
    )
    stage.recommended()


# --- four eyes ------------------------------------------------------------------------------------------------
def test_who_recommended_does_not_decide(stage: Stage) -> None:
    application = stage.recommended(by=stage.chair)
    decree = {"directory_number": "001", "decree_date": today(), **DECREE}
    assert refused(application.list_provider, by=stage.chair, **decree) == (
        "Anda yang merekomendasikan permohonan ini; penetapan dilakukan oleh orang lain."
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(
            state="listed", decided_by=stage.chair, decided_at=dt.datetime.now(dt.UTC)
        )
    application.list_provider(by=stage.second_chair, **decree)


def test_a_single_chair_who_recommended_sends_it_to_a_colleague(stage: Stage) -> None:
    """No deadlock in a small Pokja: back to checking, released, recommended by another, decided by the chair."""
    application = stage.recommended(by=stage.chair)
    application.recheck(by=stage.chair, reason="Harus direkomendasikan anggota.")
    application.release(by=stage.chair)
    application.claim(by=stage.member)
    application.recommend(by=stage.member)
    application.list_provider(by=stage.chair, directory_number="001", decree_date=today(), **DECREE)
    assert Standing.objects.covers(stage.firm, "52.02.04.2009")


def test_recheck_goes_back_to_who_recommended(stage: Stage) -> None:
    application = stage.recommended()
    application.recheck(by=stage.chair, reason="Alamat belum jelas.")
    assert (application.state, application.checker) == ("checking", stage.member)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"decree_date": today() + dt.timedelta(days=1)}, "Tanggal keputusan tidak boleh setelah hari ini."),
        ({"valid_until": today()}, "Masa berlaku harus berakhir setelah hari ini."),
    ],
)
def test_an_impossible_decree_is_refused(stage: Stage, change: dict[str, dt.date], sentence: str) -> None:
    application = stage.recommended()
    decree = {"directory_number": "001", "decree_date": today(), **DECREE} | change
    assert refused(application.list_provider, by=stage.chair, **decree) == sentence
    assert not Standing.objects.exists()


# --- ties -----------------------------------------------------------------------------------------------------
def test_who_belongs_to_the_applicant_judges_nothing_of_it(stage: Stage) -> None:
    application = stage.submitted()
    give(stage.second_chair, Role.PROVIDER, provider=stage.firm)
    kin = fresh(stage.second_chair)
    sentence = "Benturan kepentingan: Anda anggota penyedia ini. Permohonan ditangani rekan lain."
    assert refused(application.claim, by=kin) == sentence
    application.claim(by=stage.member)
    assert refused(application.judge, by=kin, document=paper(application, "ktp"), conforms=True) == sentence
    assert refused(application.score, by=kin, points={}) == sentence
    assert refused(application.release, by=kin) == sentence
    judge_all(application, by=stage.member)
    score_all(application, by=stage.member)
    application.recommend(by=stage.member)
    assert refused(application.list_provider, by=kin, directory_number="1", decree_date=today(), **DECREE) == sentence
    assert refused(application.reject, by=kin, reason="x") == sentence
    assert not Application.objects.waiting_for(kin).exists()


def test_a_tie_that_comes_after_the_claim_stops_the_check(stage: Stage) -> None:
    application = stage.checking()
    give(stage.member, Role.PROVIDER, provider=stage.firm)
    assert refused(application.score, by=fresh(stage.member), points={}).startswith("Benturan kepentingan")


def test_who_left_the_pokja_has_no_say_that_day(stage: Stage) -> None:
    application = stage.checking()
    stage.member.memberships.update(ends_on=today() - dt.timedelta(days=1), starts_on=today() - dt.timedelta(days=9))
    assert refused(application.score, by=fresh(stage.member), points={}) == (
        "Hanya anggota Pokja P2KTD Kabupaten Lombok Tengah yang dapat melakukannya."
    )
    application.release(by=stage.chair)
    assert application.state == "submitted"
