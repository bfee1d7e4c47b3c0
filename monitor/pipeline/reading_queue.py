"""The queue of texts for the model: the next requests, the day's budget, and the circuit breaker of its server.

A request is about one deal and runs between two transactions: `next_requests` takes texts and reserves tokens,
`record_answer` or `record_failure` settles both. A text stays in the queue of each deal that it is near until it is
answered, too old, or no longer published. While the breaker is open or the budget is spent, the rules decide alone; the
breaker outlives a restart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Route, Story
from monitor.domain.reading.exchange import CheckedAnswer
from monitor.domain.stories.syndication import as_reported_by
from monitor.errors import ReaderError, ReaderRefusedError
from monitor.logs import get_logger
from monitor.pipeline.apply_readings import ReadingReport, ReadText, record_readings, release_unread
from monitor.pipeline.operator_notices import OperatorNotice, notify_operator, was_notified
from monitor.pipeline.reader_lead import ReaderLead, ReaderSetup
from monitor.store import Connection, problems_and_runs, reading_store, stories
from monitor.store.rows import save_rows
from monitor.store.tables import Problem, UnreadText

MOST_AT_ONCE = 4
"""Requests in flight, an estimate: more meet the rate limits of providers, and a local server answers no faster."""
TAKEN = timedelta(minutes=5)
"""How long a text is left to the worker that asks about it, an estimate: longer than a slow model takes."""
GATHER = timedelta(seconds=15)
"""How long the first text waits for others, an estimate: reports of one event come within a few polls."""
MOST_WAIT = timedelta(minutes=1)
"""How long news waits for its reading; then the rules decide alone until it comes."""
FIRST_BACKOFF, MOST_BACKOFF = timedelta(minutes=1), timedelta(days=1)
"""Between two attempts at a text whose answer was unusable; each is twice as long as the last."""
MOST_DOUBLED = 2
"""How often the time limit of a slow server is doubled, an estimate: two minutes by default."""
PROBLEM_KIND = "reader"
"""Kind of the stored problem; its subject is the model with its server."""
FAILURES_IN_A_ROW = 3
"""Opens the breaker: one may be a network error, and two a restart of the server."""
MOST_OPEN = timedelta(minutes=30)
"""The longest time the breaker stays open: a minute at first, doubled by each further failure."""
BEFORE_OPEN = timedelta(seconds=10)
"""Between the first failures: after three, a server that restarted has been asked again within half a minute."""
NOTIFY_AFTER = timedelta(minutes=15)
"""Duration after which the owner is notified of a failure: an estimate, longer than an upgrade of a server takes."""

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """Texts of one request. waiting: their rows, in the same order; cost: the tokens reserved for it; deal: '' for the
    weekly review."""

    deal: str
    texts: tuple[Story, ...]
    waiting: tuple[UnreadText, ...]
    cost: int
    at: datetime

    @property
    def patience(self) -> int:
        """How many times its usual time limit the server gets."""
        return 1 << min(max(row.tries for row in self.waiting), MOST_DOUBLED)


@dataclass(frozen=True, slots=True)
class ReaderState:
    """State of the reader for people. waiting: texts in the queue; tokens: used today; trouble: why it is not asked;
    confirms: why it only confirms although it should lead."""

    state: Literal["reading", "failing", "over budget"]
    waiting: int
    tokens: int
    trouble: str = ""
    confirms: str = ""


@dataclass(frozen=True, slots=True)
class ReadingQueue:
    """The queue at one moment, within the caller's transaction. routes: where the owner is notified."""

    conn: Connection
    rulebook: Rulebook
    setup: ReaderSetup
    routes: Sequence[Route]
    now: datetime

    def is_due(self, *, gathered: bool = False, fresh_start: bool = False) -> bool:
        """Whether `next_requests` has something to do. It only reads, so it may be called every second."""
        chosen = self._choose(reading_store.unread(self.conn), gathered=gathered)
        if not chosen or self._must_wait(fresh_start):
            return False
        # A spent budget is something to do once: the owner is notified.
        return self._tokens_left() >= self.setup.least_cost(chosen) or not was_notified(self.conn, self._budget_key())

    def next_requests(self, *, gathered: bool = False, fresh_start: bool = False) -> list[ReadRequest]:
        """The texts to ask about now, at most one request a deal; reserves the tokens of the answers. Empty if there is
        nothing to ask.

        gathered: do not wait for more texts; fresh_start: retry once after a refusal that only a person can end, as it
        may have been repaired.

        1. Drop texts that are too old or no longer published; note whether the model leads.
        2. Ask nothing while the breaker is open.
        3. Choose the newest texts that are ready; one whose answers failed in a smaller request each time.
        4. Fit the requests into the day's tokens; notify the owner if not even one text fits.
        5. Take the texts, so that no other worker asks about them meanwhile.
        """
        shown = self._published_texts()
        self.lead.note(self.routes)
        if self._must_wait(fresh_start):
            return []
        chosen = self._choose([row for row, _ in shown.values()], gathered=gathered)
        requests, left = list[ReadRequest](), self._tokens_left()
        for deal, rows in chosen.items():
            texts, cost = [shown[row.text, deal][1] for row in rows], 0
            while texts and (cost := self.setup.cost_of(deal, texts)) > left:
                texts.pop()
            if texts and len(requests) < MOST_AT_ONCE:
                reading_store.add_use(self.conn, self.now, requests=1, texts=len(texts), tokens=cost)
                asked = tuple(rows[: len(texts)])
                requests.append(ReadRequest(deal, tuple(texts), asked, cost, self.now))
                save_rows(self.conn, *(row.changed(not_before=self.now + TAKEN) for row in asked))
                left -= cost
        if chosen and not requests:  # the owner is notified once a day
            limit = self.setup.daily_tokens
            used, until = limit - left, "The rules decide alone until tomorrow; queued stories are read then."
            notice = OperatorNotice(
                key=self._budget_key(),
                state="over budget",
                first_line=f"READER OVER BUDGET · {used:,} of {limit:,} tokens used today",
                why=f"Today's tokens (UTC) are spent. {until}",
                confidence="Tokens are counted as the server reports them, else estimated.",
                findings=(f"{used:,} tokens used since 00:00 UTC; the next request would exceed {limit:,}.",),
                found_by=self.setup.place,
                remedy="If this happens often, raise daily_tokens in [reader] of config.toml. Otherwise, no action.",
            )
            notify_operator(self.conn, notice, self.routes, self.now)
        return requests

    @property
    def lead(self) -> ReaderLead:
        return ReaderLead(self.conn, self.rulebook, self.setup, self.now)

    def _must_wait(self, fresh_start: bool) -> bool:
        problem = trouble_at(self.conn, self.setup.place)
        refused = problem is not None and problem.error.type == ReaderRefusedError.__name__
        return is_open(problem, self.now) and not (fresh_start and refused)

    def _tokens_left(self) -> int:
        return self.setup.daily_tokens - reading_store.use_of(self.conn, f"{self.now:%Y-%m-%d}").tokens

    def _choose(self, waiting: Sequence[UnreadText], *, gathered: bool) -> dict[str, list[UnreadText]]:
        """By deal, the one with the newest text first, the texts of the next request, in this order; none while the
        first may get company, or while the deal's answers cannot be used."""
        batch, resting = self.setup.batch, self._resting()
        ready = defaultdict[str, list[UnreadText]](list)
        for row in waiting:
            able = row.deal in self.setup.questions and row.deal not in resting and not row.given_up
            if able and (row.not_before is None or row.not_before <= self.now):
                ready[row.deal].append(row)
        # News that settles sooner is gathered for less time, so that readings come in time.
        gather = min(GATHER, timedelta(seconds=self.rulebook.policy.settle_seconds) / 3)
        chosen = dict[str, list[UnreadText]]()
        for deal, rows in ready.items():
            fresh = [row.since for row in rows if row.tries == 0]
            if fresh and not gathered and len(fresh) < batch and min(fresh) + gather > self.now:
                continue
            own, room = chosen.setdefault(deal, list[UnreadText]()), batch
            for row in rows:
                own_room = min(room, row.together or batch)
                if len(own) < own_room:
                    own.append(row)
                    room = own_room
        return chosen

    def _resting(self) -> set[str]:
        """The deals whose breaker is open."""
        resting = {
            each.subject for each in problems_and_runs.problems(self.conn, PROBLEM_KIND) if is_open(each, self.now)
        }
        return {deal for deal in self.setup.questions if self.setup.subject_of(deal) in resting - {self.setup.place}}

    def _published_texts(self) -> dict[tuple[str, str], tuple[UnreadText, Story]]:
        """By text and deal, the queued texts that are published and recent enough, newest first; drops the others."""
        waiting = reading_store.unread(self.conn)
        known = stories.by_ids(self.conn, {row.story for row in waiting})
        texts = {(text.story, text.hash): text for text in stories.revisions(self.conn, known.values())}
        oldest = self.now - timedelta(days=self.rulebook.policy.digest_only_days)
        found, dropped = dict[tuple[str, str], tuple[UnreadText, Story]](), set[str]()
        for row in waiting:
            text = texts.get((row.story, row.text))
            story = as_reported_by(known[row.story], text) if text is not None else None
            if row.deal not in self.setup.questions:
                reading_store.drop_unread(self.conn, [row.text], row.deal)
            elif story is None or story.withdrawn or known[row.story].withdrawn:
                dropped.add(row.text)
            elif row.since < oldest:
                dropped.add(row.text)
                if not row.given_up:
                    log.warning("never read by the model: too old", story=row.story, tries=row.tries, error=row.error)
            else:
                found[row.text, row.deal] = row, story
        reading_store.drop_unread(self.conn, dropped)
        return found

    def record_answer(self, request: ReadRequest, answer: CheckedAnswer, tokens: int) -> ReadingReport:
        """Store the readings of an answer and their effects; texts without an answer stay queued. tokens: used."""
        reading_store.add_use(self.conn, request.at, requests=0, texts=0, tokens=tokens - request.cost)
        confirms = bool(self.lead.refused)
        made = {
            text: replace(self.setup.reading_of(request.deal, text, read, self.now), confirms=confirms)
            for text, read in answer.answered.items()
        }
        texts = [ReadText(row.story, made[row.text], row.since) for row in request.waiting if row.text in made]
        report = record_readings(self.conn, self.rulebook, texts, self.now)
        left = {row.text: "no answer" for row in request.waiting if row.text not in made}
        self._ask_smaller(request, left | dict.fromkeys(answer.nonsense, "senseless answer"))
        if made:
            self.end_failures(request.deal)
        else:
            self._add_failure(request, ReaderError(f"{self.setup.place}: no usable answer on any story", unusable=True))
        return report

    def record_failure(self, request: ReadRequest, error: ReaderError) -> Problem:
        """Record that a request failed. Its texts stay queued; the server rests until the returned `retry_at`."""
        spent = error.tokens if error.tokens is not None else request.cost if error.spent else 0
        reading_store.add_use(self.conn, request.at, requests=0, texts=0, tokens=spent - request.cost)
        if error.unusable or error.slow:
            errors = {row.text: str(error) for row in request.waiting}
            self._ask_smaller(request, errors, at_fault=not error.slow)
        else:
            self.put_back(request)
        return self._add_failure(request, error)

    def put_back(self, request: ReadRequest) -> None:
        """Let the texts of a request without an answer be asked about again, as before."""
        before = {row.text: row.not_before for row in request.waiting}
        waiting = (row for row in reading_store.unread(self.conn) if row.deal == request.deal and row.text in before)
        save_rows(self.conn, *(row.changed(not_before=before[row.text]) for row in waiting))

    def release_late(self, *, asked: bool = True) -> None:
        """Let the rules decide alone on texts that waited too long, or on all while the model is not `asked`."""
        asked = asked and not is_open(trouble_at(self.conn, self.setup.place), self.now)
        asked = asked and self._tokens_left() >= self.setup.least_cost()
        # News that settles sooner waits less.
        longest, resting = (
            min(MOST_WAIT, timedelta(seconds=self.rulebook.policy.settle_seconds) * 2 / 3),
            self._resting(),
        )
        late = []
        for row in reading_store.unread(self.conn):
            is_asked = asked and row.deal not in resting
            if not row.released and row.since <= self.now - (longest if is_asked else timedelta()):
                late.append(row)
        release_unread(self.conn, self.rulebook, late, self.now)

    def _ask_smaller(self, request: ReadRequest, errors: Mapping[str, str], *, at_fault: bool = True) -> None:
        """Ask about these texts of a request again, with half as many in a request. errors: by text; at_fault: a text
        may be the cause, so its next attempt is delayed, and a text alone is tried three times."""
        later, count = [], len(request.texts)
        for row in reading_store.unread(self.conn):
            if row.deal != request.deal or row.text not in errors:
                continue
            wait = min(FIRST_BACKOFF * 2 ** min(row.tries, 20), MOST_BACKOFF) if at_fault else timedelta()
            alone = row.alone + (at_fault and count == 1)
            times = {"tries": row.tries + 1, "alone": alone, "not_before": self.now + wait}
            later.append(row.changed(**times, together=max(1, count // 2), error=errors[row.text]))
            if later[-1].given_up:
                log.warning("left to a person: no usable answer of the model", story=row.story, error=errors[row.text])
        save_rows(self.conn, *later)

    def _add_failure(self, request: ReadRequest, error: ReaderError) -> Problem:
        """Record a failure; notify the owner once if it lasts or needs a person. Requests that were in flight together
        and fail together count as one failure."""
        refused, asked_wait = isinstance(error, ReaderRefusedError), timedelta(seconds=error.retry_after or 0)
        subject = self.setup.subject_of(request.deal) if error.unusable else self.setup.place
        known = trouble_at(self.conn, subject)
        if known is not None and known.last_at >= request.at and not refused and not asked_wait:
            return known

        def wait(count: int) -> timedelta:
            steps = count if refused else count - FAILURES_IN_A_ROW + 1
            doubled = timedelta(minutes=2 ** min(steps - 1, 10)) if steps > 0 else BEFORE_OPEN * count
            return max(min(doubled, MOST_OPEN), asked_wait)

        problem = problems_and_runs.add_problem(self.conn, PROBLEM_KIND, subject, error, self.now, wait)
        # During a wait that the server asked for, no further failure would trigger the notice.
        if refused or max(self.now - problem.first_at, asked_wait) >= NOTIFY_AFTER:
            then = "A new key or address needs a restart."
            if not refused:
                then = "Queued stories are then read, without a restart."
            remedy = f"Repair what is named here; `deal-monitor doctor` checks it. {then}"
            why = "Stories near the deal wait for the model. Until then the rules decide alone, and alerts continue."
            first_line = f"READER FAILING · {subject} · rules only"
            notice = self._notice(problem, "failing", first_line, why, problem.error.text, remedy)
            notify_operator(self.conn, notice, self.routes, self.now)
        return problem

    def end_failures(self, deal: str = "") -> None:
        """End the recorded failures of any model, except on other deals; notify the owner if the failure was
        notified."""
        others = {self.setup.subject_of(each) for each in self.setup.questions if each != deal} - {self.setup.place}
        problems = [p for p in problems_and_runs.problems(self.conn, PROBLEM_KIND) if p.subject not in others]
        problems_and_runs.resolve_problem(self.conn, PROBLEM_KIND, [problem.subject for problem in problems])
        for problem in problems:
            if was_notified(self.conn, _failure_key(problem, "failing")):
                first_line = f"READER WORKS AGAIN · {self.setup.place}"
                why = f"The model had failed since {problem.first_at:%-d %b %Y at %H:%M} UTC."
                remedy = "No action needed. Queued stories are read now, and changed verdicts are reported."
                error = problem.error.text or problem.error.type
                notice = self._notice(problem, "works again", first_line, why, error, remedy)
                notify_operator(self.conn, notice, self.routes, self.now)

    def _notice(
        self, problem: Problem, event: str, first_line: str, why: str, error: str, remedy: str
    ) -> OperatorNotice:
        return OperatorNotice(
            key=_failure_key(problem, event),
            state=event,
            first_line=first_line,
            why=why,
            confidence="The monitor asked the server itself.",
            findings=(error,),
            found_by=self.setup.place,
            remedy=remedy,
            good=event == "works again",
        )

    def _budget_key(self) -> str:
        return f"{PROBLEM_KIND} budget\n{self.now:%Y-%m-%d}"


def trouble_at(conn: Connection, place: str) -> Problem | None:
    """The present failure of the model at `place`; None if its last answer was good."""
    found = (problem for problem in problems_and_runs.problems(conn, PROBLEM_KIND) if problem.subject == place)
    return next(found, None)


def is_open(problem: Problem | None, now: datetime) -> bool:
    """Whether the breaker is open, so the server is not asked."""
    return problem is not None and problem.retry_at is not None and problem.retry_at > now


def reader_state(conn: Connection, rulebook: Rulebook, setup: ReaderSetup, now: datetime) -> ReaderState:
    """The state of the reader, for people."""
    confirms = ReaderLead(conn, rulebook, setup, now).trouble
    waiting = len({row.text for row in reading_store.unread(conn) if not row.given_up})
    tokens = reading_store.use_of(conn, f"{now:%Y-%m-%d}").tokens
    subjects = {setup.place, *map(setup.subject_of, setup.questions)}
    problem = next((p for p in problems_and_runs.problems(conn, PROBLEM_KIND) if p.subject in subjects), None)
    if problem is not None:
        return ReaderState("failing", waiting, tokens, problem.error.text or problem.error.type, confirms)
    if setup.daily_tokens < setup.least_cost():
        trouble = f"daily_tokens allows no request at all; the shortest takes about {setup.least_cost():,}"
        return ReaderState("over budget", waiting, tokens, trouble, confirms)
    if setup.daily_tokens - tokens < setup.least_cost():
        return ReaderState("over budget", waiting, tokens, "the day's tokens (UTC) are spent", confirms)
    return ReaderState("reading", waiting, tokens, confirms=confirms)


def _failure_key(problem: Problem, event: str) -> str:
    """One failure lasts from its first unusable answer to the next good one; each event of it is notified once."""
    return f"{problem.kind}\n{problem.subject}\n{problem.first_at.isoformat()}\n{event}"
