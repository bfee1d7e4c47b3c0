"""`topic` and `tells`: the words that a rule file gives to alerts."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.domain.model import Effect
from monitor.errors import RuleError
from tests.builders import small_rulebook
from tests.builders.small_rulebook import SOY


def edited(tells: str) -> str:
    first = "  - id: bought\n"
    assert first in SOY
    return SOY.replace(first, f"{first}    tells: {tells}\n").replace(
        "short: Soybeans\n", "short: Soybeans\ntopic: Beans\n"
    )


def test_words_for_alerts_are_read_say_who_does_what_and_are_no_part_of_a_version(tmp_path: Path) -> None:
    book = small_rulebook.rulebook(tmp_path, soy=edited("to buy beans"))
    assert book.commitments["soy"].topic == "Beans"
    assert (book.rules["soy/bought"].tells, book.rules["soy/bought"].effect) == ("to buy beans", Effect.PROGRESS)
    plain = small_rulebook.rulebook(tmp_path / "b")
    assert book.rules["soy/bought"].version == plain.rules["soy/bought"].version
    with pytest.raises(RuleError, match=r"soy.yaml:14:\d+: error\[value_error\]"):
        small_rulebook.rulebook(tmp_path / "b", soy=edited("buys beans"))
