"""Rules and readings together: which of them makes a signal, in each mode of the policy."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.domain.matching.match import match
from monitor.domain.matching.rules import Reads, Rulebook
from monitor.domain.model import Effect, Modality, ReaderKind, ReaderMode, Reading, ReadMatch, Says, Signal, Tier
from monitor.domain.reading.join import JoinedText, join, reading_that_counts
from monitor.domain.verdicts.corroboration import is_weak
from monitor.rulebook import load_rulebook
from tests.builders import rules_folder, small_rulebook
from tests.builders.golden_wording import GoldenWording
from tests.builders.reading_values import AT, person, read, reading
from tests.builders.rules_folder import only, story

ANNUAL = rules_folder.COMMITMENT.replace("id: beans", "id: beans-annual").replace("amount: 12 Mt", "amount: 25 Mt")
ANNUAL = ANNUAL.replace(
    "  any: ['{cn} ..8 {beans}', '{beans} ..8 {cn}', '{us_beans}']", "  any: ['each year ..4 {beans}']"
)
ANNUAL = ANNUAL[: ANNUAL.index("acts:")] + ("acts:\n  - {id: yearly, polarity: pledge, any: ['each year']}\n")
DEAL = rules_folder.DEAL.replace(
    "precedence: [", "precedence: [{of: [beans], to: beans-annual, when: ['25 million'], unless: [corn]}, "
)

BUYS = "China buys ten cargoes of US soybeans"
OTHER_WORDS = "Beijing's state traders snap up oilseed cargoes from Iowa"


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return rules_folder.load(tmp_path_factory.mktemp("rules"), **{"deal": DEAL, "beans-annual": ANNUAL})


def mode(rules: Rulebook, value: ReaderMode) -> Rulebook:
    return replace(rules, policy=replace(rules.policy, reader=value))


def signals(rules: Rulebook, title: str, *readings: Reading, summary: str = "") -> tuple[Signal, ...]:
    return join(story(title, summary), rules, readings).signals


def joined(rules: Rulebook, title: str, *readings: Reading, summary: str = "") -> JoinedText:
    return join(story(title, summary), rules, readings)


# ---------------------------------------------------------------- two deals

TWO = "China buys two cargoes of soybeans and buys nine crates of teacups"


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    root = small_rulebook.write(tmp_path_factory.mktemp("two"), soy=f"{small_rulebook.SOY}reads: {{about: soybeans}}\n")
    return load_rulebook(rules_folder.lay(root, small_rulebook.OTHER_DEAL))


def of_deal(deal: str, *matches: ReadMatch, **changed: object) -> Reading:
    return reading(*matches, deals=(deal,), version=deal, **changed)


SOY_SETBACK, CUPS_THREAT = (
    read("soy", "setback", "two cargoes of soybeans"),
    read("cups", "threat", "crates of teacups"),
)


def effects(rules: Rulebook, *readings: Reading) -> dict[str, Effect]:
    return {signal.commitment: signal.effect for signal in signals(rules, TWO, *readings)}


def test_a_model_decides_only_on_the_deals_that_it_was_asked_about(two: Rulebook) -> None:
    assert effects(two) == {"soy": Effect.PROGRESS, "cups": Effect.PROGRESS}
    assert effects(two, of_deal("deal")) == {"cups": Effect.PROGRESS}
    assert effects(two, of_deal("tea", CUPS_THREAT)) == {"soy": Effect.PROGRESS, "cups": Effect.THREAT}
    assert effects(two, of_deal("deal", SOY_SETBACK), of_deal("tea")) == {"soy": Effect.SETBACK}


def test_of_two_readings_on_one_deal_the_later_counts(two: Rulebook) -> None:
    older = of_deal("deal", SOY_SETBACK, at=AT - timedelta(days=1))
    assert effects(two, replace(older, version="old"), of_deal("deal"), of_deal("tea", CUPS_THREAT)) == {
        "cups": Effect.THREAT
    }


def test_a_person_is_read_on_all_deals_and_names_the_model_that_was_asked(two: Rulebook) -> None:
    by_model = of_deal("deal", SOY_SETBACK), of_deal("tea", CUPS_THREAT)
    (signal,) = signals(two, TWO, *by_model, person(read("soy", "breach", "two cargoes of soybeans")))
    assert [(by.kind, by.version) for by in signal.read_by][-1] == (ReaderKind.MODEL, "deal")


def test_a_reading_that_no_text_can_support_spoils_only_its_own_deal(two: Rulebook) -> None:
    settled = [read(name, "delivered", "two cargoes of soybeans") for name in ("soy", "oats")]
    assert effects(two, of_deal("deal", *settled), of_deal("tea", CUPS_THREAT)) == {
        "soy": Effect.PROGRESS,
        "cups": Effect.THREAT,
    }


def test_readings_on_several_deals_are_shown_as_one(two: Rulebook) -> None:
    shown = reading_that_counts([of_deal("deal", SOY_SETBACK), of_deal("tea", CUPS_THREAT)], ReaderMode.LEADS)
    assert shown is not None
    assert set(shown.matches) == {SOY_SETBACK, CUPS_THREAT}
    assert set(shown.deals) == {"deal", "tea"}


# ---------------------------------------------------------------- who counts


def test_our_own_code_reads_amount_and_firmness_from_the_sentence_that_the_model_quotes(rules: Rulebook) -> None:
    title = "Beijing may take up to 3 million tons of oilseed from Iowa"
    signal = only(signals(rules, title, reading(read("beans", "pledge", "take up to 3 million tons"))))
    assert signal.quantity is not None
    assert signal.quantity.high == 3e6
    assert signal.modality in (Modality.RUMOUR, Modality.PLAN)


def test_a_rule_that_the_model_contradicts_moves_nothing_and_the_difference_is_told(rules: Rulebook) -> None:
    found = joined(rules, BUYS, reading())
    assert found.signals == ()
    (difference,) = found.differences
    assert difference.rule is not None
    assert (difference.commitment, difference.rule.rule, difference.read) == ("beans", "beans/bought", None)


def test_of_two_effects_the_models_counts_and_the_rules_is_told_beside_it(rules: Rulebook) -> None:
    found = joined(rules, BUYS, reading(read("beans", "pledge", "buys ten cargoes")))
    signal = only(found.signals)
    assert (signal.effect, signal.rule) == (Effect.PLEDGE, "beans/reader")
    assert [(who.name, who.effect) for who in signal.read_by] == [
        ("beans/bought", Effect.PROGRESS),
        ("model", Effect.PLEDGE),
    ]
    assert [d.rule.rule for d in found.differences if d.rule] == ["beans/bought"]


@pytest.mark.parametrize("effect", ["delivered", "progress"])
def test_how_far_a_deed_goes_is_the_rules_to_say(rules: Rulebook, effect: str) -> None:
    found = joined(rules, BUYS, reading(read("beans", effect, "buys ten cargoes")))
    signal = only(found.signals)
    assert (signal.effect, signal.rule) == (Effect.PROGRESS, "beans/bought")
    assert [who.effect for who in signal.read_by] == [Effect.PROGRESS, Effect(effect)]
    assert [d.read.effect for d in found.differences if d.read] == ([Effect.DELIVERED] if effect == "delivered" else [])


def test_a_weak_act_and_a_person_leave_the_degree_of_a_deed_to_who_reads_it(rules: Rulebook) -> None:
    by_person = only(signals(rules, BUYS, person(read("beans", "delivered", "buys ten cargoes"))))
    assert by_person.effect is Effect.DELIVERED
    weak = replace(rules, rules={name: replace(info, weak=True) for name, info in rules.rules.items()})
    by_model = only(signals(weak, BUYS, reading(read("beans", "delivered", "buys ten cargoes"))))
    assert (by_model.effect, by_model.rule) == (Effect.DELIVERED, "beans/reader")


def test_an_act_that_another_has_outdone_is_taken_up_where_the_model_reads_it(rules: Rulebook) -> None:
    title = "China bans soybeans from two ports and buys ten cargoes of US soybeans"
    assert only(signals(rules, title)).effect is Effect.SETBACK
    signal = only(signals(rules, title, reading(read("beans", "progress", "buys ten cargoes"))))
    assert (signal.effect, signal.rule) == (Effect.PROGRESS, "beans/bought")


def test_what_one_side_alone_reads_is_a_signal_and_says_who_read_it(rules: Rulebook) -> None:
    assert signals(rules, BUYS) == match(story(BUYS), rules)
    assert all(signal.read_by == () for signal in signals(rules, BUYS))
    (alone,), (both,) = (
        signals(rules, BUYS),
        signals(rules, BUYS, reading(read("beans", "progress", "buys ten cargoes"))),
    )
    assert replace(both, read_by=()) == alone
    assert [(who.kind, who.name, who.effect) for who in both.read_by] == [
        (ReaderKind.RULE, "beans/bought", Effect.PROGRESS),
        (ReaderKind.MODEL, "model", Effect.PROGRESS),
    ]
    assert signals(rules, OTHER_WORDS) == ()
    signal = only(signals(rules, OTHER_WORDS, reading(read("beans", "progress", "snap up oilseed cargoes", "cn"))))
    assert (signal.rule, signal.rule_version) == ("beans/reader", "1")
    assert (signal.effect, signal.quote, signal.field) == (Effect.PROGRESS, OTHER_WORDS, "title")
    assert [(who.kind, who.says) for who in signal.read_by] == [(ReaderKind.MODEL, Says("cn"))]
    signal = only(signals(rules, BUYS, reading(read("beans", "none", "buys ten cargoes"))))
    assert (signal.effect, signal.quantity) == (Effect.NONE, None)


def test_a_persons_reading_outranks_model_and_rules_and_may_leave_the_quote_out(rules: Rulebook) -> None:
    for value in ReaderMode:
        own = mode(rules, value)
        model, ann = reading(read("beans", "breach", "buys ten cargoes")), person(read("beans", "threat", "buys ten"))
        signal = only(signals(own, BUYS, ann, model))
        assert (signal.effect, signal.rule) == (Effect.THREAT, "beans/person")
        assert signals(own, BUYS, model, person()) == ()
    signal = only(signals(rules, BUYS, person(read("beans", "progress", "buys ten cargoes")), reading()))
    assert [(who.kind, who.name, who.effect) for who in signal.read_by] == [
        (ReaderKind.RULE, "beans/bought", Effect.PROGRESS),
        (ReaderKind.PERSON, "Ann", Effect.PROGRESS),
        (ReaderKind.MODEL, "model", None),
    ]
    assert only(signals(rules, OTHER_WORDS, person(read("beans", "progress", "")))).quote == OTHER_WORDS
    found = joined(rules, OTHER_WORDS, reading(read("beans", "progress", "")))
    assert found.signals == ()
    assert len(found.refused) == 1
    old, new = reading(version="1"), reading(version="2", at=AT.replace(day=20))
    assert reading_that_counts((new, old), ReaderMode.LEADS) is new
    assert reading_that_counts((new, old), ReaderMode.OFF) is None
    assert reading_that_counts((new, person()), ReaderMode.OFF) == person()


def test_an_unknown_commitment_and_a_false_quote_are_refused_alone(rules: Rulebook, wording: GoldenWording) -> None:
    good = read("beans", "pledge", "buys ten cargoes")
    for refused in (read("pandas", "progress", "buys"), read("beans", "progress", "sells ten cargoes")):
        found = joined(rules, BUYS, reading(refused, good))
        assert [each.match for each in found.refused] == [refused]
        assert only(found.signals).effect is Effect.PLEDGE
        wording(found.refused[0].why)


@pytest.mark.parametrize(
    "unsure", [reading(read("beans", "breach", "words of its own")), reading(unsure=("beans",)), reading(unsure=("x",))]
)
def test_of_a_commitment_with_a_refused_match_the_reader_contradicts_nothing(rules: Rulebook, unsure: Reading) -> None:
    known = unsure.unsure != ("x",)
    assert [signal.rule for signal in signals(rules, BUYS, unsure)] == (["beans/bought"] if known else [])


def test_a_models_reading_that_no_text_can_say_counts_as_a_whole_for_nothing(rules: Rulebook) -> None:
    everything = [read("beans", "delivered", "buys ten cargoes"), read("talks", "delivered", "buys ten cargoes")]
    found = joined(rules, BUYS, reading(*everything))
    assert found.signals == match(story(BUYS), rules)
    assert len(found.refused) == 2
    assert len(joined(rules, BUYS, person(*everything)).signals) == 2


# ---------------------------------------------------------------- modes


def test_a_reader_that_only_confirms_adds_and_drops_nothing(rules: Rulebook) -> None:
    (alone,) = signals(rules, BUYS)
    for own, confirms in ((mode(rules, ReaderMode.CONFIRMS), False), (rules, True)):
        assert signals(own, OTHER_WORDS, reading(read("beans", "progress", "snap up"), confirms=confirms)) == ()
        for matches in ([], [read("beans", "pledge", "buys ten")], [read("beans", "setback", "buys ten")]):
            whole = joined(own, BUYS, reading(*matches, confirms=confirms))
            assert replace(only(whole.signals), read_by=()) == alone
            assert {by.kind for by in only(whole.signals).read_by} == {ReaderKind.RULE, ReaderKind.MODEL}
    (difference,) = joined(rules, BUYS, reading(confirms=True)).differences
    assert (difference.rule, difference.read) == (alone, None)
    assert signals(mode(rules, ReaderMode.OFF), BUYS, reading()) == signals(rules, BUYS)


def test_a_weak_act_is_firm_if_a_model_without_the_lead_agrees(rules: Rulebook) -> None:
    agreed = only(signals(rules, BUYS, reading(read("beans", "progress", "buys ten cargoes"), confirms=True)))
    weak = {agreed.rule: replace(rules.rules[agreed.rule], weak=True)}
    assert is_weak(replace(agreed, read_by=()), weak)
    assert not is_weak(agreed, weak)


# ---------------------------------------------------------------- what the reader was not asked


LONG = "The trade minister spoke of many things. " * 12


def test_what_stands_beyond_what_the_reader_was_shown_is_left_to_the_rules(rules: Rulebook) -> None:
    summary = LONG + "China bought ten cargoes of US soybeans."
    assert only(signals(rules, "A day in Beijing", reading(), summary=summary)).effect is Effect.PROGRESS
    assert signals(rules, "A day in Beijing", reading(summary_read=2000), summary=summary) == ()
    summary = "In a long call, of which both spoke well, they named corn, planes and oil, and China bought US soybeans."
    cut = summary.index("and China")
    assert only(signals(rules, "A call", reading(summary_read=cut), summary=summary)).effect is Effect.PROGRESS
    assert signals(rules, "A call", reading(summary_read=len(summary)), summary=summary) == ()
    summary = LONG + "China will buy each year soybeans."
    found = signals(rules, BUYS, reading(read("beans", "progress", "buys ten cargoes")), summary=summary)
    assert {signal.commitment: signal.effect for signal in found} == {
        "beans": Effect.PROGRESS,
        "beans-annual": Effect.PLEDGE,
    }


ASKED = (
    "A reporter asked: It is said that Beijing is to take oilseed from Iowa. Spokesperson: We have noted such reports."
)


def test_what_a_model_quotes_from_a_reporters_question_is_as_the_word_of_an_aggregator(rules: Rulebook) -> None:
    quoted = read("beans", "pledge", "Beijing is to take oilseed")
    asked = only(signals(rules, "Answers of the ministry", reading(quoted), summary=ASKED))
    assert (asked.effect, asked.tier) == (Effect.PLEDGE, Tier.AGGREGATOR)
    plain = ASKED.removeprefix("A reporter asked: ").partition(" Spokes")[0]
    assert only(signals(rules, "News of the ministry", reading(quoted), summary=plain)).tier is not Tier.AGGREGATOR
    by_person = only(signals(rules, "Answers of the ministry", person(quoted), summary=ASKED))
    assert by_person.tier is not Tier.AGGREGATOR


def test_what_readers_are_not_asked_about_or_not_shown_is_left_to_the_rules(rules: Rulebook) -> None:
    asked_of_talks = replace(rules, reads={"talks": Reads("calls and talks", "")})
    assert only(signals(asked_of_talks, BUYS, reading())).rule == "beans/bought"
    asked_of_beans = replace(rules, reads={"beans": Reads("purchases", "")})
    assert signals(asked_of_beans, BUYS, reading()) == ()
    summary = LONG + "China cancels US soybeans."
    signal = only(signals(rules, BUYS, reading(read("beans", "progress", "buys ten cargoes")), summary=summary))
    assert signal.effect is Effect.PROGRESS


# ---------------------------------------------------------------- parts


@pytest.mark.parametrize(
    ("title", "part"),
    [
        ("Beijing to take oilseed from Iowa", "beans"),
        ("Beijing to take 25 million tons of oilseed from Iowa", "beans-annual"),
        ("Beijing to take 25 million tons of corn", "beans"),
        ("China to take each year soybeans from Iowa", "beans-annual"),
    ],
)
def test_the_words_of_the_sentence_tell_which_part_is_meant(rules: Rulebook, title: str, part: str) -> None:
    (signal,) = signals(rules, title, reading(read("beans", "pledge", title[:20])))
    assert signal.commitment == part


def test_a_part_that_the_reader_names_by_itself_is_not_meant_where_it_names_the_promise(rules: Rulebook) -> None:
    title = "China cancels US soybeans, and will buy 25 million tons each year of soybeans"
    matches = read("beans", "breach", "cancels US soybeans"), read("beans-annual", "pledge", "each year of soybeans")
    found = joined(rules, title, reading(*matches))
    assert {signal.commitment: signal.effect for signal in found.signals} == {
        "beans": Effect.BREACH,
        "beans-annual": Effect.PLEDGE,
    }
    assert "beans-annual/yearly" not in {d.rule.rule for d in found.differences if d.rule}


def test_the_part_that_is_meant_is_the_one_named_or_told_by_the_sentence(rules: Rulebook, tmp_path: Path) -> None:
    (signal,) = signals(rules, OTHER_WORDS, reading(read("beans-annual", "progress", "snap up oilseed cargoes")))
    assert signal.commitment == "beans-annual"
    matches = read("beans", "pledge", "snap up"), read("beans", "breach", "oilseed cargoes")
    assert only(signals(rules, OTHER_WORDS, reading(*matches))).effect is Effect.BREACH
    title = "China met its soybean target, officials say"
    signal = only(signals(rules, title, reading(read("beans", "pledge", "met its soybean target"))))
    assert (signal.rule, signal.object) == ("beans/reader", "12 Mt")
