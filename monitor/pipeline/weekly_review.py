"""The weekly review: once a week the model judges each open commitment with new reports, and people see where its
answer differs from the board. No answer changes a verdict.

A request runs between two transactions, as in `reading_queue`: `next_request` reserves tokens, `record_answer` or
`record_failure` settles them. Each commitment of a week has a row, so a restart asks about none twice and leaves none
out.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages import board_question
from monitor.domain.messages.board_question import WEEK_TOKENS, BoardAnswer, BoardQuestion
from monitor.domain.messages.context import RenderContext
from monitor.domain.model import Commitment, Intervention, Signal, Story, Verdict
from monitor.domain.text.labels import pluralised
from monitor.domain.verdicts.evidence import all_evidence
from monitor.domain.verdicts.interventions import KEEP, suppressions
from monitor.errors import ReaderError
from monitor.logs import get_logger
from monitor.pipeline.reading_queue import FIRST_BACKOFF, ReadingQueue, ReadRequest, is_open, trouble_at
from monitor.store import Connection, reading_store, signals, stories, verdict_records, weekly_store
from monitor.store.rows import save_rows
from monitor.store.tables import BoardReview, ReviewWeek

WEEK, LEAST_APART = timedelta(days=7), timedelta(days=6)
"""Two slots are no closer than the second, even if the day of the digest changes."""
MOST_TRIES = 3
"""Attempts at a commitment whose answers cannot be read; each waits four times as long as the last."""
SIGNALS_READ = 300
"""The newest signals of a commitment that are searched for the reports of a question: ten busy days of real news."""

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class BoardRequest:
    """One commitment to ask about. cost: the tokens reserved for it."""

    row: BoardReview
    question: BoardQuestion
    cost: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CitedReport:
    """A report that the model cites."""

    signal: Signal
    story: Story


@dataclass(frozen=True, slots=True)
class Disagreement:
    """An answer of the model that differs from the board. reports: the cited ones that still count."""

    commitment: Commitment
    board: Verdict
    review: BoardReview
    reports: tuple[CitedReport, ...]


@dataclass(frozen=True, slots=True)
class WeeklyReview:
    """The weekly review at one moment, within the caller's transaction. slot: the last regular time."""

    conn: Connection
    rulebook: Rulebook
    queue: ReadingQueue
    slot: datetime
    now: datetime

    def is_due(self) -> bool:
        """Whether `next_request` has something to do. It only reads."""
        if is_open(trouble_at(self.conn, self.queue.setup.place), self.now):
            return False
        return self._begins(weekly_store.last_week(self.conn)) or (self._tokens_left() and bool(self._ready()))

    def next_request(self) -> BoardRequest | None:
        """The next commitment to ask about, with its tokens reserved; None if there is none.

        1. At the slot, begin the week: list the commitments with new reports, and give up what is left of the last.
        2. Build the question from the evidence and the verdict of this moment.
        3. Stop for this week at WEEK_TOKENS, and for today at the reader's budget.
        """
        week = weekly_store.last_week(self.conn)
        if self._begins(week):
            week = self._begin_week()
        if week is None or not self._tokens_left():
            return None
        for row in self._ready():
            question = self._question(row.commitment)
            if question is None:
                self._settle(row, "dropped", error="nothing to ask any more")
                continue
            if week.tokens + question.cost > WEEK_TOKENS:
                left = weekly_store.waiting(self.conn)
                for each in left:
                    self._settle(each, "unasked", error=f"the week's {WEEK_TOKENS:,} tokens are spent")
                log.warning("weekly review over budget", unasked=len(left), tokens=week.tokens)
                return None
            save_rows(self.conn, week.changed(tokens=week.tokens + question.cost))
            reading_store.add_use(self.conn, self.now, requests=1, texts=0, tokens=question.cost)
            return BoardRequest(row, question, question.cost, self.now)
        return None

    def record_answer(self, request: BoardRequest, answer: BoardAnswer, tokens: int) -> None:
        """Store a checked answer. tokens: used."""
        self._settle_week(request, tokens)
        reading_store.add_use(self.conn, request.at, requests=0, texts=0, tokens=tokens - request.cost)
        self.queue.end_failures()
        if answer.refused:
            self._settle(request.row, "refused", request.at, error=answer.refused)
            log.warning("weekly review: answer refused", commitment=request.row.commitment, reason=answer.refused)
            return
        found = {"standing": answer.standing, "outlook": answer.outlook, "reason": answer.reason}
        self._settle(request.row, "answered", request.at, reports=answer.reports, error="", **found)
        verdict = verdict_records.verdict_records(self.conn, [request.row.commitment])[request.row.commitment].published
        agrees = board_question.agrees(answer.standing, answer.outlook, verdict)
        log.info("weekly review: answer stored", commitment=request.row.commitment, agrees=agrees, tokens=tokens)

    def record_failure(self, request: BoardRequest, error: ReaderError) -> None:
        """Record that a request failed. A failing server rests, as for readings, and the commitment stays in the queue;
        an answer that cannot be read is asked for again, MOST_TRIES times in all."""
        row, text = request.row, str(error)
        spent = error.tokens if error.tokens is not None else request.cost if error.spent else 0
        self._settle_week(request, spent)
        if error.unusable:
            reading_store.add_use(self.conn, request.at, requests=0, texts=0, tokens=spent - request.cost)
            later = row.changed(tries=row.tries + 1, not_before=self.now + FIRST_BACKOFF * 4**row.tries, error=text)
            if later.tries == MOST_TRIES:
                self._settle(later, "refused", request.at, error=text)
            else:
                save_rows(self.conn, later)
        else:
            self.queue.record_failure(ReadRequest("", (), (), request.cost, request.at), error)
        log.warning("weekly review: no usable answer", commitment=row.commitment, error=text)

    def _begins(self, last: ReviewWeek | None) -> bool:
        return last is None or self.slot - last.slot >= LEAST_APART

    def _begin_week(self) -> ReviewWeek:
        """Start the week of this slot: a row for each open commitment with reports since its last review, the one with
        the newest report first."""
        for row in weekly_store.waiting(self.conn):
            self._settle(row, "unasked", error="not answered before the next review")
        first = weekly_store.last_week(self.conn, first=True)
        start = (first.slot if first is not None else self.slot) - WEEK
        reviewed = weekly_store.newest(self.conn, weekly_store.DONE)
        news: dict[str, datetime] = {}
        for name, verdict in self._verdicts().items():
            done = reviewed.get(name)
            since = done.at if done is not None and done.at is not None else start
            if board_question.is_reviewed(self.rulebook.commitments[name], verdict, self.now):
                seen = [signal.seen_at for signal in self._counting(verdict) if signal.seen_at >= since]
                news |= {name: max(seen)} if seen else {}
        ordered = sorted(news, key=lambda name: (news[name], name), reverse=True)
        rows = [BoardReview(slot=self.slot, commitment=name, place=place) for place, name in enumerate(ordered)]
        save_rows(self.conn, *rows)
        week = ReviewWeek(slot=self.slot)
        save_rows(self.conn, week)
        log.info("weekly review begun", commitments=len(rows))
        return week

    def _question(self, name: str) -> BoardQuestion | None:
        """None if the commitment is gone, closed or pinned by now, or no report of it counts any more."""
        verdict, commitment = self._verdicts().get(name), self.rulebook.commitments.get(name)
        if verdict is None or commitment is None or not board_question.is_reviewed(commitment, verdict, self.now):
            return None
        reports = board_question.newest_reports(self._counting(verdict), verdict)
        known = stories.by_ids(self.conn, {signal.story for signal in reports})
        common = (self.rulebook.publishers, self.rulebook.policy, self.now, "UTC", self.rulebook.parties)
        context = RenderContext({s.id: s for s in reports}, known, *common, self.rulebook.rules)
        return board_question.board_question(commitment, verdict, context) if reports else None

    def _verdicts(self) -> Mapping[str, Verdict]:
        records = verdict_records.verdict_records(self.conn)
        return {name: each.published for name, each in records.items() if name in self.rulebook.commitments}

    def _counting(self, verdict: Verdict) -> tuple[Signal, ...]:
        """The newest signals of a commitment that count, and those behind its verdict."""
        name = verdict.commitment
        found = {signal.id: signal for signal in signals.latest(self.conn, name, SIGNALS_READ)}
        found |= signals.by_ids(self.conn, all_evidence(verdict) - found.keys())
        return tuple(cited.signal for cited in counting_reports(self.conn, name, list(found.values())))

    def _ready(self) -> list[BoardReview]:
        return [r for r in weekly_store.waiting(self.conn) if r.not_before is None or r.not_before <= self.now]

    def _tokens_left(self) -> bool:
        """Whether the day's budget has room for any question."""
        used = reading_store.use_of(self.conn, f"{self.now:%Y-%m-%d}").tokens
        return self.queue.setup.daily_tokens - used >= board_question.COMMITMENT_TOKENS

    def _settle(self, row: BoardReview, state: str, at: datetime | None = None, **found: object) -> None:
        """at: the time of the question: later evidence is new."""
        changed = row.changed(state=state, at=at or self.now, model=self.queue.setup.name, **found)
        save_rows(self.conn, changed)

    def _settle_week(self, request: BoardRequest, used: int) -> None:
        """Replace the reserved tokens of the week by the used ones."""
        week = weekly_store.last_week(self.conn)
        if week is not None and week.slot == request.row.slot:
            save_rows(self.conn, week.changed(tokens=week.tokens + used - request.cost))


def counting_reports(conn: Connection, name: str, found: Sequence[Signal]) -> Iterator[CitedReport]:
    """The signals of a commitment that count, with their stories: live, not experimental, not rejected by a person, and
    in a story that was not withdrawn."""
    rejected = suppressions(verdict_records.interventions(conn, [name]).get(name, ()))
    dead = signals.retired(conn, [signal.id for signal in found])
    known = stories.by_ids(conn, {signal.story for signal in found})
    for signal in found:
        story = known.get(signal.story)
        live = signal.id not in dead and not signal.experimental and rejected.of(signal) is None
        if live and story is not None and not story.withdrawn:
            yield CitedReport(signal, story)


def open_disagreements(conn: Connection, rulebook: Rulebook) -> tuple[Disagreement, ...]:
    """Where the last answers differ from the board, in the order of the rules. A person settles one by a pin, by
    rejecting its reports, or by keeping the board's status; else it ends when board or model agree."""
    answers = weekly_store.newest(conn, ["answered"])
    records = verdict_records.verdict_records(conn, answers.keys())
    interventions = verdict_records.interventions(conn, list(answers))
    found = []
    for name, commitment in rulebook.commitments.items():
        row, record = answers.get(name), records.get(name)
        if row is None or record is None or row.at is None:
            continue
        at, own = row.at, interventions.get(name, ())
        settled = any(each.kind in ("pin", KEEP) and each.at >= at for each in own)
        if settled or board_question.agrees(row.standing, row.outlook, record.published):
            continue
        cited = signals.by_ids(conn, row.reports)
        reports = tuple(counting_reports(conn, name, [cited[key] for key in row.reports if key in cited]))
        if reports:
            found.append(Disagreement(commitment, record.published, row, reports))
    return tuple(found)


def keep_board(conn: Connection, name: str, by: str, reason: str, now: datetime) -> Intervention:
    """Record that a person keeps the board's status, so that the present disagreement leaves the inbox."""
    kept = Intervention(secrets.token_hex(6), KEEP, name, "", reason, "", now, by=by)
    verdict_records.add_intervention(conn, kept, now, ())
    return kept


def digest_lines(conn: Connection, rulebook: Rulebook, start: datetime, end: datetime) -> tuple[str, ...]:
    """The lines of the owner's digest on the answers of [start, end): one for each disagreement and each answer that
    was refused, and one on the commitments that were not asked about."""
    settled = {row.commitment: row for row in weekly_store.settled(conn, start, end)}
    lines = []
    for each in open_disagreements(conn, rulebook):
        row, board = each.review, each.board
        if row.at is not None and start <= row.at < end:
            ours = board_question.both_words(board.standing, board.outlook)
            theirs = board_question.both_words(row.standing, row.outlook)
            why = f": “{row.reason.rstrip('.')}”" if row.reason else ""
            cites = pluralised(len(each.reports), "report")
            lines.append(f"{each.commitment.short}: {ours} on the board, {theirs} for the model, citing {cites}{why}.")
    if lines:
        lines.append("`deal-monitor inbox list` shows the reports, and how to settle it.")
    for name, row in settled.items():
        if row.state == "refused" and name in rulebook.commitments:
            lines.append(f"{rulebook.commitments[name].short}: the model's answer was refused: {row.error}.")
    unasked = [row for row in settled.values() if row.state == "unasked"]
    if unasked:
        many = pluralised(len(unasked), "commitment was", "commitments were")
        lines.append(f"{many} not reviewed: {unasked[0].error}.")
    return tuple(lines)
