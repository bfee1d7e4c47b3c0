"""Replay equals live: the same stories polled from real feeds give the very same changes as a replay of them."""

import json
from pathlib import Path

import pytest

from monitor.domain.model import Cause
from monitor.replay import as_entry
from tests.builders import shipped_rules
from tests.builders.databases import BACKENDS, addresses
from tests.builders.live_feeds import Served, lived, order, replayed

FROM, TO = "2025-10-27", "2025-11-04"
FEEDS = (
    Served("world"),
    Served("reuters", "Reuters"),
    Served("xinhua", "新华社", atom=True),
    Served("mofcom", "商务部", atom=True),
    Served("whitehouse", "White House"),
)
"""Most stories of the four publishers are listed twice: in their own feed, and in one that carries everybody's."""


@pytest.mark.slow
@pytest.mark.parametrize(("backend", "workers"), [("sqlite", 1), *((backend, 3) for backend in BACKENDS)])
def test_the_weeks_of_the_summit_polled_from_feeds_give_the_changes_of_their_replay(
    backend: str, workers: int, tmp_path: Path
) -> None:
    stories = [json.loads(line) for line in shipped_rules.YEAR.read_text(encoding="utf-8").splitlines()]
    wanted = [story for story in stories if FROM <= story["published"] < TO]
    entries = [as_entry(story, number, "year") for number, story in enumerate(wanted, 1)]
    assert sum(entry.source in {feed.publisher for feed in FEEDS} for entry in entries) >= 10
    assert any(entry.date_only for entry in entries)
    for address in addresses(backend, tmp_path):
        at = address.replace("postgresql:", "postgresql+psycopg:")
        found = lived(tmp_path, shipped_rules.rulebook(), entries, FEEDS, at, workers)
    assert sorted(found, key=order) == replayed(shipped_rules.rulebook(), entries)
    assert len([change for change in found if change.cause is Cause.NEWS]) >= 15
