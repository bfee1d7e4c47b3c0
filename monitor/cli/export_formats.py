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

from monitor.domain.messages.citations import COLUMNS, CitationRow, format_timestamp
from monitor.domain.text.labels import label_of, status_caps
from monitor.domain.text.plain import one_line, printable

FORMAT_NAME: Final = "deal-monitor evidence"
FORMAT_VERSION: Final = 1

# ---------------------------------------------------------------- CSV

_FORMULA_STARTS: Final = tuple("=+-@\t\r\n＝＋－＠")
"""What a spreadsheet takes for the beginning of a formula."""


def as_csv(rows: Sequence[CitationRow], since: datetime | None, until: datetime | None) -> str:
    """RFC 4180: CRLF, quotes where they are needed. A cell that a spreadsheet would run begins with an apostrophe."""
    del since, until
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(value) for value in astuple(row)] for row in rows)
    return out.getvalue()


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) or text.lstrip().startswith(_FORMULA_STARTS) else text


# ---------------------------------------------------------------- JSON


def as_json(rows: Sequence[CitationRow], since: datetime | None, until: datetime | None) -> str:
    """One object: what it is, its period, and the rows with all their columns."""
    whole = {
        "format": FORMAT_NAME, "version": FORMAT_VERSION, "since": format_timestamp(since) if since else None,
        "until": format_timestamp(until) if until else None, "rows": [asdict(row) for row in rows],
    }  # fmt: skip
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


# ---------------------------------------------------------------- Markdown

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>|~^&#$@!])")
_LINKED: Final = re.compile(r"(?<=\w)(:)(?=//)|(?<=www)(\.)", re.IGNORECASE)
"""Where some readers of Markdown make a link without being asked."""
_ISOLATE: Final = ("\u2068", "\u2069")


def as_markdown(rows: Sequence[CitationRow], since: datetime | None, until: datetime | None) -> str:
    """A list of changes for each commitment, with a footnote for each sentence. Footnotes are named after the signal, so
    that they stay apart when pieces of several exports are pasted together."""
    lines = ["# Evidence", "", f"{_period(since, until)}. Times are UTC.", ""]
    for name, own in groupby(rows, key=lambda row: row.commitment):
        lines += _section(name, list(own))
    notes = {row.signal: row for row in rows if row.signal}
    numbers = _messages_by_signal(rows)
    lines += [f"[^{_footnote_id(key)}]: {_citation(row, numbers.get(key, ''))}" for key, row in notes.items()]
    return "\n".join(lines).rstrip("\n") + "\n"


def _period(since: datetime | None, until: datetime | None) -> str:
    if since is None and until is None:
        return "All recorded changes"
    start = f" from {format_timestamp(since)}" if since else ""
    return f"Changes recorded{start}{f' to {format_timestamp(until)}' if until else ''}"


def _section(name: str, rows: list[CitationRow]) -> list[str]:
    lines = [f"## {escape_markdown(rows[0].commitment_name)} ({escape_markdown(name)})", ""]
    for _, group in groupby((row for row in rows if row.record == "change"), key=lambda row: row.change):
        lines.append(_change_markdown(list(group)))
    apart = [row for row in rows if row.record == "signal"]
    lines += [
        f"- {row.happened}, {row.effect}, {row.state}: “{escape_markdown(row.quotation)}”[^{_footnote_id(row.signal)}]"
        for row in apart
    ]
    return [*lines, ""]


def _change_markdown(rows: list[CitationRow]) -> str:
    row = rows[0]
    shown = status_caps if row.kind == "status" else label_of
    notes = "".join(f"[^{_footnote_id(one.signal)}]" for one in rows if one.signal)
    told = f" Told in message {row.messages.replace(' ', ', ')}." if row.messages else ""
    if row.url and not row.signal:
        told = f" By {escape_markdown(row.outlet)} of {row.published}: “{escape_markdown(row.quotation)}” <{row.url}>.{told}"
    moved = f"{escape_markdown(shown(row.before)) or 'none'} → **{escape_markdown(shown(row.after))}**"
    return f"- {row.changed_at}, {row.kind}: {moved} ({row.cause}). {escape_markdown(row.reason).rstrip('.')}{notes}.{told}"


def _footnote_id(signal: str) -> str:
    return f"dm-{signal}"


def _messages_by_signal(rows: Iterable[CitationRow]) -> Mapping[str, str]:
    found: dict[str, set[int]] = {}
    for row in rows:
        found.setdefault(row.signal, set()).update(map(int, row.messages.split()))
    return {key: ", ".join(map(str, sorted(numbers))) for key, numbers in found.items()}


def _citation(row: CitationRow, messages: str) -> str:
    """One footnote on one line."""
    speaker = f" ({escape_markdown(row.origin)})" if row.origin else ""
    parts = [
        f"“{escape_markdown(row.quotation)}”", f"{escape_markdown(row.outlet)}, “{escape_markdown(row.title)}”",
        f"<{row.url}>" if row.url else "no address",
        f"Published {row.published}, first seen {row.first_seen}, retrieved {row.retrieved}",
        f"Acts: {row.acts}. Word of: {row.says}{speaker}", f"Rule {escape_markdown(row.rule)}, version {escape_markdown(row.rule_version)}",
    ]  # fmt: skip
    if row.state != "live":
        parts.append(f"{row.state.replace('_', ' ').capitalize()}: {escape_markdown(row.state_reason)}")
    if messages:
        parts.append(f"Told in message {messages}")
    return ". ".join(part.rstrip(".") for part in parts) + "."


def escape_markdown(raw: str) -> str:
    """Foreign text as Markdown that shows it and does nothing else: one line, nothing that turns the direction of what
    follows, every mark escaped."""
    line = one_line(printable(raw), 1000)
    escaped = _LINKED.sub(lambda found: f"\\{found.group()}", _SPECIAL.sub(r"\\\1", line))
    if any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in line):
        return escaped.join(_ISOLATE)
    return escaped


FORMATS: Final[Mapping[str, Callable[[Sequence[CitationRow], datetime | None, datetime | None], str]]] = {
    "md": as_markdown, "csv": as_csv, "json": as_json,
}  # fmt: skip
