"""Who sees what, and who changes what: every address against the whole cast.

Judged by marked text in the body and by changed rows, not by status codes: a leak usually answers 200.
An address without a row here is red (`test_every_address_has_a_row`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from core.models import StoredFile
from tests.cast import Story

pytestmark = pytest.mark.django_db

# --- the cast ---------------------------------------------------------------------------------------
VILLAGE = {"operator", "pka", "tpk", "sekdes", "kaur", "kades", "bpd"}
HELPERS = {"pld", "pd", "tapm", "kecamatan"}
OFFICES = {"pokja", "ketua.pokja", "dpmd", "provinsi", "kementerian"}
OVERSEERS = HELPERS | OFFICES
NEIGHBOUR = {"operator.tetangga", "pka.tetangga"}
OUTSIDE = {"dpmd.lain", "calon", "penyedia4"}
PROVIDERS = {"penyedia", "penyedia2", "penyedia3"}
EVERYBODY = VILLAGE | OVERSEERS | NEIGHBOUR | OUTSIDE | PROVIDERS
PUBLIC = EVERYBODY | {None}
DESK = {"pokja", "ketua.pokja", "dpmd", "kementerian"}  # who works in the admin
WRITERS = {"dpmd", "dpmd.lain", "kementerian"}  # of rules, each for their own place


@dataclass(frozen=True, slots=True)
class Page:
    """An address, the text that marks what it protects, and exactly who may read that text there."""

    name: str
    marker: Callable[[Story], str]
    readers: set[Any]
    args: Callable[[Story], list[Any]] = lambda story: []


A = VILLAGE | OVERSEERS  # village A and who helps and oversees it
PAGES = [
    # what is public
    Page("home", lambda s: "P2KTD", PUBLIC),
    Page("about", lambda s: "P2KTD", PUBLIC),
    Page("style-guide", lambda s: "P2KTD", PUBLIC),
    Page("privacy", lambda s: "P2KTD", PUBLIC),
    Page("services", lambda s: "Pelatihan pengelolaan BUM Desa", PUBLIC),
    Page(
        "service",
        lambda s: "Pelatihan pengelolaan BUM Desa",
        PUBLIC,
        lambda s: [s.service("Pelatihan pengelolaan BUM Desa").code],
    ),
    Page(
        "service-print",
        lambda s: "Pelatihan pengelolaan BUM Desa",
        PUBLIC,
        lambda s: [s.service("Pelatihan pengelolaan BUM Desa").code],
    ),
    Page(
        "service-version",
        lambda s: "Pelatihan pengelolaan BUM Desa",
        PUBLIC,
        lambda s: [s.service("Pelatihan pengelolaan BUM Desa").code, 1],
    ),
    Page(
        "service-kak",
        lambda s: "KERANGKA ACUAN KERJA",
        PUBLIC,
        lambda s: [s.service("Pelatihan pengelolaan BUM Desa").code],
    ),
    Page(
        "service-questions",
        lambda s: "Pelatihan pengelolaan BUM Desa",
        PUBLIC,
        lambda s: [s.service("Pelatihan pengelolaan BUM Desa").code],
    ),
    Page("directory", lambda s: "CV Contoh Bina Desa", PUBLIC),
    Page("provider", lambda s: "CV Contoh Bina Desa", PUBLIC, lambda s: [s.application("penyedia").provider.code]),
    Page("regency-directories", lambda s: "Kabupaten Lombok Tengah", PUBLIC),
    Page("regency-directory", lambda s: "CV Contoh Bina Desa", PUBLIC, lambda s: ["52.02"]),
    Page(
        "provider-status", lambda s: "CV Contoh Bina Desa", PUBLIC, lambda s: [s.application("penyedia").provider.code]
    ),
    Page(
        "question-new",
        lambda s: 'name="text"',
        VILLAGE | {"pld", "pd", "tapm"} | NEIGHBOUR,
        lambda s: [s.service("Pelatihan pengelolaan BUM Desa").code],
    ),
    Page("directory-edition-new", lambda s: 'name="basis"', {"ketua.pokja", "dpmd"}, lambda s: ["52.02"]),
    Page(
        "provider-card",
        lambda s: 'name="kertas"',
        {"penyedia", "pokja", "ketua.pokja", "dpmd"},
        lambda s: [s.application("penyedia").provider.code],
    ),
    Page("area-list", lambda s: "Nusa Tenggara Barat", PUBLIC),
    Page("area", lambda s: "Pujut", PUBLIC, lambda s: ["52.02.04"]),
    Page("purchases", lambda s: s.closed.title, PUBLIC),
    Page("purchases", lambda s: s.sealed.title, set()),
    Page("purchase", lambda s: s.closed.title, PUBLIC, lambda s: [s.contract(s.closed).code]),
    Page("purchase", lambda s: "Bank Contoh", set(), lambda s: [s.contract(s.closed).code]),
    Page("check-form", lambda s: "kode", PUBLIC),
    Page("open-data", lambda s: "Kolom layanan", PUBLIC),
    Page("sitemap", lambda s: "sitemap-layanan-1.xml", PUBLIC),
    # orders: village A sees its own, the neighbour and the other regency do not
    Page("orders", lambda s: s.closed.code, A | {"penyedia"}),
    Page("orders", lambda s: s.neighbours.code, NEIGHBOUR | OVERSEERS | {"penyedia"}),
    Page("order", lambda s: s.closed.problem[:40], A | {"penyedia"}, lambda s: [s.closed.code]),
    Page("order", lambda s: s.sealed.title, A | {"penyedia", "penyedia3"}, lambda s: [s.sealed.code]),
    Page("order-file", lambda s: "Berkas pembelian</h1>", A | {"penyedia"}, lambda s: [s.closed.code]),
    Page("order-file", lambda s: "Berkas pembelian</h1>", A | {"penyedia", "penyedia3"}, lambda s: [s.sealed.code]),
    Page("order-bundle", lambda s: "dokumen sedang dikumpulkan", A, lambda s: [s.closed.code, bundle(s).code]),
    Page(
        "year-end",
        lambda s: 'name="keadaan"',
        VILLAGE | HELPERS | NEIGHBOUR | {"dpmd", "dpmd.lain", "provinsi"},
    ),
    Page(
        "share-new",
        lambda s: 'name="ceiling"',
        {"operator", "pka", "sekdes", "kades"},
        lambda s: [s.need("Peta potensi desa").code],
    ),
    # the sealed price is its owner's alone
    Page("order", lambda s: "12.375.000", {"penyedia"}, lambda s: [s.sealed.code]),
    Page("order", lambda s: "12.475.000", {"penyedia3"}, lambda s: [s.sealed.code]),
    # rivals do not see each other's names before the opening
    Page("order", lambda s: "Penyedia yang diundang</h3>", A, lambda s: [s.sealed.code]),
    Page("payment-request", lambda s: "900/CONTOH-SPP/2026", A | {"penyedia2"}, lambda s: [spp(s).code]),
    Page("meeting", lambda s: "Contoh Inaq Sahnep", A | {"penyedia"}, lambda s: [s.meeting(s.closed).code]),
    Page("meetings", lambda s: s.meeting(s.closed).code, A | {"penyedia"}),
    Page(
        "meeting-plan",
        lambda s: 'name="invitation_number"',
        {"operator", "sekdes", "bpd", "pld", "pd"},
        lambda s: [s.account(s.need("Pelatihan bank sampah")).code],
    ),
    Page("activities", lambda s: "Pemetaan Batas dan Potensi Desa", A),
    Page("activity", lambda s: "Lalu Contoh Wirya", A, lambda s: [activity(s).code]),
    Page("announcement", lambda s: "Peta potensi desa", A, lambda s: ["52.02.04.2001", activity(s).fiscal_year]),
    Page("need-new", lambda s: 'name="why_provider"', {"operator", "pka", "sekdes", "pld", "pd"} | NEIGHBOUR),
    Page("shortlist", lambda s: "Daftar pendek</h1>", A, lambda s: [s.need("Peta potensi desa").code]),
    Page("sourcing-new", lambda s: 'name="hps"', {"pka", "tpk"}, lambda s: [s.need("Peta potensi desa").code]),
    Page("tenders", lambda s: s.tendered.code, PUBLIC),
    Page("tender", lambda s: "Tidak harus; cukup hadir", PUBLIC, lambda s: [s.tendered.code]),
    # what waits for an answer: who asked it, and who answers it
    Page("tender", lambda s: "Bolehkah laporan diserahkan", {"tpk", "penyedia"}, lambda s: [s.tendered.code]),
    Page(
        "tender-register", lambda s: 'name="service"', {"penyedia2", "penyedia4"}, lambda s: [s.tendered.code]
    ),  # listed, and not in it yet
    Page("tender-question-new", lambda s: 'name="text"', PROVIDERS | {"penyedia4"}, lambda s: [s.tendered.code]),
    Page("quotation-new", lambda s: 'name="approach"', {"penyedia", "penyedia3"}, lambda s: [s.sealed.code]),
    Page(
        "meeting-new",
        lambda s: 'name="leader"',
        {"operator", "sekdes", "bpd", "pld", "pd"},
        lambda s: [s.account(s.need("Pelatihan bank sampah")).code],
    ),
    Page(
        "addendum-new",
        lambda s: 'name="new_ends_on"',
        {"pka.tetangga"},
        lambda s: [s.contract(s.need("Pelatihan pembukuan BUM Desa")).code],
    ),
    Page(
        "rating-new",
        lambda s: 'name="comment"',
        {"pka.tetangga"},
        lambda s: [s.contract(s.need("Situs web desa")).code],
    ),
    # people and their papers
    Page("village-accesses", lambda s: "Contoh Salmah", {"dpmd", "calon"}),
    Page("village-access", lambda s: "141/CONTOH/2026", {"dpmd", "calon"}, lambda s: [access(s).code]),
    Page("village-office", lambda s: "Baiq Contoh Anjani", A, lambda s: ["52.02.04.2001"]),
    Page("village-office", lambda s: "Jalan Contoh Nomor 1", A, lambda s: ["52.02.04.2001"]),
    Page("village-office-history", lambda s: "Baiq Contoh Anjani", A, lambda s: ["52.02.04.2001"]),
    Page(
        "village-data",
        lambda s: "Kas Desa Sengkol (DATA CONTOH)",
        {"operator", "sekdes", "kaur", "kades", "dpmd"},
        lambda s: [numbers(s).code],
    ),
    Page(
        "application",
        lambda s: "Yayasan Contoh Cahaya Desa",
        {"calon.penyedia", "tapm", "provinsi"},
        lambda s: [waiting(s).code],
    ),
    Page("my-standings", lambda s: "Undur diri", {"penyedia"}, lambda s: [s.application("penyedia").provider.code]),
    Page("my-services", lambda s: "Pendampingan penyusunan RPJM Desa", {"penyedia"}),
    Page("profile", lambda s: "operator@contoh.example", {"operator"}),
    Page("profile-export", lambda s: "operator@contoh.example", {"operator"}),
    # the desk
    Page("admin:verification_application_changelist", lambda s: "Yayasan Contoh Cahaya Desa", DESK),
    *(
        Page(
            f"admin:verification_application_{name}",
            lambda s: "Yayasan Contoh Cahaya Desa",
            DESK,
            lambda s: [waiting(s).code],
        )
        for name in ("change", "history", "guide")
    ),
    Page("admin:verification_standing_changelist", lambda s: "CV Contoh Bina Desa", DESK),
    Page("admin:verification_pokja_changelist", lambda s: "188.45/01/CONTOH", DESK),
    Page("admin:verification_pokja_change", lambda s: "Contoh Sulastri", DESK, lambda s: [the_pokja().code]),
    Page("admin:verification_pokja_change", lambda s: "pokja2@contoh.example", {"dpmd"}, lambda s: [the_pokja().code]),
    Page("admin:verification_pokja_add", lambda s: 'name="decree_number"', {"dpmd", "dpmd.lain"}),
    Page("admin:verification_plenary_changelist", lambda s: "01/BA/CONTOH", DESK),
    Page("admin:verification_plenary_change", lambda s: "CV Contoh Bina Desa", DESK, lambda s: [the_plenary().code]),
    Page("admin:verification_plenary_add", lambda s: 'name="held_on"', {"pokja", "ketua.pokja"}),
    Page("admin:verification_verificationrule_changelist", lambda s: "Nasional (contoh)", DESK | {"dpmd.lain"}),
    Page(
        "admin:verification_verificationrule_change",
        lambda s: "Tenaga ahli",
        DESK | {"dpmd.lain"},
        lambda s: [example_rule().code],
    ),
    Page("admin:verification_verificationrule_add", lambda s: 'name="quorum_percent"', WRITERS),
    Page("admin:verification_documentrequirement_changelist", lambda s: "Pakta integritas", DESK | {"dpmd.lain"}),
    Page("admin:verification_documentrequirement_add", lambda s: 'name="ktp--person"', WRITERS),
    Page("admin:verification_documenttype_add", lambda s: 'name="each"', {"kementerian"}),
    Page(
        "admin:verification_declaration_changelist",
        lambda s: "Register benturan kepentingan</h1>",
        DESK | {"dpmd.lain"},
    ),
    Page(
        "admin:verification_declaration_add",
        lambda s: "Kabupaten Lombok Tengah. Hubungan",
        {"pokja", "ketua.pokja", "dpmd"},
    ),
    Page(
        "admin:verification_declaration_print",
        lambda s: "Kabupaten Lombok Tengah. Cetakan",
        {"pokja", "ketua.pokja", "dpmd"},
    ),
    Page(
        "admin:verification_sanction_changelist",
        lambda s: "Nama penyedia, nomor dasar, atau kode",
        DESK | {"dpmd.lain"},
    ),
    Page("admin:verification_reminder_changelist", lambda s: "Pengingat |", DESK | {"dpmd.lain"}),
    Page("admin:accounts_user_changelist", lambda s: "operator@contoh.example", {"dpmd", "kementerian"}),
    Page(
        "admin:core_personalview_changelist",
        lambda s: "Siapa melihat nomor lengkap",
        {"dpmd", "dpmd.lain", "kementerian"},
    ),
    Page("admin:accounts_membership_changelist", lambda s: "Contoh Zaenab", {"dpmd", "kementerian"}),
]


def spp(story: Story) -> Any:
    return story.contract(story.unpaid).payment_requests.get()


def activity(story: Story) -> Any:
    return story.need("Peta potensi desa").activity


def bundle(story: Story) -> Any:
    """All papers of the closed order, asked for by the village."""
    from transactions import bundling
    from transactions.dossier import Dossier

    asker = story.user("operator")
    return bundling.ask(Dossier(story.closed, asker), "zip", by=asker, alone=False)


def spare_activity() -> Any:
    """One that no need is budgeted from."""
    from transactions.models import Activity

    return Activity.objects.filter(village="52.02.04.2001", needs=None).earliest("pk")


def the_plenary() -> Any:
    from verification.models import Plenary

    return Plenary.objects.earliest("pk")


def the_pokja() -> Any:
    from verification.models import Pokja

    return Pokja.objects.get()


def example_rule() -> Any:
    from verification.models import VerificationRule

    return VerificationRule.objects.get()


def access(story: Story) -> Any:
    from accounts.models import VillageAccess

    return VillageAccess.objects.get(user=story.user("calon"))


def numbers(story: Story) -> Any:
    from accounts.models import VillageData

    return VillageData.objects.in_force("52.02.04.2001")


def waiting(story: Story) -> Any:
    return story.application("calon.penyedia")


# Addresses judged elsewhere, or with nothing of anyone's to show; each with its reason.
ELSEWHERE = {
    "share-move": "the whole cast in each state: tests/transactions/planning/test_joint.py",
    "terms-new": "tests/transactions/sourcing/test_terms.py",
    "todo": "what is one's own: tests/p2ktd/test_todo.py",
    "notices": "what is one's own: tests/accounts",
    "practice": "404 unless DEMO: tests/accounts",
    "healthz": "a word",
    "readyz": "figures of the outbox, no names",
    "file": "test_a_file_is_read_by_who_reads_its_holder below",
    "document": "test_a_printed_paper_is_read_by_who_reads_its_order below",
    "check": "a code and hashes: tests/core/test_documents.py",
    "area-search": "public names of areas: tests/regions",
    **dict.fromkeys(
        ("follow-up-move", "remedy", "remedy-new", "remedy-move"),
        "the whole cast: tests/transactions/musdes/test_remedy.py and test_duties.py",
    ),
    "upload": "the whole cast: tests/transactions/test_upload.py",
    "print-paper": "POST: test_nobody_changes_what_is_not_theirs below",
    "profile-name": "one's own name: tests/accounts",
    "end-sessions": "one's own sessions: tests/accounts",
    "my-village": "redirects to village-office",
    "my-provider": "redirects to one's own: tests/verification",
    "my-provider-new": "a blank form: tests/verification",
    "my-provider-page": "tests/verification",
    "my-provider-step": "tests/verification",
    "application-new": "tests/verification",
    "standing-renew": "one's own listings: tests/verification/test_listing_pages.py",
    "standing-update": "as above",
    "standing-withdraw": "as above",
    "sanction": "the whole cast: tests/verification/test_listing_pages.py",
    "sanction-move": "every role and state: tests/verification/test_sanction.py",
    "application-document": "tests/verification",
    "application-document-detach": "tests/verification",
    "my-provider-serves": "another's is not found: tests/verification/test_scope.py",
    "my-provider-entries": "as above",
    "my-provider-entry-new": "as above",
    "my-provider-entry": "as above",
    "my-provider-entry-remove": "as above",
    "application-check": "as above",
    "application-paper": "as above",
    "application-paper-detach": "as above",
    "application-statement": "POST; as above, and what it prints: tests/verification/test_statements.py",
    "application-letter": "POST; what it prints is read by its holder's readers: tests/verification",
    "services-template": "a blank workbook, for providers: tests/catalog/test_import.py",
    "services-export": "one's own services: as above",
    "services-import": "a blank form, for providers: as above",
    "services-import-check": "one's own table, another's is not found: as above",
    "services-import-remarks": "as above",
    "service-statistics": "one's own services: tests/monitoring/test_service_figures.py",
    "service-statistics-one": "another's is not found: as above",
    "service-new": "a blank form: tests/catalog",
    **dict.fromkeys(
        (f"admin:catalog_servicereview_{name}" for name in ("changelist", "change", "move")),
        "every role in every state, and the desk: tests/catalog/test_review.py",
    ),
    "wanted-list": "the whole cast: tests/catalog/test_wanted.py",
    "wanted-new": "as above",
    "wanted": "as above",
    "wanted-move": "as above",
    "service-suggest": "words and categories, of nobody: tests/catalog/test_search_box.py",
    "robots": "for machines, of nobody: tests/catalog/test_feeds.py",
    "sitemap-part": "a stream of public addresses: as above",
    "services-csv": "a stream of what the public catalogue shows: as above",
    "services-json": "as above",
    "directory-json": "as above",
    "directory-csv": "a stream of what the public directory shows: tests/catalog/test_directory.py",
    "directory-edition": "public once it is out: tests/catalog/test_directory_edition.py",
    "shortlist-add": "the whole cast: tests/transactions/sourcing/test_shortlist.py",
    "shortlist-remove": "as above",
    "compare": "public services of any address: tests/catalog/test_compare.py",
    "questions": "the whole cast: tests/catalog/test_question.py",
    "question": "as above",
    "question-move": "every role and state: as above",
    "personal-number": "every kind against the whole cast: tests/accounts/test_personal.py",
    "village-access-new": "a blank form: tests/accounts",
    "village-office-edit": "tests/accounts",
    "village-data-new": "the whole cast: tests/accounts/test_village_data.py",
    "village-succession-new": "the whole cast: tests/accounts/test_succession.py",
    "village-succession": "as above",
    "village-succession-move": "as above",
    "village-offices": "names of villages in one's territory: tests/accounts",
    "membership-end": "tests/accounts",
    **dict.fromkeys(
        (
            "activity-new",
            "activity-import",
            "activity-import-new",
            "activity-import-example",
            "activity-import-move",
        ),
        "the whole cast, reading and changing: tests/transactions/planning/test_activity_pages.py",
    ),
    "dashboard": "the whole cast against every level: tests/monitoring/test_dashboards.py",
    "dashboard-area": "as above",
    "dashboard-csv": "as above",
    "reports": "tests/monitoring/test_reports.py, 'who'",
    "report": "as above",
    "report-new": "as above, and forged areas",
    "report-print": "as above",
    "report-move": "as above",
    "facilitator-reports": "tests/monitoring/test_facilitator.py, supervisors and neighbours",
    "facilitator-report": "as above",
    "facilitator-report-open": "as above",
    "facilitator-report-print": "as above",
    "facilitator-report-move": "as above",
}
MOVES = {
    "need-move": lambda s: [s.need("Peta potensi desa").code, "batalkan-kebutuhan"],
    "activity-move": lambda s: [spare_activity().code, "keluarkan-kegiatan"],
    "terms-move": lambda s: [s.sourcing(s.sealed).terms.code, "ubah-kak"],
    "sourcing-move": lambda s: [s.sourcing(s.sealed).code, "nyatakan-gagal"],
    "tender-question-move": lambda s: [s.tendered.questions.get(state="asked").code, "jawab"],
    "quotation-move": lambda s: [s.quotation(s.sealed, "penyedia").code, "tarik-penawaran"],
    "contract-move": lambda s: [s.contract(s.need("Situs web dan pelayanan informasi desa")).code, "putus-kontrak"],
    "accountability-move": lambda s: [s.account(s.unpaid).code, "tutup-pembelian"],
    "payment-request-new": lambda s: [s.contract(s.unpaid).code],
    "payment-request-move": lambda s: [spp(s).code, "catat-pembayaran"],
    "addendum-move": lambda s: [
        s.contract(s.need("Pelatihan pembukuan BUM Desa")).addenda.get().code,
        "tarik-adendum",
    ],
    "meeting-move": lambda s: [s.meeting(s.closed).code, "tetapkan-keputusan-musdes"],
    "meeting-print": lambda s: [s.meeting(s.closed).code, "ba-musdes"],
    "rating-move": lambda s: [s.contract(s.need("Pelatihan kader Posyandu")).rating.code, "tanggapi-penilaian"],
    "village-access-move": lambda s: [access(s).code, "verifikasi"],
    "village-data-move": lambda s: [numbers(s).code, "kembalikan-untuk-perbaikan"],
    "application-move": lambda s: [s.application("calon.penyedia2").code, "ajukan"],
    "service-move": lambda s: [s.service("Pembuatan situs web desa").code, "hentikan-sementara"],
    "print-paper": lambda s: [s.closed.code, "spk"],
    "order-bundle-new": lambda s: [s.closed.code, "zip"],
    "admin:verification_application_move": lambda s: [waiting(s).code, "tolak"],
    "admin:verification_application_declare": lambda s: [waiting(s).code],
    "admin:verification_application_remark": lambda s: [waiting(s).code],
    "admin:verification_application_score": lambda s: [waiting(s).code],
    "admin:verification_application_agree": lambda s: [waiting(s).code],
    "admin:verification_application_judge": lambda s: [waiting(s).code, waiting(s).documents.first().code],
    "admin:verification_pokja_move": lambda s: [the_pokja().code, "bubarkan-pokja"],
    "admin:verification_plenary_move": lambda s: [the_plenary().code, "unggah-pindaian-berita-acara"],
    "admin:verification_plenary_print": lambda s: [the_plenary().code, "berita-acara"],
    "directory-edition-new": lambda s: ["52.02"],
    "provider-card": lambda s: [s.application("penyedia").provider.code],
}
# Who may make the move for which POST needs no data (they are left out of the test of changed rows).
MOVERS = {
    # Nobody has said yet what ties them to this applicant; and the forms of the desk are not those of this test.
    **{f"admin:verification_application_{name}": set() for name in ("move", "score", "agree", "judge")},
    **{f"admin:verification_application_{name}": {"pokja", "ketua.pokja"} for name in ("declare", "remark")},
    "admin:verification_pokja_move": {"dpmd"},
    "admin:verification_plenary_move": {"pokja", "ketua.pokja"},
    "admin:verification_plenary_print": DESK,
    "activity-move": {"operator", "pka", "sekdes", "kaur"},
    "quotation-move": {"penyedia"},
    "tender-question-move": {"tpk"},
    "village-access-move": {"dpmd"},
    "village-data-move": set(),  # it is verified
    "service-move": {"penyedia4"},
    "print-paper": A | {"penyedia"},
    "meeting-print": A | {"penyedia"},
    "addendum-move": {"pka.tetangga"},  # it is the neighbour's contract
    "order-bundle-new": A | {"penyedia"},
    "application-move": {"calon.penyedia2"},
    "directory-edition-new": {"ketua.pokja", "dpmd"},
    "provider-card": {"penyedia", "pokja", "ketua.pokja", "dpmd"},
}


# --- reading ----------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def browsers(story: Story, django_db_blocker: Any) -> dict[Any, Client]:
    with django_db_blocker.unblock():
        return {key: story.client(key) for key in [*EVERYBODY, "calon.penyedia", "calon.penyedia2", None]}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_exactly_the_readers_read_the_marked_text(page: Page, story: Story, browsers: dict[Any, Client]) -> None:
    url = reverse(page.name, args=page.args(story))
    marker = page.marker(story)
    read = set()
    for key, browser in browsers.items():
        response = browser.get(url)
        assert response.status_code in (200, 302, 403, 404), (key, response.status_code)
        if response.status_code == 200 and marker in response.content.decode():
            read.add(key)
        else:
            assert marker not in response.content.decode(), (key, response.status_code)
    asked = page.readers | ({"calon.penyedia", "calon.penyedia2"} if page.readers == PUBLIC else set())
    assert read == asked


def test_a_file_is_read_by_who_reads_its_holder(story: Story, browsers: dict[Any, Client]) -> None:
    scan = story.contract(story.closed).village_scan
    url = reverse("file", args=[scan.code])
    read = {key for key, browser in browsers.items() if browser.get(url).status_code == 200}
    assert read == A | {"penyedia"}


def test_a_personal_paper_of_a_provider_is_read_by_few(story: Story, browsers: dict[Any, Client]) -> None:
    document = story.application("penyedia").documents.filter(type__personal=True)[0]
    url = reverse("file", args=[document.file.code])
    read = {key for key, browser in browsers.items() if browser.get(url).status_code == 200}
    assert read == {"penyedia", "pokja", "ketua.pokja", "dpmd"}


def test_a_file_of_nobody_is_seen_by_its_owner_only(story: Story, browsers: dict[Any, Client]) -> None:
    loose = StoredFile.objects.store(b"x", name="x", content_type="text/plain", by=story.user("operator"))
    url = reverse("file", args=[loose.code])
    assert {key for key, browser in browsers.items() if browser.get(url).status_code == 200} == {"operator"}


def test_a_printed_paper_is_read_by_who_reads_its_order(story: Story, browsers: dict[Any, Client]) -> None:
    from transactions.documents.contract import issue_spk

    paper = issue_spk(story.contract(story.closed), by=story.user("pka"))
    url = reverse("document", args=[paper.code])
    read = {key for key, browser in browsers.items() if browser.get(url).status_code == 200}
    assert read == A | {"penyedia"}


# --- changing ---------------------------------------------------------------------------------------
# Tables that a refused request may write: sessions, counters of attempts, the log of views.
NOT_COUNTED = ("accounts_attempt", "accounts_ratecount", "core_fileview", "regions_")


def fingerprint() -> str:
    """A hash over every row of our tables."""
    with connection.cursor() as cursor:
        tables = [
            name
            for name in connection.introspection.table_names(cursor)
            if name.startswith(
                ("core_", "accounts_", "verification_", "catalog_", "transactions_", "reviews_", "monitoring_")
            )
            and not name.startswith(NOT_COUNTED)
        ]
        union = " UNION ALL ".join(
            f"SELECT '{name}', count(*), coalesce(sum(hashtext(t::text)), 0) FROM {name} t" for name in tables
        )
        cursor.execute(union)
        return hashlib.sha256(repr(sorted(cursor.fetchall())).encode()).hexdigest()


def test_the_fingerprint_sees_a_changed_row(story: Story) -> None:
    """The positive control of the test below."""
    before = fingerprint()
    story.sealed.__class__.objects.filter(pk=story.sealed.pk).update(place="Dusun lain")
    assert fingerprint() != before


@pytest.mark.parametrize("name", MOVES)
def test_nobody_changes_what_is_not_theirs(name: str, story: Story, browsers: dict[Any, Client]) -> None:
    """A POST with every field the form could want, by everyone who is not the mover, leaves every row as it was."""
    url = reverse(name, args=MOVES[name](story))
    data = {
        "reason": "Alasan uji",
        "number": "1",
        "decision": "accepted",
        "reply": "Tanggapan uji",
        "kertas": "A4",
        "terdaftar": "52.02",
        "basis": "uji",
    }
    may = (
        MOVERS.get(name, set()) | {"kades", "tpk", "pka", "kaur", "bpd", "penyedia2"}
        if name not in MOVERS
        else MOVERS[name]
    )
    before = fingerprint()
    for key, browser in browsers.items():
        if key in may:
            continue
        response = browser.post(url, data)
        assert response.status_code in (302, 403, 404, 409, 422), (key, response.status_code)
        assert fingerprint() == before, key


# --- no address is forgotten ------------------------------------------------------------------------
def addresses(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry, f"{entry.namespace}:" if entry.namespace else prefix)
        elif isinstance(entry, URLPattern) and entry.name:
            yield prefix + entry.name


def test_every_address_has_a_row() -> None:
    known = {page.name for page in PAGES} | set(ELSEWHERE) | set(MOVES)
    ours = {name for name in addresses(get_resolver()) if not name.startswith(("account_", "mfa_", "admin:"))}
    assert ours - known == set(), "addresses without a row in PAGES, MOVES or ELSEWHERE"
    assert {name for name in known - ours if not name.startswith("admin:")} == set(), "rows without an address"
