"""What keeps a pattern from standing where nearly all of it does."""

import pytest

from monitor.domain.matching.near_misses import MismatchKind, mismatches
from monitor.domain.matching.rules import CompiledPattern
from monitor.domain.text.pattern_compiler import PatternCompiler
from monitor.domain.text.pattern_eval import FieldView
from monitor.domain.text.pattern_syntax import parse_pattern
from monitor.domain.text.segments import SegmentedText

Found = list[tuple[MismatchKind, str, int]]


def faults(source: str, raw: str) -> Found:
    """Every fault of a pattern in a text: its kind, its clause and by how many words a gap is too narrow."""
    text, compiler = SegmentedText(raw), PatternCompiler()
    node = compiler.compile(parse_pattern(source))
    view = FieldView("title", text, compiler.index().find(text.folded))
    pattern = CompiledPattern(0, node, source)
    return [(fault.kind, fault.clause, fault.short) for fault in mismatches(view, pattern)]


def test_a_pattern_bound_to_the_start_of_a_clause_is_at_fault_only_by_what_is_amiss() -> None:
    cases = [
        ("embargo on soy", []),
        ("A new embargo on soy", [(MismatchKind.START, "^", 0)]),
        ("embargo one two three four soy", [(MismatchKind.GAP, "embargo ..2 soy", 2)]),
    ]
    assert [(raw, faults("^embargo ..2 soy", raw)) for raw, _ in cases] == cases


@pytest.mark.parametrize("raw", ["soy one two three four five us", "us one two three four five soy"])
def test_a_gap_in_either_order_is_too_narrow_in_either_order(raw: str) -> None:
    assert faults("us ~near soy", raw) == [(MismatchKind.GAP, "us ~near soy", 1)]


@pytest.mark.parametrize("gap", ["...", "..sentence"])
def test_only_the_link_that_fails_is_named_whatever_joins_the_other_groups(gap: str) -> None:
    fault = (MismatchKind.GAP, "buys ..2 soy", 1)
    assert faults(f"cn {gap} buys ..2 soy", "cn then buys one two three soy") == [fault]


def test_a_gap_is_measured_from_the_nearer_group_whatever_marks_a_head() -> None:
    assert faults("!buys ..2 soy", "buys one two three soy") == [(MismatchKind.GAP, "!buys ..2 soy", 1)]
    assert faults("cn ..1 buys ..1 soy", "cn buys buys one two soy") == [(MismatchKind.GAP, "buys ..1 soy", 1)]
    assert faults("cn ..2 buys ..2 soy", "buys cn buys one two three soy") == [(MismatchKind.GAP, "buys ..2 soy", 1)]


def test_a_missing_group_is_bridged_by_the_widest_of_the_links_around_it() -> None:
    cases = [
        ("cn ... buys ..2 soy", "cn shuns soy"),
        ("cn ..sentence buys ... soy", "cn grows; its soy"),
        ("cn ..2 buys ..2 soy ..3 us", "cn shuns soy from us"),
    ]
    assert [(source, faults(source, raw)) for source, raw in cases] == [
        (source, [(MismatchKind.GROUP, "buys", 0)]) for source, _ in cases
    ]


@pytest.mark.parametrize("raw", ["cn soy buys", "buys cn soy"])
def test_a_group_that_stands_beyond_its_neighbours_is_out_of_order(raw: str) -> None:
    assert faults("cn ..2 buys ..2 soy", raw) == [(MismatchKind.ORDER, "buys", 0)]


def test_what_stands_in_another_sentence_or_clause_is_not_missed() -> None:
    assert faults("cn ..sentence soy", "cn rose. Then soy fell") == []
    assert faults("cn ..2 soy", "soy fell. Then cn rose") == []
    assert faults("cn ... buys ..2 soy", "cn shuns; soy") == []
    assert faults("cn ..2 buys ..2 soy", "cn soy rose. Nobody buys") == []
    assert faults("!(buys ..2 soy)", "buys one two three soy") == []
