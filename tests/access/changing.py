"""Each address that changes something, one document to try it on, and who may."""

from __future__ import annotations

from tests.access.cast import (
    DESK,
    A,
    access,
    numbers,
    spare_activity,
    spp,
    the_plenary,
    the_pokja,
    waiting,
)

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
# Who may make the moves that are not named in MOVERS.
OFTEN = {"kades", "tpk", "pka", "kaur", "bpd", "penyedia2"}
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
