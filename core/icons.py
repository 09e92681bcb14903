"""Our own line icons, drawn on a 24 x 24 grid, so that a page needs no icon file.

Every value is the inside of an `<svg>`; stroke and size come from `.icon` in the style sheet. A chip's icon is
part of its meaning (shape beside colour beside word), so the six tones have six different outlines.
"""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_PATHS = {
    # the six tones
    "neutral": '<circle cx="12" cy="12" r="8"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5M12 7.5v.5"/>',
    "wait": '<path d="M7 3h10M7 21h10M8 3v4l4 5 4-5V3M8 21v-4l4-5 4 5v4"/>',
    "good": '<circle cx="12" cy="12" r="9"/><path d="m7.5 12.5 3 3 6-7"/>',
    "warn": '<path d="M12 3.5 22 20.5H2zM12 10v4.5M12 17.3v.5"/>',
    "bad": '<path d="M8 2.5h8L21.5 8v8L16 21.5H8L2.5 16V8zM9 9l6 6M15 9l-6 6"/>',
    # things to do
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5.5 5.5"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "minus": '<path d="M5 12h14"/>',
    "edit": '<path d="M4 20h4L20 8l-4-4L4 16zM13.5 6.5l4 4"/>',
    "trash": '<path d="M4 7h16M9 7V4h6v3M6.5 7l1 13h9l1-13M10 11v5M14 11v5"/>',
    "upload": '<path d="M12 16V4M7 9l5-5 5 5M4 16v4h16v-4"/>',
    "download": '<path d="M12 4v12M7 11l5 5 5-5M4 17v3h16v-3"/>',
    "print": '<path d="M7 9V3h10v6M7 18H4v-8h16v8h-3M7 14h10v7H7z"/>',
    "filter": '<path d="M3 5h18l-7 8v6l-4 2v-8z"/>',
    "close": '<path d="M6 6l12 12M18 6 6 18"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7"/>',
    "menu": '<path d="M4 6h16M4 12h16M4 18h16"/>',
    "left": '<path d="m15 5-7 7 7 7"/>',
    "right": '<path d="m9 5 7 7-7 7"/>',
    "down": '<path d="m5 9 7 7 7-7"/>',
    "arrow": '<path d="M4 12h16M14 6l6 6-6 6"/>',
    "undo": '<path d="M9 14 4 9l5-5M4 9h10a6 6 0 0 1 0 12h-4"/>',
    # things
    "home": '<path d="M3 11.5 12 4l9 7.5M5.5 10v10h13V10M10 20v-6h4v6"/>',
    "office": '<path d="M3 20h18M4 9h16L12 4zM6 9v8M10 9v8M14 9v8M18 9v8M4 17h16"/>',
    "user": '<circle cx="12" cy="8" r="4"/><path d="M4 21c0-4.5 3.5-7 8-7s8 2.5 8 7"/>',
    "people": '<circle cx="9" cy="8.5" r="3.5"/><path d="M2.5 20c0-4 3-6 6.5-6s6.5 2 6.5 6M15.5 5.300a3.5 3.5 0 0 1 0 6.400M18 14.5c2.200.8 3.5 2.700 3.5 5.5"/>',
    "file": '<path d="M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6"/>',
    "list": '<path d="M9 6h11M9 12h11M9 18h11M4 6h.5M4 12h.5M4 18h.5"/>',
    "calendar": '<path d="M4 6h16v14H4zM4 10.5h16M8 3.5V8M16 3.5V8"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5.5l3.5 2"/>',
    "place": '<path d="M12 21.5s7-6.5 7-12a7 7 0 0 0-14 0c0 5.5 7 12 7 12z"/><circle cx="12" cy="9.5" r="2.5"/>',
    "phone": '<path d="M6 3h4l1.5 5-2.5 2a12 12 0 0 0 5 5l2-2.5 5 1.5v4c0 1.5-1 2-2 2C11 20 4 13 4 5c0-1 .5-2 2-2z"/>',
    "mail": '<path d="M3 5.5h18v13H3zM3 6.5l9 7 9-7"/>',
    "camera": '<path d="M3 8h4.5L9 5h6l1.5 3H21v11H3z"/><circle cx="12" cy="13" r="3.5"/>',
    "money": '<path d="M3 6h18v12H3z"/><circle cx="12" cy="12" r="2.5"/><path d="M6.5 9.5v5M17.5 9.5v5"/>',
    "cart": '<path d="M4 8h16l-1.5 12h-13zM8.5 11V7a3.5 3.5 0 0 1 7 0v4"/>',
    "lock": '<path d="M5 11h14v10H5zM8 11V7.5a4 4 0 0 1 8 0V11M12 15v2.5"/>',
    "shield": '<path d="M12 3 4.5 6v6c0 4.5 3 7.5 7.5 9 4.5-1.5 7.5-4.5 7.5-9V6zM8.5 12l2.5 2.5 4.5-5"/>',
    "star": '<path d="m12 3 2.700 5.800 6.300.8-4.600 4.400 1.200 6.300L12 17.200l-5.600 3.100 1.200-6.300L3 9.600l6.300-.8z"/>',
    "chat": '<path d="M4 4.5h16v12h-9L6.5 20.5v-4H4zM8 9h8M8 12.5h5"/>',
    "chart": '<path d="M4 20h16M7 16v-5M12 16V6M17 16v-8"/>',
    "tool": '<path d="m14 7 3-3a5 5 0 0 0-6.5 6.5L3.5 17.5l3 3 7-7A5 5 0 0 0 20 7l-3 3z"/>',
    "book": '<path d="M12 6C10 4.5 7 4 3.5 4v14c3.5 0 6.5.5 8.5 2 2-1.5 5-2 8.5-2V4C17 4 14 4.5 12 6zM12 6v14"/>',
    "leaf": '<path d="M5 19C5 9 11 4.5 20 4c.5 9-4 15-13 15M5 21c1-5 4-9 9-11"/>',
}

NAMES = tuple(_PATHS)


def icon(name: str, css_class: str = "") -> SafeString:
    """One decorative icon. It says nothing to a screen reader: the word stands beside it."""
    return format_html(
        '<svg class="icon{}" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">{}</svg>',
        f" {css_class}" if css_class else "",
        mark_safe(_PATHS[name]),  # noqa: S308  our own constant
    )
