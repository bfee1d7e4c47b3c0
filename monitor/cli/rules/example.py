"""`rules example`: a story, or a sentence about it, becomes an example of a rule in one step."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import DateTimeParam, echo_json, fields_of, session, settings_of
from monitor.cli.inbox_commands import story_beginning
from monitor.cli.match_replay import RULES_OPTION, read_entries, rules_folder
from monitor.cli.rules.story_sources import STORIES_OPTION
from monitor.domain.matching.explain_text import near_miss_text
from monitor.domain.matching.rules import acts_of
from monitor.pipeline.apply_readings import person_effects
from monitor.rulebook import load_rulebook
from monitor.rulebook.source.example_lines import EFFECTS, NOT_ABOUT
from monitor.rulebook.source.source_map import did_you_mean
from monitor.workbench.authoring.add_example import ExampleText, add_example
from monitor.workbench.testing.failure_text import example_failure

if TYPE_CHECKING:
    from monitor.domain.matching.rules import Rulebook
    from monitor.domain.model import Story
    from monitor.store import Store

OWNERSHIP = (
    "warning: news text belongs to its publisher. Before these rules leave the house, say it in a sentence of your own "
    "(rules example RULE --text '…')"
)


@click.command()
@click.argument("rule")
@click.option("--text", help="The sentence; with a --story of the database, your own words for it.")
@click.option(
    "--story",
    "story_id",
    metavar="ID",
    help="A story: its id in --stories, or its beginning in the database, whose rules are the configured ones.",
)
@STORIES_OPTION
@RULES_OPTION
@click.option(
    "--effect",
    type=click.Choice(EFFECTS),
    help="What it must mean [what a person read in the story, else what RULE reads now].",
)
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
    """Append an example to RULE (commitment/act), in the file of examples beside its commitment, and show what the rules say of
    it now.

    Comments and layout stay as they are. A text that is an example already is refused, without --effect also one that
    RULE does not read, and an edit after which the rules would not load is taken back.
    """
    if near_miss and effect not in (None, "none", "not_about"):
        raise click.UsageError(f"a near miss is none or not_about, and cannot be {effect}")
    stored = story_id is not None and stories is None
    root = folder or (settings_of().rules if stored else rules_folder(None))
    rulebook = load_rulebook(root, examples=True)
    require_rule(rulebook, rule)
    if story_id is not None and stories is None:
        with session() as app:
            found = story_beginning(app.store, story_id, "--story")
            make_example(root, rule, found, app.store, text=text, effect=effect, near_miss=near_miss, as_json=as_json)
        return
    if (text is None) == (story_id is None):
        raise click.UsageError("give the sentence by --text, or a story by --story")
    wording = ExampleText(text or "", summary, published and published.date())
    if stories is not None and story_id is not None:
        entry = next((entry for entry in read_entries(stories) if entry.id == story_id), None)
        if entry is None:
            raise click.UsageError(f"there is no story {story_id!r} in {stories}")
        wording = ExampleText(entry.title, entry.summary, entry.published and entry.published.date())
    _append(root, rulebook, rule, wording, effect, near_miss=near_miss, as_json=as_json)
    if story_id is not None:
        click.echo(OWNERSHIP, err=True)


def require_rule(rulebook: Rulebook, rule: str) -> None:
    """Raises BadParameter, with the nearest name, for what is no act of the rules."""
    known = acts_of(rulebook)
    if rule not in known:
        raise click.BadParameter(f"there is no rule {rule!r}. {did_you_mean(rule, known)}", param_hint="RULE")


def make_example(
    root: Path,
    rule: str,
    story: Story,
    store: Store,
    *,
    text: str | None = None,
    effect: str | None = None,
    near_miss: bool = False,
    as_json: bool = False,
) -> None:
    """Makes a stored story an example of a rule: its own words or `text`, with the effect given, else the one that a person read
    in it, else what the rule reads."""
    rulebook = load_rulebook(root, examples=True)
    if effect is None and not near_miss:
        with store.read() as conn:
            read = person_effects(conn, rulebook, story)
        if read is not None:
            found = read.get(rulebook.rules[rule].commitment)
            effect = NOT_ABOUT if found is None else found.value
    day = story.published_at.date()
    wording = ExampleText(story.title, story.summary, day) if text is None else ExampleText(text, published=day)
    _append(root, rulebook, rule, wording, effect, near_miss=near_miss, as_json=as_json)
    if text is None:
        click.echo(OWNERSHIP, err=True)


def _append(
    root: Path,
    rulebook: Rulebook,
    rule: str,
    wording: ExampleText,
    effect: str | None,
    *,
    near_miss: bool,
    as_json: bool,
) -> None:
    """Appends the example and prints what the rules say of it."""
    if not wording.text.strip():
        raise click.UsageError("the text is empty")
    added = add_example(root, rulebook, rule, wording, effect or "", near_miss=near_miss)
    result, near = added.result, added.near_miss
    if as_json:
        values = fields_of(result, "expected", "got", "passed", "decided", "matched", "blocked")
        place = {"path": str(added.path), "line": added.line, "rule": result.rule, "written": added.written}
        lacks = {**fields_of(near, "rule", "effect"), "lacks": near_miss_text(near)} if near else None
        echo_json({**place, **values, "near_miss": lacks})
        return
    click.echo(f"{added.path}:{added.line}: {added.written}")
    if result.passed:
        because = result.decided or "; ".join(result.blocked) or "nothing matched"
        click.echo(f"The rules say {result.got}: {because}")
        return
    click.echo(example_failure(result))
    if near is not None:
        click.echo(f"     nearest: {near.rule} would read {near.effect}: {near_miss_text(near)}")
    click.echo("It stands in the file, and rules test fails until the rules are changed.")
