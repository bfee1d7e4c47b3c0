"""The configured model: its questions, its limits, and what a request costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.domain.model import ReaderKind, Reading, Story
from monitor.domain.reading import exchange
from monitor.domain.reading.exchange import TextAnswer
from monitor.domain.reading.question import ReaderQuestion, version_of


@dataclass(frozen=True, slots=True)
class ReaderSetup:
    """The configured model and its limits. name: of the model; place: the model and its server, for people. template:
    the version of the template of its questions, which are by deal."""

    name: str
    place: str
    template: str
    questions: Mapping[str, ReaderQuestion]
    batch: int
    daily_tokens: int

    @property
    def version(self) -> str:
        """The version of all questions."""
        return version_of(self.questions.values())

    def cost_of(self, deal: str, texts: Sequence[Story]) -> int:
        """The approximate number of tokens of a request on these texts, answer included; without texts, the least."""
        asked = exchange.tokens_of(self.questions[deal].text) + exchange.tokens_of(exchange.story_lines(texts))
        return exchange.REQUEST_TOKENS + asked + len(texts) * exchange.ANSWER_TOKENS

    def least_cost(self, deals: Iterable[str] = ()) -> int:
        """The tokens of the shortest request on one of these deals, or on any."""
        return min(self.cost_of(deal, ()) for deal in (tuple(deals) or self.questions))

    def reading_of(self, deal: str, text: str, answer: TextAnswer, at: datetime) -> Reading:
        """The model's answer on a text, as it is stored."""
        reader = (ReaderKind.MODEL, self.name, self.questions[deal].version)
        found = Reading(text, *reader, at, answer.matches, unsure=answer.unsure, refused=answer.refused)
        return replace(found, summary_read=exchange.SUMMARY_READ_LIVE, deals=(deal,))

    def subject_of(self, deal: str) -> str:
        """The subject of answers on a deal that cannot be used: with several deals, the question of one may be at fault
        while the server answers the others."""
        return self.place if len(self.questions) == 1 else f"{self.place}, question on {deal}"
