"""The jobs that ask the model about queued texts, which changes verdicts, and once a week about the board. A request
runs between two transactions and blocks nothing: polling, reviews and delivery continue."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import replace
from functools import partial

from monitor.domain.model import Route
from monitor.domain.reading.exchange import CheckedAnswer
from monitor.errors import ReaderError
from monitor.logs import get_logger
from monitor.pipeline.digests import weekly_review_slot
from monitor.pipeline.reading_queue import ReadingQueue, ReadRequest
from monitor.pipeline.weekly_review import WeeklyReview
from monitor.runtime.app import App
from monitor.runtime.model_reader import ModelReader
from monitor.store import Connection, reading_store

ROUND_SECONDS = 60.0
"""The longest time that a single round reads: as long as news waits for its reading in a running monitor."""

LEAST_SECONDS = 15.0
"""A round with less time left leaves the weekly review to the next one: a request cut short is a failure."""
NOBODY = Route("", "file", "")
"""For the time of the weekly review without any route."""

log = get_logger(__name__)


def read_next(app: App, *, gathered: bool = False, timeout_s: float | None = None) -> bool:
    """Ask the model about the texts that are ready, in one request a deal, and store its answers; False if there is
    nothing to ask.

    gathered: do not wait for more texts. timeout_s: seconds for a request, if less than usual.

    1. Check without writing whether anything is due.
    2. Take the texts and reserve their tokens.
    3. Ask, several requests at once. A program that stops abandons them and puts the texts back.
    4. As each answer comes, store the readings and their effects, or record the failure.
    """
    reader = app.reader
    if reader is None or not app.asks_model or app.stop.is_set():
        return False
    fresh_start = not reader.has_asked
    with app.store.read() as conn:
        if not _queue(app, reader, conn).is_due(gathered=gathered, fresh_start=fresh_start):
            return False
    with app.store.begin() as conn:
        requests = _queue(app, reader, conn).next_requests(gathered=gathered, fresh_start=fresh_start)
    if not requests:
        return False
    reader.has_asked = True
    unstored = list[Exception]()
    with ThreadPoolExecutor(len(requests), "reader") as pool:
        ask = partial(reader.ask, stop=app.stop, timeout_s=timeout_s)
        asked = {pool.submit(ask, each.deal, each.texts, patience=each.patience): each for each in requests}
        for answer in as_completed(asked):
            try:
                _settle(app, reader, asked[answer], answer)
            except Exception as error:  # noqa: BLE001 - the answers on other deals are stored first
                unstored.append(error)
    if unstored:
        raise unstored[0]
    _watch_lead(app, reader)
    return True


def _watch_lead(app: App, reader: ModelReader) -> None:
    """Take the lead from a model that reads far worse than in its check."""
    with app.store.read() as conn:
        why = _queue(app, reader, conn).lead.fallen()
    if why:
        with app.steady, app.store.begin() as conn:
            queue = _queue(app, reader, conn)
            corrected = queue.lead.lose(why, queue.routes)
        log.warning("the model has lost the lead; it only confirms", why=why, readings=corrected)


def _settle(app: App, reader: ModelReader, request: ReadRequest, asked: Future[tuple[CheckedAnswer, int]]) -> None:
    """Store an answer and its effects, or record the failure."""
    try:
        answer, tokens = asked.result()
    except ReaderError as error:
        if not app.stop.is_set():
            _record_failure(app, reader, request, error)
            return
        with app.store.begin() as conn:
            _queue(app, reader, conn).put_back(request)
        return
    try:
        with app.steady, app.store.begin() as conn:
            report = _queue(app, reader, conn).record_answer(request, answer, tokens)
    except Exception as error:
        unstored = ReaderError(f"its answer could not be stored ({type(error).__name__})", tokens=tokens)
        _record_failure(app, reader, request, unstored)  # otherwise it would be asked again at once, without end
        raise
    log.info(
        "texts read by the model",
        deal=request.deal,
        asked=len(request.texts),
        answered=len(answer.answered),
        refused_matches=answer.refused,
        senseless=len(answer.nonsense),
        signals=report.changed,
        retired=report.retired,
        tokens=tokens,
    )


def review_board(app: App, *, timeout_s: float | None = None) -> bool:
    """Ask the model about one commitment of the weekly review, in the steps of `read_next`; False if there is nothing
    to ask, or the weekly review is off."""
    reader = app.reader
    if reader is None or not app.settings.reader.weekly_review or not app.asks_model or app.stop.is_set():
        return False
    with app.store.read() as conn:
        if not _weekly(app, reader, conn).is_due():
            return False
    with app.steady, app.store.begin() as conn:
        request = _weekly(app, reader, conn).next_request()
    if request is None:
        return False
    try:
        answer, tokens = reader.judge(request.question, stop=app.stop, timeout_s=timeout_s)
    except ReaderError as error:
        if not app.stop.is_set():
            with app.store.begin() as conn:
                _weekly(app, reader, conn).record_failure(request, error)
        return True
    with app.store.begin() as conn:
        _weekly(app, reader, conn).record_answer(request, answer, tokens)
    return True


def release_late(app: App, *, everything: bool = False) -> None:
    """Let the rules decide alone on texts that have waited too long, or on all queued texts."""
    reader = app.reader
    if reader is None:
        return
    with app.store.read() as conn:
        if all(row.released for row in reading_store.unread(conn)):
            return
    with app.steady, app.store.begin() as conn:
        _queue(app, reader, conn).release_late(asked=app.asks_model and not everything)


def read_round(app: App) -> None:
    """Read queued texts for at most ROUND_SECONDS; the rules decide alone on the rest. The weekly review gets the time
    that is left."""
    ends = time.monotonic() + ROUND_SECONDS
    while (left := ends - time.monotonic()) > 0 and read_next(app, gathered=True, timeout_s=left):
        pass
    release_late(app, everything=True)
    while (left := ends - time.monotonic()) > LEAST_SECONDS and review_board(app, timeout_s=left):
        pass


def _queue(app: App, reader: ModelReader, conn: Connection) -> ReadingQueue:
    setup = replace(reader.setup, batch=reader.batch)
    return ReadingQueue(conn, app.rulebook, setup, app.owner_routes(), app.clock())


def _weekly(app: App, reader: ModelReader, conn: Connection) -> WeeklyReview:
    owner, now = next(iter(app.owner_routes()), NOBODY), app.clock()
    return WeeklyReview(conn, app.rulebook, _queue(app, reader, conn), weekly_review_slot(owner, now), now)


def _record_failure(app: App, reader: ModelReader, request: ReadRequest, error: ReaderError) -> None:
    with app.store.begin() as conn:
        problem = _queue(app, reader, conn).record_failure(request, error)
    details = {"error": str(error), "failures": problem.count, "again_at": problem.retry_at}
    log.warning("the model gave no usable answer; rules only", deal=request.deal, texts=len(request.texts), **details)
