"""The case page under a reviewer's hands: keys, a total that follows, and all of it without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.browser.site import Site, Visitor

pytestmark = pytest.mark.django_db


def case_of(demo: Site, state: str) -> str:
    """The address of the story's case in this state."""
    from verification.models import Application

    code = demo.ask(lambda: Application.objects.filter(state=state).earliest("pk").code)
    return f"/admin/verification/application/{code}/change/"


def verdict(pokja: Visitor) -> Any:
    checked = pokja.page.locator("[data-judge] input[type=radio]:checked")
    return checked.get_attribute("value") if checked.count() else None


def title(pokja: Visitor) -> str:
    return pokja.page.locator("#paper").inner_text()


def test_papers_are_judged_by_keys_and_no_key_counts_while_typing(demo: Site) -> None:
    pokja = demo.visitor("pokja").go(case_of(demo, "submitted"))
    pokja.page.keyboard.press("s")  # nothing is held yet: no form, and no complaint
    pokja.press("Tidak ada hubungan – ambil untuk diperiksa")
    keys, page = pokja.page.keyboard, pokja.page
    first = title(pokja)
    keys.press("s")
    assert verdict(pokja) == "conforming"
    with page.expect_navigation():
        keys.press("Enter")
    assert title(pokja) != first
    with page.expect_navigation():
        keys.press("k")
    assert title(pokja) == first
    with page.expect_navigation():
        keys.press("j")

    keys.press("t")
    assert verdict(pokja) == "not_conforming"
    assert page.evaluate("document.activeElement.name") == "reason_kind"
    page.locator("[data-judge] textarea").focus()
    keys.type("sejak tahun lalu? jelas tidak")
    assert page.locator("[data-judge] textarea").input_value() == "sejak tahun lalu? jelas tidak"
    assert verdict(pokja) == "not_conforming"

    page.locator("#paper").click()  # away from every field
    keys.press("?")
    assert page.locator("[data-keys]").get_attribute("open") is not None
    page.locator("[data-keys-on]").uncheck()
    page.locator("#paper").click()
    keys.press("s")
    assert verdict(pokja) == "not_conforming"
    page.reload()
    keys.press("s")
    assert verdict(pokja) is None  # switched off stays so, in this browser
    assert pokja.complaints == []


def test_the_weighted_total_follows_what_is_typed(demo: Site) -> None:
    pokja = demo.visitor("pokja").go(case_of(demo, "scoring"))
    for field in pokja.page.locator("[data-weight]").all():
        field.fill("70")
    total = pokja.page.locator("[data-points-total] output")
    assert total.inner_text() == "70"
    pokja.page.locator("[data-weight]").first.fill("101")
    assert total.inner_text() == "–"


def test_a_case_is_judged_without_javascript(demo: Site) -> None:
    pokja = demo.visitor("pokja", javascript=False).go(case_of(demo, "checking"))
    before = title(pokja)
    pokja.page.get_by_label("Sesuai", exact=True).check()
    pokja.page.get_by_role("button", name="Simpan dan lanjut").click()
    assert title(pokja) != before
    assert pokja.page.locator("[data-keys-on]").is_hidden()
