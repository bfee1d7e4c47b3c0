"""JSON Schemas (draft 7, which editors support best) of the shapes that `rules check` validates, for editors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import BaseModel

from monitor.rulebook.load import DEAL, POLICY, READER_EXAMPLES, TESTS, VOCABULARY
from monitor.rulebook.publisher_file import SOURCES
from monitor.rulebook.schema.descriptions import descriptions_of
from monitor.rulebook.schema.models import CommitmentShape, DealShape, PolicyShape, SourcesShape, VocabularyShape
from monitor.rulebook.testing.reader_examples import ReaderExamplesShape
from monitor.rulebook.testing.scenarios import ScenariosShape

Schema: TypeAlias = dict[str, Any]

FOLDER = ".schema"
"""Inside a folder of rules, so that the schemas move with it."""
MODELINE = "# yaml-language-server:"
DRAFT = "http://json-schema.org/draft-07/schema#"

SHAPES: Mapping[str, tuple[type[BaseModel], str, str]] = {
    "commitment": (CommitmentShape, "Commitment", "*/*.yaml"),
    "deal": (DealShape, "Deal", f"*/{DEAL}"),
    "vocabulary": (VocabularyShape, "Vocabulary", f"{VOCABULARY}/*.yaml"),
    "sources": (SourcesShape, "Publishers", SOURCES),
    "policy": (PolicyShape, "Policy", POLICY),
    "scenarios": (ScenariosShape, "Scenarios", f"*/{TESTS}/*.yaml"),
    "reader-examples": (ReaderExamplesShape, "Examples for a reader", f"*/{READER_EXAMPLES}"),
}
"""Name of a schema -> shape, title, and its files in a folder of rules (for commitments: all others)."""
_DATA_KEYS = frozenset({"default", "enum", "const", "examples", "required", "enumDescriptions"})
"""Keys whose values are no schemas."""


def schemas() -> dict[str, Schema]:
    """Every schema by its name, without references: editors show descriptions where a shape is used."""
    by_name = {}
    for name, (shape, title, _) in SHAPES.items():
        raw = shape.model_json_schema(by_alias=True)
        by_name[name] = {"$schema": DRAFT, **_for_editors(raw, raw.pop("$defs", {})), "title": title}
    return by_name


def as_text(schema: Schema) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def write_schemas(folder: Path) -> list[Path]:
    """Writes every schema into a folder, as `<name>.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in schemas().items():
        path = folder / f"{name}.json"
        path.write_text(as_text(schema), encoding="utf-8")
        written.append(path)
    return written


def modeline(inner: str) -> str:
    """The first line of a rule file, which names its schema for editors. `inner` is its path inside the folder."""
    folder, _, name = inner.rpartition("/")
    of_root, of_deal = {SOURCES: "sources", POLICY: "policy"}, {DEAL: "deal", READER_EXAMPLES: "reader-examples"}
    by_place = of_deal if folder else of_root
    by_folder = {VOCABULARY: "vocabulary", TESTS: "scenarios"}
    schema, up = by_folder.get(folder.rpartition("/")[2]) or by_place.get(name, "commitment"), "../" * inner.count("/")
    return f"{MODELINE} $schema={up}{FOLDER}/{schema}.json\n"


def write_schema_files(rules: Path) -> list[Path]:
    """Writes the schemas next to the rules, and names its schema in the first line of every rule file."""
    for path in sorted(rules.rglob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        if MODELINE not in text:
            path.write_text(modeline(path.relative_to(rules).as_posix()) + text, encoding="utf-8")
    return write_schemas(rules / FOLDER)


# ---------------------------------------------------------------- from pydantic's schemas


def _for_editors(value: Any, definitions: Mapping[str, Schema]) -> Any:
    """Rewrites every schema inside a schema for editors, the innermost first. Data (examples, defaults) stays
    unchanged.

    1. References are replaced by their targets; keys next to a reference override those of the target.
    2. Titles that pydantic derives from names are dropped, and so are empty defaults.
    3. Keys from a fixed list become properties.
    4. A choice between a type and null becomes that type with null.
    5. Each allowed word gets its description.
    """
    if isinstance(value, list):
        return [_for_editors(item, definitions) for item in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        target = definitions[value["$ref"].rpartition("/")[2]]
        value = {**target, **{key: item for key, item in value.items() if key != "$ref"}}
    schema: Schema = {}
    for key, item in value.items():
        if key == "properties":
            schema[key] = {name: _for_editors(inner, definitions) for name, inner in item.items()}
        else:
            schema[key] = item if key in _DATA_KEYS else _for_editors(item, definitions)
    schema = {key: item for key, item in schema.items() if key != "title" and (key != "default" or item)}
    schema = _with_named_keys(schema)
    rest = [part for part in schema.get("anyOf", ()) if part != {"type": "null"}]
    if len(rest) == 1 and len(schema["anyOf"]) == 2:
        outer = {key: item for key, item in schema.items() if key != "anyOf"}
        schema = {**rest[0], **outer, "type": [rest[0]["type"], "null"]}
        schema |= {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    # Merges lists of words into one, and adds their meanings for completion and hover text.
    words = _words(schema)
    listed = words or [word for part in schema.get("anyOf", ()) for word in part.get("enum", ())]
    named = [word for word in listed if word]
    lines = descriptions_of(named)
    if not listed or lines is None:
        return schema
    meanings, out = dict(zip(named, lines, strict=True)), schema
    if words:  # otherwise other texts are allowed too
        out = {key: value for key, value in schema.items() if key not in ("anyOf", "const")}
        out.update(type=schema.get("type", "string"), enum=words)
        out["enumDescriptions"] = [meanings.get(word, "Left open.") for word in words]
    shown = "\n".join(f"- `{word}`: {line}" for word, line in meanings.items())
    if shown not in (described := schema.get("description", "")):
        out["description"] = f"{described}\n\n{shown}".strip()
    return out


def _with_named_keys(schema: Schema) -> Schema:
    """Turns keys from a fixed list into properties, which editors can complete and explain."""
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
    """The allowed words, if the schema allows nothing else."""
    parts: list[Schema] = schema.get("anyOf", [schema])
    of_parts = [part.get("enum", [part["const"]] if "const" in part else []) for part in parts]
    return [word for words in of_parts for word in words] if all(of_parts) else []
