"""The digest names rules whose silence is worth a look, and no others."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from monitor.domain.messages.digest.silent_rules import RuleActivity, RuleMatch, silent_rules
from monitor.domain.model import Baseline, Commitment, Kind, Standing
from tests.builders.golden_wording import GoldenWording
from tests.builders.tables import table

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=240)


def promise(key: str, short: str) -> Commitment:
    baseline = Baseline(date(2025, 1, 1), Standing.PLEDGED, "https://ministry.example/pledge")
    return Commitment(key, "deal", short, short, Kind.STANDING, "cn", (baseline,))


SOY, SHIPS, ANNUAL = promise("soy", "Soybeans"), promise("ships", "Tankers"), promise("soy-annual", "Soybeans a year")


def matched(rule: str, *days_ago: float) -> list[RuleMatch]:
    """The rule matched a story of its own on each of these days."""
    return [RuleMatch(rule, f"{rule} {days}", NOW - timedelta(days=days)) for days in days_ago]


def about(commitment: str, count: int, *, before: bool = False) -> list[RuleMatch]:
    """So many stories about it, of the last 60 days or of the months before."""
    return matched(f"{commitment}/about", *((61 if before else 1) + n for n in range(count)))


def lines(
    *matches: Sequence[RuleMatch], since: datetime = LONG_AGO, of: Sequence[Commitment] = (SOY, SHIPS, ANNUAL)
) -> list[str]:
    watched = RuleActivity(since, tuple(match for group in matches for match in group))
    return [f"{line.name} {line.text}" for line in silent_rules(of, table("silent_rules", "rules"), watched, NOW)]


def test_a_promise_in_the_news_in_which_no_rule_found_an_act_is_named_with_its_rules() -> None:
    assert lines(about("soy", 7)) == [
        "Rules for Soybeans found no act in the 7 stories of the last 60 days (bought, cancelled, promised "
        "and 2 others); "
        "`deal-monitor inbox list` shows these stories."
    ]


def test_a_monitor_that_has_not_looked_for_so_long_says_nothing_of_silence() -> None:
    assert lines(about("soy", 30), since=NOW - timedelta(days=59)) == []
    assert len(lines(about("soy", 30), since=NOW - timedelta(days=60))) == 1


HABIT = matched("soy/cancelled", 70, 80, 90, 100, 110)
"""Matched in five different weeks."""


def test_a_rule_that_matched_weekly_and_stopped_is_named_with_its_earlier_share(wording: GoldenWording) -> None:
    wording(lines(HABIT, about("soy", 5, before=True), about("soy", 8), matched("soy/bought", 2)))


def test_only_a_silence_that_is_no_rule_is_named() -> None:
    recent, burst = matched("soy/bought", 2), matched("soy/cancelled", *(70 + n / 10 for n in range(20)))
    found = {
        "little news": lines(about("soy", 4)),
        "an act was found": lines(about("soy", 30), matched("soy/bought", 12)),
        "an act was found longer ago": lines(about("soy", 30), matched("soy/bought", 61)),
        "an act of a part was found": lines(about("soy", 9), matched("soy-annual/bought", 3)),
        "the promise is not followed": lines(about("soy", 9), of=(SHIPS,)),
        "a habit goes on": lines(HABIT, about("soy", 9), matched("soy/cancelled", 59), recent),
        "one event in every paper": lines(burst, about("soy", 9), recent),
        "news has become rare": lines(HABIT, about("soy", 30, before=True), about("soy", 8), recent),
        "the rule is gone": lines(matched("soy/renamed", 70, 80, 90, 100, 110), about("soy", 8), recent),
    }
    named = {"an act was found longer ago", "an act of a part was found"}
    assert {case for case, said in found.items() if said} == named


def test_at_most_two_lines_the_promise_most_in_the_news_first() -> None:
    found = lines(about("soy", 6), about("ships", 9), about("soy-annual", 7))
    assert [line.split(" found")[0] for line in found] == ["Rules for Tankers", "Rules for Soybeans a year"]
