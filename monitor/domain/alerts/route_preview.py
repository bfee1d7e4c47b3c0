"""Route preview: the message that a route would receive on a change, by the function that decides on real changes.
`announce` receives a made-up change. If it returns no message, the preview names the first obstacle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, Literal

from monitor.domain.alerts.announce import AlertContext, announce
from monitor.domain.alerts.mutes import mute_window_at
from monitor.domain.alerts.recipients import quiet_until, subscribes_to
from monitor.domain.model.changes import Change, FlagChanged, NoticeDue, StatusChanged, StepChanged, TermsChanged
from monitor.domain.model.enums import Cause, Direction, FlagKind, FlagState, Outlook, ReasonCode, Severity, Standing
from monitor.domain.model.reasons import Reason
from monitor.domain.model.routes import Route
from monitor.domain.model.verdicts import Transition
from monitor.domain.text.labels import format_time
from monitor.domain.verdicts.interventions import author_of

OutcomeKind = Literal["now", "held", "review", "digest", "muted", "nothing"]
"""now and held: an alert, at once or at the end of the quiet hours; review: held for a person; digest: in the digest
only; muted: in the summary after the mute, if it is still a difference; nothing: this route never receives it."""


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
"""The kinds by the names that people type; deadline: caused by the clock; rules: caused by a rule edit."""


@dataclass(frozen=True, slots=True)
class RouteOutcome:
    """The outcome of a change for one route. until: when the message is sent, or when the mute ends."""

    outcome: OutcomeKind
    until: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class RoutePreview:
    """The outcomes of one made-up change, which happens at `context.now`."""

    severity: Severity
    sort: ChangeKind
    context: AlertContext

    def outcome_for(self, route: Route, commitment: str) -> RouteOutcome:
        """The outcome for this route if the change happens to this commitment."""
        sort, context, now = self.sort, self.context, self.context.now
        evidence: tuple[str, ...] = ()
        if sort.cause is Cause.CORRECTION:  # it withdraws all evidence that the route received on the commitment
            keys = (key for sent in context.sent.in_thread(route.name, commitment) for key in sent.evidence)
            evidence = tuple(dict.fromkeys(keys))
        status = (Direction.OTHER, Standing.IN_PROGRESS, Outlook.STEADY)
        key, reason = f"trial {now.isoformat()}", Reason(ReasonCode.TRIAL)
        move = Transition(key, commitment, sort.change, *status, sort.cause, reason, now, now, self.severity)
        move = replace(move, evidence=evidence, outlook_only=sort.outlook_only)
        messages = announce([move], [route], context)
        if not messages:
            return self._obstacle(route, commitment)
        until = messages[0].not_before
        if messages[0].held:
            cause = "an editor approves it" if route.approval else "a rule edit caused it: a person releases it"
            why = f"{cause} within {context.policy.held_hours} hours, or it expires"
            return RouteOutcome("review", None, why)
        if until is None:
            return RouteOutcome("now")
        why = f"quiet hours {'-'.join(route.quiet or ())}"
        if quiet_until(route, now) is None:
            why = "the events of a busy day are one message"
        return RouteOutcome("held", until, f"until {format_time(until, route.zone)}: {why}")

    def _obstacle(self, route: Route, commitment: str) -> RouteOutcome:
        """The first obstacle to an alert, in the order of the checks in `announce`."""
        context = self.context
        if not subscribes_to(route, commitment, context.commitments):
            return RouteOutcome("nothing", None, f"it follows {', '.join(route.commitments) or 'no commitment'}")
        mute = mute_window_at(context.interventions, commitment, context.now)
        if mute is not None:
            end = f"until {format_time(mute.until, route.zone)}" if mute.until else "without an end"
            why = "; ".join(f"{intervention.reason} ({author_of(intervention)})" for intervention in mute.mutes)
            return RouteOutcome("muted", mute.until, f"{end}: {why}")
        if self.severity < route.least_severity:
            least = severity_label(route.least_severity)
            why = f"{severity_label(self.severity)} is below its least severity, {least}"
        else:
            allowed, hours = context.policy.turns_allowed, context.policy.cooldown_hours
            why = f"cool-down: it received {allowed} or more messages about it within {hours} hours"
        return RouteOutcome("digest" if route.digest else "nothing", None, why)  # a digest lists every change


def severity_label(severity: Severity) -> str:
    return severity.name.lower()
