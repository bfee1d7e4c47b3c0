"""Frozen values survive the way to text and back."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.domain import model
from monitor.domain.model import (
    By,
    Commitment,
    Deadline,
    Effect,
    EventTime,
    Intervention,
    Policy,
    Says,
    Signal,
    Story,
    Tier,
    Transition,
    Verdict,
)
from monitor.errors import StoreError
from monitor.store.codec import json_codec
from tests.builders.domain_values import signal
from tests.builders.example_counts import TIMES

STORED = (Verdict, Signal, Transition, Intervention, Story, Commitment, Policy)
MOMENT = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)

aware = st.datetimes(timezones=st.just(UTC))
numbers = st.floats(allow_nan=False, allow_infinity=False)
st.register_type_strategy(datetime, aware)
st.register_type_strategy(float, numbers)


@pytest.mark.parametrize("kind", STORED, ids=lambda kind: kind.__name__)
def test_whatever_is_written_is_read_back_the_same(kind: type[Any]) -> None:
    @settings(max_examples=12 * TIMES)
    @given(st.from_type(kind))
    def round_trip(value: Any) -> None:
        text = json_codec.dump(value)
        assert json_codec.load(kind, text) == value
        assert json_codec.dump(json_codec.load(kind, text)) == text

    round_trip()


@pytest.mark.parametrize(
    "kind", [kind for kind in vars(model).values() if isinstance(kind, type) and is_dataclass(kind)]
)
def test_every_noun_of_the_model_can_be_read(kind: type[Any]) -> None:
    assert fields(kind)
    json_codec._reader(kind)  # type: ignore[arg-type]  # raises TypeError where an annotation is one the codec does not know


def test_a_time_in_another_zone_comes_back_as_the_same_moment_in_utc() -> None:
    beijing = MOMENT.astimezone(timezone(timedelta(hours=8)))
    read = json_codec.load(EventTime, json_codec.dump(EventTime(beijing, beijing)))
    assert read.start == MOMENT
    assert read.start.tzinfo is UTC


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        json_codec.dump(EventTime(MOMENT.replace(tzinfo=None), MOMENT))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"commitment":"x","standing":"happy","since":"2026-03-02T00:00:00+00:00"}',
        '{"commitment":7,"standing":"met","since":"2026-03-02T00:00:00+00:00"}',
        '{"commitment":"x","standing":"met","since":"2026-03-02T00:00:00"}',
        '{"commitment":"x","standing":"met","since":"yesterday"}',
    ],
)
def test_what_is_no_verdict_is_refused_by_name(text: str) -> None:
    with pytest.raises(StoreError, match="stored Verdict"):
        json_codec.load(Verdict, text)


def test_equal_policies_give_equal_text_whatever_the_order_of_their_tiers() -> None:
    one = Policy(moving_tiers=frozenset({Tier.OFFICIAL, Tier.WIRE}))
    other = Policy(moving_tiers=frozenset([Tier.WIRE, Tier.OFFICIAL]))
    assert json_codec.dump(one) == json_codec.dump(other)


def test_a_value_that_no_column_holds_is_refused() -> None:
    with pytest.raises(TypeError, match="list"):
        json_codec.dump(Deadline("x", "due", MOMENT.date(), "us", evidence=["a"]))  # type: ignore[arg-type]


def test_a_party_that_rules_declare_is_stored_by_its_id_and_read_back_as_the_same_word() -> None:
    of = signal(Effect.PROGRESS, "2025-11-10", says=Says("eu"), by=By("eu+us"))
    text = json_codec.dump(of)
    assert '"by":"eu+us"' in text
    assert json_codec.load(Signal, text) == of
    with pytest.raises(StoreError, match="'the EU' is not a valid Says"):
        json_codec.load(Signal, text.replace('"says":"eu"', '"says":"the EU"'))
