"""`rules example`: adds a story, or a sentence, to the examples of a rule."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import echo_json, fields_of, settings_of
from monitor.cli.match_replay import RULES_OPTION, rules_folder
from monitor.cli.rules.story_sources import STORIES_OPTION, find_story
from monitor.domain.matching.explain_text import near_miss_text
from monitor.domain.matching.rules import acts_of
from monitor.rulebook import load_rulebook
from monitor.rulebook.source.example_lines import EFFECTS, NOT_ABOUT
from monitor.rulebook.source.rule_source import did_you_mean
from monitor.workbench.add_example import AddedExample, ExampleText, add_example
from monitor.workbench.rule_test_reports import example_failure

if TYPE_CHECKING:
    pass

NEAR_MISS = "near-miss"
OWNERSHIP = (
    "warning: news text belongs to its publisher. Before you share these rules, replace it by a sentence of your own "
    "(rules example RULE STORY --text '…')"
)


@click.command()
@click.argument("rule")
@click.argument("story")
@click.option("--text", help="Your own sentence for the story, instead of its headline.")
@click.option(
    "--effect",
    type=click.Choice([*EFFECTS, NEAR_MISS]),
    help="The expected effect; near-miss: none or not_about [a person's reading, else the effect that RULE finds].",
)
@STORIES_OPTION
@RULES_OPTION
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def example(
    rule: str,
    story: str,
    text: str | None,
    effect: str | None,
    stories: Path | None,
    folder: Path | None,
    *,
    as_json: bool,
) -> None:
    """Add STORY to the examples of RULE (commitment/act), and show how the rules read it.

    STORY is a sentence, the id of a stored story, or a JSON line. The rest of the example file stays unchanged. A
    repeated text is refused, and so is a text that RULE does not match, unless --effect is given.
    """
    given = find_story(story, stories)
    root = folder or (settings_of().monitor.rules if given.stored else rules_folder(None))
    rulebook = load_rulebook(root, examples=True)
    known = acts_of(rulebook)
    if rule not in known:
        raise click.BadParameter(f"there is no rule {rule!r}. {did_you_mean(rule, known)}", param_hint="RULE")
    near_miss, expected = effect == NEAR_MISS, "" if effect in (None, NEAR_MISS) else str(effect)
    if given.stored and effect is None:
        # The effect of a person's reading for the commitment of the rule, if a person has read the story.
        from monitor.pipeline.apply_readings import person_effects
        from monitor.runtime.session import open_database

        with closing(open_database(settings_of())) as store, store.read() as conn:
            read = person_effects(conn, rulebook, given.story)
        if read is not None:
            meant = read.get(rulebook.rules[rule].commitment)
            expected = NOT_ABOUT if meant is None else meant.value
    dated = given.story.id != "given"
    day = given.story.published_at.date() if dated else None
    news = ExampleText(given.story.title, given.story.summary, day)
    wording = news if text is None else ExampleText(text, published=day)
    if not wording.text.strip():
        raise click.UsageError("the text is empty")
    _show(add_example(root, rulebook, rule, wording, expected, near_miss=near_miss), as_json=as_json)
    if dated and text is None:
        click.echo(OWNERSHIP, err=True)


def _show(added: AddedExample, *, as_json: bool) -> None:
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
        click.echo(f"The rules find {result.got}: {because}")
        return
    click.echo(example_failure(result))
    if near is not None:
        click.echo(f"     nearest: {near.rule} would give {near.effect}: {near_miss_text(near)}")
    click.echo("The example is in the file. rules test fails until the rules match it.")
