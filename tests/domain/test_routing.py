"""What a change would do to the routes, asked before there is one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from monitor.domain.announce import Sent, SentLog
from monitor.domain.cadence import Cadence
from monitor.domain.model import Act, Commitment, Policy, Route, Severity
from monitor.domain.routing import SORTS, Fate, Sort, Trial
from tests.domain.build import at, commitment

NOW = at("2026-03-03 04:30")
"""Half past eleven in the night, in New York."""
COMMITMENTS: dict[str, Commitment] = {name: commitment(id=name) for name in ("soy", "soy-annual", "truce")}
DESK = Route("desk", "email", "desk@deals.test")
NIGHT = Route("desk", "email", "desk@deals.test", zone="America/New_York", quiet=("22:00", "07:00"))
WEEKLY = Route("desk", "email", "desk@deals.test", digest=Cadence("week", 0, "08:00"))


def trial(severity: Severity = Severity.NOTABLE, kind: str = "standing", **changed: Any) -> Trial:
    given = {"now": NOW, "sent": SentLog(), "commitments": COMMITMENTS, "policy": Policy(), **changed}
    return Trial(severity, SORTS[kind], **given)


def told(count: int, route: str = "desk") -> SentLog:
    """So many messages on soy within the last hours."""
    return SentLog(
        tuple(Sent(f"m{n}", route, "soy", (f"t{n}",), (f"s{n}",), NOW - timedelta(hours=n + 1)) for n in range(count))
    )


def mute(pattern: str, **changed: Any) -> Act:
    given = {"until": NOW + timedelta(days=1), "by": "ann", **changed}
    return Act("a1", "mute", "", pattern, "figures are being revised", "", NOW - timedelta(days=1), payload="", **given)


def test_a_change_that_a_route_wants_goes_out_at_once() -> None:
    assert trial().fate(DESK, "soy") == Fate("now")


def test_in_quiet_hours_it_is_held_until_their_end_in_the_recipients_zone() -> None:
    fate = trial().fate(NIGHT, "soy")
    assert (fate.outcome, fate.until) == ("held", at("2026-03-03 12:00"))
    assert fate.why == "until 3 Mar 2026 07:00 EST: quiet hours 22:00-07:00"
    assert trial(now=at("2026-03-03 15:00")).fate(NIGHT, "soy") == Fate("now")


def test_the_night_of_a_clock_change_ends_at_the_same_local_hour() -> None:
    assert trial(now=at("2026-03-08 04:30")).fate(NIGHT, "soy").until == at("2026-03-08 11:00")


def test_what_a_route_does_not_follow_it_never_hears_of() -> None:
    only = Route("desk", "email", "desk@deals.test", commitments=("truce", "x*"), digest=Cadence("week", 0, "08:00"))
    assert trial(Severity.URGENT).fate(only, "soy") == Fate("nothing", None, "it follows truce, x*")


@pytest.mark.parametrize(("route", "outcome"), [(DESK, "nothing"), (WEEKLY, "digest")])
def test_what_is_too_quiet_for_a_route_waits_for_its_digest_if_it_has_one(route: Route, outcome: str) -> None:
    fate = trial(Severity.ROUTINE).fate(route, "soy")
    assert (fate.outcome, fate.why) == (outcome, "routine is below its least severity, notable")


def test_a_mute_is_named_with_its_end_its_reason_and_its_author() -> None:
    fate = trial(Severity.URGENT, acts=(mute("soy*"),)).fate(DESK, "soy-annual")
    assert (fate.outcome, fate.until) == ("muted", NOW + timedelta(days=1))
    assert fate.why == "until 4 Mar 2026 04:30 UTC: figures are being revised (ann)"


def test_a_mute_without_an_end_says_so_and_one_that_is_over_counts_no_more() -> None:
    assert trial(acts=(mute("soy", until=None),)).fate(DESK, "soy").why.startswith("without an end: ")
    assert trial(acts=(mute("soy", until=NOW),)).fate(DESK, "soy") == Fate("now")


def test_turns_of_the_outlook_rest_after_so_many_messages_and_a_new_standing_does_not() -> None:
    sent = told(Policy().turns_allowed)
    fate = trial(kind="outlook", sent=sent).fate(WEEKLY, "soy")
    assert fate == Fate("digest", None, "cool-down: 3 or more messages about it went out within 48 hours")
    assert trial(kind="standing", sent=sent).fate(WEEKLY, "soy") == Fate("now")
    assert trial(kind="outlook", sent=told(2)).fate(WEEKLY, "soy") == Fate("now")


def test_a_correction_reaches_whoever_was_told_however_quiet_it_is() -> None:
    quiet = trial(Severity.ROUTINE, "correction", sent=told(1))
    assert quiet.fate(DESK, "soy") == Fate("now")
    assert quiet.fate(DESK, "truce").outcome == "nothing", "nothing was said of it"
    assert quiet.fate(Route("other", "email", "o@deals.test"), "soy").outcome == "nothing", "another was told"


def test_an_edit_of_the_rules_waits_for_a_person() -> None:
    assert trial(kind="rules").fate(DESK, "soy").outcome == "review"


@pytest.mark.parametrize("kind", SORTS)
def test_every_kind_of_change_reaches_a_route_that_wants_all(kind: str) -> None:
    loud = trial(Severity.URGENT, kind).fate(DESK, "soy")
    assert loud.outcome == ("review" if kind == "rules" else "now")


def test_no_two_kinds_are_the_same_question() -> None:
    assert len({(s.change.kind, s.cause, s.outlook_only) for s in SORTS.values()}) == len(SORTS)
    assert all(isinstance(sort, Sort) for sort in SORTS.values())


def test_over_all_that_a_route_follows_the_common_fate_comes_first_and_each_other_is_named() -> None:
    most, other = trial(acts=(mute("truce"),)).fates(DESK)
    assert most == (Fate("now"), ("soy", "soy-annual"))
    assert (other[0].outcome, other[1]) == ("muted", ("truce",))
    follows_one = Route("desk", "email", "desk@deals.test", commitments=("soy-*",))
    assert trial().fates(follows_one) == ((Fate("now"), ("soy-annual",)),)
