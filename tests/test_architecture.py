"""The rules on who may import whom and how large things may grow, read from the source itself."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path
from statistics import median, quantiles

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "monitor"

LONGEST_FILE = 400
MEDIAN_FUNCTION = 9
LONG_FUNCTION = 35

OWNERS = {
    "ahocorasick_rs": ("monitor.domain.phrases",),
    "aiohttp": ("monitor.feeds",),
    "alembic": ("monitor.store",),
    "apscheduler": ("monitor.jobs",),
    "click": ("monitor.cli",),
    "css_inline": ("monitor.render",),
    "feedparser": ("monitor.feeds",),
    "jinja2": ("monitor.render",),
    "markupsafe": ("monitor.render",),
    "pydantic": ("monitor.config", "monitor.rulebook"),
    "pydantic_core": ("monitor.config", "monitor.rulebook"),
    "pydantic_settings": ("monitor.config",),
    "resvg_py": ("monitor.render",),
    "rich": ("monitor.cli",),
    "ruamel": ("monitor.rulebook",),
    "slack_sdk": ("monitor.channels.slack",),
    "sqlalchemy": ("monitor.store",),
    "sqlmodel": ("monitor.store",),
    "structlog": ("monitor.logs",),
    "yarl": ("monitor.feeds",),
}
"""Each library has one home, so that replacing it touches one place."""

EDGE = ("monitor.__main__", "monitor.app", "monitor.cli", "monitor.jobs", "monitor.rehearsal", "monitor.reload")
"""The only modules that wire the parts together."""

EVERYWHERE = ("monitor.domain", "monitor.errors", "monitor.logs")
COLLABORATORS = {
    "monitor.digest": ("monitor.outbox", "monitor.store"),
    "monitor.ingest": ("monitor.store",),
    "monitor.outbox": ("monitor.store",),
    "monitor.review": ("monitor.store",),
    "monitor.site": ("monitor.render", "monitor.store"),
    "monitor.workbench": ("monitor.replay", "monitor.rulebook"),
}

IMPURE = frozenset(
    {"asyncio", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets", "shutil", "socket"}
    | {"sqlite3", "subprocess", "tempfile", "threading", "time", "urllib.request"}
)
CLOCKS = frozenset({"now", "today", "utcnow"})
SLOW_TO_IMPORT = ("sqlalchemy", "sqlmodel", "pydantic", "aiohttp", "feedparser", "jinja2", "apscheduler", "slack_sdk")


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}


def within(name: str, places: tuple[str, ...]) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


def imports(name: str) -> set[str]:
    """Full names of all that a module imports, at the top or inside functions."""
    package = name if MODULES[name].name == "__init__.py" else name.rpartition(".")[0]
    found: set[str] = set()
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            source = resolve_name("." * node.level + (node.module or ""), package)
            submodules = {f"{source}.{alias.name}" for alias in node.names} & set(MODULES)
            found |= submodules or {source}
    return found


def part_of(name: str) -> str:
    """The part that a module belongs to: 'monitor.store' for 'monitor.store.tables'."""
    return ".".join(name.split(".")[:2])


DOMAIN = [name for name in MODULES if within(name, ("monitor.domain",))]
INNER = [name for name in MODULES if not within(name, EDGE) and name not in DOMAIN]


@pytest.mark.parametrize("name", DOMAIN)
def test_the_domain_imports_only_itself_and_pure_library_modules(name: str) -> None:
    outside = {found for found in imports(name) if not within(found, ("monitor.domain", "monitor.errors"))}
    allowed = sys.stdlib_module_names | ({"ahocorasick_rs"} if name == "monitor.domain.phrases" else set())
    assert not {found for found in outside if within(found, tuple(IMPURE))}
    assert {found.partition(".")[0] for found in outside} <= allowed


@pytest.mark.parametrize("name", DOMAIN)
def test_the_domain_never_reads_a_clock(name: str) -> None:
    calls = [node.func for node in ast.walk(TREES[name]) if isinstance(node, ast.Call)]
    readings = [
        f"line {call.lineno}: {call.value.id}.{call.attr}()"
        for call in calls
        if isinstance(call, ast.Attribute) and isinstance(call.value, ast.Name)
        if call.attr in CLOCKS and call.value.id in ("date", "datetime")
    ]
    assert not readings


@pytest.mark.parametrize("name", INNER)
def test_only_the_edge_wires_parts_together(name: str) -> None:
    allowed = (*EVERYWHERE, part_of(name), *COLLABORATORS.get(part_of(name), ()))
    ours = {found for found in imports(name) if within(found, ("monitor",)) and found != "monitor"}
    assert not {found for found in ours if not within(found, allowed)}


@pytest.mark.parametrize("name", MODULES)
def test_each_library_has_one_owner(name: str) -> None:
    foreign = {found.partition(".")[0] for found in imports(name)} - sys.stdlib_module_names - {"_typeshed", "monitor"}
    assert not foreign - set(OWNERS), "a new library needs an owner in this test"
    assert not {library for library in foreign if not within(name, OWNERS[library])}


@pytest.mark.parametrize("name", MODULES)
def test_no_file_outgrows_one_sitting(name: str) -> None:
    assert len(MODULES[name].read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


def function_lengths() -> Iterator[int]:
    """Lines from `def` to the end, without the docstring."""
    for tree in TREES.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                text = node.body[0] if ast.get_docstring(node) is not None else None
                docstring = (text.end_lineno or 0) - text.lineno + 1 if text else 0
                yield (node.end_lineno or node.lineno) - node.lineno + 1 - docstring


def test_functions_stay_short() -> None:
    lengths = sorted(function_lengths())
    assert median(lengths) <= MEDIAN_FUNCTION
    assert quantiles(lengths, n=10)[-1] <= LONG_FUNCTION


def test_help_answers_without_loading_the_slow_libraries() -> None:
    script = (
        "import sys\n"
        "sys.argv = ['deal-monitor', '--help']\n"
        "from monitor.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        f"print('loaded:', *[name for name in {SLOW_TO_IMPORT!r} if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "Usage" in done.stdout
    assert done.stdout.splitlines()[-1] == "loaded:"


@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("*.py")), ids=lambda path: path.name)
def test_no_test_sleeps(path: Path) -> None:
    calls = [node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    assert "time.sleep" not in {ast.unparse(call) for call in calls}
