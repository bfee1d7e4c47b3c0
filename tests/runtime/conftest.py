"""The clock and the model of the program's tests."""

from collections.abc import Iterator

import pytest

from monitor.runtime.simulation import SimulatedClock
from tests.builders.chat_server import ChatModel, chat_model
from tests.builders.databases import NOW


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(NOW)


@pytest.fixture
def model() -> Iterator[ChatModel]:
    with chat_model() as running:
        yield running
