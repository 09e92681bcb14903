"""The parts of a page: what they draw, that they escape, and that an error stands beside its field."""

import re
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils.safestring import mark_safe

from core.icons import NAMES
from core.templatetags.components import TONES
from core.workflow import Allowed, Denied

NASTY = '<script>alert("x")</script>'


def draw(source: str, **context: Any) -> str:
    return Template("{% load components %}" + source).render(Context(context))


def words(html: str) -> str:
    """What is read, without markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


class NeedForm(forms.Form):
    title = forms.CharField(label="Nama kebutuhan", help_text="Contoh: pelatihan kader.")
    note = forms.CharField(label="Catatan", required=False, widget=forms.Textarea)
    price = forms.CharField(label="Biaya")
    start = forms.DateField(label="Mulai", required=False)
    method = forms.ChoiceField(label="Cara", choices=[("a", "Langsung"), ("b", "Penawaran")], widget=forms.RadioSelect)
    letter = forms.FileField(label="Surat", required=False)
    agree = forms.BooleanField(label="Setuju")
    key = forms.CharField(widget=forms.HiddenInput, initial="kunci")


# --- status, amounts, dates -----------------------------------------------------------------------


@pytest.mark.parametrize("tone", TONES)
def test_a_chip_says_its_state_in_words_and_shape(tone: str) -> None:
    html = draw("{% chip doc %}", doc=SimpleNamespace(state_tone=tone, get_state_display=lambda: "Diajukan"))
    assert words(html) == "Diajukan"
    assert f'class="chip chip--{tone}"' in html
    assert "<svg" in html
    assert 'aria-hidden="true"' in html


def test_the_six_tones_have_six_shapes() -> None:
    shapes = {draw("{% chip_text 'x' tone %}", tone=tone).partition("<svg")[2] for tone in TONES}
    assert len(shapes) == len(TONES)


def test_an_unknown_tone_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError):
        draw("{% chip_text 'x' 'biru' %}")


def test_money_is_whole_rupiah_and_says_when_there_is_none() -> None:
    assert words(draw("{% money 12500000 %}")) == "Rp12.500.000"
    assert words(draw("{% money 100 2500 unit='paket' %}")) == "Rp100 – Rp2.500 per paket"
    assert words(draw("{% money 100 100 %}")) == "Rp100"
    assert words(draw("{% money None %}")) == "Belum ada nilai"


def test_a_moment_is_told_in_the_zone_of_its_village() -> None:
    jayapura = SimpleNamespace(tzinfo=ZoneInfo("Asia/Jayapura"))
    at = datetime(2026, 4, 2, 16, 30, tzinfo=UTC)
    html = draw("{% moment at area %}", at=at, area=jayapura)
    assert words(html).replace("\xa0", " ") == "3 April 2026 pukul 01.30 WIT"
    assert 'datetime="2026-04-02T16:30:00+00:00"' in html


def test_stars_never_stand_without_their_count() -> None:
    assert words(draw("{% stars 4.44 1200 %}")) == "4,4 dari 5 (1.200 penilaian)"
    assert words(draw("{% stars 4.4 0 %}")) == "Belum ada penilaian"


@pytest.mark.parametrize(
    "source",
    [
        "{% chip_text text %}",
        "{% button text %}",
        "{% link_button text text %}",
        "{% fact text text %}",
        "{% card text url=text %}{% endcard %}",
        "{% page_head text lead=text kicker=text %}{% endpage_head %}",
        "{% empty text %}{{ text }}{% endempty %}",
        "{% alert 'bad' text %}{{ text }}{% endalert %}",
        "{% turn who=text next=text %}{{ text }}{% endturn %}",
        "{% breadcrumb text text text %}",
        "{% tabs tabs %}",
        "{% steps labels 1 %}",
        "{% timeline steps %}",
        "{% task_list tasks %}",
        "{% bars bars text %}",
        "{% file_row text url=text note=text label=text %}",
        "{% search_box text value=text placeholder=text %}",
        "{% stat text text note=text %}",
        "{% moment text %}",
        "{% error_line text %}",
    ],
)
def test_every_part_escapes_what_people_wrote(source: str) -> None:
    html = draw(
        source,
        text=NASTY,
        tabs=[("a", NASTY, NASTY)],
        labels=[NASTY],
        steps=[{"label": NASTY, "state": "now", "sentence": NASTY, "who": NASTY, "at": NASTY, "url": NASTY}],
        tasks=[{"title": NASTY, "url": NASTY, "hint": NASTY, "since": NASTY, "chip_label": NASTY}],
        bars=[(NASTY, 1, NASTY)],
    )
    assert "<script" not in html
    assert "&lt;script&gt;" in html


# --- moves ----------------------------------------------------------------------------------------


def test_moves_show_what_is_allowed_and_why_the_rest_is_not() -> None:
    def move(label: str, verdict: Any, **more: Any) -> Any:
        return SimpleNamespace(label=label, verdict=verdict, tone="primary", url=f"/{label}/", **more)

    document = SimpleNamespace(
        open_moves=lambda user: [
            move("Setujui", Allowed()),
            move("Terima", Allowed(), post=True),
            move("Tutup", Denied("catatan Musdes belum ada.")),
        ]
    )
    html = draw("{% moves document user %}", document=document, user=object(), csrf_token="abc")
    assert re.findall(r'<a class="btn" href="([^"]+)"', html) == ["/Setujui/"]
    assert re.findall(r'<form method="post" action="([^"]+)"', html) == ["/Terima/"]
    assert html.count('name="csrfmiddlewaretoken"') == 1
    assert "Tutup: catatan Musdes belum ada." in words(html)


# --- forms ----------------------------------------------------------------------------------------


def test_a_field_ties_label_hint_and_error_to_its_widget() -> None:
    form = NeedForm({"title": ""})
    html = draw("{% field form.title %}", form=form)
    assert '<label class="label" for="id_title">' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'id="id_title_helptext"' in html
    assert 'id="id_title_error"' in html
    assert 'aria-invalid="true"' in html
    assert html.index("Wajib diisi.") < html.index("<input")  # read before the field, beside it


def test_what_was_typed_is_kept() -> None:
    assert 'value="dua belas juta"' in draw("{% field form.price %}", form=NeedForm({"price": "dua belas juta"}))


def test_optional_fields_say_so_and_required_ones_do_not() -> None:
    form = NeedForm()
    assert "(tidak wajib)" in draw("{% field form.note %}", form=form)
    assert "(tidak wajib)" not in draw("{% field form.title %}", form=form)


def test_a_field_that_a_later_step_asks_for_is_not_called_optional() -> None:
    form = NeedForm()
    form.fields["note"].left_empty = "boleh menyusul"
    html = draw("{% field form.note %}", form=form)
    assert "(boleh menyusul)" in html and "tidak wajib" not in html


def test_radios_are_a_fieldset_with_their_own_labels() -> None:
    html = draw("{% field form.method %}", form=NeedForm({"method": "b"}))
    assert html.count("<fieldset") == 1
    assert "<legend" in html
    assert re.findall(r'<label for="([^"]+)">', html) == ["id_method_0", "id_method_1"]
    assert re.search(r'value="b"[^>]* checked', html)


def test_a_date_gets_the_browsers_picker_with_a_value_it_reads() -> None:
    html = draw("{% field form.start %}", form=NeedForm(initial={"start": date(2026, 5, 3)}))
    assert 'type="date"' in html
    assert 'value="2026-05-03"' in html


def test_a_file_says_how_large_it_may_be_and_what_is_kept() -> None:
    kept = SimpleUploadedFile("sk.pdf", b"%PDF-")
    html = draw("{% field form.letter current=kept %}", form=NeedForm(), kept=kept)
    assert 'data-file-max="' in html
    assert "sk.pdf sudah tersimpan. Biarkan kosong bila tidak diganti." in words(html)
    assert "Paling besar" in words(html)


def test_the_summary_links_each_error_to_its_field() -> None:
    form = NeedForm({"title": "", "price": "1", "key": "k"})
    form.add_error(None, "Batas pembelian langsung terlampaui.")
    html = draw("{% error_summary form %}", form=form)
    assert re.findall(r'href="([^"]+)"', html) == ["#id_title", "#id_method_0", "#id_agree"]
    assert "Batas pembelian langsung terlampaui." in words(html)
    assert 'role="alert"' in html


def test_no_errors_no_summary() -> None:
    assert draw("{% error_summary form %}", form=NeedForm()) == ""


def test_the_summary_reads_formsets() -> None:
    formset_class = forms.formset_factory(NeedForm, extra=0)
    formset = formset_class({"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-price": "1"})
    html = draw("{% error_summary formset %}", formset=formset)
    assert "#id_form-0-title" in html


def test_a_form_box_draws_every_field_the_token_and_the_buttons() -> None:
    html = draw(
        "{% form_box form submit='Kirim' cancel='/batal/' draft='Simpan sebagai draf' %}{% endform_box %}",
        form=NeedForm(),
        csrf_token="abc",
    )
    assert 'enctype="multipart/form-data"' in html
    assert 'name="csrfmiddlewaretoken" value="abc"' in html
    names = set(re.findall(r'name="([a-z_]+)"', html))
    assert set(NeedForm.base_fields) | {"csrfmiddlewaretoken", "simpan_draf"} == names
    assert words(html).endswith("Kirim Simpan sebagai draf Batal")


def test_a_form_box_with_an_inside_still_carries_the_hidden_fields() -> None:
    html = draw("{% form_box form %}{% field form.title %}{% endform_box %}", form=NeedForm(), csrf_token="abc")
    assert 'name="key" value="kunci"' in html
    assert 'name="price"' not in html


def test_a_form_box_escapes_what_came_back() -> None:
    html = draw("{% form_box form %}{% endform_box %}", form=NeedForm({"title": NASTY, "method": NASTY}))
    assert "<script" not in html


def test_a_label_given_by_the_page_is_the_name_in_the_summary() -> None:
    html = draw("{% form_box form %}{% field form.title label='Judul' %}{% endform_box %}", form=NeedForm({"key": "k"}))
    assert "Judul: Wajib diisi." in words(html)


# --- ways -----------------------------------------------------------------------------------------


def test_pages_keep_the_filters() -> None:
    page = Paginator(range(30), 10).page(2)
    request = RequestFactory().get("/layanan/", {"q": "irigasi & air"})
    html = draw("{% pagination page %}", page=page, request=request)
    assert re.findall(r'href="([^"]+)"', html) == [
        "?q=irigasi+%26+air&amp;hal=1",
        "?q=irigasi+%26+air&amp;hal=3",
    ]


def test_a_single_page_has_no_pagination() -> None:
    assert draw("{% pagination page %}", page=Paginator(range(3), 10).page(1)).strip() == ""


def test_a_breadcrumb_ends_with_this_page() -> None:
    html = draw("{% breadcrumb 'Pesanan' '/pesanan/' 'Pelatihan' %}")
    assert re.search(r'<li aria-current="page">Pelatihan</li>', html)
    with pytest.raises(TemplateSyntaxError):
        draw("{% breadcrumb 'Pesanan' '/pesanan/' %}")


def test_the_timeline_says_done_now_and_next_in_words() -> None:
    html = draw("{% timeline steps %}", steps=[{"label": name, "state": name} for name in ("done", "now", "next")])
    assert words(html) == "done Selesai now Sekarang next Berikutnya"
    assert html.count('aria-current="step"') == 1


def test_bars_are_a_table_with_lengths_as_attributes() -> None:
    html = draw("{% bars rows 'Per bulan' %}", rows=[("Januari", 10), ("Februari", 40)])
    assert re.findall(r'bars__fill" width="([^"]+)"', html) == ["25.0%", "100.0%"]
    assert words(html) == "Per bulan Januari 10 Februari 40"


def test_every_icon_draws() -> None:
    for name in NAMES:
        assert draw("{% icon name %}", name=name).startswith('<svg class="icon"')


def test_a_label_with_a_link_is_plain_words_in_the_summary() -> None:
    form = NeedForm({"key": "k"})
    form.fields["agree"].label = mark_safe('Setuju dengan <a href="/privasi/">pemberitahuan</a>')
    html = draw("{% error_summary form %}", form=form)
    assert "Setuju dengan pemberitahuan: Wajib diisi." in words(html)
    assert "/privasi/" not in html


def test_the_empty_choice_of_a_select_says_what_to_do() -> None:
    class Kind(forms.Form):
        kind = forms.ChoiceField(choices=[("", "---------"), ("a", "Pelatihan")])
        open = forms.ChoiceField(choices=[("", "Semua jenis"), ("a", "Pelatihan")])

    html = draw("{% form_fields form %}", form=Kind())
    assert re.findall(r"<option[^>]*>([^<]+)<", html) == ["Pilih", "Pelatihan", "Semua jenis", "Pelatihan"]
