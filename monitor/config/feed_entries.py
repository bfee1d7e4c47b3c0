"""Adds feeds to config.toml as text, so that comments and order stay as they are."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.config.read_settings import load_settings
from monitor.config.toml_lines import key_lines
from monitor.errors import ConfigError

LONGEST_NAME = 40
"""Characters of a generated name: people type it, and tables show it (estimate)."""
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """A feed to add. interval: seconds; lang and zone: '' to leave them out; aggregator: it carries others' reports."""

    name: str
    url: str
    publisher: str
    interval: int
    lang: str = ""
    zone: str = ""
    aggregator: bool = False

    def lines(self) -> tuple[str, ...]:
        """The feed as a TOML table. TOML strings are JSON strings, but for one control character."""
        size, unit = next((size, unit) for size, unit in _UNITS if self.interval % size == 0)
        values = {"name": self.name, "url": self.url, "publisher": self.publisher}
        values |= {"interval": f"{self.interval // size}{unit}", "lang": self.lang, "zone": self.zone}
        quoted = {key: json.dumps(value, ensure_ascii=False) for key, value in values.items() if value}
        written = [f"{key} = {value}".replace("\x7f", "\\u007f") for key, value in quoted.items()]
        return ("[[feeds]]", *written, *(["aggregator = true"] if self.aggregator else []))


def feed_name(wanted: str, host: str, taken: Collection[str]) -> str:
    """A free name for a feed, made from `wanted`, else from the host."""
    words = (re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") for text in (wanted, host.removeprefix("www.")))
    slug = next(filter(None, words), "feed")
    if len(slug) > LONGEST_NAME:
        slug = slug[: LONGEST_NAME + 1].rpartition("-")[0] or slug[:LONGEST_NAME]
    names = [slug, *(f"{slug}-{number}" for number in range(2, len(taken) + 2))]
    return next(name for name in names if name not in taken)


def with_feeds(text: str, feeds: Sequence[FeedEntry]) -> str:
    """A valid config.toml with these feeds after its last one, else at its end."""
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines()
    last = max((end for path, (_, end) in key_lines(text).items() if path[0] == "feeds"), default=len(lines))
    blocks = [line for feed in feeds for line in ("", *feed.lines())]
    after = lines[last:]
    parted = [""] if after and after[0].strip() else []
    return newline.join([*lines[:last], *blocks, *parted, *after, ""])


def add_feeds(file: Path, feeds: Sequence[FeedEntry], environ: Mapping[str, str] | None = None) -> tuple[int, ...]:
    """Write these feeds into the file, all or none, and return the line of each.

    A draft with the same mode is checked first and then renamed over the file. environ: as for `load_settings`. Raises
    ConfigError if the result cannot be used or written; then the file is unchanged.
    """
    target = file.resolve()
    try:
        data = target.read_bytes()
        text = data.decode("utf-8-sig")
        encoding = "utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8"
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as folder:
            draft = Path(folder) / target.name
            draft.write_bytes(with_feeds(text, feeds).encode(encoding))
            shutil.copymode(target, draft)
            # Relative paths in the draft must start at the folder of the real file.
            settings = load_settings(draft, environ, base=target.parent)
            draft.replace(target)
    except ConfigError as error:
        problem = f"{str(error).replace(str(draft), str(file))}\n{file} is unchanged"
        raise ConfigError(problem, subject=str(file)) from None
    except OSError as error:
        remedy = "add the feed by hand, as `--dry-run` shows it"
        raise ConfigError(f"{file}: cannot be changed: {error.strerror}; {remedy}", subject=str(file)) from None
    numbers = {feed.name: number for number, feed in enumerate(settings.feeds)}
    return tuple(settings.place(("feeds", numbers[feed.name])).line for feed in feeds)
