"""What is unusual is not forbidden: it wants a reason, and the reason stays in the event."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from core.forms import CAUTION, reasons_in
from core.models import Event
from core.workflow import Caution, Unconfirmed
from tests.cast import Story
from transactions.models import Need

pytestmark = pytest.mark.django_db

ODD = Caution("odd", "Ini tidak biasa.")
RARE = Caution("rare", "Ini juga <b>jarang</b>.")


@pytest.fixture
def unusual(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cancelling a need has two cautions; nothing else has."""
    monkeypatch.setattr(Need, "cautions", lambda self, verb, user: [ODD, RARE] if verb == "cancel" else [])


def the_need(story: Story) -> Need:
    return story.need("Peta potensi desa")


@pytest.mark.parametrize("reasons", [{}, {"odd": "Karena."}, {"odd": "Karena.", "rare": "  "}, {"other": "Karena."}])
def test_a_move_waits_for_a_reason_to_each_caution(story: Story, unusual: None, reasons: dict[str, str]) -> None:
    need, before = the_need(story), Event.objects.count()
    need.give_reasons(reasons)
    with pytest.raises(Unconfirmed) as waiting:
        need.cancel(by=story.user("kades"), reason="Tidak jadi.")
    lacking = [each for each in (ODD, RARE) if not reasons.get(each.kind, "").strip()]
    assert waiting.value.cautions == lacking
    assert waiting.value.reason == " ".join(
        ["Tuliskan alasan untuk setiap peringatan.", *(each.sentence for each in lacking)]
    )
    need.refresh_from_db()
    assert (need.state, Event.objects.count()) == ("budgeted", before)


def test_the_reasons_stay_in_the_event(story: Story, unusual: None) -> None:
    need = the_need(story)
    need.give_reasons({"odd": " Karena begitu. ", "rare": "Sekali ini.", "other": "Tidak ditanya."})
    need.cancel(by=story.user("kades"), reason="Tidak jadi.")
    event = need.events().last()
    assert event is not None
    assert event.data["cautions"] == [
        {"kind": "odd", "sentence": "Ini tidak biasa.", "reason": "Karena begitu."},
        {"kind": "rare", "sentence": "Ini juga <b>jarang</b>.", "reason": "Sekali ini."},
    ]


def test_a_reason_is_for_one_move(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was said of one step does not count for the next one with the same object."""
    monkeypatch.setattr(Need, "cautions", lambda self, verb, user: [ODD])
    need, keeper = the_need(story), story.user("pka")
    need.give_reasons({"odd": "Karena."})
    version = story.service("Pelatihan pengelolaan BUM Desa").current_version
    entry = need.shortlist(by=keeper, version=version)
    with pytest.raises(Unconfirmed):
        need.unlist(by=keeper, entry=entry)


def test_a_birth_waits_too(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Need, "cautions", lambda self, verb, user: [ODD] if verb == "create" else [])
    old = the_need(story)
    new = Need(
        village=old.village, title="Kebutuhan baru", category=old.category, problem="Masalah.", estimate=1_000_000,
        why_provider="Belum ada ahlinya.",
    )  # fmt: skip
    with pytest.raises(Unconfirmed):
        new.identify(by=story.user("operator"))
    assert not Need.objects.filter(title="Kebutuhan baru").exists()
    new.give_reasons({"odd": "Karena."})
    new.identify(by=story.user("operator"))
    event = new.events().get()
    assert (event.verb, event.data["estimate"]) == ("create", 1_000_000)
    assert [noted["reason"] for noted in event.data["cautions"]] == ["Karena."]


def test_an_ordinary_move_notes_nothing(story: Story) -> None:
    need = the_need(story)
    need.give_reasons({"odd": "Tidak ditanya."})
    need.cancel(by=story.user("kades"), reason="Tidak jadi.")
    assert "cautions" not in need.events().last().data


# --- the page -------------------------------------------------------------------------------------------------
def address(need: Need) -> str:
    return need.move_url("cancel")


def post(story: Story, need: Need, **data: Any) -> Any:
    return story.client("kades").post(address(need), data)


def test_the_page_asks_before_it_is_sent(story: Story, unusual: None) -> None:
    body = story.client("kades").get(address(the_need(story))).content.decode()
    assert "Peringatan yang perlu alasan" in body
    assert body.count(f'name="{CAUTION}odd"') == body.count(f'name="{CAUTION}rare"') == 1
    assert "Ini tidak biasa." in body
    assert "Ini juga &lt;b&gt;jarang&lt;/b&gt;." in body  # a name in the sentence is text, never markup
    assert "Langkah ini dapat dilanjutkan" not in body


def test_who_may_not_move_is_not_asked(story: Story, unusual: None) -> None:
    answer = story.client("operator").get(address(the_need(story)))
    assert answer.status_code == 403
    assert CAUTION not in answer.content.decode()


def test_sent_without_reasons_it_comes_back_with_what_was_typed(story: Story, unusual: None) -> None:
    need = the_need(story)
    answer = post(story, need, reason="Sudah ditangani.", **{f"{CAUTION}odd": "Sebab ini."})
    body = answer.content.decode()
    assert answer.status_code == 422
    assert "Sudah ditangani." in body
    assert "Sebab ini." in body
    assert "Langkah ini dapat dilanjutkan setelah alasannya ditulis." in body
    need.refresh_from_db()
    assert need.state == "budgeted"


def test_sent_with_reasons_it_is_made(story: Story, unusual: None) -> None:
    need = the_need(story)
    answer = post(
        story, need, reason="Sudah ditangani.", **{f"{CAUTION}odd": "Sebab ini.", f"{CAUTION}rare": "Sebab itu."}
    )
    assert (answer.status_code, answer["Location"]) == (302, reverse("order", args=[need.code]))
    noted = need.events().last().data["cautions"]
    assert [each["reason"] for each in noted] == ["Sebab ini.", "Sebab itu."]


def test_a_caution_found_in_the_arguments_is_asked_as_well(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """Known only once the form is sent: the page shows it then, beside those known before."""
    real = Need.cancel

    def cancel(self: Need, *, by: Any, reason: str) -> None:
        self.note_cautions([ODD] if "murah" in reason else [], {})
        real(self, by=by, reason=reason)

    monkeypatch.setattr(Need, "cancel", cancel)
    need = the_need(story)
    assert CAUTION not in story.client("kades").get(address(need)).content.decode()
    answer = post(story, need, reason="Ada yang lebih murah.")
    assert answer.status_code == 422
    assert f'name="{CAUTION}odd"' in answer.content.decode()
    assert post(story, need, reason="Ada yang lebih murah.", **{f"{CAUTION}odd": "Ya."}).status_code == 302


def test_reasons_are_cut_and_cleaned() -> None:
    data = {f"{CAUTION}odd": "x" * 2000 + "\0", f"{CAUTION}rare": "a\0b", "reason": "y"}
    assert reasons_in(data) == {"odd": "x" * 1000, "rare": "ab"}


def test_no_document_has_a_verb_of_the_machinerys_names() -> None:
    """Once the reasons were handed over by `confirm`, which an application has as a verb: no page could move one."""
    from django.apps import apps

    from core.models import Document

    kinds = [kind for kind in apps.get_models() if issubclass(kind, Document)]
    assert len(kinds) > 10
    for kind in kinds:
        for name in ("give_reasons", "note_cautions", "confirmed"):
            assert getattr(kind, name) is getattr(Document, name), (kind, name)
            assert name not in kind.MOVES
