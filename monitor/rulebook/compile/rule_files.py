"""The rule files of a folder after validation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel

from monitor.rulebook.schema.models import CommitmentShape, DealShape, SetWords, SourcesShape, VocabularyShape
from monitor.rulebook.source.rule_source import RuleSource


@dataclass
class RuleFiles:
    """Every valid file of a folder of rules, with its source."""

    sources: tuple[RuleSource, SourcesShape] | None = None
    policy: tuple[RuleSource, BaseModel] | None = None
    vocabulary: list[tuple[RuleSource, VocabularyShape]] = field(default_factory=list)
    faulty_vocabulary: set[str] = field(default_factory=set)
    """Names of invalid vocabulary files, without .yaml. They are left out."""
    deals: dict[str, tuple[RuleSource, DealShape]] = field(default_factory=dict)
    commitments: list[tuple[RuleSource, CommitmentShape, str]] = field(default_factory=list)
    """With the id of the deal of the folder."""
    faulty: set[str] = field(default_factory=set)
    """Ids of commitments with invalid files. Other files can still name them."""

    def with_sets(self) -> Iterator[tuple[RuleSource, list[str], Mapping[str, SetWords]]]:
        """Every file that can define sets, with the vocabulary files that it uses and its sets."""
        for source, vocabulary in self.vocabulary:
            yield source, vocabulary.use, vocabulary.sets
        for source, deal in self.deals.values():
            yield source, deal.use, deal.sets
        for source, commitment, _ in self.commitments:
            yield source, commitment.use, commitment.sets
