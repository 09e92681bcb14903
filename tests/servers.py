"""What a test run stands on: the environment of the settings, and the embedded servers where none are given.

Imported first by conftest.py, before Django. The servers are those of `make run`, in other databases:
PostgreSQL's `test_p2ktd` and Valkey's 8 and 9, so a running `make run` is not disturbed; files go to a
folder that ends with the run. With DATABASE_URL and REDIS_URL set, the same tests run on those servers.
"""

import os
import shutil
import tempfile
from pathlib import Path

from p2ktd.embedded import BASE_DIR, Embedded

servers = Embedded.needed()
files = Path(tempfile.mkdtemp(prefix="p2ktd-test-"))


def start() -> None:
    environment = servers.start()
    if servers.valkey:
        environment |= {"REDIS_URL": servers.valkey_url(8), "CACHE_URL": servers.valkey_url(9)}
    for name, value in environment.items():
        os.environ.setdefault(name, value)
    os.environ["VAR_DIR"] = str(BASE_DIR / "var" / "test")
    os.environ["MEDIA_ROOT"] = str(files)
    # pytest-django turns DEBUG off again; true here only means that static files need no collecting.
    os.environ["DEBUG"] = "true"
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    os.environ["DJANGO_SETTINGS_MODULE"] = "p2ktd.settings"


def stop() -> None:
    shutil.rmtree(files, ignore_errors=True)
    servers.release()
