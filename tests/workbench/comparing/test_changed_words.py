"""The words in which two rulebooks differ are as few as the edit allows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.domain.model import Entry
from monitor.workbench.comparing.changed_words import ChangedWords, changed_words
from tests.builders import eu_deal
from tests.builders.rule_edits import edited


def words(tmp_path: Path, *edits: str) -> ChangedWords:
    return changed_words(edited(tmp_path / "old", ()), edited(tmp_path / "new", edits))


def text(title: str, summary: str = "") -> Entry:
    return Entry("", title, "", datetime(2025, 11, 3, tzinfo=UTC), summary, "Commerce Ministry")


def test_the_same_rules_have_no_changed_words(tmp_path: Path) -> None:
    assert not words(tmp_path).concern(text("China bans US soybeans"))


@pytest.mark.parametrize(
    ("edit", "concerned", "other"),
    [
        ("a word in an act", "Port shuns soybeans", "Port bans soybeans"),
        ("a word in an act", "Port shuns soybeans", "Port shuns wheat"),
        ("a pattern in an act", "Port shuns wheat", "China cancels soybeans"),
        ("a wider gap", "Port cancels soybeans", "Port cancels wheat"),
        ("a shared set", "China wants oil", "China wants soybeans"),
        ("a pattern in a shared set", "中国两个港口", "中国大豆"),
        ("a denial", "China halts work", "China denies it"),
        ("a frame", "Calm after a storm", "Futures fall"),
        ("a mask", "US soybean oil", "US soybeans"),
        ("an act on trial", "Port bans soybeans", "Port buys soybeans"),
    ],
)
def test_an_edit_concerns_the_texts_with_its_words(edit: str, concerned: str, other: str, tmp_path: Path) -> None:
    found = words(tmp_path, edit)
    assert found.concern(text(concerned))
    assert found.concern(text("News", concerned))
    assert not found.concern(text(other))
    assert not found.concern(text("News", other))


@pytest.mark.parametrize("edit", ["a baseline", "a meaning by status", "a number of the policy"])
def test_what_no_text_is_read_by_concerns_no_text(edit: str, tmp_path: Path) -> None:
    assert not words(tmp_path, edit).concern(text("China bans US soybeans after call with Washington"))


def test_a_body_whose_figures_count_without_its_words_concerns_every_text(tmp_path: Path) -> None:
    assert words(tmp_path, "a statistics body").concern(text("Rain"))


def test_the_words_of_one_pattern_must_stand_in_one_field(tmp_path: Path) -> None:
    assert not words(tmp_path, "a word in an act").concern(text("Port shuns it", "Soybeans are dear"))


def test_a_party_that_a_deal_takes_or_leaves_concerns_every_text(tmp_path: Path) -> None:
    """Its officials are heard by any of their names, or none is."""
    taken = eu_deal.load(tmp_path / "taken")
    left = eu_deal.load(tmp_path / "left", deal=eu_deal.DEAL[: eu_deal.DEAL.index("  eu+us")])
    assert changed_words(taken, left).concern(text("Cheese of Parma, Sefcovic says"))


def test_other_words_for_a_party_concern_the_texts_with_them(tmp_path: Path) -> None:
    before = eu_deal.load(tmp_path / "before")
    after = eu_deal.load(tmp_path / "after", words=eu_deal.WORDS.replace("Brussels, ", "Strasbourg, "))
    found = changed_words(before, after)
    assert [found.concern(text(title)) for title in ("A plan of Strasbourg", "A plan of Riga")] == [True, False]
