"""What pages and files are made from: a small record of one promise, as it would be read from the database."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from monitor.domain.model import Deadline, PublishedVerdict
from monitor.domain.pages.material import SiteMaterial
from tests.builders.message_values import NOW, context, move, verdict

SOY = "soybean-purchases"


def material(**changes: Any) -> SiteMaterial:
    """A board with one promise, one change and one published verdict. signals, stories, commitments and verdicts are
    the context's."""
    shown = {name: changes.pop(name) for name in ("signals", "stories", "commitments", "verdicts") if name in changes}
    of = context(now=changes.pop("now", NOW), **shown)
    known: dict[str, Any] = {
        "context": of.cleaned(of.commitments),
        "history": {SOY: (move(),)},
        "published": {SOY: (PublishedVerdict(NOW, verdict()),)},
        "interventions": {},
        "sources": (),
        "last_read": NOW,
        "title": "Deals",
        "base_url": "",
        "rules": "3f9c1a",
        "program": "1.0",
    }
    return SiteMaterial(**{**known, **changes})


def named(day: str, said_by: str = "cn+us", state: str = "current", what: str = "truce", **changes: Any) -> Deadline:
    """A date of an expiry."""
    return Deadline(what, "expiry", date.fromisoformat(day), said_by, state, **changes)


def record(*verdicts: tuple[datetime, Sequence[Deadline]]) -> tuple[PublishedVerdict, ...]:
    """Verdicts that differ in their dates alone, each with when it was published."""
    return tuple(PublishedVerdict(at, verdict(deadlines=tuple(dates))) for at, dates in verdicts)
