"""JSON files as bytes: every promise in short, all of one, and their schema."""

from __future__ import annotations

import json
from typing import Any

from monitor.domain.pages.data_files.document_schema import json_schema, json_values
from monitor.domain.pages.data_files.documents import CommitmentFile, FileValues, IndexFile
from monitor.site.names import cleaned, tag


def document_file(document: FileValues) -> bytes:
    """A document as JSON, its texts without control characters and half characters."""
    return _as_bytes(json_values(document, cleaned))


def schema_file() -> bytes:
    """The JSON Schema of all these files; the same everywhere."""
    return _as_bytes(json_schema(tag("schema/v1"), IndexFile, CommitmentFile))


def _as_bytes(values: Any) -> bytes:
    return (json.dumps(values, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()
