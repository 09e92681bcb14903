"""A Pokja, its neighbours, and applicants whose applications reach each state through the verbs."""

from __future__ import annotations

import datetime as dt
import importlib
from functools import cached_property
from typing import Any

from accounts.models import LegalForm, Provider, Role, User
from accounts.models.membership import today
from core.models import StoredFile
from regions.models import Area
from tests.accounts.stage import Cast, fresh, person
from tests.areas import LOMBOK_BARAT, LOMBOK_TENGAH
from verification.models import Application, DocumentRequirement, DocumentType, ScoreAspect, SubmittedDocument, profile
from verification.models.application import consent_in_force

# What a company shows in these tests: enough to tell personal from open, and quick to judge.
SHOWN = ("ktp", "npwp", "portofolio", "pakta-integritas")
rules = importlib.import_module("verification.migrations.0002_default_rules")

YEAR = dt.timedelta(days=365)
DECREE = {"decree_number": "188.45/12/2026", "valid_until": today() + YEAR}
NIK, NPWP, ACCOUNT = "0000000000000017", "0000000000000987", "0000555501"


class Stage(Cast):
    """The cast of accounts with a second Pokja and several applicants."""

    @cached_property
    def short_matrix(self) -> bool:
        """Companies show four papers instead of eleven; every other form the whole default matrix."""
        since = dt.date(2024, 1, 2)  # the day after the defaults
        rest = DocumentType.objects.exclude(key__in=(*SHOWN, "foto", "domisili"))
        DocumentRequirement.objects.bulk_create(
            DocumentRequirement(type=kind, legal_form="company", need="off", valid_from=since, source="uji")
            for kind in rest
        )
        return True

    @cached_property
    def member(self) -> User:
        return self._holding("Baiq Anggota", Role.POKJA_MEMBER, LOMBOK_TENGAH)

    @cached_property
    def second_member(self) -> User:
        return self._holding("Made Anggota", Role.POKJA_MEMBER, LOMBOK_TENGAH)

    @cached_property
    def second_chair(self) -> User:
        return self._holding("Nyoman Ketua", Role.POKJA_CHAIR, LOMBOK_TENGAH)

    @cached_property
    def neighbour_member(self) -> User:
        return self._holding("Wayan Tetangga", Role.POKJA_MEMBER, LOMBOK_BARAT)

    @cached_property
    def neighbour_chair(self) -> User:
        return self._holding("Ketut Tetangga", Role.POKJA_CHAIR, LOMBOK_BARAT)

    @cached_property
    def firm(self) -> Provider:
        return self.new_provider("CV Contoh Bina Desa")

    @cached_property
    def rival(self) -> Provider:
        return self.new_provider("PT Contoh Saingan", npwp="0000000000000555", nib="0000000000055")

    def owner(self, provider: Provider) -> User:
        """Who works for it."""
        return fresh(provider.memberships.filter(role=Role.PROVIDER).earliest("pk").user)

    def new_provider(self, name: str, *, form: str = LegalForm.COMPANY, empty: bool = False, **fields: Any) -> Provider:
        """A provider made by its own person; `empty` leaves the profile at its first step."""
        key = name.lower().replace(" ", ".")
        user = person(f"Pemilik {name}", "provider", f"{key}@penyedia.example")
        area = Area.objects.get(code=LOMBOK_TENGAH)
        provider = profile.begin(by=user, name=name, legal_form=form, area=area)
        if not empty:
            details = {
                "address": "Jalan Contoh 1, Praya",
                "phone": "+62370123456",
                "email": f"kantor@{key}.example",
                "person_in_charge": "Rina Contoh",
                "position": "Direktur",
                "nik": NIK,
                "npwp": NPWP,
                "nib": "0000000000099" if form in profile.NIB_FORMS else "",
                "bank": "Bank Contoh",
                "account_number": ACCOUNT,
                "account_holder": name,
            }
            profile.change(provider, by=fresh(user), **(details | fields))
        return provider

    # --- an application in each state ---------------------------------------------------------------
    def draft(
        self, provider: Provider | None = None, *, regency: str = LOMBOK_TENGAH, full: bool = True
    ) -> Application:
        """Begun; `full` brings every required paper and the consent."""
        provider = provider or self.firm
        assert self.short_matrix
        assert self.member or self.neighbour_member
        if regency == LOMBOK_BARAT:
            assert self.neighbour_member
        by = self.owner(provider)
        application = Application(provider=provider, regency=Area.objects.get(code=regency))
        application.apply(by=by)
        if full:
            for requirement in application.requirements:
                if requirement.required:
                    attach(application, requirement.type, by=by)
            application.consent(by=by, version=consent_in_force()["version"])
        return application

    def submitted(self, provider: Provider | None = None, **more: Any) -> Application:
        application = self.draft(provider, **more)
        application.submit(by=self.owner(application.provider))
        return application

    def checking(self, provider: Provider | None = None, *, by: User | None = None, **more: Any) -> Application:
        application = self.submitted(provider, **more)
        application.claim(by=by or self.member)
        return application

    def ready(self, provider: Provider | None = None, *, by: User | None = None, **more: Any) -> Application:
        """Checked in full: every paper conforms, every aspect has points."""
        application = self.checking(provider, by=by, **more)
        judge_all(application, by=by or self.member)
        score_all(application, by=by or self.member)
        return application

    def returned(self, provider: Provider | None = None, *, failing: str = "ktp", **more: Any) -> Application:
        application = self.checking(provider, **more)
        judge_all(application, by=self.member, failing=failing)
        application.give_back(by=self.member)
        return application

    def recommended(self, provider: Provider | None = None, *, by: User | None = None, **more: Any) -> Application:
        application = self.ready(provider, by=by, **more)
        application.recommend(by=by or self.member)
        return application

    def listed(self, provider: Provider | None = None, *, number: str = "001", **more: Any) -> Application:
        application = self.recommended(provider, **more)
        application.list_provider(by=self.chair, directory_number=number, decree_date=today(), **DECREE)
        return application

    def rejected(self, provider: Provider | None = None, **more: Any) -> Application:
        application = self.recommended(provider, **more)
        application.reject(by=self.chair, reason="Pengalaman belum dapat dibuktikan.")
        return application


def scan(by: User, *, name: str = "surat.pdf", personal: bool = False) -> StoredFile:
    return StoredFile.objects.store(
        b"%PDF-1.4 contoh", name=name, content_type="application/pdf", by=by, personal=personal
    )


def attach(application: Application, kind: DocumentType | str, *, by: User, **fields: Any) -> SubmittedDocument:
    kind = DocumentType.objects.get(key=kind) if isinstance(kind, str) else kind
    file = scan(by, name=f"{kind.key}.pdf", personal=kind.personal)
    return application.attach(by=by, type=kind, file=file, **fields)


def paper(application: Application, key: str) -> SubmittedDocument:
    """The current paper of this kind."""
    return application.documents.current().get(type__key=key)


def judge_all(application: Application, *, by: User, failing: str = "") -> None:
    for row in application.documents.current().select_related("type"):
        if row.type.key == failing:
            application.judge(
                by=by, document=row, conforms=False, reason_kind="unreadable", reason="Foto terpotong di kanan."
            )
        else:
            application.judge(by=by, document=row, conforms=True)


def score_all(application: Application, *, by: User, points: int = 80) -> None:
    application.score(by=by, points=dict.fromkeys(ScoreAspect.objects.values_list("key", flat=True), points))
