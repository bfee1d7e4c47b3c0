import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from monitor.domain.matching.match import trace
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import ReaderMode, Reading
from monitor.workbench.explain import RANK_REASONS, explain
from monitor.workbench.explain_facts import ActFact, CommitmentFact, Explanation, ReadersFact, SignalFact
from tests.builders import rules_folder
from tests.builders.reading_values import person, read, reading

MORE = """\
  - id: asked
    polarity: good
    any: ['{cn} ..4 asks for ..4 {beans}']
    not: {talk: '(rumour*|alleged)'}
    unless: ['confirmed']
    only_if: {field: [title]}
    when_status:
      - {under: [met], read: {progress: none}}
"""


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return rules_folder.load(tmp_path_factory.mktemp("rules"), beans=rules_folder.COMMITMENT + MORE)


def told(rules: Rulebook, title: str, summary: str = "", source: str = "Grain Daily") -> Explanation:
    return explain(rules_folder.story(title, summary, source=source), rules)


def beans(found: Explanation) -> CommitmentFact:
    return next(seen for seen in found.commitments if seen.commitment == "beans")


def signal(rules: Rulebook, title: str, source: str = "Grain Daily") -> SignalFact:
    found = beans(told(rules, title, source=source)).signal
    assert found is not None
    return found


def act(rules: Rulebook, title: str, name: str, summary: str = "", source: str = "Grain Daily") -> ActFact:
    found = beans(told(rules, title, summary, source)).acts
    return next(seen for seen in found if seen.rule == f"beans/{name}")


# ---------------------------------------------------------------- about


def test_patterns_of_about_and_what_shuts_a_story_out_are_told_with_their_words(rules: Rulebook) -> None:
    title = "Today China “buys” U.S. soybeans"
    hit = next(hit for hit in beans(told(rules, title)).about if hit.pattern == "{us_beans}")
    assert hit.at.field == "title"
    assert title[hit.at.start : hit.at.end] == "U.S. soybeans"
    assert hit.at.marked == "Today China “buys” «U.S. soybeans»"
    seen = beans(told(rules, "China buys soybeans from Brazil"))
    assert (seen.effect, seen.blocked) == ("", "kept out as other sellers: Brazil")
    assert [near.clause for near in seen.near] == ["kept out as other sellers: (Brazil*|巴西)"]
    assert beans(told(rules, "China buys soybeans after talks")).blocked == "gives way to talks: after … talks"


# ---------------------------------------------------------------- acts


def test_an_act_is_told_with_clause_head_marks_and_both_effects(rules: Rulebook) -> None:
    seen = act(rules, "China may cancel films after it could ban soybeans", "banned")
    assert (seen.clause, seen.main, seen.head) == ("after it could ban soybeans", False, "soybeans")
    assert [(mark.mark, mark.words, mark.did, mark.decides) for mark in seen.marks] == [
        ("rumour", "could", "hedges", True)
    ]
    assert (seen.turn, seen.modality, seen.effect_plain, seen.effect) == ("hedged", "rumour", "setback", "threat")
    assert seen.written.startswith("rules/deal/beans.yaml:")


def test_words_that_turn_the_meaning_are_named_and_others_say_why_not(rules: Rulebook) -> None:
    seen = act(rules, "China completes its soybean pledge, and may say so", "fulfilled")
    assert [(mark.words, mark.did, mark.decides) for mark in seen.marks] == [
        ("may", "follows the head", False),
        ("completes", "is the act's own", False),
    ]
    for title, turn, did in (
        ("China has yet to buy soybeans", "negated", "negates"),
        ("China denies it buys soybeans", "denied", "denies"),
        ("China drops ban on soybeans", "stopped", "stops"),
    ):
        seen = beans(told(rules, title)).acts[0]
        assert (seen.turn, did in {mark.did for mark in seen.marks if mark.decides}) == (turn, True)


def test_an_act_in_a_document_names_whose_turn_it_stands_in(rules: Rulebook) -> None:
    document = "Reporter: Is it true that China buys soybeans? MOFCOM: China has bought US soybeans."
    acts = beans(told(rules, "MOFCOM on US soybeans for China", document)).acts
    assert acts[0].speaker == "MOFCOM"
    assert {seen.speaker for seen in acts if seen.outcome == "blocked"} == {"Reporter (asks)"}


def test_each_condition_is_told_with_the_words_it_saw(rules: Rulebook) -> None:
    summary = "China asks for cargoes of soybeans, a confirmed rumour."
    seen = act(rules, "US soybeans", "asked", summary)
    told_of = [(one.key, one.wanted, one.found, one.holds) for one in seen.conditions]
    assert told_of == [
        ("not", "talk: (rumour*|alleged)", "rumour", True),
        ("unless", "confirmed", "confirmed", True),
        ("only_if field", "title", "summary", False),
    ]
    assert (seen.outcome, seen.why) == ("blocked", "only_if field: summary is not title")


def test_a_longer_act_is_named_by_the_one_inside_it(tmp_path: Path) -> None:
    longer = """\
  - id: threatened
    polarity: threat
    any: ['threatens ..4 cancels ..6 {beans}']
"""
    rules = rules_folder.load(tmp_path, beans=rules_folder.COMMITMENT + longer)
    seen = act(rules, "Beijing threatens it cancels US soybeans", "cancelled")
    assert (seen.outcome, seen.why) == ("inside", "beans/threatened has all its words and more")


def test_a_losing_act_shows_the_deciding_rank(rules: Rulebook) -> None:
    cancels = "China cancels US soybeans."
    for title, summary, loser, why in (
        ("US soybean deal with China, which buys soybeans", "", "named", "an act wins over a weak act"),
        ("China buys US soybeans", cancels, "cancelled", "the title wins over the summary"),
        ("China buys soybeans and cancels US soybeans", "", "bought", "breach is more important than progress"),
        ("China buys soybeans, not bans on soybeans", "", "banned", "an effect wins over none"),
    ):
        seen = act(rules, title, loser, summary)
        assert (seen.outcome, seen.why) == ("lost", why)
    candidates = trace(rules_folder.story("China buys US soybeans, cancels US soybeans"), rules)[0].candidates
    assert {len(candidate.rank_key) for candidate in candidates} == {len(RANK_REASONS)}


# ---------------------------------------------------------------- the signal


def test_the_signal_says_who_whose_word_how_much_and_what_it_means_when(rules: Rulebook) -> None:
    found = signal(rules, "MOFCOM says China asks for 12 million tons of soybeans in cargoes")
    assert (found.says, found.origin, found.tier, found.rule) == ("cn", "MOFCOM", "trade", "beans/asked")
    assert found.quantity is not None
    assert (found.quantity["low"], found.quantity["unit"]) == (12e6, "t")
    assert [(state.under, state.effect) for state in found.states] == [(("met",), "none")]


def test_a_story_that_moves_nothing_has_a_signal_without_an_act(rules: Rulebook) -> None:
    found = beans(told(rules, "China and its soybeans"))
    assert (found.effect, found.acts) == ("none", ())
    assert found.signal is not None
    assert found.signal.rule == "beans/about"


# ---------------------------------------------------------------- stories about nothing


def test_a_story_about_nothing_tells_what_came_nearest_and_the_words_it_wanted(rules: Rulebook) -> None:
    found = told(rules, "Soybeans fill the silos")
    assert found.commitments == ()
    near = found.missed[0]
    assert (near.commitment, near.clause, near.detail) == ("beans", "{cn}", "nothing of {cn}")
    assert near.wanted == ("china", "chinese", "beijing", "中国", "中方"), "in their author's order, in every run"
    assert near.at.marked == "«Soybeans» fill the silos"


def test_a_story_about_nothing_shows_each_part_of_about_found_or_missing(tmp_path: Path) -> None:
    about = "about:\n  any: ['{cn} + {beans} + <ton/cargo+>', '<concert+> + ticket', '{pair}']\n"
    text = rules_folder.COMMITMENT
    beans = text[: text.index("about:")] + about + text[text.index("acts:") :]
    beans = beans.replace("sets:\n", "sets:\n  pair: [silos + queue]\n")
    rules = rules_folder.load(tmp_path, beans=beans)
    (near,) = told(rules, "Ten cargoes of soybeans sail. China waits").missed
    assert (near.commitment, near.rule, near.clause) == ("beans", "", "{cn}")
    assert [(part.role, part.pattern, part.words) for part in near.roles] == [
        ("", "{cn}", ""),
        ("", "{beans}", "soybeans"),
        ("", "<ton/cargo+>", "cargoes"),
    ]
    assert told(rules, "A queue of ships").missed == (), "the parts of a set are not written in the pattern"
    assert told(rules, "Ten cargoes sail").missed == (), "two parts of three are missing"


def test_only_the_nearest_two_of_many_commitments_are_told(tmp_path: Path) -> None:
    more = {f"tea-{n}": rules_folder.TALKS.replace("id: talks", f"id: tea-{n}") for n in range(3)}
    rules = rules_folder.load(tmp_path, **more)
    assert len(told(rules, "Silos wait for a call").missed) == 2


def test_one_commitment_alone_can_be_asked_for(rules: Rulebook) -> None:
    found = explain(rules_folder.story("China buys soybeans and holds talks"), rules, "talks")
    assert {seen.commitment for seen in found.commitments} == {"talks"}
    assert {near.commitment for near in found.missed} <= {"talks"}


def test_all_facts_can_be_written_as_json(rules: Rulebook) -> None:
    found = told(
        rules, "China may buy 12 million tons of US soybeans by 31 December 2025", "问：何时？答：中方将采购大豆。"
    )
    value = json.loads(json.dumps(asdict(found), default=str))
    assert list(value)[4:] == ["commitments", "missed", "readers"]
    assert {"effect", "blocked", "about", "acts", "signal", "near"} <= value["commitments"][0].keys()


# ---------------------------------------------------------------- readings

BUYS = "China buys US soybeans"
ALONE = "read by the rule beans/bought (version "


def read_by(rules: Rulebook, *readings: Reading, mode: ReaderMode = ReaderMode.LEADS, only: str = "") -> ReadersFact:
    changed = replace(rules, policy=replace(rules.policy, reader=mode))
    found = explain(rules_folder.story(BUYS), changed, only, readings).readers
    assert found is not None
    return found


def test_a_person_counts_before_a_model_whose_reading_is_shown_and_named_all_the_same(rules: Rulebook) -> None:
    found = read_by(rules, reading(), person(read("beans", "progress", "buys US soybeans"), why="it is plain"))
    ann, model = found.readings
    assert (ann.counts, ann.why, ann.differs) == (True, "it is plain", {})
    assert (model.counts, model.matches) == (False, ())
    assert model.differs["beans"].endswith("finds progress in it; model (question 1) finds nothing in it")
    (signal,) = found.signals
    assert signal.who.startswith(ALONE)
    assert signal.who.endswith(") and by Ann; model (question 1) finds nothing in it")


def test_where_no_model_is_heard_the_rules_alone_make_the_signal_and_the_difference_is_told(rules: Rulebook) -> None:
    found = read_by(rules, reading(read("beans", "threat", "buys US soybeans")), mode=ReaderMode.OFF)
    (model,), (signal,) = found.readings, found.signals
    assert not model.counts
    assert model.differs["beans"].endswith("model (question 1) finds a threat in it")
    assert (signal.effect, signal.rule) == ("progress", "beans/bought")


def test_one_commitment_alone_is_shown_on_request(rules: Rulebook) -> None:
    both = reading(read("beans", "progress", "buys US soybeans"), read("talks", "threat", "China"))
    found = read_by(rules, both, only="beans")
    assert [match.commitment for match in found.readings[0].matches] == ["beans"]
    assert [signal.commitment for signal in found.signals] == ["beans"]
    assert found.readings[0].differs == {}
