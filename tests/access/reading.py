"""Each page, the text that marks what it protects, and exactly who reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.access.cast import (
    DESK,
    HELPERS,
    NEIGHBOUR,
    OVERSEERS,
    PROVIDERS,
    PUBLIC,
    VILLAGE,
    WRITERS,
    A,
    access,
    activity,
    bundle,
    example_rule,
    numbers,
    spp,
    the_plenary,
    the_pokja,
    waiting,
)
from tests.cast import Story


@dataclass(frozen=True, slots=True)
class Page:
    """An address, the text that marks what it protects, and exactly who may read that text there."""

    name: str
    marker: Callable[[Story], str]
    readers: set[Any]
    args: Callable[[Story], list[Any]] = lambda story: []


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
    # what waits for oneself
    Page("todo", lambda s: spp(s).get_absolute_url(), {"kaur"}),
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
