"""A service on one sheet of A4: what is too long for it is cut, and the page's address says where the rest is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

# Characters and rows that fit together with the longest title, summary and facts; tests print the worst case.
DESCRIPTION: Final = 700
REQUIREMENTS: Final = 260
LINE: Final = 105
ROWS: Final = 6
ATTRIBUTES: Final = 6
AREAS: Final = 4
ANSWER: Final = 70


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed; `more` when something had to be left out."""

    title: str
    summary: str
    deliverables: list[str]
    description: str
    requirements: list[str]
    attributes: list[tuple[str, str]]
    areas: str
    more: bool


def shortened(text: str, most: int) -> str:
    """At most so many characters, ending at a word."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    head = text[: most - 2]
    return (head[: head.rfind(" ")] if " " in head[most // 2 :] else head).rstrip(" ,.;:") + " …"


def cut(content: dict[str, Any]) -> Sheet:
    """Fit a version's content to the sheet."""
    delivered, less = rows(content["deliverables"], ROWS, LINE)
    required, fewer = rows(content["requirements"], 3, REQUIREMENTS // 3)
    description = shortened(content["description"], DESCRIPTION)
    answers = [(row["label"], shortened(row["text"], ANSWER)) for row in content["attributes"][:ATTRIBUTES]]
    names = [f"Seluruh {area['name']}" if area["level"] == "province" else area["name"] for area in content["areas"]]
    areas = "; ".join(names[:AREAS]) + (f"; dan {len(names) - AREAS} wilayah lain" if len(names) > AREAS else "")
    return Sheet(
        title=content["title"],
        summary=content["summary"],
        deliverables=delivered,
        description=description,
        requirements=required,
        attributes=answers,
        areas=areas,
        more=less or fewer or description.endswith("…") or len(content["attributes"]) > ATTRIBUTES
        or len(names) > AREAS or any(text.endswith("…") for _, text in answers),
    )  # fmt: skip


def rows(text: str, most: int, line: int) -> tuple[list[str], bool]:
    """The first lines of a list, each on its own; and whether anything is missing."""
    written = [row for each in text.splitlines() if (row := each.strip().lstrip("-*•").strip())]
    short = [shortened(row, line) for row in written[:most]]
    return short, len(written) > most or any(row.endswith("…") for row in short)
