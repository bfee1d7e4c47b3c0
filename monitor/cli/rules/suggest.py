"""`rules suggest`: words that readers' texts have and an act lacks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import echo_lines, pluralised, settings_of
from monitor.cli.match_replay import READINGS_OPTION, RULES_OPTION, rules_folder
from monitor.cli.rules.reader_texts import read_texts
from monitor.cli.rules.story_sources import NOW_OPTION, SINCE_OPTION, STORIES_OPTION, Since
from monitor.cli.rules.story_text import wrapped
from monitor.domain.matching.rules import acts_of
from monitor.long_work import long_work
from monitor.rulebook import load_rulebook
from monitor.rulebook.source.source_map import did_you_mean
from monitor.workbench.authoring.suggest import MOST_SUGGESTED, suggest
from monitor.workbench.rule_clauses import file_of

if TYPE_CHECKING:
    from monitor.domain.matching.rules import RuleInfo
    from monitor.workbench.authoring.suggest import Suggestions

SAMPLES = 2
"""Titles shown of each word."""


@click.command("suggest")
@click.argument("act")
@STORIES_OPTION
@READINGS_OPTION
@RULES_OPTION
@SINCE_OPTION
@NOW_OPTION
@click.option("--limit", type=click.IntRange(1), default=MOST_SUGGESTED, show_default=True, help="Show so many words.")
@click.option("--json", "as_json", is_flag=True, help="A JSON line a word, and one that counts the texts.")
def suggest_(
    *,
    act: str,
    stories: Path | None,
    readings: Path | None,
    folder: Path | None,
    since: Since | None,
    now: datetime | None,
    limit: int,
    as_json: bool,
) -> None:
    """Words and short phrases that stand in texts which readers read as ACT (commitment/act) means, and that ACT lacks.

    The texts are those of the database that a model or people have read, or the stories of a file with recorded readings. The
    words are ranked by how much more often they stand there than in other texts near the deal. Nothing is edited.
    """
    root = folder or (rules_folder(None) if stories else settings_of().rules)
    rulebook = load_rulebook(root)
    known = acts_of(rulebook)
    if act not in known:
        raise click.BadParameter(f"there is no rule {act!r}. {did_you_mean(act, known)}", param_hint="ACT")
    texts = read_texts(stories, readings, since, now, rulebook)
    with long_work("looking for words"):
        found = suggest(texts, rulebook, act, most=limit)
    source = f" --stories {stories}" if stories else " --since 30d"
    command = f"deal-monitor rules diff --file {file_of(root, known[act].path)}{source}"
    echo_lines(as_json=as_json, values=suggestion_values(found), text=suggestion_text(found, known[act], command))


def suggestion_values(found: Suggestions) -> Iterator[dict[str, Any]]:
    """Each word with its counts and titles as JSON; the last line counts the texts."""
    for word in found.words:
        titles = found.samples_of(word, SAMPLES)
        counts = {"count": len(word.titles), "others": word.others, "z": round(word.z, 2)}
        yield {"what": "word", "words": word.words, **counts, "titles": titles}
    missing, effect = len(found.missing), found.effect
    texts = {"read": found.read, "missing": missing, "others": found.others}
    yield {"what": "summary", "act": found.act, "effect": effect, **texts, "words": len(found.words)}


def suggestion_text(found: Suggestions, info: RuleInfo, command: str) -> Iterator[str]:
    """The same for people, and how to try a word."""
    if not found.missing:
        meaning = f"{info.commitment}: {found.effect}"
        said = f"Readers read no text as {meaning}"
        if found.read:
            said = f"{found.act} matches every text that readers read as {meaning}"
        yield from wrapped(f"{said}: there is nothing to look for words in.")
        return
    texts = pluralised(found.read, "text")
    yield from wrapped(
        f"Readers read {texts} as {info.commitment}: {found.effect}; {found.act} does not match {len(found.missing):,} of "
        f"them. Below: words of these, set against {pluralised(found.others, 'other text')} near the deal."
    )
    if not found.words:
        yield "No word tells them apart."
        return
    yield ""
    yield f"{'here':>6}{'others':>8}{'z':>6}  words"
    for word in found.words:
        yield f"{len(word.titles):>6}{word.others:>8}{word.z:>6.1f}  {word.words}"
        for title in found.samples_of(word, SAMPLES):
            yield from wrapped(title, 22, 24)
    yield ""
    yield from wrapped(f"Write what fits into a pattern of {found.act} ({info.path}:{info.line}), then try it:")
    yield f"  {command}"
