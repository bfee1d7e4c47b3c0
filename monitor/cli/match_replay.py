"""`match` and `replay`: archived stories through the rules, or the whole verdict. Outside tools rely on both."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from monitor.cli.common import EXISTING_FILE, FOLDER, bundled, echo_json, pluralised, program_option
from monitor.domain.messages.wording import detail_text
from monitor.domain.model.changes import notation
from monitor.domain.text.labels import label_of
from monitor.errors import ConfigError
from monitor.long_work import counted

if TYPE_CHECKING:
    from monitor.domain.model import Transition
    from monitor.replay import RecordedReadings

STORIES = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
READINGS_OPTION = click.option(
    "--readings", type=EXISTING_FILE, help="Recorded readings (.jsonl or .jsonl.gz), used in place of a model."
)
STORIES_OPTION = click.option(
    "--stories",
    type=EXISTING_FILE,
    help="Use the stories of a file (.jsonl, .jsonl.gz or .parquet) instead of the database.",
)
RULES_OPTION = click.option(
    "--rules", "folder", type=FOLDER, help="Rules folder [that of config.toml, else ./rules, else the shipped rules]."
)


def parts_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of work on files in parts."""
    jobs = click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Processes that match.")
    text = "Keep the matches of finished files in FOLDER. A repeated command continues after them."
    return jobs(click.option("--resume", type=FOLDER, metavar="FOLDER", help=text)(command))


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


def warn_of_refused(recorded: RecordedReadings | None, path: Path | None) -> None:
    """Prints to stderr the number of readings that do not count, and the reason for the first."""
    refused = recorded.refused if recorded is not None else ()
    problems = [f"{r.match.commitment} {r.match.effect} “{r.match.quote}”: {r.why}" for r in refused]
    if recorded is not None and (problems := [*recorded.unknown, *problems]):
        click.echo(f"{path}: matches refused: {len(problems)}; the first, {problems[0]}", err=True)


@click.command()
@RULES_OPTION
@READINGS_OPTION
@parts_options
@click.option("--json", "as_json", is_flag=True, help="One JSON line per story line, in the same order.")
@click.argument("stories", type=STORIES, nargs=-1)
def match(
    folder: Path | None,
    readings: Path | None,
    stories: tuple[Path, ...],
    *,
    jobs: int,
    resume: Path | None,
    as_json: bool,
) -> None:
    """Match each story of STORIES with the rules (.jsonl, .jsonl.gz or .parquet; default: standard input).

    Each line is a JSON object with the strings id, title and published (an ISO date or time), and optionally source,
    url, summary and lang. A Parquet file has them as columns. The answers keep the order of the files and lines.
    """
    from monitor.replay import STANDARD_INPUT, match_line, match_text, read_recorded
    from monitor.rulebook import load_rulebook
    from monitor.runtime.archive_parts import KeptAnswers, LineMatcher, line_answers

    if resume is not None and STANDARD_INPUT in (stories or (STANDARD_INPUT,)):
        raise click.UsageError("--resume needs files: standard input cannot be read again")
    rulebook = load_rulebook(rules_folder(folder))
    recorded = read_recorded(readings, rulebook)
    matcher = LineMatcher(rulebook, recorded, match_line if as_json else match_text)
    kept = KeptAnswers(resume, matcher, readings) if resume is not None else None
    for text in line_answers(stories or (STANDARD_INPUT,), matcher, jobs, kept):
        click.echo(text, nl=False)
    if matcher.silent:
        click.echo(f"{pluralised(matcher.silent, 'story', 'stories')} without a signal", err=True)
    warn_of_refused(recorded, readings)


@click.command()
@RULES_OPTION
@READINGS_OPTION
@parts_options
@click.option(
    "--verdicts",
    type=click.File("w", encoding="utf-8", lazy=False),
    metavar="FILE",
    help="Write every initial verdict and every later change of one to FILE, as JSON lines.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON line per change that would send a message.")
@click.argument("stories", type=EXISTING_FILE, nargs=-1, required=True)
def replay(
    folder: Path | None,
    readings: Path | None,
    stories: tuple[Path, ...],
    *,
    jobs: int,
    resume: Path | None,
    verdicts: IO[str] | None,
    as_json: bool,
) -> None:
    """Replay the dated stories of STORIES (.jsonl, .jsonl.gz or .parquet) in order of time, and decide every verdict.

    It prints every change that would send a message, and sends none. The file of --verdicts has a line for each
    change of standing, outlook or flags, announced or not: at, commitment, standing, outlook, flags and reason.
    Several processes match; one decides, in order.
    """
    from monitor.replay import RecordedReadings, Replay, VerdictLine, in_replay_order, read_entries, read_recorded
    from monitor.rulebook import load_rulebook
    from monitor.runtime.archive_parts import KeptAnswers, LineMatcher, line_answers, signals_line, signals_of_texts

    rulebook = load_rulebook(rules_folder(folder))
    recorded = read_recorded(readings, rulebook)
    if jobs > 1 or resume is not None:
        matcher = LineMatcher(rulebook, recorded, signals_line)
        kept = KeptAnswers(resume, matcher, readings) if resume is not None else None
        found = signals_of_texts(line_answers(stories, matcher, jobs, kept))
        recorded = recorded or RecordedReadings({})
        recorded.found = found
    line = in_replay_order(chain.from_iterable(map(read_entries, stories)), rulebook)

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
