"""The register of ties: a declared or known tie bars from judging, whoever it is; and the register is kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Role, User
from core.clock import today
from core.models import Event, Job, Notice, PrintedDocument
from core.tasks import run_job
from core.workflow import TransitionRefused
from regions.models import Area
from tests.accounts.stage import at_once, fresh, give, logged_in
from tests.areas import LOMBOK_BARAT, LOMBOK_TENGAH
from tests.verification.stage import DAY, DECREE, Stage, all_points
from verification.models import Application, Declaration, TieRegister

LIST = reverse("admin:verification_declaration_changelist")
NEW = reverse("admin:verification_declaration_add")
PRINT = reverse("admin:verification_declaration_print")


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def tie_of(stage: Stage, member: User, *, by: User | None = None, **fields: Any) -> Declaration:
    row = Declaration(
        regency_id=LOMBOK_TENGAH, member=member, provider=fields.pop("provider", stage.firm),
        **({"tie": "kin", "note": "Kakak kandung direktur."} | fields),
    )  # fmt: skip
    row.register(by=by or stage.office)
    return row


# --- a tie bars ----------------------------------------------------------------------------------------
def owner(stage: Stage, user: User) -> None:
    """Works for the applicant by their own account."""
    give(user, Role.PROVIDER, provider=stage.firm)


def former(stage: Stage, user: User) -> None:
    """Worked for it until last year."""
    membership = give(user, Role.PROVIDER, provider=stage.firm)
    Membership.objects.filter(pk=membership.pk).update(starts_on=today() - 900 * DAY, ends_on=today() - 400 * DAY)


def kin(stage: Stage, user: User) -> None:
    tie_of(stage, user)


def staff(stage: Stage, user: User) -> None:
    """The member's own word, in an earlier application of the same provider to the same Pokja."""
    earlier = stage.submitted()
    earlier.declare(by=fresh(user), tie="staff", note="Tenaga ahli tahun 2024.")
    earlier.withdraw(by=stage.owner(stage.firm))


def creditor(stage: Stage, user: User) -> None:
    tie_of(stage, user, by=fresh(user), tie="business", note="")


TIES = [owner, former, kin, staff, creditor]


def at(stage: Stage, state: str) -> Application:
    """In this state, with nothing but a tie in the way of the member and the chair."""
    application = getattr(stage, state)()
    if state == "submitted":
        stage.declared(application)
    return application


ACTS: dict[str, tuple[str, str, Any]] = {
    "claim": ("submitted", "member", lambda a, u: a.claim(by=u)),
    "judge": ("checking", "member", lambda a, u: a.judge(by=u, document=a.documents.current()[0], conforms=True)),
    "remark": ("checking", "member", lambda a, u: a.remark(by=u, note="Baik sekali.")),
    "record_interview": ("interview", "member", lambda a, u: a.schedule_interview(
        by=u, mode="office", at=timezone.now(), place="Aula")),
    "score": ("scoring", "member", lambda a, u: a.score(by=u, points=all_points(a))),
    "agree": ("agreed", "member", lambda a, u: a.agree(by=u, points=all_points(a), reason="Ya.")),
    "recommend": ("agreed", "member", lambda a, u: a.recommend(by=u)),
    "reject": ("recommended", "chair", lambda a, u: a.reject(by=u, reason="Tidak.")),
    "list_provider": ("recommended", "chair", lambda a, u: a.list_provider(
        by=u, directory_number="1", decree_date=today(), **DECREE)),
}  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("tie", [owner, former, kin, creditor], ids=lambda tie: tie.__name__)
def test_who_is_tied_neither_checks_scores_nor_decides(stage: Stage, act: str, tie: Any) -> None:
    """Each act is possible a moment before (the control), and refused with the tie's name afterwards."""
    state, who, do = ACTS[act]
    application = at(stage, state)
    user = getattr(stage, who)
    with transaction.atomic():
        do(Application.objects.get(pk=application.pk), fresh(user))
        transaction.set_rollback(True)
    tie(stage, user)
    before = Application.objects.get(pk=application.pk).state
    with pytest.raises(TransitionRefused, match=r"[Bb]enturan kepentingan"):
        do(Application.objects.get(pk=application.pk), fresh(user))
    assert Application.objects.get(pk=application.pk).state == before


def test_a_tie_declared_once_bars_in_every_application_of_the_provider(stage: Stage) -> None:
    staff(stage, stage.member)
    application = stage.submitted()
    with pytest.raises(TransitionRefused, match="Pegawai atau tenaga ahli"):
        application.claim(by=fresh(stage.member))
    other = stage.submitted(stage.rival)
    other.declare(by=fresh(stage.member))
    other.claim(by=fresh(stage.member))
    assert other.state == "checking"


def test_a_chair_who_is_the_applicants_kin_does_not_decide(stage: Stage) -> None:
    application = stage.recommended()
    tie_of(stage, stage.chair)
    desk = logged_in(stage.chair)
    answer = desk.post(application.move_url("reject"), {"reason": "Tidak."})
    assert answer.status_code in (403, 409)
    assert "enturan kepentingan" in text_of(answer)
    application.refresh_from_db()
    assert application.state == "recommended"


@pytest.mark.parametrize("tie", TIES, ids=lambda tie: tie.__name__)
def test_the_tied_are_not_on_the_bench_and_the_quorum_counts_the_rest(stage: Stage, tie: Any) -> None:
    assert stage.pokja
    tie(stage, stage.second_member)
    application = stage.scoring()
    assert {user.name for user in application.bench()} == {"Baiq Anggota", "Putu Ketua"}
    assert application.quorum == 2
    application.score(by=stage.member, points=all_points(application))
    assert not Application.objects.get(pk=application.pk).scores_closed
    application.score(by=stage.chair, points=all_points(application))
    assert Application.objects.get(pk=application.pk).scores_closed, "nobody waits for who may not score"


def test_without_a_tie_all_three_are_on_the_bench(stage: Stage) -> None:
    assert stage.pokja
    application = stage.scoring()
    assert len(application.bench()) == 3
    assert application.quorum == 2


# --- who writes and ends ---------------------------------------------------------------------------------
def test_who_may_write_down_a_tie(stage: Stage) -> None:
    assert stage.pokja
    cast = stage.everyone() | {
        "member": stage.member, "second_member": stage.second_member, "neighbour_member": stage.neighbour_member,
        "owner": stage.owner(stage.firm), "system": None,
    }  # fmt: skip
    row = Declaration(regency_id=LOMBOK_TENGAH, member=stage.member, provider=stage.firm, tie="kin")
    assert {name for name, user in cast.items() if row.may_register(user)} == {"member", "chair", "office"}
    row.register(by=stage.member)
    assert {name for name, user in cast.items() if row.may_end(user)} == {"chair", "office"}
    assert row.declared_by == stage.member
    for name in ("member", "second_member", "ministry", "neighbour_office"):
        with pytest.raises(TransitionRefused):
            row.end(by=cast[name], reason="Selesai.")


def test_nobody_ends_a_tie_of_their_own(stage: Stage) -> None:
    row = tie_of(stage, stage.chair)
    with pytest.raises(TransitionRefused, match="diakhiri oleh orang lain"):
        row.end(by=stage.chair, reason="Sudah tidak.")
    application = stage.submitted()
    application.declare(by=stage.chair, tie="kin")
    with pytest.raises(TransitionRefused, match="sudah tercatat"):
        application.declare(by=stage.chair, tie="none")
    assert Declaration.objects.tie(stage.chair, stage.firm.pk)


def test_an_ended_tie_stays_with_its_reason_and_bars_no_longer(stage: Stage) -> None:
    row = tie_of(stage, stage.member)
    application = stage.submitted()
    stage.declared(application)
    with pytest.raises(TransitionRefused, match="enturan kepentingan"):
        application.claim(by=stage.member)
    with pytest.raises(TransitionRefused, match="alasannya"):
        row.end(by=stage.office, reason="  ")
    row.end(by=stage.office, reason="Direktur berganti.")
    assert (row.state, row.ended_by, row.end_reason) == ("ended", stage.office, "Direktur berganti.")
    Application.objects.get(pk=application.pk).claim(by=stage.member)
    events = [(event.verb_label, event.actor, event.note) for event in Event.objects.about(row)]
    assert events == [
        ("Hubungan dicatat", stage.office, "Kakak kandung direktur."),
        ("Hubungan berakhir", stage.office, "Direktur berganti."),
    ]
    with pytest.raises(TransitionRefused, match="tidak berlaku lagi"):
        row.end(by=stage.office, reason="Lagi.")
    tie_of(stage, stage.member)  # and it may begin again
    assert Declaration.objects.ties().count() == 2


def test_whom_a_tie_concerns_is_told_by_whom_and_why(stage: Stage) -> None:
    row = tie_of(stage, stage.member)
    row.end(by=stage.office, reason="Direktur berganti.")
    told = list(Notice.objects.filter(user=stage.member, channel="site").order_by("pk").values_list("title", "body"))
    assert [title for title, _ in told[-2:]] == [
        "Hubungan Anda dengan CV Contoh Bina Desa dicatat",
        "Hubungan Anda dengan CV Contoh Bina Desa dinyatakan berakhir",
    ]
    assert "Dewi Dinas mencatat: Hubungan keluarga" in told[-2][1]
    assert "Alasan: Direktur berganti." in told[-1][1]
    before = Notice.objects.filter(user=stage.second_member).count()
    tie_of(stage, stage.second_member, by=stage.second_member)
    assert Notice.objects.filter(user=stage.second_member).count() == before, "not of one's own word"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [({"tie": "none"}, "Pilih hubungannya"), ({"tie": "teman"}, "Pilih"), ({"tie": "other", "note": " "}, "Jelaskan")],
)
def test_a_tie_without_words_is_refused(stage: Stage, fields: dict[str, str], sentence: str) -> None:
    with pytest.raises(TransitionRefused, match=sentence):
        tie_of(stage, stage.member, **fields)
    assert not Declaration.objects.exists()


def test_a_known_tie_is_written_once(stage: Stage) -> None:
    tie_of(stage, stage.member)
    with pytest.raises(TransitionRefused, match="sudah tercatat"):
        tie_of(stage, stage.member, tie="business")
    with pytest.raises(IntegrityError), transaction.atomic():
        Declaration.objects.create(regency_id=LOMBOK_TENGAH, member=stage.member, provider=stage.firm, tie="kin",
                                   declared_by=stage.office)  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Declaration.objects.update(ended_by=stage.office)  # an end without its reason


@pytest.mark.django_db(transaction=True)
def test_two_write_the_same_tie_at_once_and_one_stands(committed_stage: Stage) -> None:
    stage = committed_stage
    office, colleague, member, firm = stage.office, stage.colleague, stage.member, stage.firm

    def write(by: User) -> None:
        Declaration(regency_id=LOMBOK_TENGAH, member=member, provider=firm, tie="kin").register(by=fresh(by))

    results = at_once(lambda: write(office), lambda: write(colleague))
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "TransitionRefused"]
    assert Declaration.objects.count() == 1


# --- at the desk ---------------------------------------------------------------------------------------------
def filled(desk: Client, member: User, provider: str) -> dict[str, Any]:
    form = desk.get(NEW, {"cari": "contoh"}).context["form"]
    return {
        "submit_key": form["submit_key"].value(), "member": member.pk, "provider": provider, "tie": "kin",
        "note": "Kakak kandung direktur.",
    }  # fmt: skip


def test_the_office_searches_a_provider_and_writes_the_tie(stage: Stage) -> None:
    assert stage.firm, stage.rival
    assert stage.pokja
    desk = logged_in(stage.office)
    assert "Anggota Pokja" not in text_of(desk.get(NEW)).split("</nav>")[-1].split("<form")[-1]
    page = text_of(desk.get(NEW, {"cari": "bina desa"}))
    assert "CV Contoh Bina Desa" in page and "PT Contoh Saingan" not in page
    assert "Tidak ada penyedia dengan nama" in text_of(desk.get(NEW, {"cari": "xyzxyz"}))
    answer = desk.post(NEW, filled(desk, stage.member, stage.firm.code))
    assert answer.status_code == 302
    row = Declaration.objects.get()
    assert (row.member, row.provider, row.application, row.declared_by) == (
        stage.member, stage.firm, None, stage.office,
    )  # fmt: skip
    again = desk.post(NEW, filled(desk, stage.member, stage.firm.code))
    assert again.status_code == 409
    assert "sudah tercatat" in text_of(again)
    assert "CV Contoh Bina Desa" in text_of(again), "what was chosen is still there"


@pytest.mark.parametrize(
    "changes", [{"provider": "XXXXXXXXXX"}, {"tie": "none"}, {"tie": ""}, {"tie": "other", "note": ""}, {"member": ""}]
)
def test_a_wrong_tie_comes_back(stage: Stage, changes: dict[str, Any]) -> None:
    assert stage.pokja
    desk = logged_in(stage.office)
    assert desk.post(NEW, filled(desk, stage.member, stage.firm.code) | changes).status_code == 422
    assert not Declaration.objects.exists()


def test_a_member_writes_only_their_own_tie(stage: Stage) -> None:
    assert stage.pokja
    desk = logged_in(stage.member)
    form = desk.get(NEW, {"cari": "contoh"}).context["form"]
    assert list(form.fields["member"].queryset) == [stage.member]
    assert desk.post(NEW, filled(desk, stage.second_member, stage.firm.code)).status_code == 422
    assert desk.post(NEW, filled(desk, stage.member, stage.firm.code)).status_code == 302
    assert [row.member for row in Declaration.objects.all()] == [stage.member]


def test_only_people_of_ones_own_pokja_and_providers_near_are_offered(stage: Stage) -> None:
    assert stage.pokja
    far = stage.new_provider("CV Contoh Jauh")
    far.area = Area.objects.get(code="32.73")
    far.save()
    desk = logged_in(stage.office)
    assert desk.post(NEW, filled(desk, stage.neighbour_member, stage.firm.code)).status_code == 422
    assert desk.post(NEW, filled(desk, stage.member, far.code)).status_code == 422
    assert desk.get(NEW, {"tempat": LOMBOK_BARAT}).status_code == 404
    stage.submitted(far)  # has applied here: now near
    assert desk.post(NEW, filled(desk, stage.member, far.code)).status_code == 302


def test_the_register_shows_the_ties_that_hold_and_says_what_it_hides(stage: Stage) -> None:
    assert stage.pokja
    held = tie_of(stage, stage.member)
    over = tie_of(stage, stage.second_member, provider=stage.rival, tie="business")
    over.end(by=stage.office, reason="Utang lunas.")
    stage.declared(stage.submitted(stage.rival), stage.chair)
    desk = logged_in(stage.office)

    def found(**asked: str) -> set[tuple[str, str]]:
        return {(line[0].member.name, line[0].tie) for line in desk.get(LIST, asked).context["lines"]}

    kin_row, business, none = ("Baiq Anggota", "kin"), ("Made Anggota", "business"), ("Putu Ketua", "none")
    assert found() == {kin_row}
    assert found(catatan="berakhir") == {business}
    assert found(catatan="semua") == {kin_row, business, none}
    assert found(catatan="semua", cari="saingan") == {business, none}
    assert found(catatan="semua", hubungan="kin") == {kin_row}
    assert "pilih “Semua pernyataan”" in text_of(desk.get(LIST))
    assert "Utang lunas." in text_of(desk.get(LIST, {"catatan": "semua"}))
    assert "Tidak ada catatan yang cocok" in text_of(desk.get(LIST, {"cari": "xyz"}))
    assert desk.get(LIST, {"hubungan": "palsu"}).status_code == 400
    end = reverse("admin:verification_declaration_end", args=[held.code])
    assert end in text_of(desk.get(LIST))
    assert end not in text_of(logged_in(stage.member).get(LIST)), "not one's own"


def test_ending_through_the_page(stage: Stage) -> None:
    row = tie_of(stage, stage.member)
    url = reverse("admin:verification_declaration_end", args=[row.code])
    own = logged_in(stage.member)
    assert own.get(url).status_code == 403
    assert own.post(url, {"reason": "Selesai."}).status_code == 403
    desk = logged_in(stage.office)
    assert desk.post(url, {"reason": ""}).status_code == 422
    assert desk.post(url, {"reason": "Direktur berganti."}).status_code == 302
    assert desk.post(url, {"reason": "Lagi."}).status_code == 403
    row.refresh_from_db()
    assert row.state == "ended"


def test_an_empty_register_says_so(stage: Stage) -> None:
    assert "Tidak ada hubungan yang berlaku." in text_of(logged_in(stage.office).get(LIST))


def test_a_neighbours_register_is_not_there(stage: Stage) -> None:
    row = tie_of(stage, stage.member)
    url = reverse("admin:verification_declaration_end", args=[row.code])
    for user in (stage.neighbour_office, stage.neighbour_member):
        desk = logged_in(user)
        assert "Baiq Anggota" not in text_of(desk.get(LIST, {"catatan": "semua"}))
        assert desk.get(url).status_code == 404
        assert desk.post(url, {"reason": "x"}).status_code == 404
        assert desk.get(PRINT, {"tempat": LOMBOK_TENGAH}).status_code == 404
        assert desk.post(f"{PRINT}?tempat={LOMBOK_TENGAH}", {}).status_code == 404
    assert "Baiq Anggota" in text_of(logged_in(stage.ministry).get(LIST))
    for user in (stage.head, stage.owner(stage.firm), stage.province):
        assert logged_in(user).get(LIST).status_code in (302, 403)


def test_who_works_for_a_provider_by_account_is_shown_without_being_written_down(stage: Stage) -> None:
    assert stage.pokja
    give(stage.second_member, Role.PROVIDER, provider=stage.firm)
    page = text_of(logged_in(stage.office).get(LIST))
    assert "Made Anggota: CV Contoh Bina Desa" in page


# --- on paper ---------------------------------------------------------------------------------------------
def test_the_printed_register_is_of_its_period_and_frozen(stage: Stage) -> None:
    assert stage.pokja
    with time_machine.travel(timezone.now() - dt.timedelta(days=400), tick=True):
        old = Declaration(regency_id=LOMBOK_TENGAH, member=stage.member, provider=stage.rival, tie="business",
                          declared_by=stage.office)  # fmt: skip
        old.save()
    with time_machine.travel(timezone.now() - dt.timedelta(days=300), tick=True):
        old.ended_at, old.ended_by, old.end_reason = timezone.now(), stage.office, "Lunas."
        old.save()
    tie_of(stage, stage.second_member)
    stage.declared(stage.submitted())
    desk = logged_in(stage.office)
    key = desk.get(PRINT).context["form"]["submit_key"].value()
    here = timezone.localdate(timezone=Area.objects.get(pk=LOMBOK_TENGAH).tzinfo)
    days = {"since": (here - 30 * DAY).isoformat(), "until": here.isoformat(), "submit_key": key}
    answer = desk.post(PRINT, days)
    paper = PrintedDocument.objects.get(kind="register-benturan")
    assert answer.url == paper.get_absolute_url()
    assert desk.post(PRINT, days).url == answer.url
    assert TieRegister.objects.count() == 1
    assert [(row["member"], row["tie"], row["end"]) for row in paper.snapshot["ties"]] == [
        ("Made Anggota", "Hubungan keluarga", "")
    ]
    assert [(row["member"], row["count"]) for row in paper.snapshot["none"]] == [("Baiq Anggota", 1), ("Putu Ketua", 1)]
    Declaration.objects.get(member=stage.second_member).end(by=stage.office, reason="Berganti.")
    run_job(Job.objects.get(key=f"render:{paper.pk}").pk)
    paper.refresh_from_db()
    assert paper.file is not None
    assert paper.snapshot["ties"][0]["end"] == "", "what came later is not in it"
    readers = {
        name: logged_in(getattr(stage, name)).get(answer.url).status_code
        for name in ("office", "member", "ministry", "province", "tapm", "neighbour_office", "head")
    }
    assert readers == {
        "office": 200, "member": 200, "ministry": 200, "province": 404, "tapm": 404, "neighbour_office": 404,
        "head": 404,
    }  # fmt: skip


def test_a_period_that_ends_before_it_begins_comes_back(stage: Stage) -> None:
    desk = logged_in(stage.office)
    key = desk.get(PRINT).context["form"]["submit_key"].value()
    days = {"since": today().isoformat(), "until": (today() - DAY).isoformat(), "submit_key": key}
    answer = desk.post(PRINT, days)
    assert answer.status_code == 422
    assert "Tanggal akhir harus setelah tanggal awal." in text_of(answer)
    assert not TieRegister.objects.exists()


def test_the_register_costs_as_much_with_three_as_with_one(stage: Stage) -> None:
    assert stage.pokja
    desk = logged_in(stage.office)

    def queries() -> int:
        desk.get(LIST)
        with CaptureQueriesContext(connection) as caught:
            assert desk.get(LIST).status_code == 200
        return len(caught)

    tie_of(stage, stage.member)
    few = queries()
    tie_of(stage, stage.second_member)
    tie_of(stage, stage.chair, provider=stage.rival)
    assert queries() == few
