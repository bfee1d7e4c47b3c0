"""Where readers and rules differ is counted by commitment and act, and the stories that tell most come first."""

from dataclasses import replace
from datetime import datetime

import pytest

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import ReaderKind, ReaderMode, Reading, Story
from monitor.domain.reading.agreement import Agreement, Outcome, ReaderAgreement, compare, promise_of, reader_agreement
from tests.builders.reading_values import person, read, reading
from tests.builders.rules_folder import story
from tests.builders.small_rulebook import BOTH, BUYS, CANCELS, SHIPS, SOY, rulebook

HOARDS = "China hoards soybeans from the United States"
FEBRUARY = datetime.fromisoformat("2026-02-09T00:00Z")


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    part = SOY.replace("id: soy", "id: soy-yearly").replace("soybeans", "yearly beans").replace("Soybeans", "Yearly")
    files = {"soy": SOY, "ships": SHIPS, "soy-yearly": part}
    return rulebook(tmp_path_factory.mktemp("rules"), **files)


def outcomes(rules: Rulebook, title: str, *readings: Reading) -> dict[str, Outcome]:
    return {own.commitment: own.outcome for own in compare(story(title), rules, readings)}


def counted(rules: Rulebook, *texts: tuple[Story, Reading]) -> ReaderAgreement:
    return reader_agreement([(one, (said,)) for one, said in texts], rules)


def test_another_effect_a_reader_alone_and_a_rule_alone_are_told_apart(rules: Rulebook) -> None:
    assert outcomes(rules, BUYS, reading(read("soy", "pledge", "buys"))) == {"soy": Outcome.OTHER_EFFECT}
    assert outcomes(rules, BUYS, reading()) == {"soy": Outcome.RULE_ALONE}
    said = reading(read("ships", "progress", "buys"), read("soy", "progress", "buys"))
    assert outcomes(rules, BUYS, said) == {"soy": Outcome.SAME, "ships": Outcome.READER_ALONE}


def test_effects_are_compared_whatever_the_policy_and_a_part_counts_for_its_promise(rules: Rulebook) -> None:
    assert outcomes(rules, BUYS, reading(read("soy", "progress", "buys"))) == {"soy": Outcome.SAME}
    said = reading(read("soy", "progress", "buys yearly beans"))
    (own,) = compare(story("China buys yearly beans"), rules, [said])
    assert (own.commitment, own.part, own.rule) == ("soy", "soy-yearly", "soy-yearly/bought")
    assert promise_of("soy-yearly", rules.commitments) == "soy"
    assert promise_of("soyuz", rules.commitments) == "soyuz"
    off = replace(rules, policy=replace(rules.policy, reader=ReaderMode.OFF))
    confirms = replace(rules, policy=replace(rules.policy, reader=ReaderMode.CONFIRMS))
    for policy in (off, confirms):
        assert outcomes(policy, BUYS, reading(read("soy", "pledge", "buys"))) == {"soy": Outcome.OTHER_EFFECT}
    compared = reader_agreement([(story(BUYS), ())], rules)
    assert (compared.texts, compared.whole.total, compared.whole.share, compared.kinds) == (0, 0, None, frozenset())


def test_counts_are_kept_by_commitment_act_and_month(rules: Rulebook) -> None:
    compared = counted(
        rules,
        (story(BOTH), reading(read("soy", "progress", "soybeans"), read("ships", "setback", "tankers"))),
        (story(CANCELS), reading()),
        (replace(story(HOARDS), published_at=FEBRUARY), person(read("soy", "progress", "hoards"))),
    )
    assert compared.texts == 3
    assert compared.kinds == {ReaderKind.MODEL, ReaderKind.PERSON}
    assert compared.commitments == {
        "soy": Agreement(same=1, other_effect=1, rule_alone=1),
        "ships": Agreement(other_effect=1),
    }
    assert (compared.whole.readers, compared.whole.total, compared.whole.share) == (3, 4, 0.25)
    assert list(compared.acts) == [
        "ships/bought",
        "soy/cancelled",
        "soy/bought",
    ]  # that nothing but about holds is no act
    assert list(compared.months) == ["2025-11", "2026-02"]
    assert compared.months["2026-02"] == {"soy": Agreement(other_effect=1)}


def test_of_the_stories_that_differ_the_ones_that_move_a_verdict_come_first(rules: Rulebook) -> None:
    quiet = replace(story("Soybeans are a plant", source="Ministry"), published_at=FEBRUARY)
    wire, official = story(BUYS, source="Herald Wire"), story(CANCELS, source="Ministry")
    newer = replace(story("China buys soybeans", source="Herald Wire"), published_at=FEBRUARY)
    copied = replace(newer, title="China  buys SOYBEANS")
    compared = counted(rules, *((one, reading()) for one in (quiet, wire, official, newer, copied)))
    assert [own.story.title for own in compared.telling] == [official.title, newer.title, wire.title, quiet.title]
