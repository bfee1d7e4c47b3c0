"""`rules example`: a story, or a sentence about it, becomes an example of a rule in one step."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from monitor.cli.common import DateTimeParam, echo_json, fields_of
from monitor.cli.match_replay import RULES_OPTION, read_entries, rules_folder
from monitor.cli.rules.story_sources import STORIES_OPTION, stored_story
from monitor.domain.model import Effect
from monitor.rulebook import load_rulebook
from monitor.rulebook.source.source_map import did_you_mean
from monitor.workbench.authoring.add_example import ExampleText, add_example, rules_with_examples
from monitor.workbench.testing.failure_text import example_failure

EFFECTS = (*(effect.value for effect in Effect), "not_about")
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
@click.option(
    "--published", type=DateTimeParam(), help="With --text: its day, where the rule counts on some days only."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def example(
    rule: str,
    text: str | None,
    story_id: str | None,
    stories: Path | None,
    folder: Path | None,
    effect: str | None,
    summary: str,
    published: datetime | None,
    *,
    near_miss: bool,
    as_json: bool,
) -> None:
    """Append an example to RULE (commitment/act) in its file, and show what the rules say of it now.

    Comments and layout stay as they are. A text that is an example already is refused, and an edit after which the
    rules would not load is taken back.
    """
    if (text is None) == (story_id is None):
        raise click.UsageError("give the sentence by --text, or a story by --story")
    if near_miss and effect not in (None, "none", "not_about"):
        raise click.UsageError(f"a near miss is none or not_about, and cannot be {effect}")
    if story_id is None:
        wording = ExampleText(text or "", summary, published and published.date())
    elif stories is not None:
        entry = next((entry for entry in read_entries(stories) if entry.key == story_id), None)
        if entry is None:
            raise click.UsageError(f"there is no story {story_id!r} in {stories}")
        wording = ExampleText(entry.title, entry.summary, entry.published_at and entry.published_at.date())
    else:
        story = stored_story(story_id)
        if story is None:
            raise click.UsageError(f"there is no story {story_id!r} in the database")
        wording = ExampleText(story.title, story.summary, story.published_at.date())
    if not wording.text.strip():
        raise click.UsageError("the text is empty")
    root = rules_folder(folder)
    rulebook = load_rulebook(root)
    known = rules_with_examples(rulebook)
    if rule not in known:
        raise click.BadParameter(f"there is no rule {rule!r}. {did_you_mean(rule, known)}", param_hint="RULE")
    added = add_example(root, rulebook, rule, wording, effect or "", near_miss=near_miss)
    result = added.result
    if as_json:
        values = fields_of(result, "expected", "got", "passed", "decided", "matched", "blocked")
        place = {"path": str(added.path), "line": added.line, "rule": result.rule, "written": added.written}
        echo_json({**place, **values})
    else:
        click.echo(f"{added.path}:{added.line}: - {added.written}")
        if result.passed:
            because = result.decided or "; ".join(result.blocked) or "nothing matched"
            click.echo(f"The rules say {result.got}: {because}")
        else:
            click.echo(example_failure(result))
            click.echo("It stands in the file, and rules test fails until the rules are changed.")
    if story_id is not None:
        click.echo(OWNERSHIP, err=True)
