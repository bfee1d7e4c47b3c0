"""The JSON files hold everything about each promise, their schema allows them, and each promise has all its files."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import feedparser
import pytest
from icalendar import Calendar
from jsonschema import Draft202012Validator

from monitor.domain.model.commitments import Deadline
from monitor.domain.model.enums import Effect, FlagKind, ReasonCode, Says
from monitor.domain.model.verdicts import CitedSignal, Flag, Intervention, Observation, PublishedVerdict
from monitor.domain.pages import addresses
from monitor.domain.pages.change_entries import change_entries
from monitor.errors import RenderError
from monitor.render.jinja_env import Templates
from monitor.site.build import site_files
from monitor.site.documents import commitment_file, index_file, schema_file, verdict_json
from tests.builders.domain_values import PARTIES, reason
from tests.builders.machine_files import check_json
from tests.builders.message_values import NOW, commitment, counts, move, signal, story, verdict
from tests.builders.published_material import SOY, material, named
from tests.builders.rendered_messages import TEMPLATES

PART, OTHER = "soybean-purchases-annual", "truce"


def written(**changes: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The index and the file of the soybeans, which their schema allows."""
    known = material(**changes)
    files = {
        "api/v1/schema.json": schema_file(),
        "api/v1/index.json": index_file(known),
        f"api/v1/{SOY}.json": commitment_file(SOY, change_entries(SOY, known), known),
    }
    index, one = check_json(files).values()
    return index, one


def made(**changes: Any) -> dict[str, Any]:
    return written(**changes)[1]


def test_each_file_begins_with_its_schema_and_its_age() -> None:
    for document in written():
        assert list(document)[:5] == ["schema", "generated_at", "data_as_of", "rules", "program"]
        assert document["data_as_of"] == "2026-03-14T09:30:00Z"


def test_before_the_first_change_the_files_are_valid_too() -> None:
    index, one = written(history={}, published={}, last_read=None)
    assert (index["data_as_of"], index["commitments"][0]["last_change"], one["changes"]) == (None, None, [])


def test_the_schema_is_valid_and_allows_either_file_without_further_fields() -> None:
    schema = json.loads(schema_file())
    Draft202012Validator.check_schema(schema)
    either, documents = Draft202012Validator(schema), written()
    assert [either.is_valid(document) for document in documents] == [True, True]
    assert not either.is_valid({**documents[0], "more": 1})
    described = [shape for shape in schema["$defs"].values() if shape["type"] == "object"]
    assert [shape["title"] for shape in described if not shape.get("description")] == []


def test_the_file_has_the_fields_of_status_in_json() -> None:
    known = material()
    shown = verdict_json(known.context.commitments[SOY], known.context.verdicts[SOY], PARTIES)
    document = made()
    assert {name: document[name] for name in shown} == shown


def test_the_index_has_every_promise_in_short_with_its_parent_and_next_date() -> None:
    index, _ = written(
        commitments={SOY: commitment(), PART: commitment(PART, short="Soybeans a year")},
        verdicts={SOY: verdict(), PART: verdict(PART, flags=(), deadlines=())},
    )
    soy, part = index["commitments"]
    assert (soy["commitment"], soy["parent"], part["parent"]) == (SOY, None, SOY)
    assert (soy["status_text"], soy["flags"]) == ("IN PROGRESS, AT RISK", ["unconfirmed"])
    assert soy["next_date"]["date"] == "2026-06-30"
    assert (part["next_date"], part["progress"], part["last_change"]) == (None, None, None)


def test_links_are_relative_without_the_address_of_the_site_and_absolute_with_it() -> None:
    assert made()["links"]["page"] == f"../../c/{SOY}.html"
    there = made(base_url="https://deals.example/m")
    assert there["links"]["json"] == f"https://deals.example/m/api/v1/{SOY}.json"
    assert there["schema"] == "https://deals.example/m/api/v1/schema.json"


def test_every_named_sentence_is_listed_with_its_report() -> None:
    reading = Observation("USDA", 4e6, 4e6, "t", "booked", "", NOW, "a", "s2")
    stands = verdict(evidence=("s1",), progress=replace(counts(("USDA", 4e6, 4e6)), readings=(reading,)))
    document = made(
        verdicts={SOY: stands},
        signals={"s1": signal("s1", "a"), "s2": signal("s2", "b"), "s3": signal("s3", "c")},
        stories={key: story(key, others=("Dock News",)) for key in "abc"},
        history={SOY: (move(evidence=("s1",), reason=reason("x", "s3", code=ReasonCode.WITHDRAWN)),)},
    )
    found = [(each["signal"], each["url"][-2:], each["retracted"]) for each in document["sentences"]]
    assert found == [("s1", "/a", False), ("s2", "/b", False), ("s3", "/c", True)]
    assert document["sentences"][0]["outlets"] == ["Harbour Wire", "Dock News"]
    assert document["progress"]["readings"][0]["counter"] == "USDA"


def test_a_dispute_names_its_sentences_each_with_its_side() -> None:
    signals = {
        key: signal(key, "a", says=says) for key, says in (("s1", Says("us")), ("s2", Says("cn")), ("s3", Says("us")))
    }
    flag = Flag(FlagKind.CONTESTED, "orders", NOW, evidence=("s1", "s2", "s3"))
    document = made(signals=signals, verdicts={SOY: verdict(flags=(flag,))})
    assert [(each["kind"], each["evidence"]) for each in document["flags"]] == [("contested", ["s1", "s2", "s3"])]
    assert {each["signal"]: each["says"] for each in document["sentences"]} == {"s1": "us", "s2": "cn", "s3": "us"}


def test_a_change_keeps_its_sentences_as_they_were_read_then() -> None:
    cited = CitedSignal("s1", Effect.SETBACK, "old-rule", "v1", "Buyers put off one cargo")
    (change,) = made(history={SOY: (move(cited=(cited,)),)})["changes"]
    assert (change["before"], change["after"]) == ("in_progress", "at_risk")
    assert change["text"] == "Still IN PROGRESS, now AT RISK"
    assert [(each["rule"], each["quote"]) for each in change["cited"]] == [("old-rule", "Buyers put off one cargo")]


def test_the_record_has_every_published_verdict_and_interventions_on_it_without_their_author() -> None:
    record = (PublishedVerdict(NOW, verdict()), PublishedVerdict(NOW + timedelta(days=1), verdict(flags=())))
    done = (
        Intervention("p", "pin", SOY, "", "seen", "a call", NOW, None, "met/steady", "Ann Lee"),
        Intervention("m", "mute", SOY, SOY, "loud", "", NOW, by="Ann Lee"),
    )
    document = made(published={SOY: record}, interventions={SOY: done})
    assert [each["flags"] for each in document["published"]] == [["unconfirmed"], []]
    (pin,) = document["interventions"]
    assert (pin["kind"], pin["status"], pin["reason"]) == ("pin", "met", "seen")
    assert "Ann Lee" not in json.dumps(document)


# ---------------------------------------------------------------- the files of a site

DATES: dict[str, tuple[Deadline, ...]] = {SOY: (named("2026-06-30"),), PART: (named("2026-12-31"),), OTHER: ()}
THREE = material(
    commitments={name: commitment(name, short=name) for name in DATES},
    verdicts={name: verdict(name, deadlines=dates) for name, dates in DATES.items()},
    signals={"s1": signal("s1", "a")},
    stories={"a": story("a")},
    history={name: (replace(move(f"of-{name}"), commitment=name),) for name in DATES},
    published={},
)


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return dict(site_files(THREE, Templates(TEMPLATES), {}))


def test_every_promise_has_its_files_and_the_site_those_of_all(files: dict[str, bytes]) -> None:
    expected = {addresses.data_file(name, kind) for name in DATES for kind in ("atom", "ics", "json")}
    expected |= {addresses.ALL_CHANGES, addresses.ALL_DATES, addresses.ALL_STATUSES, addresses.SCHEMA}
    assert {address for address in files if address.endswith((".atom", ".ics", ".json"))} == expected


def test_a_feed_and_a_calendar_cover_the_parts(files: dict[str, bytes]) -> None:
    def ids(address: str) -> list[str]:
        return sorted(entry.id.rpartition("/of-")[2] for entry in feedparser.parse(files[address]).entries)

    assert ids(addresses.ALL_CHANGES) == sorted(DATES)
    assert ids(addresses.data_file(SOY, "atom")) == [SOY, PART]
    assert ids(addresses.data_file(PART, "atom")) == [PART]
    dates = {name: Calendar.from_ical(files[addresses.data_file(name, "ics")]).walk("VEVENT") for name in DATES}
    assert {name: len(each) for name, each in dates.items()} == {SOY: 2, PART: 1, OTHER: 0}
    assert len(Calendar.from_ical(files[addresses.ALL_DATES]).walk("VEVENT")) == 2


def test_a_promise_whose_files_cannot_be_written_is_named() -> None:
    context = THREE.context
    broken = replace(THREE, context=replace(context, commitments={**context.commitments, OTHER: commitment(OTHER)}))
    broken = replace(broken, published={OTHER: (PublishedVerdict(NOW, None),)})  # type: ignore[arg-type]
    with pytest.raises((RenderError, AttributeError)):
        dict(site_files(broken, Templates(TEMPLATES), {}))
