"""What the first load of a list brings over a weak line: at most eight requests and 100 KB, with twenty photos on it."""

from __future__ import annotations

import gzip
import re
from io import BytesIO

import pytest
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from core.uploads import clean_image
from tests.catalog import stage
from tests.catalog.stage import Firm

pytestmark = pytest.mark.django_db
LIST = "/layanan/"


def busy_photo(number: int) -> SimpleUploadedFile:
    """As hard to pack as a picture of leaves and gravel: a field of many tones, not one colour."""
    small = Image.effect_noise((200, 150), 60 + number).convert("RGB").resize((1600, 1200))
    out = BytesIO()
    small.save(out, "JPEG", quality=90)
    return SimpleUploadedFile(f"foto{number}.jpg", out.getvalue(), "image/jpeg")


def test_a_list_of_twenty_cards_with_photos_is_light(client: Client, rinjani: Firm) -> None:
    photos = [clean_image(busy_photo(number)) for number in range(3)]
    for number in range(20):
        service = stage.service(rinjani, f"Pelatihan kader nomor {number}")
        service.take_rating(40)
        service.add_photo(by=rinjani.person, photo=photos[number % 3], caption="Foto")
    page = client.get(LIST, headers={"Accept-Encoding": "gzip"})
    assert page["Content-Encoding"] == "gzip"
    text = gzip.decompress(page.content).decode()
    assert text.count('class="card offer offer--photo"') == 20

    shown = re.sub("<noscript>.*?</noscript>", "", text)  # what waits comes when the reader goes there
    first = re.findall(r'<img class="offer__photo" src="([^"]+)"', shown)
    assets = set(re.findall(r'(?:href|src)="/static/([^"]+)"', shown))
    thumbs = [len(b"".join(client.get(address))) for address in first]
    assert len(first) == 3
    assert max(thumbs) <= 12 * 1024
    packed = [len(gzip.compress(_asset(name), 6)) for name in assets]
    requests = 1 + len(assets) + len(thumbs)
    assert requests <= 8, (assets, first)
    assert len(page.content) + sum(packed) + sum(thumbs) <= 100 * 1024


def test_a_page_of_the_list_alone_fits_into_a_few_round_trips(client: Client, rinjani: Firm) -> None:
    for number in range(20):
        stage.service(rinjani, f"Pelatihan kader nomor {number}")
    assert len(client.get(LIST, headers={"Accept-Encoding": "gzip"}).content) <= 9 * 1024


def _asset(name: str) -> bytes:
    """As served: a file of ours, or the bundle that stands for several."""
    from core.bundles import BundleFinder

    found = finders.find(name)
    if found:
        with open(found, "rb") as file:
            return file.read()
    for path, storage in BundleFinder().list([]):
        if path == name:
            with storage.open(path) as file:
                return file.read()
    raise AssertionError(f"nothing serves {name}")
