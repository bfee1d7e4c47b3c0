"""The question that a model is asked about stories."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReaderQuestion:
    """What a model is told before the stories. version: a hash of it, stored with each reading that it gave."""

    text: str
    version: str
