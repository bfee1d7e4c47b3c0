"""What a reader does for one place alone: a mute of a commitment there, and leaving a route."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from monitor.domain.alerts.announce import announce
from monitor.domain.alerts.mutes import MuteSummary, last_ended_mutes, mute_window_at, mute_windows
from monitor.domain.alerts.sent_log import SentLog
from monitor.domain.alerts.unsubscriptions import membership, subscribed, unsubscribed
from monitor.domain.model import Intervention, Message, Policy, Route
from tests.builders.domain_values import at
from tests.builders.transitions import COMMITMENTS, moved

NOW = at("2026-03-02 09:00")
DESK, OTHER = Route("desk", "slack", "C1"), Route("ann", "slack", "C2")


def mute(name: str, start: str, end: str, place: str = "") -> Intervention:
    return Intervention(name, "mute", "", "truce", "noise", "", at(start), at(end), place, by="ann")


HERE = mute("here", "2026-03-01", "2026-03-08", "desk")
ALL = mute("all", "2026-03-02", "2026-03-05")


def told(interventions: Sequence[Intervention], unmuted: Sequence[MuteSummary] = ()) -> list[tuple[str, str]]:
    made: tuple[Message, ...] = announce(
        [moved()], SentLog(), [DESK, OTHER], COMMITMENTS, Policy(), NOW, interventions=interventions, unmuted=unmuted
    )
    return [(message.route, message.kind) for message in made]


def ended(interventions: Sequence[Intervention], after: str, now: str) -> dict[str, datetime]:
    return {
        place: window.since for place, window in last_ended_mutes(interventions, "truce", at(after), at(now)).items()
    }


def test_a_mute_of_one_place_silences_that_place_alone() -> None:
    assert told([HERE]) == [("ann", "alert")]
    assert mute_window_at([HERE], "truce", NOW) is None, "for all others nothing is muted"
    assert mute_window_at([HERE], "truce", NOW, "desk") is not None


def test_a_mute_of_all_places_and_one_of_a_place_are_one_silence_there() -> None:
    assert [(w.since, w.until) for w in mute_windows([HERE, ALL], "truce", "desk")] == [
        (at("2026-03-01"), at("2026-03-08"))
    ]
    assert [(w.since, w.until) for w in mute_windows([HERE, ALL], "truce", "ann")] == [
        (at("2026-03-02"), at("2026-03-05"))
    ]


def test_each_place_hears_of_the_end_of_its_own_silence() -> None:
    assert ended([HERE, ALL], "2026-03-04", "2026-03-05") == {"": at("2026-03-02")}
    assert ended([HERE, ALL], "2026-03-07", "2026-03-08") == {"desk": at("2026-03-01")}
    assert ended([HERE, ALL], "2026-03-08", "2026-03-09") == {}, "once"


def test_the_summary_of_a_place_goes_there_alone_and_that_of_all_not_where_it_is_still_silent() -> None:
    (window,) = mute_windows([mute("x", "2026-03-01", "2026-03-02 09:00", "desk")], "truce", "desk")
    summary = MuteSummary("truce", window, (moved(id="t9"),), 1)
    assert told([], [replace(summary, place="desk")]) == [("desk", "summary"), ("ann", "alert")]
    assert told([HERE], [summary]) == [("ann", "summary")]
    assert told([], [summary, replace(summary, place="desk")]) == [("desk", "summary"), ("ann", "summary")]


def test_who_has_left_a_route_is_known_however_the_address_is_written_or_ordered() -> None:
    intervention = Intervention("u1", "unsubscribe", "", membership("desk", "Ann@Company.org"), "by link", "", NOW)
    assert membership("desk/ann@company.org", "ann@company.org") in unsubscribed([intervention])
    assert membership("desk", "bob@company.org") not in unsubscribed([intervention])
    assert membership("other", "ann@company.org") not in unsubscribed([intervention])


def test_routes_of_who_has_left_are_left_out() -> None:
    intervention = Intervention("u1", "unsubscribe", "", membership("ann", "C2"), "by link", "", NOW)
    assert subscribed([DESK, OTHER], [intervention]) == (DESK,)


def test_who_comes_back_has_not_left_until_leaving_again() -> None:
    gone = Intervention("u1", "unsubscribe", "", "desk/ann@company.org", "by link", "", NOW)
    back = Intervention("r1", "resubscribe", "", "u1", "mistake", "", NOW)
    assert unsubscribed([gone, back]) == {}
    assert [*unsubscribed([gone, back, replace(gone, id="u2")])] == ["desk/ann@company.org"]
