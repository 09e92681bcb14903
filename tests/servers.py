"""What a test run stands on: the environment of the settings, and the embedded servers where none are given.

Imported first by conftest.py, before Django. The servers are those of `make run`, in other databases
(PostgreSQL's `test_p2ktd...`, Valkey's from 8 on), so a running `make run` is not disturbed; files go to a
folder that ends with the run. With DATABASE_URL and REDIS_URL set, the same tests run on those servers.
With `pytest -n 2` each process has databases and folders of its own.
"""

import os
import shutil
import tempfile
from pathlib import Path

from p2ktd.embedded import BASE_DIR, Embedded

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
if "PYTEST_XDIST_WORKER" in os.environ:  # started by a pytest that has set the names below
    ours = os.environ["TEST_EMBEDDED"].split()
    servers = Embedded(postgres="postgres" in ours, valkey="valkey" in ours)
else:
    servers = Embedded.needed()
    ours = [name for name in ("postgres", "valkey") if getattr(servers, name)]
    os.environ["TEST_EMBEDDED"] = " ".join(ours)
helping = "PYTEST_XDIST_WORKER" in os.environ
files = Path(os.environ["MEDIA_ROOT"] if helping else tempfile.mkdtemp(prefix="p2ktd-test-"))


def start() -> None:
    environment = servers.start()
    if servers.valkey:
        broker = 8 + 2 * (int(WORKER.removeprefix("gw")) % 4)  # Valkey has databases 0 to 15
        environment |= {"REDIS_URL": servers.valkey_url(broker), "CACHE_URL": servers.valkey_url(broker + 1)}
    for name in ("SECRET_KEY", "FIELD_KEYS"):
        os.environ.setdefault(name, environment.pop(name))
    os.environ |= environment
    os.environ["VAR_DIR"] = str(BASE_DIR / "var" / "test" / WORKER)
    place = files / WORKER if helping else files
    place.mkdir(exist_ok=True)
    os.environ["MEDIA_ROOT"] = str(place)
    # pytest-django turns DEBUG off again; true here only means that static files need no collecting.
    os.environ["DEBUG"] = "true"
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    os.environ["DJANGO_SETTINGS_MODULE"] = "p2ktd.settings"


def stop() -> None:
    if not helping:
        shutil.rmtree(files, ignore_errors=True)
    servers.release()
