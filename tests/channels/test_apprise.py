"""The optional channel: the answers of a service and what they mean for the message."""

import json
import logging
import subprocess
import sys
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.channels.apprise import AppriseChannel
from monitor.cli import main
from monitor.config import load_settings
from monitor.domain.messages.briefs import DeliveryReceipt
from monitor.errors import ChannelError, ConfigError
from monitor.runtime.wiring import make_renderer, make_senders
from tests.builders.channel_servers import Answer, Slack, slack
from tests.builders.golden_wording import GoldenWording
from tests.builders.sample_messages import ALERT, ALERT_PARCEL
from tests.builders.shipped_rules import ROOT
from tests.builders.small_rulebook import write

SECRET = "a-very-secret-path"
ROUTE = '[[routes]]\nname = "desk"\nchannel = "apprise"\nto = "phone"\n'
DROP = 0


def service(*statuses: int) -> AbstractContextManager[Slack]:
    """A server with these answers, in order (the last one again and again), and its requests."""
    return slack(*(Answer(status, fault="" if status else "drop") for status in statuses or (200,)))


def address(found: Slack) -> str:
    return f"json://127.0.0.1:{found.port}/{SECRET}"


def failure(found: Slack) -> ChannelError:
    with pytest.raises(ChannelError) as refused:
        AppriseChannel({"phone": address(found)}).send("title", "text", "phone")
    assert SECRET not in str(refused.value)
    return refused.value


def test_title_and_text_reach_the_target_that_the_route_names() -> None:
    with service() as phone, service() as team:
        channel = AppriseChannel({"phone": address(phone), "team": address(team)})
        assert channel.send("AT RISK", "line one\nline <two>", "phone") == DeliveryReceipt(ref="phone")
    (((_, heard),), others) = phone.heard, team.heard
    assert (heard["title"], heard["message"]) == ("AT RISK", "line one\nline <two>")
    assert others == []


def test_a_refusal_is_permanent_or_retried_and_sent_once() -> None:
    for status in (302, 308, 400, 401, 403, 404, 410, 408, 429, 500, 502, 503):
        with service(status) as phone:
            error = failure(phone)
        assert (error.permanent, error.uncertain, error.broken) == (status < 408 or status == 410, False, False)
        assert str(error).startswith("phone: ")
        assert str(status) in str(error)
        assert len(phone.heard) == 1, "the package itself sends once"


def test_no_redirect_is_followed() -> None:
    with slack(Answer(200)) as elsewhere:
        place = {"Location": f"http://127.0.0.1:{elsewhere.port}/x"}
        with slack(Answer(307, headers=place)) as phone:
            assert failure(phone).permanent
    assert elsewhere.heard == []


def test_without_an_answer_the_message_is_uncertain() -> None:
    with service(DROP) as phone:
        error = failure(phone)
    assert (error.permanent, error.uncertain) == (False, True)


def test_an_invalid_address_or_log_line_shows_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ChannelError, match="phone") as no:
        AppriseChannel({"phone": f"nosuchservice://{SECRET}"}).check()
    assert SECRET not in str(no.value)
    assert no.value.permanent
    caplog.set_level(logging.DEBUG)
    with service(404) as phone:
        failure(phone)
    assert SECRET not in caplog.text


def test_a_missing_package_breaks_the_channel_until_it_is_installed() -> None:
    script = (
        "import sys\nsys.modules['apprise'] = None\n"
        "from monitor.channels.apprise import AppriseChannel\nfrom monitor.errors import ChannelError\n"
        "try:\n    AppriseChannel({'phone': 'json://127.0.0.1'}).send('t', 'x', 'phone')\n"
        "except ChannelError as error:\n    print(error.broken, error)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith("True ")
    assert "pip install 'deal-monitor[apprise]'" in done.stdout


@pytest.mark.slow
def test_doctor_names_a_missing_package_with_the_remedy_and_finds_one_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "rules")
    arguments = ["--config", str(settings_file(tmp_path)), "doctor", "--offline"]
    urls = {"DEAL_MONITOR_APPRISE__URLS": "phone=json://127.0.0.1:9/x"}
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "apprise", None)  # as Python says that a package cannot be imported
        missing = CliRunner().invoke(main, arguments, env=urls)
    assert "FAIL  apprise" in missing.stdout
    found = CliRunner().invoke(main, arguments, env=urls)
    assert "ok    apprise    targets phone" in found.stdout


def settings_file(folder: Path, text: str = ROUTE) -> Path:
    file = folder / "config.toml"
    file.write_text(f"[monitor]\ntemplates = {json.dumps(str(ROOT / 'templates'))}\n{text}", encoding="utf-8")
    return file


def complaint(folder: Path, urls: str, text: str = ROUTE) -> str:
    with pytest.raises(ConfigError) as refused:
        load_settings(settings_file(folder, text), environ={"DEAL_MONITOR_APPRISE__URLS": urls})
    assert SECRET not in str(refused.value)
    return str(refused.value)


def test_an_alert_is_sent_as_its_subject_and_the_text_of_its_mail(tmp_path: Path) -> None:
    with service() as phone:
        urls = {"DEAL_MONITOR_APPRISE__URLS": f"team=json://127.0.0.1:9/x\nphone={address(phone)}"}
        settings = load_settings(settings_file(tmp_path), environ=urls)
        renderer = make_renderer(settings)
        parcel = replace(ALERT_PARCEL, channel="apprise", to="phone")
        assert make_senders(settings, renderer)[0]["apprise"](parcel).ref == "phone"
    ((_, heard),) = phone.heard
    assert heard["message"].strip() == renderer.text(parcel).strip()
    assert ALERT.subject.startswith(heard["title"].rstrip("…"))


def test_without_an_address_messages_are_written_to_files_and_a_warning_names_the_setting(tmp_path: Path) -> None:
    settings = load_settings(settings_file(tmp_path), environ={})
    assert "apprise" not in settings.live_channels()
    (warning,) = settings.warnings
    assert "DEAL_MONITOR_APPRISE__URLS" in warning


def test_the_addresses_may_come_from_the_secrets_folder_and_are_redacted_in_logs(tmp_path: Path) -> None:
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "apprise__urls").write_text(f"phone=json://127.0.0.1/{SECRET}\n", encoding="utf-8")
    settings = load_settings(settings_file(tmp_path), environ={"CREDENTIALS_DIRECTORY": str(secrets)})
    assert "apprise" in settings.live_channels()
    assert f"json://127.0.0.1/{SECRET}" in settings.secret_values()
    assert SECRET not in repr(settings)


def test_wrong_targets_are_refused_without_showing_an_address(tmp_path: Path, wording: GoldenWording) -> None:
    urls = f"phone=json://h/{SECRET}"
    for given, text in (
        (f"json://127.0.0.1/{SECRET}", ROUTE),
        (f"{urls} {urls}", ROUTE),
        (f"team=json://h/{SECRET} phon=json://h/{SECRET}", ROUTE),
        (urls, ROUTE.replace('to = "phone"\n', "")),
        (urls, f'[apprise]\nurls = "{urls}"\n{ROUTE}'),
    ):
        wording(complaint(tmp_path, given, text))
