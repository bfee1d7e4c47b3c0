"""The rules on who may import whom and how large things may grow, read from the source itself."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path
from statistics import median, quantiles

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
    "apprise": ("monitor.channels.apprise",),
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
    "yaml": ("monitor.rulebook",),
    "yarl": ("monitor.feeds",),
}
"""Each library has one home, so that replacing it touches one place."""

EDGE = (
    "monitor.__main__",
    "monitor.app",
    "monitor.cli",
    "monitor.jobs",
    "monitor.opening",
    "monitor.rehearsal",
    "monitor.reload",
    "monitor.wiring",
)
"""The only modules that wire the parts together."""

EVERYWHERE = ("monitor.domain", "monitor.errors", "monitor.logs")
COLLABORATORS = {
    "monitor.cards": ("monitor.outbox", "monitor.store"),
    "monitor.digest": ("monitor.outbox", "monitor.store"),
    "monitor.further": ("monitor.review", "monitor.store", "monitor.writing"),
    "monitor.ingest": ("monitor.store",),
    "monitor.outbox": ("monitor.store",),
    "monitor.outbox_admin": ("monitor.store",),
    "monitor.quiet": ("monitor.store", "monitor.writing"),
    "monitor.replay": ("monitor.weighing",),
    "monitor.review": ("monitor.quiet", "monitor.store", "monitor.weighing", "monitor.writing"),
    "monitor.trials": ("monitor.review", "monitor.store"),
    "monitor.workbench": ("monitor.replay", "monitor.rulebook"),
    "monitor.writing": ("monitor.store",),
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


def impure(name: str) -> set[str]:
    """What a module of the domain imports and must not."""
    outside = {found for found in imports(name) if not within(found, ("monitor.domain", "monitor.errors"))}
    allowed = sys.stdlib_module_names | ({"ahocorasick_rs"} if name == "monitor.domain.phrases" else set())
    return {found for found in outside if within(found, tuple(IMPURE)) or found.partition(".")[0] not in allowed}


def test_the_domain_imports_only_itself_and_pure_library_modules() -> None:
    assert [(name, found) for name in DOMAIN for found in impure(name)] == []


def test_the_domain_never_reads_a_clock() -> None:
    calls = [(name, node.func) for name in DOMAIN for node in ast.walk(TREES[name]) if isinstance(node, ast.Call)]
    readings = [
        f"{name}, line {call.lineno}: {call.value.id}.{call.attr}()"
        for name, call in calls
        if isinstance(call, ast.Attribute) and isinstance(call.value, ast.Name)
        if call.attr in CLOCKS and call.value.id in ("date", "datetime")
    ]
    assert readings == []


def wired(name: str) -> set[str]:
    """The parts of the program that a module imports and is not to know."""
    allowed = (*EVERYWHERE, part_of(name), *COLLABORATORS.get(part_of(name), ()))
    ours = {found for found in imports(name) if within(found, ("monitor",)) and found != "monitor"}
    return {found for found in ours if not within(found, allowed)}


def test_only_the_edge_wires_parts_together() -> None:
    assert [(name, found) for name in INNER for found in wired(name)] == []


def test_the_parts_that_rules_of_this_file_name_exist() -> None:
    owners = [owner for homes in OWNERS.values() for owner in homes]
    named = {*EDGE, *EVERYWHERE, *owners, *COLLABORATORS, *(part for parts in COLLABORATORS.values() for part in parts)}
    assert [part for part in sorted(named) if not any(within(name, (part,)) for name in MODULES)] == []


def foreign(name: str) -> set[str]:
    """The libraries that a module imports."""
    return {found.partition(".")[0] for found in imports(name)} - sys.stdlib_module_names - {"_typeshed", "monitor"}


DECIDING = tuple(
    f"monitor.domain.{name}"
    for name in (
        "change", "changes", "claims", "corrections", "deadlines", "decide", "flags", "further", "leading", "loudness",
        "netting", "outlook", "progress", "reasons", "recording", "verdict",
    )
)  # fmt: skip
WORDING = (
    "monitor.domain.brief",
    "monitor.domain.brief_changes",
    "monitor.domain.brief_words",
    "monitor.domain.wording",
)


def test_what_decides_knows_no_wording() -> None:
    assert [(name, found) for name in DECIDING for found in imports(name) if found in WORDING] == []


def test_each_library_has_one_owner() -> None:
    users = [(library, name) for name in MODULES for library in foreign(name)]
    assert [use for use in users if use[0] not in OWNERS] == [], "a new library needs an owner in this test"
    assert [(library, name) for library, name in users if not within(name, OWNERS[library])] == []


def test_no_file_outgrows_one_sitting() -> None:
    lengths = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in MODULES.items()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


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


def called(path: Path) -> set[str]:
    """The names that a file calls, as it writes them."""
    calls = [node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    return {ast.unparse(call) for call in calls if isinstance(call, ast.Attribute | ast.Name)}


def mentions_sleep(path: Path) -> bool:
    """Only such files need to be parsed."""
    return "sleep" in path.read_text(encoding="utf-8")


def test_no_test_sleeps() -> None:
    assert [
        path.name
        for path in filter(mentions_sleep, sorted((ROOT / "tests").rglob("*.py")))
        if "time.sleep" in called(path)
    ] == []
