"""Titles that tell no news of their own: by the frames and the words of `headlines:` in the vocabulary."""

from datetime import UTC, datetime

import pytest

from monitor.domain.matching.document import Document
from monitor.domain.model import Story
from tests.builders.shipped_rules import rulebook

AT = datetime(2026, 3, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("title", "page", "is_news"),
    [
        ("China buys two cargoes of beans", "a", True),
        ("China issues a joint statement with the EU on beans", "a", True),
        ("Live cattle imports to resume", "a", True),
        ("Will China buy the beans?", "a", False),
        ("The ministry posted a readout of the call", "a", False),
        ("A spokesperson answered a question on beans", "a", False),
        ("China buys two cargoes of beans – live", "a", False),
        ("Live updates: China buys beans", "a", False),
        ("7 takeaways from the call", "a", False),
        ("China buys two cargoes of beans", "video/a", False),
    ],
)
def test_a_title_tells_news_unless_it_asks_lists_goes_on_or_only_says_that_a_text_is_out(
    title: str, page: str, is_news: bool
) -> None:
    story = Story("a", AT, AT, "Harbour Wire", f"https://news.example/{page}", title, "", "en")
    assert Document(story, rulebook()).title_is_news is is_news


@pytest.mark.parametrize(
    ("source", "title", "is_news"),
    [
        ("White House", "Further Extending the Pause of the Bean Duties", False),
        ("White House", "Modifying Bean Duties", False),
        ("White House", "Beijing Modifies Its Bean Duties", True),
        ("White House", "Opening the Ports, the US Lifts Its Bean Duties", True),
        ("Harbour Wire", "Modifying Bean Duties", True),
    ],
)
def test_the_name_of_an_offices_order_says_what_it_does_and_not_who_does_it(
    source: str, title: str, is_news: bool
) -> None:
    assert Document(Story("a", AT, AT, source, "", title, "", "en"), rulebook()).title_is_news is is_news
