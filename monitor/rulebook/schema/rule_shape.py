"""The base of all shapes of rule files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class RuleShape(BaseModel):
    """A mapping with known keys only. `removed`: keys of earlier versions, each with what to write instead."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)
    removed: ClassVar[Mapping[str, str]] = {}
