"""What every fault starts from: an empty folder for the program."""

from pathlib import Path

import pytest

from tests.faults.program import Program


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)
