"""A digest as a whole: what it holds, in which order, and what it leaves out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.domain.messages.digest.brief import marked_as_test
from monitor.domain.messages.digest.silent_rules import RuleActivity
from monitor.domain.model import Flag, FlagKind, Standing, TransitionKind
from monitor.store.codec.json_codec import from_json, to_json
from tests.builders.message_values import NOW, commitment, digest, move, route, verdict

DECLARED = ("soybean-purchases", "soybean-purchases-annual", "truce")


def test_each_commitment_stands_once_in_its_block_or_in_the_table() -> None:
    found = digest()
    assert [block.commitment for block in found.blocks] == ["soybean-purchases"]
    assert [line.commitment for line in found.stands] == ["truce"]


def test_a_week_in_which_nothing_moved_is_a_table_with_trouble_first() -> None:
    found = digest(transitions=())
    assert found.quiet
    assert found.blocks == ()
    assert [line.status for line in found.stands] == ["at_risk", "in_force"]


def test_a_digest_holds_only_what_the_route_follows() -> None:
    found = digest(route=route(commitments=("truce",)))
    assert [line.commitment for line in found.stands] == ["truce"]
    assert found.quiet


def test_a_digest_holds_the_parts_that_the_alerts_tell_of() -> None:
    known = {key: commitment(key) for key in DECLARED}
    found = digest(
        commitments=known,
        verdicts={key: verdict(key) for key in known},
        transitions=(),
        route=route(commitments=("soybean-purchases",)),
    )
    assert {line.commitment for line in found.stands} == {"soybean-purchases", "soybean-purchases-annual"}


@pytest.mark.parametrize("flag", [FlagKind.STALE, FlagKind.UNCHECKED])
def test_no_news_and_what_was_not_checked_are_no_change(flag: FlagKind) -> None:
    raised = move(kind=TransitionKind.FLAG, frm="", to=flag.value, evidence=())
    assert digest(transitions=(raised,)).quiet


def test_a_notice_of_a_date_is_no_change_and_the_table_has_the_date() -> None:
    notice = move(kind=TransitionKind.DEADLINE, frm="2026-04-01", to="due in 18 days", commitment="truce")
    found = digest(transitions=(notice,))
    assert found.quiet
    assert [line.next for line in found.stands if line.commitment == "truce"] == ["1 Apr 2026 (18 days)"]


def test_what_was_not_checked_begins_with_verdicts_then_come_sources_then_mutes() -> None:
    unchecked = verdict("truce", standing=Standing.IN_FORCE, flags=(Flag(FlagKind.UNCHECKED, "truce", NOW),))
    found = digest(verdicts={"truce": unchecked}, muted={"truce": "alerts muted: figures are revised (ann)"})
    assert [line.kind for line in found.unchecked] == ["unchecked", "failing", "muted"]


def test_silent_rules_stand_only_where_they_are_asked_for() -> None:
    watched = RuleActivity(NOW - timedelta(days=100), ())
    assert digest(watched=watched).unchecked == digest().unchecked


def test_the_strip_joins_what_the_history_tells() -> None:
    strip = digest().strips[0]
    assert [(span.status, (span.end - span.start).days) for span in strip.spans] == [
        ("in_progress", 87),
        ("at_risk", 3),
    ]


def test_a_status_without_history_fills_the_whole_strip() -> None:
    strip = digest(history=()).strips[1]
    assert [span.status for span in strip.spans] == ["in_force"]


def test_a_test_is_marked_in_its_subject_its_first_line_and_its_first_sentence() -> None:
    marked = marked_as_test(digest())
    assert marked.subject.startswith("TEST · Digest, ")
    assert marked.period.startswith("TEST · ")
    assert marked.opening[0] == "A test sent by hand, which takes the place of no digest."


def test_a_stored_digest_reads_back_equal() -> None:
    assert from_json(to_json(digest())) == digest()
