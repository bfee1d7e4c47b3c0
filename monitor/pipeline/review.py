"""T2, the review: decides every commitment that is due, and announces the changes, in one write.

Reading, deciding and announcing write nothing. The write is compare-and-set on each verdict: if another writer was
first, everything is read and decided again, so no change is lost or recorded twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.domain.alerts.announce import BUSY, AlertContext, announce
from monitor.domain.alerts.mutes import MuteSummary, last_ended_mute
from monitor.domain.alerts.recipients import subscribed
from monitor.domain.alerts.sent_log import SentLog
from monitor.domain.evaluation import EndedMute, PendingReview, evaluate
from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.thread_card import threads_to_refresh
from monitor.domain.model import Cause, Decision, Intervention, Message, Policy, Route, Story, Transition
from monitor.domain.verdicts import review_requests
from monitor.domain.verdicts.evidence import all_evidence
from monitor.domain.verdicts.interventions import affects_before
from monitor.errors import StoreError
from monitor.pipeline.apply_readings import current_readers
from monitor.pipeline.coalescing import CoalescedMessages, coalesce
from monitor.pipeline.message_rows import ReviewContext, build_row, sent_log
from monitor.store import Connection, Store, problems_and_runs, rematch, signals, stories, threads, verdict_records
from monitor.store import feeds as feed_store
from monitor.store import outbox as outbox_store
from monitor.store.engine import check_rules, workers
from monitor.store.outbox import NewOutboxItem
from monitor.store.rematch import UNCHANGED, ActivationPreview

MAX_CAS_RETRIES = 5
"""Restarts of a review because other writers were first: an estimate, far above what one instance meets."""
QUIET_HOURS_SUBJECT = "quiet hours"
"""Subject of the problem that messages held in quiet hours could not be coalesced."""


@dataclass(frozen=True, slots=True)
class ReviewReport:
    """Results of one review. problems: commitments that could not be decided, each with its error; they stay due."""

    decided: tuple[str, ...] = ()
    transitions: tuple[Transition, ...] = ()
    messages: tuple[Message, ...] = ()
    problems: tuple[str, ...] = ()


def review(
    store: Store,
    rulebook: Rulebook,
    routes: Sequence[Route],
    now: datetime,
    *,
    cause: Cause = Cause.NEWS,
    settled: bool = False,
    sources: Sequence[str] = (),
) -> ReviewReport:
    """Decide the commitments due at `now`, and queue the messages that routes accept. cause: of requests by ordinary
    news.

    sources: the feeds that could report a change (`domain.verdicts.blind`); without any, nothing counts as unread.

    A commitment is due if it has a review request `settle_seconds` old (any request, if `settled`; at once for a formal
    act or an intervention), if time alone may have changed its verdict, or if it was never decided. Raises StoreError.

    1. Activate the rulebook, if it is not the last one used.
    2. Read the due commitments, with signals, stories and interventions.
    3. Decide each commitment in its own try; a failure leaves only that one undecided.
    4. Announce all transitions together, and build the outbox rows; coalesce messages held in quiet hours.
    5. Write verdicts, transitions, rows and cleared requests together, with requests for the wholes of changed parts;
       if another writer was first, go back to 2.
    6. Decide those wholes in the same way.
    """
    policy = replace(rulebook.policy, settle_seconds=0) if settled else rulebook.policy
    context = ReviewContext(rulebook, tuple(routes), now)
    activate_rulebook(store, rulebook, now)
    for _ in range(MAX_CAS_RETRIES):
        outcome = _Review(context)
        with store.read() as conn:
            outcome.decide(conn, policy, cause, sources)
            if not outcome.due and not outcome.failed:
                return ReviewReport()
            outcome.make_rows(conn)
        try:
            with store.begin() as conn:
                asked = outcome.write(conn)
        except _OvertakenError:
            continue
        done = outcome.report()
        if not asked:
            return done
        then = review(store, rulebook, routes, now, cause=cause, settled=settled, sources=sources)
        decided = tuple(dict.fromkeys((*done.decided, *then.decided)))
        moves, messages = (*done.transitions, *then.transitions), (*done.messages, *then.messages)
        return ReviewReport(decided, moves, messages, (*done.problems, *then.problems))
    raise StoreError(
        f"verdicts in {store.name} changed {MAX_CAS_RETRIES} times during a review: is another instance writing?",
        subject=store.name,
    )


def activate_rulebook(store: Store, rulebook: Rulebook, now: datetime) -> frozenset[str]:
    """Activate a rulebook, if it is not the last one used; returns the commitments that it affects. Raises StoreError
    while workers use another one."""
    with store.read() as conn:
        if problems_and_runs.adopted_version(conn) == rulebook.version:
            return frozenset()
    with store.begin() as conn:
        if workers(conn):
            check_rules(conn, rulebook.version, store.name)
        return rematch.activate_rulebook(conn, rulebook, now)


def preview_activation(
    store: Store, rulebook: Rulebook, routes: Sequence[Route], now: datetime, sources: Sequence[str] = ()
) -> ReviewReport:
    """The changes and messages of activating this rulebook and deciding everything then due; writes nothing.

    Changes that only the edit causes have the cause `rules`, and their messages are held; pending reviews are decided
    with the new rules and announced.
    """
    outcome = _Review(ReviewContext(rulebook, tuple(routes), now))
    with store.read() as conn:
        change = rematch.preview_activation(conn, rulebook, now)
        wholes = {name for name, whole in rulebook.commitments.items() if change.touched.intersection(whole.parts)}
        change = replace(change, touched=change.touched | wholes)
        outcome.decide(conn, replace(rulebook.policy, settle_seconds=0), Cause.NEWS, sources, change)
    return outcome.report()


class _OvertakenError(Exception):
    """Another writer was first."""


@dataclass(slots=True)
class _Review:
    """One attempt at a review: its input, its decisions and its messages. stories: of the due commitments;
    interventions: the general ones; told: the stories of recent messages, by signal; recent: the last changes.
    failed: commitments that could not be read or decided. may_share: whether several commitments may share a message;
    not after a shared one could not be built."""

    context: ReviewContext
    due: list[PendingReview] = field(default_factory=list)
    stories: Mapping[str, Story] = field(default_factory=dict)
    sent: SentLog = field(default_factory=SentLog)
    interventions: tuple[Intervention, ...] = ()
    told: Mapping[str, str] = field(default_factory=dict)
    recent: tuple[Transition, ...] = ()
    decided: dict[str, tuple[review_requests.VerdictRecord, Decision]] = field(default_factory=dict)
    unmuted: dict[str, MuteSummary] = field(default_factory=dict)
    supporting: dict[str, tuple[str, ...]] = field(default_factory=dict)
    failed: dict[str, Exception] = field(default_factory=dict)
    messages: tuple[Message, ...] = ()
    rows: list[NewOutboxItem] = field(default_factory=list)
    coalesced: tuple[CoalescedMessages, ...] = ()
    may_share: bool = True

    def decide(
        self,
        conn: Connection,
        policy: Policy,
        cause: Cause,
        sources: Sequence[str],
        change: ActivationPreview = UNCHANGED,
    ) -> None:
        """Read the due commitments, decide each, and announce the changes. cause: of requests by ordinary news. change:
        a rule change that is read as if it had been written."""
        now, rulebook = self.context.now, self.context.rulebook
        starts = self._find_due(conn, policy, cause, change)
        if not self.due:
            return
        blind = feed_store.unread_spans(conn, sources, policy, now)
        found = change.seen(signals.by_commitment_after(conn, starts), starts)
        # Published evidence that its text no longer supports, with its present reader.
        lost = [all_evidence(p.record.published) - {s.id for s in found[p.commitment.id]} for p in self.due]
        readers = current_readers(conn, rulebook, frozenset().union(*lost))
        for place, (pending, ids) in enumerate(zip(self.due, lost, strict=True)):
            reread = {key: readers[key] for key in sorted(ids & readers.keys())}
            own, mute = found[pending.commitment.id], _ended_mute(conn, pending, now)
            self.due[place] = replace(pending, signals=own, ended_mute=mute, reread=reread, blind=blind)
        self.stories = stories.by_ids(conn, {signal.story for each in self.due for signal in each.signals})
        self.sent = sent_log(conn, now, [route.name for route in self.context.routes if route.approval])
        fresh = now - timedelta(days=rulebook.policy.event_again_days)
        shown = {key for message in self.sent.messages if message.at >= fresh for key in message.evidence}
        self.told = {key: signal.story for key, signal in signals.by_ids(conn, shown).items()}
        self.recent = verdict_records.transitions(conn, now - BUSY, now)
        for pending in self.due:
            name = pending.commitment.id
            try:
                known = {part.commitment: part for part in pending.parts}
                known |= {part: self.decided[part][0].published for part in known if part in self.decided}
                found_out = evaluate(replace(pending, parts=tuple(known.values())), self.stories, rulebook, now)
            except Exception as error:  # noqa: BLE001 - a commitment that cannot be decided stops only itself
                self.failed[name] = error
                continue
            self.decided[name] = found_out.record, found_out.decision
            self.supporting |= found_out.supporting
            if found_out.summary is not None:
                self.unmuted[name] = found_out.summary
        self._announce()

    def _find_due(
        self, conn: Connection, policy: Policy, cause: Cause, change: ActivationPreview
    ) -> dict[str, datetime]:
        """Find the due commitments; returns from when the signals of each are read. They are read from the checkpoint
        on, and some earlier ones, which still corroborate a continuing claim. If an intervention rejected something in
        the checkpoint, they are read from the baseline on."""
        now, commitments = self.context.now, self.context.rulebook.commitments
        by_rules = [review_requests.ReviewRequest(name, now, Cause.RULES) for name in sorted(change.touched)]
        requests = review_requests.merged(verdict_records.review_requests(conn), by_rules)
        names = (commitments.keys() & requests.keys()) | verdict_records.undecided_or_due(conn, commitments, now)
        starts: dict[str, datetime] = {}
        if not names:
            return starts
        parts = {part for name in names for part in commitments[name].parts if part in commitments}
        records = verdict_records.verdict_records(conn, names | parts) | {r.commitment: r for r in change.rebased}
        interventions = verdict_records.interventions(conn)
        self.interventions = interventions.get("", ())
        problems = problems_and_runs.problems(conn, "verdict")
        names -= {problem.subject for problem in problems if problem.retry_at and problem.retry_at > now}
        for name, commitment in sorted(commitments.items(), key=lambda item: bool(item[1].parts)):  # parts first
            if name not in names:
                continue
            try:
                record, request = records.get(name) or review_requests.first_record(commitment, now), requests.get(name)
                moment = review_requests.due_at(record, request, policy)
                if moment is None or moment > now:
                    continue
                own = (*self.interventions, *interventions.get(name, ()))
                start, by_person = record.folded_to, request is not None and request.cause is Cause.PERSON
                recompute = False
                if record.version == 0:
                    start = now - timedelta(days=policy.live_days)
                elif request is not None and by_person and affects_before(own, request.since, record.folded_to):
                    recompute, start = True, review_requests.first_record(commitment, now).folded_to
                starts[name] = start - timedelta(days=policy.memory_days)
                why = review_requests.why_due(record, request, cause)
                known = (
                    records.get(p) or review_requests.first_record(commitments[p], now)
                    for p in commitment.parts
                    if p in parts
                )
                pending = PendingReview(commitment, record, request, why, (), own, full_recompute=recompute)
                self.due.append(replace(pending, parts=tuple(record.published for record in known)))
            except Exception as error:  # noqa: BLE001 - a commitment that cannot be read stops only itself
                self.failed[name] = error
        return starts

    def _announce(self) -> None:
        rulebook = self.context.rulebook
        story_of = {**self.told, **{s.id: s.story for each in self.due for s in each.signals}}
        context = AlertContext(
            self.sent,
            rulebook.commitments,
            rulebook.policy,
            self.context.now,
            self.interventions,
            unmuted=tuple(summary for name, summary in self.unmuted.items() if name in self.decided),
            story_of=story_of if self.may_share else {},
            supporting=self.supporting,
            recorded={move.id: move for move in self.recent},
        )
        self.messages = announce(self.transitions(), subscribed(self.context.routes, self.interventions), context)

    def transitions(self) -> tuple[Transition, ...]:
        return tuple(t for _, decision in self.decided.values() for t in decision.transitions)

    def published(self, conn: Connection) -> ReviewContext:
        """The context with all verdicts as they will be published after the write."""
        decided = {name: record.published for name, (record, _) in self.decided.items()}
        return replace(self.context, verdicts=verdict_records.PublishedVerdicts(conn, decided))

    def make_rows(self, conn: Connection) -> None:
        """Build the outbox rows, and coalesce messages held in quiet hours. If a message cannot be built, its
        commitments stay undecided (no change is recorded without its message), and announcing starts over. A shared
        message is first split, so that only the faulty commitment stays undecided. If coalescing fails, each message is
        held separately."""
        written = not self.messages
        while not written:
            context, self.rows, written = self.published(conn), [], True
            for message in self.messages:
                try:
                    self.rows.append(build_row(conn, context, message))
                except StoreError:
                    raise
                except Exception as error:  # noqa: BLE001 - a faulty message stops only its commitments
                    names = {t.commitment for t in message.transitions}
                    if len(names) > 1 and self.may_share:
                        self.may_share, names = False, set()
                    for name in names:
                        self.failed[name] = error
                        self.decided.pop(name, None)
                    self._announce()
                    self.rows, written = [], not self.messages
                    break
        new = tuple(zip(self.messages, self.rows, strict=True))
        try:
            self.coalesced = coalesce(conn, self.published(conn), new, self.transitions())
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - no message is lost because the summary fails
            self.failed[QUIET_HOURS_SUBJECT] = error
            return
        cancelled = {key for each in self.coalesced for key in each.cancelled}
        self.rows = [row for row in self.rows if row.message_id not in cancelled]
        self.rows += [each.row for each in self.coalesced if each.row is not None]

    def write(self, conn: Connection) -> bool:
        """The one write; returns whether it requests reviews of wholes.

        Raises _OvertakenError, with nothing written, if a verdict or row has changed.
        """
        now, transitions = self.context.now, self.transitions()
        for record, decision in self.decided.values():
            if not verdict_records.save_record(conn, record, decision.transitions):
                raise _OvertakenError
        superseded = [number for each in self.coalesced for number in each.superseded]
        if superseded and outbox_store.supersede(conn, superseded, now) != len(superseded):
            raise _OvertakenError
        outbox_store.enqueue(conn, self.rows, now)
        commitments = self.context.rulebook.commitments
        decided = [pending for pending in self.due if pending.commitment.id in self.decided]
        reported = {p.commitment.id for p in decided if any(s.seen_at > p.record.decided_at for s in p.signals)}
        outdated = threads_to_refresh(transitions, reported, self.unmuted.keys(), self.interventions, now)
        threads.mark_outdated(conn, outdated, now)
        verdict_records.clear_review_requests(conn, filter(None, (pending.request for pending in decided)))
        wholes: list[review_requests.ReviewRequest] = []
        for pending in decided:
            old, new = pending.record.published, self.decided[pending.commitment.id][0].published
            wholes += review_requests.requests_of_wholes(commitments.values(), old, new, now, pending.cause)
        verdict_records.request_reviews(conn, wholes)
        problems_and_runs.resolve_problem(conn, "verdict", {*self.decided, QUIET_HOURS_SUBJECT} - self.failed.keys())
        for name, error in self.failed.items():
            problems_and_runs.add_problem(conn, "verdict", name, error, now)
        return bool(wholes)

    def report(self) -> ReviewReport:
        problems = tuple(f"{name}: {type(error).__name__}: {error}" for name, error in self.failed.items())
        return ReviewReport(tuple(self.decided), self.transitions(), self.messages, problems)


def _ended_mute(conn: Connection, pending: PendingReview, now: datetime) -> EndedMute | None:
    """The data of a summary if a mute has ended since the last decision, or its end is newly recorded."""
    name, seen, request = pending.commitment.id, pending.record.decided_at, pending.request
    if pending.record.version == 0:
        return None
    if request is not None and request.cause is Cause.PERSON:
        seen = min(seen, request.since - timedelta(microseconds=1))
    window = last_ended_mute(pending.interventions, name, seen, now)
    before = verdict_records.published_at(conn, window.since, [name]).get(name) if window is not None else None
    if window is None or before is None:
        return None
    return EndedMute(window, before.verdict, verdict_records.transitions(conn, window.since, now, [name]))
