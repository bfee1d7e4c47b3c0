"""What the owner is told of sources: that none answers, that an important one is dead, silent or frozen, and that they are back.

Each trouble is told once, and its end once. What was told stands in `source_trouble`, written together with the notice, so that a
restart tells nothing again. A trouble that returns within a day of its end must be over for a day before that is told.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from monitor.domain.messages.briefs import SourceHealth
from monitor.domain.messages.feed_health import (
    SILENT_AFTER,
    Blackout,
    ConfiguredFeed,
    alike_failures,
    blackout,
    feed_health,
)
from monitor.domain.model import Route
from monitor.pipeline.operator_notices import OperatorNotice, notify_operator, was_notified
from monitor.store import Connection, Store
from monitor.store import feeds as feed_store
from monitor.store.tables import FeedState, SourceTrouble

ALL = ""
"""The subject of the trouble that no source answers."""
NO_ANSWER_AFTER = timedelta(hours=1)
"""A failure of all sources that lasts so long is told, an estimate: longer than a router takes to restart. Feeds that are asked
once an hour make it two hours after the last answer."""
DEAD_AFTER = timedelta(hours=18)
"""An important feed that fails for so long is told, an estimate: longer than a night, and within a day."""
DEAD_BESIDE = timedelta(hours=12)
"""Others that fail for so long by then are told in the same notice."""
WELL_AFTER = timedelta(hours=1)
"""Sources that have answered for so long are back, an estimate: one answer between two failures is no recovery."""
RELAPSE = timedelta(days=1)
"""A trouble so soon after the end of the last one is the same: it is over only when it has stayed away for so long."""
MOST_LISTED = 5
"""Names of sources in one notice; the others are counted."""


def watch_sources(
    store: Store, feeds: Sequence[ConfiguredFeed], important: Collection[str], routes: Sequence[Route], now: datetime
) -> list[str]:
    """Tell the owner what is new of the sources; returns the first lines of the notices. important: the names of the feeds of
    which each by itself is worth a notice. Raises StoreError.

    1. While no source answers nothing else is told: the single ones are part of it.
    2. Else the important feeds that are in trouble are told together, and then those that are well again.
    """
    with store.read() as conn:
        watch = _Watch(feeds, feed_store.states(conn), feed_store.troubles(conn), now)
    changes = watch.of_all() or [*watch.of_some(important), *watch.of_ends()]
    told = []
    for notice, troubles in changes:
        if not troubles:
            continue
        with store.begin() as conn:
            if notice is None or _queued(conn, notice, routes, now):
                feed_store.save_troubles(conn, *troubles)
                told += [notice.first_line] if notice else []
    return told


def _queued(conn: Connection, notice: OperatorNotice, routes: Sequence[Route], now: datetime) -> bool:
    """Whether the notice waits to go out; where no route can be reached it is tried again."""
    notify_operator(conn, notice, routes, now)
    return was_notified(conn, notice.key)


Change = tuple[OperatorNotice | None, list[SourceTrouble]]
"""A notice, None if nothing is said, and the troubles to record with it."""


class _Watch:
    """The sources at one moment, against what the owner was told of them."""

    def __init__(
        self,
        feeds: Sequence[ConfiguredFeed],
        states: dict[str, FeedState],
        troubles: dict[str, SourceTrouble],
        now: datetime,
    ) -> None:
        self.feeds, self.states, self.troubles, self.now = feeds, states, troubles, now
        self.dark = blackout(feeds, states)

    def of_all(self) -> list[Change]:
        """What is said of all sources together. Empty if something may be said of single ones."""
        old = self.troubles.get(ALL)
        is_open = old is not None and old.ended_at is None
        if self.dark is None:
            return []
        if is_open and old is not None:
            return [(None, [old.changed(well_since=None)] if old.well_since else [])]
        if self.now - self.dark.failing < NO_ANSWER_AFTER:
            return [(None, [])]
        trouble = self._trouble(ALL, "no answer", self.dark.since)
        return [(no_answer_notice(self.feeds, self.states, self.dark, self.now), [trouble])]

    def of_some(self, important: Collection[str]) -> list[Change]:
        """The important feeds that are newly dead, silent or frozen, in one notice."""
        ill = {feed.name: feed_health(feed, self.states.get(feed.name), self.now) for feed in self.feeds}
        new = [ill[name] for name in ill if name in important and not self._is_open(name)]
        ripe = [health for health in new if self._lasts(health, DEAD_AFTER)]
        if not ripe:
            return []
        told = [health for health in new if self._lasts(health, DEAD_BESIDE)]
        troubles = [self._trouble(health.name, health.state, health.since or self.now) for health in told]
        return [(trouble_notice(told, self.now), troubles)]

    def of_ends(self) -> list[Change]:
        """The troubles that are over, in one notice; what has just ended, returned or is no feed any more is recorded."""
        silent: list[SourceTrouble] = []
        over: list[SourceTrouble] = []
        is_ripe = False
        feeds = {feed.name: feed for feed in self.feeds}
        for trouble in (each for each in self.troubles.values() if each.ended_at is None):
            feed = feeds.get(trouble.subject)
            if feed is None and trouble.subject != ALL:
                silent.append(trouble.changed(ended_at=self.now))
            elif feed is not None and feed_health(feed, self.states.get(feed.name), self.now).state != "ok":
                silent += [trouble.changed(well_since=None)] if trouble.well_since else []
            elif trouble.well_since is None:
                silent.append(trouble.changed(well_since=self.now))
            else:
                relapsed = trouble.before is not None and trouble.told_at - trouble.before < RELAPSE
                lasts = self.now - trouble.well_since >= (RELAPSE if relapsed else WELL_AFTER)
                is_ripe |= lasts
                over += [trouble] if lasts or (trouble.subject != ALL and not relapsed) else []
        changes: list[Change] = [(None, silent)] if silent else []
        if is_ripe:
            ended = [trouble.changed(ended_at=self.now) for trouble in over]
            changes.append((recovery_notice(over, self.feeds, self.states, self.now), ended))
        return changes

    def _trouble(self, subject: str, state: str, since: datetime) -> SourceTrouble:
        before = self.troubles[subject].ended_at if subject in self.troubles else None
        return SourceTrouble(subject=subject, state=state, since=since, told_at=self.now, before=before)

    def _is_open(self, name: str) -> bool:
        return name in self.troubles and self.troubles[name].ended_at is None

    def _lasts(self, health: SourceHealth, long: timedelta) -> bool:
        """Whether a feed is in trouble for so long, not counting a time in which no source answered."""
        if health.state in ("ok", "never"):
            return False
        everything = self.troubles.get(ALL)
        back = everything.well_since if everything is not None else None
        if everything is not None and everything.ended_at is None and back is None:
            return False
        if health.state == "failing":
            since = max(filter(None, (health.since, back)), default=self.now)
            return self.now - since >= long
        return back is None or self.now - back >= SILENT_AFTER


# ---------------------------------------------------------------- what is said


def no_answer_notice(
    feeds: Sequence[ConfiguredFeed], states: dict[str, FeedState], dark: Blackout, now: datetime
) -> OperatorNotice:
    """The notice that no source answers: which ones, since when, the commonest error and what to do about it."""
    failures = alike_failures(feeds, states)
    count = sum(len(each.feeds) for each in failures)
    since = f"{dark.since:%-d %b %Y %H:%M} UTC"
    known = (
        f"The last answer came on {since}." if dark.read else f"None has ever answered; the first failed on {since}."
    )
    first_line = f"NO SOURCE ANSWERS · {count} of {len(feeds)} failing since {since}"
    why = f"{known} While nothing is read, no news moves a status, and a date that passes is marked unchecked."
    said = tuple(f"{_names(each.feeds)}: {each.error}" for each in failures[:MOST_LISTED])
    head = (f"sources\n{dark.since.isoformat()}\n{now.isoformat()}\nno answer", "Sources", "sources", "no answer")
    sure = "The monitor asked each of them itself."
    remedy = f"{failures[0].remedy}. `deal-monitor doctor` shows each failure; nothing need be restarted."
    return OperatorNotice(*head, first_line, why, sure, said, "monitor", remedy)


def trouble_notice(told: Sequence[SourceHealth], now: datetime) -> OperatorNotice:
    """The notice that important sources are dead, silent or frozen."""
    names, words = tuple(health.name for health in told), {"failing": "dead"}
    states = dict.fromkeys(words.get(health.state, health.state) for health in told)
    first_line = f"SOURCE {' AND '.join(states).upper()} · {_names(names)}"
    why = "The other sources are read. What only these publish is missed, and a status may wait for their word."
    said = tuple(_told(health) for health in told[:MOST_LISTED])
    said += (f"and {len(told) - MOST_LISTED} more",) if len(told) > MOST_LISTED else ()
    head = (f"sources\n{now.isoformat()}\n{','.join(names)}\ntrouble", "Sources", "sources", " and ".join(states))
    sure = "The monitor asked each of them itself."
    remedy = "See `deal-monitor feeds list --bad`; open the address in a browser, and correct it in config.toml."
    return OperatorNotice(*head, first_line, why, sure, said, "monitor", remedy)


def recovery_notice(
    over: Sequence[SourceTrouble], feeds: Sequence[ConfiguredFeed], states: dict[str, FeedState], now: datetime
) -> OperatorNotice:
    """The notice that sources are well again: all of them if none had answered."""
    everything = next((trouble for trouble in over if trouble.subject == ALL), None)
    names = tuple(trouble.subject for trouble in over if trouble.subject != ALL)
    head = (f"sources\n{now.isoformat()}\n{','.join(names)}\nwell again", "Sources", "sources", "read again")
    if everything is not None:
        bad = alike_failures(feeds, states)
        count = len(feeds) - sum(len(each.feeds) for each in bad)
        first_line = f"SOURCES ANSWER AGAIN · {count} of {len(feeds)}"
        back = everything.well_since or now
        said: tuple[str, ...] = (f"none answered from {_day(everything.since)} to {_day(back)}",)
        said += (f"well again too: {_names(names)}",) if names else ()
        said += tuple(f"still failing: {_names(each.feeds)}: {each.error}" for each in bad[:MOST_LISTED])
        remedy = (
            "Nothing is to be done. Dates that passed meanwhile are checked now, which takes up to a day of reading."
        )
    else:
        first_line = f"SOURCE READ AGAIN · {_names(names)}"
        said = tuple(f"{each.subject}: {each.state} from {_day(each.since)}" for each in over[:MOST_LISTED])
        remedy = "Nothing is to be done."
    why = "What was published meanwhile is read as far as the feeds still list it."
    return OperatorNotice(*head, first_line, why, "The monitor read them itself.", said, "monitor", remedy, good=True)


def _told(health: SourceHealth) -> str:
    since = f" since {_day(health.since)}" if health.since else ""
    return f"{health.name}: {health.state}{since}: {health.detail}"


def _day(moment: datetime) -> str:
    return f"{moment:%-d %b %Y %H:%M} UTC"


def _names(names: Sequence[str]) -> str:
    """Up to five names, and how many more there are."""
    left = len(names) - MOST_LISTED
    return ", ".join(names[:MOST_LISTED]) + (f" and {left} more" if left > 0 else "")
