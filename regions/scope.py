"""Which rows lie in a territory: the one place that turns area codes into a filter."""

from collections.abc import Iterable

from django.db.models import Q

from regions.codes import LENGTHS, NATION, outermost

__all__ = ["EVERYTHING", "NATION", "NOTHING", "within"]

# Real conditions, not an empty Q(): `Q() | Q(owner=user)` would silently become `Q(owner=user)`,
# and `Q() & ...` would let everything through.
EVERYTHING = ~Q(pk__in=[])
NOTHING = Q(pk__in=[])


def within(path: str, codes: str | Iterable[str] | None) -> Q:
    """Rows whose foreign key `path` to Area lies in one of the territories `codes`.

    `path` is the lookup of the foreign key ("village", "need__village"), or "" on Area itself.
    `codes` is a code, several, or NATION. No code, or only malformed ones, matches nothing.
    Whole dotted parts are compared (reliability finding 6), and the foreign key's own column
    holds the code, so no join to Area is made.
    """
    territories = outermost(codes)
    if territories == [NATION]:
        return EVERYTHING
    if not territories:
        return NOTHING
    column = f"{path}__code" if path else "code"
    condition = NOTHING
    for territory in territories:
        if len(territory) < LENGTHS[-1]:  # nothing lies inside a village
            # "52.02" and what begins with "52.02.", as one range: "/" is the character after ".", codes are kept in
            # "C" order, and a code has nothing but digits and dots, of which only the dot comes before "/". The
            # planner takes LIKE for 1 % of the table at least, and of two conditions it would read no index alone.
            condition |= Q(**{f"{column}__gte": territory, f"{column}__lt": territory + "/"})
    villages = [territory for territory in territories if len(territory) == LENGTHS[-1]]
    return condition | Q(**{f"{column}__in": villages}) if villages else condition
