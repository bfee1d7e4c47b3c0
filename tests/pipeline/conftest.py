"""The database, the rules and the monitor of the pipeline's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.domain.matching.rules import Rulebook
from monitor.store import Store
from tests.builders.databases import BACKENDS, stores
from tests.builders.pipeline_steps import Monitor
from tests.builders.small_rulebook import rulebook


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    yield from stores(request.param, tmp_path)


@pytest.fixture(scope="session")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    """The rules of a small deal, compiled once."""
    return rulebook(tmp_path_factory.mktemp("rules"))


@pytest.fixture
def monitor(store: Store, rules: Rulebook) -> Monitor:
    return Monitor(store, rules)
