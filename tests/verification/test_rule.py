"""Rules and the matrix of papers: dated rows from tomorrow on; what runs keeps what it was submitted under."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import LegalForm, Role
from core.clock import today
from core.models import Event, Notice
from core.workflow import TransitionRefused
from regions.models import Area
from tests.accounts.stage import at_once, fresh, give, logged_in
from tests.areas import LOMBOK_BARAT, LOMBOK_TENGAH
from tests.verification.stage import DAY, Stage
from verification.models import DocumentRequirement, DocumentType, VerificationRule
from verification.models.rule import AspectDraft
from verification.rule_forms import cell_name

RULES = reverse("admin:verification_verificationrule_changelist")
NEW_RULE = reverse("admin:verification_verificationrule_add")
MATRIX = reverse("admin:verification_documentrequirement_changelist")
EDIT = reverse("admin:verification_documentrequirement_add")
NEW_KIND = reverse("admin:verification_documenttype_add")
TWO = [AspectDraft("Kelembagaan", 40), AspectDraft("Mutu kerja", 60, "Dengan bukti.")]


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def tomorrow() -> dt.date:
    return today() + DAY


def regency(code: str = LOMBOK_TENGAH) -> Area:
    return Area.objects.get(code=code)


def rule_of(stage: Stage, *, since: dt.date | None = None, **fields: Any) -> VerificationRule:
    rule = VerificationRule(
        regency=regency(), basis="Perbup 7/2026", valid_from=since or tomorrow(), **({"threshold": 80} | fields)
    )
    rule.enact(by=stage.office, aspects=TWO)
    return rule


def filled(desk: Client, **changes: Any) -> dict[str, Any]:
    """The new rule's form as the browser sends it, with what it was prefilled with."""
    page = desk.get(NEW_RULE)
    form, rows = page.context["form"], page.context["rows"]
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    data |= {"basis": "Perbup 7/2026", "persons_allowed": "on", "remind_days": "28, 14, 0, -28"}
    data |= {f"aspek-{name}": rows.management_form[name].value() for name in rows.management_form.fields}
    for row in rows:
        data |= {f"{row.prefix}-{name}": row[name].value() or "" for name in row.fields}
    return data | changes


def rows_of(*aspects: tuple[str, Any]) -> dict[str, Any]:
    """Exactly these rows of the score form; the prefilled ones are emptied."""
    blank = {f"aspek-{n}-{name}": "" for n in range(8) for name in ("label", "weight", "help")}
    for number, (label, weight) in enumerate(aspects):
        blank |= {f"aspek-{number}-label": label, f"aspek-{number}-weight": weight}
    return blank


def errors_of(answer: Any) -> str:
    form, rows = answer.context["form"], answer.context["rows"]
    return f"{form.errors.as_text()} {rows.errors} {rows.non_form_errors().as_text()}"


# --- nothing that runs changes -----------------------------------------------------------------------
def test_changing_a_rule_changes_nothing_that_runs(stage: Stage) -> None:
    """What was submitted before keeps rule, aspects and requirements, also when it is sent in again after a return."""
    running = stage.submitted()
    before = (running.rule_now, [a.key for a in running.aspects], [(r.type_id, r.need) for r in running.requirements])
    rule_of(stage, quorum_percent=100, persons_allowed=False)
    kinds = DocumentType.objects.filter(key__in=["npwp", "foto"])
    needs = {(kind.pk, "company"): "required" for kind in kinds} | {(kinds.get(key="npwp").pk, "company"): "off"}
    DocumentRequirement.objects.enact(
        regency(), by=stage.office, valid_from=tomorrow(), source="Perbup 7/2026", needs=needs
    )
    with time_machine.travel(dt.datetime.combine(tomorrow() + 9 * DAY, dt.time(3), tzinfo=dt.UTC), tick=False):
        later = type(running).objects.get(pk=running.pk)
        after = (later.rule_now, [a.key for a in later.aspects], [(r.type_id, r.need) for r in later.requirements])
        assert after == before
        new = stage.draft(stage.rival, full=False)
        assert (new.rule_now.threshold, [a.key for a in new.aspects]) == (80, ["kelembagaan", "mutu-kerja"])
        assert {r.type.key for r in new.requirements} == {"ktp", "portofolio", "pakta-integritas", "foto", "domisili"}


@pytest.mark.parametrize("hour", [0, 6, 12, 23])
def test_what_is_submitted_on_the_first_day_goes_by_the_new_papers_at_any_hour(stage: Stage, hour: int) -> None:
    """Jakarta's first morning hours are still yesterday in the server's zone."""
    assert stage.member
    kind = DocumentType.objects.get(key="npwp")
    DocumentRequirement.objects.enact(
        regency(), by=stage.office, valid_from=tomorrow(), source="x", needs={(kind.pk, "company"): "off"}
    )
    jakarta = ZoneInfo("Asia/Jakarta")
    with time_machine.travel(dt.datetime.combine(tomorrow(), dt.time(hour, 30), tzinfo=jakarta), tick=False):
        application = stage.submitted()
        assert "npwp" not in {row.type.key for row in type(application).objects.get(pk=application.pk).requirements}
    with time_machine.travel(dt.datetime.combine(today(), dt.time(23, 30), tzinfo=jakarta), tick=False):
        earlier = stage.submitted(stage.rival)
        assert "npwp" in {row.type.key for row in earlier.requirements}


@pytest.mark.parametrize("days", [0, -1, -400])
def test_a_rule_begins_tomorrow_at_the_earliest(stage: Stage, days: int) -> None:
    with pytest.raises(TransitionRefused, match="paling cepat"):
        rule_of(stage, since=today() + days * DAY)
    with pytest.raises(TransitionRefused, match="paling cepat"):
        DocumentRequirement.objects.enact(
            regency(), by=stage.office, valid_from=today() + days * DAY, source="x", needs={}
        )
    assert VerificationRule.objects.count() == 1


def test_a_rule_set_for_the_same_coming_day_is_replaced_and_the_event_tells(stage: Stage) -> None:
    first = rule_of(stage, threshold=7)
    second = rule_of(stage, threshold=70)
    assert (first.pk, first.code) == (second.pk, second.code)
    assert VerificationRule.objects.get(regency=LOMBOK_TENGAH).threshold == 70
    assert second.aspects.count() == 2
    replaced = [event.data.get("replaced", {}).get("threshold") for event in Event.objects.about(second)]
    assert replaced == [None, 7]


def test_the_pokja_is_told_of_its_new_rule(stage: Stage) -> None:
    assert stage.pokja
    assert stage.neighbour_member
    rule_of(stage)
    told = Notice.objects.filter(title__startswith="Aturan verifikasi baru").values_list("user__name", "channel")
    assert set(told) == {(name, "site") for name in ("Putu Ketua", "Baiq Anggota", "Made Anggota")}


def test_states_follow_the_calendar(stage: Stage) -> None:
    rule = rule_of(stage)
    rule_of(stage, since=tomorrow() + 30 * DAY)

    def states() -> list[str]:
        return [row.state for row in VerificationRule.objects.with_newest().order_by("valid_from")]

    assert states() == ["current", "future", "future"]
    assert rule.state == "future"
    with time_machine.travel(dt.datetime.combine(tomorrow() + 31 * DAY, dt.time(12), tzinfo=dt.UTC), tick=False):
        assert states() == ["current", "replaced", "current"]
        assert (rule.state, VerificationRule.objects.in_force(LOMBOK_BARAT).basis) == ("replaced", "contoh")


@pytest.mark.parametrize(
    ("aspects", "sentence"),
    [
        ([], "sedikitnya satu aspek"),
        ([AspectDraft("Mutu", 99)], "tepat 100; sekarang 99"),
        ([AspectDraft("Mutu", 60), AspectDraft("mutu", 40)], "“Mutu” tertulis dua kali"),
        ([AspectDraft("Tata kelola", 60), AspectDraft("Tata  Kelola!", 40)], "tertulis dua kali"),
        ([AspectDraft("???", 100)], "huruf atau angka"),
    ],
)
def test_a_score_form_that_cannot_be_is_refused(stage: Stage, aspects: list[AspectDraft], sentence: str) -> None:
    rule = VerificationRule(regency=regency(), basis="x", valid_from=tomorrow())
    with pytest.raises(TransitionRefused, match=sentence):
        rule.enact(by=stage.office, aspects=aspects)
    assert not VerificationRule.objects.filter(regency=LOMBOK_TENGAH).exists()


def test_each_place_is_written_by_its_own_office(stage: Stage) -> None:
    assert stage.pokja
    cast = stage.everyone() | {"member": stage.member, "colleague": stage.colleague, "system": None}
    for code, writers in ((LOMBOK_TENGAH, {"office", "colleague"}), (LOMBOK_BARAT, {"neighbour_office"}), ("", {"ministry"})):  # fmt: skip
        rule = VerificationRule(regency=regency(code) if code else None, basis="x", valid_from=tomorrow())
        assert {name for name, user in cast.items() if rule.may_enact(user)} == writers
        for name, user in cast.items():
            if name not in writers:
                with pytest.raises(TransitionRefused):
                    rule.enact(by=user, aspects=TWO)
                with pytest.raises(TransitionRefused):
                    DocumentRequirement.objects.enact(
                        rule.regency, by=user, valid_from=tomorrow(), source="x", needs={}
                    )
    assert VerificationRule.objects.count() == 1


# --- through the browser -------------------------------------------------------------------------------
def test_the_form_begins_with_what_holds_and_writes_a_new_row(stage: Stage) -> None:
    assert stage.pokja
    desk = logged_in(stage.office)
    data = filled(desk)
    assert (data["threshold"], data["quorum_percent"], data["aspek-0-label"]) == (70, 50, "Kelembagaan")
    answer = desk.post(NEW_RULE, data | {"threshold": 75, "quorum_percent": 66})
    assert answer.status_code == 302, errors_of(answer)
    rule = VerificationRule.objects.get(regency=LOMBOK_TENGAH)
    assert (rule.threshold, rule.quorum_percent, rule.valid_from) == (75, 66, tomorrow())
    assert [(a.label, a.weight) for a in rule.aspects.all()] == [
        (a.label, a.weight) for a in VerificationRule.objects.get(regency=None).aspects.all()
    ]
    page = text_of(desk.get(answer.url))
    assert "Pokja sekarang: 2 dari 3 anggota." in page
    assert "Akan berlaku" in page
    assert desk.post(NEW_RULE, data).url == answer.url, "sent twice, made once"
    assert Event.objects.about(rule).count() == 1


def test_the_form_says_what_the_quorum_means_for_the_pokja_of_today(stage: Stage) -> None:
    assert stage.pokja
    page = text_of(logged_in(stage.office).get(NEW_RULE))
    assert '<output data-quorum="3">2</output> dari 3 anggota.' in page
    assert "<output data-weight-sum>100</output>" in page
    assert [VerificationRule(quorum_percent=50).quorum_of(n) for n in (1, 2, 3, 7)] == [1, 2, 2, 4]
    assert [VerificationRule(quorum_percent=p).quorum_of(7) for p in (0, 66, 99, 100)] == [1, 5, 7, 7]


def test_a_refused_form_says_sum_and_quorum_of_what_was_typed(stage: Stage) -> None:
    """Also where no JavaScript counts."""
    assert stage.pokja
    desk = logged_in(stage.office)
    page = text_of(desk.post(NEW_RULE, filled(desk, quorum_percent=90) | rows_of(("Mutu", 60), ("Harga", 30))))
    assert '<output data-quorum="3">3</output> dari 3 anggota.' in page
    assert "<output data-weight-sum>90</output>" in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (rows_of(("Mutu", 60), ("Harga", 30)), "sekarang 90"),
        (rows_of(), "sedikitnya satu aspek"),
        (rows_of(("Mutu", 60), ("MUTU", 40)), "tertulis dua kali"),
        (rows_of(("Mutu", "")), "Isi bobotnya"),
        (rows_of(("", 100)), "Isi nama aspeknya"),
        (rows_of(("Mutu", 101)), "100"),
        (rows_of(("Mutu", -5)), "1"),
        (rows_of(("Mutu", "banyak")), "angka"),
        ({"basis": ""}, "basis"),
        ({"threshold": 0}, "threshold"),
        ({"threshold": 101}, "threshold"),
        ({"quorum_percent": 101}, "quorum_percent"),
        ({"validity_months": 0}, "validity_months"),
        ({"service_days": 0}, "service_days"),
        ({"remind_days": "dua minggu"}, "dipisahkan koma"),
        ({"remind_days": "999"}, "180 hari"),
        ({"valid_from": "2020-01-01"}, "paling cepat besok"),
    ],
)
def test_a_wrong_rule_comes_back_with_what_was_typed(stage: Stage, changes: dict[str, Any], sentence: str) -> None:
    desk = logged_in(stage.office)
    answer = desk.post(NEW_RULE, filled(desk) | changes)
    assert answer.status_code == 422
    assert sentence in errors_of(answer)
    assert "Jumlah bobot" in text_of(answer)
    assert not VerificationRule.objects.filter(regency=LOMBOK_TENGAH).exists()


def test_the_ministry_writes_the_national_example(stage: Stage) -> None:
    desk = logged_in(stage.ministry)
    assert desk.post(NEW_RULE, filled(desk, threshold=60)).status_code == 302
    assert VerificationRule.objects.get(valid_from=tomorrow()).regency is None


def test_who_has_two_regencies_chooses_and_forges_nothing(stage: Stage) -> None:
    give(stage.office, Role.REGENCY_OFFICE, LOMBOK_BARAT)
    desk = logged_in(fresh(stage.office))
    assert desk.post(NEW_RULE, filled(desk, place="32.73")).status_code == 422
    assert desk.post(NEW_RULE, filled(desk, place=LOMBOK_BARAT)).status_code == 302
    assert VerificationRule.objects.get(valid_from=tomorrow()).regency_id == LOMBOK_BARAT
    assert desk.get(EDIT, {"tempat": "32.73"}).status_code == 404


# --- the matrix ------------------------------------------------------------------------------------------
def grid(desk: Client, **changes: Any) -> dict[str, Any]:
    form = desk.get(EDIT).context["form"]
    data = {name: form[name].value() for name in form.fields}
    return data | {"source": "Perbup 8/2026"} | changes


def cell(key: str, form: LegalForm) -> str:
    return cell_name(DocumentType.objects.get(key=key), form)


def test_saving_the_matrix_writes_only_what_changed(stage: Stage) -> None:
    desk = logged_in(stage.office)
    changes = {cell("foto", LegalForm.PERSON): "required", cell("npwp", LegalForm.NONPROFIT): "off"}
    assert desk.post(EDIT, grid(desk, **changes)).status_code == 302
    rows = DocumentRequirement.objects.filter(regency=LOMBOK_TENGAH)
    assert {(r.type.key, r.legal_form, r.need, r.valid_from, r.source) for r in rows} == {
        ("foto", "person", "required", tomorrow(), "Perbup 8/2026"),
        ("npwp", "nonprofit", "off", tomorrow(), "Perbup 8/2026"),
    }
    asked = {
        r.type.key for r in DocumentRequirement.objects.in_force("nonprofit", regency=LOMBOK_TENGAH, on=tomorrow())
    }
    assert "npwp" not in asked
    assert "npwp" in {r.type.key for r in DocumentRequirement.objects.in_force("nonprofit", regency=LOMBOK_TENGAH)}
    assert "npwp" in {
        r.type.key for r in DocumentRequirement.objects.in_force("nonprofit", regency=LOMBOK_BARAT, on=tomorrow())
    }
    events = Event.objects.filter(about="verification.documentrequirement")
    assert {(e.data["was"], e.data["need"], e.actor) for e in events} == {
        ("optional", "required", stage.office), ("required", "off", stage.office),
    }  # fmt: skip
    assert desk.post(EDIT, grid(desk)).status_code == 302
    assert rows.count() == 2, "nothing was changed, nothing is written"
    page = text_of(desk.get(MATRIX))
    assert "Akan berubah" in page
    assert "NPWP: Lembaga nirlaba" in page


def test_a_change_that_is_set_is_shown_and_may_be_mended_before_it_holds(stage: Stage) -> None:
    desk = logged_in(stage.office)
    name = cell("foto", LegalForm.PERSON)
    later = tomorrow() + 20 * DAY
    desk.post(EDIT, grid(desk, **{name: "required", "valid_from": later.isoformat()}))
    page = desk.get(EDIT)
    assert page.context["form"][name].value() == "required"
    assert page.context["form"]["valid_from"].value() == later
    earlier = desk.post(EDIT, grid(desk, **{name: "off", "valid_from": tomorrow().isoformat()}))
    assert earlier.status_code == 409
    assert "Sudah ada perubahan yang berlaku" in text_of(earlier)
    assert desk.post(EDIT, grid(desk, **{name: "off", "valid_from": later.isoformat()})).status_code == 302
    row = DocumentRequirement.objects.get(regency=LOMBOK_TENGAH)
    assert (row.need, row.valid_from) == ("off", later)


@pytest.mark.parametrize(
    "changes", [{"source": ""}, {"valid_from": "2020-01-01"}, {"ktp--person": "sometimes"}, {"ktp--person": ""}]
)
def test_a_wrong_matrix_comes_back(stage: Stage, changes: dict[str, str]) -> None:
    desk = logged_in(stage.office)
    assert desk.post(EDIT, grid(desk, **changes)).status_code == 422
    assert not DocumentRequirement.objects.filter(regency=LOMBOK_TENGAH).exists()


def test_the_ministry_adds_a_kind_and_nobody_is_asked_for_it_yet(stage: Stage) -> None:
    desk = logged_in(stage.ministry)
    key = desk.get(NEW_KIND).context["form"]["submit_key"].value()
    data = {"label": "Sertifikat SKKNI", "help": "", "each": "expert", "has_expiry": "on", "submit_key": key}
    assert desk.post(NEW_KIND, data).status_code == 302
    kind = DocumentType.objects.get(key="sertifikat-skkni")
    assert (kind.each, kind.has_expiry, kind.personal) == ("expert", True, False)
    assert not kind.requirements.exists()
    again = desk.get(NEW_KIND).context["form"]["submit_key"].value()
    answer = desk.post(NEW_KIND, data | {"submit_key": again, "label": "sertifikat skkni"})
    assert answer.status_code == 409
    assert "sudah ada" in text_of(answer)
    assert logged_in(stage.office).post(NEW_KIND, data).status_code == 403
    with pytest.raises(TransitionRefused):
        DocumentType(label="Lain").add(by=stage.office)
    assert "Sertifikat SKKNI" in text_of(logged_in(stage.office).get(EDIT))


# --- scope and cost ----------------------------------------------------------------------------------------
def test_a_neighbours_rule_is_not_there(stage: Stage) -> None:
    rule = rule_of(stage)
    assert stage.pokja
    seen = {}
    for name in ("office", "member", "ministry", "neighbour_office", "neighbour_member", "head", "province"):
        desk = logged_in(getattr(stage, name))
        page = desk.get(rule.get_absolute_url())
        seen[name] = (page.status_code == 200, "Perbup 7/2026" in text_of(desk.get(RULES)))
    yes, no = (True, True), (False, False)
    assert seen == {
        "office": yes, "member": yes, "ministry": yes, "neighbour_office": no, "neighbour_member": no, "head": no,
        "province": no,
    }  # fmt: skip
    assert logged_in(stage.neighbour_office).get(MATRIX, {"tempat": LOMBOK_TENGAH}).status_code == 404
    assert logged_in(stage.ministry).get(MATRIX, {"tempat": LOMBOK_TENGAH}).status_code == 200


def test_the_pokja_reads_and_writes_nothing(stage: Stage) -> None:
    assert stage.pokja
    desk = logged_in(stage.chair)
    assert {desk.get(url).status_code for url in (RULES, MATRIX)} == {200}
    assert {desk.get(url).status_code for url in (NEW_RULE, EDIT, NEW_KIND)} == {403}
    assert {desk.post(url, {"source": "x"}).status_code for url in (NEW_RULE, EDIT, NEW_KIND)} == {403}
    assert "Ubah syarat" not in text_of(desk.get(MATRIX))


def test_the_list_costs_as_much_with_three_as_with_one(stage: Stage) -> None:
    desk = logged_in(stage.office)

    def queries() -> int:
        desk.get(RULES)
        with CaptureQueriesContext(connection) as caught:
            assert desk.get(RULES).status_code == 200
        return len(caught)

    few = queries()
    rule_of(stage)
    rule_of(stage, since=tomorrow() + DAY)
    assert queries() == few


@pytest.mark.django_db(transaction=True)
def test_two_rules_for_one_day_at_once_leave_one_whole(committed_stage: Stage) -> None:
    stage = committed_stage
    office, colleague = stage.office, stage.colleague

    def write(user: Any, threshold: int) -> None:
        rule = VerificationRule(regency=regency(), basis="x", valid_from=tomorrow(), threshold=threshold)
        rule.enact(by=fresh(user), aspects=TWO)

    results = at_once(lambda: write(office, 60), lambda: write(colleague, 80))
    assert results == [None, None]
    rule = VerificationRule.objects.get(regency=LOMBOK_TENGAH)
    assert rule.aspects.count() == 2
    assert rule.events().count() == 2
