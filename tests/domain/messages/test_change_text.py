"""The text of one change: its facts, and its words for dates, events and confirmations."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from monitor.domain.messages.change_text import change_text
from monitor.domain.model.changes import Change, DeadlineMissed, DeadlineMoved, EventNoted, FlagChanged, NoticeDue
from monitor.domain.model.commitments import Deadline
from monitor.domain.model.enums import (
    By,
    Cause,
    Effect,
    FlagKind,
    FlagState,
    Kind,
    Outlook,
    ReasonCode,
    Says,
    TransitionKind,
)
from monitor.domain.model.reasons import FirstDateMissed, Named
from monitor.domain.model.reasons import Reason as Why
from monitor.domain.model.verdicts import Flag
from tests.builders.domain_values import reason
from tests.builders.golden_wording import GoldenWording
from tests.builders.message_values import NOW, commitment, context, move, signal, verdict


def test_a_text_has_the_facts_of_its_change() -> None:
    text = change_text(move(late=True), context())
    assert (text.id, text.commitment, text.name, text.kind) == ("t1", "soybean-purchases", "Soybeans 12 Mt", "status")
    assert (text.before, text.after, text.status, text.now) == ("in_progress", "at_risk", "at_risk", "now AT RISK")
    assert (text.direction, text.cause, text.happened, text.late) == ("down", "news", NOW, True)
    assert (text.headline, text.report) == ("Two cargoes put off", "s1")


def test_a_reason_that_only_repeats_the_new_term_is_not_repeated_as_a_detail() -> None:
    def detail(kind: TransitionKind, why: str) -> str:
        return change_text(move(kind=kind, frm="", to="orders", reason=reason(why)), context()).detail

    assert detail(TransitionKind.TERMS, "orders") == ""
    assert detail(TransitionKind.TERMS, "orders come first") == "orders come first"


def test_a_change_of_a_commitment_that_the_rules_dropped_is_named_by_its_key() -> None:
    assert change_text(move(commitment="dropped"), context()).name == "dropped"


@pytest.mark.parametrize(
    ("cause", "kind", "ends", "field"),
    [
        (Cause.NEWS, TransitionKind.STATUS, ("in_progress", "at_risk"), "headline"),
        (Cause.PERSON, TransitionKind.STATUS, ("in_progress", "at_risk"), "headline"),
        (Cause.RULES, TransitionKind.STATUS, ("in_progress", "at_risk"), "text"),
        (Cause.NEWS, TransitionKind.FLAG, ("unconfirmed", "confirmed"), "text"),
    ],
)
def test_an_event_of_a_list_is_the_headline_or_the_change_itself(
    cause: Cause, kind: TransitionKind, ends: tuple[str, str], field: str
) -> None:
    text = change_text(move(kind=kind, frm=ends[0], to=ends[1], cause=cause), context())
    assert text.event == getattr(text, field)


# ---------------------------------------------------------------- words

FIRST, LATER = date(2025, 12, 31), date(2026, 2, 28)
CHINA = Says("cn")
CLAIMED = Deadline("12 Mt", "due", LATER, "us", state="claimed")


def words(change: Change, *dates: Deadline, of: Any = None, says: Says = CHINA, **changes: Any) -> str:
    """The text of a change of a commitment with these dates, on the evidence of one sentence of this side."""
    known = context(
        commitments={"soybean-purchases": of or commitment()},
        verdicts={"soybean-purchases": verdict(deadlines=dates)},
        signals={"s1": signal("s1", "a", says=says)},
    )
    return change_text(move(**{"change": change, "evidence": ("s1",), **changes}), known).text


def test_a_date_that_has_passed_blames_nobody_and_names_the_new_date_with_its_side(wording: GoldenWording) -> None:
    missed, why = DeadlineMissed("12 Mt", FIRST), Why(ReasonCode.MISSED, FirstDateMissed("12 Mt", FIRST, LATER))
    both = commitment(owed_by="cn+us")
    wording([words(missed, CLAIMED, reason=why), words(missed, of=both, reason=why), words(missed)])
    owed = commitment(targets=(replace(commitment().targets[0], due=FIRST),))
    assert words(missed, CLAIMED, reason=why, of=owed).startswith("Not done by 31 Dec 2025 (new date: ")


def test_a_notice_names_the_date_and_the_days_left(wording: GoldenWording) -> None:
    records = (
        Deadline("enforcement of the law", "due", LATER, "us"),
        Deadline("truce", "expiry", LATER, "us"),
        Deadline("paused listings", "expiry", LATER, "cn"),
    )
    wording(words(NoticeDue(record.what, LATER, 7), record) for record in records)


def test_the_days_left_are_those_of_the_readers_calendar() -> None:
    """At midnight UTC it is the evening before in New York: one more day is left there."""
    midnight, notice = datetime(2026, 1, 22, tzinfo=UTC), NoticeDue("ban", date(2026, 1, 23), 1)
    told = {
        zone: change_text(replace(move(), change=notice, at=midnight), context(zone=zone)).text.partition(" (")[0]
        for zone in ("UTC", "America/New_York", "Asia/Shanghai")
    }
    days = {"UTC": "1 day", "America/New_York": "2 days", "Asia/Shanghai": "1 day"}
    assert told == {zone: f"The ban is due in {left}" for zone, left in days.items()}


def test_a_moved_date_names_both_dates_and_the_side_that_alone_says_so(wording: GoldenWording) -> None:
    moved, end = DeadlineMoved("12 Mt", FIRST, LATER), Deadline("truce", "expiry", date(2026, 11, 10), "cn+us")
    doubt = Flag(FlagKind.UNCONFIRMED, "12 Mt", NOW, Named("us", LATER, ("cn",)))
    others, same = Deadline("ships", "due", date(2026, 9, 1), "us"), DeadlineMoved("truce", end.date, end.date)
    wording(
        [
            words(moved, CLAIMED),
            words(moved, CLAIMED, flags=(doubt,)),
            words(moved, CLAIMED, flags=(replace(doubt, detail=Named("", LATER, ("cn",))),)),
            words(moved, CLAIMED, others),
            *(words(same, end, says=says) for says in (Says("us"), Says.PRESS, Says.DATA)),
            words(DeadlineMoved("truce", LATER, None), of=commitment(kind=Kind.STANDING)),
            words(DeadlineMoved("truce", None, LATER)),
            words(DeadlineMoved("truce", LATER, None), reason=reason("extended", code=ReasonCode.DEADLINE)),
        ]
    )


DOUBTS = (FlagKind.UNCONFIRMED, FlagKind.CONTESTED)


def test_events_and_confirmations_have_their_words(wording: GoldenWording) -> None:
    setback = EventNoted(Effect.SETBACK, By("cn"))
    confirmed = move(kind=TransitionKind.FLAG, frm="unconfirmed", to="confirmed", confirms=True).change
    wording(
        [
            words(setback, outlook=Outlook.AT_RISK),
            words(setback, cause=Cause.CORRECTION),
            words(confirmed, confirms=True),
            *(words(FlagChanged(flag, "met", FlagState.RAISED, FlagState.EXPIRED)) for flag in DOUBTS),
            words(confirmed, evidence=()),
        ]
    )
