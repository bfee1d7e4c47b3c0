"""A sentence says what the counts of readers and rules mean."""

from __future__ import annotations

import pytest

from monitor.domain.messages.digest.reader_counts import (
    MOST_ACTS,
    MOST_LINES,
    agreement_sentence,
    reader_counts,
    readers_named,
)
from monitor.domain.model import ReaderKind
from monitor.domain.reading.agreement import Agreement, ReaderAgreement
from tests.builders.domain_values import rulebook
from tests.builders.message_values import commitment

MODEL = frozenset({ReaderKind.MODEL})


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        (
            Agreement(same=150, reader_alone=41, rule_alone=23, other_effect=23),
            "Of 214 stories that the model reads as about soybeans the rules read 150 the same way and 23 otherwise; they miss 41 "
            "and see 23 that the model does not.",
        ),
        (Agreement(same=2), "Of 2 stories that the model reads as about soybeans the rules read 2 the same way."),
        (
            Agreement(same=1, rule_alone=1),
            "Of 1 story that the model reads as about soybeans the rules read 1 the same way; they see 1 that the model does not.",
        ),
        (Agreement(rule_alone=6), "The rules see 6 stories about soybeans that the model does not."),
    ],
)
def test_a_sentence_names_what_there_is_and_no_more(counts: Agreement, sentence: str) -> None:
    assert agreement_sentence(counts, "soybeans", "the model") == sentence


def test_people_and_models_are_named_as_who_they_are() -> None:
    assert readers_named(MODEL) == "the model"
    assert readers_named({ReaderKind.PERSON}) == "people"
    assert readers_named({ReaderKind.PERSON, ReaderKind.MODEL}) == "readers"
    assert "that people read as about soybeans" in agreement_sentence(Agreement(same=1), "soybeans", "people")


def test_a_digest_names_the_commitments_and_acts_that_differ_most_and_no_more_than_fit() -> None:
    names = [f"c{number:02}" for number in range(MOST_LINES + 3)]
    by_name = {name: Agreement(same=9, rule_alone=number) for number, name in enumerate(names)}
    acts = dict(reversed([(f"{name}/act", own) for name, own in by_name.items()]))
    drift = ReaderAgreement(200, MODEL, Agreement(same=99), by_name, acts, {}, ())
    block = reader_counts(drift, rulebook(*(commitment(name, short=name) for name in names)), "UTC")
    assert block is not None
    assert len(block.lines) == MOST_LINES
    assert names[-1] in block.lines[0]
    assert block.acts[0] == f"{names[-1]}/act: 9 the same, {len(names) - 1} not about it"
    assert len(block.acts) == MOST_ACTS


def test_nobody_read_is_no_block() -> None:
    assert reader_counts(ReaderAgreement(0, frozenset(), Agreement(), {}, {}, {}, ()), rulebook(), "UTC") is None
