"""One style sheet and one script: what is joined, and that it stays small enough for 2G."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from core import bundles


@pytest.mark.parametrize("name", bundles.BUNDLES)
def test_a_bundle_is_found_like_any_static_file(name: str) -> None:
    found = finders.find(name)
    assert found is not None
    assert Path(str(found)).read_text(encoding="utf-8") == bundles.joined(name)


def test_every_component_is_in_the_bundle_once() -> None:
    listed = [path.name for path in bundles.sources("css/site.css")]
    assert listed[:2] == ["tokens.css", "base.css"]
    assert listed[-1] == "print.css"
    assert sorted(listed[2:-1]) == sorted(path.name for path in (bundles.source_dir() / "css/components").glob("*.css"))


@pytest.mark.parametrize(("name", "limit"), [("css/site.css", 14_000), ("js/site.js", 8_000)])
def test_a_bundle_stays_small_over_the_wire(name: str, limit: int) -> None:
    assert len(gzip.compress(bundles.joined(name).encode())) < limit


def test_the_style_sheet_asks_for_nothing_more() -> None:
    text = bundles.joined("css/site.css")
    assert not re.search(r"@import|url\((?!\"data:)|@font-face", text)


def test_a_missing_or_stale_bundle_is_built_again(settings: object, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    built = bundles.build("css/site.css")
    built.write_text("stale", encoding="utf-8")
    assert bundles.build("css/site.css").read_text(encoding="utf-8") == bundles.joined("css/site.css")
    assert [path.name for path in built.parent.iterdir()] == ["site.css"]
