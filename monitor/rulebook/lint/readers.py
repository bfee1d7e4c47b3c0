"""Lints of what readers are told: a deal with a gate or with a commitment that has a `reads:` text, and what is missing beside."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.errors import Issue
from monitor.rulebook.compile.rule_files import RuleFiles


def reader_lints(files: RuleFiles) -> Iterator[Issue]:
    """Commitments that a reader is not asked about though their deal is made for one, and deals without a gate."""
    asked = {deal for _, shape, deal in files.commitments if shape.reads is not None}
    gated = {shape.id for _, shape in files.deals.values() if shape.gate is not None}
    for source, shape, deal in files.commitments:
        if deal in asked | gated and shape.reads is None:
            beside = "other commitments of its deal have" if deal in asked else "its deal has a gate"
            message = f"a reader is not asked about {shape.id!r}: it has no reads, and {beside}"
            yield source.warning("no_reads", message, ("id",), "reads: {about: …, not_about: …}")
    for source, deal_shape in files.deals.values():
        if deal_shape.id in asked and deal_shape.gate is None:
            message = "without a gate a reader is asked about every story that a rule of the deal could concern"
            yield source.warning("no_gate", message, ("id",), "gate: {any: […], together: [[…, …]]}")
