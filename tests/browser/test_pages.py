"""Every page of the story, as those who use it: axe finds nothing at all, nothing is cut off, nothing complains."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.site import Site, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

WIDTHS = (360, 1280)
axe = Axe()
ONLY = {"resultTypes": ["violations"]}  # what is right is not told node by node
VILLAGE = "52.02.04.2001"
# Who looks at what. `{name}` stands for the address of one of the story's documents: see `addresses`.
PAGES: dict[str, str] = {
    "": f"""/ /layanan/ /layanan/?q=pelatihan /layanan/?q=tidakadasamasekali
        /layanan/?q=pelatian+bumdess /layanan/?q=irigasi&wilayah=52.01 {{service}} {{service}}cetak/
        {{service}}tanya-jawab/ {{service}}versi/1/ {{service}}kak/ /layanan/bandingkan/ /layanan/bandingkan/?layanan={{service_code}}&layanan=X /penyedia/ {{provider}}
        {{provider}}status/ /penyedia/ZZZZ/status/ /penyedia/direktori/ /penyedia/direktori/52.02/
        /wilayah/ /wilayah/52.02/ /wilayah/{VILLAGE}/ /tentang/ /gaya/ /privasi/ /cek/
        /masuk/ /daftar/ /kata-sandi/lupa/ /latihan/ /tidak-ada/""",
    "calon": "/perlu-tindakan/ {access} /akses-desa/baru/ /profil/ /profil/nama/ /keamanan/ /pemberitahuan/ /email/",
    "operator": """/perlu-tindakan/ /desa-saya/ /pembelian/ /pembelian/?q=tidakadasamasekali /pembelian/baru/
        /pembelian/baru/?layanan={service_code} {closed} {paid} {service}tanya/ /pertanyaan/ {budgeted}daftar-pendek/
        /layanan-dicari/ /layanan-dicari/baru/?q=irigasi /layanan-dicari/?lihat=pencarian
        /daftar-pendek/simpan/?layanan={service_code}""",
    "sekdes": f"""/kegiatan/ /kegiatan/?q=tidakadasamasekali /kegiatan/baru/ /kegiatan/muat/ {{import}} {{activity}}
        {{activity:amend}} {{agreed:place_in_plan}} /kegiatan/pengumuman/{VILLAGE}/{{activity_year}}/""",
    "operator.tetangga": "{noted} {noted:agree} {noted:amend}",
    "pka": """/perlu-tindakan/ {agreed} {agreed:budget} {budgeted} {budgeted}pengadaan/ {sealed} {drafted}
        {drafted:issue} {closed}""",
    "pka.tetangga": "/perlu-tindakan/ {running} {held} {held_rating}",
    "tpk": "/perlu-tindakan/ {sealed} {sealed:fail}",
    "kaur": "/perlu-tindakan/ {unpaid} {request} {request:pay}",
    "bpd": "/perlu-tindakan/ {paid} {paid_meeting} {meeting}",
    "kades": f"""/perlu-tindakan/ {{closed}} /kantor-desa/{VILLAGE}/ /kantor-desa/{VILLAGE}/ubah/ {{numbers}}
        /kantor-desa/{VILLAGE}/riwayat/ /kantor-desa/{VILLAGE}/pergantian/ /kantor-desa/{VILLAGE}/data/ajukan/""",
    "penyedia": """/perlu-tindakan/ /layanan-dicari/ /pertanyaan/ /penyedia-saya/ /layanan-saya/ /layanan-saya/baru/ /layanan-saya/baru/?kategori=infrastruktur {service} {service:revise}
        {service:add_photo} {service:remove_photo} {service:pause} /pembelian/ {running} {running:report_progress}
        {sealed} {closed} {closed_rating:answer} {provider}kartu/""",
    "calon.penyedia": "/perlu-tindakan/ /penyedia-saya/ {submitted}",
    "calon.penyedia2": """/perlu-tindakan/ /penyedia-saya/ {returned} {returned_paper}
        {profile}identitas/ {profile}kontak/ {profile}penanggung-jawab/ {profile}npwp-nib/ {profile}rekening/
        {profile}tentang/ {profile}bidang/ {returned}kelengkapan/ {returned}batalkan-permohonan/ {mine} {mine}wilayah/
        {mine}daftar/tenaga-ahli/ {mine}daftar/tenaga-ahli/baru/ {mine}daftar/pengalaman/""",
    "pokja": """/perlu-tindakan/ /admin/ /admin/verification/application/ /admin/verification/application/?antrean=semua
        {submitted_case} {returned_case} {listed_case} {listed_history} /admin/catalog/servicereview/
        /admin/verification/standing/ /admin/verification/plenary/ /admin/verification/plenary/?cari=tidakada
        /admin/verification/plenary/baru/ {plenary} {plenary:attach_scan} /kantor-desa/""",
    "ketua.pokja": "/perlu-tindakan/ /admin/verification/application/ {submitted_case} /penyedia/direktori/52.02/terbitkan/",
    "dpmd": """/perlu-tindakan/ /layanan-dicari/ /akses-desa/ {access} {access:verify} {access:reject} /pantau/ /pantau/52.02.04/
        /laporan/ /laporan/baru/ /kantor-desa/ /admin/ /admin/transactions/procurementrule/
        /admin/transactions/procurementrule/add/ /admin/verification/pokja/ /admin/verification/pokja/baru/ {pokja}
        {pokja:add_member} {pokja:remove_member} {pokja:prepare_next} {pokja:dissolve}
        /admin/verification/verificationrule/ {rule} /admin/verification/verificationrule/baru/
        /admin/verification/documentrequirement/ /admin/verification/documentrequirement/ubah/
        /admin/verification/declaration/ /admin/verification/declaration/baru/?cari=contoh
        /admin/verification/declaration/cetak/ /admin/core/personalview/ {numbers} {account}""",
    "pld": "/perlu-tindakan/ /pembelian/ {paid} {paid_meeting} /pantau/ /laporan/pendamping/",
    "tapm": "/perlu-tindakan/ /pantau/ /laporan/pendamping/",
    "kecamatan": "/perlu-tindakan/ /pantau/ /pembelian/",
    "provinsi": "/perlu-tindakan/ /pantau/ /laporan/ /laporan/baru/",
    "kementerian": "/perlu-tindakan/ /layanan-dicari/ /admin/catalog/synonym/ /admin/catalog/category/ /pantau/ /laporan/ /admin/ /admin/verification/documentrequirement/jenis-baru/",
}
CASES = [(who, path) for who, paths in PAGES.items() for path in paths.split()]
MISSING = {"/tidak-ada/", "/penyedia/ZZZZ/status/"}  # the page that says so is looked at, too


@pytest.fixture(scope="module")
def addresses(demo: Site) -> dict[str, str]:
    """The story's documents by the names that PAGES uses."""
    return demo.ask(lambda: _addresses())


def _addresses() -> dict[str, str]:
    from accounts.models import VillageAccess, VillageData
    from p2ktd.demo.cast import DOMAIN
    from tests.cast import Story
    from transactions.models import ActivityImport
    from verification.models import Plenary, Pokja, VerificationRule

    story = Story()
    service = story.service("Pelatihan pengelolaan BUM Desa")
    orders = {
        "noted": "Penyegaran kader Posyandu",
        "agreed": "Peninjauan RPJM Desa",
        "budgeted": "Peta potensi desa",
        "sealed": "DED jalan usaha tani",
        "drafted": "Situs web dan pelayanan informasi desa",
        "running": "Pelatihan pembukuan BUM Desa",
        "unpaid": "Pengemasan produk UMKM desa",
        "paid": "Pelatihan bank sampah",
        "held": "Situs web desa",
        "closed": "Pelatihan pengelola BUM Desa",
    }
    needs = {name: story.need(title) for name, title in orders.items()}
    found = {name: need.get_absolute_url() for name, need in needs.items()}

    def step(name: str, document: object, verb: str) -> None:
        found[f"{name}:{verb}"] = document.move_url(verb)

    for name, verb in (("agreed", "budget"), ("agreed", "place_in_plan"), ("noted", "agree"), ("noted", "amend")):
        step(name, needs[name], verb)
    step("sealed", story.sourcing(needs["sealed"]), "fail")
    step("drafted", story.contract(needs["drafted"]), "issue")
    step("running", story.contract(needs["running"]), "report_progress")
    request = story.contract(needs["unpaid"]).payment_requests.get()
    found["request"] = request.get_absolute_url()
    step("request", request, "pay")
    step("closed_rating", story.contract(needs["closed"]).rating, "answer")
    for verb in ("revise", "add_photo", "remove_photo", "pause"):
        step("service", service, verb)
    activity = needs["budgeted"].activity
    step("activity", activity, "amend")
    pokja = Pokja.objects.get()
    for verb in ("add_member", "remove_member", "prepare_next", "dissolve"):
        step("pokja", pokja, verb)
    plenary = Plenary.objects.earliest("pk")
    step("plenary", plenary, "attach_scan")
    access = VillageAccess.objects.get(user__email=f"calon@{DOMAIN}")
    numbers = VillageData.objects.in_force(VILLAGE)
    step("access", access, "verify")
    step("access", access, "reject")
    for name, provider in (
        ("submitted", "calon.penyedia"), ("returned", "calon.penyedia2"), ("listed", "penyedia"),
    ):  # fmt: skip
        application = story.application(provider)
        found[name] = application.get_absolute_url()
        found[f"{name}_case"] = f"/admin/verification/application/{application.code}/change/"
        found[f"{name}_history"] = f"/admin/verification/application/{application.code}/history/"
    returned = story.application("calon.penyedia2")
    bad = returned.documents.current().get(verdict="not_conforming")
    found |= {
        "activity": activity.get_absolute_url(),
        "activity_year": str(activity.fiscal_year),
        "import": ActivityImport.objects.get(state="checked").get_absolute_url(),
        "mine": f"/penyedia-saya/{returned.provider.code}/",
        "service": service.get_absolute_url(),
        "service_code": service.code,
        "provider": service.provider.get_absolute_url(),
        "access": access.get_absolute_url(),
        "numbers": numbers.get_absolute_url(),
        "account": f"/data-pribadi/data-desa/{numbers.code}/rekening/",
        "plenary": plenary.get_absolute_url(),
        "pokja": pokja.get_absolute_url(),
        "rule": VerificationRule.objects.get().get_absolute_url(),
        "paid_meeting": f"/pertanggungjawaban/{story.account(needs['paid']).code}/musdes/",
        "meeting": story.meeting(needs["closed"]).get_absolute_url(),
        "closed_rating": f"/nilai/{story.contract(needs['closed']).code}/",
        "held_rating": f"/nilai/{story.contract(needs['held']).code}/",
        "returned_paper": f"{returned.get_absolute_url()}dokumen/{bad.type.key}/",
        "profile": f"/penyedia-saya/{returned.provider.code}/profil/",
    }
    return found


@pytest.fixture(scope="module")
def guests() -> dict[str, Visitor]:
    """One browser for each account, for all of its pages."""
    return {}


@pytest.mark.parametrize(("who", "path"), CASES, ids=[f"{who or 'public'} {path}" for who, path in CASES])
def test_a_page(demo: Site, addresses: dict[str, str], guests: dict[str, Visitor], who: str, path: str) -> None:
    if who not in guests:
        guests[who] = demo.visitor(who or None)
    guest = guests[who]
    page = guest.page
    guest.complaints.clear()
    address = re.sub(r"\{(.+?)\}", lambda name: addresses[name[1]], path)
    answer = page.goto(address)
    assert answer.status == (404 if path in MISSING else 200)
    assert page.locator("html").get_attribute("lang") == "id"
    assert page.locator("h1").count() == 1
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = axe.run(page, options=ONLY).response["violations"]
        assert [(width, each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
    if path in MISSING:
        guest.complaints.clear()  # the browser counts the 404 as one
    assert guest.complaints == []
