"""The sources of settings, which of them wins, and what the rest of the program gets."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor.config import Settings, load_settings
from monitor.domain.model import Route, Severity
from monitor.domain.model.routes import Cadence
from tests.builders.golden_wording import GoldenWording

FEED = '[[feeds]]\nname = "one"\nurl = "https://news.example/rss"\ninterval = "15m"\n'
ROUTE = '[[routes]]\nname = "desk"\nchannel = "file"\n'
WEBHOOK = {"DEAL_MONITOR_SLACK__WEBHOOK": "https://hooks.slack.test/services/T/B/X"}
TOKEN = {"DEAL_MONITOR_SLACK__TOKEN": "xoxb-1"}


@dataclass(frozen=True)
class Folder:
    """A config.toml on disk, with its surroundings."""

    path: Path

    def write(self, text: str) -> Path:
        file = self.path / "config.toml"
        file.write_text(text, encoding="utf-8")
        return file

    def load(self, text: str, environ: Mapping[str, str] | None = None) -> Settings:
        return load_settings(self.write(text), environ or {})

    def secrets(self, **files: str) -> str:
        folder = self.path / "credentials"
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        return str(folder)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_the_file_is_the_named_one_else_that_of_the_environment_else_of_the_working_folder(
    folder: Folder, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    named, other = folder.write(""), tmp_path_factory.mktemp("other") / "deal.toml"
    other.write_text("", encoding="utf-8")
    monkeypatch.chdir(folder.path)
    assert load_settings(None, environ={}).path == named
    assert load_settings(None, environ={"DEAL_MONITOR_CONFIG": str(other)}).path == other
    assert load_settings(named, environ={"DEAL_MONITOR_CONFIG": str(other)}).path == named


def test_relative_paths_start_at_the_folder_of_the_file(
    folder: Folder, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    settings = folder.load('[monitor]\nrules = "r"\ntemplates = "/opt/t"\ndatabase = "sqlite:///d/x.db"\n')
    assert settings.monitor.rules == folder.path / "r"
    assert settings.monitor.templates == Path("/opt/t")
    assert settings.outbox_dir == folder.path / "var" / "outbox"
    assert settings.database == f"sqlite:///{folder.path}/d/x.db"


def test_secrets_win_over_the_file_and_the_environment_over_secrets(folder: Folder) -> None:
    text = '[smtp]\nhost = "file"\nsender = "a@b.example"\n'
    credentials = {"CREDENTIALS_DIRECTORY": folder.secrets(smtp__host="secret\n")}
    environment = {**credentials, "DEAL_MONITOR_SMTP__HOST": "environment"}
    assert folder.load(text).smtp.host == "file"
    assert folder.load(text, credentials).smtp.host == "secret"
    assert folder.load(text, environment).smtp.host == "environment"


def test_secrets_come_from_the_configured_folder_or_that_of_the_service_manager(folder: Folder) -> None:
    elsewhere = folder.secrets(slack__token="xoxb-1\n")
    assert folder.load("", {"CREDENTIALS_DIRECTORY": elsewhere}).live_channels() == {"file", "slack"}
    assert folder.load('[monitor]\nsecrets_dir = "credentials"\n').secret_values() == ("xoxb-1",)


def test_the_environment_gives_lists_as_json_and_numbers_and_booleans_as_text(folder: Folder) -> None:
    feeds = [{"name": "two", "url": "https://news.example/two", "interval": "1h"}]
    assert [feed.name for feed in folder.load(FEED, {"DEAL_MONITOR_FEEDS": json.dumps(feeds)}).feeds] == ["two"]
    environ = {
        "DEAL_MONITOR_POLL__ALLOW_PRIVATE_ADDRESSES": "True",
        "DEAL_MONITOR_POLL__TIMEOUT_SECONDS": "7.5",
        "CREDENTIALS_DIRECTORY": folder.secrets(poll__per_host="3\n"),
    }
    poll = folder.load("", environ).poll
    assert (poll.allow_private_addresses, poll.timeout_seconds, poll.per_host) == (True, 7.5, 3)


def test_headers_of_feeds_are_secrets_by_feed_and_a_login_is_encoded(folder: Folder) -> None:
    text = "one = Authorization: Basic reader:hunter22\none = X-Trace: a=b:c\n"
    settings = folder.load(FEED, {"CREDENTIALS_DIRECTORY": folder.secrets(poll__headers=text)})
    assert settings.feed_headers == {"one": {"Authorization": "Basic cmVhZGVyOmh1bnRlcjIy", "X-Trace": "a=b:c"}}
    assert {"hunter22", "cmVhZGVyOmh1bnRlcjIy", "a=b:c"} <= set(settings.secret_values())
    assert "hunter22" not in repr(settings)
    assert folder.load(FEED).feed_headers == {}


def test_settings_as_text_hide_their_secrets_and_give_them_to_the_log(folder: Folder) -> None:
    environ = {
        "DEAL_MONITOR_SLACK__TOKEN": "xoxb-hunter22",
        "DEAL_MONITOR_MONITOR__DATABASE": "postgresql+psycopg://me:hunter33@h/db",
    }
    settings = folder.load("", environ)
    assert "hunter" not in repr(settings)
    assert settings.secret_values() == ("xoxb-hunter22", "hunter33")
    assert settings.database == "postgresql+psycopg://me:hunter33@h/db"


@pytest.mark.parametrize(("given", "seconds"), [("90s", 90), ("15m", 900), ("1h", 3600), ("1d", 86400)])
def test_an_interval_is_read_as_seconds(folder: Folder, given: str, seconds: int) -> None:
    assert folder.load(FEED.replace("15m", given)).feeds[0].interval == seconds


@pytest.mark.parametrize(
    ("written", "cadence"),
    [
        ("Mon 08:00", Cadence("week", 0, "08:00")),
        ("weekly  fri 17:30", Cadence("week", 4, "17:30")),
        ("daily 04:00", Cadence("day", 0, "04:00")),
        ("Fortnightly Tue 08:00", Cadence("fortnight", 1, "08:00")),
        ("monthly 28 23:59", Cadence("month", 28, "23:59")),
    ],
)
def test_a_digest_comes_daily_weekly_fortnightly_or_monthly(folder: Folder, written: str, cadence: Cadence) -> None:
    assert folder.load(f'{ROUTE}digest = "{written}"').routes[0].digest == cadence


@pytest.mark.parametrize(
    ("quiet", "digest"), [("22:00-07:00", "07:00"), ("22:00-07:00", "21:59"), ("09:00-17:00", "08:00")]
)
def test_a_digest_may_come_right_at_the_end_of_quiet_hours(folder: Folder, quiet: str, digest: str) -> None:
    (route,) = folder.load(f'{ROUTE}quiet_hours = "{quiet}"\ndigest = "mon {digest}"\n').domain_routes()
    assert (route.quiet, route.digest) == (tuple(quiet.split("-")), Cadence("week", 0, digest))


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("plain", 25)])
def test_the_mail_port_follows_the_security(folder: Folder, security: str, port: int) -> None:
    assert folder.load(f'[smtp]\nsecurity = "{security}"').smtp.port == port
    assert folder.load(f'[smtp]\nport = 2525\nsecurity = "{security}"').smtp.port == 2525


def test_the_settings_of_mail_follow_each_other(folder: Folder) -> None:
    smtp = folder.load('[smtp]\nhost = "::1"\nsender = \'"Monitor, deals" <m@x.org>\'').smtp
    assert (smtp.host, smtp.sender) == ("::1", '"Monitor, deals" <m@x.org>')
    text = '[smtp]\nhost = "127.0.0.1"\nsecurity = "plain"\nusername = "me"\nsender = "m@b.example"\n'
    assert folder.load(text, {"DEAL_MONITOR_SMTP__PASSWORD": "hunter22"}).smtp.host


def test_the_model_is_off_without_server_and_name_and_its_key_is_sent_only_encrypted_or_locally(folder: Folder) -> None:
    key = {"DEAL_MONITOR_READER__KEY": "sk-hunter22"}
    here = '[reader]\nbase_url = "http://127.0.0.1:11434/v1"\nmodel = "small"\n'
    assert not folder.load("", key).reader.base_url
    assert folder.load(here, key).secret_values() == ("sk-hunter22",)
    assert folder.load(here.replace("127.0.0.1", "192.168.1.7")).reader.base_url
    for scheme in ("https:", "HTTPS:"):
        assert folder.load(here.replace("http:", scheme).replace("127.0.0.1", "llm.example"), key).reader.base_url


@pytest.mark.parametrize(
    "address",
    ["https://status.deals.example", "http://10.0.0.1:8080/deals", "https://xn--fsqu00a.example/~desk/a_b-c%20d"],
)
def test_an_address_of_the_pages_is_kept_without_its_last_slash(folder: Folder, address: str) -> None:
    assert folder.load(f'[site]\nbase_url = "{address}/"').site.base_url == address
    assert folder.load('[site]\nbase_url = "http://127.0.0.1:8470"\nactions = true').site.actions


def test_routes_reach_the_domain_in_its_own_words(folder: Folder) -> None:
    text = (
        '[slack]\nchannel = "#deals"\n[[routes]]\nname = "desk"\nchannel = "slack"\ncommitments = ["soybean-*"]\n'
        'least_severity = "urgent"\nzone = "Asia/Shanghai"\nquiet_hours = "22:00-07:00"\ndigest = "Fri 17:30"\n'
    )
    assert folder.load(text).domain_routes() == (
        Route(
            name="desk",
            channel="slack",
            to="#deals",
            commitments=("soybean-*",),
            least_severity=Severity.URGENT,
            zone="Asia/Shanghai",
            quiet=("22:00", "07:00"),
            digest=Cadence("week", 4, "17:30"),
        ),
    )
    chat = '[[routes]]\nname = "chat"\nchannel = "slack"\nto = "#own"\n'
    assert folder.load(chat, TOKEN).domain_routes()[0].to == "#own"
    tells = [folder.load(ROUTE + tell).domain_routes()[0].tell for tell in ("", 'tell = "events"')]
    assert tells == ["changes", "events"]


def test_feeds_and_files_have_usual_values(folder: Folder) -> None:
    file = folder.write("")
    file.write_bytes(b"\xef\xbb\xbf[poll]\nper_host = 1\n")
    assert load_settings(file, environ={}).poll.per_host == 1
    assert folder.load(FEED).feeds[0].publisher == "one"
    settings = folder.load("[poll]\nper_host = 3\n", {"DEAL_MONITOR_POLL__PER_HOST": ""})
    assert settings.poll.per_host == 3


def test_likely_mistakes_are_warnings_with_their_place(folder: Folder, wording: GoldenWording) -> None:
    example_mail = (
        ROUTE.replace("file", "email") + 'to = "desk@example.org"\n[smtp]\nhost = "h"\nsender = "m@b.example"'
    )
    for text, environ in (
        (FEED.replace("15m", "5s"), {}),
        ("[slack]", TOKEN),
        (ROUTE.replace("file", "slack"), TOKEN),
        (ROUTE.replace("file", "slack"), {}),
        (example_mail, {}),
        ('[monitor]\ndata = "var"\nrules = "rulez"', {}),
    ):
        (warning,) = folder.load(text, environ).warnings
        assert warning.startswith((f"{folder.path}/config.toml:", "environment "))
        wording(warning)
