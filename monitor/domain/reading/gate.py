"""The gate: which stories come near enough to a deal that a reader is asked about them."""

from __future__ import annotations

from monitor.domain.matching.document import Document
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Story


def is_near(story: Story, rulebook: Rulebook) -> bool:
    """Whether a story comes near the deal."""
    return bool(Document(story, rulebook, concerned_only=True).candidate_commitments)
