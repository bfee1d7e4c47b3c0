"""What a change would do to the routes, asked before there is one."""

from datetime import timedelta
from typing import Any

import pytest

from monitor.domain.alerts.announce import AlertContext
from monitor.domain.alerts.route_preview import CHANGE_KINDS, RouteOutcome, RoutePreview
from monitor.domain.alerts.sent_log import Sent, SentLog
from monitor.domain.model import Commitment, Intervention, Policy, Route, Severity
from monitor.domain.model.routes import Cadence
from tests.builders.domain_values import at, commitment

NOW = at("2026-03-03 04:30")
"""Half past eleven in the night, in New York."""
COMMITMENTS: dict[str, Commitment] = {name: commitment(id=name) for name in ("soy", "soy-annual", "truce")}
DESK = Route("desk", "email", "desk@deals.test")
NIGHT = Route("desk", "email", "desk@deals.test", zone="America/New_York", quiet=("22:00", "07:00"))
WEEKLY = Route("desk", "email", "desk@deals.test", digest=Cadence("week", 0, "08:00"))


def trial(severity: Severity = Severity.NOTABLE, kind: str = "standing", **changed: Any) -> RoutePreview:
    given = {"now": NOW, "sent": SentLog(), "commitments": COMMITMENTS, "policy": Policy(), **changed}
    return RoutePreview(severity, CHANGE_KINDS[kind], AlertContext(**given))


def told(count: int, route: str = "desk") -> SentLog:
    """So many messages on soy within the last hours."""
    return SentLog(
        tuple(Sent(f"m{n}", route, "soy", (f"t{n}",), (f"s{n}",), NOW - timedelta(hours=n + 1)) for n in range(count))
    )


def mute(pattern: str, **changed: Any) -> Intervention:
    given = {"until": NOW + timedelta(days=1), "by": "ann", **changed}
    return Intervention(
        "a1", "mute", "", pattern, "figures are being revised", "", NOW - timedelta(days=1), payload="", **given
    )


def test_in_quiet_hours_it_is_held_until_their_end_in_the_recipients_zone() -> None:
    fate = trial().outcome_for(NIGHT, "soy")
    assert (fate.outcome, fate.until) == ("held", at("2026-03-03 12:00"))
    assert fate.why == "until 3 Mar 2026 07:00 EST: quiet hours 22:00-07:00"
    assert trial(now=at("2026-03-03 15:00")).outcome_for(NIGHT, "soy") == RouteOutcome("now")


@pytest.mark.parametrize(("route", "outcome"), [(DESK, "nothing"), (WEEKLY, "digest")])
def test_what_is_too_quiet_for_a_route_waits_for_its_digest_if_it_has_one(route: Route, outcome: str) -> None:
    fate = trial(Severity.ROUTINE).outcome_for(route, "soy")
    assert (fate.outcome, fate.why) == (outcome, "routine is below its least severity, notable")


def test_a_mute_is_named_with_its_end_its_reason_and_its_author_while_it_lasts() -> None:
    fate = trial(Severity.URGENT, interventions=(mute("soy*"),)).outcome_for(DESK, "soy-annual")
    assert (fate.outcome, fate.until) == ("muted", NOW + timedelta(days=1))
    assert fate.why == "until 4 Mar 2026 04:30 UTC: figures are being revised (ann)"
    assert trial(interventions=(mute("soy", until=None),)).outcome_for(DESK, "soy").why.startswith("without an end: ")
    assert trial(interventions=(mute("soy", until=NOW),)).outcome_for(DESK, "soy") == RouteOutcome("now")


def test_on_a_busy_day_a_step_waits_for_the_evening() -> None:
    fate = trial(kind="progress", sent=told(1)).outcome_for(DESK, "soy")
    assert (fate.outcome, fate.until) == ("held", NOW.replace(hour=21, minute=0))
    assert fate.why == "until 3 Mar 2026 21:00 UTC: the events of a busy day are one message"


def test_turns_of_the_outlook_rest_after_so_many_messages_and_a_new_standing_does_not() -> None:
    sent = told(Policy().turns_allowed)
    fate = trial(kind="outlook", sent=sent).outcome_for(WEEKLY, "soy")
    assert (fate.outcome, fate.until, fate.why.partition(":")[0]) == ("digest", None, "cool-down")
    assert trial(kind="standing", sent=sent).outcome_for(WEEKLY, "soy") == RouteOutcome("now")
    assert trial(kind="outlook", sent=told(2)).outcome_for(WEEKLY, "soy") == RouteOutcome("now")


def test_a_correction_reaches_whoever_was_told_however_quiet_it_is() -> None:
    quiet = trial(Severity.ROUTINE, "correction", sent=told(1))
    assert quiet.outcome_for(DESK, "soy") == RouteOutcome("now")
    assert quiet.outcome_for(DESK, "truce").outcome == "nothing", "nothing was said of it"
    assert quiet.outcome_for(Route("other", "email", "o@deals.test"), "soy").outcome == "nothing", "another was told"


def test_what_a_route_wants_goes_out_at_once_and_what_it_does_not_follow_never() -> None:
    assert trial().outcome_for(DESK, "soy") == RouteOutcome("now")
    only = Route("desk", "email", "desk@deals.test", commitments=("truce", "x*"), digest=Cadence("week", 0, "08:00"))
    assert trial(Severity.URGENT).outcome_for(only, "soy") == RouteOutcome("nothing", None, "it follows truce, x*")
    assert trial(kind="rules").outcome_for(DESK, "soy").outcome == "review"


def test_every_kind_of_change_reaches_a_route_that_wants_all() -> None:
    for kind in CHANGE_KINDS:
        loud = trial(Severity.URGENT, kind).outcome_for(DESK, "soy")
        assert loud.outcome == ("review" if kind == "rules" else "now"), kind
