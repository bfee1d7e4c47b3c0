"""A commitment with its parts: a part's id starts with its parent's id and a hyphen."""

from __future__ import annotations

from collections.abc import Collection


def with_parts(commitment: str, known: Collection[str]) -> tuple[str, ...]:
    """A commitment and its parts, and theirs, in alphabetical order: its feed and its calendar hold them all."""
    return tuple(sorted(name for name in known if name == commitment or name.startswith(f"{commitment}-")))
