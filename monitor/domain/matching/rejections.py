"""Rejections: why a match of the rules does not count. `explain_text` puts them into words."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from monitor.domain.matching.conditions import ConditionResult
from monitor.domain.matching.document import Place
from monitor.domain.matching.rules import CompiledPattern


class RejectionKind(StrEnum):
    """The cause of a rejection. The values are those of `fault` in the JSON of near misses."""

    NOT_ABOUT = "not about"
    """No pattern makes the story concern the commitment."""
    NEVER = "never"
    ABOUT_EXCLUDED = "about.not"
    FRAME = "frame"
    MENTIONED = "mentioned"
    """The main clause of the title is about something else, and no act is read."""
    YIELDS = "gives way"
    EXCLUDED = "not"
    CONDITION = "condition"


EXCLUSIONS = frozenset((RejectionKind.NEVER, RejectionKind.ABOUT_EXCLUDED))
"""Kinds by which `about` excludes a title, or a sentence of a summary."""


class FrameScope(StrEnum):
    """The scope of a frame: an act in its own sentence, an act of the summary because the title has the frame, or for
    the same reason a whole story, if only its summary concerns the commitment."""

    SENTENCE = "sentence"
    TITLE = "title"
    STORY = "story"


class Rejection(NamedTuple):
    """One reason why a story does not concern a commitment, or an act does not count.

    pattern: the exclusion that matches, or None; place: the rejecting words, None if there are none;
    frame, scope: for FRAME; commitment: it takes the story, for YIELDS; condition: the unmet one, for CONDITION.
    """

    kind: RejectionKind
    pattern: CompiledPattern | None = None
    place: Place | None = None
    frame: str = ""
    scope: FrameScope = FrameScope.SENTENCE
    commitment: str = ""
    condition: ConditionResult | None = None
