"""The guide to feeds and files names every field with its meaning, and every address."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from monitor.domain.pages.data_files.documents import BriefValues, CommitmentFile, FileValues

from monitor.domain.pages import addresses

GUIDE = (Path(__file__).parents[2] / "docs" / "feeds-and-files.md").read_text(encoding="utf-8")


def table(kind: type, apart: type | None = None) -> str:
    """The rows of a kind of document, without the fields that it shares with `apart`."""
    hints, shared = (
        get_type_hints(kind, include_extras=True),
        {field.name for field in fields(apart)} if apart else set(),
    )
    named = [field.name for field in fields(kind) if field.name not in shared]
    return "\n".join(f"| `{name}` | {get_args(hints[name])[1]} |" for name in named)


@pytest.mark.parametrize(("kind", "apart"), [(FileValues, None), (BriefValues, None), (CommitmentFile, FileValues)])
def test_the_guide_says_what_each_field_means_as_the_schema_does(kind: type, apart: type | None) -> None:
    assert table(kind, apart) in GUIDE


def test_the_guide_names_every_address() -> None:
    of_all = (addresses.ALL_CHANGES, addresses.ALL_DATES, addresses.ALL_STATUSES, addresses.SCHEMA)
    of_one = (addresses.commitment_changes, addresses.commitment_dates, addresses.commitment_json, addresses.badge)
    assert [address for address in (*of_all, *(each("ID") for each in of_one)) if f"`{address}`" not in GUIDE] == []
