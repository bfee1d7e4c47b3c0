"""Files for machines read as their programs would: JSON against its schema, calendars, feeds."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker


def _is_moment(value: object) -> bool:
    """Aware, as RFC 3339 asks: the library checks moments only with a further package."""
    return not isinstance(value, str) or datetime.fromisoformat(value).utcoffset() is not None


FORMATS = FormatChecker(formats=("date",))
FORMATS.checks("date-time", raises=ValueError)(_is_moment)


def check_json(files: Mapping[str, bytes]) -> dict[str, Any]:
    """All JSON files of a site by address, each of which the schema allows as what it is."""
    found = {address: json.loads(content) for address, content in files.items() if address.endswith(".json")}
    schema = found.pop("api/v1/schema.json")
    for address, document in found.items():
        kind = "IndexFile" if address == "api/v1/index.json" else "CommitmentFile"
        exact = Draft202012Validator({**schema, "anyOf": [{"$ref": f"#/$defs/{kind}"}]}, format_checker=FORMATS)
        problems = [f"{address}: {'/'.join(map(str, e.path))}: {e.message[:200]}" for e in exact.iter_errors(document)]
        assert problems == []
    return found
