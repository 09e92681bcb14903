"""The renderer alone: what it may load, what it may cost, what the PDF says of itself."""

import base64
import contextlib
import http.server
import io
import os
import threading
import time

import pytest
from pypdf import PdfReader

from core import pdf
from core.pdf import Asset, Limits, RenderError, make_pdf
from tests.core import files

PAGE = '<!DOCTYPE html><html lang="id"><head><title>Judul</title>{head}</head><body>{body}</body></html>'


def page(body="<p>Isi</p>", head=""):
    return PAGE.format(body=body, head=head)


def text_of(content):
    return "\n".join(each.extract_text() for each in PdfReader(io.BytesIO(content)).pages)


@pytest.fixture(scope="module")
def web():
    """A server of ours that must never be asked."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()


LOADS = [
    '<img src="{}" alt="x">',
    '<link rel="stylesheet" href="{}">',
    '<style>@import url("{}");</style>',
    '<style>body {{ background: url("{}") }}</style>',
    '<style>@font-face {{ font-family: x; src: url("{}") }} p {{ font-family: x }}</style><p>x</p>',
    '<style>li {{ list-style-image: url("{}") }}</style><ul><li>x</li></ul>',
    '<style>p::before {{ content: url("{}") }}</style><p>x</p>',
    '<embed src="{}">',
    '<object data="{}"></object>',
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><title>x</title><image href="{}" width="9" height="9"/></svg>',
    '<link rel="attachment" href="{}">',
    '<a rel="attachment" href="{}">x</a>',
]


@pytest.mark.parametrize("how", LOADS, ids=range(len(LOADS)))
@pytest.mark.parametrize(
    "what", ["file:///etc/passwd", "{web}/x", "asset:../settings.py", "asset:gambar/lain", "ftp://x/"]
)
def test_a_page_loads_nothing_but_what_it_was_given(how, what, web):
    address, asked = web
    html = page(how.format(what.format(web=address)))
    if "attachment" in how or how.startswith("<object"):  # not followed at all, or refused
        with contextlib.suppress(RenderError):
            content, _ = make_pdf(html, {})
            assert b"/EmbeddedFile" not in content
    else:
        with pytest.raises(RenderError, match=r"not allowed|Failed to render SVG"):
            make_pdf(html, {})
    assert asked == []


def test_a_picture_inside_a_drawn_picture_is_not_loaded_either():
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd" width="9" height="9"/></svg>'
    source = "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
    with pytest.raises(RenderError, match="Failed to render SVG image"):
        make_pdf(page(f'<img src="{source}" alt="x">'), {})


def test_a_picture_without_words_for_the_ear_is_refused():
    with pytest.raises(RenderError, match="alt description"):
        make_pdf(page('<img src="asset:a">'), {"a": Asset(files.jpeg(), "image/jpeg")})


def test_given_assets_and_drawn_pictures_are_used():
    assets = {
        "css/a.css": Asset(b"p::after { content: ' dari gaya' }", "text/css"),
        "gambar/A": Asset(files.jpeg(), "image/jpeg"),
    }
    html = page(
        '<p>Isi</p><img src="asset:gambar/A" alt="Foto lokasi">', '<link rel="stylesheet" href="asset:css/a.css">'
    )
    content, pages = make_pdf(html, assets)
    assert pages == 1
    assert "Isi dari gaya" in text_of(content)
    assert len(PdfReader(io.BytesIO(content)).pages[0].images) == 1


def test_a_word_longer_than_its_column_leaves_the_amount_on_the_paper():
    row = "<tr><td>{}</td><td>kunjungan</td><td>Rp214.000.000</td></tr>"
    content, _ = make_pdf(page("<table>{}</table>".format(row.format("x&amp;" * 100))), {})
    paper, ends = PdfReader(io.BytesIO(content)).pages[0], {}
    paper.extract_text(visitor_text=lambda text, cm, tm, *_: ends.update({text.strip(): cm[0] * tm[4] + cm[4]}))
    assert 0 < ends["Rp214.000.000"] < float(paper.mediabox.width) - 60
    assert "x&" * 100 in "".join(paper.extract_text().split())


def test_ordinary_words_and_the_style_stay_whole():
    style = "<style>.a-selector-that-is-rather-long-indeed { color: red }</style>"
    cell = (
        '<table><tr><td class="pertanggungjawaban-penyelenggaraan">pertanggungjawaban &amp; kunjungan</td></tr></table>'
    )
    html = page(f"<p>{'a1' * 32}</p>{cell}", style)
    assert pdf.breakable(html) == html


def test_too_many_pages_are_refused():
    with pytest.raises(RenderError, match="4 pages, at most 3"):
        make_pdf(page('<p style="break-after: page">x</p>' * 3 + "<p>x</p>"), {}, limits=Limits(pages=3))


def test_a_page_that_takes_too_long_is_stopped():
    started = time.monotonic()
    with pytest.raises(RenderError, match="over its limits"):
        make_pdf(page("<table>" + "<tr><td>x</td></tr>" * 100_000 + "</table>"), {}, limits=Limits(seconds=2))
    assert time.monotonic() - started < 10


def test_a_page_that_eats_memory_takes_only_the_child_with_it():
    with pytest.raises(RenderError):
        make_pdf(page("<p>x</p>" * 100_000), {}, limits=Limits(memory=60_000_000))
    assert make_pdf(page(), {})[1] == 1


def test_a_child_that_dies_is_an_error(monkeypatch):
    monkeypatch.setattr(pdf, "render", lambda *args: os.kill(os.getpid(), 9))
    with pytest.raises(RenderError, match="died"):
        make_pdf(page(), {})


def test_no_child_is_left_behind():
    make_pdf(page(), {})
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_the_renderer_is_not_loaded_by_importing_core_documents():
    import subprocess
    import sys

    code = (
        "import django, sys; django.setup(); import core.documents, core.document_views, core.templatetags.paper;"
        "sys.exit('weasyprint' in sys.modules or 'pikepdf' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=os.getcwd()).returncode == 0
