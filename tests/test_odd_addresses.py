"""No address of the public ends in a 500, whatever stands in it.

The addresses come from the URL configuration: a public view that has no example here is red, and so is a parameter
that a public view's module reads and nobody tries. Each is asked with a corpus of odd values in its path, in each of
its parameters, and with odd queries as a whole. Allowed are a page, a redirect, "not found" and "cannot be read".
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.cast import Story
from tests.test_architecture import PUBLIC_VIEWS, ROOT

pytestmark = pytest.mark.django_db
FINE = {200, 301, 302, 304, 400, 404, 405, 413}  # 413: more parameters than any page of ours has

# What stands in the place of each part of a path.
EXAMPLES: dict[str, Callable[[Story], list[Any]]] = {
    "area": lambda s: ["52.02.04"],
    "check": lambda s: ["2345678923"],
    "directory-edition": lambda s: ["2345678923"],
    "file": lambda s: [s.service("Pelatihan pengelolaan BUM Desa").photos.first().file.code if s.service("Pelatihan pengelolaan BUM Desa").photos.exists() else "2345678923"],
    "provider": lambda s: [s.application("penyedia").provider.code],
    "provider-status": lambda s: [s.application("penyedia").provider.code],
    "purchase": lambda s: [s.contract(s.closed).code],
    "regency-directory": lambda s: ["52.02"],
    "service": lambda s: [s.service("Pelatihan pengelolaan BUM Desa").code],
    "service-kak": lambda s: [s.service("Pelatihan pengelolaan BUM Desa").code],
    "service-print": lambda s: [s.service("Pelatihan pengelolaan BUM Desa").code],
    "service-questions": lambda s: [s.service("Pelatihan pengelolaan BUM Desa").code],
    "service-version": lambda s: [s.service("Pelatihan pengelolaan BUM Desa").code, 1],
    "tender": lambda s: [s.tendered.code],
    "sitemap-part": lambda s: ["layanan", 1],
}  # fmt: skip

VALUES = [
    "", " ", "\0", "%00", "a" * 5000, "-1", "0", "1", "99999999999999999999999999", "9" * 5000, "NaN", "Infinity", "-Infinity", "1e999",
    "0x10", "1_000", "1,5", "' OR 1=1 --", "'; DROP TABLE catalog_service; --", "1) UNION SELECT version() --", "\\", "\\u0000",
    "%", "_", "%25", "%2500", "%c0%80", "<script>alert(1)</script>", "{{ 7*7 }}", "${7*7}", "{% load x %}", "../../etc/passwd",
    "..%2f..%2fetc", "file:///etc/passwd", "http://jahat.example", "//jahat.example", "null", "None", "true", "[]", "{}", '{"a":1}',
    "١٢٣", "１２", "\u202e", "\u200b", "\ufeff", "\u0000", "😀", "👨‍👩‍👧", "مرحبا", "А", "аbс", "é", "e\u0301", "ﬀ", "İ", "ß",
    "52.02.", ".52", "52.99", "99", "52.02.04.2009", "52-02", "provider__user__password", "-price", "price,-price", "?", "pk", "id",
    "a & b | !c", "a:*", "((((", "!!", "<->", "\ud7ff", "\r\nX: y", "\t", "~", "~~~", "9~9", "99999999999999999~ABC", "~ABC", "2026-99",
    "2026-05", "0000-00-00", "@1", "ABCDEFGHJK@1", "ABCDEFGHJK@99999999999", "csv", "json",
]  # fmt: skip
NASTY = ["", "\0", "a" * 5000, "9" * 5000, "-1", "NaN", "' OR 1=1 --", "provider__user__password", "٣", "😀", "\u202e", "a:* & !b", "~", "52.99", "99999999999999999~ABC"]  # fmt: skip
# Addresses that are asked for something: these get every value, the others the nastiest.
READING = {
    "area-list", "area-search", "compare", "directory", "directory-csv", "directory-json", "provider", "purchases", "regency-directory",
    "service", "service-questions", "service-suggest", "services", "services-csv", "services-json", "tenders",
}  # fmt: skip
# These are asked one parameter at a time, too.
ALONE_AT = {"services", "directory", "compare", "purchases"}
ALONE = ["9" * 5000, "NaN", "a:* & !b", "99999999999999999~ABC"]
# Asked of every address, besides what its module is seen to read.
ALWAYS = {
    "q",
    "urut",
    "sesudah",
    "sebelum",
    "hal",
    "wilayah",
    "wilayah_province",
    "_pick",
    "kategori",
    "next",
    "tidak_dikenal",
}
QUERIES = {
    "arrays": "q[]=1&q[a][b]=2&urut[]=x&wilayah[]=52",
    "a thousand parameters": "&".join(f"p{number}=1" for number in range(1_000)),
    "more than Django takes": "&".join(f"p{number}=1" for number in range(1_500)),
    "one parameter many times": "&".join("q=a&urut=terbaru&wilayah=52.02&kategori=x" for _ in range(100)),
    "twice": "urut=termurah&urut=provider__user__password&sesudah=1~A&sesudah=x",
    "both ways": "sesudah=1~AB&sebelum=2~CD",
    "no values": "q&urut&&&=&=a&wilayah",
    "bad percent": "q=%&urut=%zz&wilayah=%e2%82",
    "NUL": "q=%00",
    "NUL in a name": "%00=1",
    "not UTF-8": "q=%ff%fe&urut=%c3%28",
    "half a pair": "q=%ed%a0%80",
    "overlong": "q=%c0%80",
    "semicolons": "q=a;urut=b;wilayah=52.02",
    "plus and space": "q=+++&kategori=%20%20",
    "long name": f"{'n' * 3000}=1",
    "long": f"q={'kata+' * 3000}",
    "look-alike names": "ｑ=1&q\u200b=2&URUT=x".encode().decode("latin-1"),
}


# --- which addresses there are --------------------------------------------------------------------------------
def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace != "admin":
                yield from patterns(entry)
        else:
            yield entry


def plain(view: Any) -> Any:
    return inspect.unwrap(getattr(view, "view_class", view))


def of_ours(view: Any) -> str:
    """catalog/views/public.py:service_list; empty for other people's."""
    module = getattr(plain(view), "__module__", "")
    path = ROOT / (module.replace(".", "/") + ".py")
    return f"{path.relative_to(ROOT)}:{plain(view).__name__}" if path.exists() else ""


def public() -> list[URLPattern]:
    """What anybody may ask for: ours by the reviewed list, and the pages for logging in."""
    found = []
    for pattern in patterns(get_resolver()):
        others = not of_ours(pattern.callback) and not getattr(pattern.callback, "login_required", True)
        if of_ours(pattern.callback) in PUBLIC_VIEWS or others:
            found.append(pattern)
    return found


NAMES = sorted({str(pattern.name) for pattern in public() if pattern.name})
# Pages for logging in whose path holds a key: nobody can know one, so they are tried by odd parts of a path alone.
KEYED = {each.name for each in public() if each.pattern.converters and str(each.name).startswith(("account_", "mfa_"))}
ASKED = [name for name in NAMES if name not in KEYED]


def parameters() -> set[str]:
    """Every name that the public views' modules read from a query, as far as the text shows it."""
    found: set[str] = set(ALWAYS)
    for name in {row.partition(":")[0] for row in PUBLIC_VIEWS} | {"catalog/lists/paging.py"}:
        found |= set(re.findall(r"""GET(?:\.get|\.getlist)?[(\[]["']([\w\[\]-]+)["']""", (ROOT / name).read_text()))
    return found | form_fields()


def form_fields() -> set[str]:
    """Fields of the forms and filters by which public lists are asked."""
    found = set()
    for path in (ROOT / app for app in ("catalog", "regions", "core", "transactions/forms/purchase.py")):
        for file in path.rglob("*.py") if path.is_dir() else [path]:
            if not re.search("filter|views|forms|lists", str(file.relative_to(ROOT))):
                continue
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.ClassDef) and re.search(r"Filter|List|Form$", node.name):
                    found |= {target.id for row in node.body if isinstance(row, ast.Assign) and isinstance(row.value, ast.Call) for target in row.targets if isinstance(target, ast.Name) and not target.id.isupper()}  # fmt: skip
    return found


def arguments(name: str, story: Story) -> list[Any]:
    return EXAMPLES[name](story) if name in EXAMPLES else []


def test_every_public_address_is_tried() -> None:
    missing = set()
    for pattern in public():
        if pattern.name and pattern.pattern.converters and pattern.name not in EXAMPLES and not pattern.name.startswith(("account_", "mfa_")):  # fmt: skip
            missing.add(pattern.name)
    assert missing == set(), "public addresses with a part that has no example in EXAMPLES"
    tried = {of_ours(pattern.callback) for pattern in public()} - {""}
    unreached = {
        view for view in PUBLIC_VIEWS - tried if not view.startswith(("p2ktd/bench/", "accounts/admin_site.py"))
    }
    assert unreached == set(), "public views without an address"


def test_the_parameters_are_found() -> None:
    """The control of the search for parameters: what the lists are known to take is among them."""
    assert {"q", "urut", "sesudah", "hal", "harga_min", "bentuk", "berlaku", "nilai", "layanan"} <= parameters() | {
        "layanan"
    }
    assert "harga_min" in form_fields() and "berlaku" in form_fields()


# --- asking ------------------------------------------------------------------------------------------------------
@pytest.fixture
def visitor(story: Story, db: None) -> Client:
    client = Client()
    client.raise_request_exception = False
    return client


def ask(client: Client, path: str, query: str = "") -> int:
    """The status, with the whole of a stream read. That the outbox waits is no fault of an address."""
    response = client.get(path, QUERY_STRING=query)
    if response.streaming:
        b"".join(response.streaming_content)
    return 200 if path == "/readyz" and response.status_code == 503 else response.status_code


def encoded(value: str) -> str:
    return quote(value.encode("utf-8", "surrogatepass"), safe="")


@pytest.mark.parametrize("name", ASKED)
def test_no_value_in_all_parameters_at_once(name: str, story: Story, visitor: Client) -> None:
    path = reverse(name, args=arguments(name, story))
    names = sorted(parameters())
    odd = {}
    for value in VALUES if name in READING else NASTY:
        status = ask(visitor, path, "&".join(f"{key}={encoded(value)}" for key in names))
        if status not in FINE:
            odd[value[:30]] = status
    assert odd == {}


@pytest.mark.parametrize("name", ASKED)
def test_no_parameter_alone_and_no_odd_query(name: str, story: Story, visitor: Client) -> None:
    """What is judged only where the rest is in order."""
    path = reverse(name, args=arguments(name, story))
    read = parameters() if name in ALONE_AT else set()
    odd = {}
    for key in sorted(read):
        for value in ALONE:
            status = ask(visitor, path, f"{key}={encoded(value)}")
            if status not in FINE:
                odd[key, value[:30]] = status
    for title, query in QUERIES.items():
        status = ask(visitor, path, query)
        if status not in FINE:
            odd["query", title] = status
    assert odd == {}


ODD_PARTS = [value for value in VALUES if value.strip() and "/" not in value][::3] + NASTY[1:] + ["a" * 20_000, "😀" * 500, "%2e%2e", ".", "..", "-", "robots.txt"]  # fmt: skip


def test_no_odd_part_of_a_path(story: Story, visitor: Client) -> None:
    """Every place of every public path, and the root's, filled with each odd value, encoded and as it is."""
    odd: dict[tuple[str, str], int] = {}
    routes = {re.sub(r"<[^>]*>", "{}", str(pattern.pattern)) for pattern in public()} | {"{}", "{}/", "layanan/{}/{}/"}
    for route in sorted(route for route in routes if "{}" in route):
        for value in ODD_PARTS:
            for written in {encoded(value), value if value in NASTY else ""} - {""}:
                path = "/" + route.format(*[written] * route.count("{}"))
                try:
                    status = ask(visitor, path)
                except ValueError:  # the test client's own refusal of an address
                    continue
                if status not in FINE:
                    odd[route, value[:30]] = status
    assert odd == {}


@pytest.mark.parametrize("raw", [b"/layanan/\xff\xfe/", b"/layanan/\xc0\x80/", b"/\xed\xa0\x80", b"/layanan/\0/", b"//", b"/layanan//", b"/./layanan/", b"/;/", b"/%"])  # fmt: skip
def test_no_bytes_in_the_path_as_a_server_hands_them_on(story: Story, visitor: Client, raw: bytes) -> None:
    response = visitor.generic("GET", "/", PATH_INFO=raw.decode("latin-1"))
    assert response.status_code in FINE


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD", "LAYANAN"])
def test_no_method_on_any_address(story: Story, visitor: Client, method: str) -> None:
    """A stranger's POST is refused before it is read."""
    odd = {}
    for name in NAMES:
        if name.startswith(("account_", "mfa_")):
            continue
        response = visitor.generic(
            method, reverse(name, args=arguments(name, story)), b"q=%00&a[]=1", "application/x-www-form-urlencoded"
        )
        if response.status_code not in FINE | {403, 411} and name != "readyz":
            odd[name] = response.status_code
    assert odd == {}


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_ACCEPT_LANGUAGE": "x" * 5000}, {"HTTP_ACCEPT_ENCODING": "gzip;q=NaN, br;q=-1"}, {"HTTP_COOKIE": "sessionid=%00; csrftoken=" + "a" * 4000},
        {"HTTP_IF_NONE_MATCH": '"' * 500}, {"HTTP_IF_MODIFIED_SINCE": "Kamis, 99 Mei 99999"}, {"HTTP_RANGE": "bytes=0-,-1"}, {"HTTP_REFERER": "\x00"},
        {"HTTP_USER_AGENT": "\ufffd" * 2000}, {"HTTP_X_FORWARDED_FOR": "' OR 1=1"}, {"HTTP_PURPOSE": "prefetch" * 500}, {"CONTENT_TYPE": "a/b; charset=tidak-ada"},
    ],
)  # fmt: skip
def test_no_header_breaks_a_page(story: Story, visitor: Client, headers: dict[str, str]) -> None:
    odd = {}
    for name in NAMES:
        if name.startswith("mfa_") or name in KEYED:
            continue
        response = visitor.get(reverse(name, args=arguments(name, story)), **headers)
        if response.status_code not in FINE and name != "readyz":
            odd[name] = response.status_code
    assert odd == {}
