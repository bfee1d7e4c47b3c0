"""The gate: which stories come near enough to a deal that a reader is asked about them."""

from __future__ import annotations

from monitor.domain.matching.document import MAX_FIELD_LENGTH, Document, value_reader
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Story
from monitor.domain.reading.exchange import SUMMARY_READ_LIVE


def is_near(story: Story, rulebook: Rulebook) -> bool:
    """Whether a story comes near a deal: by the words of its gate in the title or the part of the summary that a model
    is shown; for a deal without a gate, by the words that open its rules."""
    fields = story.title[:MAX_FIELD_LENGTH], story.summary[:SUMMARY_READ_LIVE]
    if rulebook.deal_gate.lets_through(fields, value_reader(story)):
        return True
    open_deals = rulebook.commitments_without_gate
    return bool(open_deals) and not open_deals.isdisjoint(
        Document(story, rulebook, concerned_only=True).candidate_commitments
    )
