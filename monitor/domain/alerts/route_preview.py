"""Route preview: what a route would receive of a change, by the function that decides when it happens.

`announce` alone decides. It gets a made-up change here, and where it returns no message, the preview names the first obstacle.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
muted: in the summary after the mute, if it still differs then; nothing: this route never receives it."""


@dataclass(frozen=True, slots=True)
class ChangeKind:
    """A kind of change, by the properties that decide who receives it. change: an example."""

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
"""The kinds by the names that people type; deadline: the clock causes it; rules: an edit of the rules does."""


@dataclass(frozen=True, slots=True)
class RouteOutcome:
    """What becomes of a change for one route. until: when it goes out, or when the mute ends; why: in words."""

    outcome: OutcomeKind
    until: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class RoutePreview:
    """All that decides who receives a change at a moment."""

    severity: Severity
    sort: ChangeKind
    now: datetime
    sent: SentLog
    commitments: Mapping[str, Commitment]
    policy: Policy
    interventions: Sequence[Intervention] = ()

    def outcome_for(self, route: Route, commitment: str) -> RouteOutcome:
        """What this route would receive of such a change of one commitment, happening now."""
        evidence: tuple[str, ...] = ()
        if self.sort.cause is Cause.CORRECTION:  # it withdraws all that the route was sent on the commitment
            keys = (key for sent in self.sent.in_thread(route.name, commitment) for key in sent.evidence)
            evidence = tuple(dict.fromkeys(keys))
        sort, now, key = self.sort, self.now, f"trial {self.now.isoformat()}"
        status = (Direction.OTHER, Standing.IN_PROGRESS, Outlook.STEADY)
        reason = Reason(ReasonCode.TRIAL)
        move = Transition(key, commitment, sort.change, *status, sort.cause, reason, now, now, self.severity)
        move = replace(move, evidence=evidence, outlook_only=sort.outlook_only)
        messages = announce(
            [move], self.sent, [route], self.commitments, self.policy, self.now, interventions=self.interventions
        )
        if not messages:
            return self._obstacle(route, commitment)
        until = messages[0].not_before
        if messages[0].held:
            why = f"an edit of the rules: a person lets it go within {self.policy.held_hours} hours"
            return RouteOutcome("review", None, why)
        if until is None:
            return RouteOutcome("now")
        quiet = f"quiet hours {'-'.join(route.quiet or ())}"
        return RouteOutcome("held", until, f"until {format_time(until, route.zone)}: {quiet}")

    def outcomes_for(self, route: Route) -> tuple[tuple[RouteOutcome, tuple[str, ...]], ...]:
        """What it would receive of such a change of each commitment it subscribes to, the most common outcome first."""
        outcomes: dict[RouteOutcome, list[str]] = defaultdict(list)
        for name in self.commitments:
            if subscribes_to(route, name, self.commitments):
                outcomes[self.outcome_for(route, name)].append(name)
        ordered = sorted(outcomes.items(), key=lambda item: -len(item[1]))
        return tuple((outcome, tuple(names)) for outcome, names in ordered)

    def _obstacle(self, route: Route, commitment: str) -> RouteOutcome:
        """The first obstacle to an alert, in the order in which `announce` looks."""
        if route.stage != "stable":
            return RouteOutcome("nothing", None, "it hears of rules on trial alone (stage)")
        if not subscribes_to(route, commitment, self.commitments):
            return RouteOutcome("nothing", None, f"it follows {', '.join(route.commitments) or 'nothing'}")
        mute = mute_window_at(self.interventions, commitment, self.now, route.name)
        if mute is not None:
            end = f"until {format_time(mute.until, route.zone)}" if mute.until else "without an end"
            why = "; ".join(f"{intervention.reason} ({author_of(intervention)})" for intervention in mute.mutes)
            return RouteOutcome("muted", mute.until, f"{end}: {why}")
        if self.severity < route.least_severity:
            least = severity_label(route.least_severity)
            why = f"{severity_label(self.severity)} is below its least severity, {least}"
        else:
            allowed, hours = self.policy.turns_allowed, self.policy.cooldown_hours
            why = f"cool-down: {allowed} or more messages about it went out within {hours} hours"
        return RouteOutcome("digest" if route.digest else "nothing", None, why)  # a digest lists every change


def severity_label(severity: Severity) -> str:
    return severity.name.lower()
