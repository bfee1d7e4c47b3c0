"""What a route may say, and what is refused because it could have no effect."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config import check_routes, load_settings
from monitor.config.schema import RouteSettings
from monitor.domain.model.digest_schedule import Cadence
from monitor.errors import ConfigError

ROUTE = '[[routes]]\nname = "desk"\nchannel = "file"\n'
WEBHOOK = {"DEAL_MONITOR_SLACK__WEBHOOK": "https://hooks.slack.test/services/T/B/X"}
NOT_OF_TIME = {"name", "channel", "to", "commitments", "least_severity", "zone", "stage", "tell", "further_evidence"}


def refusal(folder: Path, text: str, environ: dict[str, str] | None = None) -> str:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load_settings(file, environ=environ or {})
    return str(refused.value).replace(f"{folder}/", "")


def test_a_route_has_two_knobs_of_time_and_no_more() -> None:
    assert set(RouteSettings.model_fields) - NOT_OF_TIME == {"quiet_hours", "digest"}


@pytest.mark.parametrize(
    ("quiet", "digest"),
    [("22:00-07:00", "06:59"), ("22:00-07:00", "22:00"), ("22:00-07:00", "23:30"), ("06:00-09:00", "06:00")],
)
def test_a_digest_within_the_quiet_hours_is_refused(tmp_path: Path, quiet: str, digest: str) -> None:
    text = f'{ROUTE}quiet_hours = "{quiet}"\ndigest = "mon {digest}"\n'
    assert refusal(tmp_path, text) == (
        f"config.toml:5: routes[1].digest {digest} lies within the quiet hours {quiet}; choose a time outside them"
    )


@pytest.mark.parametrize(
    ("quiet", "digest"), [("22:00-07:00", "07:00"), ("22:00-07:00", "21:59"), ("09:00-17:00", "08:00")]
)
def test_a_digest_at_the_end_of_the_quiet_hours_or_outside_them_is_taken(
    tmp_path: Path, quiet: str, digest: str
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'{ROUTE}quiet_hours = "{quiet}"\ndigest = "mon {digest}"\n', encoding="utf-8")
    (route,) = load_settings(file, environ={}).domain_routes()
    assert (route.quiet, route.digest) == (tuple(quiet.split("-")), Cadence("week", 0, digest))


def test_an_owners_route_that_does_not_exist_is_refused_with_the_nearest_one(tmp_path: Path) -> None:
    said = refusal(tmp_path, f'[owner]\nroute = "dsek"\n{ROUTE}')
    assert said == "config.toml:2: owner.route 'dsek' names no route (did you mean 'desk'?)"


def test_two_routes_of_one_name_are_refused_with_both_places(tmp_path: Path) -> None:
    said = refusal(tmp_path, ROUTE + ROUTE)
    assert said == "config.toml:5: name 'desk' is taken already at config.toml:2"


def test_a_route_that_follows_nothing_is_refused(tmp_path: Path) -> None:
    said = refusal(tmp_path, f"{ROUTE}commitments = []\n")
    assert "is empty, so the route would get nothing; write ['*'] for all commitments" in said


def test_every_pattern_that_fits_no_commitment_is_told_with_its_place_and_what_was_probably_meant(
    tmp_path: Path,
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'{ROUTE}commitments = ["soybean", "dialogue",\n"dialog", "wheat-*"]\n', encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        check_routes(load_settings(file, environ={}), ("soybean-purchases-annual", "soybean-purchases", "dialogue"))
    assert str(refused.value).replace(f"{tmp_path}/", "").splitlines() == [
        "config.toml:4: route 'desk': no commitment fits 'soybean' (did you mean 'soybean-purchases'?)",
        "config.toml:5: route 'desk': no commitment fits 'dialog' (did you mean 'dialogue'?)",
        "config.toml:5: route 'desk': no commitment fits 'wheat-*'. The rules name: dialogue, soybean-purchases, "
        "soybean-purchases-annual",
    ]


def test_a_slack_channel_beside_a_webhook_is_refused_and_taken_with_a_token(tmp_path: Path) -> None:
    text = '[[routes]]\nname = "chat"\nchannel = "slack"\nto = "#deals"\n'
    said = refusal(tmp_path, text, WEBHOOK)
    assert said.startswith(
        "config.toml:4: route 'chat' names the Slack channel '#deals', which has no effect beside a webhook"
    )
    assert "leave 'to' out, or set a token instead" in said
    assert WEBHOOK["DEAL_MONITOR_SLACK__WEBHOOK"] not in said
    token = {"DEAL_MONITOR_SLACK__TOKEN": "xoxb-test"}
    assert load_settings(tmp_path / "config.toml", environ=token).domain_routes()[0].to == "#deals"


@pytest.mark.parametrize(
    ("channel", "setting", "environ", "replies"),
    [
        ("slack", "", {}, True),
        ("slack", "further_evidence = false", {}, False),
        ("slack", "", WEBHOOK, False),
        ("slack", "further_evidence = true", WEBHOOK, True),
        ("file", "", {}, False),
        ("file", "further_evidence = true", {}, True),
        ("slack", 'stage = "experimental"', {}, False),
    ],
)
def test_further_evidence_comes_as_a_reply_where_that_is_quiet_or_where_it_is_wished(
    tmp_path: Path, channel: str, setting: str, environ: dict[str, str], *, replies: bool
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'[[routes]]\nname = "desk"\nchannel = "{channel}"\n{setting}\n', encoding="utf-8")
    (route,) = load_settings(file, environ=environ).domain_routes()
    assert route.further is replies


@pytest.mark.parametrize(
    "setting", ["further_evidence = true", 'least_severity = "notable"', 'tell = "events"', 'digest = "mon 08:00"']
)
def test_what_does_not_concern_rules_on_trial_is_refused_on_a_route_that_hears_of_them_alone(
    tmp_path: Path, setting: str
) -> None:
    key = setting.partition(" ")[0]
    assert refusal(tmp_path, f'{ROUTE}{setting}\nstage = "experimental"\n') == (
        f"config.toml:4: routes[1].{key} has no effect on a route that hears of rules on trial alone; leave it out"
    )


def test_an_owners_route_that_hears_of_rules_on_trial_alone_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, f'[owner]\nroute = "desk"\n{ROUTE}stage = "experimental"\n') == (
        "config.toml:2: owner.route 'desk' hears of rules on trial alone; name a route without stage = 'experimental'"
    )


@pytest.mark.parametrize("to", ["a@x.org, b@x.org, a@x.org", "a@x.org, A@X.org", "Desk <a@x.org>, a@X.ORG"])
def test_a_mailbox_that_a_route_names_more_than_once_is_refused(tmp_path: Path, to: str) -> None:
    text = f'[[routes]]\nname = "mail"\nchannel = "email"\nto = "{to}"\n'
    assert refusal(tmp_path, text) == (
        "config.toml:4: routes[1].to names the mailbox 'a@x.org' more than once; leave one of them"
    )


@pytest.mark.parametrize(("setting", "tell"), [("", "changes"), ('tell = "events"', "events")])
def test_a_route_hears_of_every_event_of_note_only_where_it_asks(tmp_path: Path, setting: str, tell: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"{ROUTE}{setting}\n", encoding="utf-8")
    (route,) = load_settings(file, environ={}).domain_routes()
    assert route.tell == tell


def test_what_a_route_tells_is_one_of_two_words(tmp_path: Path) -> None:
    assert "routes[1].tell" in refusal(tmp_path, f'{ROUTE}tell = "all"\n')
