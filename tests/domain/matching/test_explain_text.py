"""How rejections and mismatches are put in words."""

from __future__ import annotations

import pytest

from monitor.domain.matching.conditions import ConditionResult
from monitor.domain.matching.document import Place
from monitor.domain.matching.explain_text import mismatch_text, rejection_text
from monitor.domain.matching.partial_match import Mismatch, MismatchKind
from monitor.domain.matching.rejections import FrameScope, Rejection, RejectionKind
from monitor.domain.text.automaton import PhraseIndex
from monitor.domain.text.pattern_eval import FieldView
from monitor.domain.text.segments import SegmentedText
from monitor.domain.text.spans import Match

SPAN = Match(0, 20, ((0, 5), (11, 20)))


def place() -> Place:
    text = SegmentedText("China buys soybeans")
    return Place(
        FieldView("title", text, PhraseIndex((), frozenset()).find(text.folded)), Match(0, 19, ((0, 5), (11, 19)))
    )


REJECTIONS = {
    Rejection(RejectionKind.NOT_ABOUT): "nothing about it",
    Rejection(RejectionKind.FRAME, frame="opinion"): "frame: opinion",
    Rejection(RejectionKind.FRAME, frame="market", scope=FrameScope.TITLE): "the title is of kind 'market'",
    Rejection(RejectionKind.FRAME, frame="market", scope=FrameScope.STORY): (
        "only the summary speaks of it, under a title of kind 'market'"
    ),
    Rejection(RejectionKind.CONDITION, condition=ConditionResult("field", "title", "summary", holds=False)): (
        "only_if field: summary is not title"
    ),
    Rejection(RejectionKind.CONDITION, condition=ConditionResult("document", "readout", "", holds=False)): (
        "only_if document: nothing is not readout"
    ),
}


@pytest.mark.parametrize(("rejection", "words"), REJECTIONS.items(), ids=lambda value: str(value)[:40])
def test_a_rejection_without_words_of_the_story_is_told(rejection: Rejection, words: str) -> None:
    assert rejection_text(rejection) == words


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (RejectionKind.NEVER, "never: China … soybeans"),
        (RejectionKind.ABOUT_EXCLUDED, "about.not: China … soybeans"),
        (RejectionKind.EXCLUDED, "not: China … soybeans"),
        (RejectionKind.YIELDS, "gives way to talks: China … soybeans"),
    ],
)
def test_a_rejection_by_words_quotes_them(kind: RejectionKind, words: str) -> None:
    assert rejection_text(Rejection(kind, place=place(), commitment="talks")) == words


def test_what_is_not_rejected_has_no_words() -> None:
    assert rejection_text(None) == ""


@pytest.mark.parametrize(
    ("mismatch", "words"),
    [
        (Mismatch(MismatchKind.START, "^", ("{cn}",), SPAN), "{cn} does not begin its clause"),
        (Mismatch(MismatchKind.CLAUSE, "a ... b", ("a", "b"), SPAN), "a and b stand in different clauses"),
        (Mismatch(MismatchKind.GAP, "a ..1 b", ("a", "b"), SPAN, 1, 3, 2), "a ..1 b: takes 1 word between, found 3"),
        (Mismatch(MismatchKind.GAP, "a b", ("a", "b"), SPAN, None, 2, 2), "a b: must adjoin, found 2"),
        (Mismatch(MismatchKind.ORDER, "a", ("a", "b"), SPAN, stands_after=True), "a stands after b"),
        (Mismatch(MismatchKind.ORDER, "a", ("a", "b"), SPAN), "a stands before b"),
        (Mismatch(MismatchKind.GROUP, "a", ("a",), SPAN), "nothing of a"),
    ],
)
def test_a_mismatch_names_the_groups_as_their_author_wrote_them(mismatch: Mismatch, words: str) -> None:
    assert mismatch_text(mismatch) == words
