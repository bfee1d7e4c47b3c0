"""A desk at which days pass: reports come in, the daemon decides, people act at moments of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from click.testing import Result

from monitor.domain.messages.briefs import AlertBrief
from monitor.domain.model import Entry, Transition
from monitor.pipeline.ingest import FetchedDocument, ingest
from monitor.runtime.app import run_reviews
from monitor.runtime.simulation import SimulatedClock
from monitor.store import outbox as outbox_store
from monitor.store import verdict_records
from monitor.store.json_codec import from_json
from tests.builders.databases import later
from tests.builders.working_folder import HERALD, Desk, objects

SETTLED = timedelta(seconds=91)


@dataclass(slots=True)
class People:
    """The command line and the daemon on one database, each at the moment it is told."""

    desk: Desk

    def does(self, moment: datetime, *arguments: str | Path) -> Result:
        """A command at that moment."""
        return self.desk.run("--now", moment.isoformat(), *arguments)

    def did(self, moment: datetime, *arguments: str | Path) -> str:
        """What a command says that must succeed."""
        result = self.does(moment, *arguments)
        assert result.exit_code == 0, (result.stderr, result.exception)
        return result.stdout

    def asked(self, moment: datetime, *arguments: str) -> list[dict[str, Any]]:
        """The JSON lines of a command that must succeed."""
        return objects(self.did(moment, *arguments, "--json"))

    def status(self, moment: datetime, name: str = "soy") -> str:
        return str(self.asked(moment, "status", name)[0]["status"])

    def news(
        self, title: str, seen: datetime, *, published: datetime | None = None, page: str = "", summary: str = ""
    ) -> None:
        """The Herald Wire carries a report; it is decided once it has settled."""
        page = page or f"https://herald.example/{seen:%m%d%H%M}"
        entry = Entry(page, title, page, published or seen, summary, HERALD.publisher)
        with self.desk.opened(clock := SimulatedClock(seen)) as app:
            ingest(app.store, app.rulebook, HERALD, FetchedDocument((entry,)), seen)
            clock.move(seen + SETTLED)
            run_reviews(app)

    def daemon(self, moment: datetime) -> None:
        """What the running monitor does at that moment."""
        with self.desk.opened(SimulatedClock(moment)) as app:
            run_reviews(app)

    def messages(self, about: str = "soy") -> Sequence[tuple[str, AlertBrief]]:
        """What was queued about a commitment, in order: kind and what it says."""
        with self.desk.reading() as conn:
            items = outbox_store.items(conn)
        briefs = [(item.kind, from_json(item.payload)) for item in items]
        alerts = [(kind, brief) for kind, brief in briefs if isinstance(brief, AlertBrief)]
        return [(kind, brief) for kind, brief in alerts if about in {change.commitment for change in brief.changes}]

    def kinds(self, about: str = "soy") -> list[str]:
        return [kind for kind, _ in self.messages(about)]

    def changes(self, name: str = "soy") -> tuple[Transition, ...]:
        with self.desk.reading() as conn:
            return verdict_records.transitions(conn, commitments=[name], newest=50)

    def signal(self, moment: datetime, effect: str = "progress") -> str:
        """The id of the one signal with this effect."""
        (found,) = self.asked(moment, "evidence", "list", "soy", "--effect", effect)
        return str(found["id"])


def day(number: float) -> datetime:
    """So many days after the monitor began."""
    return later(days=number)
