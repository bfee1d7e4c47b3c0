"""Frozen values survive the way to text and back."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.domain.model.changes import Change
from monitor.domain.model.commitments import Commitment
from monitor.domain.model.enums import By, Effect, ReasonCode, Says
from monitor.domain.model.news import EventTime, Signal, Story
from monitor.domain.model.reasons import Detail, Reason, Text
from monitor.domain.model.verdicts import Intervention, Transition, Verdict
from monitor.errors import StoreError
from monitor.store import json_codec
from tests.builders.domain_values import signal
from tests.builders.example_counts import examples
from tests.builders.tables import table

STORED = (Verdict, Signal, Transition, Intervention, Story, Commitment)
MOMENT = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)

aware = st.datetimes(timezones=st.just(UTC))
numbers = st.floats(allow_nan=False, allow_infinity=False)
st.register_type_strategy(datetime, aware)
st.register_type_strategy(float, numbers)


@pytest.mark.parametrize("kind", STORED, ids=lambda kind: kind.__name__)
def test_whatever_is_written_is_read_back_the_same(kind: type[Any]) -> None:
    @settings(max_examples=examples(12))
    @given(st.from_type(kind))
    def round_trip(value: Any) -> None:
        text = json_codec.dump(value)
        assert json_codec.load(kind, text) == value
        assert json_codec.dump(json_codec.load(kind, text)) == text

    round_trip()


def test_members_of_a_union_and_times_of_another_zone_are_read_back() -> None:
    for union in (Change, Detail):
        tags = [fields_of["tag"].default for fields_of in ({f.name: f for f in fields(m)} for m in get_args(union))]
        assert len(set(tags)) == len(tags)
    reason = Reason(ReasonCode.STATUS, Text("because"))
    assert json_codec.load(Reason, json_codec.dump(reason)).detail == Text("because")
    beijing = MOMENT.astimezone(timezone(timedelta(hours=8)))
    assert json_codec.load(EventTime, json_codec.dump(EventTime(beijing, beijing))).start == MOMENT


@pytest.mark.parametrize("text", table("json_codec", "a_malformed_verdict_is_refused_by_name"))
def test_a_malformed_verdict_is_refused_by_name(text: str) -> None:
    with pytest.raises(StoreError) as refused:
        json_codec.load(Verdict, text)
    assert refused.value.subject == "Verdict"


def test_a_declared_party_is_stored_by_its_id_and_an_unknown_word_is_refused() -> None:
    of = signal(Effect.PROGRESS, "2025-11-10", says=Says("eu"), by=By("eu+us"))
    text = json_codec.dump(of)
    assert '"by":"eu+us"' in text
    assert json_codec.load(Signal, text) == of
    with pytest.raises(StoreError):
        json_codec.load(Signal, text.replace('"says":"eu"', '"says":"the EU"'))
