"""The house rules that a machine can hold. They run first and take a second."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps

from core.models import Document

ROOT = Path(__file__).resolve().parent.parent
APPS = ["core", "regions", "accounts", "verification", "catalog", "transactions", "reviews", "monitoring", "p2ktd"]
FORBIDDEN_NAMES = {"utils", "helpers", "services", "manager", "handler", "misc", "common"}
MODULES = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_apps_import_only_downward() -> None:
    """The contract of layers stands in pyproject.toml."""
    result = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout[-2000:]


def test_only_the_workflow_writes_a_state() -> None:
    """`document.state = ...` stands in core/workflow.py and nowhere else."""
    writers = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            targets = (
                node.targets
                if isinstance(node, ast.Assign)
                else [node.target]
                if isinstance(node, ast.AugAssign)
                else []
            )
            if any(isinstance(target, ast.Attribute) and target.attr == "state" for target in targets):
                writers.add(relative(path))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update":
                if any(keyword.arg == "state" for keyword in node.keywords):
                    writers.add(relative(path))
    assert writers == {"core/workflow.py"}


def test_views_fetch_through_visible_to() -> None:
    """In views, a document is never fetched by `Model.objects.get` or a bare model."""
    documents = "|".join(sorted(model.__name__ for model in apps.get_models() if issubclass(model, Document)))
    bare = re.compile(
        rf"get_object_or_404\(\s*({documents})\b(?!\.objects\.(open\(\)|[\s\S]{{0,60}}visible_to))"
        rf"|\b({documents})\.objects\.get\("
    )
    views = [path for path in MODULES if re.search(r"(^|_|/)(views|admin)(\.py$|/)", relative(path))]
    assert {"views", "admin"} <= {path.stem for path in views}
    assert [relative(path) for path in views if bare.search(path.read_text())] == []


def test_templates_hold_no_script_style_or_handler() -> None:
    """The policy forbids them; so they would silently not work. Mail and print templates are not pages."""
    inline = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son[a-z]+=[\"']", re.I)
    found = {
        relative(path)
        for path in TEMPLATES
        if not {"print", "email"} & set(path.parts)
        and not path.name.startswith("print_")
        and inline.search(path.read_text())
    }
    assert found == set()


def test_nothing_is_called_utils() -> None:
    names = {path.stem for path in MODULES} | {path.parent.name for path in MODULES}
    classes = {
        node.name.lower()
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    }
    assert (names | classes) & FORBIDDEN_NAMES == set()


def test_modules_stay_readable() -> None:
    """About 400 lines by feel; what reaches 600 has to be divided."""
    long = {relative(path): count for path in MODULES if (count := len(path.read_text().splitlines())) > 600}
    assert long == {}


def test_a_day_is_asked_of_the_clock_alone() -> None:
    """Without a zone it would be another day from midnight to seven in Jakarta (UTC), or for who works elsewhere."""
    zoneless = re.compile(
        r"localdate\(\)|localdate\([\w.]+\)|now\(\)\.date\(\)|\bnow\.date\(\)|date\.today\(\)|__date\b"
    )
    assert [relative(path) for path in MODULES if zoneless.search(path.read_text())] == []


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_public_views_are_a_reviewed_list() -> None:
    """Deny by default: what is open to the public stands here, and in no other place."""
    public = set()
    for path in MODULES:
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                for decorator in node.decorator_list:
                    if "login_not_required" in ast.unparse(decorator):
                        public.add(f"{relative(path)}:{node.name}")
    assert public == PUBLIC_VIEWS


PUBLIC_VIEWS = {
    "accounts/admin_site.py:login",  # leads to the site's own login
    "accounts/views.py:privacy",
    "catalog/views/compare.py:compare",
    "catalog/views/compare.py:service_print",
    "catalog/views/directory.py:directory_csv",
    "catalog/views/directory.py:edition",
    "catalog/views/directory.py:provider_status",
    "catalog/views/directory.py:regency_directory",
    "catalog/views/directory.py:regency_list",
    "catalog/views/feeds.py:about_data",
    "catalog/views/feeds.py:directory_data",
    "catalog/views/feeds.py:robots",
    "catalog/views/feeds.py:services_data",
    "catalog/views/feeds.py:sitemap",
    "catalog/views/feeds.py:sitemap_part",
    "catalog/views/suggest.py:service_suggest",
    "catalog/views/question.py:service_questions",
    "catalog/views/version.py:service_kak",
    "catalog/views/version.py:service_version",
    "catalog/views/public.py:provider_detail",
    "catalog/views/public.py:provider_list",
    "catalog/views/public.py:service_detail",
    "catalog/views/public.py:service_list",
    "core/document_views.py:check",
    "core/document_views.py:check_form",
    "core/views.py:file",  # asks the holder
    "core/views.py:healthz",
    "core/views.py:readyz",
    "p2ktd/demo_views.py:practice",  # 404 unless DEMO
    "p2ktd/style_views.py:about",
    "p2ktd/style_views.py:style_guide",
    "p2ktd/bench/reference.py:constant",  # addresses of `make bench` alone
    "p2ktd/bench/reference.py:lean",
    "p2ktd/bench/reference.py:raw",
    "p2ktd/views.py:home",
    "regions/views.py:area_detail",
    "regions/views.py:area_list",
    "regions/views.py:area_search",
    "transactions/views/purchase.py:purchase",
    "transactions/views/purchase.py:purchase_list",
    "transactions/views/tender.py:tender",
    "transactions/views/tender.py:tenders",
}
