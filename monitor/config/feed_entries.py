"""Feeds written into config.toml: its text is added to, so that every comment and the order stay as they are."""

from __future__ import annotations

import json
import os
import re
import stat
import tempfile
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.config.load import load_settings
from monitor.config.toml_lines import end_of_tables
from monitor.errors import ConfigError

LONGEST_NAME = 40
"""Characters of a name that is made up here, an estimate: it is typed, and stands in tables."""
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))
_DROPPED = re.compile(r"^(www\d?|feeds?|rss|news)\.|\.(com?|org|net|gov|edu|int)(\.[a-z]{2})?$|\.[a-z]{2,}$")


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """A feed as config.toml is to hold it. interval: seconds; lang and zone: '' to leave them out."""

    name: str
    url: str
    publisher: str
    interval: int
    lang: str = ""
    zone: str = ""

    def lines(self) -> tuple[str, ...]:
        """The feed as a table."""
        values = {"name": self.name, "url": self.url, "publisher": self.publisher}
        values |= {"interval": written_interval(self.interval), "lang": self.lang, "zone": self.zone}
        return ("[[feeds]]", *(f"{key} = {_text(value)}" for key, value in values.items() if value))


def written_interval(seconds: int) -> str:
    """Seconds as config.toml has them: '15m', '1h', '90s'."""
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    return f"{seconds // size}{unit}"


def _text(value: str) -> str:
    """A text in quotes: TOML reads what JSON writes, but for one control character that JSON leaves as it is."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def feed_name(wanted: str, host: str, taken: Collection[str]) -> str:
    """A name that no feed has yet: made from what is wanted, else from the host ('www.herald.example' gives 'herald')."""
    name = _slug(wanted)
    while not name and host:
        shorter = _DROPPED.sub("", host)
        name, host = (_slug(host), "") if shorter in (host, "") else ("", shorter)
    name = name or "feed"
    number = next(number for number in range(1, len(taken) + 2) if _numbered(name, number) not in taken)
    return _numbered(name, number)


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}-{number}"


def _slug(text: str) -> str:
    """Small letters and digits with '-' between, cut at a '-' where one is near."""
    name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    if len(name) <= LONGEST_NAME:
        return name
    head, _, _ = name[: LONGEST_NAME + 1].rpartition("-")
    return head or name[:LONGEST_NAME]


# ---------------------------------------------------------------- into the file


def with_feeds(text: str, feeds: Sequence[FeedEntry]) -> str:
    """The text of a config.toml, which must be valid TOML, with these feeds behind its last one, else at its end."""
    newline = "\r\n" if "\r\n" in text else "\n"
    at = end_of_tables(text, "feeds")
    before, after = (text, "") if at is None else (text[:at], text[at:])
    blocks = "".join(newline + newline.join(feed.lines()) + newline for feed in feeds)
    if before and not before.endswith("\n"):
        before += newline
    # The one blank line that parts the last feed from the next section parts the new one from it as well.
    parted = not after or after.startswith(("\n", "\r\n"))
    return f"{before}{blocks}{'' if parted else newline}{after}"


def add_feeds(
    file: Path,
    feeds: Sequence[FeedEntry],
    overrides: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
) -> tuple[int, ...]:
    """Write these feeds into the file, all or none, and return the line where each begins.

    The result is loaded before it takes the file's place in one step; a link stays a link, and mode and owner stay. overrides,
    environ: as for `load_settings`. Raises ConfigError, with the file as it was, if the result could not be used or written.
    """
    target = file.resolve()
    try:
        data = target.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}", subject=str(file)) from None
    mark = data[: len(data) - len(text.encode())]
    draft: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
        draft = Path(name)
        with os.fdopen(handle, "wb") as stream:
            stream.write(mark + with_feeds(text, feeds).encode())
            stream.flush()
            os.fsync(stream.fileno())
        lines = _checked(draft, file, feeds, overrides, environ)
        _as_the_old_one(draft, target)
        if target.read_bytes() != data:
            raise ConfigError(f"{file}: was changed by somebody else meanwhile; try again", subject=str(file))
        draft.replace(target)
    except OSError as error:
        remedy = "write the feed into it by hand, as `--dry-run` shows it"
        raise ConfigError(f"{file}: cannot be written: {error.strerror}; {remedy}", subject=str(file)) from None
    finally:
        if draft is not None:
            draft.unlink(missing_ok=True)
    return lines


def _checked(
    draft: Path,
    file: Path,
    feeds: Sequence[FeedEntry],
    overrides: Mapping[str, Any] | None,
    environ: Mapping[str, str] | None,
) -> tuple[int, ...]:
    """The lines of the feeds in a draft of the file, once it has been loaded. Raises ConfigError as if it were the file."""
    try:
        settings = load_settings(draft, overrides, environ)
    except ConfigError as error:
        text = str(error).replace(str(draft), str(file))
        raise ConfigError(f"{text}\nnothing was written: {file} is as it was", subject=str(file)) from None
    numbers = {feed.name: number for number, feed in enumerate(settings.feeds)}
    return tuple(settings.place(("feeds", numbers[feed.name])).line for feed in feeds)


def _as_the_old_one(draft: Path, target: Path) -> None:
    """Give the draft mode and owner of the file that it takes the place of; another owner only where the system allows it."""
    old = target.stat()
    draft.chmod(stat.S_IMODE(old.st_mode))
    with suppress(PermissionError):
        os.chown(draft, old.st_uid, old.st_gid)
