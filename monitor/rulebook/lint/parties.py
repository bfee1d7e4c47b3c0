"""Lint of parties: a commitment whose own words nobody could report."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.domain.model.sides import UNDECLARED, parties_in
from monitor.errors import Issue
from monitor.rulebook.compile.rule_files import RuleFiles


def party_lints(files: RuleFiles) -> Iterator[Issue]:
    """Commitments owed by a declared party that no publisher and no speaker speaks for: its own word could never confirm anything.

    The two governments and companies, which every deal has, may stay without one: a new deal of others begins so.
    """
    speaking = {speaker.side for _, vocabulary in files.vocabulary for speaker in vocabulary.speakers}
    speaking |= {publisher.side for publisher in files.sources[1].publishers} if files.sources else set()
    for source, shape, _ in files.commitments:
        for party in sorted(parties_in(shape.owed_by) - UNDECLARED - speaking):
            message = (
                f"no word of its own can confirm what {party!r} owes: no publisher and no speaker has side: {party}"
            )
            hint = f"add to sources.yaml: {{name: …, domains: […], tier: official, side: {party}, owner: …}}"
            yield source.warning("silent_party", message, ("owed_by",), hint)
