"""The gate: which stories come near enough to a deal that a reader is asked about them."""

from __future__ import annotations

from monitor.domain.matching.document import MAX_FIELD_LENGTH, Document
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Story

SUMMARY_LOOKED_AT = 1200
"""Characters of a summary that bring a story near. Nine in ten summaries of feeds are no longer; what a whole article names further
down is not what it reports."""


def is_near(story: Story, rulebook: Rulebook) -> bool:
    """Whether a story comes near a deal: by the words of its gate in the title or the beginning of the summary; for a deal without a gate, by the words that open its rules."""
    if rulebook.deal_gate.lets_through((story.title[:MAX_FIELD_LENGTH], story.summary[:SUMMARY_LOOKED_AT])):
        return True
    open_deals = rulebook.commitments_without_gate
    return bool(open_deals) and not open_deals.isdisjoint(
        Document(story, rulebook, concerned_only=True).candidate_commitments
    )
