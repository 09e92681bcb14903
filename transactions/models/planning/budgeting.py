"""Money that stands in a village's APB Desa: for a need, or for a village's part of a joint purchase."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from core.workflow import refuse_unless

if TYPE_CHECKING:
    from transactions.models.planning.activity import Activity


class Budgeting:
    """Of a document with a village, an activity, and what that says of year, source and code."""

    village_id: Any
    activity: Any
    fiscal_year: Any
    funding: Any
    activity_code: Any

    def activities(self) -> models.QuerySet[Activity]:
        """What the village has on its budget list."""
        from transactions.models.planning.activity import Activity

        return Activity.objects.listed().filter(village=self.village_id)

    def take_from_budget(
        self, amount: int, activity: Activity | None, fiscal_year: int | None, funding: str, activity_code: str
    ) -> dict[str, str]:
        """From one of the village's activities that still has so much, whose row is held meanwhile; year, source and
        code are typed only where the village has no activities of that year on its list. Gives facts for the event."""
        if activity is None:
            listed = self.activities().filter(fiscal_year=fiscal_year)
            refuse_unless(
                not listed.exists(), "Kegiatan APB Desa tahun itu sudah ada dalam daftar desa; pilih salah satunya."
            )
            self.fiscal_year, self.funding, self.activity_code = fiscal_year, funding, activity_code
            return {}
        held: Any = self.activities().select_for_update(of=("self",)).filter(pk=activity.pk).first()
        refuse_unless(held, "Kegiatan itu tidak ada dalam daftar desa ini.")
        held.check_room(amount)
        self.activity, self.fiscal_year = held, held.fiscal_year
        self.funding, self.activity_code = held.funding, held.activity_code
        return {"activity": str(held.code)}
