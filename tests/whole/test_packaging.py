"""What a fresh clone and a wheel contain."""

from __future__ import annotations

import os
import posixpath
import re
import subprocess
import sys
import tomllib
from pathlib import Path, PurePosixPath
from typing import Any
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PEERS_LOCK = (ROOT / "benchmarks" / "requirements.lock").read_text(encoding="utf-8")
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
REQUIREMENT = re.compile(r"^(?P<name>[\w.-]+)==[\w.!+]+(?P<rest>.*(?:(?<=\\)\n.*)*)", re.MULTILINE)


def pinned(lock: str = LOCK) -> dict[str, str]:
    """Name -> all that stands behind the version, over all continued lines."""
    return {plain(found["name"]): found["rest"] for found in REQUIREMENT.finditer(lock)}


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def wanted() -> list[str]:
    groups = PYPROJECT["dependency-groups"]
    return names([*PYPROJECT["project"]["dependencies"], *groups["dev"], *groups["build"]])


def names(texts: list[str]) -> list[str]:
    return [plain(re.split(r"[^\w.-]", text, maxsplit=1)[0]) for text in texts]


@pytest.mark.parametrize("lock", [LOCK, PEERS_LOCK], ids=["program", "peers of the benches"])
def test_every_locked_requirement_has_hashes(lock: str) -> None:
    assert pinned(lock)
    assert not [name for name, rest in pinned(lock).items() if "--hash=sha256:" not in rest]


@pytest.mark.parametrize("lock", [LOCK, PEERS_LOCK], ids=["program", "peers of the benches"])
def test_a_lock_holds_nothing_but_pinned_requirements(lock: str) -> None:
    first_words = {line for line in lock.splitlines() if line and not line.startswith("    --hash=sha256:")}
    assert not [line for line in first_words if not REQUIREMENT.match(line)]


@pytest.mark.parametrize("name", ["requirements.lock", "benchmarks/requirements.lock", "Makefile", ".ci/run"])
def test_no_address_of_an_index_is_named(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"https?://|--(?:extra-)?index-url|--find-links|--trusted-host", text)


def test_the_lock_covers_every_dependency_and_the_build() -> None:
    assert not set(wanted()) - set(pinned())


def test_the_peers_of_the_benches_are_no_dependencies_of_the_program() -> None:
    peers = names(PYPROJECT["dependency-groups"]["bench"])
    assert set(peers) <= set(pinned(PEERS_LOCK))
    assert not set(peers) & set(pinned())


def test_behind_every_extra_stands_code_that_uses_its_libraries() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "monitor").rglob("*.py"))
    used = {"apprise": "import apprise", "psycopg": '"postgresql+psycopg"'}
    extras = PYPROJECT["project"]["optional-dependencies"]
    libraries = {plain(re.split(r"[^\w.-]", text, maxsplit=1)[0]) for texts in extras.values() for text in texts}
    assert libraries == set(used)
    assert [library for library, said in used.items() if said not in code] == []


@pytest.mark.parametrize(
    "name",
    [
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE",
        "Makefile",
        "README.md",
        "benchmarks",
        "config.toml",
        "docs",
        "monitor",
        "pyproject.toml",
        "requirements.lock",
        "rules/policy.yaml",
        "rules/sources.yaml",
        "templates",
        "tests",
    ],
)
def test_a_clone_has_all_its_parts(name: str) -> None:
    assert (ROOT / name).exists()


def test_the_check_script_can_be_run() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_version_and_changelog_agree() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {PYPROJECT['project']['version']}" in changelog


@pytest.fixture(scope="module")
def wheel_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr
    (file,) = folder.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def wheel(wheel_file: Path) -> set[str]:
    with ZipFile(wheel_file) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize("folder", ["rules", "templates", "docs"])
def test_rules_templates_and_guides_travel_in_the_wheel(wheel: set[str], folder: str) -> None:
    files = [path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()]
    wanted = [name for name in files if not name.endswith((".py", ".pyc"))]
    assert wanted
    assert not [name for name in wanted if f"monitor/_data/{name}" not in wheel]


def test_sample_year_settings_and_licence_travel_in_the_wheel(wheel: set[str]) -> None:
    samples = [path.relative_to(ROOT).as_posix() for path in (ROOT / "monitor" / "samples").glob("*.jsonl")]
    assert samples
    assert {*samples, "monitor/_data/config.toml", "monitor/_data/LICENSE"} <= wheel
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in wheel)


def test_the_wheel_holds_nothing_but_the_program_and_what_it_reads(wheel: set[str]) -> None:
    assert {name.split("/")[0] for name in wheel if ".dist-info/" not in name} == {"monitor"}
    top = {name.split("/")[2] for name in wheel if name.startswith("monitor/_data/")}
    folders = {"docs", "rules", "templates"}
    assert top == folders | {"config.toml", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE"}
    assert not [name for name in wheel if "/." in name or "__pycache__" in name]


def test_the_links_between_the_guides_lead_somewhere_in_the_wheel(wheel: set[str]) -> None:
    link = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
    folders = {str(parent) for name in wheel for parent in PurePosixPath(name).parents}
    broken = [
        (page.relative_to(ROOT).as_posix(), target)
        for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
        for target in link.findall(page.read_text(encoding="utf-8"))
        if (lies := posixpath.normpath(f"monitor/_data/{page.parent.relative_to(ROOT).as_posix()}/{target}"))
        not in wheel
        and lies not in folders
    ]
    assert broken == []
