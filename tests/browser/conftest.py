"""One site for each module: with the demo story, or as a new deployment finds it. Django is ready only inside."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.browser.site import Site


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[Site]:
    """The site with the demo story."""
    from django.core.management import call_command

    from tests.areas import load_areas
    from tests.browser.site import opened_site

    def prepare() -> None:
        load_areas()
        call_command("demo", verbosity=0)

    with django_db_blocker.unblock(), opened_site(prepare, demo=True) as site:
        yield site


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Something to upload: a PDF, a scan, photographs."""
    from PIL import Image, ImageDraw

    folder = tmp_path_factory.mktemp("papers")
    made = {}
    for name, kind, size in (("surat", "PDF", (620, 877)), ("pindaian", "JPEG", (620, 877)),
                             ("foto1", "JPEG", (1200, 800)), ("foto2", "JPEG", (1200, 800))):  # fmt: skip
        image = Image.new("RGB", size, (40 * len(made) + 60, 120, 160))
        ImageDraw.Draw(image).ellipse((100, 100, 300 + 50 * len(made), 300), fill=(250, 220, 120))
        out = BytesIO()
        image.save(out, kind)
        made[name] = folder / f"{name}.{'pdf' if kind == 'PDF' else 'jpg'}"
        made[name].write_bytes(out.getvalue())
    return made
