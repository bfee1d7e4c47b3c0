"""How sure a message says a change is, and whom it names."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.domain.messages.confidence import awaited_confirmation, confidence_line, doubt_sentences
from monitor.domain.model import Detail, Flag, FlagKind, Outlook, Publisher, Says, Signal, Standing, Tier
from monitor.domain.model.reasons import NOTHING, Awaiting, Count, CountedByOne, Named, OneSided, Sighted, Speaker, Text
from tests.builders.domain_values import NONE_DECLARED
from tests.builders.message_values import NOW, context, signal, story

PAPER, OFFICE = Speaker("Paper 1", Says.PRESS, report=True), Speaker("Dock Ministry", Says.CN, report=False)
PUBLISHERS = {
    "US Treasury": Publisher("US Treasury", Tier.OFFICIAL, "us", called="the US Treasury"),
    "MOFCOM": Publisher("MOFCOM", Tier.OFFICIAL, "cn", called="China's commerce ministry"),
    "Dock Daily": Publisher("Dock Daily", Tier.STATE_MEDIA, "cn"),
    "Dock Ministry": Publisher("Dock Ministry", Tier.OFFICIAL, "us", called="the dock ministry"),
    "Heap": Publisher("Heap", Tier.AGGREGATOR),
}


class Sources:
    def find(self, source: str, url: str = "") -> Publisher:
        return PUBLISHERS.get(source, Publisher(source))


def doubt(subject: str, detail: Detail = NOTHING) -> Flag:
    return Flag(FlagKind.UNCONFIRMED, subject, NOW, detail)


def sure(*signals: Signal, outlets: tuple[str, ...] = ("Harbour Wire",), flags: tuple[Flag, ...] = ()) -> str:
    """The sentence on these signals, each in the first outlet and carried by the others."""
    known: dict[str, Any] = {"a": story("a", outlets[0], outlets[1:])}
    return confidence_line(signals, flags, context(publishers=Sources(), stories=known))


def told(flag: Flag, *, quoted: bool = True, older: bool = False) -> list[str]:
    return doubt_sentences(flag, context(publishers=Sources()), quoted=quoted, older=older)


def said(origin: str, says: Says, **changes: Any) -> Signal:
    return signal(origin, "a", says=says, origin=origin, **changes)


def test_an_official_text_is_called_official_and_named_as_a_sentence_names_it() -> None:
    ministry = said("MOFCOM", Says.CN)
    assert sure(ministry, outlets=("MOFCOM", "Harbour Wire", "Dock News")) == (
        "Official: China's commerce ministry says so; also in Harbour Wire and Dock News."
    )
    assert sure(ministry, outlets=("MOFCOM",)) == "Official: China's commerce ministry says so."


def test_a_word_that_only_others_print_is_said_to_be_reported() -> None:
    assert sure(said("US Treasury", Says.US)) == "Official: the US Treasury says so, as reported by Harbour Wire."


def test_state_media_are_called_state_media() -> None:
    assert sure(said("Dock Daily", Says.CN), outlets=("Dock Daily",)) == "State media: Dock Daily says so."


def test_a_company_and_data_are_no_officials() -> None:
    assert sure(said("Dock Works", Says.COMPANY), outlets=("Dock Works",)) == "Dock Works says so."
    assert sure(said("USDA data", Says.DATA)) == "USDA data show it, as reported by Harbour Wire."


def test_where_a_side_is_silent_the_other_alone_says_so() -> None:
    found = sure(
        said("US Treasury", Says.US), flags=(doubt("cn", OneSided(OFFICE, ("cn",))),), outlets=("US Treasury",)
    )
    assert found == "Only the US Treasury says so. China has not confirmed it."


def test_a_date_that_one_side_names_is_told_with_the_side_that_has_not_confirmed_it() -> None:
    date_alone = doubt("truce", Named("us", NOW.date(), ("cn",)))
    found = sure(said("US Treasury", Says.US), flags=(date_alone,), outlets=("US Treasury",))
    assert found == "Only the US Treasury says so. China has not confirmed the date, 14 Mar 2026."


def test_a_side_that_has_spoken_itself_does_not_speak_alone() -> None:
    date_alone = doubt("truce", Named("us", NOW.date(), ("cn",)))
    found = sure(said("MOFCOM", Says.CN), flags=(date_alone,), outlets=("MOFCOM",))
    assert found == "Official: China's commerce ministry says so. China has not confirmed the date, 14 Mar 2026."


def test_a_doubt_names_its_speaker_as_a_sentence_does() -> None:
    assert told(doubt("cn", OneSided(OFFICE, ("cn",))), quoted=False) == [
        "only the dock ministry says so; China has not confirmed it"
    ]


def test_an_aggregator_is_named_only_where_nobody_else_reports() -> None:
    report = said("Harbour Wire", Says.US)
    assert sure(report, outlets=("Heap", "Dock News")).endswith("as reported by Dock News.")
    assert sure(report, outlets=("Heap",)).endswith("as reported by Heap.")


def test_one_report_waits_for_a_second() -> None:
    report = said("Harbour Wire", Says.PRESS, tier=Tier.WIRE)
    assert sure(report) == "One report (Harbour Wire). Not yet confirmed by a second source."


def test_what_a_ministry_was_only_asked_is_no_report_of_the_ministry() -> None:
    asked = signal("asked", "a", says=Says.PRESS, origin="Paper 2", tier=Tier.AGGREGATOR)
    answered = signal("answered", "a", says=Says.PRESS, origin="Paper 1", tier=Tier.WIRE)
    assert sure(asked, answered, outlets=("MOFCOM", "MOFCOM")).startswith("One report (MOFCOM)")


def test_a_report_of_trouble_says_how_many_more_would_turn_the_status() -> None:
    report = said("Harbour Wire", Says.PRESS, tier=Tier.WIRE)
    sighted = doubt("at_risk", Sighted(PAPER, Outlook.AT_RISK, 2, 3, 3))
    assert sure(report, flags=(sighted,)) == (
        "One report (Harbour Wire). One more within three days would turn the status to AT RISK."
    )


def test_a_report_of_what_both_owe_says_what_the_status_would_be() -> None:
    report = said("Harbour Wire", Says.PRESS, tier=Tier.WIRE)
    awaiting = doubt("met", Awaiting(PAPER, Standing.MET, ("us", "cn")))
    assert sure(report, flags=(awaiting,)) == (
        "One report (Harbour Wire). Neither side has confirmed it. Once confirmed, the status is MET."
    )


def test_where_nothing_is_quoted_a_doubt_says_whose_word_it_is() -> None:
    assert (
        sure(flags=(doubt("cn", OneSided(PAPER, ("cn",))),)) == "Only Paper 1 reports it; China has not confirmed it."
    )
    assert sure() == ""


def test_sides_that_contradict_each_other_are_named() -> None:
    contested = Flag(FlagKind.CONTESTED, "orders", NOW)
    found = sure(said("US Treasury", Says.US), said("MOFCOM", Says.CN), flags=(contested,))
    assert found == "Contested: the US Treasury and China's commerce ministry contradict each other."


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("both", "neither side has confirmed it"),
        ("us,cn", "neither side has confirmed it"),
        ("data", "no independent data confirm it"),
        ("cn", "China has not confirmed it"),
        ("company", "the company has not confirmed it"),
        ("at_risk", "not yet confirmed by a second source"),
        ("others", "not yet confirmed by a second source"),
    ],
)
def test_a_doubt_names_who_has_not_confirmed_the_change(subject: str, words: str) -> None:
    assert awaited_confirmation(doubt(subject), NONE_DECLARED) == words


def test_a_doubt_in_the_words_of_a_person_or_a_count_speaks_for_itself() -> None:
    assert told(doubt("truce", Text("only one agency names the day."))) == ["only one agency names the day"]
    assert told(doubt("cn", Text("the ministry is silent on the date.")), older=True) == [
        "China has not confirmed it"
    ], "what was written before the news speaks of something else"
    count = Count("Bloomberg", 7e6, 7e6, "t", "booked")
    assert told(doubt("12 Mt", CountedByOne(count, Standing.PARTLY_MET, (count,)))) == [
        "Bloomberg counts 7 Mt booked, which makes it PARTLY MET once a second count confirms it"
    ]
