"""The cases of tests that hold one claim over many of them, kept in tables/ by test file."""

import json
from pathlib import Path
from typing import Any


def table(file: str, name: str) -> Any:
    """The rows of a table as tuples, or what it holds by key."""
    text = (Path(__file__).parent / "tables" / f"{file}.json").read_text(encoding="utf-8")
    found = json.loads(text)[name]
    return found if isinstance(found, dict) else [tuple(row) if isinstance(row, list) else row for row in found]
