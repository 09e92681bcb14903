"""Pictures and papers for the demo story: drawn, so that nobody's real one is used."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from accounts.models import User
from core.models import StoredFile
from core.uploads import CleanUpload, clean_image

SKY, GROUND, INK = (214, 232, 232), (196, 176, 140), (20, 60, 66)
TONES = [(8, 92, 102), (146, 88, 38), (72, 104, 52), (120, 64, 92), (44, 84, 132), (96, 96, 96)]


def paper(title: str, *, by: User, personal: bool = False) -> StoredFile:
    """A one-page PDF that says what it stands for."""
    page = Image.new("RGB", (620, 877), "white")
    draw = ImageDraw.Draw(page)
    draw.rectangle((40, 40, 580, 837), outline=INK, width=2)
    draw.text((310, 120), "DATA CONTOH", fill=(170, 40, 40), font=ImageFont.load_default(34), anchor="mm")
    draw.multiline_text(
        (310, 300), _wrapped(title), fill=INK, font=ImageFont.load_default(26), anchor="mm", align="center"
    )
    for line in range(420, 760, 34):
        draw.line((90, line, 530, line), fill=(200, 208, 208), width=2)
    out = BytesIO()
    page.save(out, "PDF", resolution=75)
    return StoredFile.objects.store(
        out.getvalue(), name=f"{title} (contoh).pdf", content_type="application/pdf", by=by, personal=personal
    )


def scene(number: int) -> CleanUpload:
    """A drawn landscape, judged like any upload: no two numbers look alike."""
    tone = TONES[number % len(TONES)]
    image = Image.new("RGB", (960, 600), SKY)
    draw = ImageDraw.Draw(image)
    draw.ellipse((720 - 40 * (number % 5), 60, 820 - 40 * (number % 5), 160), fill=(248, 214, 130))
    draw.polygon([(0, 420), (220 + 30 * (number % 4), 190), (520, 420)], fill=tuple(min(255, c + 70) for c in tone))
    draw.polygon([(330, 430), (640, 240 - 15 * (number % 3)), (960, 430)], fill=tuple(min(255, c + 40) for c in tone))
    draw.rectangle((0, 410, 960, 600), fill=GROUND)
    for house in range(2 + number % 3):
        x = 120 + house * 250
        draw.rectangle((x, 430, x + 130, 520), fill=(246, 240, 228))
        draw.polygon([(x - 20, 432), (x + 65, 370), (x + 150, 432)], fill=tone)
    draw.text((480, 565), "DATA CONTOH", fill=(110, 90, 60), font=ImageFont.load_default(26), anchor="mm")
    out = BytesIO()
    image.save(out, "JPEG", quality=85)
    out.seek(0)
    out.size, out.name = out.getbuffer().nbytes, f"contoh-{number}.jpg"  # type: ignore[attr-defined]
    return clean_image(out)  # type: ignore[arg-type]


def photo(number: int, *, by: User) -> StoredFile:
    """A scene, stored."""
    return scene(number).store(by=by)


def _wrapped(text: str, width: int = 30) -> str:
    lines, line = [], ""
    for word in text.split():
        if len(line) + len(word) > width:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return "\n".join([*lines, line])
