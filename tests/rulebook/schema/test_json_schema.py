"""Editors see what `check` sees: the schemas are the shapes, whole, explained, and the same on every machine."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from monitor import rulebook
from monitor.rulebook import json_schema
from monitor.rulebook.json_schema import SHAPES, modeline, schemas, write_schema_files
from monitor.rulebook.load import check_rulebook
from monitor.rulebook.schema.descriptions import DESCRIPTIONS, POLICY_DESCRIPTIONS
from monitor.rulebook.schema.models import PolicyShape
from monitor.rulebook.source.rule_source import read_yaml
from tests.builders import rules_folder
from tests.builders.shipped_rules import ROOT
from tests.builders.tables import table

ALL = schemas()


def inner(schema: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """A schema and every schema inside it, with the keys that lead there."""
    yield path, schema
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from inner(schema[key], f"{path}/{key}")
    for key, one in schema.get("properties", {}).items():
        yield from inner(one, f"{path}/{key}")
    for number, one in enumerate(schema.get("anyOf", ())):
        yield from inner(one, f"{path}/{number}")


EVERY = [(f"{name}{path}", one) for name, whole in ALL.items() for path, one in inner(whole)]


@pytest.mark.parametrize("name", ALL)
def test_a_schema_is_draft_7_with_a_title_and_stands_alone(name: str) -> None:
    assert ALL[name]["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert ALL[name]["title"]
    text = json.dumps(ALL[name])
    assert "$ref" not in text
    assert "$defs" not in text


def test_every_key_and_word_has_its_meaning_and_no_meaning_is_unused() -> None:
    keys = [(path, key, one) for path, whole in EVERY for key, one in whole.get("properties", {}).items()]
    assert len(keys) > 120
    assert [f"{path}.{key}" for path, key, one in keys if not one.get("description")] == []
    lists = [(path, one) for path, one in EVERY if "enum" in one]
    assert len(lists) > 25
    for path, one in lists:
        assert len(one.get("enumDescriptions", ())) == len(one["enum"]), path
        assert all(one["enumDescriptions"]), path
        assert all(f"`{word}`" in one["description"] for word in one["enum"] if word), path
    used = {word for _, one in EVERY for word in (*one.get("enum", ()), *one.get("properties", ()))}
    assert {word for table in DESCRIPTIONS for word in table} <= used
    assert set(POLICY_DESCRIPTIONS) == set(PolicyShape.model_fields)


def test_the_keys_that_a_schema_asks_for_and_allows_are_those_of_the_shape() -> None:
    for name, (shape, _, _) in SHAPES.items():
        fields = shape.model_fields.items()
        assert set(ALL[name]["properties"]) == {field.alias or key for key, field in fields}
        assert set(ALL[name].get("required", ())) == {
            field.alias or key for key, field in fields if field.is_required()
        }
        assert ALL[name]["additionalProperties"] is False


@pytest.mark.slow
def test_schemas_are_the_same_on_every_machine() -> None:
    script = (
        "from monitor.rulebook import json_schema as j; print(''.join(map(j.as_text, j.schemas().values())), end='')"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert told == {"".join(map(json_schema.as_text, ALL.values())).encode()}


def test_each_file_names_the_schema_of_its_place() -> None:
    cases = {"sources.yaml": "sources", "policy.yaml": "policy", "deal/deal.yaml": "deal"}
    cases |= {"deal/reader-examples.yaml": "reader-examples", "deal/beans.yaml": "commitment"}
    cases |= {"deal/policy.yaml": "commitment", "vocabulary/words.yaml": "vocabulary", "tests/a.yaml": "scenarios"}
    for path, name in cases.items():
        up = "../" if "/" in path else ""
        assert modeline(path) == f"# yaml-language-server: $schema={up}.schema/{name}.json\n"


def test_rule_files_are_laid_with_their_schemas(tmp_path: Path) -> None:
    root = rules_folder.write(tmp_path)
    before = rulebook.load_rulebook(root)
    write_schema_files(root)
    written = write_schema_files(root)
    assert {path.name for path in written} == {f"{name}.json" for name in SHAPES}
    for path in root.rglob("*.yaml"):
        first, second = path.read_text(encoding="utf-8").splitlines()[:2]
        assert "yaml-language-server" not in second
        assert (path.parent / first.partition("$schema=")[2]).resolve() in {one.resolve() for one in written}
    assert rulebook.load_rulebook(root).version == before.version


# ---------------------------------------------------------------- the schema itself, applied


def faults(schema: Any, value: Any, path: str = "") -> Iterator[str]:
    """A small reading of the keywords above: what an editor would mark."""
    if schema is True or (value is None and "null" in schema.get("type", ())):
        return
    if "anyOf" in schema and all(any(faults(one, value)) for one in schema["anyOf"]):
        yield f"{path}: anyOf"
    if value not in schema.get("enum", [value]) or value != schema.get("const", value):
        yield f"{path}: enum"
    if "type" in schema and not any(_is(kind, value) for kind in _kinds(schema)):
        yield f"{path}: type"
    elif isinstance(value, dict):
        yield from _mapping(schema, value, path)
    elif isinstance(value, list):
        yield from (
            fault for n, one in enumerate(value) for fault in faults(schema.get("items", True), one, f"{path}/{n}")
        )
        if len(value) < schema.get("minItems", 0):
            yield f"{path}: minItems"


def _mapping(schema: Mapping[str, Any], value: Mapping[str, Any], path: str) -> Iterator[str]:
    known, other = schema.get("properties", {}), schema.get("additionalProperties", True)
    yield from (f"{path}: missing {key}" for key in schema.get("required", ()) if key not in value)
    for key, one in value.items():
        if key in known or other is not False:
            yield from faults(known.get(key, other), one, f"{path}/{key}")
        else:
            yield f"{path}/{key}: unknown"


def _kinds(schema: Mapping[str, Any]) -> list[str]:
    return [schema["type"]] if isinstance(schema["type"], str) else schema["type"]


KINDS: Mapping[type, set[str]] = {dict: {"object"}, list: {"array"}, str: {"string"}, int: {"integer", "number"}}
OTHER_KINDS: Mapping[type, set[str]] = {float: {"number"}, bool: {"boolean"}, type(None): {"null"}}


def _is(kind: str, value: Any) -> bool:
    return kind in {**KINDS, **OTHER_KINDS}[type(value)]


def test_an_editor_finds_nothing_wrong_with_the_shipped_rules() -> None:
    for path in sorted((ROOT / "rules").rglob("*.yaml")):
        source, _ = read_yaml(path.read_text(encoding="utf-8"), path.name)
        assert source is not None
        schema = ALL[Path(modeline(path.relative_to(ROOT / "rules").as_posix())).stem]
        assert list(faults(schema, source.value)) == [], path


@pytest.mark.parametrize(("old", "new", "path"), table("json_schema", "an_editor_and_check_refuse_the_same"))
def test_an_editor_and_check_refuse_the_same(tmp_path: Path, old: str, new: str, path: str) -> None:
    assert old in rules_folder.COMMITMENT
    text = rules_folder.COMMITMENT.replace(old, new, 1)
    source, _ = read_yaml(text, "beans.yaml")
    assert source is not None
    assert path in list(faults(ALL["commitment"], source.value))
    assert check_rulebook(rules_folder.write(tmp_path, beans=text))[0] is None
