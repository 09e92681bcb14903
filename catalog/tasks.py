"""The catalogue's work behind the pages: an edition's workbook, the words of the search, the
views. Safe to run twice."""

from __future__ import annotations

from celery import shared_task

from catalog import interest, search
from catalog.documents import workbook
from catalog.models import DirectoryEdition, MissedSearch, Service, Synonym
from catalog.search import vocabulary
from core.jobs import job
from core.models import Job, StoredFile
from core.spreadsheet import XLSX


@job("catalog.edition_workbook")
def edition_workbook(edition: int) -> None:
    """Make the XLSX of a frozen edition, once."""
    row = DirectoryEdition.objects.select_related("regency").get(pk=edition)
    if row.workbook() is not None:
        return
    StoredFile.objects.store(
        workbook(row), name=f"{row.title} {row.code}.xlsx", content_type=XLSX, holder=row, public=True
    )


# --- the words of the search ------------------------------------------------------------------------------
REINDEXED_AT_ONCE = 1_000


@job("catalog.reindex")
def reindex(
    ways: list[str] | None = None,
    after: int = 0,
    category: int | None = None,
    synonym: tuple[int, int] | None = None,
) -> None:
    """New vectors of the services that say one of these (None: of all), or of a category's, a thousand at a time;
    then questions may use the synonym whose change asked for it."""
    services = Service.objects.filter(pk__gt=after)
    if category is not None:
        services = services.filter(category=category)
    if ways is not None:
        services = services.filter(search=search.saying(ways))
    some = list(services.order_by("pk").values_list("pk", flat=True)[:REINDEXED_AT_ONCE])
    search.index_all(Service.objects.filter(pk__in=some))
    if len(some) == REINDEXED_AT_ONCE:
        Job.objects.enqueue("catalog.reindex", ways=ways, after=some[-1], category=category, synonym=synonym)
        return
    if synonym:
        Synonym.take_into_use(*synonym)
    if ways is None:
        vocabulary.recount()
    else:
        vocabulary.learn(search.lexicon(), ways)


@shared_task
def recount_words() -> None:
    """What services say today, counted anew; what was rarely looked for in vain is forgotten."""
    vocabulary.recount()
    MissedSearch.objects.forget()


@shared_task
def fold_views() -> None:
    """Every few minutes: the looks at services that wait in Redis become rows."""
    interest.fold()
