"""A Pokja, its neighbours, and applicants whose applications reach each state through the verbs."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any

from django.utils import timezone

from accounts.models import LegalForm, Membership, Provider, Role, User
from accounts.models.membership import POKJA_ROLES
from core.clock import today
from core.models import StoredFile
from regions.models import Area
from tests.accounts.stage import Cast, fresh, person
from tests.areas import LOMBOK_BARAT, LOMBOK_TENGAH
from verification.models import (
    Application,
    DocumentRequirement,
    DocumentType,
    Experience,
    Expert,
    Plenary,
    Pokja,
    SubmittedDocument,
    profile,
)
from verification.models.application import consent_in_force

# What a company shows in these tests: enough to tell personal from open, and quick to judge.
SHOWN = ("ktp", "npwp", "portofolio", "pakta-integritas")

DAY, YEAR = dt.timedelta(days=1), dt.timedelta(days=365)
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
                "fields": ["infrastruktur"],
            }
            profile.change(provider, by=fresh(user), **(details | fields))
            Expert.objects.create(provider=provider, name="Contoh Ahli", education="S1 Teknik", expertise="Irigasi")
            Experience.objects.create(provider=provider, title="DED jalan", client="Desa Contoh", year=2025)
        return provider

    @cached_property
    def pokja(self) -> Pokja:
        """The regency's Pokja by decree: chair, member and second member, in force since yesterday."""
        return self.establish(LOMBOK_TENGAH, self.office, chair=self.chair, members=[self.member, self.second_member])

    def establish(self, regency: str, office: User, *, chair: User, members: list[User]) -> Pokja:
        """Prepared and established by the office; rights that people had without a decree end first."""
        Membership.objects.filter(area=regency, role__in=POKJA_ROLES, user__in=[chair, *members]).update(
            starts_on=today() - 9 * DAY, ends_on=today() - 8 * DAY
        )
        pokja = Pokja(
            regency_id=regency,
            decree_number="188.45/1/2026",
            decree_date=today() - 2 * DAY,
            starts_on=today() - DAY,
            ends_on=today() + YEAR,
        )
        pokja.prepare(by=office)
        for user, position in ((chair, "chair"), *((user, "member") for user in members)):
            pokja.add_member(by=office, user=user, position=position, body="Dinas PMD")
        pokja.establish(by=office)
        for user in (chair, *members):
            fresh_memberships(user)
        return pokja

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
            for want in application.wanted():
                if want.required:
                    attach(application, want.type, by=by, entry=want.entry)
            application.consent(by=by, version=consent_in_force()["version"])
        return application

    def submitted(self, provider: Provider | None = None, **more: Any) -> Application:
        application = self.draft(provider, **more)
        application.submit(by=self.owner(application.provider))
        return application

    def declared(self, application: Application, *users: User) -> Application:
        """Nobody named has anything to do with the applicant, and said so."""
        for user in users or (self.member, self.chair):
            application.declare(by=user)
        return application

    def checking(self, provider: Provider | None = None, *, by: User | None = None, **more: Any) -> Application:
        application = self.submitted(provider, **more)
        by = by or self.member
        self.declared(application, *{user.pk: user for user in (by, self.chair)}.values())
        application.claim(by=by)
        return application

    def returned(self, provider: Provider | None = None, *, failing: str = "ktp", **more: Any) -> Application:
        application = self.checking(provider, **more)
        judge_all(application, by=self.member, failing=failing)
        application.give_back(by=self.member)
        return application

    def interview(self, provider: Provider | None = None, *, by: User | None = None, **more: Any) -> Application:
        """All papers conform."""
        application = self.checking(provider, by=by, **more)
        judge_all(application, by=by or self.member)
        application.pass_papers(by=by or self.member)
        return application

    def scoring(self, provider: Provider | None = None, *, by: User | None = None, **more: Any) -> Application:
        """The interview was held; nobody has scored."""
        application = self.interview(provider, by=by, **more)
        interviewed(application, by=by or self.member)
        return application

    def agreed(
        self, provider: Provider | None = None, *, by: User | None = None, points: int = 80, **more: Any
    ) -> Application:
        """Holder, chair and member scored, the chair closed, and they agreed."""
        application = self.scoring(provider, by=by, **more)
        holder = by or self.member
        for user in {user.pk: user for user in (holder, self.chair, self.member)}.values():
            if not application.has_declared(user):
                self.declared(application, user)
            application.score(by=user, points=all_points(application, points))
        if not application.scores_closed:
            application.close_scores(by=self.chair)
        application.agree(by=holder, points=all_points(application, points), reason="Sepakat.")
        return application

    def recommended(self, provider: Provider | None = None, *, by: User | None = None, **more: Any) -> Application:
        application = self.agreed(provider, by=by, **more)
        application.recommend(by=by or self.member)
        return application

    def unfit(self, provider: Provider | None = None, *, by: User | None = None, **more: Any) -> Application:
        application = self.agreed(provider, by=by, points=50, **more)
        application.find_unfit(by=by or self.member)
        return application

    def plenary(self, *applications: Application, by: User | None = None) -> Plenary:
        """A sitting of today with these applications, not yet minuted."""
        assert self.pokja
        plenary = Plenary(regency_id=LOMBOK_TENGAH, held_on=today(), place="Aula Dinas PMD")
        plenary.convene(by=by or self.member, applications=list(applications))
        return plenary

    def minuted(self, *applications: Application, by: User | None = None) -> Plenary:
        plenary = self.plenary(*applications, by=by)
        plenary.minute(by=by or self.member, minutes_number=f"BA/{plenary.code}", present=list(plenary.pokja.serving()))
        return plenary

    def listed(self, provider: Provider | None = None, *, number: str = "001", **more: Any) -> Application:
        """Decided directly by the inner verb; the plenary's way is proved in its own tests."""
        application = self.recommended(provider, **more)
        application.list_provider(by=self.chair, directory_number=number, decree_date=today(), **DECREE)
        return application

    def rejected(self, provider: Provider | None = None, **more: Any) -> Application:
        application = self.recommended(provider, **more)
        application.reject(by=self.chair, reason="Pengalaman belum dapat dibuktikan.")
        return application

    def withdrawn(self, provider: Provider | None = None, **more: Any) -> Application:
        application = self.submitted(provider, **more)
        application.withdraw(by=self.owner(application.provider))
        return application


def fresh_memberships(user: User) -> None:
    """Forget what this object remembered of the person's memberships."""
    user.__dict__.pop("memberships_now", None)


def interviewed(application: Application, *, by: User) -> None:
    """Scheduled, held and written down."""
    now = timezone.now()
    application.schedule_interview(by=by, mode="office", at=now - DAY, place="Kantor Dinas PMD")
    questions = application.rule_now.questions
    application.record_interview(
        by=by,
        held_at=now - dt.timedelta(hours=1),
        present=[str(by)],
        applicants="Rina Contoh",
        answers=["Jawaban contoh."] * len(questions),
        summary="Penyedia memahami pekerjaannya.",
    )


def all_points(application: Application, points: int = 80) -> dict[str, int]:
    return dict.fromkeys((aspect.key for aspect in application.aspects), points)


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
