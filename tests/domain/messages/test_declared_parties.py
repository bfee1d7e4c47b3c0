"""Messages show a party that the rules declare by its name, wherever they name a side."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from monitor.domain.matching.rules import RuleInfo
from monitor.domain.messages.change_text import change_text
from monitor.domain.messages.confidence import confidence_line
from monitor.domain.messages.context import RenderContext
from monitor.domain.messages.figures import deadline_lines
from monitor.domain.messages.headline import act_sentence, effect_sentence, happening, own_words
from monitor.domain.messages.next_steps import next_step
from monitor.domain.messages.who_read import who_read
from monitor.domain.model import (
    By,
    Deadline,
    Effect,
    Flag,
    FlagKind,
    Kind,
    Outlook,
    ReadBy,
    ReaderKind,
    Reason,
    ReasonCode,
    Says,
    Standing,
)
from monitor.domain.model.changes import DeadlineMissed
from monitor.domain.model.reasons import FirstDateMissed, Named, OneSided, Speaker
from monitor.domain.model.sides import Parties, Side
from tests.builders.message_values import NOW, commitment, context, move, signal, story, verdict

NAMES = Parties({"eu": Side("the EU", "the EU", "EU", words=("EU", "Brussels"))})
KEEPS = RuleInfo("soybean-purchases.postponed", "soybean-purchases", "1", "a.yaml", 1, tells="to keep its duties")
FIRST, LATER = date(2026, 3, 1), date(2026, 6, 30)


def known(**changes: Any) -> RenderContext:
    return context(parties=NAMES, **changes)


@pytest.mark.parametrize(
    ("owed_by", "standing", "outlook", "says"),
    [
        ("eu", Standing.PLEDGED, Outlook.STEADY, "at risk if the EU backs out"),
        ("eu+us", Standing.PLEDGED, Outlook.STEADY, "at risk if a side backs out"),
        ("eu", Standing.IN_PROGRESS, Outlook.AT_RISK, "when the EU acts on the promise"),
        ("eu+us", Standing.IN_PROGRESS, Outlook.AT_RISK, "when the EU and the US act on the promise"),
        ("eu", Standing.UNPLEDGED, Outlook.STEADY, "Pledged once the EU promises it"),
        ("eu", Standing.LAPSED, Outlook.STEADY, "only with a new pledge or an extension."),
        ("eu+us", Standing.LAPSED, Outlook.STEADY, "an extension by the EU and the US."),
    ],
)
def test_what_comes_next_names_who_owes_it(owed_by: str, standing: Standing, outlook: Outlook, says: str) -> None:
    stands = verdict(standing=standing, outlook=outlook, deadlines=(), flags=())
    owed = commitment(owed_by=owed_by, kind=Kind.STANDING, targets=())
    assert says in next_step(owed, stands, known())


def test_who_says_so_is_official_and_who_is_silent_has_a_name() -> None:
    of = signal("s1", "a", says=Says("eu"), origin="European Commission")
    told = known(stories={"a": story("a", "European Commission")}, signals={"s1": of})
    assert confidence_line([of], (), told) == "Official: European Commission says so."
    silent = OneSided(Speaker("US Treasury", Says.US, report=False), ("eu",))
    doubt = Flag(FlagKind.UNCONFIRMED, "eu", NOW, silent)
    us = signal("s1", "a")
    found = confidence_line([us], (doubt,), known(stories={"a": story("a", "US Treasury")}))
    assert found == "Only US Treasury says so. The EU has not confirmed it."


def test_a_date_that_it_alone_names_is_its_own() -> None:
    dated = verdict(deadlines=(Deadline("quota", "expiry", LATER, "eu", "claimed"),), flags=())
    (line,) = deadline_lines(dated, "Quota", known())
    assert (line.text.endswith("(only the EU says so)"), line.said_by) == (True, "the EU")


def test_a_date_that_it_missed_is_told_with_its_name() -> None:
    missed = move(
        change=DeadlineMissed("quota", FIRST), reason=Reason(ReasonCode.MISSED, FirstDateMissed("quota", FIRST, LATER))
    )
    dated = verdict(deadlines=(Deadline("quota", "due", LATER, "eu", "claimed"),), flags=())
    owed = commitment(owed_by="eu")
    told = known(commitments={owed.id: owed}, verdicts={owed.id: dated})
    assert change_text(missed, told).line.startswith(
        "The EU missed the first date, 1 Mar 2026. New date (EU only): 30 Jun 2026"
    )


@pytest.mark.parametrize(
    ("by", "act", "effect"),
    [
        ("eu", "the EU keeps its duties", "the EU takes a step back"),
        ("eu+us", "the EU and the US keep their duties", "the EU and the US take a step back"),
    ],
)
def test_what_it_does_is_told_with_its_name(by: str, act: str, effect: str) -> None:
    of = signal("s1", "a", by=By(by))
    assert (act_sentence(of, replace(KEEPS, effect=Effect.SETBACK), NAMES), effect_sentence(of, NAMES)) == (act, effect)


def test_a_headline_is_cut_only_where_the_party_that_acts_is_still_named() -> None:
    of = signal("s1", "a", by=By("eu"), quote="")
    said = story("a", title="Brussels puts off soybean duties by a month, as farm ministers of the bloc meet in Riga")
    assert own_words(of, said, commitment(owed_by="eu"), NAMES, 60) == "Brussels puts off soybean duties by a month"


def test_a_new_date_in_our_words_names_who_names_it() -> None:
    of = signal("s1", "a", says=Says("eu"), effect=Effect.DEADLINE, quote="新的期限")
    moved = move(kind=move().kind.DEADLINE, frm="2026-03-01", to="2026-06-30", evidence=("s1",))
    told = known(signals={"s1": of}, stories={"a": story("a", title="新的期限", lang="zh")})
    doubt = Flag(FlagKind.UNCONFIRMED, "quota", NOW, Named("eu", LATER))
    assert happening(replace(moved, flags=(doubt,)), [of], told, 80) == "The EU names a new date, 30 Jun 2026"


def test_a_reader_who_takes_a_sentence_for_its_word_is_told_so() -> None:
    read = ReadBy(ReaderKind.MODEL, "qwen3:8b", "1a", Effect.SETBACK, Says("eu"))
    of = signal("s1", "a", says=Says.PRESS, read_by=(read,))
    assert who_read(of, NAMES).endswith("qwen3:8b takes it for the word of the EU")
