"""Notices to the owner about sources: none answers, an important one is dead, silent or frozen, or they have recovered.

Each trouble is notified once, and its end once. `source_trouble` is written together with the notice, so a restart
repeats nothing. A trouble that returns within a day of its end must be over for a day before its end is notified.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from monitor.domain.messages.briefs import SourceHealth
from monitor.domain.messages.feed_health import (
    MOVED_REMEDY,
    NO_ANSWER_AFTER,
    REMEDIES,
    USUAL_GAP,
    alike_failures,
    blackout,
    feed_health,
)
from monitor.domain.model import Route
from monitor.domain.model.news import ConfiguredFeed
from monitor.domain.text.labels import format_time
from monitor.pipeline.operator_notices import OperatorNotice, notify_operator, was_notified
from monitor.store import Connection, Store
from monitor.store import feeds as feed_store
from monitor.store.rows import save_rows
from monitor.store.tables import SourceTrouble

ALL = ""
"""Subject of the trouble that no source answers."""
DEAD_AFTER = timedelta(hours=18)
"""Time before a failing important feed is notified, an estimate: longer than a night, and within a day."""
DEAD_WITH_OTHERS = timedelta(hours=12)
"""Time after which other failing feeds are added to such a notice."""
WELL_AFTER = timedelta(hours=1)
"""Time before sources that answer count as recovered, an estimate: one answer between two failures is no recovery."""
RELAPSE = timedelta(days=1)
"""A trouble that returns within this time is the same one; it ends after this time without it."""
POLLED = "The monitor polled them itself."
MOST_LISTED = 5
"""Sources named in one notice; the others are counted."""

Change = tuple[OperatorNotice | None, list[SourceTrouble]]
"""A notice, if any, and the troubles to record with it."""


def watch_sources(
    store: Store, feeds: Sequence[ConfiguredFeed], important: Collection[str], routes: Sequence[Route], now: datetime
) -> list[str]:
    """Notify the owner of changes in the sources; returns the first lines of the notices. important: names of the feeds
    that deserve a notice of their own. Raises StoreError.

    1. While no source answers, that is the only notice: single failures are part of it.
    2. Otherwise one notice on feeds that are gone, one on important feeds in trouble, one on feeds that have recovered,
       and one for each feed that has moved.
    """
    with store.read() as conn:
        watch = _Watch(conn, feeds, now)
    sent = []
    news = watch.of_all() or [*watch.of_gone(), *watch.of_important(important), *watch.of_ends(), *watch.of_moves()]
    for notice, troubles in news:
        if notice is None and not troubles:
            continue
        with store.begin() as conn:
            if notice is not None:
                if not troubles and was_notified(conn, notice.key):
                    continue
                notify_operator(conn, notice, routes, now)
                if not was_notified(conn, notice.key):
                    continue  # no route can be reached; the next call tries again
                sent.append(notice.first_line)
            save_rows(conn, *troubles)
    return sent


class _Watch:
    """The sources at one moment, and the troubles that the owner knows of."""

    def __init__(self, conn: Connection, feeds: Sequence[ConfiguredFeed], now: datetime) -> None:
        self.feeds, self.now = feeds, now
        self.states, self.troubles = feed_store.states(conn), feed_store.troubles(conn)
        self.dark = blackout(feeds, self.states)

    def of_all(self) -> list[Change]:
        """Changes in all sources together; empty if single ones may be notified."""
        known = self.troubles.get(ALL)
        if self.dark is None:
            return []
        if known is not None and known.ended_at is None:
            return [(None, [known.changed(well_since=None)] if known.well_since else [])]
        if self.now - self.dark.failing < NO_ANSWER_AFTER:
            return [(None, [])]
        failures = alike_failures(self.feeds, self.states)
        since = format_time(self.dark.since, "UTC")
        last = f"The last answer came on {since}."
        if not self.dark.read:
            last = f"None has answered yet; first failure {since}."
        failing = sum(len(each.feeds) for each in failures)
        notice = OperatorNotice(
            key=f"sources\n{self.dark.since.isoformat()}\n{self.now.isoformat()}\nno answer",
            state="no answer",
            first_line=f"NO SOURCE ANSWERS · {failing} of {len(self.feeds)} failing since {since}",
            why=f"{last} Until one answers, no news can change a status, and a date that passes is marked unchecked.",
            confidence=POLLED,
            findings=tuple(f"{_names(each.feeds)}: {each.error}" for each in failures[:MOST_LISTED]),
            remedy=f"{failures[0].remedy}. `deal-monitor doctor` shows each failure; no restart is needed.",
        )
        return [(notice, [self._trouble(ALL, "no answer", self.dark.since)])]

    def of_gone(self) -> list[Change]:
        """One notice on feeds that the server says are gone for good, important or not: they are no longer polled."""
        known = {name for name, trouble in self.troubles.items() if trouble.ended_at is None}
        states = [self.states[feed.name] for feed in self.feeds if feed.name in self.states and feed.name not in known]
        gone = [state for state in states if state.error_kind == "gone"]
        if not gone:
            return []
        names = [state.name for state in gone]
        notice = OperatorNotice(
            key=f"sources\n{self.now.isoformat()}\n{','.join(names)}\ngone",
            state="gone",
            first_line=f"SOURCE GONE · {_names(names)}",
            why="The server says that the feed is gone for good. It is tried again after a day, then once in 30 days.",
            confidence=POLLED,
            findings=tuple(f"{state.name}: {state.error}" for state in gone[:MOST_LISTED]),
            remedy=f"{REMEDIES['gone']}.",
        )
        since = [(state.name, state.failing_since or self.now) for state in gone]
        return [(notice, [self._trouble(name, "gone", at) for name, at in since])]

    def of_moves(self) -> list[Change]:
        """A notice for each feed that has proved to have moved; its key lets it be sent once."""
        changes: list[Change] = []
        for state in (self.states[feed.name] for feed in self.feeds if feed.name in self.states):
            if state.adopted:
                notice = OperatorNotice(
                    key=f"moved\n{state.name}\n{state.adopted}",
                    state="moved",
                    first_line=f"SOURCE MOVED · {state.name}",
                    why="Its address redirects permanently to a new one with the same items. It is read there.",
                    confidence=POLLED,
                    findings=(f"{state.name}: {state.url} → {state.adopted}",),
                    remedy=f"{MOVED_REMEDY}, before the old one is switched off.",
                    good=True,
                )
                changes.append((notice, []))
        return changes

    def of_important(self, important: Collection[str]) -> list[Change]:
        """One notice on important feeds that are newly dead, silent or frozen."""
        known = {name for name, trouble in self.troubles.items() if trouble.ended_at is None}
        unknown = (feed for feed in self.feeds if feed.name in important and feed.name not in known)
        new = [feed_health(feed, self.states.get(feed.name), self.now) for feed in unknown]
        if not any(self._lasts(health, DEAD_AFTER) for health in new):
            return []
        ill = [health for health in new if self._lasts(health, DEAD_WITH_OTHERS)]
        names = [health.name for health in ill]
        states = list(dict.fromkeys("dead" if health.state == "failing" else health.state for health in ill))
        findings = []
        for health in ill[:MOST_LISTED]:
            since = f" since {format_time(health.since, 'UTC')}" if health.since else ""
            findings.append(f"{health.name}: {health.state}{since}: {health.detail}")
        if len(ill) > MOST_LISTED:
            findings.append(f"and {len(ill) - MOST_LISTED} more")
        notice = OperatorNotice(
            key=f"sources\n{self.now.isoformat()}\n{','.join(names)}\ntrouble",
            state=" and ".join(states),
            first_line=f"SOURCE {' AND '.join(states).upper()} · {_names(names)}",
            why="Other sources are still read. News that only these publish is missed, and a status may wait for it.",
            confidence=POLLED,
            findings=tuple(findings),
            remedy="See `deal-monitor feeds list --bad`; open the address in a browser, and correct it in config.toml.",
        )
        return [(notice, [self._trouble(health.name, health.state, health.since or self.now) for health in ill])]

    def of_ends(self) -> list[Change]:
        """One notice on troubles that are over. What just ended, returned or is no longer a feed is only recorded."""
        recorded: list[SourceTrouble] = []
        over: list[SourceTrouble] = []
        is_due = False
        feeds = {feed.name: feed for feed in self.feeds}
        for trouble in (each for each in self.troubles.values() if each.ended_at is None):
            feed = feeds.get(trouble.subject)
            if feed is None and trouble.subject != ALL:
                recorded.append(trouble.changed(ended_at=self.now))
            elif feed is not None and feed_health(feed, self.states.get(feed.name), self.now).state != "ok":
                recorded += [trouble.changed(well_since=None)] if trouble.well_since else []
            elif trouble.well_since is None:
                recorded.append(trouble.changed(well_since=self.now))
            else:
                relapsed = trouble.before is not None and trouble.told_at - trouble.before < RELAPSE
                lasts = self.now - trouble.well_since >= (RELAPSE if relapsed else WELL_AFTER)
                is_due |= lasts
                over += [trouble] if lasts or (trouble.subject != ALL and not relapsed) else []
        changes: list[Change] = [(None, recorded)] if recorded else []
        if is_due:
            changes.append((self._recovery(over), [trouble.changed(ended_at=self.now) for trouble in over]))
        return changes

    def _recovery(self, over: Sequence[SourceTrouble]) -> OperatorNotice:
        everything = next((trouble for trouble in over if trouble.subject == ALL), None)
        names = [trouble.subject for trouble in over if trouble.subject != ALL]
        if everything is not None:
            bad = alike_failures(self.feeds, self.states)
            count = len(self.feeds) - sum(len(each.feeds) for each in bad)
            first_line = f"SOURCES ANSWER AGAIN · {count} of {len(self.feeds)}"
            back = everything.well_since or self.now
            findings = [f"none answered from {format_time(everything.since, 'UTC')} to {format_time(back, 'UTC')}"]
            findings += [f"also recovered: {_names(names)}"] if names else []
            findings += [f"still failing: {_names(each.feeds)}: {each.error}" for each in bad[:MOST_LISTED]]
            remedy = "No action needed. Dates that passed are checked now, which takes up to a day."
        else:
            first_line = f"SOURCE READ AGAIN · {_names(names)}"
            findings = [
                f"{each.subject}: {each.state} from {format_time(each.since, 'UTC')}" for each in over[:MOST_LISTED]
            ]
            remedy = "No action needed."
        return OperatorNotice(
            key=f"sources\n{self.now.isoformat()}\n{','.join(names)}\nwell again",
            state="read again",
            first_line=first_line,
            why="News from that time is read if the feeds still list it.",
            confidence=POLLED,
            findings=tuple(findings),
            remedy=remedy,
            good=True,
        )

    def _trouble(self, subject: str, state: str, since: datetime) -> SourceTrouble:
        before = self.troubles[subject].ended_at if subject in self.troubles else None
        return SourceTrouble(subject=subject, state=state, since=since, told_at=self.now, before=before)

    def _lasts(self, health: SourceHealth, long: timedelta) -> bool:
        """Whether a feed has been in trouble for this time, not counting a time in which no source answered."""
        if health.state in ("ok", "never"):
            return False
        everything = self.troubles.get(ALL)
        back = everything.well_since if everything is not None else None
        if everything is not None and everything.ended_at is None and back is None:
            return False
        if health.state == "failing":
            since = max(filter(None, (health.since, back)), default=self.now)
            return self.now - since >= long
        return back is None or self.now - back >= USUAL_GAP


def _names(names: Sequence[str]) -> str:
    """Up to five names, and the number of the others."""
    left = len(names) - MOST_LISTED
    return ", ".join(names[:MOST_LISTED]) + (f" and {left} more" if left > 0 else "")
