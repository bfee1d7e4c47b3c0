"""`rules explain`: what the rules see in one story, and why it means what they say."""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import DateTimeParam, echo_json, settings_of
from monitor.cli.match_replay import numbered_lines, open_text, rules_folder
from monitor.domain.text.writing_systems import HAN_RANGE, KANA_RANGE, language_of

if TYPE_CHECKING:
    from monitor.domain.matching.rules import Rulebook
    from monitor.domain.model import Story
    from monitor.workbench.explaining.facts import (
        ActFact,
        CommitmentFact,
        ConditionFact,
        Explanation,
        MarkFact,
        NearMissFact,
        SignalFact,
    )

WIDTH = 80
LABEL_INDENT = 13
"""Where texts begin behind their labels."""
MAX_TEXT_SHOWN = 200
OUTCOME_COLOURS = {"won": "green", "lost": "yellow", "inside": "yellow", "blocked": "red"}
MAX_PLACES_SHOWN = 3
"""Places of one kind that are shown in full; the rest is counted."""
_ID = re.compile(r"[A-Za-z0-9][\w.:#/@?=&%+-]*", re.ASCII)
_WIDE = f"\u3000-\u303f{KANA_RANGE}{HAN_RANGE}\uff00-\uffef"
_PIECE = re.compile(rf"\s*(?:[{_WIDE}]|[^\s{_WIDE}]+)")
_LONG_GROUP = re.compile(r"\(([^()]{30,})\)")


@click.command()
@click.argument("story")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--stories",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Look the id up in this file (.jsonl or .jsonl.gz), not in the database.",
)
@click.option("--summary", default="", help="Summary of the story, where STORY is a headline.")
@click.option("--source", default="", help="Its publisher.")
@click.option("--published", type=DateTimeParam(), help="When it was published [now].")
@click.option("--lang", default="", help="Its language [zh if it holds Chinese characters, else en].")
@click.option("--commitment", default="", help="Show this commitment alone.")
@click.option("--json", "as_json", is_flag=True, help="All facts as one JSON object.")
@click.pass_context
def explain(
    ctx: click.Context,
    *,
    story: str,
    folder: Path | None,
    stories: Path | None,
    summary: str,
    source: str,
    published: datetime | None,
    lang: str,
    commitment: str,
    as_json: bool,
) -> None:
    """Show what the rules of FOLDER see in STORY: which commitments it concerns, by which words; each act with its
    clause, its hedges, what blocked it and what won.

    STORY is a headline, a story's id, a JSON line, a file that holds one, or - to read a line from standard input.
    """
    from monitor.rulebook import load_rulebook
    from monitor.workbench.explaining.explain import explain as explain_story

    rulebook = load_rulebook(rules_folder(folder))
    if commitment and commitment not in rulebook.commitments:
        raise click.BadParameter(_unknown(commitment, rulebook), param_hint="--commitment")
    given = {"summary": summary, "source": source, "lang": lang, "published": published}
    found = explain_story(find_story(ctx, story, stories, given), rulebook, commitment)
    if as_json:
        echo_json(found.as_json())
    else:
        for line in explanation_lines(found):
            click.echo(line)


def _unknown(name: str, rulebook: Rulebook) -> str:
    from monitor.cli.common import unknown_commitment

    return unknown_commitment(name, list(rulebook.commitments))


# ---------------------------------------------------------------- which story


def find_story(ctx: click.Context, text: str, stories: Path | None, given: dict[str, Any]) -> Story:
    """The story that STORY names or is; what is `given` by options fills in what it does not say itself."""
    text = sys.stdin.readline() if text == "-" else text
    if text.lstrip().startswith("{"):
        return _story_from_fields(_object(text, "STORY"), given)
    if text.lower().endswith((".json", ".jsonl", ".gz")) or (_ID.fullmatch(text) and Path(text).is_file()):
        return _story_from_fields(_one_line(Path(text)), given)
    if stories is not None:
        return _story_from_fields(_looked_up(text, stories), given)
    stored = _stored(ctx, text) if _ID.fullmatch(text) else None
    if stored is not None:
        return stored
    if _ID.fullmatch(text):
        click.echo(f"no stored story has the id {text!r}; read as a headline", err=True)
    return _story_from_fields({"title": text}, given)


def _object(text: str, name: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise click.BadParameter(f"{name} is no JSON object: {error}", param_hint="STORY") from None
    if not isinstance(value, dict) or not isinstance(value.get("title"), str):
        raise click.BadParameter(f'{name} has no "title"', param_hint="STORY")
    return value


def _one_line(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise click.BadParameter(f"there is no file {path}", param_hint="STORY")
    try:
        with open_text(path) as stream:
            lines = [line for _, line in zip(range(2), (line for line in stream if line.strip()), strict=False)]
    except (OSError, UnicodeDecodeError) as error:
        raise click.BadParameter(f"{path} cannot be read as text: {error}", param_hint="STORY") from None
    if len(lines) != 1:
        holds = "no story" if not lines else "more than one story; name one by its id, with --stories"
        raise click.BadParameter(f"{path} holds {holds}", param_hint="STORY")
    return _object(lines[0], str(path))


def _looked_up(name: str, path: Path) -> dict[str, Any]:
    from monitor.replay import read_story

    with open_text(path) as stream:
        for number, line in numbered_lines(stream, str(path)):
            if name in line and (story := read_story(line, number, str(path)))["id"] == name:
                return dict(story)
    raise click.BadParameter(f"no story of {path} has the id {name!r}", param_hint="STORY")


def _story_from_fields(story: dict[str, Any], given: dict[str, Any]) -> Story:
    """A story of these fields; what it lacks comes from the options, or is plain to see."""
    from monitor.replay import as_entry, line_as_story

    fields = {name: value for name, value in given.items() if value} | {k: v for k, v in story.items() if v}
    if not str(fields.get("title", "")).strip():
        raise click.BadParameter("a story needs a title", param_hint="STORY")
    text = f"{fields['title']} {fields.get('summary', '')}"
    fields.setdefault("id", "given")
    fields.setdefault("lang", language_of(text))
    fields["published"] = str(fields.get("published") or datetime.now(UTC).isoformat())
    return line_as_story(as_entry(fields, 1, "STORY"))


def _stored(ctx: click.Context, name: str) -> Story | None:
    from monitor.runtime.session import open_database
    from monitor.store import stories

    store = open_database(settings_of(ctx))
    try:
        with store.read() as conn:
            return stories.by_ids(conn, [name]).get(name)
    finally:
        store.close()


# ---------------------------------------------------------------- on the terminal


def explanation_lines(found: Explanation) -> Iterator[str]:
    """The explanation as people read it, in 80 columns."""
    yield from (click.style(line, bold=True) for line in wrapped(found.story["title"]))
    yield from wrapped(" · ".join(filter(None, _facts(found))), 2)
    for seen in found.commitments:
        yield ""
        yield from _commitment(seen)
    if not found.commitments:
        yield from ("", "about no commitment")
    if found.missed and not any(seen.effect for seen in found.commitments):
        yield from ("", "what came nearest, and what was missing")
        for near in found.missed:
            yield from _near(near)


def _facts(found: Explanation) -> Iterator[str]:
    story, publisher = found.story, found.story["publisher"]
    voice = ", ".join(filter(None, (publisher["tier"], publisher["side"])))
    yield f"{publisher['name']} ({voice})" if publisher["name"] else "no source named"
    yield story["published"][:10]
    yield story["lang"]
    yield f"document: {found.document}" if found.document else ""
    yield f"title of kind {found.title_frame!r}" if found.title_frame else ""
    if found.speakers:
        yield f"speakers: {', '.join(found.speakers[:MAX_PLACES_SHOWN])}{' …' if len(found.speakers) > MAX_PLACES_SHOWN else ''}"


def _commitment(seen: CommitmentFact) -> Iterator[str]:
    rule = f"  by {seen.signal.rule}" if seen.signal else ""
    yield click.style(f"{seen.commitment}: {seen.effect or 'not about it'}", bold=True) + rule
    if seen.blocked:
        yield from wrapped(f"shut out: {seen.blocked}", 2)
    yield "  about"
    for hit in seen.about[:MAX_PLACES_SHOWN]:
        yield from _labelled(hit.at.field, hit.at.marked)
        yield from wrapped(f"by {shortened_pattern(hit.pattern)}", LABEL_INDENT)
        yield from wrapped(f"blocked: {hit.blocked}" if hit.blocked else "", LABEL_INDENT)
    yield from _more(len(seen.about), "places")
    yield from ["  acts"] if seen.acts else []
    for alike in _grouped_alike(seen.acts):
        yield from _act(alike[0])
        if len(alike) > 1:
            yield f"{' ' * LABEL_INDENT}and {len(alike) - 1} more of the same act"
    yield from ["  signal"] if seen.signal else []
    yield from _signal(seen.signal) if seen.signal else []
    yield from ["  near misses"] if seen.near else []
    for near in seen.near[:MAX_PLACES_SHOWN]:
        yield from _near(near)


def _more(count: int, what: str) -> Iterator[str]:
    if count > MAX_PLACES_SHOWN:
        yield f"{' ' * LABEL_INDENT}and {count - MAX_PLACES_SHOWN} more {what} (--json shows all)"


def _grouped_alike(acts: Iterable[ActFact]) -> Iterable[list[ActFact]]:
    """Places of one act together, if they mean the same and fare the same; those that won or lost count as one."""
    groups: dict[tuple[str, ...], list[ActFact]] = {}
    for act in acts:
        fared = "" if act.outcome in ("won", "lost") else act.why
        groups.setdefault((act.rule, act.effect, fared), []).append(act)
    return groups.values()


def _act(act: ActFact) -> Iterator[str]:
    why = f": {act.why}" if act.why else ""
    stage = ", experimental" if act.stage == "experimental" else ""
    yield from _labelled(
        act.outcome, f"{act.rule} ({act.polarity}{stage}) {act.effect}{why}", OUTCOME_COLOURS[act.outcome]
    )
    yield from wrapped(act.at.marked, LABEL_INDENT)
    yield from wrapped(f"by {shortened_pattern(act.pattern)}", LABEL_INDENT)
    yield from wrapped(act.written, LABEL_INDENT)
    clause = "main clause" if act.main else "subordinate clause"
    whole = act.clause == act.at.marked.replace("«", "").replace("»", "")
    turn = f", turn of {act.speaker}" if act.speaker else ""
    yield from wrapped(
        f"{act.at.field}{turn}, {clause}{'' if whole else f': {shortened_text(act.clause)}'}", LABEL_INDENT
    )
    yield from wrapped(f"head “{act.head}”" + "".join(f"; {_mark(m)}" for m in act.marks), LABEL_INDENT)
    if act.turn != "plain":
        yield from wrapped(f"{act.turn}: {act.effect_plain} becomes {act.effect}", LABEL_INDENT)
    for one in act.conditions:
        found = f"saw “{one.found}”" if one.found else "saw nothing"
        yield from wrapped(f"{one.key} {shortened_pattern(one.wanted)}: {found}{_verdict(one)}", LABEL_INDENT)


def _verdict(one: ConditionFact) -> str:
    if one.key in ("none", "unless", "frame"):
        return ", excused" if one.key == "none" and one.holds else ""
    return ", holds" if one.holds else ", does not hold"


def _mark(mark: MarkFact) -> str:
    return f"“{mark.words}” ({mark.mark.replace('_', ' ')}) {mark.did}"


def _signal(signal: SignalFact) -> Iterator[str]:
    yield from _labelled(
        "act", f"{signal.effect}, by {signal.by}, modality {signal.modality}{', denied' * signal.denied}"
    )
    yield from _labelled("word", f"says {signal.says}, origin {signal.origin or 'unknown'}, tier {signal.tier}")
    lasts = f"{signal.lasts_days:g} days" if signal.lasts_days else ""
    captured = {"object": signal.object, "terms": signal.terms, "amount": _quantity(signal), "date": _date(signal)}
    for label, value in {**captured, "lasts": lasts}.items():
        yield from _labelled(label, value)
    yield from _labelled("quote", f"{signal.quote}  ({signal.field} {signal.start}-{signal.end})")
    for state in signal.states:
        yield from _labelled("status", f"while {' or '.join(state.under)} it means {state.effect}")


def _quantity(signal: SignalFact) -> str:
    amount = signal.quantity
    if amount is None:
        return ""
    low, high = (None if bound is None else f"{bound:,.12g}" for bound in (amount["low"], amount["high"]))
    span = f"{low} or more" if high is None else f"{low} to {high}" if high != low else low
    kind = "a count so far" if amount["reading"] else ""
    return ", ".join(filter(None, (f"{span} {amount['unit']}", amount["basis"], amount["period"], kind)))


def _date(signal: SignalFact) -> str:
    read = signal.date
    return ", ".join(filter(None, (str(read["date"]), read["precision"], read["role"]))) if read else ""


def _near(near: NearMissFact) -> Iterator[str]:
    told = f"{near.rule} would give {near.effect}" if near.rule else near.commitment
    wanted = f" ({', '.join(near.wanted)}, …)" if near.wanted and "{" in near.clause else ""
    yield from wrapped(f"{told}: {shortened_pattern(near.detail)}{wanted}", 4)
    yield from wrapped(f"{near.at.field}: {near.at.marked}", LABEL_INDENT)
    yield from wrapped(f"by {shortened_pattern(near.pattern)}", LABEL_INDENT)


def _labelled(label: str, text: str, colour: str = "") -> Iterator[str]:
    """Lines of a text behind a label of at most eight letters."""
    for number, line in enumerate(wrapped(text, LABEL_INDENT)):
        shown = f"    {label:<{LABEL_INDENT - 4}}" if number == 0 else " " * LABEL_INDENT
        yield (click.style(shown, fg=colour) if colour and number == 0 else shown) + line[LABEL_INDENT:]


# ---------------------------------------------------------------- lines of 80 columns


def wrapped(text: str, indent: int = 0, hanging: int | None = None) -> Iterator[str]:
    """A text in lines of WIDTH columns, those after the first indented by `hanging`, if that is another depth. A
    Chinese character fills two columns and may end a line."""
    line, margin = "", " " * indent
    for piece in _PIECE.findall(text):
        if line and display_width(margin + line + piece) > WIDTH:
            yield margin + line
            line, margin = piece.lstrip(), " " * (indent if hanging is None else hanging)
        else:
            line += piece if line else piece.lstrip()
    if line:
        yield margin + line


def display_width(text: str) -> int:
    """How many columns a text fills on a terminal."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def shortened_pattern(pattern: str) -> str:
    """A pattern with its long groups cut to their first words."""
    return _LONG_GROUP.sub(lambda group: f"({'|'.join(group[1].split('|')[:2])}|…)", pattern)


def shortened_text(text: str) -> str:
    return text if len(text) <= MAX_TEXT_SHOWN else f"{text[:MAX_TEXT_SHOWN]}…"
