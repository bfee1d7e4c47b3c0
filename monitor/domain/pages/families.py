"""Promises and their parts, as the pages group them: a part's id starts with its parent's id and a hyphen."""

from __future__ import annotations

from collections.abc import Collection


def parent_of(commitment: str, known: Collection[str]) -> str | None:
    """The nearest of the known commitments that this one is a part of; None if it is a part of none."""
    return max((name for name in known if commitment.startswith(f"{name}-")), key=len, default=None)


def with_parts(commitment: str, known: Collection[str]) -> tuple[str, ...]:
    """A commitment and its parts, and theirs, in alphabetical order: its feed and its calendar hold them all."""
    return tuple(sorted(name for name in known if name == commitment or name.startswith(f"{commitment}-")))
