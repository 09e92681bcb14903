"""The production shape, read as text: no container engine is needed to see that its parts fit."""

import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from p2ktd.embedded import BASE_DIR

COMPOSE: dict[str, Any] = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {"web", "worker", "relay", "beat", "migrate"}
ONE_SHOT = {"migrate", "grants"}
NGINX = (BASE_DIR / "deploy" / "nginx.conf").read_text()


def words(service: str) -> str:
    return " ".join(SERVICES[service]["command"])


def test_the_shape_is_what_the_documents_say() -> None:
    assert set(SERVICES) == OURS | {"nginx", "grants", "postgres", "broker", "cache", "clamav", "signatures"}


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_that_stays_has_a_health_check(service: str) -> None:
    check = SERVICES[service]["healthcheck"]
    if service in ONE_SHOT:
        assert check == {"disable": True}
        assert SERVICES[service]["restart"] == "no"
    else:
        assert check["test"][0] in {"CMD", "CMD-SHELL"}
        assert {"interval", "timeout", "retries"} <= set(check)
        assert SERVICES[service]["restart"] == "unless-stopped"


@pytest.mark.parametrize("service", sorted(OURS))
def test_the_commands_of_our_services_exist(service: str) -> None:
    program = SERVICES[service]["command"][0]
    assert shutil.which(program, path=str(Path(sys.prefix) / "bin") + ":/usr/bin:/bin")
    for command in re.findall(r"manage\.py (\w+)", words(service)):
        from django.core.management import get_commands

        assert command in get_commands()
    for file in re.findall(r"--config (\S+)", words(service)):
        assert (BASE_DIR / file).is_file()


def test_our_services_get_only_names_that_something_reads() -> None:
    read = set(re.findall(r"env\.\w+\(\s*\"(\w+)\"", (BASE_DIR / "p2ktd" / "settings.py").read_text()))
    read |= set(re.findall(r"environ\.get\(\"(\w+)\"", (BASE_DIR / "deploy" / "gunicorn.conf.py").read_text()))
    python = {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "DJANGO_SETTINGS_MODULE", "XDG_CACHE_HOME"}
    in_image = set(re.findall(r"^(?:ENV|    ) ?([A-Z_]+)=", (BASE_DIR / "Dockerfile").read_text(), re.MULTILINE))
    for service in OURS:
        assert set(SERVICES[service]["environment"]) <= read
    assert in_image - python <= read
    assert {"SECRET_KEY", "FIELD_KEYS", "DATABASE_URL"} <= set(SERVICES["web"]["environment"])


def test_no_secret_has_a_default_and_the_example_names_them_all() -> None:
    text = (BASE_DIR / "docker-compose.yml").read_text()
    wanted = set(re.findall(r"\$\{(\w+):\?\}", text))
    assert set(re.findall(r"\$\{(\w+):-", text)) == {"VERSION", "DEMO", "LOG_LEVEL"}
    example = set(re.findall(r"^(\w+)=", (BASE_DIR / "deploy" / "env.example").read_text(), re.MULTILINE))
    assert example == wanted


def test_what_a_service_waits_for_exists_and_can_be_healthy() -> None:
    for service in SERVICES.values():
        for name, rule in service.get("depends_on", {}).items():
            expected = "service_completed_successfully" if name in ONE_SHOT else "service_healthy"
            assert rule == {"condition": expected}


def test_mounted_files_and_volumes_exist() -> None:
    for service in SERVICES.values():
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            if source == "./deploy/certs":
                continue  # a deployment's own
            assert (BASE_DIR / source).is_file() if source.startswith("./") else source in COMPOSE["volumes"]


def test_the_broker_forgets_nothing_and_the_cache_may() -> None:
    assert "--appendonly yes" in words("broker")
    assert "--maxmemory-policy noeviction" in words("broker")
    assert SERVICES["broker"]["volumes"] == ["broker:/data"]
    assert "--maxmemory-policy allkeys-lru" in words("cache")


def test_only_nginx_is_reachable_and_our_processes_have_no_rights_to_spare() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"nginx"}
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    for service in OURS:
        assert SERVICES[service]["read_only"] is True
        assert SERVICES[service]["cap_drop"] == ["ALL"]
    assert re.search(r"^USER p2ktd$", (BASE_DIR / "Dockerfile").read_text(), re.MULTILINE)


def test_the_virus_scanner_is_asked_and_has_no_way_out() -> None:
    """What parses hostile files can't call home; what fetches signatures sees no file."""
    assert SERVICES["clamav"]["networks"] == ["inside"]
    assert SERVICES["signatures"]["networks"] == ["outside"]
    for name in ("clamav", "signatures"):
        assert SERVICES[name]["user"] == "clamav"
        assert SERVICES[name]["read_only"] is True
        assert SERVICES[name]["cap_drop"] == ["ALL"]
        assert "signatures:/var/lib/clamav" in SERVICES[name]["volumes"]
    says = (BASE_DIR / "deploy" / "clamd.conf").read_text()
    host, port = SERVICES["web"]["environment"]["CLAMAV_SOCKET"].split(":")
    assert host == "clamav"
    assert f"\nTCPSocket {port}\n" in says
    assert f"127.0.0.1 {port}" in SERVICES["clamav"]["healthcheck"]["test"][1]
    # An absent scanner refuses uploads; it keeps no page away.
    assert all("clamav" not in SERVICES[service].get("depends_on", {}) for service in OURS)


def test_every_foreign_image_is_pinned_by_a_tag() -> None:
    foreign = {name: service["image"] for name, service in SERVICES.items() if name not in OURS}
    assert {name for name, image in foreign.items() if not re.search(r":\d+(\.\d+)*$", image)} == set()


def test_nginx_serves_private_files_only_from_within_and_with_their_headers() -> None:
    prefix = SERVICES["web"]["environment"]["X_ACCEL_PREFIX"]
    location = re.search(rf"location {re.escape(prefix)} {{(.*?)\n        }}", NGINX, re.DOTALL)
    assert location
    assert "internal;" in location[1]
    assert "alias /srv/files/;" in location[1]
    assert "X-Content-Type-Options nosniff always;" in location[1]
    # nginx drops Django's headers here: it must say the same policy again.
    views = (BASE_DIR / "core" / "views.py").read_text()
    policy = re.search(r"\"Content-Security-Policy\"\] = \"(.*?)\"", views)
    assert policy
    assert policy[1] in location[1]
    assert [word for word in NGINX.split() if word.startswith("/srv/")] == ["/srv/files/;"]


def test_nginx_lets_in_what_a_form_of_ours_may_bring_and_refuses_more_with_a_sentence(settings: Any) -> None:
    allowed = int(re.search(r"client_max_body_size (\d+)m;", NGINX)[1]) * 1024 * 1024
    assert allowed == settings.REQUEST_MAX_BYTES == settings.FILE_UPLOAD_MAX_MEMORY_SIZE
    assert "error_page 413 @too_large;" in NGINX
    assert "unggah berkas satu per satu" in NGINX


def test_the_lock_names_versions_and_hashes_and_no_address() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        lock = (BASE_DIR / name).read_text()
        assert "://" not in lock
        assert "--index" not in lock
        pinned = re.findall(r"^[a-z0-9-]+==\S+ .*\\\n    --hash=sha256:", lock, re.MULTILINE)
        assert len(pinned) == len(re.findall(r"^[a-z]", lock, re.MULTILINE))


def test_the_lock_is_that_of_the_dependencies() -> None:
    import tomllib

    project = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())
    wanted = {
        "requirements.lock": project["project"]["dependencies"],
        "requirements-dev.lock": project["project"]["dependencies"] + project["dependency-groups"]["dev"],
    }
    for lock, requirements in wanted.items():
        pinned = set(re.findall(r"^([a-z0-9-]+)==", (BASE_DIR / lock).read_text(), re.MULTILINE))
        names = {re.split(r"[\[<>=~! ]", name)[0].lower().replace("_", "-") for name in requirements}
        assert names - pinned == set(), "run make lock"
