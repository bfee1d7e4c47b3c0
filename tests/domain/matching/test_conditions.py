from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.domain.matching.explain_text import rejection_text
from monitor.domain.matching.match import match, trace
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Effect, Outlook, Standing, Story, Verdict
from monitor.domain.verdicts.fold import interpret
from monitor.rulebook.load import check_rulebook
from tests.builders import rules_folder

BOUGHT = "    by: cn\n  - id: fulfilled"


def with_act(folder: Path, lines: str, **files: str) -> Rulebook:
    """The small rulebook with more lines in its act `bought`."""
    text = rules_folder.COMMITMENT.replace(BOUGHT, f"{lines}\n{BOUGHT}")
    return rules_folder.load(folder, beans=text, **files)


def effect(rules: Rulebook, story: Story, commitment: str = "beans") -> Effect:
    return rules_folder.only(match(story, rules), commitment).effect


def blocked(rules: Rulebook, story: Story) -> list[str]:
    return [
        rejection_text(c.rejection) for j in trace(story, rules) for c in j.candidates if c.act.rule == "beans/bought"
    ]


def test_unless_lets_an_act_count_in_spite_of_none(tmp_path: Path) -> None:
    rules = with_act(tmp_path, "    unless: [as well as beans]")
    assert effect(rules, rules_folder.story("China buys soybeans and soybean oil")) is Effect.NONE
    assert effect(rules, rules_folder.story("China buys soybeans, soybean oil as well as beans")) is Effect.PROGRESS


@pytest.mark.parametrize(
    ("condition", "holds", "fails"),
    [
        (
            "field: [title]",
            rules_folder.story("China buys soybeans"),
            rules_folder.story("China and soybeans", "China buys soybeans."),
        ),
        (
            "published: {from: 2025-11-03, until: 2025-11-03}",
            rules_folder.story("China buys soybeans"),
            replace(rules_folder.story("China buys soybeans"), published_at=datetime(2025, 11, 4, tzinfo=UTC)),
        ),
        (
            "document: [news]",
            rules_folder.story("China buys soybeans"),
            rules_folder.story("Readout: China buys soybeans"),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_act_counts_where_its_condition_holds(tmp_path: Path, condition: str, holds: Story, fails: Story) -> None:
    rules = with_act(
        tmp_path,
        f"    only_if: {{{condition}}}",
        words=rules_folder.VOCABULARY + "documents: {readout: {en: [readout]}}\n",
    )
    assert effect(rules, holds) is Effect.PROGRESS
    assert effect(rules, fails) is Effect.NONE
    assert all(reason.startswith(f"only_if {condition.split(':')[0]}: ") for reason in blocked(rules, fails))


@pytest.mark.parametrize(
    ("title", "by"),
    [
        ("Trump says China will cancel soybeans", "cn"),
        ("Soybeans for China cancelled by Washington", "us"),
        ("US and China cancels soybeans", "cn+us"),
        ("Cancels soybeans, China hears", "unknown"),
        ("As China waits, Washington cancels soybeans", "us"),
        ("Beijing in its fight with Washington cancels soybeans", "cn"),
    ],
)
def test_who_acts_is_the_party_before_the_act_or_behind_by(tmp_path: Path, title: str, by: str) -> None:
    words = rules_folder.VOCABULARY + "parties: {both: {en: [US and China]}}\n"
    text = rules_folder.COMMITMENT.replace(
        "any: ['cancels ..6 {beans}']", "any: ['cancel* ..6 {beans}', '{beans} ..6 cancel*']"
    )
    rules = rules_folder.load(tmp_path, words=words, beans=text)
    assert rules_folder.only(match(rules_folder.story(title), rules)).by == by


def test_a_commitment_gives_way_only_from_a_day_on_and_unless_words_forbid_it(tmp_path: Path) -> None:
    deal = rules_folder.DEAL.replace("(call|talks)']", "(call|talks)'], unless: [cargo*], since: 2026-01-01")
    rules = rules_folder.load(tmp_path, deal=deal)
    early = rules_folder.story("China buys soybeans after talks")
    later = replace(early, published_at=datetime(2026, 1, 2, tzinfo=UTC))
    assert {s.commitment for s in match(early, rules)} == {"beans", "talks"}
    assert {s.commitment for s in match(later, rules)} == {"talks"}
    kept = replace(later, title="China buys soybean cargoes after talks")
    assert {s.commitment for s in match(kept, rules)} == {"beans", "talks"}


STATES = (
    "    when_status:\n      - {under: [in_progress], read: {progress: delivered}}\n      - {under: "
    "[at_risk], read: {progress: none}}"
)


def test_the_same_words_mean_something_else_under_another_status(tmp_path: Path) -> None:
    rules = rules_folder.load(tmp_path, beans=rules_folder.COMMITMENT.replace(BOUGHT, f"{STATES}\n{BOUGHT}"))
    signal = rules_folder.only(match(rules_folder.story("China buys soybeans"), rules))
    verdict = Verdict("beans", Standing.PLEDGED, rules_folder.AT, rules_folder.AT.date())
    info = rules.rules["beans/bought"]
    assert interpret(signal, verdict, info).effect is Effect.PROGRESS
    assert interpret(signal, replace(verdict, standing=Standing.IN_PROGRESS), info).effect is Effect.DELIVERED
    assert interpret(signal, replace(verdict, outlook=Outlook.AT_RISK), info).effect is Effect.NONE


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ("    only_if: {document: [readuot]}", "unknown_document"),
        ("    only_if: {field: [header]}", "unknown_value"),
        ("    only_if: {when: [x]}", "unknown_key"),
    ],
)
def test_a_condition_that_names_nothing_known_is_refused_at_its_place(tmp_path: Path, lines: str, code: str) -> None:
    text = rules_folder.COMMITMENT.replace(BOUGHT, f"{lines}\n{BOUGHT}")
    _, issues = check_rulebook(rules_folder.write(tmp_path, beans=text))
    wrong = next(issue for issue in issues if issue.code == code)
    assert text.splitlines()[wrong.line - 1] == lines


def test_a_changed_condition_is_a_changed_rule(tmp_path: Path) -> None:
    versions = {
        with_act(tmp_path / str(number), lines).rules["beans/bought"].version
        for number, lines in enumerate(["", "    only_if: {field: [title]}", "    only_if: {field: [summary]}", STATES])
    }
    assert len(versions) == 4


def test_a_verb_that_stops_a_planned_blow_is_no_blow_and_a_stopped_end_is_a_setback(tmp_path: Path) -> None:
    acts = (
        "acts:\n  - {id: broken, polarity: break, frames: [{event: <suspend/drop>, patient: '{beans}'}]}\n"
        "  - {id: completed, polarity: done, frames: [{event: <complete>, patient: '{beans}'}]}\n"
    )
    beans = rules_folder.COMMITMENT[: rules_folder.COMMITMENT.index("acts:")] + acts
    rules = rules_folder.load(tmp_path, beans=beans)
    cases = {
        "China suspends US soybeans": Effect.BREACH,
        "China drops US soybeans": Effect.BREACH,
        "China drops threat to suspend US soybeans": Effect.PROGRESS,
        "China completes US soybeans": Effect.DELIVERED,
        "China halts complete US soybeans": Effect.SETBACK,
    }
    assert {title: effect(rules, rules_folder.story(title)) for title in cases} == cases
