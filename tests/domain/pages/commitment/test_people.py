"""What people did about a commitment: who, when, why and until when, newest first."""

from __future__ import annotations

from dataclasses import replace

from monitor.domain.pages.commitment.people import PersonIntervention, interventions_shown

from monitor.domain.model import Effect, Intervention, ReadMatch, Says
from monitor.domain.verdicts.interventions import PersonReading, reading_payload
from tests.builders.message_values import NOW
from tests.builders.page_material import PART, SOY, TRUCE, ago, material

PIN = Intervention(
    "p1", "pin", SOY, "", "checked by telephone", "https://desk.example/note", ago(9), ago(-9), "met/steady", "Ann Lee"
)
MUTE = Intervention("m1", "mute", "", "soybean-*", "too many", "", ago(5), ago(-2), by="Bo Chen")


def interventions(*done: Intervention, of: str = SOY) -> tuple[PersonIntervention, ...]:
    own = {name: tuple(intervention for intervention in done if intervention.commitment == name) for name in ("", SOY)}
    return interventions_shown(material(interventions=own), of)


def test_a_pin_says_who_pinned_what_until_when_why_and_where_it_says_so() -> None:
    (intervention,) = interventions(PIN)
    assert (intervention.text, intervention.why) == (
        "Ann Lee pinned the status as MET, until 23 Mar 2026",
        "checked by telephone",
    )
    assert intervention.source == intervention.url == "https://desk.example/note"


def test_a_source_that_is_no_page_is_no_link() -> None:
    (intervention,) = interventions(replace(PIN, source="javascript:alert(1)"))
    assert (intervention.source, intervention.url) == ("javascript:alert(1)", "")


def test_a_mute_by_a_pattern_stands_with_each_commitment_that_it_covers() -> None:
    assert [intervention.text for intervention in interventions(MUTE)] == [
        "Bo Chen muted the alerts of soybean-*, until 16 Mar 2026"
    ]
    assert interventions(MUTE, of=PART) == interventions(MUTE)
    assert interventions(MUTE, of=TRUCE) == ()


def test_a_rejection_quotes_the_sentence() -> None:
    (intervention,) = interventions(
        Intervention("r1", "reject", SOY, "s2", "about another buyer", "", NOW, by="Ann Lee")
    )
    assert intervention.text == "Ann Lee rejected “Buyers have put off two cargoes”"


def test_a_reading_says_what_was_read_of_the_commitment() -> None:
    read = PersonReading(
        "Cargoes sail", frozenset({"x"}), (ReadMatch(SOY, Effect.PROGRESS, Says.CN, "sail"),), frozenset({SOY, PART})
    )
    intervention = Intervention("a1", "read", "", "story", "", "", NOW, payload=reading_payload(read), by="Ann Lee")
    assert [each.text for each in interventions(intervention)] == ["Ann Lee read “Cargoes sail” as progress"]
    assert [each.text for each in interventions(intervention, of=PART)] == [
        "Ann Lee read “Cargoes sail” as saying nothing of it"
    ]
    assert interventions(intervention, of=TRUCE) == ()


def test_what_takes_an_act_back_names_it_and_comes_first() -> None:
    back = Intervention("p2", "unpin", SOY, "p1", "the ministry has spoken", "", NOW, by="Bo Chen")
    assert [intervention.text for intervention in interventions(PIN, back)] == [
        "Bo Chen took back: pinned the status as MET",
        "Ann Lee pinned the status as MET, until 23 Mar 2026",
    ]
    assert [intervention.text for intervention in interventions(back)] == ["Bo Chen took back a pin"]


def test_a_person_without_a_name_is_a_person() -> None:
    (intervention,) = interventions(replace(PIN, by="", until=None))
    assert intervention.text == "a person pinned the status as MET"
