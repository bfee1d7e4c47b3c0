"""Exchange with a model: stories as JSON lines, and its answer, checked before anything in it counts.

Headlines are hostile input, and so is a model's answer to them. An answer is JSON with known ids, commitments, effects
and quotes; anything else in it has no effect.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from monitor.domain.model import EFFECT_PRECEDENCE, Effect, ReadMatch, Says, Story
from monitor.domain.text.plain import whole_characters
from monitor.errors import ReaderError

SUMMARY_READ_LIVE = 1200
"""Characters of a summary that a model is shown. Of 11,000 summaries in feeds of half a year, nine in ten are no
longer."""
MOST_COMMITMENTS = 5
"""The most commitments (parts not counted) that a text may be about: the maximum in 6,921 texts read by a model and
2,001 read by people."""
FINAL_EFFECTS = frozenset({Effect.DELIVERED, Effect.BREACH})
"""Effects that settle a commitment. None of those texts settles more than one."""
BYTES_A_TOKEN = 4
"""Of UTF-8, for English and Chinese, where a server does not count: an estimate."""
ANSWER_TOKENS = 250
"""Limit of the answer on one story, an estimate: three matches with long quotes. A usual answer takes a tenth."""
MOST_QUOTE = 200
"""Characters of a quote: a long headline."""
MOST_SENSE = 120
"""Characters of a translation: a short headline."""
REQUEST_TOKENS = 500
"""Reserved for the rest of a request, an estimate: the schema with twenty commitments, and the frame of the answer."""
_EFFECTS = frozenset(map(str, Effect))
_MATCH_FIELDS = ("commitment", "effect", "says", "quote")
_MOST_MATCHES = 20
"""More matches than this for one story make its answer nonsense."""
_MOST_TRIES = 200
"""Places at which an answer's JSON may begin: a long thought has some dozen braces."""
_RANK = {effect: rank for rank, effect in enumerate(EFFECT_PRECEDENCE)}


@dataclass(frozen=True, slots=True)
class TextAnswer:
    """A model's answer on one text. unsure: commitments of which a match was refused; refused: number of these
    matches."""

    matches: tuple[ReadMatch, ...] = ()
    unsure: tuple[str, ...] = ()
    refused: int = 0


@dataclass(frozen=True, slots=True)
class CheckedAnswer:
    """A checked answer. answered, nonsense: the texts with a valid and with a senseless answer, by hash."""

    answered: Mapping[str, TextAnswer]
    nonsense: tuple[str, ...] = ()

    @property
    def refused(self) -> int:
        return sum(answer.refused for answer in self.answered.values())


def is_quoted_in(quote: str, story: Story) -> bool:
    """Whether title or summary contains a quote, character by character."""
    return bool(quote.strip()) and (quote in story.title or quote in story.summary)


def story_lines(stories: Sequence[Story]) -> str:
    """The stories as a model receives them, one JSON object a line. Their ids count from 1."""
    lines = []
    for number, story in enumerate(stories, 1):
        fields = {"id": str(number), "published": f"{story.published_at:%Y-%m-%d}", "source": story.source}
        fields |= {"title": story.title, "summary": story.summary[:SUMMARY_READ_LIVE]}
        whole = {name: whole_characters(text) for name, text in fields.items()}
        lines.append(json.dumps(whole, ensure_ascii=False))
    return "\n".join(lines)


def tokens_of(text: str) -> int:
    """The approximate number of tokens in a text."""
    return -(-len(text.encode("utf-8", "replace")) // BYTES_A_TOKEN)


def answer_schema(commitments: Collection[str], speakers: Collection[str], count: int) -> dict[str, Any]:
    """The JSON schema of an answer on so many stories, for servers that can enforce one."""

    def object_of(properties: Mapping[str, Any]) -> dict[str, Any]:
        shape = {"type": "object", "properties": dict(properties), "required": list(properties)}
        return shape | {"additionalProperties": False}

    def list_of(items: Mapping[str, Any], most: int) -> dict[str, Any]:
        return {"type": "array", "items": object_of(items), "maxItems": most}

    words = {
        "commitment": {"type": "string", "enum": sorted(commitments)},
        "effect": {"type": "string", "enum": sorted(_EFFECTS)},
        "says": {"type": "string", "enum": sorted(speakers)},
        "quote": {"type": "string", "maxLength": MOST_QUOTE},
        "sense": {"type": "string", "maxLength": MOST_SENSE},
    }
    ids = [str(number) for number in range(1, count + 1)]
    story = {"id": {"type": "string", "enum": ids}, "matches": list_of(words, min(len(commitments), _MOST_MATCHES))}
    return object_of({"stories": list_of(story, count)})


def without_lengths(schema: Any) -> Any:
    """A JSON schema without lengths of lists and texts, which some servers refuse."""
    if isinstance(schema, dict):
        return {key: without_lengths(each) for key, each in schema.items() if key not in ("maxItems", "maxLength")}
    return list(map(without_lengths, schema)) if isinstance(schema, list) else schema


def answer_tokens(count: int) -> int:
    """The limit of an answer on so many stories."""
    return REQUEST_TOKENS // 2 + count * ANSWER_TOKENS


def checked_answer(
    content: str,
    stories: Sequence[Story],
    commitments: Collection[str],
    speakers: Collection[str],
    supported: Callable[[str, Story], bool] = lambda _sense, _story: False,
) -> CheckedAnswer:
    """Check an answer on these stories. Raises ReaderError if it has no JSON of the requested form. Unknown stories are
    ignored; of two answers on one story, the first counts. A match is refused if its commitment, effect or speaker is
    unknown, or its quote is not in the text that was shown. A story whose matches cannot all be true (see
    MOST_COMMITMENTS, FINAL_EFFECTS) is nonsense. supported: whether a text supports a translation of it; others are
    left out."""
    numbered = {str(number): story for number, story in enumerate(stories, 1)}
    answered: dict[str, TextAnswer] = {}
    nonsense: dict[str, None] = {}
    found = last_object(content, lambda answer: isinstance(answer.get("stories"), list))
    if found is None:
        raise ReaderError('the answer has no JSON of the form {"stories": [...]}', unusable=True)
    for row in found["stories"]:
        story = numbered.pop(str(row.get("id")), None) if isinstance(row, dict) else None
        if story is None:
            continue
        matches = row.get("matches")
        if not isinstance(matches, list) or len(matches) > _MOST_MATCHES:
            nonsense[story.revision] = None
            continue
        pairs = [(str(each.get("commitment")), str(each.get("effect"))) for each in matches if isinstance(each, dict)]
        if not is_plausible(pairs, commitments):
            nonsense[story.revision] = None
            continue
        shown = replace(story, summary=story.summary[:SUMMARY_READ_LIVE])
        good, taken = dict[str, ReadMatch](), 0
        for match in matches:
            texts: list[Any] = [match.get(name) for name in _MATCH_FIELDS] if isinstance(match, dict) else []
            if not texts or not all(isinstance(text, str) for text in texts):
                continue
            commitment, effect, says, quote = texts
            known = commitment in commitments and effect in _EFFECTS and says in speakers
            if known and is_quoted_in(quote, shown):
                taken += 1
                sense = match.get("sense")
                told = sense if isinstance(sense, str) and sense and supported(sense, shown) else ""
                found_match = ReadMatch(commitment, Effect(effect), Says(says), quote[:MOST_QUOTE], told)
                # Of several matches for one commitment, the one whose effect takes precedence counts.
                good[commitment] = min(good.get(commitment, found_match), found_match, key=lambda m: _RANK[m.effect])
        unsure = dict.fromkeys(name for name, _ in pairs if name in commitments and name not in good)
        answered[story.revision] = TextAnswer(tuple(good.values()), tuple(unsure), len(matches) - taken)
    return CheckedAnswer(answered, tuple(nonsense))


def last_object(content: str, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any] | None:
    """The last fitting JSON object in an answer, with or without text or a code fence around it; None without one. A
    model may write drafts before it."""
    decoder, last, end = json.JSONDecoder(), None, 0
    for _ in range(_MOST_TRIES):
        start = content.find("{", end)
        if start < 0:
            break
        try:
            found, end = decoder.raw_decode(content, start)
        except (ValueError, RecursionError):
            end = start + 1
            continue
        if isinstance(found, dict) and fits(found):
            last = found
    return last


def is_plausible(pairs: Iterable[tuple[str, str]], commitments: Collection[str]) -> bool:
    """Whether one text can support all these pairs of commitment and effect. See MOST_COMMITMENTS and FINAL_EFFECTS."""
    named = set()
    for commitment, effect in pairs:
        promises = [name for name in commitments if commitment.startswith(f"{name}-")]
        named.add((min(promises, key=len, default=commitment), effect))
    settled = [name for name, effect in named if effect in FINAL_EFFECTS]
    return len({name for name, _ in named}) <= MOST_COMMITMENTS and len(settled) <= 1
