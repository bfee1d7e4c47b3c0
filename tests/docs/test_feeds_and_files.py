"""The guide to feeds names every command and state."""

import re
from pathlib import Path

from monitor.cli import COMMANDS
from monitor.domain.messages.feed_health import STATES
from monitor.rulebook.publisher_file import load_publishers
from tests.builders.shipped_rules import ROOT

GUIDE = (ROOT / "docs" / "feeds.md").read_text(encoding="utf-8")


def test_every_command_and_state_is_named() -> None:
    commands = [name for name in COMMANDS if name.startswith("feeds ")]
    assert [name for name in commands if not re.search(rf"`?(deal-monitor )?{name}\b", GUIDE)] == []
    assert [state for state in STATES if f"| `{state}` |" not in GUIDE] == []


def test_the_block_for_a_publisher_is_valid(tmp_path: Path) -> None:
    block = GUIDE.partition("```yaml\n")[2].partition("```")[0]
    (tmp_path / "sources.yaml").write_text(f"publishers:\n{block}", encoding="utf-8")
    assert load_publishers(tmp_path).find("The Paper").tier.name == "TRADE"
