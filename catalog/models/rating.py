from __future__ import annotations

from fractions import Fraction

from django.db import models
from django.db.models import Case, F, IntegerField, Value, When

from core.models import DatedSetting

MIN_COUNT = "rating-min-count"


def min_count() -> int:
    """From how many ratings on an average is shown (a dated setting; 1 where none is in force)."""
    try:
        return max(1, int(DatedSetting.objects.in_force(MIN_COUNT)))
    except LookupError:
        return 1


class Rated(models.Model):
    """Totals of what villages said. Only `take_rating` writes them; the ratings themselves live above, in reviews."""

    # Sums of tenths of a star, so that an average of several criteria (4.7) is kept exactly.
    rating_total = models.PositiveIntegerField(default=0, editable=False)
    rating_count = models.PositiveIntegerField("jumlah penilaian", default=0, editable=False)
    # Hundredths of a star, kept by the database: what lists are sorted and filtered by.
    rating_score = models.GeneratedField(
        expression=Case(
            When(rating_count__gt=0, then=F("rating_total") * Value(10) / F("rating_count")), default=Value(0)
        ),
        output_field=IntegerField(),
        db_persist=True,
    )

    class Meta:
        abstract = True

    @property
    def average(self) -> Fraction | None:
        """Mean of 1 to 5 stars, exactly; None before the first rating."""
        return Fraction(self.rating_total, self.rating_count * 10) if self.rating_count else None

    def take_rating(self, tenths: int) -> None:
        """Count one village's rating, in tenths of a star: 10 to 50. Safe when several come at once."""
        if not 10 <= tenths <= 50:
            raise ValueError(f"a rating is 10 to 50 tenths of a star, not {tenths}")
        type(self)._base_manager.filter(pk=self.pk).update(
            rating_total=F("rating_total") + tenths, rating_count=F("rating_count") + 1
        )
        self.refresh_from_db(fields=["rating_total", "rating_count", "rating_score"])
