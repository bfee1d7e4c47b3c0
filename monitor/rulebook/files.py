"""What a folder of rules holds, once each file has its right shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import BaseModel

from monitor.rulebook.places import Source
from monitor.rulebook.schema import CommitmentShape, DealShape, SourcesShape, VocabularyShape


@dataclass
class Files:
    """Every file of a rules folder that has its right shape, with its source."""

    sources: tuple[Source, SourcesShape] | None = None
    policy: tuple[Source, BaseModel] | None = None
    vocabulary: list[tuple[Source, VocabularyShape]] = field(default_factory=list)
    vocabulary_partial: bool = False
    """A file of vocabulary has faults of its own and is left out."""
    deals: dict[str, tuple[Source, DealShape]] = field(default_factory=dict)
    commitments: list[tuple[Source, CommitmentShape, str]] = field(default_factory=list)
    """With the id of the deal whose folder the file stands in."""
    faulty: set[str] = field(default_factory=set)
    """Ids of commitments whose files have faults of their own: others may name them all the same."""

    def all_sources(self) -> Iterator[Source]:
        """Every file that has its right shape."""
        yield from (found[0] for found in (self.sources, self.policy) if found is not None)
        for group in (self.vocabulary, self.deals.values(), self.commitments):
            yield from (found[0] for found in group)
