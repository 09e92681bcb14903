"""How many queries a page costs: `python -m p2ktd.bench.counting` reads addresses as JSON, asks each twice, counts."""

from __future__ import annotations

import json
import os
import sys


def main() -> None:
    """[[path, cookie], …] from standard input; the numbers to standard output."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "p2ktd.settings")
    import django

    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    found = []
    for path, cookie in json.load(sys.stdin):
        # By the site's own address: a page that another site keeps is none of this one's.
        client = Client(headers={"Host": os.environ["WEB_BIND"]} | ({"Cookie": cookie} if cookie else {}))
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        found.append(len(asked))
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
