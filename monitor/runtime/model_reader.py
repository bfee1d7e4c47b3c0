"""The configured model, ready to be asked: its server, the questions of one rulebook, and its limits."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from threading import Event

from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.board_question import ANSWER_TOKENS, BoardAnswer, BoardQuestion, checked_board_answer
from monitor.domain.model import Story
from monitor.domain.reading import exchange
from monitor.domain.reading.exchange import CheckedAnswer
from monitor.domain.reading.translation import is_supported
from monitor.errors import ReaderError
from monitor.pipeline.reader_lead import ReaderSetup
from monitor.readers.chat import ChatServer

QUICK = 1 / 3
"""The share of the time limit in which a slow server must answer before it gets twice as many stories: with twice as
many it keeps the limit."""


@dataclass(slots=True)
class ModelReader:
    """A model on a server, with the questions of one rulebook. batch: the most stories in one request, fewer than the
    settings allow while the server is slow; has_asked: since the program started."""

    server: ChatServer
    setup: ReaderSetup
    speakers: frozenset[str]
    rulebook: Rulebook
    batch: int
    has_asked: bool = False

    def ask(
        self,
        deal: str,
        texts: Sequence[Story],
        *,
        stop: Event | None = None,
        timeout_s: float | None = None,
        patience: int = 1,
    ) -> tuple[CheckedAnswer, int]:
        """The checked answer about a deal on these texts, which must differ, and the tokens of the request. Raises
        ReaderError."""
        question, lines = self.setup.questions[deal], exchange.story_lines(texts)
        schema = exchange.answer_schema(question.commitments, self.speakers, len(texts))
        asked, began = (question.text, lines, schema, exchange.answer_tokens(len(texts))), time.monotonic()
        try:
            answer = self.server.ask(*asked, stop=stop, timeout_s=timeout_s, patience=patience)
        except ReaderError as error:
            if error.slow:
                self.batch = max(1, len(texts) // 2)
            raise
        if len(texts) >= self.batch and time.monotonic() - began < QUICK * self.server.timeout_s:
            self.batch = min(2 * self.batch, self.setup.batch)
        tokens = answer.tokens
        if tokens is None:
            tokens = sum(map(exchange.tokens_of, (question.text, lines, answer.content)), exchange.REQUEST_TOKENS)
        try:
            known = (question.commitments, self.speakers, partial(is_supported, rulebook=self.rulebook))
            return exchange.checked_answer(answer.content, texts, *known), tokens
        except ReaderError as error:
            error.tokens = tokens
            raise

    def judge(
        self, question: BoardQuestion, *, stop: Event | None = None, timeout_s: float | None = None
    ) -> tuple[BoardAnswer, int]:
        """The checked answer on one commitment, and the tokens of the request. Raises ReaderError."""
        asked = (question.text, question.lines, question.schema, ANSWER_TOKENS)
        answer = self.server.ask(*asked, stop=stop, timeout_s=timeout_s)
        tokens = answer.tokens if answer.tokens is not None else question.cost
        try:
            return checked_board_answer(answer.content, question), tokens
        except ReaderError as error:
            error.tokens = tokens
            raise
