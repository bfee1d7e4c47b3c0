"""How rejections and mismatches are put in words."""

from monitor.domain.matching.document import Place
from monitor.domain.matching.explain_text import mismatch_text, rejection_text
from monitor.domain.matching.match import ConditionResult, FrameScope, Rejection, RejectionKind
from monitor.domain.matching.near_misses import Mismatch, MismatchKind
from monitor.domain.text.automaton import PhraseIndex
from monitor.domain.text.pattern_eval import FieldView
from monitor.domain.text.segments import Match, SegmentedText
from tests.builders.golden_wording import GoldenWording

SPAN = Match(0, 20, ((0, 5), (11, 20)))


def place() -> Place:
    text = SegmentedText("China buys soybeans")
    return Place(
        FieldView("title", text, PhraseIndex((), frozenset()).find(text.folded)), Match(0, 19, ((0, 5), (11, 19)))
    )


REJECTIONS = (
    None,
    Rejection(RejectionKind.NOT_ABOUT),
    Rejection(RejectionKind.MENTIONED),
    Rejection(RejectionKind.FRAME, frame="opinion"),
    Rejection(RejectionKind.FRAME, frame="market", scope=FrameScope.TITLE),
    Rejection(RejectionKind.FRAME, frame="market", scope=FrameScope.STORY),
    Rejection(RejectionKind.CONDITION, condition=ConditionResult("field", "title", "summary", holds=False)),
    Rejection(RejectionKind.CONDITION, condition=ConditionResult("document", "readout", "", holds=False)),
)
QUOTING = (RejectionKind.NEVER, RejectionKind.ABOUT_EXCLUDED, RejectionKind.EXCLUDED, RejectionKind.YIELDS)
MISMATCHES = (
    Mismatch(MismatchKind.START, "^", ("{cn}",), SPAN),
    Mismatch(MismatchKind.CLAUSE, "a ... b", ("a", "b"), SPAN),
    Mismatch(MismatchKind.GAP, "a ..1 b", ("a", "b"), SPAN, 1, 3, 2),
    Mismatch(MismatchKind.GAP, "a b", ("a", "b"), SPAN, None, 2, 2),
    Mismatch(MismatchKind.ORDER, "a", ("a", "b"), SPAN, stands_after=True),
    Mismatch(MismatchKind.ORDER, "a", ("a", "b"), SPAN),
    Mismatch(MismatchKind.GROUP, "a", ("a",), SPAN),
    Mismatch(MismatchKind.ROLES, "event {e} · agent {a}", ("event {e}", "agent {a}"), SPAN),
    Mismatch(MismatchKind.ROLE, "agent {a}", ("agent {a}",), SPAN),
)


def test_every_rejection_and_mismatch_is_put_into_words(wording: GoldenWording) -> None:
    quoting = tuple(Rejection(kind, place=place(), commitment="talks") for kind in QUOTING)
    texts = [rejection_text(rejection) for rejection in REJECTIONS + quoting]
    assert texts[0] == ""
    assert all("China … soybeans" in text for text in texts[len(REJECTIONS) :])
    wording("\n".join(texts))
    wording("\n".join(map(mismatch_text, MISMATCHES)))
