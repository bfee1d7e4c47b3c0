"""The shapes of rule files as JSON Schema (draft 7, which editors read best): what `check` validates with, for editors."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import BaseModel

from monitor.rulebook.load import DEAL, POLICY, SOURCES, TESTS, VOCABULARY
from monitor.rulebook.schema.descriptions import descriptions_of
from monitor.rulebook.schema.models import CommitmentShape, DealShape, PolicyShape, SourcesShape, VocabularyShape
from monitor.rulebook.testing.scenarios import ScenariosShape

Schema: TypeAlias = dict[str, Any]

FOLDER = ".schema"
"""Inside a folder of rules, so that a rule file finds its schema wherever the folder goes."""
DRAFT = "http://json-schema.org/draft-07/schema#"

SHAPES: Mapping[str, tuple[type[BaseModel], str, str]] = {
    "commitment": (CommitmentShape, "Commitment", "*/*.yaml"),
    "deal": (DealShape, "Deal", f"*/{DEAL}"),
    "vocabulary": (VocabularyShape, "Vocabulary", f"{VOCABULARY}/*.yaml"),
    "sources": (SourcesShape, "Publishers", SOURCES),
    "policy": (PolicyShape, "Policy", POLICY),
    "scenarios": (ScenariosShape, "Scenarios", f"{TESTS}/*.yaml"),
}
"""Name of a schema -> shape, title, and the files inside a folder of rules that it describes (for commitments: the rest)."""


def schemas() -> dict[str, Schema]:
    """Every schema by its name; the same on every machine."""
    return {name: schema_of(shape, title) for name, (shape, title, _) in SHAPES.items()}


def schema_of(shape: type[BaseModel], title: str) -> Schema:
    """The schema of one shape, whole in itself: editors show what is written where it is used."""
    raw = shape.model_json_schema(by_alias=True)
    filled = _with_references_resolved(raw, raw.pop("$defs", {}))
    return {"$schema": DRAFT, **_with_descriptions_only(filled), "title": title}


def as_text(schema: Schema) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema into a folder, as `<name>.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in schemas().items():
        path = folder / f"{name}.json"
        path.write_text(as_text(schema), encoding="utf-8")
        written.append(path)
    return written


def schema_for(inner: str) -> str:
    """The name of the schema of a file, by its path inside the folder of rules."""
    folder, _, name = inner.rpartition("/")
    by_place = {SOURCES: "sources", POLICY: "policy"} if not folder else {DEAL: "deal"}
    by_folder = {VOCABULARY: "vocabulary", TESTS: "scenarios"}
    return by_folder.get(folder) or by_place.get(name, "commitment")


def modeline(inner: str) -> str:
    """The first line of a rule file that tells editors its schema."""
    up = "../" * inner.count("/")
    return f"# yaml-language-server: $schema={up}{FOLDER}/{schema_for(inner)}.json\n"


# ---------------------------------------------------------------- from what pydantic writes


def _with_references_resolved(value: Any, definitions: Mapping[str, Any]) -> Any:
    """The same with every reference replaced by what it names; words beside a reference go before those of its target."""
    if isinstance(value, list):
        return [_with_references_resolved(item, definitions) for item in value]
    if not isinstance(value, dict):
        return value
    beside = {key: _with_references_resolved(item, definitions) for key, item in value.items() if key != "$ref"}
    if "$ref" not in value:
        return beside
    return {**_with_references_resolved(definitions[value["$ref"].rpartition("/")[2]], definitions), **beside}


def _with_descriptions_only(schema: Schema) -> Schema:
    """Without the titles that pydantic makes of names, and with a line for each word that may stand in a place."""
    out: Schema = _walk(schema, lambda one: _with_descriptions(_maybe_empty(_with_named_keys(_without_noise(one)))))
    return out


def _walk(value: Any, change: Callable[[Schema], Schema]) -> Any:
    """Every schema inside a schema changed, from the innermost out. What stands in data (examples, defaults) stays."""
    if isinstance(value, list):
        return [_walk(item, change) for item in value]
    if not isinstance(value, dict):
        return value
    out = {}
    for key, item in value.items():
        if key == "properties":
            out[key] = {name: _walk(inner, change) for name, inner in item.items()}
        else:
            out[key] = item if key in _DATA_KEYS else _walk(item, change)
    return change(out)


_DATA_KEYS = frozenset(
    {"default", "enum", "const", "examples", "required", "enumDescriptions", "dependencies", "if", "then", "else"}
)
"""Keys whose values are no schemas, or conditions that nobody reads."""


def _without_noise(schema: Schema) -> Schema:
    """Without titles made of names, and without defaults that say nothing."""
    return {key: value for key, value in schema.items() if key != "title" and (key != "default" or value)}


def _maybe_empty(schema: Schema) -> Schema:
    """One thing that may be left empty: as that thing, not as a choice."""
    rest = [part for part in schema.get("anyOf", ()) if part != {"type": "null"}]
    if len(rest) != 1 or len(schema["anyOf"]) != 2:
        return schema
    outer = {key: value for key, value in schema.items() if key != "anyOf"}
    out = {**rest[0], **outer, "type": [rest[0]["type"], "null"]}
    return {**out, "enum": [*out["enum"], None]} if "enum" in out else out


def _with_named_keys(schema: Schema) -> Schema:
    """Keys that come from a fixed list become properties, which editors can complete and explain."""
    names = _words(schema.get("propertyNames", {}))
    if not names:
        return schema
    inner, lines = schema["additionalProperties"], descriptions_of(names) or [""] * len(names)
    out = {key: value for key, value in schema.items() if key != "propertyNames"}
    named = {
        name: {**deepcopy(inner), "description": "\n\n".join(filter(None, (line, inner.get("description"))))}
        for name, line in zip(names, lines, strict=True)
    }
    return {**out, "properties": named, "additionalProperties": False}


def _words(schema: Schema) -> list[str]:
    """The words that a schema allows, if it allows nothing else."""
    parts: list[Schema] = schema.get("anyOf", [schema])
    found = [part.get("enum", [part["const"]] if "const" in part else []) for part in parts]
    return [word for words in found for word in words] if all(found) else []


def _with_descriptions(schema: Schema) -> Schema:
    """One list of words in place of several, and their meanings: for completion, and below the hover text."""
    words = _words(schema)
    lines = descriptions_of([word for word in words if word])
    if not words or lines is None:
        return schema
    out = {key: value for key, value in schema.items() if key not in ("anyOf", "const")}
    out.update(type=schema.get("type", "string"), enum=words)
    told = dict(zip([word for word in words if word], lines, strict=True))
    out["enumDescriptions"] = [told.get(word, "Left open.") for word in words]
    shown = "\n".join(f"- `{word}`: {line}" for word, line in told.items())
    if shown not in (said := schema.get("description", "")):
        out["description"] = f"{said}\n\n{shown}".strip()
    return out
