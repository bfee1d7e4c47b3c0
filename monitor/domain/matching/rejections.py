"""Rejections: why something that the rules found does not count. The matcher makes them; `explain_text` words them."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from monitor.domain.matching.conditions import ConditionResult
from monitor.domain.matching.document import Place
from monitor.domain.matching.rules import CompiledPattern


class RejectionKind(StrEnum):
    """What rejected it. The values are those of `fault` in the JSON of near misses."""

    NOT_ABOUT = "not about"
    """Nothing makes the story concern the commitment."""
    NEVER = "never"
    ABOUT_EXCLUDED = "about.not"
    FRAME = "frame"
    MENTIONED = "mentioned"
    """The main clause of the title speaks of something else, and no act is read."""
    YIELDS = "gives way"
    EXCLUDED = "not"
    CONDITION = "condition"


EXCLUSIONS = frozenset((RejectionKind.NEVER, RejectionKind.ABOUT_EXCLUDED))
"""Kinds by which `about` excludes a title, or a sentence of a summary."""


class FrameScope(StrEnum):
    """What a frame rejects: an act in its own sentence, an act of the summary because the title has the frame, or for the
    same reason a whole story, if only its summary speaks of the commitment."""

    SENTENCE = "sentence"
    TITLE = "title"
    STORY = "story"


class Rejection(NamedTuple):
    """One reason why a story does not concern a commitment, or an act does not count.

    pattern: the exclusion that stands, or None; place: the words that reject, None where no words do;
    frame, scope: for FRAME; commitment: who takes the story, for YIELDS; condition: what does not hold, for CONDITION.
    """

    kind: RejectionKind
    pattern: CompiledPattern | None = None
    place: Place | None = None
    frame: str = ""
    scope: FrameScope = FrameScope.SENTENCE
    commitment: str = ""
    condition: ConditionResult | None = None
