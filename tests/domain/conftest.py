"""The rules of the small deal."""

import pytest

from monitor.domain.matching.rules import Rulebook
from tests.builders import rules_folder


@pytest.fixture(scope="session")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return rules_folder.load(tmp_path_factory.mktemp("rules"))
