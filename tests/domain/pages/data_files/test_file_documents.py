"""The JSON files hold what is known of each promise, under the names of `status --json`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from monitor.domain.pages.data_files.change_entries import change_entries
from monitor.domain.pages.data_files.documents import CommitmentFile
from monitor.domain.pages.data_files.file_documents import commitment_file, index_file
from monitor.domain.pages.data_files.verdict_values import verdict_json

from monitor.domain.model import (
    CitedSignal,
    Effect,
    Flag,
    FlagKind,
    Intervention,
    Observation,
    PublishedVerdict,
    ReasonCode,
    Says,
)
from monitor.domain.pages.material import SiteMaterial
from tests.builders.domain_values import NONE_DECLARED, reason
from tests.builders.message_values import NOW, commitment, counts, move, signal, story, verdict
from tests.builders.published_material import SOY, material

PART = "soybean-purchases-annual"
TWO = {
    "commitments": {SOY: commitment(), PART: commitment(PART, short="Soybeans a year")},
    "verdicts": {SOY: verdict(), PART: verdict(PART, flags=(), deadlines=())},
}


def file_of(known: SiteMaterial, name: str = SOY) -> CommitmentFile:
    return commitment_file(name, change_entries(name, known), known)


def made(**changes: Any) -> CommitmentFile:
    return file_of(material(**changes))


def test_the_file_says_of_the_verdict_what_status_says_in_json() -> None:
    known = material()
    told = verdict_json(known.context.commitments[SOY], known.context.verdicts[SOY], NONE_DECLARED)
    assert {name: getattr(file_of(known), name) for name in ("status", "since", "why")} == {
        "status": told["status"],
        "since": verdict().since,
        "why": told["why"],
    }
    assert told.keys() <= set(CommitmentFile.__dataclass_fields__)


def test_the_index_has_every_promise_in_short_with_its_parent_and_next_date() -> None:
    soy, part = index_file(material(**TWO)).commitments
    assert (soy.commitment, soy.parent, part.parent) == (SOY, None, SOY)
    assert (soy.status_text, soy.flags) == ("AT RISK (in progress)", (FlagKind.UNCONFIRMED,))
    assert soy.next_date is not None
    assert soy.next_date.date == date(2026, 6, 30)
    assert (part.next_date, part.progress, part.last_change) == (None, None, None)


def test_links_are_relative_without_the_address_of_the_site_and_absolute_with_it() -> None:
    assert made().links.page == f"../../c/{SOY}.html"
    there = made(base_url="https://deals.example/m")
    assert there.links.badge == f"https://deals.example/m/badge/{SOY}.svg"
    assert there.schema == "https://deals.example/m/api/v1/schema.json"


def test_every_sentence_that_the_file_names_stands_in_it_with_its_report() -> None:
    reading = Observation("USDA", 4e6, 4e6, "t", "booked", "", NOW, "a", "s2")
    stands = verdict(evidence=("s1",), progress=replace(counts(("USDA", 4e6, 4e6)), readings=(reading,)))
    signals = {"s1": signal("s1", "a"), "s2": signal("s2", "b"), "s3": signal("s3", "c")}
    known = made(
        verdicts={SOY: stands},
        signals=signals,
        stories={key: story(key, others=("Dock News",)) for key in "abc"},
        history={SOY: (move(evidence=("s1",), reason=reason("x", "s3", code=ReasonCode.WITHDRAWN)),)},
    )
    assert [(each.signal, each.url, each.gone) for each in known.sentences] == [
        ("s1", "https://news.example/a", False),
        ("s2", "https://news.example/b", False),
        ("s3", "https://news.example/c", True),
    ]
    assert known.sentences[0].outlets == ("Harbour Wire", "Dock News")


def test_a_dispute_names_each_sides_sentences() -> None:
    signals = {key: signal(key, "a", says=says) for key, says in (("s1", Says.US), ("s2", Says.CN), ("s3", Says.US))}
    flag = Flag(FlagKind.CONTESTED, "orders", NOW, evidence=("s1", "s2", "s3"))
    (dispute,) = made(signals=signals, verdicts={SOY: verdict(flags=(flag,))}).contested
    assert [(claim.says, claim.evidence) for claim in dispute.claims] == [(Says.CN, ("s2",)), (Says.US, ("s1", "s3"))]


def test_a_change_stands_with_the_title_of_its_entry_and_its_sentence_as_read_then() -> None:
    known = material(history={SOY: (move(cited=(CitedSignal("s1", Effect.SETBACK, "old", "v1", "Put off"),)),)})
    (change,) = file_of(known).changes
    assert change.title == change_entries(SOY, known)[0].title
    assert (change.before, change.after, change.status) == ("in_progress", "at_risk", "at_risk")
    assert [(each.quote, each.rule) for each in change.cited] == [("Put off", "old")]


def test_the_published_record_is_whole_and_in_order() -> None:
    record = tuple(PublishedVerdict(NOW + timedelta(days=day), verdict()) for day in range(3))
    assert [each.at for each in made(published={SOY: record}).published] == [each.at for each in record]


def test_people_s_acts_stand_without_who_acted_and_mutes_do_not_stand() -> None:
    pin = Intervention("a1", "pin", SOY, "", "we saw the text", "https://text.example", NOW, payload="met/x", by="Ann")
    (intervention,) = made(interventions={SOY: (pin, replace(pin, kind="mute"))}).interventions
    assert (intervention.kind, intervention.status, intervention.reason) == ("pin", "met", "we saw the text")
    assert "Ann" not in repr(intervention)
