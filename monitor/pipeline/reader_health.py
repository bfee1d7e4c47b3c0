"""How the model's server fares: a circuit breaker that outlives a restart, the day's budget, and what the owner is told of both.

While the breaker is open or the day's tokens are spent, the rules speak alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from monitor.domain.model import Route
from monitor.errors import ReaderError, ReaderRefusedError
from monitor.pipeline.operator_notices import OperatorNotice, notify_operator, was_told
from monitor.store import Connection, problems_and_runs, readings
from monitor.store.tables import Problem

PROBLEM_KIND = "reader"
"""The kind under which failures stand among the open problems; the subject is the model with its server."""
FAILURES_IN_A_ROW = 3
"""With so many the breaker opens: one may be a slip of the network, and two a restart of the server."""
MOST_WAIT = timedelta(minutes=30)
"""The longest that the breaker stays open: a minute at first, and each further failure doubles it."""
BEFORE_OPEN = timedelta(seconds=10)
"""Between the first failures: three of them, and a server that was restarted has been asked again, within half a minute."""
TELL_AFTER = timedelta(minutes=15)
"""A failure that lasts so long is told to the owner: an estimate, longer than an upgrade of a server takes."""


@dataclass(frozen=True, slots=True)
class ReaderState:
    """Where the reader stands. waiting: texts that are still to be read. tokens: of the day. trouble: why it is not asked now, ''
    if it is."""

    state: Literal["reading", "failing", "over budget"]
    waiting: int
    tokens: int
    trouble: str = ""


def state_of(conn: Connection, place: str, daily_tokens: int, least_cost: int, now: datetime) -> ReaderState:
    """Where the reader at `place` stands. least_cost: about how many tokens the shortest request takes."""
    waiting, tokens = len(readings.unread(conn)), readings.use_of(conn, f"{now:%Y-%m-%d}").tokens
    problem = trouble_at(conn, place)
    if problem is not None:
        return ReaderState("failing", waiting, tokens, problem.error.text or problem.error.type)
    if daily_tokens < least_cost:
        never = f"daily_tokens allows no request at all; the shortest takes about {least_cost:,}"
        return ReaderState("over budget", waiting, tokens, never)
    if daily_tokens - tokens < least_cost:
        return ReaderState("over budget", waiting, tokens, "the tokens of the day (UTC) are spent")
    return ReaderState("reading", waiting, tokens)


def trouble_at(conn: Connection, place: str) -> Problem | None:
    """The failure of the model at `place` that is not over; None if its last answer was good."""
    found = (problem for problem in problems_and_runs.problems(conn, PROBLEM_KIND) if problem.subject == place)
    return next(found, None)


def is_open(problem: Problem | None, now: datetime) -> bool:
    """Whether the breaker is open: the server is left alone for now."""
    return problem is not None and problem.retry_at is not None and problem.retry_at > now


def is_refusal(problem: Problem | None) -> bool:
    """Whether only a person can end a failure."""
    return problem is not None and problem.error.type == ReaderRefusedError.__name__


def note_failure(conn: Connection, place: str, error: ReaderError, routes: Sequence[Route], now: datetime) -> Problem:
    """Record a failure, and tell the owner once of one that lasts or that needs a person."""
    refused = isinstance(error, ReaderRefusedError)

    def wait(count: int) -> timedelta:
        steps = count if refused else count - FAILURES_IN_A_ROW + 1
        doubled = timedelta(minutes=2 ** min(steps - 1, 10)) if steps > 0 else BEFORE_OPEN * count
        own = min(doubled, MOST_WAIT)
        return max(own, timedelta(seconds=error.retry_after or 0))

    problem = problems_and_runs.add_problem(conn, PROBLEM_KIND, place, error, now, wait)
    asked_to_wait = timedelta(seconds=error.retry_after or 0)  # till then nothing would tell that it goes on
    if refused or max(now - problem.first_at, asked_to_wait) >= TELL_AFTER:
        why = "Stories near the deal wait to be read by the model; meanwhile the rules speak alone, and alerts go on."
        remedy = "Mend what is named here; `deal-monitor doctor` checks it. What waits is then read, without a restart."
        if refused:
            remedy = "Mend what is named here; a new key or address needs a restart. `deal-monitor doctor` checks it."
        first_line = f"READER FAILING · {place} · the rules speak alone"
        notice = _notice(problem, "failing", first_line, why, problem.error.text, place, remedy)
        notify_operator(conn, notice, routes, now)
    return problem


def note_success(conn: Connection, place: str, routes: Sequence[Route], now: datetime) -> None:
    """End the failures recorded of any model, and tell the owner if a failure was told."""
    problems = problems_and_runs.problems(conn, PROBLEM_KIND)
    problems_and_runs.resolve_problem(conn, PROBLEM_KIND, [problem.subject for problem in problems])
    for problem in problems:
        if not was_told(conn, _key(problem, "failing")):
            continue
        first_line = f"READER WORKS AGAIN · {place}"
        why = f"The model that failed since {problem.first_at:%-d %b %Y at %H:%M} UTC answers again."
        remedy = "Nothing is to be done. What waited is read now, and a verdict that this changes is told."
        said = problem.error.text or problem.error.type
        notify_operator(conn, _notice(problem, "works again", first_line, why, said, place, remedy), routes, now)


def note_spent(conn: Connection, place: str, daily_tokens: int, routes: Sequence[Route], now: datetime) -> None:
    """Tell the owner, once a day, that the tokens of the day are spent."""
    key, used = _spent_key(now), readings.use_of(conn, f"{now:%Y-%m-%d}").tokens
    first_line = f"READER OVER BUDGET · {used:,} of {daily_tokens:,} tokens used today"
    why = "The tokens of the day (UTC) are spent. Until the next day the rules speak alone; what waits is read then."
    remedy = "Raise daily_tokens in [reader] of config.toml if this happens often, or leave it: nothing is lost."
    said = (f"{used:,} tokens were used since 00:00 UTC; the next request would exceed {daily_tokens:,}.",)
    head = (key, "Reader", "reader", "over budget")
    sure = "The tokens are counted as the server reports them, else estimated."
    notify_operator(conn, OperatorNotice(*head, first_line, why, sure, said, place, remedy), routes, now)


def was_spent_told(conn: Connection, now: datetime) -> bool:
    """Whether the owner has been told today that the tokens are spent."""
    return was_told(conn, _spent_key(now))


def _spent_key(now: datetime) -> str:
    return f"{PROBLEM_KIND} budget\n{now:%Y-%m-%d}"


def _key(problem: Problem, event: str) -> str:
    return f"{problem.kind}\n{problem.subject}\n{problem.first_at.isoformat()}\n{event}"


def _notice(
    problem: Problem, event: str, first_line: str, why: str, said: str, place: str, remedy: str
) -> OperatorNotice:
    """What is told once of one failure, from its first answer that could not be used to the next good one."""
    head, sure = (_key(problem, event), "Reader", "reader", event), "The monitor asked the server itself."
    good = event == "works again"
    return OperatorNotice(*head, first_line, why, sure, (said,), place, remedy, good)
