"""Rows of evidence written as Markdown, CSV or JSON: whatever a headline holds, it stays text."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, astuple
from datetime import datetime
from itertools import groupby
from typing import Final

from monitor.domain.brief_words import capitals, clean, printable, words
from monitor.domain.citations import COLUMNS, Row, stamp

FORMAT: Final = "deal-monitor evidence"
VERSION: Final = 1

# ---------------------------------------------------------------- CSV

_FORMULA: Final = tuple("=+-@\t\r\n＝＋－＠")
"""What a spreadsheet takes for the beginning of a formula."""


def as_csv(rows: Sequence[Row], since: datetime | None, until: datetime | None) -> str:
    """RFC 4180: CRLF, quotes where they are needed. A cell that a spreadsheet would run begins with an apostrophe."""
    del since, until
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(value) for value in astuple(row)] for row in rows)
    return out.getvalue()


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text


# ---------------------------------------------------------------- JSON


def as_json(rows: Sequence[Row], since: datetime | None, until: datetime | None) -> str:
    """One object: what it is, its period, and the rows with all their columns."""
    whole = {
        "format": FORMAT, "version": VERSION, "since": stamp(since) if since else None,
        "until": stamp(until) if until else None, "rows": [asdict(row) for row in rows],
    }  # fmt: skip
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


# ---------------------------------------------------------------- Markdown

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>|~^&#$@!])")
_LINKED: Final = re.compile(r"(?<=\w)(:)(?=//)|(?<=www)(\.)", re.IGNORECASE)
"""Where some readers of Markdown make a link without being asked."""
_ISOLATE: Final = ("\u2068", "\u2069")


def as_markdown(rows: Sequence[Row], since: datetime | None, until: datetime | None) -> str:
    """A list of changes for each commitment, with a footnote for each sentence. Footnotes are named after the signal, so
    that they stay apart when pieces of several exports are pasted together."""
    lines = ["# Evidence", "", f"{_period(since, until)}. Times are UTC.", ""]
    for name, own in groupby(rows, key=lambda row: row.commitment):
        lines += _section(name, list(own))
    notes = {row.signal: row for row in rows if row.signal}
    numbers = _messages(rows)
    lines += [f"[^{_note(key)}]: {_citation(row, numbers.get(key, ''))}" for key, row in notes.items()]
    return "\n".join(lines).rstrip("\n") + "\n"


def _period(since: datetime | None, until: datetime | None) -> str:
    if since is None and until is None:
        return "All recorded changes"
    start = f" from {stamp(since)}" if since else ""
    return f"Changes recorded{start}{f' to {stamp(until)}' if until else ''}"


def _section(name: str, rows: list[Row]) -> list[str]:
    lines = [f"## {text(rows[0].commitment_name)} ({text(name)})", ""]
    for _, group in groupby((row for row in rows if row.record == "change"), key=lambda row: row.change):
        lines.append(_change(list(group)))
    apart = [row for row in rows if row.record == "signal"]
    lines += [
        f"- {row.happened}, {row.effect}, {row.state}: “{text(row.quotation)}”[^{_note(row.signal)}]" for row in apart
    ]
    return [*lines, ""]


def _change(rows: list[Row]) -> str:
    row = rows[0]
    shown = capitals if row.kind == "status" else words
    notes = "".join(f"[^{_note(one.signal)}]" for one in rows if one.signal)
    told = f" Told in message {row.messages.replace(' ', ', ')}." if row.messages else ""
    if row.url and not row.signal:
        told = f" By {text(row.outlet)} of {row.published}: “{text(row.quotation)}” <{row.url}>.{told}"
    moved = f"{text(shown(row.before)) or 'none'} → **{text(shown(row.after))}**"
    return f"- {row.changed_at}, {row.kind}: {moved} ({row.cause}). {text(row.reason).rstrip('.')}{notes}.{told}"


def _note(signal: str) -> str:
    return f"dm-{signal}"


def _messages(rows: Iterable[Row]) -> Mapping[str, str]:
    found: dict[str, set[int]] = {}
    for row in rows:
        found.setdefault(row.signal, set()).update(map(int, row.messages.split()))
    return {key: ", ".join(map(str, sorted(numbers))) for key, numbers in found.items()}


def _citation(row: Row, messages: str) -> str:
    """One footnote on one line."""
    speaker = f" ({text(row.origin)})" if row.origin else ""
    parts = [
        f"“{text(row.quotation)}”", f"{text(row.outlet)}, “{text(row.title)}”",
        f"<{row.url}>" if row.url else "no address",
        f"Published {row.published}, first seen {row.first_seen}, retrieved {row.retrieved}",
        f"Acts: {row.acts}. Word of: {row.says}{speaker}", f"Rule {text(row.rule)}, version {text(row.rule_version)}",
    ]  # fmt: skip
    if row.state != "live":
        parts.append(f"{row.state.replace('_', ' ').capitalize()}: {text(row.state_reason)}")
    if messages:
        parts.append(f"Told in message {messages}")
    return ". ".join(part.rstrip(".") for part in parts) + "."


def text(raw: str) -> str:
    """Foreign text as Markdown that shows it and does nothing else: one line, nothing that turns the direction of what
    follows, every mark escaped."""
    line = clean(printable(raw), 1000)
    escaped = _LINKED.sub(lambda found: f"\\{found.group()}", _SPECIAL.sub(r"\\\1", line))
    if any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in line):
        return escaped.join(_ISOLATE)
    return escaped


FORMATS: Final[Mapping[str, Callable[[Sequence[Row], datetime | None, datetime | None], str]]] = {
    "md": as_markdown, "csv": as_csv, "json": as_json,
}  # fmt: skip
