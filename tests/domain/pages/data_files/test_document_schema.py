"""One description gives the JSON values and their schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from monitor.domain.pages.data_files.document_schema import DIALECT, json_schema, json_values
from monitor.domain.pages.data_files.documents import CommitmentFile, IndexFile

from monitor.domain.model import Outlook
from monitor.domain.model.news import Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part."""

    on: Annotated[Day, "A day."]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """The whole."""

    name: Annotated[str, "Its name."]
    at: Annotated[datetime | None, "A moment."]
    outlook: Annotated[Outlook, "A word."]
    parts: Annotated[tuple[Part, ...], "Its parts."]


def test_values_are_what_json_holds() -> None:
    whole = Whole(
        name="a\x00b",
        at=datetime.fromisoformat("2026-03-14T09:30:00+00:00"),
        outlook=Outlook.AT_RISK,
        parts=(Part(on=date(2026, 4, 1)),),
    )
    values = json_values(whole, lambda text: text.replace("\x00", ""))
    assert values == {
        "name": "ab",
        "at": "2026-03-14T09:30:00+00:00",
        "outlook": "at_risk",
        "parts": [{"on": "2026-04-01"}],
    }
    assert json.loads(json.dumps(values)) == values


def test_the_schema_says_what_each_field_is_and_allows_no_other() -> None:
    schema = json_schema("tag:x", Whole)
    assert (schema["$schema"], schema["$id"], schema["oneOf"]) == (DIALECT, "tag:x", [{"$ref": "#/$defs/Whole"}])
    whole = schema["$defs"]["Whole"]
    assert (whole["description"], whole["additionalProperties"]) == ("The whole.", False)
    assert whole["required"] == ["name", "at", "outlook", "parts"]
    assert whole["properties"] == {
        "name": {"description": "Its name.", "type": "string"},
        "at": {"description": "A moment.", "anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
        "outlook": {"description": "A word.", "enum": ["steady", "at_risk", "stalled"]},
        "parts": {"description": "Its parts.", "type": "array", "items": {"$ref": "#/$defs/Part"}},
    }


def test_the_format_of_the_files_is_seen_when_it_changes(golden: Callable[[str, str], None]) -> None:
    """Within v1 a field may join; none goes and none changes."""
    schema = json_schema("tag:deal-monitor.invalid,2026:schema/v1", IndexFile, CommitmentFile)
    golden("schema.json", json.dumps(schema, ensure_ascii=False, indent=1) + "\n")


def test_every_field_is_described_for_people() -> None:
    def fields(schema: Any) -> Iterator[tuple[str, str]]:
        for name, shape in schema["$defs"].items():
            yield name, shape["description"]
            yield from ((f"{name}.{key}", field["description"]) for key, field in shape["properties"].items())

    described = dict(fields(json_schema("tag:x", IndexFile, CommitmentFile)))
    assert [name for name, text in described.items() if not text.endswith(".")] == []
