"""The guide to feeds knows every command, state, failure and remedy."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from monitor.cli.feeds import COMMANDS
from monitor.config.feed_entries import written_interval
from monitor.domain.messages.feed_health import STATE_REMEDIES, STATES, remedy_for
from monitor.errors import FeedErrorKind
from monitor.feeds.appraisal import INTERVALS, SLOWEST_INTERVAL
from monitor.feeds.discovery import CUSTOMARY_PATHS
from monitor.rulebook.publishers import load_publishers
from tests.builders.shipped_rules import ROOT

GUIDE = (ROOT / "docs" / "feeds.md").read_text(encoding="utf-8")
ROWS = {cells[1].strip("` "): cells[-2].strip() for line in GUIDE.splitlines() if len(cells := line.split("|")) > 3}
KINDS = [kind for kinds in get_args(FeedErrorKind) for kind in get_args(kinds) or [kinds]]


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "parse"])
def test_every_command_is_shown(name: str) -> None:
    assert re.search(rf"deal-monitor feeds {name}\b|`feeds {name}\b|`{name}`", GUIDE)


@pytest.mark.parametrize("state", STATES)
def test_every_state_stands_there_with_its_remedy(state: str) -> None:
    assert ROWS[state] == STATE_REMEDIES.get(state, "by the kind of failure, below" if state == "failing" else "")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_failure_stands_there_with_its_remedy(kind: str) -> None:
    assert ROWS[kind] == remedy_for(kind)


def test_the_intervals_and_the_customary_addresses_are_those_of_the_program() -> None:
    told = re.findall(r"`(\d+[mh])` for", ROWS["--interval"])
    assert told == [written_interval(seconds) for _, seconds in INTERVALS]
    assert ROWS["--interval"].endswith(f"else `{written_interval(SLOWEST_INTERVAL)}`")
    assert all(f"`{path}`" in GUIDE for path in CUSTOMARY_PATHS)


def test_what_is_to_be_written_for_a_publisher_can_be_read(tmp_path: Path) -> None:
    block = GUIDE.partition("```yaml\n")[2].partition("```")[0]
    (tmp_path / "sources.yaml").write_text(f"publishers:\n{block}", encoding="utf-8")
    assert load_publishers(tmp_path).find("The Paper").tier.name == "TRADE"
