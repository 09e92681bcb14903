"""Who may act on a contract, and the sentence why not."""

from __future__ import annotations

from typing import Any

from accounts import people
from accounts.models.membership import Role
from core.workflow import Allowed, Denied, Verdict
from transactions.models.base import CLOSED


class Guards:
    """One `may_<verb>` for each move; a person who works for the provider never acts for the village."""

    state: Any
    village_id: Any
    provider_id: Any
    percent: Any
    accepted_part: Any
    open_inspection: Any
    head_handover_on: Any

    def _manager(self, user: Any) -> Verdict:
        membership = people.acting(user, Role.ACTIVITY_MANAGER, at=self.village_id)
        if not membership:
            return Denied("Langkah ini dilakukan oleh Kasi/Kaur (Pelaksana Kegiatan Anggaran) desa ini.")
        return self._for_village(user, membership)

    def _for_village(self, user: Any, membership: Any) -> Verdict:
        """Whoever works for the provider does not act for the village in its contract."""
        if self.provider_id in people.providers(user):
            return Denied("Anda bekerja pada penyedia ini, jadi tidak dapat bertindak untuk desa dalam kontraknya.")
        return Allowed(membership)

    def _owner(self, user: Any) -> Verdict:
        membership = people.acting(user, Role.PROVIDER, provider=self.provider_id)
        return Allowed(membership) if membership else Denied("Langkah ini dilakukan oleh penyedia.")

    may_issue = may_sign_for_village = may_ask_repair = may_hand_over = may_hand_to_head = may_terminate = _manager
    may_change = may_recall = _manager
    may_sign_for_provider = may_report_progress = may_record_training = _owner

    def may_request_inspection(self, user: Any) -> Verdict:
        verdict = self._owner(user)
        if verdict and self.percent <= self.accepted_part:
            return Denied("Pemeriksaan diminta setelah ada kemajuan yang dilaporkan dan belum diterima.")
        return verdict

    def may_accept_part(self, user: Any) -> Verdict:
        verdict, asked = self._manager(user), self.open_inspection
        if verdict and (asked is None or asked.is_whole):
            return Denied("Penyedia meminta pemeriksaan seluruh pekerjaan, bukan sebagian.")
        return verdict

    def may_accept_work(self, user: Any) -> Verdict:
        verdict, asked = self._manager(user), self.open_inspection
        if verdict and asked is not None and not asked.is_whole:
            return Denied(f"Penyedia meminta pemeriksaan {asked.percent} % pekerjaan; terima sebagian.")
        return verdict

    def may_send_back(self, user: Any) -> Verdict:
        """Whoever holds the work: the manager who accepted it, and once it is handed over the village head."""
        if self.state != "received":
            return self._manager(user)
        membership = people.acting(user, Role.VILLAGE_HEAD, at=self.village_id)
        if not membership:
            return Denied("Setelah BAST, hasil pekerjaan dikembalikan oleh Kepala Desa.")
        return self._for_village(user, membership)

    def may_confirm_handover(self, user: Any) -> Verdict:
        membership = people.acting(user, Role.VILLAGE_HEAD, at=self.village_id)
        if not membership:
            return Denied("Hasil pekerjaan diterima dari Kasi/Kaur oleh Kepala Desa.")
        if self.head_handover_on is None:
            return Denied("Kasi/Kaur mencatat BAST kepada Kepala Desa dahulu.")
        return self._for_village(user, membership)

    def may_attach_head_scan(self, user: Any) -> Verdict:
        verdict = self.may_attach_handover_scan(user)
        if verdict and self.head_handover_on is None:
            return Denied("BAST kepada Kepala Desa belum dicatat.")
        return verdict

    def may_attach_handover_scan(self, user: Any) -> Verdict:
        membership = people.acting(user, Role.ACTIVITY_MANAGER, Role.VILLAGE_OPERATOR, at=self.village_id)
        if not membership:
            return Denied("Pindaian BAST diunggah oleh Kasi/Kaur atau operator desa.")
        account = getattr(self, "accountability", None)
        if account is not None and account.state == "closed":
            return Denied(CLOSED)
        return self._for_village(user, membership)
