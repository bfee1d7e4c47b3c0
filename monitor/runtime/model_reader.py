"""The configured model, ready to be asked: its server, the questions of one rulebook, and its limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Event

from monitor.domain.messages.board_question import BoardAnswer, BoardQuestion, checked_board_answer
from monitor.domain.model import Story
from monitor.domain.reading import exchange
from monitor.domain.reading.exchange import CheckedAnswer
from monitor.errors import ReaderError
from monitor.pipeline.reader_setup import ReaderSetup
from monitor.readers.chat import ChatServer


@dataclass(slots=True)
class ModelReader:
    """A model on a server, with the questions of one rulebook. has_asked: since the program started."""

    server: ChatServer
    setup: ReaderSetup
    speakers: frozenset[str]
    has_asked: bool = False

    def ask(
        self, deal: str, texts: Sequence[Story], *, stop: Event | None = None, timeout_s: float | None = None
    ) -> tuple[CheckedAnswer, int]:
        """The checked answer about a deal on these texts, which must differ, and the tokens of the request. Raises
        ReaderError."""
        question, lines = self.setup.questions[deal], exchange.story_lines(texts)
        schema = exchange.answer_schema(question.commitments, self.speakers)
        answer = self.server.ask(question.text, lines, schema, stop=stop, timeout_s=timeout_s)
        tokens = answer.tokens
        if tokens is None:
            asked = exchange.tokens_of(question.text) + exchange.tokens_of(lines)
            tokens = exchange.REQUEST_TOKENS + asked + exchange.tokens_of(answer.content)
        try:
            return exchange.checked_answer(answer.content, texts, question.commitments, self.speakers), tokens
        except ReaderError as error:
            error.tokens = tokens
            raise

    def judge(
        self, question: BoardQuestion, *, stop: Event | None = None, timeout_s: float | None = None
    ) -> tuple[BoardAnswer, int]:
        """The checked answer on one commitment, and the tokens of the request. Raises ReaderError."""
        answer = self.server.ask(question.text, question.lines, question.schema, stop=stop, timeout_s=timeout_s)
        tokens = answer.tokens if answer.tokens is not None else question.cost
        try:
            return checked_board_answer(answer.content, question), tokens
        except ReaderError as error:
            error.tokens = tokens
            raise
