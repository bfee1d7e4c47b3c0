"""The JSON files: whole, valid, and inert whatever the news says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from monitor.domain.pages.data_files.change_entries import change_entries
from monitor.domain.pages.data_files.file_documents import commitment_file, index_file
from monitor.site.json_files import document_file, schema_file

from tests.builders.hostile_messages import TITLES
from tests.builders.machine_files import check_json
from tests.builders.message_values import commitment, signal, story
from tests.builders.published_material import SOY, material


def written(**changes: Any) -> dict[str, Any]:
    """The files of a site with one promise, which their schema allows."""
    known = material(**changes)
    files = {
        "api/v1/schema.json": schema_file(),
        "api/v1/index.json": document_file(index_file(known)),
        f"api/v1/{SOY}.json": document_file(commitment_file(SOY, change_entries(SOY, known), known)),
    }
    return check_json(files)


def test_each_file_begins_with_its_schema_and_how_fresh_it_is() -> None:
    for document in written().values():
        assert list(document)[:5] == ["schema", "generated_at", "data_as_of", "rules", "program"]
        assert document["data_as_of"] == "2026-03-14T09:30:00+00:00"


def test_before_the_first_change_the_files_are_valid_too() -> None:
    index, one = written(history={}, published={}, last_read=None).values()
    assert (index["data_as_of"], index["commitments"][0]["last_change"], one["changes"]) == (None, None, [])


def test_the_schema_is_a_schema_and_takes_either_file_and_no_other() -> None:
    schema = json.loads(schema_file())
    Draft202012Validator.check_schema(schema)
    either, documents = Draft202012Validator(schema), written()
    assert [either.is_valid(document) for document in documents.values()] == [True, True]
    assert not either.is_valid({**documents["api/v1/index.json"], "more": 1})


@pytest.mark.parametrize("name", TITLES)
def test_hostile_words_stay_words(name: str) -> None:
    title = TITLES[name][:5000]
    documents = written(
        title=title,
        commitments={SOY: commitment(name=title, short=title)},
        signals={"s1": signal("s1", "a", quote=title, origin=title, rule=title)},
        stories={"a": story("a", title, (title,), title=title, url=f"javascript:{title}")},
    )
    (sentence,) = documents[f"api/v1/{SOY}.json"]["sentences"]
    assert sentence["url"] is None
    assert "\ud800" not in json.dumps(documents, ensure_ascii=False)
    assert "\u202e" not in json.dumps(documents, ensure_ascii=False)
