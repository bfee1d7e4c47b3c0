"""The clock of the program's tests."""

from __future__ import annotations

import pytest

from monitor.runtime.simulation import SimulatedClock
from tests.builders.databases import NOW


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(NOW)
