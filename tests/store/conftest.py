"""The database of the store's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.store import Store
from tests.builders.databases import BACKENDS, stores


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    yield from stores(request.param, tmp_path)
