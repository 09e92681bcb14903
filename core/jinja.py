"""The second template engine, for small parts that a page repeats.

A page is a Django template. What it repeats twenty times (cards, fields of a form) or what stands on every page
(head and foot) is a Jinja2 template under `templates/jinja2/`, about ten times cheaper to render, and its only
home: Django templates reach it through a tag. Everything is escaped by itself, as in Django's.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.template import engines
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString
from jinja2 import Environment, Template

from core import formats, icons


def environment(**options: Any) -> Environment:
    """Jinja2 with the few functions that our parts use."""
    made = Environment(**options, trim_blocks=True, lstrip_blocks=True)  # noqa: S701  Django turns autoescape on
    made.globals |= {"static": static, "url": reverse, "icon": cache(icons.icon)}
    made.filters |= {"jumlah": formats.jumlah, "rupiah": formats.rupiah}
    return made


@cache
def part(name: str) -> Template:
    """A compiled part by its path; read once, as Django's cached loader does."""
    found: Any = engines["jinja2"].get_template(name)
    template: Template = found.template
    return template


def draw(name: str, /, **context: Any) -> SafeString:
    """The markup of a part."""
    return SafeString(part(name).render(context))


class FormRenderer(TemplatesSetting):
    """Widgets by Django's own Jinja2 templates; whatever has none of these by its Django template."""

    def get_template(self, template_name: str) -> Any:
        if template_name.startswith("django/forms/widgets/"):
            return engines["jinja2"].get_template(template_name)
        return super().get_template(template_name)
