"""The readers of a sentence in words: who agrees, and who reads it differently."""

from dataclasses import replace
from typing import Any

from monitor.domain.matching.rules import RuleInfo
from monitor.domain.messages.briefs import EvidenceLine
from monitor.domain.messages.context import RenderContext
from monitor.domain.messages.evidence_lines import evidence_lines
from monitor.domain.messages.who_read import read_by_values, rule_or_readers, who_read
from monitor.domain.model import Effect, Policy, ReadBy, ReaderKind, Says, Signal
from monitor.domain.model.publishers import Publishers
from tests.builders.domain_values import PARTIES
from tests.builders.golden_wording import GoldenWording
from tests.builders.message_values import NOW, signal, story

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


RECORDED = ReadBy(ReaderKind.MODEL, "recorded", "", Effect.SETBACK, Says.PRESS)
CHINA = ReadBy(ReaderKind.MODEL, "qwen3:8b", "1a", Effect.SETBACK, Says("cn"))
READ = {
    "a rule": read(rule="soy/cancelled"),
    "a rule and a model": read(RULE, MODEL, rule="soy/cancelled"),
    "a model against a rule": read(OTHER_RULE, MODEL),
    "a rule that another one overrode": read(OTHER_RULE, MODEL, rule="soy/cancelled"),
    "a person against a model": read(ANN, blind(MODEL), rule="soy/person"),
    "a recorded reading": read(RECORDED),
    "a person against a recorded reading": read(ANN, replace(RECORDED, effect=Effect.PROGRESS)),
    "a model without a rule": read(ReadBy(ReaderKind.RULE, "soy/about", "00", Effect.NONE), MODEL),
    "a mention": read(RULE, replace(MODEL, effect=Effect.PROGRESS), rule=RULE.name, effect=Effect.NONE),
    "another speaker": read(CHINA),
    "the same speaker": read(CHINA, says=Says("cn")),
    "the press for a speaker": read(MODEL, says=Says("us")),
}


def test_the_readers_of_a_sentence_are_named_whole_shortly_and_at_the_end_of_a_line(wording: GoldenWording) -> None:
    wording(
        f"{name}:\n  {who_read(of, PARTIES)}\n  {who_read(of)}\n  {rule_or_readers(of)}" for name, of in READ.items()
    )


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
    said = who_read(read(hostile))
    assert said.isprintable()
    assert len(said) < 100


# ---------------------------------------------------------------- in a line of evidence


def line(of: Signal) -> EvidenceLine:
    rules = {"soy/cancelled": RuleInfo("soy/cancelled", "soy", "3f9c1a2b", "rules/deal/soy.yaml", 12)}
    (found,) = evidence_lines(
        [of], (), RenderContext({}, {"a": story("a")}, Publishers(()), Policy(), NOW, "UTC", PARTIES, rules)
    )
    return found


def test_a_line_names_the_rule_or_else_the_readers() -> None:
    by_rule, by_both = line(READ["a rule"]), line(READ["a rule and a model"])
    assert (by_rule.rule, by_rule.version, by_rule.read_by) == ("soy/cancelled", "3f9c1a2b", "")
    assert by_both.read_by == who_read(READ["a rule and a model"])
    by_model = line(READ["a model against a rule"])
    assert (by_model.rule, by_model.version) == ("", "")
