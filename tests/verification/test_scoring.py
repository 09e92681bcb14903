"""Interview, each member's own points, the agreement, the proposal, four eyes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Role
from core.clock import today
from core.workflow import TransitionRefused
from tests.accounts.stage import fresh, give
from tests.areas import LOMBOK_TENGAH
from tests.verification.stage import DAY, DECREE, Stage, all_points, interviewed
from verification.models import Application, MemberScore, ScoreAspect, Standing, VerificationRule


def refused(act: Any, *positional: Any, **arguments: Any) -> str:
    with pytest.raises(TransitionRefused) as refusal:
        act(*positional, **arguments)
    return refusal.value.reason


# --- the interview ---------------------------------------------------------------------------------------
def test_an_interview_is_scheduled_before_it_is_recorded(stage: Stage) -> None:
    application = stage.interview()
    record: dict[str, Any] = {
        "by": stage.member,
        "held_at": timezone.now(),
        "present": ["Baiq Anggota"],
        "applicants": "Rina Contoh",
        "answers": ["Ya."] * len(application.rule_now.questions),
        "summary": "Baik.",
    }
    assert refused(application.record_interview, **record) == "Jadwalkan dahulu wawancaranya."
    application.schedule_interview(by=stage.member, mode="visit", at=timezone.now() + DAY, place="Praya")
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"held_at": timezone.now() + DAY}, "Waktu wawancara tidak boleh setelah sekarang."),
        ({"present": []}, "Catat siapa dari Pokja yang hadir."),
        ({"answers": ["Ya."]}, "Isi catatan untuk tiap pertanyaan panduan."),
        ({"summary": " "}, "Tulis kesimpulan wawancara."),
    ]
    for change, sentence in wrong:
        assert refused(application.record_interview, **(record | change)) == sentence
    application.record_interview(**record)
    assert (application.state, application.interview.recorded_by) == ("scoring", stage.member)


def test_a_later_date_replaces_the_earlier_and_keeps_it(stage: Stage) -> None:
    application = stage.interview()
    for place in ("Praya", "Kuta"):
        application.schedule_interview(by=stage.member, mode="visit", at=timezone.now() + DAY, place=place)
    assert application.interview.place == "Kuta"
    assert [row.replaced_at is None for row in application.interviews.order_by("pk")] == [False, True]


# --- each alone ------------------------------------------------------------------------------------------
def test_points_of_others_are_secret_until_the_last_has_scored(stage: Stage) -> None:
    application = stage.scoring()
    stage.declared(application, stage.second_member)
    bench = [stage.member, stage.chair, stage.second_member]
    seen = lambda user: set(  # noqa: E731
        MemberScore.objects.readable(application, user).values_list("member__name", flat=True)
    )
    for user in bench[:2]:
        application.score(by=user, points=all_points(application, 80))
        assert not application.scores_closed
        assert seen(user) == {user.name}
        assert seen(stage.second_member) == set()
    application.score(by=stage.second_member, points=all_points(application, 60))
    assert application.scores_closed
    assert seen(stage.member) == {user.name for user in bench}
    assert refused(application.score, by=stage.member, points=all_points(application, 90)) == "Penilaian sudah ditutup."


def test_one_s_points_may_be_corrected_until_then(stage: Stage) -> None:
    application = stage.scoring()
    assert stage.second_member
    application.score(by=stage.member, points=all_points(application, 50))
    application.score(by=stage.member, points=all_points(application, 75), note="Setelah membaca lagi.")
    row = application.member_scores.current().get()
    assert (set(row.points.values()), row.note) == ({75}, "Setelah membaca lagi.")


def test_a_bench_that_grows_opens_nothing_again(stage: Stage) -> None:
    application = stage.scoring()
    for user in (stage.member, stage.chair):
        application.score(by=user, points=all_points(application))
    give(stage.nobody, Role.POKJA_MEMBER, LOMBOK_TENGAH)
    again = Application.objects.get(pk=application.pk)
    assert again.scores_closed
    assert refused(again.score, by=stage.member, points=all_points(again, 99)) == "Penilaian sudah ditutup."


def test_the_chair_closes_only_with_a_quorum(stage: Stage) -> None:
    application = stage.scoring()
    stage.declared(application, stage.second_member)
    application.score(by=stage.member, points=all_points(application))
    assert refused(application.close_scores, by=stage.chair) == "Baru 1 anggota memberi nilai; kuorum 2."
    assert refused(application.agree, by=stage.chair, points=all_points(application), reason="x") == (
        "Nilai disepakati setelah semua anggota menilai, atau ketua menutup penilaian."
    )
    application.score(by=stage.second_member, points=all_points(application))
    assert refused(application.close_scores, by=stage.member).startswith("Hanya Ketua Pokja")
    application.close_scores(by=stage.chair)
    assert application.scores_closed


def test_who_holds_it_closes_when_the_missing_one_has_left_the_bench(stage: Stage) -> None:
    application = stage.scoring()
    assert stage.second_member
    for user in (stage.member, stage.chair):
        application.score(by=user, points=all_points(application))
    assert not application.scores_closed
    application.declare(by=stage.second_member, tie="kin")
    application.close_scores(by=stage.member)
    assert application.scores_closed


def test_points_of_someone_whose_tie_came_to_light_no_longer_count(stage: Stage) -> None:
    application = stage.scoring()
    stage.declared(application, stage.second_member)
    for user, points in ((stage.second_member, 10), (stage.member, 80)):
        application.score(by=user, points=all_points(application, points))
    application.declare(by=stage.second_member, tie="business")
    assert [row.member for row in application.member_scores.current()] == [stage.member]
    application.score(by=stage.chair, points=all_points(application, 80))
    assert application.scores_closed
    assert {row.member for row in MemberScore.objects.readable(application, stage.chair)} == {stage.member, stage.chair}


def test_who_holds_it_closes_with_a_quorum_when_the_chair_is_tied(stage: Stage) -> None:
    application = stage.scoring()
    stage.declared(application, stage.second_member)
    third = fresh(give(stage.nobody, Role.POKJA_MEMBER, LOMBOK_TENGAH).user)
    for user in (stage.member, stage.second_member):
        application.score(by=user, points=all_points(application))
    assert refused(application.close_scores, by=stage.member).startswith("Hanya Ketua Pokja")
    application.declare(by=stage.chair, tie="kin")
    assert third in application.bench()
    application.close_scores(by=stage.member)
    assert application.scores_closed


@pytest.mark.parametrize("change", [{"pengalaman": 101}, {"pengalaman": -1}, {"karangan": 50}])
def test_impossible_points_are_refused(stage: Stage, change: dict[str, int]) -> None:
    application = stage.scoring()
    assert refused(application.score, by=stage.member, points=all_points(application) | change)
    assert application.member_scores.count() == 0


def test_points_for_some_aspects_only_are_refused(stage: Stage) -> None:
    application = stage.scoring()
    assert refused(application.score, by=stage.member, points={"pengalaman": 80}) == "Isi nilai untuk semua aspek."


def test_no_event_tells_a_point_before_the_agreement(stage: Stage) -> None:
    application = stage.scoring()
    application.score(by=stage.member, points=all_points(application, 83), note="Catatan rahasia.")
    event = application.events().get(verb="score")
    assert (event.note, event.data) == ("", {})


# --- the agreement and the proposal ------------------------------------------------------------------------
def test_the_total_is_weighted(stage: Stage) -> None:
    application = stage.agreed()
    given = {"kelembagaan": 100, "tenaga-ahli": 50, "pengalaman": 80, "metode-harga": 60, "inklusi-lingkungan": 33}
    application.agree(by=stage.member, points=given, reason="Sepakat.")
    assert str(application.total_now()[0]) == "67.30"  # 20 + 15 + 20 + 9 + 3.3


def test_points_keep_the_weight_they_were_given_under(stage: Stage) -> None:
    application = stage.agreed()
    ScoreAspect.objects.filter(key="kelembagaan").update(weight=60)
    assert str(application.total_now()[0]) == "80.00"


def test_the_threshold_itself_suffices_and_below_it_is_unfit(stage: Stage) -> None:
    application = stage.agreed(points=69)
    assert refused(application.recommend, by=stage.member) == (
        "Belum dapat direkomendasikan: nilai 69,0 di bawah ambang 70."
    )
    application.agree(by=stage.member, points=all_points(application, 70), reason="Dihitung ulang.")
    assert refused(application.find_unfit, by=stage.member) == (
        "Nilai mencapai ambang 70; permohonan ini layak direkomendasikan."
    )
    application.recommend(by=stage.member)
    assert (str(application.total), application.threshold) == ("70.00", 70)


def test_a_later_rule_does_not_reach_back(stage: Stage) -> None:
    application = stage.agreed(points=75)
    VerificationRule.objects.create(regency_id=LOMBOK_TENGAH, basis="uji", valid_from=today(), threshold=90)
    again = Application.objects.get(pk=application.pk)
    again.recommend(by=stage.member)
    assert again.threshold == 70


def test_an_agreement_has_its_reason(stage: Stage) -> None:
    application = stage.agreed()
    assert refused(application.agree, by=stage.member, points=all_points(application), reason=" ") == (
        "Tulis alasan nilai kesepakatan."
    )


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
    stage.declared(application, stage.second_chair)
    application.list_provider(by=stage.second_chair, **decree)


def test_who_found_it_unfit_does_not_reject_it(stage: Stage) -> None:
    application = stage.unfit(by=stage.chair)
    sentence = "Anda yang mengusulkan hasil ini; keputusan diambil oleh orang lain."
    assert refused(application.reject, by=stage.chair, reason="x") == sentence
    assert refused(application.decline, by=stage.chair, reason="x") == sentence


def test_a_recheck_begins_the_scoring_anew_and_keeps_what_was(stage: Stage) -> None:
    application = stage.recommended()
    application.recheck(by=stage.chair, reason="Alamat belum jelas.")
    assert (application.state, application.checker) == ("checking", stage.member)
    assert (application.member_scores.count(), application.member_scores.current().count()) == (2, 0)
    assert application.scores.count() == 0
    application.pass_papers(by=stage.member)
    interviewed(application, by=stage.member)
    assert not application.scores_closed


def test_a_single_chair_who_recommended_sends_it_to_a_colleague(stage: Stage) -> None:
    """No deadlock in a small Pokja: back to checking, handed over, proposed by another, decided by the chair."""
    application = stage.recommended(by=stage.chair)
    stage.declared(application, stage.member)
    application.recheck(by=stage.chair, reason="Harus direkomendasikan anggota.")
    application.assign(by=stage.chair, member=stage.member, reason="Empat mata.")
    application.pass_papers(by=stage.member)
    interviewed(application, by=stage.member)
    for user in (stage.member, stage.chair):
        application.score(by=user, points=all_points(application))
    application.agree(by=stage.member, points=all_points(application), reason="Sepakat.")
    application.recommend(by=stage.member)
    application.list_provider(by=stage.chair, directory_number="001", decree_date=today(), **DECREE)
    assert Standing.objects.covers(stage.firm, "52.02.04.2009")


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
