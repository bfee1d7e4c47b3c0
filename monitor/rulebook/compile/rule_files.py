"""Files of a folder of rules, each in its right shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel

from monitor.rulebook.schema.models import CommitmentShape, DealShape, SetWords, SourcesShape, VocabularyShape
from monitor.rulebook.source.source_map import RuleSource


@dataclass
class RuleFiles:
    """Every file of a rules folder that has its right shape, with its source."""

    sources: tuple[RuleSource, SourcesShape] | None = None
    policy: tuple[RuleSource, BaseModel] | None = None
    vocabulary: list[tuple[RuleSource, VocabularyShape]] = field(default_factory=list)
    faulty_vocabulary: set[str] = field(default_factory=set)
    """Files of vocabulary, without .yaml, that have faults of their own and are left out."""
    deals: dict[str, tuple[RuleSource, DealShape]] = field(default_factory=dict)
    commitments: list[tuple[RuleSource, CommitmentShape, str]] = field(default_factory=list)
    """With the id of the deal whose folder the file stands in."""
    faulty: set[str] = field(default_factory=set)
    """Ids of commitments whose files have faults of their own: others may name them all the same."""

    def with_sets(self) -> Iterator[tuple[RuleSource, list[str] | None, Mapping[str, SetWords]]]:
        """Every file that may have sets, with the files of vocabulary that it uses (None, the older syntax: all) and its sets."""
        for source, vocabulary in self.vocabulary:
            yield source, vocabulary.use, vocabulary.sets
        for source, deal in self.deals.values():
            yield source, deal.use, deal.sets
        for source, commitment, _ in self.commitments:
            yield source, commitment.use, commitment.sets

    def all_sources(self) -> Iterator[RuleSource]:
        """Every file that has its right shape."""
        for file in (self.sources, self.policy, *self.vocabulary, *self.deals.values(), *self.commitments):
            if file is not None:
                yield file[0]
