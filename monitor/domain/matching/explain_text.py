"""The wording of rejections and near misses, for rule authors. No program parses it."""

from __future__ import annotations

from monitor.domain.matching.document import Place
from monitor.domain.matching.match import ConditionResult, FrameScope, Rejection, RejectionKind
from monitor.domain.matching.near_misses import Mismatch, MismatchKind, NearMiss, TopicNearMiss
from monitor.domain.matching.rules import CompiledPattern


def rejection_text(rejection: Rejection | None) -> str:
    """The reason of a rejection: "about.not: Brazil", "frame: opinion"; '' for None."""
    match rejection:
        case None:
            return ""
        case Rejection(kind=RejectionKind.NOT_ABOUT):
            return "nothing about it"
        case Rejection(kind=RejectionKind.MENTIONED):
            return "only mentioned: no act is read, and the main clause of the title is about something else"
        case Rejection(kind=RejectionKind.FRAME, scope=scope, frame=frame):
            return _FRAMES[scope].format(frame)
        case Rejection(kind=RejectionKind.CONDITION, condition=ConditionResult() as failed):
            return f"only_if {failed.name}: {failed.found or 'nothing'} is not {failed.wanted}"
        case Rejection(kind=RejectionKind.YIELDS, commitment=other, pattern=pattern, place=place):
            news = f" ({pattern.kind})" if pattern is not None and pattern.kind else ""
            return f"gives way to {other}{news}: {_quoted(place)}"
        case Rejection(pattern=CompiledPattern(kind=news), place=place) if news:
            return f"kept out as {news}: {_quoted(place)}"
    return f"{rejection.kind}: {_quoted(rejection.place)}"


_FRAMES = {
    FrameScope.SENTENCE: "frame: {}",
    FrameScope.TITLE: "the title is of kind {!r}",
    FrameScope.STORY: "only the summary concerns it, under a title of kind {!r}",
}


def fault_clause(near: NearMiss) -> str:
    """The clause at fault, as written, with its key: the same for every story that fails there."""
    match near.cause:
        case Mismatch(clause=clause):
            return clause
        case TopicNearMiss(mismatch=mismatch):
            return f"about: {mismatch.clause}"
        case Rejection(kind=RejectionKind.YIELDS, commitment=other):
            return f"gives way to {other}"
        case Rejection(kind=RejectionKind.CONDITION, condition=ConditionResult(name=name)):
            return f"only_if {name}"
        case Rejection(kind=kind, pattern=CompiledPattern(kind=news, source=source)):
            return f"kept out as {news}: {source}" if news else f"{kind}: {source}"
    return rejection_text(near.cause)


def near_miss_text(near: NearMiss) -> str:
    """The reason why the act was not read in this story."""
    match near.cause:
        case Mismatch():
            return mismatch_text(near.cause)
        case TopicNearMiss(pattern=pattern, mismatch=mismatch):
            return f"about {pattern}: {mismatch_text(mismatch)}"
    return rejection_text(near.cause)


def mismatch_text(mismatch: Mismatch) -> str:
    """The missing part of a pattern."""
    first, second = mismatch.groups[0], mismatch.groups[-1]
    match mismatch.kind:
        case MismatchKind.START:
            return f"{first} does not begin its clause"
        case MismatchKind.CLAUSE:
            return f"{first} and {second} are in different clauses"
        case MismatchKind.GAP:
            allowed, plural = mismatch.allowed, "" if mismatch.allowed == 1 else "s"
            takes = "must adjoin" if allowed is None else f"takes {allowed} word{plural} between"
            return f"{mismatch.clause}: {takes}, found {mismatch.found}"
        case MismatchKind.ORDER:
            return f"{first} comes {'after' if mismatch.stands_after else 'before'} {second}"
        case MismatchKind.ROLES:
            return f"{' and '.join(mismatch.groups)} are in no order that the frame reads"
        case MismatchKind.ROLE:
            return f"no {first}"
    return f"nothing of {first}"


def _quoted(place: Place | None) -> str:
    return " … ".join(place.words) if place else ""
