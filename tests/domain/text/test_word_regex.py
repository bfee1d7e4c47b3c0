from __future__ import annotations

import time

import pytest

from monitor.domain.text.pattern_syntax import Form, parse_pattern
from monitor.domain.text.segments import SegmentedText
from monitor.domain.text.word_regex import MAX_WORD, PatternError, word_form
from tests.domain.text.matcher_oracle import found


@pytest.mark.parametrize(
    ("source", "word", "fits"),
    [
        (r"h\d00", "h200", True),
        (r"H\d00", "h200", True),
        (r"h\d00", "h20", False),
        (r"h\d00", "xh200", False),
        ("(?:buy|sell)s?", "sells", True),
        (r"[a-z]+-?\d{2}", "mq25", True),
        (r"\d{4}", "2026", True),
        ("a{2,3}", "aaaa", False),
    ],
)
def test_a_form_reads_one_whole_word(source: str, word: str, fits: bool) -> None:
    assert word_form(source).fits(word) is fits


@pytest.mark.parametrize(
    ("source", "column"),
    [
        ("(a+)+", 4),
        ("(a|a)*b", 5),
        ("((a|b))+", 7),
        ("a*b*", 3),
        ("a?b?c?d?e?", 9),
        ("(?=a)b", 0),
        (r"(a)\1", 3),
        ("a*?b", 1),
        (r"\bword", 0),
        ("(?i)a", 0),
        ("(a?){9}{9}", 4),
    ],
)
def test_what_could_backtrack_without_end_is_refused_with_its_column(source: str, column: int) -> None:
    with pytest.raises(PatternError) as raised:
        word_form(source, 10)
    assert raised.value.column == 10 + column


@pytest.mark.parametrize("source", ["a*", "(a|b)?", "", "(?:)", "[ab]{0,2}"])
def test_a_form_that_matches_nothing_at_all_is_refused(source: str) -> None:
    with pytest.raises(PatternError, match="nothing at all"):
        word_form(source)


@pytest.mark.parametrize("source", ["(a", "a)", "[a", "a{3,2}", "*a", "x" * 81])
def test_what_is_no_expression_is_refused(source: str) -> None:
    with pytest.raises(PatternError):
        word_form(source)


def test_no_form_that_is_accepted_is_slow() -> None:
    form = word_form("a?a?a?a?[a-z]*b")
    started = time.perf_counter()
    assert not any(form.fits("a" * MAX_WORD) for _ in range(1000))
    assert time.perf_counter() - started < 5


def test_a_form_stands_in_a_pattern_between_slashes() -> None:
    assert isinstance(parse_pattern(r"/h\d00/"), Form)
    text = SegmentedText("Nvidia's H200 chips, not the H20; and 24/7 service, H800芯片")
    assert {text.raw[slice(*text.raw_span(*span))] for span in found(parse_pattern(r"/h\d00/"), text)} == {
        "H200",
        "H800",
    }
    assert found(parse_pattern(r"nvidia ..2 /h\d+/ chips"), text)
    assert found(parse_pattern("24/7"), text)


def test_a_word_longer_than_any_real_one_fits_no_form() -> None:
    assert not word_form("a+").fits("a" * (MAX_WORD + 1))
