"""How many queries an answer costs: `python -m p2ktd.bench.counting` reads pairs of questions as JSON, asks, counts.

Of each pair the second is counted, so that what a process remembers is there: the same page again, or another form.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any


def main() -> None:
    """[[[path, cookie, fields or null], the same again], …] from standard input; to standard output for each pair the
    number and where both answers lead."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "p2ktd.settings")
    import django

    django.setup()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    found = []
    for first, second in json.load(sys.stdin):
        before = answer(*first)
        with CaptureQueriesContext(connection) as asked:
            after = answer(*second)
        found.append([len(asked), [before, after]])
    json.dump(found, sys.stdout)


def answer(path: str, cookie: str, fields: dict[str, Any] | None) -> str:
    """Ask for a page or send a form; where it leads."""
    from django.test import Client

    # By the site's own address: a page that another site keeps is none of this one's.
    client = Client(headers={"Host": os.environ["WEB_BIND"]} | ({"Cookie": cookie} if cookie else {}))
    given = client.get(path) if fields is None else client.post(path, fields)
    if given.status_code not in (200, 302):
        raise RuntimeError(f"{path} answered {given.status_code} {given.content[:2000]!r}")
    return str(given.headers.get("Location", ""))


if __name__ == "__main__":
    main()
