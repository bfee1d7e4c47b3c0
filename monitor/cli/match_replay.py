"""`match` and `replay`: archived stories through the rules, and through the whole verdict. Outside tools rely on both."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from monitor.cli.common import bundled, echo_json
from monitor.domain.messages.wording import reason_text
from monitor.domain.model.notation import notation
from monitor.errors import ReplayError

if TYPE_CHECKING:
    from monitor.domain.matching.rules import Rulebook
    from monitor.domain.model import Entry, Signal
    from monitor.replay import ReplayedChange

RULES_OPTION = click.option(
    "--rules",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of rules [./rules, else the shipped ones].",
)
PROGRESS_EVERY = 5000


def rules_folder(folder: Path | None) -> Path:
    if folder is not None:
        return folder
    here = Path("rules")
    return here if here.is_dir() else bundled("rules")


def numbered_lines(stream: IO[str], name: str) -> Iterator[tuple[int, str]]:
    """The lines of a story file that are not blank, with their numbers; progress goes to stderr on a terminal."""
    counted = sys.stderr.isatty()
    for number, line in enumerate(decoded_lines(stream, name), 1):
        if counted and number % PROGRESS_EVERY == 0:
            click.echo(f"\r{name}: {number} stories", err=True, nl=False)
        if line.strip():
            yield number, line
    if counted:
        click.echo("", err=True)


def decoded_lines(stream: IO[str], name: str) -> Iterator[str]:
    """The lines of `stream`; ReplayError after the last one that can be read, if it is no UTF-8 or broken gzip."""
    read = 0
    try:
        for line in stream:
            read += 1
            yield line
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise ReplayError(f"{name}:{read + 1}: cannot be read on from here: {error}", subject=name) from None


@click.command()
@RULES_OPTION
@click.option("--json", "as_json", is_flag=True, help="A JSON line for every story line, in the same order.")
@click.argument("stories", type=click.File("r", encoding="utf-8"), default="-")
def match(folder: Path | None, stories: IO[str], *, as_json: bool) -> None:
    """What the rules read in each story of STORIES (JSON lines; standard input by default).

    A line is a JSON object of texts: id, title and published (an ISO date or time), and where known source, url, summary
    and lang.
    """
    from monitor.domain.matching.match import match as match_story
    from monitor.domain.matching.rules import is_outside
    from monitor.replay import as_entry, line_as_story, read_story
    from monitor.rulebook import load_rulebook

    rulebook = load_rulebook(rules_folder(folder))
    for number, line in numbered_lines(stories, stories.name):
        story = read_story(line, number, stories.name)
        read = match_story(line_as_story(as_entry(story, number, stories.name)), rulebook)
        signals = [signal for signal in read if not is_outside(signal, rulebook)]
        if as_json:
            echo_json({"id": story["id"], "matches": [_match_values(s) for s in signals]})
        elif signals:
            click.echo(f"{story['title']}")
            for s in signals:
                click.echo(f"  {s.commitment}: {s.effect}  says {s.says}  [{s.rule}]  “{s.quote}”")


def _match_values(signal: Signal) -> dict[str, Any]:
    return {
        "commitment": signal.commitment, "effect": signal.effect.value, "by": signal.by.value,
        "says": signal.says.value, "rule": signal.rule, "quote": signal.quote,
    }  # fmt: skip


@click.command()
@RULES_OPTION
@click.option("--json", "as_json", is_flag=True, help="A JSON line a transition that would send a message.")
@click.argument("stories", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def replay(folder: Path | None, stories: Path, *, as_json: bool) -> None:
    """Dated stories of STORIES (.jsonl or .jsonl.gz) in time order through the whole verdict; nothing is sent."""
    from monitor.replay import Replay
    from monitor.rulebook import load_rulebook

    rulebook = load_rulebook(rules_folder(folder))
    for told in Replay(rulebook).run(read_entries(stories)):
        if as_json:
            echo_json(told.as_json())
        else:
            print_change(told, rulebook)


def read_entries(path: Path) -> list[Entry]:
    """All stories of a file; ReplayError names the first line that cannot be used."""
    from monitor.replay import as_entry, read_story

    with open_text(path) as stream:
        return [
            as_entry(read_story(line, number, str(path)), number, str(path))
            for number, line in numbered_lines(stream, str(path))
        ]


def open_text(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")


def print_change(told: ReplayedChange, rulebook: Rulebook) -> None:
    t = told.transition
    short = rulebook.commitments[t.commitment].short
    was, now = map(without_underscores, notation(t.change))
    moved = f"{was or '-'} -> {now}"
    click.echo(f"{t.at:%Y-%m-%d %H:%M}  {short}: {moved}  ({', '.join(change_tags(told))})")
    click.echo(f"    {reason_text(t.reason)}")


def change_tags(told: ReplayedChange) -> Iterable[str]:
    yield told.transition.kind.value
    yield from dict.fromkeys(flag.kind.value for flag in told.transition.flags)


def without_underscores(text: str) -> str:
    return text.replace("_", " ")
