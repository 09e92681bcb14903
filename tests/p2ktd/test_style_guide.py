"""/gaya/ and the error pages: every component draws, without anything that the policy forbids."""

import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.test import Client, RequestFactory

TEMPLATES = Path(settings.BASE_DIR) / "templates"
ERRORS = ("400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html")


@pytest.mark.django_db
def test_the_style_guide_needs_no_row_and_shows_every_part(client: Client) -> None:
    response = client.get("/gaya/")
    assert response.status_code == 200
    html = response.content.decode()
    for name in ("btn", "chip", "turn", "alert", "field", "error-summary", "card", "table--stack", "timeline", "empty"):
        assert re.search(rf'class="[^"]*\b{name}\b', html), name
    assert not re.search(r'\sstyle="|\son\w+="', html)
    assert not re.search(r"<style|<script(?![^>]*\bsrc=)", html)


@pytest.mark.django_db
def test_a_page_asks_for_few_files(client: Client) -> None:
    html = client.get("/gaya/").content.decode()
    asked = re.findall(r'<(?:link|script|img)[^>]*(?:href|src)="(/[^"]+)"', html)
    assert len(asked) == 3  # icon, style, script


@pytest.mark.parametrize("name", ERRORS)
def test_error_pages_need_neither_a_request_nor_a_database(name: str) -> None:
    html = get_template(name).render()
    assert "<h1>" in html
    assert 'lang="id"' in html


@pytest.mark.django_db
def test_an_error_page_with_a_request_offers_a_way_on(client: Client) -> None:
    response = client.get("/tidak-ada-sama-sekali/")
    assert response.status_code in (302, 404)  # the login page stands before what does not exist
    html = get_template("404.html").render({}, RequestFactory().get("/x/"))
    assert "Halaman tidak ditemukan" in html


def test_no_template_carries_style_or_script_of_its_own() -> None:
    """The policy would refuse them, so a page would silently look broken. Printed papers have their own rules."""
    wrong = []
    for path in TEMPLATES.rglob("*.html"):
        if path.relative_to(TEMPLATES).parts[0] == "print" or path.name.startswith("print_"):
            continue
        text = path.read_text(encoding="utf-8")
        if re.search(r'\sstyle="|<style|\son[a-z]+="|<script(?![^>]*\bsrc=)(?![^>]*application/json)', text):
            wrong.append(str(path.relative_to(TEMPLATES)))
    assert wrong == []


def test_the_compiled_sentences_are_those_of_the_source() -> None:
    """The `.mo` is committed, since a fresh machine has no gettext; it must say what the `.po` says."""
    folder = Path(settings.BASE_DIR) / "p2ktd" / "locale" / "id" / "LC_MESSAGES"
    with (folder / "django.mo").open("rb") as compiled:
        catalog = gettext.GNUTranslations(compiled)
    source = (folder / "django.po").read_text(encoding="utf-8")
    pairs = re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', source, re.MULTILINE)
    assert len(pairs) > 50
    assert [said for said, meant in pairs if catalog.gettext(said) != meant] == []


@pytest.mark.django_db
def test_the_public_learns_what_this_is(client: Client) -> None:
    response = client.get("/tentang/")
    assert response.status_code == 200
    assert "tidak menerima, menahan, atau meneruskan pembayaran" in response.content.decode()
