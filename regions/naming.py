"""How areas are named and how names are compared. Pure text; no database."""

import re
import unicodedata


def plain(text: str) -> str:
    """Text as it is compared in searches: lower case, no accents, words parted by one space.

    Apostrophes join (Bu Nuapu'u is found by "nuapuu"), other marks part.
    """
    bare = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode("ascii")
    return " ".join(re.sub(r"[^a-z0-9]+", " ", bare.replace("'", "").replace("`", "")).split())


def label_of(title: str, name: str) -> str:
    """Title and name, without saying a word twice: Desa Kuta, Gampong Blang, Kabupaten Lombok Tengah."""
    if not title or name.startswith(title + " "):
        return name
    return f"{title} {name}"
