"""The model that reads beside the rules, at work: asked about texts that wait, between two transactions; its answers change verdicts.

The request runs outside any transaction and holds up nothing: feeds are polled, verdicts decided and messages sent meanwhile.
"""

from __future__ import annotations

import time

from monitor.errors import ReaderError
from monitor.logs import get_logger
from monitor.pipeline import model_queue
from monitor.pipeline.model_queue import ReadRequest
from monitor.runtime.app import App
from monitor.runtime.model_reader import Answer, ModelReader

ROUND_SECONDS = 60.0
"""How long a round that ends by itself reads at most: as long as news waits for its reading in a monitor that goes on."""

log = get_logger(__name__)


def read_next(app: App, *, gathered: bool = False, timeout_s: float | None = None) -> bool:
    """Ask the model about texts that are ready, in one request, and store what it says; False if there was nothing to ask.

    gathered: without waiting for more texts. timeout_s: seconds for the request, if less than usual.

    1. Look whether anything is due, without writing.
    2. Take the texts and set their tokens aside.
    3. Ask. A program that stops gives the request up and notes nothing.
    4. Store the readings with what they change, or note the failure.
    """
    reader = app.reader
    if reader is None or not app.asks_model or app.stop.is_set():
        return False
    policy, setup, how = app.rulebook.policy, reader.setup, {"gathered": gathered, "fresh_start": not reader.has_asked}
    with app.store.read() as conn:
        if not model_queue.is_due(conn, policy, setup, app.clock(), **how):
            return False
    with app.store.begin() as conn:
        request = model_queue.next_request(conn, policy, setup, app.owner_routes(), app.clock(), **how)
    if request is None:
        return False
    reader.has_asked = True
    try:
        answer = reader.ask(request.texts, stop=app.stop, timeout_s=timeout_s)
    except ReaderError as error:
        if not app.stop.is_set():
            _note_failure(app, reader, request, error)
        return True
    try:
        _store_answer(app, reader, request, answer)
    except Exception as error:
        unstored = ReaderError(f"its answer could not be stored ({type(error).__name__})", tokens=answer.tokens)
        _note_failure(app, reader, request, unstored)  # or it would be asked again at once, and again
        raise
    return True


def _store_answer(app: App, reader: ModelReader, request: ReadRequest, answer: Answer) -> None:
    checked = answer.checked
    with app.steady, app.store.begin() as conn:
        report = model_queue.record_answer(
            conn, app.rulebook, reader.setup, request, checked, answer.tokens, app.owner_routes(), app.clock()
        )
    log.info(
        "texts read by the model",
        asked=len(request.texts),
        answered=len(checked.answered),
        refused_matches=checked.refused,
        senseless=len(checked.nonsense),
        signals=report.changed,
        retired=report.retired,
        tokens=answer.tokens,
    )


def _note_failure(app: App, reader: ModelReader, request: ReadRequest, error: ReaderError) -> None:
    with app.store.begin() as conn:
        problem = model_queue.record_failure(conn, reader.setup, request, error, app.owner_routes(), app.clock())
    told = {"error": str(error), "failures": problem.count, "again_at": problem.retry_at}
    log.warning("the model gave no usable answer; the rules speak alone", texts=len(request.texts), **told)


def release_late(app: App, *, everything: bool = False) -> None:
    """Let the rules speak alone for texts that have waited long enough, or for everything that waits."""
    reader = app.reader
    if reader is None:
        return
    with app.store.read() as conn:
        if not model_queue.any_held(conn):
            return
    with app.steady, app.store.begin() as conn:
        asked = app.asks_model and not everything
        model_queue.release_late(conn, app.rulebook, reader.setup, app.clock(), asked=asked)


def read_round(app: App) -> None:
    """Read all that waits, as far as ROUND_SECONDS go and the server answers; the rules speak alone on what is left."""
    ends = time.monotonic() + ROUND_SECONDS
    while (left := ends - time.monotonic()) > 0 and read_next(app, gathered=True, timeout_s=left):
        pass
    release_late(app, everything=True)
