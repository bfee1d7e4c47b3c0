"""What people did about a commitment: who, when, why and until when, newest first."""

from __future__ import annotations

from dataclasses import replace

from monitor.domain.model import Effect, Intervention, ReadMatch, Says
from monitor.domain.pages.commitment.people import PersonsAct, acts_of_people
from monitor.domain.verdicts.reading_acts import ReadingAct, reading_payload
from tests.builders.message_values import NOW
from tests.builders.page_material import PART, SOY, TRUCE, ago, material

PIN = Intervention(
    "p1", "pin", SOY, "", "checked by telephone", "https://desk.example/note", ago(9), ago(-9), "met/steady", "Ann Lee"
)
MUTE = Intervention("m1", "mute", "", "soybean-*", "too many", "", ago(5), ago(-2), by="Bo Chen")


def acts(*done: Intervention, of: str = SOY) -> tuple[PersonsAct, ...]:
    own = {name: tuple(act for act in done if act.commitment == name) for name in ("", SOY)}
    return acts_of_people(material(acts=own), of)


def test_a_pin_says_who_pinned_what_until_when_why_and_where_it_says_so() -> None:
    (act,) = acts(PIN)
    assert (act.text, act.why) == ("Ann Lee pinned the status as MET, until 23 Mar 2026", "checked by telephone")
    assert act.source == act.url == "https://desk.example/note"


def test_a_source_that_is_no_page_is_no_link() -> None:
    (act,) = acts(replace(PIN, source="javascript:alert(1)"))
    assert (act.source, act.url) == ("javascript:alert(1)", "")


def test_a_mute_by_a_pattern_stands_with_each_commitment_that_it_covers() -> None:
    assert [act.text for act in acts(MUTE)] == ["Bo Chen muted the alerts of soybean-*, until 16 Mar 2026"]
    assert acts(MUTE, of=PART) == acts(MUTE)
    assert acts(MUTE, of=TRUCE) == ()


def test_a_rejection_quotes_the_sentence() -> None:
    (act,) = acts(Intervention("r1", "reject", SOY, "s2", "about another buyer", "", NOW, by="Ann Lee"))
    assert act.text == "Ann Lee rejected “Buyers have put off two cargoes”"


def test_a_reading_says_what_was_read_of_the_commitment() -> None:
    read = ReadingAct(
        "Cargoes sail", frozenset({"x"}), (ReadMatch(SOY, Effect.PROGRESS, Says.CN, "sail"),), frozenset({SOY, PART})
    )
    act = Intervention("a1", "read", "", "story", "", "", NOW, payload=reading_payload(read), by="Ann Lee")
    assert [each.text for each in acts(act)] == ["Ann Lee read “Cargoes sail” as progress"]
    assert [each.text for each in acts(act, of=PART)] == ["Ann Lee read “Cargoes sail” as saying nothing of it"]
    assert acts(act, of=TRUCE) == ()


def test_what_takes_an_act_back_names_it_and_comes_first() -> None:
    back = Intervention("p2", "unpin", SOY, "p1", "the ministry has spoken", "", NOW, by="Bo Chen")
    assert [act.text for act in acts(PIN, back)] == [
        "Bo Chen took back: pinned the status as MET",
        "Ann Lee pinned the status as MET, until 23 Mar 2026",
    ]
    assert [act.text for act in acts(back)] == ["Bo Chen took back a pin"]


def test_a_person_without_a_name_is_a_person() -> None:
    (act,) = acts(replace(PIN, by="", until=None))
    assert act.text == "a person pinned the status as MET"
