"""The time that a running monitor keeps, and what it does about a clock that was set.

Time runs by the steady clock of the machine. A jump of the wall clock is followed only once the server of a source
gives about the same time (its `Date` header), so a wrong clock ends no deadline and nothing is told twice. After a
pause of more than a day the clock is in doubt: work that only time makes due waits for such a server.

Servers and not the newest news: quiet feeds have no recent news, and every answer has a date, even "unchanged".
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock

from monitor.errors import StoreError
from monitor.logs import get_logger
from monitor.pipeline.health import CLOCK, PROGRAM, ROUND
from monitor.runtime.session import utc_now
from monitor.store import Connection, Store, feeds, outbox, problems_and_runs
from monitor.store.rows import save_rows
from monitor.store.tables import Run

JUMP = timedelta(seconds=60)
"""A smaller difference between the clock and the steady time is a correction by the time service (estimate)."""
LONG_PAUSE = timedelta(days=1)
"""After a longer time without work the clock is in doubt: a restart takes minutes (estimate)."""
NEAR = timedelta(hours=1)
"""A server's date this near confirms a time: caches send dates that are minutes old, and deadlines count days."""
MOST_DOUBT = timedelta(hours=1)
"""Without a date from any server the clock counts after this time; what passed unread is then marked unchecked."""

log = get_logger(__name__)


def steady_seconds() -> float:
    """Seconds of a clock that nobody can set. On Linux it goes on while the machine sleeps."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.clock_gettime(clock) if clock is not None else time.monotonic()


@dataclass
class TrustedClock:
    """The time of a running monitor. wall: the machine's clock; sure: whether it can be trusted; notes: what happened
    to it, as kind and seconds, until `ClockWatch` has recorded it."""

    wall: Callable[[], datetime] = utc_now
    steady: Callable[[], float] = steady_seconds
    sure: bool = True
    notes: list[tuple[str, float]] = field(default_factory=list)
    _mark: tuple[datetime, float] | None = None
    _doubted_at: float = 0.0
    _worked_until: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    _busy: Lock = field(default_factory=Lock)

    def __call__(self) -> datetime:
        with self._busy:
            return self._read()[0]

    @property
    def ahead(self) -> timedelta:
        """How far the machine's clock is ahead of this one; zero unless it jumped."""
        with self._busy:
            own, wall = self._read()
            return wall - own

    def begin(self, last: datetime | None) -> None:
        """Doubt the clock if it is before the last work of the monitor, or long after it. last: None before the
        first work, when nothing that passed counts anyway."""
        with self._busy:
            wall = self._read()[1]
            if last is not None and not timedelta(0) <= wall - last <= LONG_PAUSE:
                self._doubt(wall, last)

    def hear(self, date: datetime | None) -> None:
        """Compare with the date that a server has just sent; None if it sent none."""
        with self._busy:
            own, wall = self._read()
            if date is None or (self.sure and own == wall):
                return
            nearest = min((own, wall), key=lambda at: abs(at - date))
            if abs(nearest - date) <= NEAR:
                if nearest is not own:
                    self.notes.append(("confirmed", (wall - own).total_seconds()))
                self._mark = nearest, self.steady()
            elif not self.sure and date < self._worked_until - NEAR:
                return  # a false date: nothing may be decided as of a time before the last work
            elif not self.sure and date < wall:
                # Never ahead of the machine: a false date may delay a deadline until the next server, and end none.
                self._mark = date, self.steady()
                self.notes.append(("wrong", (wall - date).total_seconds()))
            self.sure = True

    def _read(self) -> tuple[datetime, datetime]:
        """This time and the machine's."""
        wall, steady = self.wall(), self.steady()
        if self._mark is None:
            self._mark = wall, steady
        at, before = self._mark
        own = at + timedelta(seconds=steady - before)
        if abs(wall - own) < JUMP:
            own = wall
            self._mark = wall, steady
            if steady - before > LONG_PAUSE.total_seconds():  # the program stood still
                self._doubt(wall, at)
        if not self.sure and steady - self._doubted_at > MOST_DOUBT.total_seconds():
            self.sure = True
        return own, wall

    def _doubt(self, wall: datetime, last: datetime) -> None:
        self.sure, self._doubted_at, self._worked_until = False, self.steady(), min(wall, last)
        self.notes.append(("doubted", (wall - last).total_seconds()))


@dataclass
class DatabaseClock:
    """The time of a worker: that of the database, kept by the steady clock between two looks at it, so that all
    machines of a fleet agree on what is due. look: asks the database; raises StoreError."""

    look: Callable[[], datetime]
    _mark: tuple[datetime, float] = field(init=False)

    def __post_init__(self) -> None:
        self.set()

    def __call__(self) -> datetime:
        at, before = self._mark
        return at + timedelta(seconds=steady_seconds() - before)

    @property
    def ahead(self) -> timedelta:
        """How far the machine's clock is ahead of the database's."""
        return utc_now() - self()

    def set(self) -> None:
        """Look again. Raises StoreError."""
        self._mark = self.look(), steady_seconds()


@dataclass(slots=True)
class ClockWatch:
    """Compares the machine's clock with the steady time at each turn of the main loop, and records what happens."""

    store: Store
    _last: tuple[datetime, float] | None = None

    def jumped(self, now: datetime, steady: float, own: datetime | None = None) -> bool:
        """Whether the machine's clock jumped since the last turn; a jump is logged and recorded. steady: seconds of a
        steady clock; own: the monitor's own time, `now` by default."""
        before, self._last = self._last, (now, steady)
        if before is None:
            return False
        expected = before[0] + timedelta(seconds=steady - before[1])
        jump = now - expected
        if abs(jump) < JUMP:
            return False
        log.warning("the clock jumped; work that is due goes on", seconds=round(jump.total_seconds()))
        self._record("jumped", jump.total_seconds(), own or now)
        return True

    def take_notes(self, clock: Callable[[], datetime]) -> None:
        """Log and record what has happened to a clock of the monitor's own. When it was put right, what waits for a
        time of before goes on; a jump of the machine's clock alone moves no such time."""
        notes = clock.notes if isinstance(clock, TrustedClock) else []
        while notes:
            what, seconds = notes.pop(0)
            seconds = round(seconds)
            if what == "doubted":
                log.warning("the clock is in doubt; deadlines and digests wait for a server's date", seconds=seconds)
            elif what == "wrong":
                log.warning("the clock differs from the servers of sources, whose time counts", seconds=seconds)
            else:
                log.info("the servers of sources confirm the clock", seconds=seconds)
            self._record(what, seconds, clock())

    def _record(self, outcome: str, seconds: float, now: datetime) -> None:
        run = Run(job=CLOCK, started_at=now, ended_at=now, outcome=outcome, detail=str(round(seconds)))
        try:
            with self.store.begin() as conn:
                if outcome != "confirmed":
                    save_rows(conn, run)
                if outcome in ("confirmed", "wrong"):  # the time that the monitor keeps has moved
                    outbox.end_false_waits(conn, now, timedelta())
        except StoreError as error:
            log.warning("the jump could not be recorded", error=str(error))


def last_work(conn: Connection) -> datetime | None:
    """The last sign of life or poll that the database knows; None before the first."""
    signs = [run.ended_at for job in (PROGRAM, ROUND) for run in problems_and_runs.last_runs(conn, job, 1)]
    polls = [state.polled_at for state in feeds.states(conn).values() if state.polled_at is not None]
    return max((*signs, *polls), default=None)
