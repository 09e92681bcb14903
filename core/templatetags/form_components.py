"""The parts of a form: field, summary of errors, whole form. Loaded through `{% load components %}`.

A field is a label, a hint with an example, the error beside it with how to mend, and the value that was given.
Ids and `aria-describedby` are Django's own (`id_x_helptext`, `id_x_error`), so every widget agrees with its label.
"""

from typing import Any

from django import forms, template
from django.conf import settings
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms import BoundField
from django.template.context import Context
from django.template.loader import get_template
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString, mark_safe

from core import formats, icons
from core.jinja import draw

register = template.Library()

CHOICES = (forms.RadioSelect, forms.CheckboxSelectMultiple)
# What a browser offers a picker for; each wants the value in its own ISO spelling.
PICKERS = {
    forms.DateTimeInput: ("datetime-local", "%Y-%m-%dT%H:%M"),
    forms.DateInput: ("date", "%Y-%m-%d"),
    forms.TimeInput: ("time", "%H:%M"),
}
DASHES = BLANK_CHOICE_DASH[0][1]
SHORT = (forms.DateInput, forms.TimeInput, forms.DateTimeInput, forms.NumberInput)


def _kind(widget: forms.Widget) -> str:
    """Which markup a widget needs."""
    if isinstance(widget, CHOICES):
        return "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "tick"
    if isinstance(widget, forms.FileInput):
        return "file"
    if isinstance(widget, forms.MultiWidget) or getattr(widget, "use_fieldset", False):
        return "group"
    return "plain"


def _dress(bound: BoundField, kind: str, width: str, extra: dict[str, str | bool]) -> SafeString:
    """The widget itself, with our classes and, for dates, the browser's picker."""
    widget = bound.field.widget
    attrs = dict(extra)
    if kind == "plain":
        base = "select" if isinstance(widget, forms.Select) else "input"
        given = widget.attrs.get("class", "")
        size = width or ("short" if isinstance(widget, SHORT) else "")
        attrs["class"] = " ".join(part for part in (base, f"input--{size}" if size else "", given) if part)
        _name_the_blank(bound.field)
        for picker, (input_type, shape) in PICKERS.items():
            if isinstance(widget, picker) and not widget.attrs.get("type"):
                widget.input_type, widget.format = input_type, shape
                break
    return bound.as_widget(attrs=attrs)


def _name_the_blank(field: forms.Field) -> None:
    """Django's row of dashes says nothing; the empty choice of a select is called "Pilih"."""
    if isinstance(field, forms.ModelChoiceField):
        field.empty_label = "Pilih" if field.empty_label == DASHES else field.empty_label
    elif isinstance(field.widget, forms.Select):
        field.widget.choices = [
            (value, "Pilih" if value in ("", None) and said == DASHES else said) for value, said in field.widget.choices
        ]


def first_id(bound: BoundField) -> str:
    """The id that an error's link jumps to: the first radio or box of a group, otherwise the widget."""
    if _kind(bound.field.widget) in ("choices", "group"):
        return f"{bound.auto_id}_0"
    return bound.id_for_label or bound.auto_id


def render_field(
    bound: BoundField,
    *,
    prefix: str = "",
    suffix: str = "",
    width: str = "",
    label: str = "",
    hint: str = "",
    current: Any = None,
    inline: bool = False,
    heading: bool = False,
    css_class: str = "",
    placeholder: str | None = None,
) -> SafeString:
    """A whole field. `current` is a kept file; `heading` makes the label the page's title."""
    widget = bound.field.widget
    kind = _kind(widget)
    if label:  # said by the page: the summary of errors then calls the field by the same name
        bound.label = label
    if hint:  # said by the page rather than the form: still tied to the widget
        bound.help_text = hint
    if placeholder is not None:  # "" takes away one that only repeats the label
        widget.attrs = {**widget.attrs, "placeholder": placeholder} if placeholder else _without(widget.attrs)
    may_be_empty = not bound.field.required and kind != "tick"
    extra: dict[str, str | bool] = {}
    if kind == "file":
        extra |= {"class": "file__input", "data-file-max": str(_file_limit(widget))}
    elif kind == "tick":
        extra["class"] = "choice__input"
    context = {
        "bound": bound,
        "kind": kind,
        "label": bound.label,
        "hint": bound.help_text,
        # A form says it otherwise where a later step asks for the field, or where a row may stay empty as a whole.
        "optional": getattr(bound.field, "left_empty", "tidak wajib") if may_be_empty else "",
        "prefix": prefix or widget.attrs.get("data-prefix", ""),
        "suffix": suffix or widget.attrs.get("data-suffix", ""),
        "inline": inline,
        "heading": heading,
        "css_class": css_class,
        "error_icon": icons.icon("warn"),
        "described_by": bound.aria_describedby,
    }
    if kind == "choices":
        context["options"] = [_option(choice) for choice in bound.subwidgets]
    else:
        context["widget"] = _dress(bound, kind, width, extra)
    if kind == "file":
        context |= {"current": current or bound.initial, "limit": formats.ukuran(_file_limit(widget))}
    return draw("components/field.html", **context)


def _without(attrs: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in attrs.items() if name != "placeholder"}


def _option(choice: Any) -> dict[str, Any]:
    choice.data["attrs"] = {**choice.data["attrs"], "class": "choice__input"}
    choice.data["wrap_label"] = False
    return {"tag": choice.tag(wrap_label=False), "id": choice.id_for_label, "label": choice.choice_label}


def _file_limit(widget: forms.Widget) -> int:
    """The largest file in bytes: the widget's own `data-file-max`, otherwise the deployment's limit."""
    return int(widget.attrs.get("data-file-max", getattr(settings, "UPLOAD_MAX_BYTES", 5 * 1024 * 1024)))


@register.simple_tag
def field(bound: BoundField, **options: Any) -> SafeString:
    """`{% field form.price prefix="Rp" %}`: see `render_field` for what may be said."""
    return render_field(bound, **options)


@register.simple_tag
def form_fields(form: forms.BaseForm) -> SafeString:
    """All visible fields in order, then the hidden ones."""
    shown = [render_field(bound) for bound in form.visible_fields()]
    return SafeString("".join([*shown, *(str(bound) for bound in form.hidden_fields())]))


@register.simple_tag
def hidden_fields(form: forms.BaseForm) -> SafeString:
    """The hidden fields of a form whose visible ones are laid out by hand."""
    return SafeString("".join(str(bound) for bound in form.hidden_fields()))


def _problems(forms_given: tuple[Any, ...]) -> list[tuple[str, str, str]]:
    """(address, label, sentence) of everything wrong in the forms and formsets given."""
    found: list[tuple[str, str, str]] = []
    for given in forms_given:
        if given is None:
            continue
        members = given.forms if hasattr(given, "management_form") else [given]
        if hasattr(given, "management_form") and given.is_bound:
            found += [("", "", str(error)) for error in given.non_form_errors()]
        for form in members:
            if not form.is_bound or not form.errors:
                continue
            found += [("", "", str(error)) for error in form.non_field_errors()]
            for bound in form:
                where = "" if bound.is_hidden else f"#{first_id(bound)}"
                name = "" if bound.is_hidden else strip_tags(str(bound.label)).rstrip("?:. ")
                found += [(where, name, str(error)) for error in bound.errors]
    return found


@register.simple_tag
def error_summary(*forms_given: Any) -> SafeString:
    """What is wrong, at the top, each with a link to its field. Empty when nothing is."""
    problems = _problems(forms_given)
    if not problems:
        return SafeString("")
    return SafeString(get_template("components/error_summary.html").render({"problems": problems}))


@register.simple_block_tag(takes_context=True)
def form_box(
    context: Context,
    content: str,
    form: forms.BaseForm,
    submit: str = "Simpan",
    cancel: str = "",
    action: str = "",
    autosave: str = "",
    tone: str = "primary",
    draft: str = "",
) -> SafeString:
    """A whole POST form: CSRF, summary, fields, buttons.

    `{% form_box form submit="Kirim" cancel=url %}{% endform_box %}` draws every field; with something inside, that
    stands in place of the fields (hidden ones are always added). `autosave` is a name under which the browser keeps
    a draft; `draft` is the label of a second button named `simpan_draf`.
    """
    inside = content.strip()
    fields = mark_safe(inside) + hidden_fields(form) if inside else form_fields(form)  # noqa: S308
    cautions = getattr(form, "cautions", None)
    return SafeString(
        get_template("components/form.html").render(
            {
                "form": form,
                "fields": fields,
                "cautions": cautions,
                "submit": submit,
                "cancel": cancel,
                "action": action,
                "autosave": autosave,
                "tone": tone,
                "draft": draft,
                "csrf_token": context.get("csrf_token"),
                "multipart": form.is_multipart(),
            }
        )
    )


@register.simple_tag
def star_field(bound: BoundField) -> SafeString:
    """Five stars as radios with words: works with a keyboard, a finger, and without CSS."""
    words = {"1": "Sangat kurang", "2": "Kurang", "3": "Cukup", "4": "Baik", "5": "Sangat baik"}
    options = [
        {**_option(choice), "value": str(choice.data["value"]), "word": words.get(str(choice.data["value"]), "")}
        for choice in bound.subwidgets
        if str(choice.data["value"]) in words
    ]
    context = {
        "bound": bound,
        "options": options,
        "hint": bound.help_text,
        "error_icon": icons.icon("warn"),
        "star": icons.icon("star"),
        "described_by": bound.aria_describedby,
    }
    return draw("components/star_field.html", **context)


@register.simple_tag
def error_line(text: str) -> SafeString:
    """An error that stands alone beside what it is about."""
    return format_html('<p class="error">{}<span class="sr">Galat: </span>{}</p>', icons.icon("warn"), text)


@register.simple_tag
def bare_input(bound: BoundField) -> SafeString:
    """A widget alone, for a cell of a table whose headers name it; the label is read out, errors stand below."""
    attrs: dict[str, str | bool] = {"class": "input input--short", "aria-label": str(bound.label)}
    problems = format_html_join("", '<p class="error">{}</p>', ((error,) for error in bound.errors))
    return format_html("{}{}", bound.as_widget(attrs=attrs), problems)
