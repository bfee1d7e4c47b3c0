"""The rules of a small made-up deal, a working folder with them, and no log handler that outlives its test."""

import json
import logging
import shlex
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from click.testing import Result

from tests.builders.golden_wording import GoldenWording
from tests.builders.shipped_rules import ROOT
from tests.builders.small_rulebook import rulebook
from tests.builders.working_folder import CONFIG, Desk


@pytest.fixture(scope="session")
def small_rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the rules of a small deal, for reading only."""
    folder = tmp_path_factory.mktemp("small") / "rules"
    rulebook(folder)
    return folder


@pytest.fixture
def desk(tmp_path: Path, small_rules: Path) -> Desk:
    shutil.copytree(small_rules, tmp_path / "rules")
    templates = json.dumps(str(ROOT / "templates"))
    (tmp_path / "config.toml").write_text(CONFIG.format(templates=templates), encoding="utf-8")
    return Desk(tmp_path)


@pytest.fixture
def refused(wording: GoldenWording) -> Callable[..., None]:
    """Makes calls, which semicolons or new lines separate. Each must exit with 2 and the error in the golden file."""

    def check(run: Callable[..., Result], *first: object, calls: str, hide: Mapping[str, str] | None = None) -> None:
        for call in filter(str.strip, calls.replace("\n", ";").split(";")):
            result = run(*first, *shlex.split(call))
            assert result.exit_code == 2, call
            assert isinstance(result.exception, SystemExit), call
            wording(result.stderr.partition("Error: ")[2], hide=hide)

    return check


@pytest.fixture(autouse=True)
def _no_handler_on_a_closed_stream() -> Iterator[None]:
    """Commands log to the standard error of their test, which ends with it."""
    yield
    root = logging.getLogger()
    ours: Sequence[logging.Handler] = [h for h in root.handlers if type(h).__module__ == "monitor.logs"]
    for handler in ours:
        root.removeHandler(handler)
