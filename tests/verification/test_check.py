"""The Pokja's check of the papers: verdicts, the return, handing over."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core.clock import today
from core.workflow import TransitionRefused
from tests.accounts.stage import fresh
from tests.verification.stage import Stage, attach, judge_all, paper


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
    application = stage.checking()
    judge_all(application, by=stage.member)
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
    attach(application, "ktp", by=by)  # the wrong file: replaced again, until it is sent
    attach(application, "foto", by=by)  # never shown before: may be added
    application.submit(by=by)
    assert (application.round, application.reason) == (2, "")
    verdicts = dict(application.documents.current().values_list("type__key", "verdict"))
    assert {key for key, verdict in verdicts.items() if verdict == "pending"} == {"ktp", "foto"}


def test_verdicts_survive_a_release(stage: Stage) -> None:
    application = stage.checking()
    judge_all(application, by=stage.member)
    application.release(by=stage.member)
    stage.declared(application, stage.second_member)
    application.claim(by=stage.second_member)
    application.pass_papers(by=stage.second_member)
    assert (application.state, application.checker) == ("interview", stage.second_member)


def test_papers_that_are_open_or_failed_stand_in_the_way(stage: Stage) -> None:
    application = stage.checking()
    for row in application.documents.current().select_related("type"):
        if row.type.key == "ktp":
            application.judge(by=stage.member, document=row, conforms=False, reason_kind="unreadable")
        elif row.type.key != "npwp":
            application.judge(by=stage.member, document=row, conforms=True)
    assert refused(application.pass_papers, by=stage.member) == (
        "Belum lulus administrasi: belum diperiksa: NPWP; tidak sesuai: KTP penanggung jawab."
    )


def test_a_paper_that_ran_out_meanwhile_is_returned_with_that_reason(stage: Stage) -> None:
    """Right with no worker: the day alone makes it so."""
    application = stage.checking()
    judge_all(application, by=stage.member)
    application.documents.filter(type__key="npwp").update(expires_on=today() - dt.timedelta(days=1))
    assert "tidak sesuai: NPWP" in refused(application.pass_papers, by=stage.member)
    application.give_back(by=stage.member)
    assert application.reason == "NPWP: Sudah tidak berlaku."


# --- handing over --------------------------------------------------------------------------------------------
def test_the_chair_hands_a_case_to_who_has_declared(stage: Stage) -> None:
    application = stage.checking()
    hand = {"by": stage.chair, "reason": "Cuti."}
    assert refused(application.assign, member=stage.second_member, **hand) == (
        "Made Anggota tidak dapat memegang permohonan ini: "
        "Nyatakan dahulu ada tidaknya benturan kepentingan Anda dengan pemohon ini."
    )
    assert refused(application.assign, member=stage.member, **hand) == "Baiq Anggota sudah memegang permohonan ini."
    assert refused(application.assign, member=stage.neighbour_member, **hand).startswith(
        "Wayan Tetangga tidak dapat memegang permohonan ini: Hanya anggota Pokja"
    )
    stage.declared(application, stage.second_member)
    assert refused(application.assign, by=stage.chair, member=stage.second_member, reason=" ") == (
        "Tulis alasan pengalihan."
    )
    application.assign(member=stage.second_member, **hand)
    assert application.checker == stage.second_member
    assert refused(application.judge, by=stage.member, document=paper(application, "ktp"), conforms=True) == (
        "Permohonan ini sedang dipegang Made Anggota."
    )


def test_who_left_the_pokja_has_no_say_that_day(stage: Stage) -> None:
    application = stage.checking()
    stage.member.memberships.update(ends_on=today() - dt.timedelta(days=1), starts_on=today() - dt.timedelta(days=9))
    assert refused(application.judge, by=fresh(stage.member), document=paper(application, "ktp"), conforms=True) == (
        "Hanya anggota Pokja P2KTD Kabupaten Lombok Tengah yang dapat melakukannya."
    )
    application.release(by=stage.chair)
    assert application.state == "submitted"


# --- the word on ties ----------------------------------------------------------------------------------------
def test_nobody_acts_before_the_word_on_ties(stage: Stage) -> None:
    application = stage.submitted()
    sentence = "Nyatakan dahulu ada tidaknya benturan kepentingan Anda dengan pemohon ini."
    assert refused(application.claim, by=stage.member) == sentence
    assert refused(application.reject, by=stage.chair, reason="x") == sentence
    assert refused(application.declare, by=stage.member, tie="karangan") == "Pilih hubungan Anda dengan pemohon."
    assert refused(application.declare, by=stage.member, tie="other") == "Jelaskan hubungan itu dengan kata-kata."
    application.declare(by=stage.member)
    application.claim(by=stage.member)


def test_a_declared_tie_is_not_taken_back_by_who_is_tied(stage: Stage) -> None:
    application = stage.submitted()
    application.declare(by=stage.member, tie="kin", note="Ipar.")
    assert refused(application.declare, by=stage.member).startswith("Hubungan Anda sudah tercatat")
    assert refused(application.claim, by=stage.member).startswith("Benturan kepentingan")
    assert application.declarations.count() == 1


def test_a_tie_that_comes_to_light_puts_the_case_back(stage: Stage) -> None:
    application = stage.checking()
    application.declare(by=stage.member, tie="business", note="Pernah bermitra.")
    application.refresh_from_db()
    assert (application.state, application.checker) == ("submitted", None)
    assert stage.member not in application.bench()
