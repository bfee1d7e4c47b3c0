"""`rules migrate`: rule files of the older syntax in the new one, with the proof that they read the same."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import EXISTING_FOLDER, echo_lines, fields_of, pluralised
from monitor.cli.match_replay import rules_folder
from monitor.cli.rules.diff import RulesDiff, differences, names_of, stories_text, story_change_values
from monitor.cli.rules.story_sources import NOW_OPTION, STORIES_OPTION, Since, SinceParam, stories_since
from monitor.workbench.authoring.migration.migrate import migrated, take_over
from monitor.workbench.authoring.migration.wording import Forms

if TYPE_CHECKING:
    from monitor.workbench.authoring.migration.migrate import Migration

VERBS = {
    Forms.ALL: "<verb> stands where all its forms were listed",
    Forms.FINITE: "<verb> stands where all its finite forms were listed",
    Forms.SOME: "<verb> stands where two forms were listed",
}


@click.command()
@click.argument("folder", required=False, type=EXISTING_FOLDER)
@click.option(
    "--write/--dry-run",
    default=False,
    help="Put the new files into FOLDER, and the old ones into a folder beside it [only show what would change].",
)
@click.option(
    "--forms", "widen", is_flag=True, help="Write <verb> wherever two of its forms are listed: rules then read more."
)
@STORIES_OPTION
@click.option(
    "--since", type=SinceParam(), help="Also stories since then, of --stories or of the database: 90d, a date."
)
@NOW_OPTION
@click.option("--limit", default=10, show_default=True, help="Stories shown of each commitment, the newest first.")
@click.option("--json", "as_json", is_flag=True, help="A JSON line for every file and story, and one that sums up.")
def migrate(
    folder: Path | None,
    stories: Path | None,
    since: Since | None,
    now: datetime | None,
    *,
    write: bool,
    widen: bool,
    limit: int,
    as_json: bool,
) -> None:
    """Write the files of FOLDER, which are in the older syntax, in the new one, and show that they read the same.

    Examples go into files beside the commitments, exclusions under kinds of news, gives_way_to into a table of the deal,
    shared keys and days into defaults and phases; forms of a verb become <verb>, use names the sets that a file takes.
    Comments and the order of keys stay. Both rulebooks then read every example, the stories of the scenarios and, with
    --stories or --since, news.

    Exit code 3 if anything is read otherwise, 2 if the rules cannot be used.
    """
    root = rules_folder(folder)
    asked = stories_since(stories, since, now) if stories is not None or since is not None else []
    with tempfile.TemporaryDirectory(prefix="deal-monitor-migrate-") as scratch:
        result = migrated(root, Path(scratch), asked, widen=widen)
        backup = take_over(result) if write and result.changes else None
    echo_lines(as_json=as_json, values=_values(result, backup), text=_text(result, backup, limit))
    if not result.proof.same:
        raise SystemExit(3)


def _values(result: Migration, backup: Path | None) -> Iterator[dict[str, Any]]:
    for file in result.changes:
        yield {"what": "file", **fields_of(file, "path", "before", "after")}
    for left in result.written.left:
        yield {"what": "left", "path": left.path, "left": left.what}
    for example in result.proof.lost:
        yield {"what": "example", "example": example}
    yield from map(story_change_values, result.proof.changes)
    proof = fields_of(result.proof, "stories", "read", "same")
    yield {
        "what": "summary",
        **proof,
        "forms": result.forms.name.lower(),
        "spared": sorted(result.spared),
        "backup": str(backup) if backup else None,
    }


def _text(result: Migration, backup: Path | None, limit: int) -> Iterator[str]:
    if not result.changes:
        yield f"{result.folder}: nothing is in the older syntax"
        return
    for file in result.changes:
        before = "new" if file.before is None else f"{file.before:,}"
        yield f"  {before:>6} -> {file.after:<6,} lines  {file.path}"
    yield from (f"  stays as it is: {left.path}: {left.what}" for left in result.written.left)
    spared = f"; where all forms were, of {', '.join(sorted(result.spared))}" if result.spared else ""
    yield VERBS[result.forms] + spared
    yield from _proof_text(result, limit)
    if backup is not None:
        yield f"written; the files as they were are in {backup}"
    else:
        yield f"nothing was written; --write puts {pluralised(len(result.changes), 'file')} into {result.folder}"


def _proof_text(result: Migration, limit: int) -> Iterator[str]:
    """What is read otherwise, as `rules diff` tells it."""
    proof, before, after = result.proof, result.before, result.after
    if proof.same:
        yield f"{pluralised(proof.stories, 'example or story is', 'examples and stories are')} read the same"
        return
    names = names_of(before, after)
    yield from stories_text(
        RulesDiff(*differences(before, after), proof.stories, names, proof.read, proof.changes), limit
    )
    yield from (f"  this example is not the same: {example}" for example in proof.lost)
    yield ""
