"""The defects of sibling systems that touch the Pokja's desk, each proved absent here, under its number.

Those of listings, sanctions and reminders stand in test_defects.py.
"""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import exports
from accounts.models import Role, User
from core.clock import today
from core.formats import WIB, WIT
from core.models import Mail, Notice
from core.workflow import TransitionRefused
from tests.accounts.stage import fresh, give, logged_in, person
from tests.verification.stage import Stage, all_points, attach, judge_all, paper
from tests.verification.test_desk import QUEUE, at, case_url, text_of
from verification.desk_queue import desk_rows, overdue, service_of
from verification.models import Application, MemberScore, SubmittedDocument

DAY = dt.timedelta(days=1)
MARK = "CV Contoh Bina Desa"
DATA = {"tie": "none", "ambil": "1", "verdict": "conforming", "note": "x", "reason": "x", "day": "2026-01-01"}


def desk_addresses(application: Application) -> list[str]:
    """Every address of one case at the desk, its papers, and its page outside."""
    names = ("change", "history", "delete", "declare", "score", "agree", "remark", "next", "guide")
    ktp = paper(application, "ktp")
    moves = [application.move_url(verb) for verb in Application.MOVES]
    own = [at(application, name) for name in names]
    return [
        *own,
        *moves,
        at(application, "judge", ktp.code),
        ktp.file.get_absolute_url(),
        application.get_absolute_url(),
    ]


# --- 1, 2, 3: scope ----------------------------------------------------------------------------------------
def test_defect_01_no_address_of_a_case_answers_another_regency(stage: Stage) -> None:
    application = stage.checking()
    before = application.events().count()
    for user in (stage.neighbour_member, stage.neighbour_chair, stage.neighbour_office):
        client = logged_in(user)
        for url in desk_addresses(application):
            for response, status in ((client.get(url), (404,)), (client.post(url, DATA), (404, 405))):
                assert response.status_code in status, (user, url)
                assert MARK not in response.content.decode()
    assert application.events().count() == before
    assert paper(application, "ktp").verdict == "pending"


@pytest.mark.parametrize("part", ["saya", "berjalan", "selesai", "semua"])
def test_defect_01_no_list_search_or_count_tells_of_another_regency(stage: Stage, part: str) -> None:
    application = stage.checking()
    for user in (stage.neighbour_chair, stage.neighbour_office):
        client = logged_in(user)
        for query in ({}, {"q": "Contoh"}, {"q": application.code}, {"q": "0000000000099"}):
            response = client.get(reverse(QUEUE), {"antrean": part, **query})
            assert MARK not in response.content.decode()
            assert response.context["found_number"] == 0
        assert MARK not in client.get(reverse("admin:index")).content.decode()


def test_defect_01_the_way_back_of_another_regency_s_queue_shows_only_one_s_own(stage: Stage) -> None:
    """`dari` carries filters, never rows."""
    foreign, own = stage.submitted(), stage.submitted(stage.rival, regency="52.01")
    url = reverse("admin:verification_application_next", args=[own.code])
    response = logged_in(stage.neighbour_member).get(url, {"dari": "antrean=semua"})
    assert response.url == f"{reverse(QUEUE)}?antrean=semua"
    assert foreign.code not in response.url


def test_defect_02_a_forged_choice_of_a_form_is_refused(stage: Stage) -> None:
    """A holder from elsewhere, a paper of another case, a tie that is none, who sits in no Pokja."""
    application, other = stage.checking(), stage.submitted(stage.rival)
    chair, desk = logged_in(stage.chair), logged_in(stage.member)
    for stranger in (stage.neighbour_member, stage.nobody, stage.owner(stage.firm)):
        response = chair.post(application.move_url("assign"), {"member": stranger.pk, "reason": "x"})
        assert response.status_code == 422
    strange = at(application, "judge", paper(other, "ktp").code)
    assert desk.post(strange, {"verdict": "conforming"}).status_code == 404
    assert desk.post(at(application, "declare"), {"tie": "karangan"}).status_code == 422
    application.refresh_from_db()
    assert (application.checker, paper(other, "ktp").verdict) == (stage.member, "pending")


def test_defect_03_a_role_without_an_area_sees_nothing(stage: Stage) -> None:
    """A member whose membership has ended, who never had one, and nobody at all."""
    stage.submitted()
    former = stage.second_member
    former.memberships.update(starts_on=today() - 9 * DAY, ends_on=today() - DAY)
    for user in (fresh(former), person("Tanpa Wilayah"), AnonymousUser()):
        assert not desk_rows(user).exists()
        assert not SubmittedDocument.objects.visible_to(user).exists()
    assert logged_in(fresh(former)).get(reverse(QUEUE), follow=True).status_code == 403
    assert Client().get(reverse(QUEUE)).status_code == 302


# --- 4: buttons and rights ---------------------------------------------------------------------------------
IN_FORMS = {"judge", "score", "agree", "remark"}
# Asked only of who has not answered, done by the applicant, or by the system.
ELSEWHERE = {"declare", "attach", "detach", "extend", *Application.APPLICANT_VERBS}


@pytest.mark.parametrize("state", ["submitted", "checking", "interview", "scoring", "agreed", "recommended", "unfit"])
def test_defect_04_the_desk_s_buttons_are_the_allowed_moves(stage: Stage, state: str) -> None:
    """What stands on the page as a button or a form is exactly what the table and the guards allow."""
    application = getattr(stage, state)()
    if state == "submitted":
        stage.declared(application)
    for user in (stage.member, stage.chair, stage.office):
        page = logged_in(user).get(case_url(application)).content.decode()
        allowed = {move.verb for move in application.open_moves(user) if move.verdict} - ELSEWHERE
        shown = {verb for verb in set(Application.MOVES) - ELSEWHERE if f'"{address(application, verb)}' in page}
        assert shown == allowed, user


def address(application: Application, verb: str) -> str:
    """Where its form is sent, or its button leads."""
    if verb == "judge":
        return case_url(application).removesuffix("change/") + "dokumen/"
    return at(application, verb) if verb in IN_FORMS else application.move_url(verb)


# --- 6: each scores alone ----------------------------------------------------------------------------------
def test_defect_06_nobody_reads_a_member_s_points_before_the_scoring_closes(stage: Stage) -> None:
    """No page, history, search, notice, mail or export of anybody tells a point or a note of another."""
    application = stage.scoring()
    stage.declared(application, stage.second_member)
    given = dict(zip(all_points(application), (91, 92, 93, 94, 96), strict=True))
    mark = "Nilai saya tinggi karena alasan rahasia"
    application.score(by=stage.member, points=given, note=mark)
    own = text_of(logged_in(stage.member).get(case_url(application)))
    assert mark in own  # the positive control: one's own
    assert points_in(own) == {"91", "92", "93", "94", "96"}
    owner = stage.owner(stage.firm)
    for user in (stage.second_member, stage.chair, stage.office, stage.ministry, stage.tapm, stage.province, owner):
        client = logged_in(user)
        for url in places(application):
            response = client.get(url, follow=True)
            if response.status_code in (403, 404):
                continue
            body = b"".join(response.streaming_content) if response.streaming else response.content
            assert "alasan rahasia" not in body.decode(), (user, url)
            assert points_in(body.decode()) == set(), (user, url)
        assert mark not in str(exports.of(user))
        assert not MemberScore.objects.readable(application, user).exists()
    assert not Notice.objects.filter(event__in=application.events(), event__verb="score").exists()
    assert not Mail.objects.filter(body__contains=mark).exists()


def places(application: Application) -> list[str]:
    """Where anybody could look."""
    return [
        case_url(application),
        at(application, "history"),
        at(application, "guide"),
        f"{reverse(QUEUE)}?antrean=semua&q=Nilai+saya+tinggi",
        reverse("admin:index"),
        reverse("admin:verification_plenary_add"),
        application.get_absolute_url(),
        reverse("notices"),
        reverse("todo"),
        reverse("profile-export"),
    ]


def points_in(html: str) -> set[str]:
    """The points of this test among what a person reads, and what stands in fields."""
    html = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", html, flags=re.S)
    fields = " ".join(re.findall(r'<input type="number"[^>]*value="(\d+)"', html))
    return set(re.findall(r"(?<![\w.,•])9[12346](?![\w.,])", f"{re.sub(r'<[^>]+>', ' ', html)} {fields}"))


def test_defect_06_others_see_who_has_scored_and_nothing_more(stage: Stage) -> None:
    application = stage.scoring()
    stage.declared(application, stage.second_member)
    application.score(by=stage.member, points=all_points(application))
    page = text_of(logged_in(stage.second_member).get(case_url(application)))
    assert "Baiq Anggota: sudah" in page
    assert "Putu Ketua: belum" in page
    assert "Rata-rata" not in page


# --- 7, 8: time --------------------------------------------------------------------------------------------
def test_defect_07_a_case_is_late_by_the_calendar_alone(stage: Stage) -> None:
    """No worker ran and nobody looked: the day itself makes it late."""
    application = stage.submitted()
    assert not Application.objects.filter(overdue()).exists()
    Application.objects.filter(pk=application.pk).update(submitted_at=timezone.now() - 20 * DAY)
    assert Application.objects.filter(overdue()).get() == application


def test_defect_07_the_last_day_is_jakarta_s_in_the_queue_and_on_the_case(stage: Stage) -> None:
    """Sent at 03.00 WIB, when UTC was still a day behind: not late until Jakarta's last day is over."""
    application = stage.submitted()
    sent = dt.datetime.combine(today(), dt.time(3), tzinfo=WIB)
    Application.objects.filter(pk=application.pk).update(submitted_at=sent)
    case = Application.objects.get(pk=application.pk)
    assert case.served_by == today() + case.rule_now.service_days * DAY
    for clock, left in ((dt.time(23, 30), 0), (dt.time(0, 30), -1)):
        now = dt.datetime.combine(case.served_by - left * DAY, clock, tzinfo=WIB)
        with time_machine.travel(now, tick=False), timezone.override(WIT):
            assert Application.objects.filter(overdue()).exists() is (left < 0)
            said = service_of(case)
            assert said is not None and (said.text == "Lewat 1 hari") is (left < 0)


def test_defect_07_a_paper_that_ran_out_no_longer_conforms(stage: Stage) -> None:
    application = stage.interview()
    application.documents.filter(type__key="npwp").update(expires_on=today() - DAY)
    row = paper(application, "npwp")
    assert (row.get_state_display(), row.failed) == ("Kedaluwarsa", True)


def test_defect_08_a_due_day_does_not_move_with_what_happens(stage: Stage) -> None:
    """Neither lateness, nor a return, nor a second round shifts it."""
    application = stage.returned()
    due = application.served_by
    attach(application, "ktp", by=stage.owner(stage.firm))
    application.submit(by=stage.owner(stage.firm))
    application.claim(by=stage.member)
    application.release(by=stage.member)
    assert application.served_by == due
    long_ago = timezone.now() - 90 * DAY
    Application.objects.filter(pk=application.pk).update(submitted_at=long_ago)
    late = Application.objects.get(pk=application.pk)
    assert late.served_by == timezone.localdate(long_ago, timezone=WIB) + dt.timedelta(days=late.rule_now.service_days)


# --- 9, 10: notices ----------------------------------------------------------------------------------------
def test_defect_09_a_person_without_an_address_gets_no_mail_and_it_shows(stage: Stage) -> None:
    application = stage.checking()
    owner = stage.owner(stage.firm)
    User.objects.filter(pk=owner.pk).update(email="")
    judge_all(application, by=stage.member, failing="ktp")
    application.give_back(by=stage.member)
    mail = Notice.objects.get(event=application.events().get(verb="give_back"), channel="mail")
    assert mail.user == owner
    assert not Mail.objects.filter(notice=mail).exists()
    assert not Mail.objects.filter(to="").exists()


@pytest.mark.parametrize("way", ["give_back", "note", "reject", "decline"])
def test_defect_10_every_no_reaches_the_applicant_with_its_reason(stage: Stage, way: str) -> None:
    why = "Pengalaman di lapangan belum dapat dibuktikan."
    if way in ("give_back", "note"):
        application = stage.checking()
        judge_all(application, by=stage.member, failing="ktp" if way == "give_back" else "")
        application.give_back(by=stage.member, note=why)
        verb = "give_back"
    else:
        application = stage.unfit()
        getattr(application, way)(by=stage.chair, reason=why)
        verb = way
    owner = stage.owner(stage.firm)
    event = application.events().get(verb=verb)
    assert why in Notice.objects.get(event=event, channel="site", user=owner).body
    assert why in Mail.objects.get(notice__event=event, to=owner.email).body
    assert why in text_of(logged_in(owner).get(application.get_absolute_url()))


def test_defect_10_a_no_without_a_reason_is_refused(stage: Stage) -> None:
    application = stage.unfit()
    chair = logged_in(stage.chair)
    assert chair.post(application.move_url("reject"), {"reason": "  "}).status_code == 422
    for act in (application.reject, application.decline):
        with pytest.raises(TransitionRefused, match="Tulis alasan penolakan"):
            act(by=stage.chair, reason=" ")


# --- 13: ties ----------------------------------------------------------------------------------------------
STATES = ["submitted", "checking", "interview", "scoring", "recommended", "unfit"]
NOT_JUDGING = {"declare", *Application.APPLICANT_VERBS, "attach", "detach"}


def kin_of(stage: Stage, application: Application, how: str) -> User:
    """A chair with a tie to the firm: works there, worked there once (and says there is none), or says so."""
    chair = stage.second_chair
    if how == "works":
        give(chair, Role.PROVIDER, provider=stage.firm)
    elif how == "worked":
        give(chair, Role.PROVIDER, provider=stage.firm, starts_on=today() - 90 * DAY, ends_on=today() - 30 * DAY)
        application.declare(by=fresh(chair))  # a word does not undo what is known
    else:
        application.declare(by=chair, tie="kin", note="Adik ipar.")
    return fresh(chair)


@pytest.mark.parametrize("how", ["works", "worked", "says"])
@pytest.mark.parametrize("state", STATES)
def test_defect_13_a_reviewer_who_is_kin_cannot_decide(stage: Stage, state: str, how: str) -> None:
    """In no state, by no verb, neither by the method nor by its address; the chair included."""
    application = getattr(stage, state)()
    kin = kin_of(stage, application, how)
    before = application.events().count()
    client = logged_in(kin)
    answers = {"reason": "x", "member": str(stage.member.pk), "note": "x"} | all_points(application)
    for verb, move in Application.MOVES.items():
        if verb in NOT_JUDGING or application.state not in move.sources:
            continue
        assert not application.may(verb, kin), verb
        client.post(
            at(application, verb) if verb in ("score", "agree", "remark") else application.move_url(verb), answers
        )
    client.post(at(application, "judge", paper(application, "ktp").code), {"verdict": "conforming"})
    after = Application.objects.get(pk=application.pk)
    assert (after.state, after.checker, after.events().count()) == (application.state, application.checker, before)
    assert kin not in application.bench()
    assert not Application.objects.waiting_for(kin).exists()


def test_defect_13_who_is_kin_reads_neither_papers_nor_notes(stage: Stage) -> None:
    application = stage.checking()
    application.remark(by=stage.member, note="Rahasia antar rekan.")
    application.declare(by=stage.second_member, tie="kin")
    client = logged_in(stage.second_member)
    page = text_of(client.get(case_url(application)))
    assert "Ditangani rekan lain." in page
    assert "Rahasia antar rekan." not in page
    assert not SubmittedDocument.objects.visible_to(stage.second_member).filter(application=application).exists()
    for row in application.documents.all():
        assert client.get(row.file.get_absolute_url()).status_code == 404


def test_defect_13_a_tie_declared_once_counts_in_every_application_of_the_provider(stage: Stage) -> None:
    first = stage.submitted()
    first.declare(by=stage.member, tie="business", note="Pernah bermitra.")
    first.withdraw(by=stage.owner(stage.firm))
    second = stage.submitted()
    second.declare(by=stage.member)
    with pytest.raises(TransitionRefused, match="Benturan kepentingan"):
        second.claim(by=stage.member)
