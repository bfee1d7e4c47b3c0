"""`rules example`: a story, or a sentence about it, becomes an example of a rule in one step."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import echo_json, session
from monitor.cli.match_replay import RULES_OPTION, rules_folder
from monitor.cli.rules.story_sources import STORIES_OPTION

if TYPE_CHECKING:
    from monitor.workbench.authoring.add_example import AddedExample, ExampleText

EFFECTS = ("pledge", "progress", "delivered", "setback", "breach", "threat", "deadline", "none", "not_about")
OWNERSHIP = (
    "warning: news text belongs to its publisher. Before these rules leave the house, say it in a sentence of your own "
    "(rules example RULE --text '…')"
)


@click.command()
@click.argument("rule")
@click.option("--text", help="The sentence.")
@click.option("--story", "story_id", metavar="ID", help="A story: its id in --stories, or in the database.")
@STORIES_OPTION
@RULES_OPTION
@click.option("--effect", type=click.Choice(EFFECTS), help="What it must mean [what the rules read in it now].")
@click.option("--near-miss", is_flag=True, help="It must not match: none, or not_about where nothing is about it.")
@click.option("--summary", default="", help="With --text: the text under the headline.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def example(
    ctx: click.Context,
    rule: str,
    text: str | None,
    story_id: str | None,
    stories: Path | None,
    folder: Path | None,
    effect: str | None,
    summary: str,
    *,
    near_miss: bool,
    as_json: bool,
) -> None:
    """Append an example to RULE (commitment/act) in its file, and show what the rules say of it now.

    Comments and layout stay as they are. A text that is an example already is refused, and an edit after which the
    rules would not load is taken back.
    """
    from monitor.rulebook import load_rulebook
    from monitor.rulebook.source.source_map import did_you_mean
    from monitor.workbench.authoring.add_example import ExampleText, add_example, rules_with_examples

    if (text is None) == (story_id is None):
        raise click.UsageError("give the sentence by --text, or a story by --story")
    if near_miss and effect not in (None, "none", "not_about"):
        raise click.UsageError(f"a near miss is none or not_about, and cannot be {effect}")
    wording = ExampleText(text, summary) if text is not None else _story_words(ctx, str(story_id), stories)
    if not wording.text.strip():
        raise click.UsageError("the text is empty")
    root = rules_folder(folder)
    rulebook = load_rulebook(root)
    if rule not in rules_with_examples(rulebook):
        raise click.BadParameter(
            f"there is no rule {rule!r}. {did_you_mean(rule, rules_with_examples(rulebook))}", param_hint="RULE"
        )
    added = add_example(root, rulebook, rule, wording, effect or "", near_miss=near_miss)
    if as_json:
        echo_json(_example_values(added))
    else:
        _show(added)
    if story_id is not None:
        click.echo(OWNERSHIP, err=True)


def _story_words(ctx: click.Context, story_id: str, stories: Path | None) -> ExampleText:
    """The words of a story of a file, or of the database."""
    found = _in_file(story_id, stories) if stories is not None else _in_database(ctx, story_id)
    if found is None:
        place = stories if stories is not None else "the database"
        raise click.UsageError(f"there is no story {story_id!r} in {place}")
    return found


def _in_file(story_id: str, path: Path) -> ExampleText | None:
    from monitor.cli.match_replay import read_entries
    from monitor.workbench.authoring.add_example import ExampleText

    entry = next((entry for entry in read_entries(path) if entry.key == story_id), None)
    return ExampleText(entry.title, entry.summary) if entry else None


def _in_database(ctx: click.Context, story_id: str) -> ExampleText | None:
    from monitor.store import stories
    from monitor.workbench.authoring.add_example import ExampleText

    with session(ctx) as app, app.store.read() as conn:
        story = stories.by_ids(conn, [story_id]).get(story_id)
    return ExampleText(story.title, story.summary) if story else None


def _show(added: AddedExample) -> None:
    from monitor.workbench.testing.failure_text import example_failure

    result = added.result
    click.echo(f"{added.path}:{added.line}: - {added.written}")
    if result.passed:
        click.echo(f"The rules say {result.got}: {result.decided or '; '.join(result.blocked) or 'nothing matched'}")
    else:
        click.echo(example_failure(result))
        click.echo("It stands in the file, and rules test fails until the rules are changed.")


def _example_values(added: AddedExample) -> dict[str, Any]:
    result = added.result
    return {
        "path": str(added.path),
        "line": added.line,
        "rule": result.rule,
        "written": added.written,
        "expected": result.expected,
        "got": result.got,
        "passed": result.passed,
        "decided": result.decided,
        "matched": result.matched,
        "blocked": result.blocked,
    }
