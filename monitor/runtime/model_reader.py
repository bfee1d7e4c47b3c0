"""The model that reads beside the rules, ready to be asked: a server, the question that a rulebook makes, and the limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Event

from monitor.domain.model import Reading, Story
from monitor.domain.reading import exchange
from monitor.domain.reading.exchange import CheckedAnswer
from monitor.errors import ReaderError
from monitor.pipeline.model_queue import ReaderSetup
from monitor.readers.chat import ChatServer
from monitor.runtime.session import utc_now


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model answered, checked, and the tokens that question and answer took."""

    checked: CheckedAnswer
    tokens: int


@dataclass(slots=True)
class ModelReader:
    """A model on a server, with the question that one rulebook makes. has_asked: whether it was asked since the program started."""

    server: ChatServer
    setup: ReaderSetup
    commitments: frozenset[str]
    speakers: frozenset[str]
    has_asked: bool = False

    def ask(self, texts: Sequence[Story], *, stop: Event | None = None, timeout_s: float | None = None) -> Answer:
        """One request about these texts, which must not be the same. Raises ReaderError."""
        question, lines = self.setup.question.text, exchange.story_lines(texts)
        schema = exchange.answer_schema(self.commitments, self.speakers)
        answer = self.server.ask(question, lines, schema, stop=stop, timeout_s=timeout_s)
        tokens = answer.tokens
        if tokens is None:
            asked = exchange.tokens_of(question) + exchange.tokens_of(lines)
            tokens = exchange.REQUEST_TOKENS + asked + exchange.tokens_of(answer.content)
        try:
            checked = exchange.checked_answer(answer.content, texts, self.commitments, self.speakers)
            return Answer(checked, tokens)
        except ReaderError as error:
            error.tokens = tokens
            raise

    def read(self, texts: Sequence[Story]) -> list[Reading]:
        """The readings of these texts, each told by its name, in as many requests as it takes; those of which the answer says nothing
        usable are left out. Nothing is stored and no budget kept. Raises ReaderError."""
        different, found = list({story.revision: story for story in texts}.values()), list[Reading]()
        for start in range(0, len(different), self.setup.batch):
            answered = self.ask(different[start : start + self.setup.batch]).checked.answered
            found += [self.setup.reading_of(text, read, utc_now()) for text, read in answered.items()]
        return found
