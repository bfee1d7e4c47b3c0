"""Rows that the program wrote before its decisions were typed are still read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from monitor.domain.messages.models import AlertBrief, Brief, DigestBrief
from monitor.domain.messages.wording import detail_text, reason_text
from monitor.domain.model import ReasonCode, Signal, Transition, TransitionKind, Verdict
from monitor.domain.model.notation import notation
from monitor.domain.verdicts.transitions import transition_id
from monitor.store.codec import json_codec
from tests.builders.domain_values import NONE_DECLARED, change

ROWS = [json.loads(line) for line in Path(__file__).with_name("older_rows.jsonl").read_text("utf-8").splitlines()]
"""One of each shape, as the demo of that program wrote them: the kind and the text of the row."""


def of(kind: str) -> list[str]:
    return [row["row"] for row in ROWS if row["kind"] == kind]


@pytest.mark.parametrize("row", of("Transition"))
def test_an_older_change_is_read_into_its_typed_value_with_its_words_and_its_id(row: str) -> None:
    old, read = json.loads(row), json_codec.load(Transition, row)
    assert (read.kind, *notation(read.change)) == (old["kind"], old["frm"], old["to"])
    assert (read.reason.code, reason_text(read.reason, NONE_DECLARED)) == (old["reason"]["code"], old["reason"]["text"])
    assert [detail_text(flag.detail, NONE_DECLARED) for flag in read.flags] == [flag["detail"] for flag in old["flags"]]
    assert transition_id(read) == read.id == old["id"]


@pytest.mark.parametrize("row", of("Verdict"))
def test_an_older_verdict_keeps_its_sentences_as_they_were_recorded(row: str) -> None:
    old, read = json.loads(row), json_codec.load(Verdict, row)
    assert (read.why.code, reason_text(read.why, NONE_DECLARED)) == (ReasonCode.RECORDED, old["why"])
    assert [(flag.kind, detail_text(flag.detail, NONE_DECLARED)) for flag in read.flags] == [
        (flag["kind"], flag["detail"]) for flag in old["flags"]
    ]


def test_an_older_signal_whose_rule_named_a_stall_as_its_object_still_stalls() -> None:
    (row,) = of("Signal")
    assert json_codec.load(Signal, row).stalls
    assert not json_codec.load(Signal, row.replace('"object":"stall"', '"object":"first cargo"')).stalls


@pytest.mark.parametrize("row", of("Brief"))
def test_a_message_that_waited_in_the_outbox_of_the_older_program_is_read(row: str) -> None:
    brief = json_codec.from_json(row)
    assert brief.tag == json.loads(row)["brief"]
    assert json_codec.from_json(json_codec.to_json(brief)) == brief


@pytest.mark.parametrize("kind", [Transition, Verdict, Signal, Brief], ids=["change", "verdict", "signal", "message"])
def test_what_is_read_from_an_older_row_is_written_with_a_version_and_reads_the_same(kind: Any) -> None:
    name = "Brief" if kind is Brief else kind.__name__
    for row in of(name):
        value = json_codec._read(kind, row)
        text = json_codec.dump(value)
        assert json.loads(text)["v"] == json_codec.VERSION
        assert json_codec._read(kind, text) == value


def test_a_reason_with_a_code_that_is_known_no_more_is_kept_as_recorded() -> None:
    old = json.loads(of("Transition")[0])
    old["reason"] |= {"code": "hunch", "text": "somebody thought so"}
    read = json_codec.load(Transition, json.dumps(old)).reason
    assert (read.code, reason_text(read, NONE_DECLARED)) == (ReasonCode.RECORDED, "somebody thought so")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("status", ("in_force", "at_risk")),
        ("deadline", ("", "2026-11-10")),
        ("deadline", ("2025-11-10", "2026-11-10")),
        ("deadline", ("2025-11-10", "withdrawn")),
        ("deadline", ("2025-12-31", "missed")),
        ("deadline", ("2025-12-31", "due in 1 day")),
        ("progress", ("20%", "29%")),
        ("progress", ("", "signed")),
        ("progress", ("signed", "withdrawn")),
        ("terms", ("", "orders")),
        ("terms", ("orders, a new duty", "another duty")),
        ("terms", ("orders", "withdrawn")),
        ("flag", ("", "behind_pace")),
        ("flag", ("unconfirmed", "confirmed")),
        ("flag", ("unconfirmed", "withdrawn")),
    ],
)
def test_each_change_has_the_notation_that_it_was_written_with(kind: str, words: tuple[str, str]) -> None:
    assert notation(change(TransitionKind(kind), *words)) == words


def test_that_quiet_hours_kept_an_older_message_back_is_told_apart_from_its_other_notes() -> None:
    old = json.loads(of("Brief")[0]) | {"note": "Held back in quiet hours, 22:00 to 07:00 (Asia/Shanghai). Unstable."}
    brief = json_codec.from_json(json.dumps(old))
    assert isinstance(brief, AlertBrief)
    assert (brief.note, brief.own_note) == (old["note"], "Unstable.")


def test_a_digest_that_listed_its_changes_one_by_one_loses_nothing() -> None:
    (row,) = of("SecondBrief")
    brief = json_codec.from_json(row)
    assert isinstance(brief, DigestBrief)
    assert brief.opening == (json.loads(row)["counts"],)
    moved, confirmed = brief.blocks
    assert (moved.short, moved.status) == ("Soybeans 12 Mt", "at_risk")
    assert [event.line for event in moved.events] == [
        "14 Mar 2026 09:30 UTC: Status: was IN PROGRESS, now AT RISK: Two cargoes are put off over the tariff question "
        "(Harbour Wire)"
    ]
    assert moved.quote == "Buyers have put off two cargoes"
    assert moved.report is not None
    assert moved.report.url == "https://news.example/a"
    assert moved.doubts == ("Contested since 14 Mar 2026: two accounts of orders",)
    assert (confirmed.short, confirmed.facts) == (
        "Truce",
        ("2 more reports bear out that it is in force: Dock News, Port Paper.",),
    )
    assert [(line.kind, line.name) for line in brief.unchecked] == [("failing", "Ministry")]
    assert brief.counts.endswith(" 1 of 2 sources can be relied on.")
    assert json_codec.from_json(json_codec.to_json(brief)) == brief
