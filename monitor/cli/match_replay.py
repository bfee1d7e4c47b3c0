"""`match` and `replay`: archived stories through the rules, or the whole verdict. Outside tools rely on both."""

from __future__ import annotations

import gzip
import os
import tomllib
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from monitor.cli.common import EXISTING_FILE, FOLDER, bundled, echo_json, fields_of, program_option
from monitor.domain.messages.wording import detail_text
from monitor.domain.model import By, Says, Signal
from monitor.domain.model.changes import notation
from monitor.domain.model.sides import as_written
from monitor.domain.text.labels import label_of
from monitor.errors import ConfigError, ReplayError
from monitor.long_work import counted

if TYPE_CHECKING:
    from monitor.domain.matching.rules import Rulebook
    from monitor.domain.model import Entry, Transition
    from monitor.replay import RecordedReadings

STORIES = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
READINGS_OPTION = click.option(
    "--readings", type=EXISTING_FILE, help="Recorded readings (.jsonl or .jsonl.gz), used in place of a model."
)
STORIES_OPTION = click.option(
    "--stories", type=EXISTING_FILE, help="Use the stories of a file (.jsonl or .jsonl.gz) instead of the database."
)
RULES_OPTION = click.option(
    "--rules", "folder", type=FOLDER, help="Rules folder [that of config.toml, else ./rules, else the shipped rules]."
)
SIGNAL_FIELDS = ("effect", "by", "says", "rule", "quote")
"""Fields of a signal in JSON, after its commitment."""


def as_in_rules(signal: Signal, rulebook: Rulebook) -> Signal:
    """The signal with the parties as rule files write them: `both` for the two parties of its deal."""
    parties = rulebook.commitments[signal.commitment].parties
    by, says = (as_written(word, parties) for word in (signal.by.value, signal.says.value))
    return replace(signal, by=By(by), says=Says(says))


def rules_folder(folder: Path | None) -> Path:
    """The given folder, else that of the configuration, else ./rules, else the shipped rules. Only that key is read, so
    that errors elsewhere do not get in the way. Raises ConfigError if the file of --config cannot be read."""
    if folder is not None:
        return folder
    named = program_option("config")
    try:
        config = Path(named or os.environ.get("DEAL_MONITOR_CONFIG") or "config.toml")
        table = tomllib.loads(config.read_text(encoding="utf-8-sig")).get("monitor", {})
        return config.parent / Path(table.get("rules", "rules")).expanduser()
    except (OSError, ValueError, AttributeError) as error:
        if named is not None:
            text = f"{named}: the rules folder cannot be read from it: {error}; correct it, or name a rules folder"
            raise ConfigError(text, subject=named) from error
    here = Path("rules")
    return here if here.is_dir() else bundled("rules")


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """The non-blank lines of a file, gzipped or not (-: standard input), with their numbers. Raises ReplayError after
    the last readable line if the file is not UTF-8 or the gzip is damaged."""
    number = 0
    try:
        with gzip.open(path) if path.suffix == ".gz" else click.open_file(str(path), "rb") as stream:
            # Decoded line by line, so that an error names the line and not the buffer.
            lines = (line.decode() for line in stream)
            for number, line in enumerate(counted(lines, f"reading {path.name}", unit="stories"), 1):
                if line.strip():
                    yield number, line
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise ReplayError(f"{path}:{number + 1}: cannot be read from here on: {error}", subject=str(path)) from None


def numbered_stories(path: Path) -> Iterator[tuple[str, Entry]]:
    """The stories of a file with the ids as written. Raises ReplayError at the first unusable line."""
    from monitor.replay import as_entry, read_story

    for number, line in numbered_lines(path):
        written = read_story(line, number, str(path))
        yield written["id"], as_entry(written, number, str(path))


def read_entries(path: Path) -> list[Entry]:
    """All stories of a file. Raises ReplayError with the first unusable line."""
    return [entry for _, entry in numbered_stories(path)]


def read_recorded(path: Path | None, rulebook: Rulebook) -> RecordedReadings | None:
    """The recorded readings of a file, None without a file. Raises ReplayError with the first unusable line."""
    from monitor.domain.reading.question import speakers
    from monitor.replay import recorded_readings

    if path is None:
        return None
    return recorded_readings(numbered_lines(path), str(path), speakers(rulebook))


def warn_of_refused(recorded: RecordedReadings | None, path: Path | None) -> None:
    """Prints to stderr the number of readings that do not count, and the reason for the first."""
    refused = recorded.refused if recorded is not None else ()
    problems = [f"{r.match.commitment} {r.match.effect} “{r.match.quote}”: {r.why}" for r in refused]
    if recorded is not None and (problems := [*recorded.unknown, *problems]):
        click.echo(f"{path}: matches refused: {len(problems)}; the first, {problems[0]}", err=True)


@click.command()
@RULES_OPTION
@READINGS_OPTION
@click.option("--json", "as_json", is_flag=True, help="One JSON line per story line, in the same order.")
@click.argument("stories", type=STORIES, default="-")
def match(folder: Path | None, readings: Path | None, stories: Path, *, as_json: bool) -> None:
    """Match each story of STORIES with the rules (.jsonl or .jsonl.gz; default: standard input).

    Each line is a JSON object with the strings id, title and published (an ISO date or time), and optionally source,
    url, summary and lang.
    """
    from monitor.domain.matching.match import match as match_story
    from monitor.domain.matching.rules import is_outside
    from monitor.domain.messages.who_read import rule_or_readers
    from monitor.replay import line_as_story
    from monitor.rulebook import load_rulebook

    rulebook = load_rulebook(rules_folder(folder))
    recorded = read_recorded(readings, rulebook)
    for given, entry in numbered_stories(stories):
        story = line_as_story(entry)
        found = recorded.joined(story, rulebook, recorded.of_line(given)) if recorded else match_story(story, rulebook)
        signals = [as_in_rules(signal, rulebook) for signal in found if not is_outside(signal, rulebook)]
        if as_json:
            matches = [fields_of(signal, "commitment", *SIGNAL_FIELDS) for signal in signals]
            echo_json({"id": given, "matches": matches})
        elif signals:
            click.echo(story.title)
            for s in signals:
                click.echo(f"  {s.commitment}: {s.effect}  says {s.says}  [{rule_or_readers(s)}]  “{s.quote}”")
    warn_of_refused(recorded, readings)


@click.command()
@RULES_OPTION
@READINGS_OPTION
@click.option(
    "--verdicts",
    type=click.File("w", encoding="utf-8", lazy=False),
    metavar="FILE",
    help="Write every initial verdict and every later change of one to FILE, as JSON lines.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON line per change that would send a message.")
@click.argument("stories", type=EXISTING_FILE)
def replay(
    folder: Path | None, readings: Path | None, verdicts: IO[str] | None, stories: Path, *, as_json: bool
) -> None:
    """Replay the dated stories of STORIES (.jsonl or .jsonl.gz) in order of time, and decide every verdict.

    It prints every change that would send a message, and sends none. The file of --verdicts has a line for each
    change of standing, outlook or flags, announced or not: at, commitment, standing, outlook, flags and reason.
    """
    from monitor.replay import Replay, VerdictLine, in_replay_order
    from monitor.rulebook import load_rulebook

    rulebook = load_rulebook(rules_folder(folder))
    line = in_replay_order(read_entries(stories), rulebook)
    recorded = read_recorded(readings, rulebook)

    def write(decided: VerdictLine) -> None:
        echo_json(decided.as_json(), verdicts)

    replay = Replay(rulebook, readings=recorded, on_verdict=write if verdicts else None)
    for change in replay.play(counted(line, "deciding", len(line), "stories")):
        if not change.by_itself:
            continue
        if as_json:
            echo_json(change.as_json())
            continue
        t = change.transition
        tags = ", ".join((t.kind, *dict.fromkeys(flag.kind for flag in t.flags)))
        short = rulebook.commitments[t.commitment].short
        click.echo(f"{t.at:%Y-%m-%d %H:%M}  {short}: {moved_text(t)}  ({tags})")
        click.echo(f"    {detail_text(t.reason.detail, rulebook.parties)}")
    warn_of_refused(recorded, readings)


def moved_text(transition: Transition) -> str:
    """ "at risk -> in force"; "-" for no value."""
    was, now = map(label_of, notation(transition.change))
    return f"{was or '-'} -> {now}"
