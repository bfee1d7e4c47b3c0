"""Who read a sentence so, and who reads it otherwise, in plain words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from monitor.domain.matching.rules import RuleInfo
from monitor.domain.messages.briefs import EvidenceLine
from monitor.domain.messages.context import RenderContext
from monitor.domain.messages.evidence_lines import evidence_lines
from monitor.domain.messages.who_read import read_by_values, rule_or_readers, who_read, who_read_shortly
from monitor.domain.model import Effect, Policy, ReadBy, ReaderKind, Says, Signal
from monitor.domain.model.publishers import Publishers
from monitor.store.codec.json_codec import from_json, to_json
from tests.builders.domain_values import NONE_DECLARED
from tests.builders.message_values import NOW, brief, signal, story

RULE = ReadBy(ReaderKind.RULE, "soy/cancelled", "3f9c1a2b", Effect.SETBACK)
OTHER_RULE = ReadBy(ReaderKind.RULE, "soy/threatened", "77aa00ff", Effect.THREAT)
MODEL = ReadBy(ReaderKind.MODEL, "qwen3:8b", "1a2b3c4d5e6f", Effect.SETBACK, Says.PRESS)
ANN = ReadBy(ReaderKind.PERSON, "Ann Lee", "", Effect.SETBACK, Says.PRESS)


def blind(reader: ReadBy) -> ReadBy:
    """The same reader, who sees nothing of the commitment in the sentence."""
    return ReadBy(reader.kind, reader.name, reader.version, None)


def read(*readers: ReadBy, rule: str = "soy/reader", **changed: Any) -> Signal:
    """A setback, read by these."""
    made = {"rule_version": "3f9c1a2b", "says": Says.PRESS, "effect": Effect.SETBACK}
    return signal("s1", "a", **made | {"rule": rule, "read_by": readers} | changed)


@pytest.mark.parametrize(
    ("of", "shortly", "whole"),
    [
        (
            read(rule="soy/cancelled"),
            "read by the rule soy/cancelled",
            "read by the rule soy/cancelled (version 3f9c1a2b)",
        ),
        (
            read(RULE, MODEL, rule="soy/cancelled"),
            "read by the rule soy/cancelled and by qwen3:8b (question 1a2b3c4d)",
            "read by the rule soy/cancelled (version 3f9c1a2b) and by qwen3:8b (question 1a2b3c4d5e6f)",
        ),
        (
            read(OTHER_RULE, MODEL),
            "read by qwen3:8b (question 1a2b3c4d); the rule soy/threatened reads a threat in it",
            "read by qwen3:8b (question 1a2b3c4d5e6f); the rule soy/threatened (version 77aa00ff) reads a threat in it",
        ),
        (
            read(ANN, blind(MODEL), rule="soy/person"),
            "read by Ann Lee; qwen3:8b (question 1a2b3c4d) reads nothing of it",
            "read by Ann Lee; qwen3:8b (question 1a2b3c4d5e6f) reads nothing of it",
        ),
        (
            read(ReadBy(ReaderKind.MODEL, "recorded", "", Effect.SETBACK, Says.PRESS)),
            "read by a recorded reading",
            "read by a recorded reading",
        ),
        (
            read(ANN, ReadBy(ReaderKind.MODEL, "recorded", "", Effect.PROGRESS)),
            "read by Ann Lee; a recorded reading shows progress in it",
            "read by Ann Lee; a recorded reading shows progress in it",
        ),
        (
            read(ReadBy(ReaderKind.RULE, "soy/about", "00", Effect.NONE), MODEL),
            "read by qwen3:8b (question 1a2b3c4d); no rule reads a change in it",
            "read by qwen3:8b (question 1a2b3c4d5e6f); no rule reads a change in it",
        ),
    ],
)
def test_a_sentence_says_who_reads_it_so_and_who_otherwise(of: Signal, shortly: str, whole: str) -> None:
    assert who_read_shortly(of) == shortly
    assert who_read(of, NONE_DECLARED) == whole


def test_an_act_that_another_one_outdid_reads_it_so_beside_the_model() -> None:
    outdone = read(OTHER_RULE, MODEL, rule="soy/cancelled")
    said = "read by the rule soy/cancelled and by qwen3:8b (question 1a2b3c4d); the rule soy/threatened reads a threat in it"
    assert who_read_shortly(outdone) == said


def test_where_nobody_reads_what_counts_all_that_is_read_is_told() -> None:
    mention = read(RULE, ReadBy(ReaderKind.MODEL, "qwen3:8b", "", Effect.PROGRESS), rule=RULE.name, effect=Effect.NONE)
    assert who_read_shortly(mention) == "the rule soy/cancelled reads a setback in it; qwen3:8b reads progress in it"


def test_the_long_form_says_whose_word_a_reader_takes_it_for_where_that_differs() -> None:
    china = ReadBy(ReaderKind.MODEL, "qwen3:8b", "1a", Effect.SETBACK, Says.CN)
    assert (
        who_read(read(china), NONE_DECLARED)
        == "read by qwen3:8b (question 1a); qwen3:8b takes it for the word of China"
    )
    assert who_read(read(china, says=Says.CN), NONE_DECLARED) == "read by qwen3:8b (question 1a)"
    assert who_read(read(MODEL, says=Says.US), NONE_DECLARED).endswith("qwen3:8b takes it for the word of the press")


def test_the_end_of_a_line_names_the_rule_where_rules_alone_have_read() -> None:
    assert rule_or_readers(read(rule="soy/cancelled")) == "soy/cancelled"
    assert rule_or_readers(read(MODEL)) == "read by qwen3:8b (question 1a2b3c4d)"


def test_for_json_each_reader_has_kind_name_version_effect_and_word() -> None:
    assert read_by_values(read(rule="soy/cancelled")) == [
        {"kind": "rule", "name": "soy/cancelled", "version": "3f9c1a2b", "effect": "setback", "says": None}
    ]
    assert read_by_values(read(ANN, blind(MODEL), rule="soy/person")) == [
        {"kind": "person", "name": "Ann Lee", "version": "", "effect": "setback", "says": "press"},
        {"kind": "model", "name": "qwen3:8b", "version": "1a2b3c4d5e6f", "effect": None, "says": None},
    ]


def test_a_name_of_a_reader_stays_on_its_line() -> None:
    hostile = ReadBy(ReaderKind.MODEL, "a\r\nBcc: b\u202e " + "x" * 200, "v\n", Effect.SETBACK)
    said = who_read_shortly(read(hostile))
    assert said.isprintable()
    assert len(said) < 100


# ---------------------------------------------------------------- in a line of evidence


def line(of: Signal) -> EvidenceLine:
    rules = {"soy/cancelled": RuleInfo("soy/cancelled", "soy", "3f9c1a2b", "rules/deal/soy.yaml", 12)}
    (found,) = evidence_lines(
        [of], (), RenderContext({}, {"a": story("a")}, Publishers(()), Policy(), NOW, "UTC", NONE_DECLARED, rules)
    )
    return found


def test_a_line_names_the_rule_as_ever_where_rules_alone_have_read() -> None:
    found = line(read(rule="soy/cancelled"))
    assert (found.rule, found.version) == ("soy/cancelled", "3f9c1a2b")
    assert found.read_by == ""


def test_a_line_of_what_a_rule_and_a_model_read_names_both() -> None:
    found = line(read(RULE, MODEL, rule="soy/cancelled"))
    assert found.read_by == "read by the rule soy/cancelled and by qwen3:8b (question 1a2b3c4d)"


def test_a_line_of_what_no_rule_reads_so_names_no_rule() -> None:
    found = line(read(OTHER_RULE, MODEL))
    assert (found.rule, found.version) == ("", "")
    assert found.read_by == "read by qwen3:8b (question 1a2b3c4d); the rule soy/threatened reads a threat in it"


def test_a_brief_that_was_stored_before_lines_named_readers_still_names_its_rule() -> None:
    stored = json.loads(to_json(brief()))
    for each in stored["evidence"]:
        del each["read_by"]
    assert from_json(json.dumps(stored)) == brief()
