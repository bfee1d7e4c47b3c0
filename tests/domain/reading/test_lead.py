"""What earns a model the lead, and what it must read so differently from its check that it loses it."""

from dataclasses import replace

import pytest

from monitor.domain.matching.rules import Reads, Rulebook
from monitor.domain.reading.agreement import Level
from monitor.domain.reading.lead import ReadingShares, Share, fallen_shares, lead_refused, reading_shares
from tests.builders.golden_wording import GoldenWording
from tests.builders.reading_values import AT, check, read, reading
from tests.builders.rules_folder import story
from tests.builders.small_rulebook import BUYS, CANCELS, TANKERS, rulebook

MUSEUM = "A museum opens a wing in Lisbon"


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    made = rulebook(tmp_path_factory.mktemp("rules"))
    return replace(made, reads=dict.fromkeys(made.commitments, Reads("buying of goods")))


def test_a_full_check_above_the_bars_earns_the_lead(wording: GoldenWording) -> None:
    assert lead_refused(check()) == ""
    low = dict.fromkeys(Level, 0.95) | {Level.EFFECT: 0.84, Level.ABOUT: 0.1}
    cases = [check(f1=low), check(examples=9), check(unread=13), check().lost("it answers nothing", AT)]
    wording(map(lead_refused, (None, *cases)))


def test_the_shares_compare_a_model_with_firm_acts_of_the_rules(rules: Rulebook) -> None:
    buys, other = read("soy", "progress", "China buys"), read("ships", "pledge", "China buys")
    cases = {
        (BUYS, (buys,)): (Share(1, 1), Share(1, 1), Share(1, 1)),
        (BUYS, ()): (Share(), Share(), Share(0, 1)),
        (BUYS, (other,)): (Share(0, 1), Share(1, 1), Share(1, 1)),
        (BUYS, (read("soy", "none", "China buys"),)): (Share(), Share(1, 1), Share(1, 1)),
        (CANCELS, (read("soy", "delivered", "China"),)): (Share(0, 1), Share(1, 1), Share(1, 1)),
        (MUSEUM, (buys,)): (Share(), Share(1, 1), Share()),
    }
    for (title, matches), expected in cases.items():
        assert reading_shares([(story(title), reading(*matches))], rules) == ReadingShares(*expected), (title, matches)
    refused = [(story(BUYS), reading(buys, refused=2)), (story(TANKERS), reading(deals=("another",)))]
    assert reading_shares(refused, rules) == ReadingShares(Share(1, 1), Share(1, 3), Share(1, 1))


def test_an_act_that_the_model_was_not_shown_or_that_is_weak_is_not_compared(rules: Rulebook) -> None:
    weak = replace(rules, rules={name: replace(info, weak=True) for name, info in rules.rules.items()})
    assert reading_shares([(story(BUYS), reading())], weak) == ReadingShares()
    assert reading_shares([(story(BUYS), reading())], replace(rules, reads={})) == ReadingShares()
    summary = "x" * 500 + ". " + BUYS
    assert reading_shares([(story(MUSEUM, summary), reading())], rules) == ReadingShares()


def test_less_than_half_of_a_share_of_the_check_is_a_fall(wording: GoldenWording) -> None:
    then = ReadingShares(Share(80, 100), Share(90, 100), Share(50, 100))
    assert fallen_shares(ReadingShares(Share(40, 100), Share(45, 100), Share(25, 100)), then) == ""
    assert fallen_shares(ReadingShares(Share(0, 19), Share(0, 19), Share(0, 19)), then) == "", "too few to tell"
    wording([fallen_shares(ReadingShares(Share(7, 20), Share(1, 20), Share(9, 20)), then)])
