"""A worker that is killed in the middle of an order's bundle leaves one result, made by the next."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

from django.conf import settings

from core.models import Job, StoredFile
from tests.test_worker import being_done, environment, is_done, kill, relay, until, worker
from tests.transactions.stage import Market
from transactions import bundling
from transactions.dossier import Dossier
from transactions.models import Bundle, Need

__all__ = ["environment"]  # the fixture: this test's database and files, and a broker of its own
PAPERS = 30
SIZE = 8_000_000


def test_a_worker_killed_in_the_middle_leaves_one_bundle(committed_market: Market, environment: dict[str, str]) -> None:
    market, store = committed_market, Path(settings.MEDIA_ROOT)  # the worker's, too
    contract = market.contract("issued")
    for number in range(PAPERS):  # enough to be caught at work
        StoredFile.objects.store(
            os.urandom(SIZE), name=f"besar {number}.pdf", content_type="application/pdf", holder=contract
        )
    need = Need.objects.select_related("village").get(pk=contract.need.pk)
    user = market.user("pka")
    bundle = bundling.ask(Dossier(need, user), "zip", by=user, alone=False)
    job = Job.objects.get(key=bundle.job_key)
    before = set(store.rglob("*"))
    with relay(environment):
        with worker(environment) as first:
            until(lambda: being_done(job), 120)
            kill(first)
        assert not is_done(job)
        Job.objects.filter(pk=job.pk).update(published_at=None)  # as after RESEND_AFTER
        with worker(environment):
            until(lambda: is_done(job), 240)
    bundle.refresh_from_db()
    files = StoredFile.objects.filter(about="transactions.bundle")
    assert [file.pk for file in files] == [bundle.file_id]
    left = {path for path in set(store.rglob("*")) - before if path.is_file()}
    assert left == {Path(store, bundle.path)}
    with zipfile.ZipFile(io.BytesIO(left.pop().read_bytes())) as packed:
        assert packed.testzip() is None
        assert len(packed.namelist()) == PAPERS + 2
    assert bundle.remarks == [] and Bundle.objects.count() == 1
