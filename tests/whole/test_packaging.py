"""What a fresh clone and a wheel contain."""

import os
import posixpath
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
from importlib.metadata import distributions
from pathlib import Path, PurePosixPath
from typing import Any
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

from tests.builders.feed_publisher import Item, publisher, rss

ROOT = Path(__file__).parents[2]
HTTP_DATE = "Fri, 30 Jan 2026 04:00:00 GMT"
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PEERS_LOCK = (ROOT / "benchmarks" / "requirements.lock").read_text(encoding="utf-8")
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
REQUIREMENT = re.compile(
    r"^(?P<name>[\w.-]+)(?:\[(?P<extras>[\w, .-]+)\])?==[\w.!+]+(?P<rest>.*(?:(?<=\\)\n.*)*)", re.MULTILINE
)


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


def test_the_lock_pins_a_package_with_the_extras_that_other_packages_ask_of_it() -> None:
    """pip before 25 tries the newest `coverage[toml]` where only `coverage` is pinned, and stops without a hash."""
    extras = {plain(found["name"]): (found["extras"] or "").split(", ") for found in REQUIREMENT.finditer(LOCK)}
    asked = [
        (requirement.name, extra)
        for package in distributions()
        for requirement in map(Requirement, package.requires or ())
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        for extra in requirement.extras
    ]
    assert ("coverage", "toml") in asked
    assert not [(name, extra) for name, extra in asked if extra not in extras[plain(name)]]


def test_no_address_of_an_index_is_named() -> None:
    cases = ["requirements.lock", "benchmarks/requirements.lock", "Makefile", ".ci/run"]
    for name in cases:
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"https?://|--(?:extra-)?index-url|--find-links|--trusted-host", text), name


def test_the_lock_covers_every_dependency_and_the_build() -> None:
    assert not set(wanted()) - set(pinned())


def test_the_peers_of_the_benches_are_no_dependencies_of_the_program() -> None:
    peers = names(PYPROJECT["dependency-groups"]["bench"])
    assert set(peers) <= set(pinned(PEERS_LOCK))
    assert not set(peers) & set(pinned())


def test_behind_every_extra_stands_code_that_uses_its_libraries() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "monitor").rglob("*.py"))
    used = {
        "apprise": "import apprise",
        "procrastinate": "import procrastinate",
        "pyarrow": "from pyarrow",
        "psycopg": '"postgresql+psycopg"',
    }
    extras = PYPROJECT["project"]["optional-dependencies"]
    libraries = {plain(re.split(r"[^\w.-]", text, maxsplit=1)[0]) for texts in extras.values() for text in texts}
    assert libraries == set(used)
    assert [library for library, said in used.items() if said not in code] == []


def test_a_clone_has_all_its_parts() -> None:
    parts = "CHANGELOG.md CONTRIBUTING.md LICENSE Makefile README.md benchmarks config.toml docs monitor pyproject.toml"
    parts += " requirements.lock rules/policy.yaml rules/sources.yaml templates tests"
    assert [name for name in parts.split() if not (ROOT / name).exists()] == []


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
    folders = {"docs", "ops", "rules", "templates"}
    files = {"config.toml", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE"}
    assert top == folders | files
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


# ---------------------------------------------------------------- installed


@pytest.fixture(scope="module")
def installed(wheel_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program in an environment of its own: the wheel installed by pip, and the libraries of this environment."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=False)
    python = home / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, str(wheel_file)], check=True, timeout=100)
    where = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    own = subprocess.run(where, check=True, capture_output=True, text=True, timeout=60).stdout.strip()
    Path(own, "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return home / "bin" / "deal-monitor"


def elsewhere(folder: Path) -> dict[str, str]:
    """An environment in which nothing leads to this checkout."""
    left_out = ("PYTHONPATH", "VIRTUAL_ENV", "DEAL_MONITOR_CACHE", "DEAL_MONITOR_CONFIG")
    return {name: value for name, value in os.environ.items() if name not in left_out} | {"HOME": str(folder)}


def answered(installed: Path, folder: Path, *arguments: str) -> str:
    """What a command of the installed program prints in a folder."""
    run = [str(installed), *arguments]
    done = subprocess.run(run, cwd=folder, env=elsewhere(folder), capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_an_installed_wheel_lays_out_an_empty_folder_and_runs(installed: Path, tmp_path: Path) -> None:
    answered(installed, tmp_path, "init")
    assert (tmp_path / "config.toml").is_file()
    # The rules of one promise do: that all of them compile is tested elsewhere.
    shutil.rmtree(tmp_path / "rules" / "eu-us-turnberry")
    for path in (tmp_path / "rules" / "us-china-busan").iterdir():
        if path.is_file() and path.name not in ("deal.yaml", "soybean-purchases-annual.yaml"):
            path.unlink()
    shutil.rmtree(tmp_path / "rules" / "us-china-busan" / "tests")
    shipped = (tmp_path / "config.toml").read_text(encoding="utf-8")
    with publisher({"/wire": rss(Item("1", "China buys US soybeans", "https://wire.example/1", HTTP_DATE))}) as feeds:
        config = shipped[: shipped.index("\n[[feeds]]\n")].replace(
            "allow_private_addresses = false", "allow_private_addresses = true"
        )
        feed = f'\n[[feeds]]\nname = "wire"\nurl = "{feeds.url("/wire")}"\npublisher = "Reuters"\ninterval = "10m"\n'
        (tmp_path / "config.toml").write_text(config + feed, encoding="utf-8")
        running = subprocess.Popen(
            [str(installed), "run"], cwd=tmp_path, env=elsewhere(tmp_path), stderr=subprocess.PIPE, text=True
        )
        asked = feeds.all_answered(200, 1, wait_s=60)
        running.terminate()
        _, said = running.communicate(timeout=60)
    assert (asked, running.returncode) == (True, 0), said
    assert "watching 1 feed for 1 commitment" in said
    assert "Traceback" not in said
    assert "soybean-purchases-annual" in answered(installed, tmp_path, "status", "--json")
