"""Units of rule files as editors see them, and spans of time such as "60 days"; amounts are read by `written_amounts`."""

from __future__ import annotations

import re

_DAYS = re.compile(r"\s*(\d{1,4})\s*(day|week|month)s?\s*")
DAYS_SCHEMA = {
    "anyOf": [
        {"type": "integer", "minimum": 0},
        {"type": "string", "pattern": r"^\s*\d{1,4}\s*(day|week|month)s?\s*$"},
    ],
    "examples": ["60 days", "2 weeks"],
}
AMOUNT_SCHEMA = {"type": "string", "pattern": r"\d", "examples": ["12 Mt", "$30 billion", "100 units"]}
"""The same for editors, as JSON Schema."""
_DAYS_IN = {"day": 1, "week": 7, "month": 30}


def read_days(value: object) -> int:
    """Read "60 days", "2 weeks" or a bare number of days. A month is 30 days. Raises ValueError with a remedy."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    match = _DAYS.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("write a number of days, such as 60 days")
    return int(match[1]) * _DAYS_IN[match[2]]
