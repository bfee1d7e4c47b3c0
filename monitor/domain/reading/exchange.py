"""What passes between us and a model: stories as lines of JSON, and its answer, of which nothing counts unchecked.

Headlines are hostile input, and so is what a model makes of them. An answer is JSON with ids, commitments, effects and quotes that we
know; whatever else it holds has no effect.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from monitor.domain.model import Effect, ReadMatch, Says, Story
from monitor.domain.reading.quotes import stands_in
from monitor.domain.text.plain import whole_characters
from monitor.errors import ReaderError

SUMMARY_READ_LIVE = 1200
"""Characters of a summary that a model is shown. Of 11,000 summaries in feeds of a half year nine in ten are no longer; whole articles,
which some feeds carry, would be paid by the token and say their news at the beginning."""
MOST_COMMITMENTS = 5
"""The most commitments (parts not counted apart) that a text may be about: the most in 6,921 texts near a deal that a model read and
2,001 that people read; nine of them are about more than three."""
FINAL_EFFECTS = frozenset({Effect.DELIVERED, Effect.BREACH})
"""Effects that settle a commitment. None of the same texts settles more than one: an answer that does so follows no news."""
BYTES_A_TOKEN = 4
"""Of UTF-8, for English and for Chinese alike, where a server does not count: an estimate."""
ANSWER_TOKENS = 250
"""Set aside for the answer on one story, an estimate: seven matches with long quotes. A usual answer takes a tenth."""
REQUEST_TOKENS = 500
"""Set aside for what a request holds beside the question and the stories, an estimate: the schema with twenty commitments."""
_EFFECTS = frozenset(map(str, Effect))
_MATCH_FIELDS = ("commitment", "effect", "says", "quote")
_MOST_MATCHES = 20
"""Matches looked at for one story: beyond it is no answer."""
_MOST_TRIES = 20
"""Places at which the JSON of an answer is looked for."""


@dataclass(frozen=True, slots=True)
class TextAnswer:
    """What a model says of one text. unsure: commitments of which it says something that cannot count."""

    matches: tuple[ReadMatch, ...] = ()
    unsure: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckedAnswer:
    """An answer, checked story by story.

    answered: by the name of the text, what counts. nonsense: texts of which the answer makes no sense; those of which it says
    nothing are in neither. refused: how many matches were refused.
    """

    answered: Mapping[str, TextAnswer]
    nonsense: tuple[str, ...] = ()
    refused: int = 0


def as_shown(story: Story) -> Story:
    """The story as far as a model is shown it."""
    return replace(story, summary=story.summary[:SUMMARY_READ_LIVE])


def story_lines(stories: Sequence[Story]) -> str:
    """The stories as a model gets them, a JSON object a line. Their ids are their numbers among these, from 1."""
    return "\n".join(json.dumps(_fields(number, story), ensure_ascii=False) for number, story in enumerate(stories, 1))


def _fields(number: int, story: Story) -> dict[str, str]:
    shown = as_shown(story)
    published = f"{story.published_at:%Y-%m-%d}"
    fields = {"id": str(number), "published": published, "source": story.source, "title": story.title}
    return {name: whole_characters(text) for name, text in (fields | {"summary": shown.summary}).items()}


def tokens_of(text: str) -> int:
    """About how many tokens a text takes."""
    return -(-len(text.encode("utf-8", "replace")) // BYTES_A_TOKEN)


def answer_schema(commitments: Collection[str], speakers: Collection[str]) -> dict[str, Any]:
    """The JSON schema of an answer, for servers that can hold a model to one."""
    words = {
        "commitment": {"type": "string", "enum": sorted(commitments)},
        "effect": {"type": "string", "enum": sorted(_EFFECTS)},
        "says": {"type": "string", "enum": sorted(speakers)},
        "quote": {"type": "string"},
    }
    story = {"id": {"type": "string"}, "matches": {"type": "array", "items": _object(words)}}
    return _object({"stories": {"type": "array", "items": _object(story)}})


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


# ---------------------------------------------------------------- the answer


def checked_answer(
    content: str, stories: Sequence[Story], commitments: Collection[str], speakers: Collection[str]
) -> CheckedAnswer:
    """What counts of an answer on these stories. Raises ReaderError if it holds no JSON of the form that was asked for.

    Each story is checked by itself. A story that was not asked for is ignored, and of one that comes twice the first counts. A match
    whose commitment, effect or speaker is unknown, or whose quote does not stand in what was shown, is refused; the others stand. A
    story whose matches cannot all be meant (see MOST_COMMITMENTS, FINAL_EFFECTS) makes no sense as a whole.
    """
    numbered = {str(number): story for number, story in enumerate(stories, 1)}
    answered: dict[str, TextAnswer] = {}
    nonsense: dict[str, None] = {}
    refused = 0
    for row in _rows(content):
        story = numbered.pop(str(row.get("id")), None) if isinstance(row, dict) else None
        if story is None:
            continue
        matches = row.get("matches")
        if (
            not isinstance(matches, list)
            or len(matches) > _MOST_MATCHES
            or not is_plausible(_said(matches), commitments)
        ):
            nonsense[story.revision] = None
            continue
        read = _text_answer(matches, as_shown(story), commitments, speakers)
        refused += len(matches) - len(read.matches)
        answered[story.revision] = read
    return CheckedAnswer(answered, tuple(nonsense), refused)


def _rows(content: str) -> list[Any]:
    """The stories of an answer, whatever words or code fence stand around its JSON."""
    decoder, start = json.JSONDecoder(), -1
    for _ in range(_MOST_TRIES):
        start = content.find("{", start + 1)
        if start < 0:
            break
        try:
            found, _end = decoder.raw_decode(content, start)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict) and isinstance(found.get("stories"), list):
            rows: list[Any] = found["stories"]
            return rows
    raise ReaderError('the answer holds no JSON of the form {"stories": [...]}', unusable=True)


def is_plausible(said: Iterable[tuple[str, str]], commitments: Collection[str]) -> bool:
    """Whether one text can say all this: pairs of a commitment and its effect. See MOST_COMMITMENTS and FINAL_EFFECTS."""
    named = {(_family(commitment, commitments), effect) for commitment, effect in said}
    settled = [family for family, effect in named if effect in FINAL_EFFECTS]
    return len({family for family, _ in named}) <= MOST_COMMITMENTS and len(settled) <= 1


def _said(matches: Sequence[Any]) -> list[tuple[str, str]]:
    """The commitments and effects that an answer names, known or not."""
    return [(str(row.get("commitment")), str(row.get("effect"))) for row in matches if isinstance(row, dict)]


def _family(commitment: str, commitments: Collection[str]) -> str:
    """The commitment that a part belongs to; the commitment itself if it is no part."""
    return min((name for name in commitments if commitment.startswith(f"{name}-")), key=len, default=commitment)


def _text_answer(
    matches: Sequence[Any], shown: Story, commitments: Collection[str], speakers: Collection[str]
) -> TextAnswer:
    good = list(_good_matches(matches, shown, commitments, speakers))
    said = {match.commitment for match in good}
    named = [row.get("commitment") for row in matches if isinstance(row, dict)]
    unsure = dict.fromkeys(name for name in named if isinstance(name, str) and name in commitments)
    return TextAnswer(tuple(good), tuple(name for name in unsure if name not in said))


def _good_matches(
    matches: Sequence[Any], shown: Story, commitments: Collection[str], speakers: Collection[str]
) -> Iterator[ReadMatch]:
    for row in matches:
        texts: list[Any] = [row.get(name) for name in _MATCH_FIELDS] if isinstance(row, dict) else []
        if not texts or not all(isinstance(text, str) for text in texts):
            continue
        commitment, effect, says, quote = texts
        known = commitment in commitments and effect in _EFFECTS and says in speakers
        if not known or not stands_in(quote, shown):
            continue
        yield ReadMatch(commitment, Effect(effect), Says(says), quote)
