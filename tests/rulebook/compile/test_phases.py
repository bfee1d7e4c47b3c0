"""Phases of a commitment, and what holds for every act of a file."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from monitor.domain.matching.explain_text import rejection_text
from monitor.domain.matching.match import match, trace
from monitor.domain.matching.rules import ActRule, Rulebook
from monitor.domain.model import By, Effect, Outlook, Standing
from monitor.domain.verdicts.fold import interpret
from monitor.rulebook.load import check_rulebook
from tests.builders import domain_values, rules_folder
from tests.builders.rules_folder import COMMITMENT, only, story

DATED = "phases:\n  own: {from: 2026-02-01, until: 2026-03-31}\n"
BOUND = "phases:\n  signing: {under: [unpledged, pledged]}\n  shaky: {under: [at_risk, stalled]}\n"


def beans(head: str, *changes: tuple[str, str]) -> str:
    text = COMMITMENT.replace("acts:\n", f"{head}acts:\n", 1)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def act(rules: Rulebook, name: str) -> ActRule:
    (found,) = (one for topic in rules.matcher.topics for one in topic.acts if one.rule == f"beans/{name}")
    return found


def read_on(rules: Rulebook, day: str) -> Effect:
    told = replace(story("China bans soybeans"), published_at=datetime.fromisoformat(day).replace(tzinfo=UTC))
    return only(match(told, rules)).effect


def faults(folder: Path, text: str) -> list[tuple[str, int]]:
    return [(i.code, i.line) for i in check_rulebook(rules_folder.write(folder, beans=text))[1]]


def line_of(text: str, found: str) -> int:
    return text[: text.index(found)].count("\n") + 1


def test_an_act_counts_on_the_days_of_its_phase(tmp_path: Path) -> None:
    rules = rules_folder.load(tmp_path, beans=beans(DATED, ("polarity: bad", "polarity: bad\n    in: own")))
    assert [read_on(rules, day) for day in ("2026-01-31", "2026-02-01", "2026-04-01")] == ["none", "setback", "none"]


def test_outside_the_standings_of_its_phase_an_act_reads_nothing(tmp_path: Path) -> None:
    text = beans(
        BOUND,
        ("polarity: bad", "polarity: bad\n    in: signing"),
        ("polarity: break", "polarity: break\n    in: shaky"),
    )
    rules = rules_folder.load(tmp_path, beans=text)
    stands = domain_values.verdict(rules.commitments["beans"], standing=Standing.PLEDGED)
    setback = only(match(story("China bans soybeans"), rules))
    breach = only(match(story("China cancels soybeans"), rules))

    def read(signal: object, **now: object) -> Effect:
        one = setback if signal is setback else breach
        return interpret(one, replace(stands, **now), rules.rules[one.rule]).effect  # type: ignore[arg-type]

    assert read(setback) is Effect.SETBACK
    assert read(setback, outlook=Outlook.AT_RISK) is Effect.SETBACK
    assert read(setback, standing=Standing.IN_PROGRESS) is Effect.NONE
    assert (read(breach), read(breach, outlook=Outlook.STALLED)) == (Effect.NONE, Effect.BREACH)


def test_defaults_hold_for_every_act_that_does_not_say_otherwise(tmp_path: Path) -> None:
    head = f"{DATED}defaults: {{by: us, in: own, document: [news], not: {{rumours: gossip}}}}\n"
    changes = (
        ("polarity: bad", "polarity: bad\n    in: any"),
        ("polarity: break", "polarity: break\n    by: unknown\n    only_if: {published: {from: 2026-03-01}}"),
    )
    rules = rules_folder.load(tmp_path, beans=beans(head, *changes))
    bought, banned, cancelled, extended = (act(rules, name) for name in ("bought", "banned", "cancelled", "extended"))
    assert [one.by for one in (bought, banned, cancelled)] == [By("cn"), By("us"), By.UNKNOWN]
    assert [one.only.since for one in (extended, banned, cancelled)] == [date(2026, 2, 1), None, date(2026, 3, 1)]
    assert (cancelled.only.until, dict(banned.only.among)) == (None, {"document": frozenset({"news"})})
    assert [[pattern.source for pattern in one.excluded] for one in (bought, banned)] == [
        ["soybean oil", "gossip"],
        ["gossip"],
    ]


def test_defaults_exclude_by_kind_and_an_act_may_make_exceptions(tmp_path: Path) -> None:
    rules = rules_folder.load(tmp_path, beans=beans("defaults: {not: {rumours: gossip}}\n"))
    (result,) = (r for r in trace(story("China bans soybeans, gossip has it"), rules) if r.commitment == "beans")
    assert {rejection_text(candidate.rejection) for candidate in result.candidates} == {"kept out as rumours: gossip"}
    text = beans("defaults: {not: {rumours: gossip}}\n", ("polarity: bad", "polarity: bad\n    unless: [officials]"))
    title = story("China bans soybeans, gossip of officials has it")
    assert only(match(title, rules_folder.load(tmp_path / "b", beans=text))).effect is Effect.SETBACK


VERSIONS = [
    (DATED, DATED.replace("2026-03-31", "2026-03-30"), True),
    (DATED, DATED.replace("own:", "later:"), False),
    (
        BOUND.replace("signing", "own"),
        BOUND.replace("signing", "own").replace("[unpledged, pledged]", "[pledged]"),
        True,
    ),
    (DATED + "defaults: {not: {a: gossip}}\n", DATED + "defaults: {not: {b: gossip}}\n", False),
    (DATED + "defaults: {not: {a: gossip}}\n", DATED + "defaults: {not: {a: rumour}}\n", True),
    (DATED + "defaults: {by: us}\n", DATED + "defaults: {by: cn}\n", True),
]


def test_a_version_changes_with_the_meaning_of_phase_and_defaults(tmp_path: Path) -> None:
    for case, (old, new, other) in enumerate(VERSIONS):
        versions = set[str]()
        for head in (old, new):
            name = "later" if "later" in head else "own"
            text = beans(head, ("polarity: bad", f"polarity: bad\n    in: {name}"))
            folder = tmp_path / str(case) / str(len(versions))
            versions.add(rules_folder.load(folder, beans=text).rules["beans/banned"].version)
        assert (len(versions) == 2) is other, new


FAULTS = [
    # (head, key of the act, code, where)
    (DATED, "in: won", "unknown_phase", "won"),
    (DATED + "defaults: {in: won}\n", "", "unknown_phase", "won"),
    (DATED + "defaults: {document: [nws]}\n", "", "unknown_document", "nws"),
    ("phases: {any: {from: 2026-02-01}}\n", "", "reserved_phase", "any: {from"),
    ("phases: {own: {}}\n", "in: own", "value_error", "own: {}"),
    ("phases: {own: {under: [pledged, at_risk]}}\n", "in: own", "value_error", "own: {under"),
    ("phases: {own: {under: [pledge]}}\n", "in: own", "unknown_value", "pledge]"),
    (DATED, "in: own\n    only_if: {published: {from: 2026-02-02}}", "two_periods", "only_if"),
]


def test_an_invalid_phase_is_reported_at_its_place(tmp_path: Path) -> None:
    for number, (head, key, code, where) in enumerate(FAULTS):
        text = beans(head, ("polarity: bad", f"polarity: bad\n    {key}" if key else "polarity: bad"))
        assert faults(tmp_path / str(number), text) == [(code, line_of(text, where))]
