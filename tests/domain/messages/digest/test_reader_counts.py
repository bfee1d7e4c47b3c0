"""A sentence says what the counts of readers and rules mean."""

from monitor.domain.messages.briefs import ReaderCounts
from monitor.domain.messages.digest.reader_counts import MAX_ACTS, MAX_LINES, reader_counts
from monitor.domain.model import ReaderKind
from monitor.domain.reading.agreement import Agreement, ReaderAgreement
from tests.builders.domain_values import rulebook
from tests.builders.golden_wording import GoldenWording
from tests.builders.message_values import commitment

MODEL = frozenset({ReaderKind.MODEL})


def counts(own: Agreement, kinds: frozenset[ReaderKind] = MODEL) -> ReaderCounts:
    agreement = ReaderAgreement(200, kinds, own, {"soy": own}, {}, {}, ())
    found = reader_counts(agreement, rulebook(commitment("soy", short="soybeans")), "UTC")
    assert found is not None
    return found


def test_the_counts_of_a_commitment_are_one_sentence_that_names_the_readers(wording: GoldenWording) -> None:
    people = frozenset({ReaderKind.PERSON})
    found = [
        counts(Agreement(same=150, reader_alone=41, rule_alone=23, other_effect=23)),
        counts(Agreement(same=1, rule_alone=1)),
        counts(Agreement(rule_alone=6)),
        counts(Agreement(same=1, other_effect=1), people),
        counts(Agreement(same=1, other_effect=1), people | MODEL),
    ]
    wording(line for each in found for line in (each.counts, *each.lines))


def test_a_digest_names_the_commitments_and_acts_that_differ_most_and_no_more_than_fit() -> None:
    names = [f"c{number:02}" for number in range(MAX_LINES + 3)]
    by_name = {name: Agreement(same=9, rule_alone=number) for number, name in enumerate(names)}
    acts = dict(reversed([(f"{name}/act", own) for name, own in by_name.items()]))
    drift = ReaderAgreement(200, MODEL, Agreement(same=99), by_name, acts, {}, ())
    block = reader_counts(drift, rulebook(*(commitment(name, short=name) for name in names)), "UTC")
    assert block is not None
    assert len(block.lines) == MAX_LINES
    assert names[-1] in block.lines[0]
    assert block.acts[0] == f"{names[-1]}/act: 9 the same, {len(names) - 1} not about it"
    assert len(block.acts) == MAX_ACTS


def test_nobody_read_is_no_block() -> None:
    assert reader_counts(ReaderAgreement(0, frozenset(), Agreement(), {}, {}, {}, ()), rulebook(), "UTC") is None
