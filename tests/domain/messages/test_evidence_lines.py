"""The report that the main link of an alert opens."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from monitor.domain.messages.briefs import AlertBrief, ReportLink
from monitor.domain.model import Outlet, Publisher, Says, Severity, Story, Tier
from monitor.domain.model.publishers import Publishers
from tests.builders.domain_values import reason
from tests.builders.message_values import NOW, brief, context, message, move, signal, story
from tests.builders.tables import table

TIERS = {
    "Ministry": Tier.OFFICIAL,
    "State Daily": Tier.STATE_MEDIA,
    "Harbour Wire": Tier.WIRE,
    "Grain Trade": Tier.TRADE,
    "Gatherer": Tier.AGGREGATOR,
}
Told = tuple[str, str]
"""Who reports, in which language."""


class Known(Publishers):
    """Publishers as the rulebook knows them; all others are unknown."""

    def __init__(self) -> None:
        super().__init__(())

    def find(self, source: str, url: str = "") -> Publisher:
        return Publisher(source, TIERS.get(source, Tier.UNKNOWN))


def alert(stories: Mapping[str, Story], evidence: tuple[str, ...]) -> AlertBrief:
    """An alert on these stories, each quoted once, whose leading change rests on some of them."""
    quoted = {key: signal(key, key) for key in stories}
    why = reason("Two cargoes are put off.")
    also = move("t2", evidence=tuple(stories), reason=why, severity=Severity.ROUTINE)
    lead = move("t1", evidence=evidence, reason=why)
    return brief(message(lead, also), signals=quoted, stories=stories, publishers=Known())


def chosen(*told: Told) -> tuple[str, str]:
    """The outlet and the language of the report chosen among these, each a story of its own."""
    stories = {f"s{at}": story(f"s{at}", name, lang=lang) for at, (name, lang) in enumerate(told)}
    found = alert(stories, tuple(stories)).evidence.report
    assert found is not None
    return found.outlet, found.language


@pytest.mark.parametrize(
    ("told", "best"), table("evidence_lines", "a_report_in_english_comes_first_then_the_best_publisher_then_the_first")
)
def test_a_report_in_english_comes_first_then_the_best_publisher_then_the_first(told: list[Told], best: str) -> None:
    assert chosen(*told) == (best, "")


def test_a_quote_is_complete_and_of_several_sources_each_comes_first() -> None:
    title = "Mills put off two cargoes again. Ports do not want them."
    words = {
        "part": "Ports do not want them.",
        "listed": f"Matched: - {title} - Others ]]>",
        "cut": "The mills wait for",
        "whole": "The mills wait.",
    }
    stories = {key: story(key, key, title=title, summary="Long. " * 90 + text) for key, text in words.items()}
    stories["other"] = story("other", "Wire", title="Mills see no more ships")
    quoted = {key: signal(key, key, quote=words[key], says=Says.PRESS, origin="Paper") for key in words}
    quoted["other"] = signal("other", "other", quote="Mills see no more ships", says=Says.PRESS, origin="Wire")
    found = brief(message(move(evidence=tuple(quoted))), signals=quoted, stories=stories).evidence.lines
    assert {line.signal: line.quote for line in found}["listed"] == title
    assert {line.signal: line.quote for line in found}["part"] == title
    assert {line.signal: line.quote for line in found}["cut"] == "The mills wait for…"
    assert {line.signal: line.quote for line in found}["whole"] == "The mills wait."
    assert "other" in [line.signal for line in found[:2]]


def test_an_aggregator_is_no_outlet_beside_others_and_one_alone_is_named() -> None:
    origins = {"a": "Harbour Wire", "b": "Gatherer", "c": "Far Wire"}
    stories = {key: story(key, "Harbour Wire" if key == "a" else "Gatherer") for key in origins}
    quoted = {key: signal(key, key, says=Says.PRESS, origin=n, quote=f"Cargoes of {n}") for key, n in origins.items()}

    def outlets(*keys: str) -> list[str]:
        found = brief(message(move(evidence=keys)), signals=quoted, stories=stories, publishers=Known())
        return [line.outlet for line in found.evidence.lines]

    assert (outlets("a", "b"), outlets("b")) == (["Harbour Wire"], ["Gatherer"])
    assert outlets("a", "c") == ["Harbour Wire", "Far Wire"], "the agency that it quotes"


@pytest.mark.parametrize(
    ("tier", "quote", "says"),
    [
        (Tier.OFFICIAL, "The Treasury posted a picture of the two cargoes.", ""),
        (Tier.OFFICIAL, "Buyers have put off two cargoes.", "US Treasury says"),
        (Tier.WIRE, "The Treasury posted a picture of the two cargoes.", "US Treasury says"),
    ],
)
def test_what_an_official_feed_tells_of_a_post_is_not_in_its_authors_words(tier: Tier, quote: str, says: str) -> None:
    quoted = {"a": signal("a", "a", quote=quote, tier=tier)}
    found = brief(message(move(evidence=("a",))), signals=quoted, stories={"a": story("a", "Harbour Wire")})
    assert [line.says for line in found.evidence.lines] == [says]


def test_where_none_is_in_english_the_best_one_says_its_language() -> None:
    assert chosen(("Gatherer", "zh"), ("State Daily", "zh-CN")) == ("State Daily", "in Chinese")
    assert chosen(("Harbour Wire", "de")) == ("Harbour Wire", "in German")
    assert chosen(("Harbour Wire", "eo")) == ("Harbour Wire", "not in English")


def test_letters_show_the_language_of_a_report_whose_feed_says_none() -> None:
    titles = {
        "米国産大豆の購入、2隻分延期": "in Japanese",
        "미국산 대두 두 척 연기": "in Korean",
        "美中 대두 구매 연기": "in Korean",
        "จีนเลื่อนซื้อถั่วเหลืองสหรัฐ": "in Thai",
        "COFCO推迟两船美国大豆": "in Chinese",
        "Two cargoes put off": "",
    }
    found = {}
    for title in titles:
        report = alert({"a": story("a", "Ministry", lang="", title=title)}, ("a",)).evidence.report
        found[title] = report.language if report else None
    assert found == titles


def test_the_page_of_a_known_outlet_comes_before_that_of_the_aggregator_that_had_the_story_first() -> None:
    outlets = (
        Outlet("Gatherer", "https://gatherer.example/1", NOW, NOW),
        Outlet("Harbour Wire", "https://w.example/1", NOW, NOW),
    )
    one = story("a", "Gatherer", outlets=outlets)
    made = alert({"a": one}, ("a",))
    assert made.evidence.report == ReportLink("https://w.example/1", "Harbour Wire")
    assert [line.outlet for line in made.evidence.lines] == ["Gatherer"], "the evidence stays as it was found"


def test_the_main_link_is_that_of_the_best_report_if_it_has_one() -> None:
    stories = {"a": story("a", "Gatherer"), "b": story("b", "Ministry")}
    assert alert(stories, ("a",)).evidence.report == ReportLink("https://news.example/a", "Gatherer")
    stories["a"] = story("a", "Gatherer", url="feed:nothing")
    assert alert(stories, ("a",)).evidence.report is None, "a link to another outlet would not be the quoted report"


def test_no_evidence_is_dropped_and_the_main_report_comes_first() -> None:
    told = [("State Daily", "zh"), ("Nobody Knows", "en"), ("Ministry", "en")]
    stories = {f"s{at}": story(f"s{at}", name, lang=lang) for at, (name, lang) in enumerate(told)}
    made = alert(stories, tuple(stories))
    assert [line.outlet for line in made.evidence.lines] == ["Ministry", "Nobody Knows", "State Daily"]
    assert made.evidence.report == ReportLink(made.evidence.lines[0].url, "Ministry")


def test_an_older_report_is_not_quoted() -> None:
    stories = {"a": story("a", "Ministry"), "b": story("b", "Gatherer", published_at=NOW - timedelta(days=9))}
    made = alert(stories, tuple(stories))
    assert [line.outlet for line in made.evidence.lines] == ["Ministry"]


def test_readers_of_english_know_a_chinese_outlet_by_its_address() -> None:
    known = context()
    assert known.outlet("澎湃新闻", "https://www.thepaper.cn/1") == "thepaper.cn"
    assert known.outlet("澎湃新闻") == "澎湃新闻"
    assert known.outlet("Harbour Wire", "https://wire.example/1") == "Harbour Wire"
