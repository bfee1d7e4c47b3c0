"""What all tests share: no network but loopback, no settings from the outside, data beside the clone."""

import gc
import io
import ipaddress
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis.internal.conjecture import providers

from monitor.logs import setup_logging
from monitor.rulebook.cache import VARIABLE
from tests.builders import compiled_statements
from tests.builders.databases import BACKENDS
from tests.builders.example_counts import TIMES, USUAL, examples
from tests.builders.golden_wording import GoldenWording

ROOT = Path(__file__).parents[1]
ROOM = 1_000_000_000
"""Bytes; the files of all tests together are a fifth of it."""

settings.register_profile("steady", deadline=None, derandomize=TIMES <= 1, database=None, max_examples=examples(USUAL))
settings.load_profile("steady")
if TIMES < 1:
    # Hypothesis reads every loaded module, and now and then draws what stands there: `make test` spares the time, and
    # draws the same whatever an edit changes elsewhere.
    providers._get_local_constants = lambda: providers._local_constants


def _refuse_the_network(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: whatever library opens the connection, only this machine may be reached."""
    if event != "socket.connect" or not isinstance(arguments[1], tuple):
        return
    host = str(arguments[1][0]).partition("%")[0]
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = host == "localhost"
    if not loopback:
        raise RuntimeError(f"a test tried to reach {host}; tests use loopback only")


def _keep_files_in_memory() -> None:
    """A database waits for the disk after each transaction; where memory can be written as a folder, none needs to."""
    memory = Path("/dev/shm")
    if "TMPDIR" not in os.environ and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM:
        os.environ["TMPDIR"] = str(memory)
        tempfile.tempdir = None


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write the golden files from what the program says now"
    )


def pytest_configure(config: pytest.Config) -> None:
    sys.addaudithook(_refuse_the_network)
    compiled_statements.share()
    _keep_files_in_memory()
    if not hasattr(config, "workerinput"):  # the workers inherit it
        os.environ[VARIABLE] = tempfile.mkdtemp(prefix="deal-monitor-rules-")
    gc.disable()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(VARIABLE), ignore_errors=True)


def pytest_collection_finish() -> None:
    """All tests and what they import live to the end: the collector goes through them seldom."""
    gc.set_threshold(20_000, 20, 100)
    gc.enable()


def pytest_runtest_teardown() -> None:
    """`run` freezes what it holds; each later read of rules would count it, a million objects."""
    gc.unfreeze()


@pytest.fixture(autouse=True, scope="session")
def _no_outside_settings() -> None:
    """All but the folder of compiled rules, which is this session's own. pytest-xdist sets COLUMNS."""
    outside = [name for name in os.environ if name.startswith("DEAL_MONITOR_") and name != VARIABLE]
    for name in (*outside, "CREDENTIALS_DIRECTORY", "COLUMNS"):
        os.environ.pop(name, None)


@pytest.fixture(scope="session")
def root() -> Path:
    """The top folder of the clone."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder beside the clone with recorded feeds and labels; the test is skipped where it is absent."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("../shared is absent")
    return folder


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compares a text with the file golden/NAME beside the test; with --update-golden it writes the file first."""

    def compare(name: str, text: str) -> None:
        file = request.path.parent / "golden" / name
        if request.config.getoption("--update-golden"):
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
        assert text == file.read_text(encoding="utf-8"), f"{file} differs; if that is meant: pytest --update-golden"

    return compare


@pytest.fixture
def wording(request: pytest.FixtureRequest) -> GoldenWording:
    """Compares sentences with the test's section of golden/MODULE.txt; with --update-golden it writes them first."""
    folder: Path | None = request.getfixturevalue("tmp_path") if "tmp_path" in request.fixturenames else None
    file = request.path.parent / "golden" / f"{request.path.stem}.txt"
    name = request.node.name.encode("unicode_escape").decode()
    for backend in BACKENDS:  # all backends share one text
        name = name.replace(f"[{backend}]", "").replace(f"[{backend}-", "[")
    return GoldenWording(file, name, folder, update=bool(request.config.getoption("--update-golden")))


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What is logged meanwhile."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = list(root.handlers), root.level
    setup_logging(stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
