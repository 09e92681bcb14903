"""The parts that every page is made of. `/gaya/` shows each of them in every state.

Parts of a form stand in `form_components`, ways about in `way_components`; `{% load components %}` loads all.
Small parts that a list repeats are built here in Python, since a template per chip costs more than the rest of a
page; larger ones are templates under `templates/components/`. Everything given as text is escaped.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from core import formats, icons
from core.templatetags import form_components, way_components

register = template.Library()
register.tags.update(form_components.register.tags | way_components.register.tags)

TONES = ("neutral", "info", "wait", "good", "warn", "bad")
NOTHING = SafeString("")


def _tone(tone: str) -> str:
    if tone not in TONES:
        raise template.TemplateSyntaxError(f"unknown tone {tone!r}; one of {', '.join(TONES)}")
    return tone


# --- words, amounts, dates ------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, css_class: str = "") -> SafeString:
    """A decorative icon; always beside a word."""
    return icons.icon(name, css_class)


@register.simple_tag
def money(low: int | None, high: int | None = None, unit: str = "") -> SafeString:
    """An amount in whole rupiah, or a range; a dash with words for the ear when there is none."""
    if low is None:
        return format_html('<span class="money money--none">{}</span>', "Belum ada nilai")
    text: str = formats.rupiah(low)
    if high is not None and high != low:  # a line may break between the two, not inside one
        text = format_html("{}<span> – {}</span>", text, formats.rupiah(high))
    suffix = format_html(' <span class="money__unit">per {}</span>', unit) if unit else NOTHING
    return format_html('<span class="money">{}{}</span>', text, suffix)


@register.simple_tag
def moment(value: datetime | date | str | None, area: Any = None) -> SafeString:
    """A date as people write it, with the exact one for machines; text passes as it is.

    A moment is told in the zone of `area` (a village), and names that zone.
    """
    if not value:
        return NOTHING
    if isinstance(value, datetime):
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), formats.waktu(value, area))
    if isinstance(value, date):
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), formats.tanggal_sedang(value))
    return conditional_escape(value)


@register.simple_tag
def chip(obj: Any, label: str = "") -> SafeString:
    """The state of a document: icon, tone and word. Reads `get_state_display()` and `state_tone`."""
    return chip_text(label or obj.get_state_display(), obj.state_tone)


@register.simple_tag
def chip_text(label: str, tone: str = "neutral") -> SafeString:
    """A status that is not a document's state: `{% chip_text "Terverifikasi" "good" %}`."""
    return format_html('<span class="chip chip--{}">{}{}</span>', _tone(tone), icons.icon(tone), label)


@register.simple_tag
def stars(value: float | Decimal | None, count: int = 0) -> SafeString:
    """An average of 1 to 5 with its count, in words too; never stars without how many rated."""
    if not value or not count:
        return format_html('<span class="stars stars--none">{}</span>', "Belum ada penilaian")
    return format_html(
        '<span class="stars"><span class="stars__row stars__row--{}" aria-hidden="true"></span>'
        '<b>{}</b><span class="sr"> dari 5</span> <span class="stars__count">({} penilaian)</span></span>',
        round(float(value)),
        formats.desimal(value),
        formats.jumlah(count),
    )


# --- actions --------------------------------------------------------------------------------------


def _button_class(tone: str, css_class: str) -> str:
    return " ".join(part for part in ("btn", "" if tone == "primary" else f"btn--{tone}", css_class) if part)


@register.simple_tag
def button(
    label: str, tone: str = "primary", icon: str = "", name: str = "", value: str = "", css_class: str = ""
) -> SafeString:
    """A submit button. Tones: primary, secondary, danger, danger-soft, quiet."""
    return format_html(
        '<button type="submit" class="{}"{}>{}{}</button>',
        _button_class(tone, css_class),
        format_html(' name="{}" value="{}"', name, value) if name else "",
        icons.icon(icon) if icon else "",
        label,
    )


@register.simple_tag
def link_button(label: str, url: str, tone: str = "primary", icon: str = "", css_class: str = "") -> SafeString:
    """A link that looks like a button: goes somewhere, changes nothing."""
    return format_html(
        '<a class="{}" href="{}">{}{}</a>',
        _button_class(tone, css_class),
        url,
        icons.icon(icon) if icon else "",
        label,
    )


@register.inclusion_tag("components/moves.html", takes_context=True)
def moves(context: RequestContext, obj: Any, user: Any = None) -> dict[str, Any]:
    """What this person can do with the document now, from the same table that guards it.

    Refused moves are told with their reason. A move with `post` true is a button of its own; otherwise a link to
    the page that asks for what is needed.
    """
    every = list(obj.open_moves(user or context["user"]))
    return {
        # The weighty ones come last and are drawn softly: only their own page shows a filled red button.
        "allowed": sorted((move for move in every if move.verdict), key=lambda move: move.tone == "danger"),
        "refused": [move for move in every if not move.verdict and move.verdict.reason],
        "csrf_token": context.get("csrf_token"),
    }


# --- blocks ---------------------------------------------------------------------------------------


@register.simple_block_tag
def alert(content: str, tone: str = "info", title: str = "") -> SafeString:
    """A notice in the page: `{% alert "warn" "Judul" %}Isi{% endalert %}`."""
    return alert_box(tone, title, mark_safe(content))  # noqa: S308  the block's own, already escaped, output


def alert_box(tone: str, title: str, body: str) -> SafeString:
    """The box of a notice; `body` is escaped unless it is safe."""
    role = "alert" if tone == "bad" else "note"
    return format_html(
        '<div class="alert alert--{}" role="{}">{}<div class="alert__body">{}{}</div></div>',
        _tone(tone),
        role,
        icons.icon(tone),
        format_html('<p class="alert__title">{}</p>', title) if title else "",
        body,
    )


MESSAGE_TONES = {"debug": "neutral", "info": "info", "success": "good", "warning": "warn", "error": "bad"}


@register.simple_tag
def message(item: Any) -> SafeString:
    """One of `django.contrib.messages` as a notice."""
    tone = MESSAGE_TONES.get(item.level_tag, "info")
    return format_html(
        '<div class="alert alert--{}" role="{}">{}<div class="alert__body"><p>{}</p></div></div>',
        tone,
        "alert" if tone == "bad" else "status",
        icons.icon(tone),
        item.message,
    )


@register.simple_block_tag
def turn(
    content: str,
    mine: bool = False,
    who: str = "",
    since: Any = None,
    next: str = "",
    title: str = "",
    area: Any = None,
) -> SafeString:
    """Whose turn it is, since when, and what comes next; `mine` when it is the reader's own."""
    heading = title or ("Giliran Anda" if mine else f"Menunggu {who}")
    return format_html(
        '<div class="turn{}"><p class="turn__who">{}{}</p><div class="turn__body">{}</div>{}{}</div>',
        " turn--mine" if mine else "",
        icons.icon("arrow" if mine else "wait"),
        heading,
        mark_safe(content.strip()),  # noqa: S308  the block's own, already escaped, output
        format_html('<p class="turn__since">Sejak {}</p>', moment(since, area)) if since else "",
        format_html('<p class="turn__next"><b>Sesudah itu:</b> {}</p>', next) if next else "",
    )


@register.simple_block_tag
def empty(content: str, title: str, icon: str = "list") -> SafeString:
    """An empty list that says why and what to do: `{% empty_state %}` in words, not a blank."""
    return format_html(
        '<div class="empty"><span class="empty__mark">{}</span><p class="empty__title">{}</p>{}</div>',
        icons.icon(icon),
        title,
        mark_safe(content.strip()),  # noqa: S308  the block's own, already escaped, output
    )


@register.simple_block_tag
def card(content: str, title: str, url: str = "", level: int = 2, css_class: str = "", icon: str = "") -> SafeString:
    """A card with a heading; with `url` the whole card is the link's target."""
    name = format_html('<a class="card__link" href="{}">{}</a>', url, title) if url else conditional_escape(title)
    return format_html(
        '<div class="card {}">{}<h{} class="card__title">{}</h{}>{}</div>',
        css_class,
        format_html('<span class="card__icon">{}</span>', icons.icon(icon)) if icon else "",
        level,
        name,
        level,
        mark_safe(content.strip()),  # noqa: S308  the block's own, already escaped, output
    )


@register.simple_block_tag
def facts(content: str, css_class: str = "") -> SafeString:
    """A definition list; put `{% fact %}` inside."""
    return format_html('<dl class="facts {}">{}</dl>', css_class, mark_safe(content.strip()))  # noqa: S308  as above


@register.simple_tag
def fact(label: str, value: Any, missing: str = "Belum diisi") -> SafeString:
    """One row of a definition list; what is missing is said, not left blank."""
    shown = moment(value) if isinstance(value, date) else value
    if shown is None or shown == "":
        shown = format_html('<span class="muted">{}</span>', missing)
    return format_html('<div class="facts__row"><dt>{}</dt><dd>{}</dd></div>', label, shown)


@register.simple_block_tag
def fact_block(content: str, label: str) -> SafeString:
    """A row of a definition list whose value is markup (a chip, a link, an amount)."""
    return format_html('<div class="facts__row"><dt>{}</dt><dd>{}</dd></div>', label, mark_safe(content.strip()))  # noqa: S308


@register.simple_block_tag
def page_head(content: str, title: str, lead: str = "", kicker: str = "") -> SafeString:
    """The top of a page: what it is called, one sentence, and (inside) chip and buttons."""
    inside = content.strip()
    return format_html(
        '<div class="page-head"><div>{}<h1>{}</h1>{}</div>{}</div>',
        format_html('<p class="kicker">{}</p>', kicker) if kicker else "",
        title,
        format_html('<p class="lead">{}</p>', lead) if lead else "",
        format_html('<div class="page-head__side">{}</div>', mark_safe(inside)) if inside else "",  # noqa: S308
    )


# --- what happened, what is to do -----------------------------------------------------------------


def _get(item: Any, name: str, default: Any = "") -> Any:
    value = item.get(name, default) if isinstance(item, dict) else getattr(item, name, default)
    return value() if callable(value) else value


STEP_WORDS = {
    "done": "Selesai",
    "now": "Sekarang",
    "next": "Berikutnya",
    "stopped": "Berhenti",
    "skipped": "Tidak dipakai",
}


@register.inclusion_tag("components/timeline.html")
def timeline(steps: Iterable[Any], label: str = "Perjalanan pesanan", area: Any = None) -> dict[str, Any]:
    """A document's life. Each step (dict or object): label, state (done, now, next, stopped, skipped),
    and, where known, at (date, datetime or text), who, sentence, url.
    """
    rows = []
    for step in steps:
        state = _get(step, "state", "next")
        rows.append(
            {
                "label": _get(step, "label"),
                "state": state,
                "word": STEP_WORDS[state],
                "when": moment(_get(step, "at"), area),
                "who": _get(step, "who"),
                "sentence": _get(step, "sentence"),
                "url": _get(step, "url"),
            }
        )
    return {"steps": rows, "label": label}


@register.inclusion_tag("components/events.html")
def events(items: Iterable[Any], area: Any = None) -> dict[str, Any]:
    """What was done, by whom and when: rows of `Event`, newest first as given."""
    return {"items": items, "area": area}


@register.inclusion_tag("components/task_list.html")
def task_list(items: Iterable[Any], level: int = 3) -> dict[str, Any]:
    """Things to do. Each (dict or object): title, url, and, where known, hint, since, chip_label, chip_tone."""
    rows = []
    for item in items:
        label, tone = _get(item, "chip_label"), _get(item, "chip_tone", "neutral")
        rows.append(
            {
                "title": _get(item, "title"),
                "url": _get(item, "url"),
                "hint": _get(item, "hint"),
                "since": moment(_get(item, "since")),
                "chip": chip_text(label, tone) if label else "",
            }
        )
    return {"items": rows, "level": level}


@register.inclusion_tag("components/bars.html")
def bars(rows: Iterable[tuple[Any, ...]], caption: str, unit: str = "", amounts: bool = False) -> dict[str, Any]:
    """A small bar chart that is also a table. Each row: (label, number) or (label, number, note)."""
    every = [(label, number, *rest) for label, number, *rest in rows]
    top = max((number for _, number, *_ in every), default=0) or 1
    shaped = [
        {
            "label": label,
            "share": round(100 * float(number) / float(top), 1),
            "text": formats.rupiah(number) if amounts else formats.jumlah(number),
            "note": rest[0] if rest else "",
        }
        for label, number, *rest in every
    ]
    return {"rows": shaped, "caption": caption, "unit": unit}


@register.inclusion_tag("components/file_row.html")
def file_row(
    name: str, url: str = "", size: str = "", note: str = "", label: str = "", tone: str = "neutral"
) -> dict[str, Any]:
    """A document that was uploaded or printed: name, size, state, and the link to it."""
    return {"name": name, "url": url, "size": size, "note": note, "chip": chip_text(label, tone) if label else ""}


@register.simple_tag
def stat(label: str, value: Any, note: str = "") -> SafeString:
    """One figure with its name."""
    shown = formats.jumlah(value) if isinstance(value, int) else value
    return format_html(
        '<div class="stat"><p class="stat__value">{}</p><p class="stat__label">{}</p>{}</div>',
        shown,
        label,
        format_html('<p class="stat__note">{}</p>', note) if note else "",
    )
