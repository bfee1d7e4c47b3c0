"""Parts: which commitment of a family a reader means, who names the promise and not which part of it.

A family is a commitment and its parts: `soybean-purchases` and `soybean-purchases-annual`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from monitor.domain.matching.document import Document, Place
from monitor.domain.matching.match import MatchResult
from monitor.domain.matching.rules import Topic


def in_family(commitment: str, named: str) -> bool:
    """Whether a commitment is the named one or a part of it."""
    return commitment == named or commitment.startswith(f"{named}-")


def most_specific(commitment: str, named: Collection[str]) -> str:
    """Of these commitments the one nearest to a commitment: itself, else the promise that it is a part of; '' if none is."""
    return max((name for name in named if in_family(commitment, name)), key=len, default="")


def part_meant(
    document: Document, named: str, place: Place, results: Mapping[str, MatchResult], apart: Collection[str] = ()
) -> Topic:
    """The commitment of the family of `named` that a place is about. apart: parts that the reader names by themselves, so that it
    means another one here.

    1. Where the rules find parts in the story, the one of them that the sentence of the place speaks of, else the first; the
       named one before its parts.
    2. Else the part to which the named commitment gives way on the words of that sentence, or of the title.
    3. Else the named one: a story that names no part counts for the bare id.
    """
    topics = {topic.commitment: topic for topic in document.matcher.topics}
    family = sorted((name for name in results if in_family(name, named) and name not in apart), key=len)
    concerned = [results[name] for name in family if results[name].rejection is None]
    if concerned:
        here = (result for result in concerned if _speaks_of(result, place))
        return topics[next(here, concerned[0]).commitment]
    given = _given_way_to(document, topics[named], place)
    return topics[given if given and given not in apart else named]


def _speaks_of(result: MatchResult, place: Place) -> bool:
    """Whether the rules find the commitment in the sentence of a place."""
    return any(
        hit.place.field == place.field and hit.place.sentence == place.sentence for hit in result.effective_about
    )


def _given_way_to(document: Document, topic: Topic, place: Place) -> str:
    """The part of a commitment that takes a story on the words of a sentence or of the title, '' if none does."""
    published = document.story.published_at.date()
    for rule in topic.gives_way:
        if not in_family(rule.commitment, topic.commitment) or (rule.since is not None and published < rule.since):
            continue
        for view, sentence in ((place.view, place.sentence), (document.title, None)):
            found = document.first_match(view, rule.when, sentence)
            if found is not None and document.first_match(view, rule.unless, sentence) is None:
                return rule.commitment
    return ""
