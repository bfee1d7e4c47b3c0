"""Texts that wait to be read by a model: which are asked next, what becomes of an answer or a failure, and how long news waits.

A request is made between two transactions, never within one: `next_request` takes texts and sets tokens aside, `record_answer` or
`record_failure` settles both. Texts stay in the queue until they are answered, too old, or shown by nobody any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Policy, ReaderKind, Reading, Route, Story
from monitor.domain.reading import exchange
from monitor.domain.reading.exchange import CheckedAnswer, TextAnswer
from monitor.domain.reading.question import ReaderQuestion
from monitor.domain.stories.syndication import as_reported_by
from monitor.errors import ReaderError
from monitor.logs import get_logger
from monitor.pipeline import reader_health
from monitor.pipeline.readings import ReadingReport, ReadText, record_readings, release_unread
from monitor.store import Connection, readings, stories
from monitor.store.tables import Problem, UnreadText

GATHER = timedelta(seconds=15)
"""How long the first text waits for more, an estimate: the outlets of one event come within some polls, and go into one request."""
MOST_WAIT = timedelta(minutes=1)
"""How long news waits for its reading; then the rules speak alone until it is there."""
FIRST_BACKOFF, MOST_BACKOFF = timedelta(minutes=1), timedelta(days=1)
"""Between two tries of a text whose answer could not be used; each is four times as long as the one before."""

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ReaderSetup:
    """The model that is asked, and its limits. name: of the model; place: the model and its server, for people."""

    name: str
    place: str
    question: ReaderQuestion
    batch: int
    daily_tokens: int

    @property
    def least_cost(self) -> int:
        """About how many tokens the shortest request takes."""
        return self.cost_of(())

    def cost_of(self, texts: Sequence[Story]) -> int:
        """About how many tokens a request on these texts takes at most, its answer included."""
        asked = exchange.tokens_of(self.question.text) + exchange.tokens_of(exchange.story_lines(texts))
        return exchange.REQUEST_TOKENS + asked + len(texts) * exchange.ANSWER_TOKENS

    def reading_of(self, text: str, read: TextAnswer, at: datetime) -> Reading:
        """What the model said of a text, as it is stored."""
        who, shown = (ReaderKind.MODEL, self.name, self.question.version), exchange.SUMMARY_READ_LIVE
        return Reading(text, *who, at, read.matches, summary_read=shown, unsure=read.unsure)


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """Texts to be asked about in one request. waiting: their rows, in the same order. cost: the tokens set aside for it."""

    texts: tuple[Story, ...]
    waiting: tuple[UnreadText, ...]
    cost: int
    at: datetime


def gather_time(policy: Policy) -> timedelta:
    """How long texts are gathered; less where news settles sooner, so that readings come in time."""
    return min(GATHER, timedelta(seconds=policy.settle_seconds) / 3)


def longest_wait(policy: Policy) -> timedelta:
    """How long news waits for its reading at most."""
    return min(MOST_WAIT, timedelta(seconds=policy.settle_seconds) * 2 / 3)


# ---------------------------------------------------------------- asking


def is_due(
    conn: Connection,
    policy: Policy,
    setup: ReaderSetup,
    now: datetime,
    *,
    gathered: bool = False,
    fresh_start: bool = False,
) -> bool:
    """Whether `next_request` has something to do. It only reads, so it may be asked every second."""
    gather = timedelta() if gathered else gather_time(policy)
    if not _choose(readings.unread(conn), setup.batch, now, gather) or _left_alone(conn, setup, now, fresh_start):
        return False
    spent = _tokens_left(conn, setup, now) < setup.least_cost
    return not spent or not reader_health.was_spent_told(conn, now)


def next_request(
    conn: Connection,
    policy: Policy,
    setup: ReaderSetup,
    routes: Sequence[Route],
    now: datetime,
    *,
    gathered: bool = False,
    fresh_start: bool = False,
) -> ReadRequest | None:
    """The texts to ask about now, if there are any; tokens are set aside for the answer.

    gathered: without waiting for more. fresh_start: a refusal that only a person can end is tried once more, as somebody may have
    mended it.

    1. Drop what is too old, and what nobody shows any more.
    2. Leave the server alone while the breaker is open.
    3. Choose the newest texts that are ready; those whose answers could not be used in smaller company each time.
    4. Fit the request into the day's tokens, and tell the owner where not even one text fits.
    """
    shown = _shown_texts(conn, readings.unread(conn), policy, now)
    if _left_alone(conn, setup, now, fresh_start):
        return None
    gather = timedelta() if gathered else gather_time(policy)
    chosen = fitting = _choose([row for row, _ in shown.values()], setup.batch, now, gather)
    left = _tokens_left(conn, setup, now)
    while fitting and setup.cost_of([shown[row.text][1] for row in fitting]) > left:
        fitting = fitting[: len(fitting) // 2]
    if not fitting:
        if chosen:
            reader_health.note_spent(conn, setup.place, setup.daily_tokens, routes, now)
        return None
    asked = tuple(shown[row.text][1] for row in fitting)
    cost = setup.cost_of(asked)
    readings.add_use(conn, now, requests=1, texts=len(asked), tokens=cost)
    return ReadRequest(asked, tuple(fitting), cost, now)


def _left_alone(conn: Connection, setup: ReaderSetup, now: datetime, fresh_start: bool) -> bool:
    trouble = reader_health.trouble_at(conn, setup.place)
    return reader_health.is_open(trouble, now) and not (fresh_start and reader_health.is_refusal(trouble))


def _tokens_left(conn: Connection, setup: ReaderSetup, now: datetime) -> int:
    return setup.daily_tokens - readings.use_of(conn, f"{now:%Y-%m-%d}").tokens


def _choose(waiting: Iterable[UnreadText], batch: int, now: datetime, gather: timedelta) -> list[UnreadText]:
    """The texts of the next request, of those in this order; none while the first of them may get company."""
    ready = [row for row in waiting if row.not_before is None or row.not_before <= now]
    fresh = [row.since for row in ready if row.tries == 0]
    if fresh and len(fresh) < batch and min(fresh) + gather > now:
        return []
    chosen, room = list[UnreadText](), batch
    for row in ready:
        beside = min(room, max(1, batch // 4**row.tries))
        if len(chosen) < beside:
            chosen.append(row)
            room = beside
    return chosen


def _shown_texts(
    conn: Connection, waiting: Sequence[UnreadText], policy: Policy, now: datetime
) -> dict[str, tuple[UnreadText, Story]]:
    """By name, the waiting texts that are still shown and young enough to matter, the newest first; the others are dropped."""
    known = stories.by_ids(conn, {row.story for row in waiting})
    texts = {(text.story, text.hash): text for text in stories.live_revisions(conn, known.values())}
    found, dropped, oldest = dict[str, tuple[UnreadText, Story]](), [], now - timedelta(days=policy.digest_only_days)
    for row in waiting:
        text = texts.get((row.story, row.text))
        story = as_reported_by(known[row.story], text) if text is not None else None
        if story is None or story.withdrawn or known[row.story].withdrawn:
            dropped.append(row.text)
        elif row.since < oldest:
            dropped.append(row.text)
            log.warning("never read by the model: too old by now", story=row.story, tries=row.tries, error=row.error)
        else:
            found[row.text] = row, story
    readings.drop_unread(conn, dropped)
    return found


# ---------------------------------------------------------------- what came of it


def record_answer(
    conn: Connection,
    rulebook: Rulebook,
    setup: ReaderSetup,
    request: ReadRequest,
    answer: CheckedAnswer,
    tokens: int,
    routes: Sequence[Route],
    now: datetime,
) -> ReadingReport:
    """Store the readings of an answer, with all that they change; what was not answered waits to be asked again. tokens: what
    question and answer took."""
    readings.add_use(conn, request.at, requests=0, texts=0, tokens=tokens - request.cost)
    made = {text: setup.reading_of(text, read, now) for text, read in answer.answered.items()}
    read = [ReadText(row.story, made[row.text], row.since) for row in request.waiting if row.text in made]
    report = record_readings(conn, rulebook, read, now)
    left = {row.text: "no answer" for row in request.waiting if row.text not in made}
    _ask_later(conn, left | dict.fromkeys(answer.nonsense, "senseless answer"), now)
    if made:
        reader_health.note_success(conn, setup.place, routes, now)
    else:
        nothing = ReaderError(f"{setup.place}: no answer on any story could be used", unusable=True)
        reader_health.note_failure(conn, setup.place, nothing, routes, now)
    return report


def record_failure(
    conn: Connection,
    setup: ReaderSetup,
    request: ReadRequest,
    error: ReaderError,
    routes: Sequence[Route],
    now: datetime,
) -> Problem:
    """Note that a request failed: its texts wait on, and the server is left alone for a while, until the `retry_at` returned."""
    spent = error.tokens if error.tokens is not None else request.cost if error.spent else 0
    readings.add_use(conn, request.at, requests=0, texts=0, tokens=spent - request.cost)
    if error.unusable:
        _ask_later(conn, {row.text: str(error) for row in request.waiting}, now)
    return reader_health.note_failure(conn, setup.place, error, routes, now)


def _ask_later(conn: Connection, why: Mapping[str, str], now: datetime) -> None:
    """These texts wait longer for each failure. why: by text, what was wrong."""

    def later(row: UnreadText) -> UnreadText:
        wait = min(FIRST_BACKOFF * 4 ** min(row.tries, 10), MOST_BACKOFF)
        return row.changed(tries=row.tries + 1, not_before=now + wait, error=why[row.text])

    readings.update_unread(conn, [later(row) for row in readings.unread(conn) if row.text in why])


# ---------------------------------------------------------------- news does not wait


def any_held(conn: Connection) -> bool:
    """Whether a text still waits for its reading before the rules speak alone."""
    return any(not row.released for row in readings.unread(conn))


def release_late(conn: Connection, rulebook: Rulebook, setup: ReaderSetup, now: datetime, *, asked: bool = True) -> int:
    """Let the rules speak alone for texts that have waited long enough, or for all while the model cannot be asked; returns for
    how many. asked: False where nobody asks it."""
    waiting = [row for row in readings.unread(conn) if not row.released]
    if not waiting:
        return 0
    asked = asked and not reader_health.is_open(reader_health.trouble_at(conn, setup.place), now)
    asked = asked and _tokens_left(conn, setup, now) >= setup.least_cost
    since = now - longest_wait(rulebook.policy) if asked else now
    late = [row for row in waiting if row.since <= since]
    release_unread(conn, late, now)
    return len(late)
