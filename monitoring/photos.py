"""Photos for a paper that must stay under 4 MB: half a page wide needs no more than a thousand pixels."""

from io import BytesIO

from PIL import Image

from core.uploads import CleanUpload

SIDE = 1000
QUALITY = 72


def small(photo: CleanUpload) -> CleanUpload:
    """The photo, already judged and written anew by `core.uploads`, as a JPEG of some 150 KB."""
    with Image.open(BytesIO(photo.content), formats=["JPEG", "PNG"]) as opened:
        picture = opened.convert("RGBA") if opened.mode != "RGB" else opened.copy()
    if picture.mode == "RGBA":
        white = Image.new("RGB", picture.size, "white")
        white.paste(picture, mask=picture.getchannel("A"))
        picture = white
    picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    out = BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=False)
    name = photo.name.rsplit(".", 1)[0] + ".jpg"
    return CleanUpload(out.getvalue(), "image/jpeg", name, width=picture.width, height=picture.height)
