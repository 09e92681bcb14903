"""A sitting of the Pokja: what its report and its decree bring about, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Provider, User
from core.clock import today
from core.models import Notice
from core.workflow import TransitionRefused
from tests.accounts.stage import fresh, give
from tests.areas import LOMBOK_TENGAH
from tests.verification.stage import DAY, YEAR, Stage, fresh_memberships, scan
from verification import plenary_papers
from verification.models import Application, Plenary, Standing, directory_numbers, light

DECREE = {"decree_number": "188.45/77/2026", "decree_date": today(), "valid_until": today() + YEAR}


def other(stage: Stage, number: int) -> Provider:
    return stage.new_provider(f"CV Contoh {number}", npwp=f"00000000000{number:05}", nib=f"00000000{number:05}")


def numbers_of(plenary: Plenary) -> dict[str, str]:
    rows = plenary.items.filter(outcome="list").order_by("pk").values_list("application__code", flat=True)
    return {code: f"{place:03}" for place, code in enumerate(rows, 1)}


def decree(plenary: Plenary, *, by: User, numbers: dict[str, str] | None = None, **more: Any) -> None:
    """With a number for everybody who needs one."""
    given = numbers_of(plenary) if numbers is None else numbers
    plenary.decree(by=by, numbers=given, **(DECREE | more))


def minute(plenary: Plenary, *, by: User, number: str = "07/BA/2026", **more: Any) -> None:
    """With everybody there."""
    plenary.minute(by=by, minutes_number=number, **({"present": plenary.seated()} | more))


def refusal_of(act: Any) -> str:
    with pytest.raises(TransitionRefused) as refused:
        act()
    return refused.value.reason


def tie(application: Application, user: User) -> None:
    application.declare(by=user, tie="kin", note="Ipar")


# --- what a decree brings about -----------------------------------------------------------------------
def test_a_batch_is_decided_together(stage: Stage) -> None:
    """Two conform, one does not, one is put off: one decree lists, rejects and leaves waiting."""
    good = [stage.recommended(), stage.recommended(stage.rival)]
    bad, later = stage.unfit(other(stage, 66)), stage.recommended(other(stage, 77))
    plenary = stage.plenary(*good, bad, later)
    minute(plenary, by=stage.member, deferred={later.code: "Menunggu keterangan kampus."})
    decree(plenary, by=stage.chair)
    states = [Application.objects.get(pk=row.pk).state for row in (*good, bad, later)]
    assert states == ["listed", "listed", "rejected", "recommended"]
    assert {(s.provider.name, s.directory_number, s.decree_number) for s in plenary.standings()} == {
        ("CV Contoh Bina Desa", "001", "188.45/77/2026"),
        ("PT Contoh Saingan", "002", "188.45/77/2026"),
    }
    assert list(plenary.candidates()) == [later]


def test_the_applicants_are_told_and_so_is_who_signs(stage: Stage) -> None:
    good, bad = stage.recommended(), stage.unfit(stage.rival)
    plenary = stage.minuted(good, bad)
    told = Notice.objects.filter(event__about="verification.plenary", channel="site")
    assert [notice.user for notice in told] == [stage.chair]
    assert plenary.minutes_number in told[0].body
    decree(plenary, by=stage.chair, refusal="Pengalaman belum dapat dibuktikan.")
    mine = Notice.objects.filter(user=stage.owner(stage.firm), event__verb="list_provider").first()
    theirs = Notice.objects.filter(user=stage.owner(stage.rival), event__verb="decline").first()
    assert "Nomor direktori 001" in mine.body
    assert "Pengalaman belum dapat dibuktikan." in theirs.body


def test_without_words_of_its_own_a_refusal_carries_the_agreed_reason(stage: Stage) -> None:
    bad = stage.unfit()
    plenary = stage.minuted(bad)
    plenary.decree(by=stage.chair, decree_number="1", decree_date=today(), valid_until=None, numbers={})
    bad.refresh_from_db()
    plenary.refresh_from_db()
    assert (bad.state, bad.reason, plenary.valid_until) == ("rejected", "Sepakat.", None)


def test_one_refused_applicant_takes_the_whole_decree_back_with_its_name(stage: Stage) -> None:
    good, stuck = stage.recommended(), stage.recommended(stage.rival)
    plenary = stage.minuted(good, stuck)
    Application.objects.filter(pk=stuck.pk).update(provider=other(stage, 5))  # nobody's declaration, nobody's tie
    Standing.objects.create(
        provider=other(stage, 8),
        regency_id=LOMBOK_TENGAH,
        application=stage.draft(other(stage, 9)),
        directory_number="002",
        decree_number="0",
        decree_date=today(),
        valid_until=today() + YEAR,
    )
    reason = refusal_of(lambda: decree(plenary, by=stage.chair))
    assert reason == "Nomor direktori CV Contoh 5 sudah pernah diberikan kepada CV Contoh 8."
    good.refresh_from_db()
    assert (good.state, Standing.objects.filter(application=good).count()) == ("recommended", 0)


def test_a_renewal_is_decided_with_the_rest_and_keeps_its_number(stage: Stage) -> None:
    """Light: no interview and no scores of its own; those of the application it is based on stand in the recap."""
    first = stage.listed(number="005/P2KTD/2025")
    Standing.objects.update(listed_on=today() - 300 * DAY, valid_until=today() + 60 * DAY)
    renewal = light.begin_renewal(Standing.objects.get(), by=stage.owner(stage.firm))
    renewal.submit(by=stage.owner(stage.firm))
    stage.declared(renewal)
    renewal.claim(by=stage.member)
    renewal.recommend(by=stage.member)
    fresh_one = stage.recommended(stage.rival)
    plenary = stage.minuted(renewal, fresh_one)
    line = next(line for line in plenary.facts()["lines"] if line["code"] == renewal.code)
    assert (line["kind"], line["light"], line["interview"], line["total"]) == ("Perpanjangan", True, None, first.total)
    assert [score["points"] for score in line["scores"]] == [80] * 5
    proposed = directory_numbers.proposals(plenary, year=2026)
    assert proposed == {renewal.code: "005/P2KTD/2025", fresh_one.code: "006/P2KTD/2026"}
    decree(plenary, by=stage.chair, numbers=proposed)
    current = Standing.objects.current().filter(provider=stage.firm)
    assert [(row.application, row.directory_number) for row in current] == [(renewal, "005/P2KTD/2025")]
    text = str(plenary_papers.content_of(plenary))
    assert "Perpanjangan" in text


# --- what stands in its way ---------------------------------------------------------------------------
def test_a_sitting_needs_a_pokja_and_a_day_of_its_period(stage: Stage) -> None:
    application = stage.recommended()
    plenary = Plenary(regency_id=LOMBOK_TENGAH, held_on=today(), place="Aula")
    assert "Belum ada Pokja" in refusal_of(lambda: plenary.convene(by=stage.member, applications=[application]))
    assert stage.pokja
    early = Plenary(regency_id=LOMBOK_TENGAH, held_on=today() - 30 * DAY, place="Aula")
    assert "di luar masa itu" in refusal_of(lambda: early.convene(by=stage.member, applications=[application]))
    assert Plenary.objects.count() == 0


def test_a_sitting_without_applications_is_not_prepared(stage: Stage) -> None:
    assert stage.pokja
    plenary = Plenary(regency_id=LOMBOK_TENGAH, held_on=today(), place="Aula")
    assert refusal_of(lambda: plenary.convene(by=stage.member, applications=[])) == "Pilih sedikitnya satu permohonan."
    assert Plenary.objects.count() == 0


def test_a_sitting_may_be_planned_but_not_minuted_before_its_day(stage: Stage) -> None:
    plenary = stage.plenary(stage.recommended())
    plenary.amend(by=stage.member, held_on=today() + 3 * DAY, place="Kantor Bupati")
    assert "tidak boleh setelah hari ini" in refusal_of(lambda: minute(plenary, by=stage.member))


def test_a_report_is_not_older_than_what_it_decides(stage: Stage) -> None:
    plenary = stage.plenary(stage.recommended())
    plenary.amend(by=stage.member, held_on=today() - DAY, place="Aula")
    assert "setelah tanggal rapat" in refusal_of(lambda: minute(plenary, by=stage.member))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"decree_date": today() - DAY}, "Keputusan tidak mendahului rapatnya."),
        ({"decree_date": today() + DAY}, "Tanggal keputusan tidak boleh setelah hari ini."),
        ({"decree_number": "  "}, "Isi nomor keputusan."),
        ({"valid_until": None}, "Isi sampai kapan penyedia terdaftar."),
        ({"valid_until": today()}, "Masa berlaku harus berakhir setelah hari ini."),
        ({"valid_until": today() + 50 * YEAR}, "Masa terdaftar paling lama sepuluh tahun."),
        ({"numbers": {}}, "Isi nomor direktori CV Contoh Bina Desa."),
    ],
)
def test_a_wrong_decree_is_refused_in_a_sentence(stage: Stage, wrong: dict[str, Any], sentence: str) -> None:
    application = stage.recommended()
    plenary = stage.minuted(application)
    assert refusal_of(lambda: decree(plenary, by=stage.chair, **wrong)) == sentence
    application.refresh_from_db()
    assert application.state == "recommended"


def test_the_database_holds_what_the_verbs_promise(stage: Stage) -> None:
    """Even where the code were wrong: two people, and a decree not before its sitting."""
    plenary = stage.minuted(stage.recommended())
    decree(plenary, by=stage.chair)
    for wrong in ({"decreed_by": stage.member}, {"decree_date": today() - DAY}, {"decree_number": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Plenary.objects.filter(pk=plenary.pk).update(**wrong)


def test_a_report_number_is_used_once_a_year(stage: Stage) -> None:
    first, second = stage.plenary(stage.recommended()), stage.plenary(stage.recommended(stage.rival))
    minute(first, by=stage.member, number="01/BA")
    with pytest.raises(ValidationError, match="sudah dipakai rapat lain"):
        minute(second, by=stage.member, number="01/BA")
    second.refresh_from_db()
    minute(second, by=stage.member, number="02/BA")


# --- candidates ----------------------------------------------------------------------------------------
def test_an_application_stands_in_one_open_sitting(stage: Stage) -> None:
    application = stage.recommended()
    stage.plenary(application)
    again = refusal_of(lambda: stage.plenary(application))
    assert again == "CV Contoh Bina Desa belum direkomendasikan, atau sudah dalam rapat lain."
    assert Plenary.objects.count() == 1


def test_what_is_not_proposed_does_not_get_in(stage: Stage) -> None:
    plenary, running = stage.plenary(stage.recommended()), stage.scoring(stage.rival)
    assert "belum direkomendasikan" in refusal_of(lambda: plenary.add(by=stage.member, applications=[running]))


def test_a_sitting_holds_as_many_as_its_report_can(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verification.models.plenary.MOST", 1)
    plenary = stage.plenary(stage.recommended())
    more = [stage.recommended(stage.rival)]
    assert "paling banyak 1 permohonan" in refusal_of(lambda: plenary.add(by=stage.member, applications=more))


def test_a_cancelled_sitting_lets_its_applications_go(stage: Stage) -> None:
    application = stage.recommended()
    plenary = stage.plenary(application)
    plenary.cancel(by=stage.member)
    assert list(stage.plenary(application).items.values_list("application", flat=True)) == [application.pk]


def test_an_application_withdrawn_before_the_report_has_to_leave_the_sitting(stage: Stage) -> None:
    gone = stage.recommended(stage.rival)
    plenary = stage.plenary(stage.recommended(), gone)
    gone.withdraw(by=stage.owner(stage.rival))
    assert refusal_of(lambda: minute(plenary, by=stage.member)) == (
        "PT Contoh Saingan tidak lagi diusulkan. Keluarkan dari rapat."
    )
    plenary.remove(by=stage.member, application=gone)
    minute(plenary, by=stage.member)
    assert plenary.state == "minuted"


def test_between_report_and_decree_nothing_moves_but_what_was_put_off(stage: Stage) -> None:
    held, later = stage.recommended(), stage.recommended(stage.rival)
    plenary = stage.plenary(held, later)
    minute(plenary, by=stage.member, deferred={later.code: "Menunggu surat."})
    assert "berita acara" in refusal_of(lambda: held.withdraw(by=stage.owner(stage.firm)))
    assert "berita acara" in refusal_of(lambda: held.recheck(by=stage.chair, reason="Ragu."))
    assert "berita acara" in refusal_of(lambda: held.reject(by=stage.chair, reason="Ragu."))
    later.recheck(by=stage.chair, reason="Periksa surat kampus.")
    decree(plenary, by=stage.chair)
    held.refresh_from_db()
    later.refresh_from_db()
    assert (held.state, later.state) == ("listed", "checking")


def test_an_opened_report_is_made_again_from_the_facts_of_then(stage: Stage) -> None:
    application = stage.recommended()
    plenary = stage.minuted(application)
    plenary.attach_scan(by=stage.member, scan=scan(stage.member))
    assert refusal_of(lambda: plenary.reopen(by=stage.chair, reason=" ")) == "Tulis alasannya."
    plenary.reopen(by=stage.chair, reason="Nomor salah.")
    assert (plenary.recap, plenary.minutes_number, plenary.scan, plenary.revision) == ({}, "", None, 1)
    told = Notice.objects.filter(user=stage.member, event__verb="reopen", channel="site").get()
    assert "Nomor salah." in told.body
    minute(plenary, by=stage.member, deferred={application.code: "Tunggu."})
    assert [line["outcome"] for line in plenary.facts()["lines"]] == ["defer"]


# --- who sat there ------------------------------------------------------------------------------------
def test_too_few_present_is_no_sitting(stage: Stage) -> None:
    plenary = stage.plenary(stage.recommended())
    one = plenary.seated()[:1]
    reason = refusal_of(lambda: minute(plenary, by=stage.member, present=one))
    assert reason == "Hadir 1 anggota; kuorum rapat 2 anggota."
    assert refusal_of(lambda: minute(plenary, by=stage.member, present=[])) == "Centang siapa yang hadir."


def test_one_person_is_counted_once(stage: Stage) -> None:
    plenary = stage.plenary(stage.recommended())
    one = plenary.seated()[0]
    assert "Hadir 1 anggota" in refusal_of(lambda: minute(plenary, by=stage.member, present=[one, one, one]))


def test_a_member_who_left_before_the_sitting_was_not_there(stage: Stage) -> None:
    plenary = stage.plenary(stage.recommended())
    everyone = plenary.seated()
    leaver = next(one for one in everyone if one.user == stage.second_member)
    stage.pokja.remove_member(by=stage.office, member=leaver, reason="Pindah tugas.")
    plenary = Plenary.objects.get(pk=plenary.pk)
    assert {one.user for one in plenary.seated()} == {stage.chair, stage.member}
    reason = refusal_of(lambda: minute(plenary, by=stage.member, present=everyone))
    assert reason == "Made Anggota bukan anggota Pokja pada tanggal rapat."


def test_a_member_of_another_pokja_was_not_there(stage: Stage) -> None:
    from tests.areas import LOMBOK_BARAT

    plenary = stage.plenary(stage.recommended())
    theirs = stage.establish(
        LOMBOK_BARAT, stage.neighbour_office, chair=stage.neighbour_chair, members=[stage.neighbour_member]
    )
    stranger = theirs.members.first()
    assert "bukan anggota Pokja" in refusal_of(lambda: minute(plenary, by=stage.member, present=[stranger]))


def test_a_dissolved_pokja_reports_nothing(stage: Stage) -> None:
    plenary = stage.plenary(stage.recommended())
    stage.pokja.dissolve(by=stage.office, reason="Keputusan baru.")
    late = stage._holding("Wakil Baru", "pokja_member", LOMBOK_TENGAH)
    plenary = Plenary.objects.get(pk=plenary.pk)
    assert "sudah dibubarkan" in refusal_of(lambda: minute(plenary, by=late, present=[]))
    plenary.cancel(by=late)


def test_a_tied_member_is_named_and_not_counted_for_that_applicant(stage: Stage) -> None:
    """Of three, one is tied: the two others decide, and both have to be there."""
    tied, free = stage.recommended(), stage.recommended(stage.rival)
    tie(tied, stage.second_member)
    plenary = stage.plenary(tied, free)
    without_chair = [one for one in plenary.seated() if one.user != stage.chair]
    reason = refusal_of(lambda: minute(plenary, by=stage.member, present=without_chair))
    assert reason == (
        "CV Contoh Bina Desa: hadir 1 anggota tanpa benturan kepentingan; perlu 2. Tunda permohonan ini ke rapat lain."
    )
    minute(plenary, by=stage.member)
    assert {line["name"]: line["recused"] for line in plenary.facts()["lines"]} == {
        "CV Contoh Bina Desa": ["Made Anggota"],
        "PT Contoh Saingan": [],
    }


def test_a_tied_member_does_not_write_the_report(stage: Stage) -> None:
    application = stage.recommended()
    plenary = stage.plenary(application)
    give(stage.second_member, "provider", provider=stage.firm)  # kin of the applicant, or rather: its own person
    reason = refusal_of(lambda: minute(plenary, by=fresh(stage.second_member)))
    assert reason == "Benturan kepentingan dengan CV Contoh Bina Desa. Berita acara dibuat rekan lain."


# --- who signs ----------------------------------------------------------------------------------------
def with_secretary(stage: Stage) -> User:
    """The second member is the Pokja's secretary."""
    row = stage.pokja.members.get(user=stage.second_member)
    type(row).objects.filter(pk=row.pk).update(position="secretary")
    fresh_memberships(stage.second_member)
    return stage.second_member


def test_who_wrote_the_report_does_not_decree(stage: Stage) -> None:
    plenary = stage.minuted(stage.recommended(), by=stage.chair)
    assert "dibuat oleh Putu Ketua; penetapan dilakukan oleh orang lain" in refusal_of(
        lambda: decree(plenary, by=stage.chair)
    )


def test_who_proposed_a_result_does_not_decree(stage: Stage) -> None:
    plenary = stage.minuted(stage.recommended(by=stage.chair), by=stage.second_member)
    assert "Putu Ketua yang mengusulkan hasil CV Contoh Bina Desa" in refusal_of(
        lambda: decree(plenary, by=stage.chair)
    )


def test_a_chair_who_is_kin_of_one_applicant_decides_none_and_the_secretary_does(stage: Stage) -> None:
    kin, free = stage.recommended(), stage.recommended(stage.rival)
    secretary = with_secretary(stage)
    tie(kin, stage.chair)
    plenary = stage.minuted(kin, free)
    reason = refusal_of(lambda: decree(plenary, by=stage.chair))
    assert (
        reason == "Benturan kepentingan Putu Ketua dengan CV Contoh Bina Desa. Penetapan dilakukan oleh Made Anggota."
    )
    assert "Nyatakan dahulu" in refusal_of(lambda: decree(plenary, by=secretary))
    plenary.declare(by=secretary)
    decree(plenary, by=secretary)
    assert set(Application.objects.values_list("state", "decided_by__name")) == {("listed", "Made Anggota")}


def test_the_secretary_does_not_sign_for_a_chair_whom_nothing_bars(stage: Stage) -> None:
    secretary = with_secretary(stage)
    plenary = stage.minuted(stage.recommended())
    plenary.declare(by=secretary)
    assert (
        refusal_of(lambda: decree(plenary, by=secretary)) == "Ketua Pokja tidak terhalang, jadi Ketua yang menetapkan."
    )


def test_the_secretary_signs_where_there_is_no_chair(stage: Stage) -> None:
    secretary = with_secretary(stage)
    plenary = stage.minuted(stage.recommended())
    chair = stage.pokja.members.get(user=stage.chair)
    stage.pokja.remove_member(by=stage.office, member=chair, reason="Wafat.")
    plenary.declare(by=secretary)
    decree(plenary, by=secretary)
    assert Standing.objects.get().decree_number == "188.45/77/2026"


def test_where_both_are_barred_the_report_is_opened_and_the_applicant_put_off(stage: Stage) -> None:
    kin, free = stage.recommended(), stage.recommended(stage.rival)
    secretary = with_secretary(stage)
    tie(kin, stage.chair)
    tie(kin, secretary)
    plenary = stage.plenary(kin, free)
    rule = plenary.rule
    type(rule).objects.filter(pk=rule.pk).update(quorum_percent=0)
    minute(plenary, by=stage.member)
    for user in (stage.chair, secretary):
        assert "Ketua dan sekretaris sama-sama terhalang" in refusal_of(lambda user=user: decree(plenary, by=user))
    plenary.reopen(by=stage.chair, reason="CV Contoh Bina Desa ditunda.")
    minute(plenary, by=stage.member, deferred={kin.code: "Menunggu sekretaris pengganti."})
    decree(plenary, by=stage.chair)
    kin.refresh_from_db()
    free.refresh_from_db()
    assert (kin.state, free.state) == ("recommended", "listed")


def test_the_chair_says_a_word_on_ties_for_all_at_once(stage: Stage) -> None:
    """Who never held a case has not declared: one confirmation does it for the whole batch."""
    rows = [stage.recommended(), stage.recommended(stage.rival)]
    for row in rows:
        row.declarations.filter(member=stage.chair).update(ended_at=row.submitted_at)
    plenary = stage.minuted(*rows)
    assert "Nyatakan dahulu" in refusal_of(lambda: decree(plenary, by=stage.chair))
    plenary.declare(by=stage.chair)
    assert all(row.declarations.current().get(member=stage.chair).tie == "none" for row in rows)
    decree(plenary, by=stage.chair)


def test_the_word_for_all_passes_over_a_known_tie(stage: Stage) -> None:
    """Nobody declares away that they work for the applicant."""
    tied, free = stage.recommended(), stage.recommended(stage.rival)
    give(stage.second_member, "provider", provider=stage.firm)
    plenary = stage.plenary(tied, free)
    plenary.declare(by=fresh(stage.second_member))
    assert not tied.declarations.filter(member=stage.second_member).exists()
    assert free.declarations.filter(member=stage.second_member, tie="none").exists()


def test_what_waits_for_me_is_what_i_may_sign(stage: Stage) -> None:
    """The list agrees with the guard, whoever is barred and why."""
    secretary = with_secretary(stage)
    people = [stage.chair, secretary, stage.member, stage.office, stage.neighbour_chair]
    kin, mine = stage.recommended(), stage.recommended(stage.rival, by=stage.chair)
    tie(kin, stage.chair)
    plain = stage.minuted(stage.recommended(other(stage, 1)))
    sittings = [
        plain,
        stage.minuted(kin),
        stage.minuted(mine),
        stage.minuted(stage.recommended(other(stage, 2)), by=stage.chair),
        stage.minuted(stage.recommended(other(stage, 3)), by=secretary),
        stage.plenary(stage.recommended(other(stage, 4))),
    ]
    for sitting in sittings:
        for user in (stage.chair, secretary):
            if sitting.may_declare(user):
                sitting.declare(by=user)
    for user in people:
        waiting = set(Plenary.objects.waiting_for(user).filter(state="minuted"))
        assert waiting == {row for row in sittings if row.state == "minuted" and row.may_decree(user)}, user.name
    assert {user.name: Plenary.objects.waiting_for(user).count() for user in people} == {
        "Putu Ketua": 3,  # and the one whose day has come waits for any member's report
        "Made Anggota": 4,
        "Baiq Anggota": 1,
        "Dewi Dinas": 0,
        "Ketut Tetangga": 0,
    }


def test_what_is_in_a_sitting_waits_there_and_not_in_the_queue(stage: Stage) -> None:
    """The chair is called once, for the batch; what was put off comes back to the queue."""
    rows = [stage.recommended(), stage.recommended(stage.rival)]

    def queue() -> set[str]:
        return {row.code for row in Application.objects.waiting_for(stage.chair).filter(state="recommended")}

    assert queue() == {row.code for row in rows}
    plenary = stage.plenary(*rows)
    assert queue() == set()
    tie(rows[0], stage.second_member)
    called = {user for user in (stage.member, stage.second_member) if plenary in Plenary.objects.waiting_for(user)}
    assert called == {stage.member}  # who is tied does not write the report
    minute(plenary, by=stage.member, deferred={rows[1].code: "Menunggu surat."})
    assert queue() == {rows[1].code}
    planned = stage.plenary(stage.recommended(other(stage, 9)))
    planned.amend(by=stage.member, held_on=today() + DAY, place="Aula")
    assert list(Plenary.objects.waiting_for(stage.chair)) == [plenary]


# --- numbers -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("last", "following"),
    [
        (None, "001/P2KTD/2026"),
        ("017/P2KTD/2026", "018/P2KTD/2026"),
        ("017/P2KTD/2025", "018/P2KTD/2026"),
        ("P2KTD/099", "P2KTD/100"),
        ("CONTOH-52.02-009", "CONTOH-52.02-010"),
        ("DIR7", "DIR8"),
        ("Pertama", "Pertama-001"),
    ],
)
def test_the_next_number_goes_on_from_the_last(stage: Stage, last: str | None, following: str) -> None:
    if last:
        stage.listed(stage.rival, number=last)
    application = stage.recommended()
    assert directory_numbers.proposals(stage.minuted(application), year=2026) == {application.code: following}


def test_proposals_pass_over_numbers_that_somebody_has(stage: Stage) -> None:
    stage.listed(other(stage, 1), number="003")
    stage.listed(other(stage, 2), number="001")
    rows = [stage.recommended(), stage.recommended(stage.rival)]
    assert set(directory_numbers.proposals(stage.minuted(*rows), year=2026).values()) == {"002", "004"}


def test_a_number_means_one_provider_for_ever(stage: Stage) -> None:
    """Also after its first holder has left the directory."""
    stage.listed(stage.rival, number="001/A")
    Standing.objects.update(ended_on=today())
    application = stage.recommended()
    plenary = stage.minuted(application)
    taken = directory_numbers.problems(plenary, {application.code: "001/a"})
    assert taken == {
        application.code: "Nomor direktori CV Contoh Bina Desa sudah pernah diberikan kepada PT Contoh Saingan."
    }


def test_two_in_one_decree_do_not_share_a_number(stage: Stage) -> None:
    rows = [stage.recommended(), stage.recommended(stage.rival)]
    plenary = stage.minuted(*rows)
    reason = refusal_of(lambda: decree(plenary, by=stage.chair, numbers={row.code: "001" for row in rows}))
    assert reason == "Nomor direktori PT Contoh Saingan sama dengan nomor CV Contoh Bina Desa."
    assert Standing.objects.count() == 0
