"""What a change would do to the routes: asked before it happens, by the very function that decides when it does.

`announce` alone knows who hears of what. Here a made-up change is put to it, and where it says nothing, the first thing that
stands in the way is named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from monitor.domain.alerts.announce import announce
from monitor.domain.alerts.mutes import mute_window_at
from monitor.domain.alerts.sent_log import SentLog
from monitor.domain.alerts.subscriptions import subscribes_to
from monitor.domain.model import (
    Cause,
    Change,
    Commitment,
    Direction,
    FlagKind,
    FlagState,
    Intervention,
    Message,
    Outlook,
    Policy,
    Reason,
    ReasonCode,
    Route,
    Severity,
    Standing,
    Transition,
)
from monitor.domain.model.changes import FlagChanged, NoticeDue, StatusChanged, StepChanged, TermsChanged
from monitor.domain.text.labels import format_time
from monitor.domain.verdicts.interventions import author_of

OutcomeKind = Literal["now", "held", "review", "digest", "muted", "nothing"]
"""now and held: an alert, at once or at the end of the quiet hours; review: held for a person; digest: in the digest only;
muted: told in one message after the mute, as far as it still differs then; nothing: this route never hears of it."""


@dataclass(frozen=True, slots=True)
class ChangeKind:
    """A kind of change, by what of it decides who hears of it. change: one such."""

    change: Change
    cause: Cause = Cause.NEWS
    outlook_only: bool = False


_STATUS = StatusChanged(Standing.PLEDGED, Standing.IN_PROGRESS)
CHANGE_KINDS: Final[Mapping[str, ChangeKind]] = {
    "standing": ChangeKind(_STATUS),
    "outlook": ChangeKind(_STATUS, outlook_only=True),
    "progress": ChangeKind(StepChanged(None, "a step")),
    "terms": ChangeKind(TermsChanged((), "a term")),
    "doubt": ChangeKind(FlagChanged(FlagKind.UNCONFIRMED, "", None, FlagState.RAISED)),
    "deadline": ChangeKind(NoticeDue("", date.min, 0), Cause.CLOCK),
    "correction": ChangeKind(_STATUS, Cause.CORRECTION),
    "rules": ChangeKind(_STATUS, Cause.RULES),
}
"""The kinds by the names that people type; deadline: the clock brings it; rules: an edit of the rules does."""


@dataclass(frozen=True, slots=True)
class RouteOutcome:
    """What becomes of a change for one route. until: when it goes out, or when the mute ends; why: in words."""

    outcome: OutcomeKind
    until: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class RoutePreview:
    """All that decides who hears of a change at a moment."""

    severity: Severity
    sort: ChangeKind
    now: datetime
    sent: SentLog
    commitments: Mapping[str, Commitment]
    policy: Policy
    acts: Sequence[Intervention] = ()

    def outcome_for(self, route: Route, commitment: str) -> RouteOutcome:
        """What this route would get of such a change of one commitment."""
        change = self._change(route, commitment)
        made = announce([change], self.sent, [route], self.commitments, self.policy, self.now, acts=self.acts)
        return self._gets(route, made[0]) if made else self._gets_none(route, commitment)

    def outcomes_for(self, route: Route) -> tuple[tuple[RouteOutcome, tuple[str, ...]], ...]:
        """What it would get of such a change of each commitment that it follows: what holds for most of them first."""
        found: dict[RouteOutcome, list[str]] = defaultdict(list)
        for name in self.commitments:
            if subscribes_to(route, name, self.commitments):
                found[self.outcome_for(route, name)].append(name)
        ordered = sorted(found.items(), key=lambda item: -len(item[1]))
        return tuple((fate, tuple(names)) for fate, names in ordered)

    def _change(self, route: Route, commitment: str) -> Transition:
        """Such a change, happening now. A correction takes back whatever the route was told."""
        takes_back = self.sort.cause is Cause.CORRECTION
        evidence = evidence_sent(self.sent, route, commitment) if takes_back else ()
        return Transition(
            id=f"trial {self.now.isoformat()}", commitment=commitment, change=self.sort.change, way=Direction.OTHER,
            standing=Standing.IN_PROGRESS, outlook=Outlook.STEADY, cause=self.sort.cause, reason=Reason(ReasonCode.TRIAL),
            at=self.now, happened=self.now, severity=self.severity, evidence=evidence,
            outlook_only=self.sort.outlook_only,
        )  # fmt: skip

    def _gets(self, route: Route, message: Message) -> RouteOutcome:
        if message.held:
            return RouteOutcome(
                "review", None, f"an edit of the rules: a person lets it go within {self.policy.held_hours} hours"
            )
        if message.not_before is None:
            return RouteOutcome("now")
        assert route.quiet is not None
        quiet = f"quiet hours {'-'.join(route.quiet)}"
        return RouteOutcome("held", message.not_before, f"until {format_time(message.not_before, route.zone)}: {quiet}")

    def _gets_none(self, route: Route, commitment: str) -> RouteOutcome:
        """The first thing that stands in the way, in the order in which `announce` looks."""
        if route.stage != "stable":
            return RouteOutcome("nothing", None, "it hears of rules on trial alone (stage)")
        if not subscribes_to(route, commitment, self.commitments):
            return RouteOutcome("nothing", None, f"it follows {', '.join(route.commitments) or 'nothing'}")
        silence = mute_window_at(self.acts, commitment, self.now)
        if silence is not None:
            end = f"until {format_time(silence.until, route.zone)}" if silence.until else "without an end"
            why = "; ".join(f"{act.reason} ({author_of(act)})" for act in silence.mutes)
            return RouteOutcome("muted", silence.until, f"{end}: {why}")
        if self.severity < route.least_severity:
            return _no_alert(
                route,
                f"{severity_label(self.severity)} is below its least severity, {severity_label(route.least_severity)}",
            )
        allowed, hours = self.policy.turns_allowed, self.policy.cooldown_hours
        return _no_alert(route, f"cool-down: {allowed} or more messages about it went out within {hours} hours")


def _no_alert(route: Route, why: str) -> RouteOutcome:
    """No alert; the digest, if the route has one, lists every change."""
    return RouteOutcome("digest" if route.digest else "nothing", None, why)


def evidence_sent(sent: SentLog, route: Route, commitment: str) -> tuple[str, ...]:
    """The evidence of all that a route was told about a commitment."""
    told = (one for one in sent.messages if (one.route, one.commitment) == (route.name, commitment))
    return tuple(dict.fromkeys(piece for one in told for piece in one.evidence))


def severity_label(severity: Severity) -> str:
    return severity.name.lower()
