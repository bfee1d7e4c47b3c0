"""The kinds of values that settings are made of.

Strict: "2" in quotes is no number and "yes" is neither true nor false, however kindly they could be read. What the
environment can only give as text, `monitor.config.layers` has made a number or a yes or no before.
"""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from monitor.config import field_checks

BASE_FOLDER: ContextVar[Path | None] = ContextVar("BASE", default=None)
"""The folder that relative paths start from: that of the config file while one is loaded, else the working folder."""


def resolve_path(path: Path) -> Path:
    return ((BASE_FOLDER.get() or Path.cwd()) / path.expanduser()).resolve()


WholeNumber = Annotated[int, Field(strict=True)]
Seconds = Annotated[float, Field(strict=True, gt=0, le=3600)]
StrictBool = Annotated[bool, Field(strict=True)]
LocalPath = Annotated[Path, AfterValidator(resolve_path)]
ZoneName = Annotated[str, AfterValidator(field_checks.check_zone)]
NonEmptyText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(field_checks.check_single_line),
]
Slug = Annotated[str, Field(max_length=60), AfterValidator(field_checks.check_slug)]


class ConfigSection(BaseModel):
    """A table of config.toml; keys it does not know are refused, and errors never show what was given."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, validate_default=True)
