"""Where settings come from, how they win over each other, and what is refused with which words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from monitor.config import Settings, load_settings
from monitor.config.load import CACHE_VARIABLE
from monitor.domain.model import Route, Severity
from monitor.domain.model.digest_schedule import Cadence
from monitor.errors import ConfigError
from monitor.rulebook.cache import VARIABLE

ROOT = Path(__file__).parents[2]
FEED = '[[feeds]]\nname = "one"\nurl = "https://news.example/rss"\ninterval = "15m"\n'
ROUTE = '[[routes]]\nname = "desk"\nchannel = "file"\n'


@dataclass(frozen=True)
class Folder:
    """A config.toml on disk, with what is around it."""

    path: Path

    def write(self, text: str) -> Path:
        file = self.path / "config.toml"
        file.write_text(text, encoding="utf-8")
        return file

    def load(self, text: str, environ: Mapping[str, str] | None = None, **flags: Any) -> Settings:
        overrides = {name.replace("__", "."): value for name, value in flags.items()}
        return load_settings(self.write(text), overrides, environ or {})

    def complaints(self, text: str, environ: Mapping[str, str] | None = None, **flags: Any) -> list[str]:
        """The lines of the refusal, without the folder's name."""
        with pytest.raises(ConfigError) as refused:
            self.load(text, environ, **flags)
        return str(refused.value).replace(f"{self.path}/", "").splitlines()

    def complaint(self, text: str, environ: Mapping[str, str] | None = None, **flags: Any) -> str:
        (line,) = self.complaints(text, environ, **flags)
        return line

    def secrets(self, **files: str) -> str:
        folder = self.path / "credentials"
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        return str(folder)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


# ---------------------------------------------------------------- the file that we ship


def test_the_shipped_file_names_at_least_25_publishers_that_the_rules_know() -> None:
    settings = load_settings(ROOT / "config.toml", environ={})
    publishers = {feed.publisher for feed in settings.feeds}
    known = YAML(typ="safe").load((ROOT / "rules" / "sources.yaml").read_text(encoding="utf-8"))["publishers"]
    assert len(publishers) >= 25
    assert not publishers - {publisher["name"] for publisher in known}


def test_the_shipped_file_says_that_messages_go_to_files_until_channels_are_set_up() -> None:
    settings = load_settings(ROOT / "config.toml", environ={})
    assert settings.live_channels() == {"file"}
    assert {route.channel for route in settings.domain_routes()} == {"email", "slack"}
    assert len(settings.warnings) == 2
    assert all("written to files" in warning for warning in settings.warnings)


def test_the_shipped_file_spells_out_the_defaults(folder: Folder) -> None:
    shipped, bare = load_settings(ROOT / "config.toml", environ={}), folder.load("")
    assert shipped.poll == bare.poll
    assert shipped.database == f"sqlite:///{ROOT}/var/monitor.db"
    assert shipped.smtp == bare.smtp


# ---------------------------------------------------------------- finding the file


def test_the_file_is_the_one_named_else_that_of_the_environment_else_the_working_folders(
    folder: Folder, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    named, other = folder.write(""), tmp_path_factory.mktemp("other") / "deal.toml"
    other.write_text("", encoding="utf-8")
    monkeypatch.chdir(folder.path)
    assert load_settings(None, environ={}).path == named
    assert load_settings(None, environ={"DEAL_MONITOR_CONFIG": str(other)}).path == other
    assert load_settings(named, environ={"DEAL_MONITOR_CONFIG": str(other)}).path == named


def test_the_variable_of_the_rule_cache_is_no_unknown_setting(folder: Folder) -> None:
    assert CACHE_VARIABLE == VARIABLE
    assert not folder.load("", environ={VARIABLE: "off"}).warnings


def test_a_missing_file_is_reported_with_the_ways_to_name_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent\.toml: there is no such file; name one with --config"):
        load_settings(tmp_path / "absent.toml", environ={})


def test_a_folder_in_the_place_of_the_file_is_called_one(tmp_path: Path) -> None:
    (tmp_path / "config.toml").mkdir()
    with pytest.raises(ConfigError, match=r"config\.toml: is a folder, not a file; name one with --config"):
        load_settings(tmp_path / "config.toml", environ={})


def test_a_file_out_of_reach_is_no_missing_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"config\.toml: cannot be read: Not a directory; run this as the user"):
        load_settings(tmp_path / "file" / "config.toml", environ={})


def test_a_path_through_links_that_lead_round_in_a_circle_is_left_to_whoever_opens_it(folder: Folder) -> None:
    (folder.path / "rules").symlink_to("rules")
    assert folder.load('[monitor]\nrules = "rules"\n').rules == folder.path / "rules"


def test_a_syntax_error_is_reported_with_its_line(folder: Folder) -> None:
    assert folder.complaint('[poll]\nper_host = 1\nuser_agent = "x\n').startswith("config.toml:3: is no valid TOML: ")
    assert folder.complaint("[poll]\nper_host = [1,").startswith("config.toml:2: is no valid TOML: ")


@pytest.mark.parametrize(
    ("line", "column", "remedy"),
    [
        ("channel = slack", 11, 'a text needs quotes: channel = "…"'),
        ("quiet_hours = 22:00-07:00", 17, 'a text needs quotes: quiet_hours = "…"'),
        ("interval = 15m", 14, 'a text needs quotes: interval = "…"'),
        ("password = hunter22", 12, 'a text needs quotes: password = "…"'),
        ("enabled = True", 11, "write true or false, in small letters and without quotes"),
        ("enabled = yes", 11, "write true or false, in small letters and without quotes"),
        ("digest = # none", 10, "the value is missing; give one, or leave 'digest' out"),
        ("digest = null", 10, "leave 'digest' out where it has no value"),
        ("commitments = [soy, dialogue]", 16, 'write a list as ["one", "two"]: each text in quotes'),
        ('commitments = ["soy" "dialogue"]', 22, 'write a list as ["one", "two"]: each text in quotes, commas between'),
        ('to = "a@x.org", "b@x.org"', 15, "one value only: a list stands in [brackets], several addresses in one"),
        ('to = "desk', 11, "a text that begins with a quote must end with one"),
        ('data = "C:\\data"', 13, "write \\\\ for each \\, or put the text in single quotes"),
        ("to = “desk”", 6, 'quotes must be straight: "…"'),
        ('to\u00a0= "desk"', 3, "a blank in it is none, but only looks so; type it anew"),
        ('to: "desk"', 3, "write key = value, with '=' in place of ':'"),
        ('quiet hours = "22:00-07:00"', 7, "the name of a setting has no blanks"),
        ('// to = "desk"', 1, "a comment begins with #"),
        ("[poll", 6, "write [name], or [[name]] for each of several"),
        ("[owner]", 7, "join both [owner] into one"),
        ('name = "other"', 15, "it stands twice in this table; remove one"),
    ],
)
def test_a_line_that_is_no_toml_is_refused_with_column_and_remedy(
    folder: Folder, line: str, column: int, remedy: str
) -> None:
    said = folder.complaint(f'[owner]\r\n[x]\r\nname = "one"\r\n{line}\r\n')
    place, _, advice = said.partition("; ")
    assert place.startswith("config.toml:4: is no valid TOML: ")
    assert place.endswith(f" in column {column}")
    assert advice.startswith(remedy)
    assert "hunter22" not in said


def test_a_list_without_its_end_is_refused_with_what_it_lacks(folder: Folder) -> None:
    said = folder.complaint('[x]\ncommitments = ["soy",\n[[feeds]]\n')
    assert said.startswith("config.toml:3: is no valid TOML: ")
    assert said.endswith('the list above it a ] at its end: ["one", "two"]')


def test_a_list_of_tables_written_in_single_brackets_is_refused_with_the_double_ones(folder: Folder) -> None:
    said = folder.complaint('[routes]\nname = "a"\n[routes]\nname = "b"\n')
    assert said.startswith("config.toml:3: ")
    assert said.endswith("; write [[routes]] for each")


def test_a_file_in_another_encoding_is_refused_and_a_byte_order_mark_is_not(folder: Folder) -> None:
    file = folder.write("")
    file.write_bytes("[slack]\nchannel = '#börse'\n".encode("latin-1"))
    with pytest.raises(ConfigError, match="is not UTF-8"):
        load_settings(file, environ={})
    file.write_bytes(b"\xef\xbb\xbf[poll]\nper_host = 1\n")
    assert load_settings(file, environ={}).poll.per_host == 1


def test_relative_paths_start_from_the_folder_of_the_file(
    folder: Folder, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    settings = folder.load('[monitor]\nrules = "r"\ndatabase = "sqlite:///d/x.db"\n', monitor__templates="/opt/t")
    assert settings.rules == folder.path / "r"
    assert settings.templates == Path("/opt/t")
    assert settings.outbox_dir == folder.path / "var" / "outbox"
    assert settings.database == f"sqlite:///{folder.path}/d/x.db"


# ---------------------------------------------------------------- who wins


def test_the_file_yields_to_secrets_they_to_the_environment_and_that_to_flags(folder: Folder) -> None:
    text = '[smtp]\nhost = "file"\nsender = "a@b.example"\n'
    credentials = {"CREDENTIALS_DIRECTORY": folder.secrets(smtp__host="secret\n")}
    environment = {**credentials, "DEAL_MONITOR_SMTP__HOST": "environment"}
    assert folder.load(text).smtp.host == "file"
    assert folder.load(text, credentials).smtp.host == "secret"
    assert folder.load(text, environment).smtp.host == "environment"
    assert folder.load(text, environment, smtp__host="flag").smtp.host == "flag"


def test_a_flag_not_given_and_an_empty_variable_change_nothing(folder: Folder) -> None:
    settings = folder.load("[poll]\nper_host = 3\n", {"DEAL_MONITOR_POLL__PER_HOST": ""}, poll__per_host=None)
    assert settings.poll.per_host == 3


def test_secrets_come_from_the_configured_folder_or_the_service_managers(folder: Folder) -> None:
    elsewhere = folder.secrets(slack__token="xoxb-1\n")
    assert folder.load("", {"CREDENTIALS_DIRECTORY": elsewhere}).live_channels() == {"file", "slack"}
    assert folder.load('[monitor]\nsecrets_dir = "credentials"\n').secret_values() == ("xoxb-1",)


def test_a_misspelt_secret_is_refused_and_a_foreign_one_left_alone(folder: Folder) -> None:
    place = folder.secrets(smtp_password="x", certificate="y", **{"..data": "z"})
    assert folder.complaint("", {"CREDENTIALS_DIRECTORY": place}) == (
        "credentials/smtp_password: is no known secret (did you mean 'smtp__password'?)"
    )


def test_an_empty_secret_is_refused_and_not_used_as_one(folder: Folder) -> None:
    named = folder.secrets(slack__token=" \n")
    said = folder.complaint("", {"CREDENTIALS_DIRECTORY": named})
    assert said.endswith("slack__token: is empty; write the secret into it, or delete it")


def test_a_missing_secrets_folder_is_refused(folder: Folder) -> None:
    assert "credentials: the secrets folder cannot be read" in folder.complaint(
        '[monitor]\nsecrets_dir = "credentials"\n'
    )


def test_lists_are_set_from_the_environment_as_json(folder: Folder) -> None:
    feeds = [{"name": "two", "url": "https://news.example/two", "interval": "1h"}]
    assert [feed.name for feed in folder.load(FEED, {"DEAL_MONITOR_FEEDS": json.dumps(feeds)}).feeds] == ["two"]
    assert "write tables and lists as JSON" in folder.complaint("", {"DEAL_MONITOR_FEEDS": "{"})


# ---------------------------------------------------------------- what is refused


def test_all_problems_are_told_at_once_each_at_its_line(folder: Folder) -> None:
    text = '[pol]\n[poll]\nper_hots = 1\ntimeout_seconds = "soon"\n[owner]\nroute = "desc"\n' + ROUTE + FEED + FEED
    assert folder.complaints(text, {"DEAL_MONITOR_POLL__MAX_BYTES": "big"}, poll__concurrency=0) == [
        "config.toml:1: unknown key 'pol' (did you mean 'poll'?)",
        "config.toml:3: unknown key 'per_hots' in [poll] (did you mean 'per_host'?)",
        "config.toml:4: poll.timeout_seconds must be a number",
        "config.toml:6: owner.route 'desc' names no route (did you mean 'desk'?)",
        "config.toml:15: name 'one' is taken already at config.toml:11",
        "config.toml:16: url 'https://news.example/rss' is taken already at config.toml:12",
        "environment DEAL_MONITOR_POLL__MAX_BYTES: poll.max_bytes must be a whole number",
        "flag poll.concurrency: poll.concurrency must be at least 1",
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('zone = "Asia/Shangai"', "zone 'Asia/Shangai' is no time zone (did you mean 'Asia/Shanghai'?)"),
        ('zone = "../etc"', "zone '../etc' is no time zone"),
        ('zone = "New York"', "zone 'New York' is no time zone (did you mean 'America/New_York'?)"),
        ('zone = "Asia/Beijing"', "zone 'Asia/Beijing' is no time zone (did you mean 'Asia/Shanghai'?)"),
        ('zone = "EDT"', "zone 'EDT' is no time zone (did you mean 'America/New_York'?)"),
        ('zone = "GMT+8"', "zone 'GMT+8' is no time zone; write one by its city, such as"),
        ('zone = "localtime"', "zone 'localtime' is no time zone; write one by its city, such as"),
        ('quiet_hours = ["25:00", "9"]', "quiet_hours ['25:00', '9'] are no quiet hours; write '22:00-07:00'"),
        ("quiet_hours = false", "quiet_hours False are no quiet hours; write '22:00-07:00', or leave quiet_hours out"),
        ("digest = 08:00:00", "digest 08:00:00 says not when a digest comes; write 'mon 08:00'"),
        ('quiet_hours = "22:00-22:00"', "quiet_hours '22:00-22:00' starts and ends together"),
        ('quiet_hours = "22-7"', "quiet_hours '22-7' are no quiet hours; write '22:00-07:00'"),
        ('digest = "mon 02:30"', "digest 'mon 02:30' lies before 04:00, an hour that clock changes skip"),
        ('digest = "1 08:00"', "digest '1 08:00' names no weekday; write 'mon 08:00'"),
        ('digest = "mon 8"', "digest 'mon 8' has no time of day; write 'mon 08:00'"),
        ('digest = "tue 8:00"', "digest 'tue 8:00' has no time of day; write 'tue 08:00'"),
        ('digest = ""', "digest '' says not when a digest comes; write 'mon 08:00', 'daily 08:00', 'fortnightly mon"),
        ("digest = 5", "digest 5 says not when a digest comes; write 'mon 08:00'"),
        (
            'digest = "dayly 08:00"',
            "digest 'dayly 08:00' names no weekday (did you mean 'daily'?); write 'mon 08:00', '",
        ),
        ('digest = "mno 08:00"', "digest 'mno 08:00' names no weekday (did you mean 'mon'?)"),
        ('digest = "mon tue 08:00"', "digest 'mon tue 08:00' says 'tue' besides; write 'mon 08:00'"),
        ('digest = "daily mon 08:00"', "digest 'daily mon 08:00' says 'mon' besides; write 'daily 08:00'"),
        ('digest = "daily 03:59"', "digest 'daily 03:59' lies before 04:00"),
        ('digest = "fortnightly 08:00"', "digest 'fortnightly 08:00' names no weekday; write 'fortnightly mon 08:00'"),
        ('digest = "monthly 31 08:00"', "digest 'monthly 31 08:00' names no day from 1 to 28, which every month has"),
        (
            'digest = "monthly 08:00"',
            "digest 'monthly 08:00' names no day from 1 to 28, which every month has; write 'm",
        ),
        ("commitments = []", "commitments is empty, so the route would get nothing"),
        ('commitments = [""]', "commitments '' is no commitment id"),
        ('commitments = ["*", "dialogue"]', "commitments 'dialogue' has no effect beside '*'"),
        ('commitments = ["dialogue", "dialogue"]', "commitments 'dialogue' has no effect beside 'dialogue'"),
        ("least_severity = 2", "least_severity 2 must be one of routine, notable, urgent"),
        (
            'commitments = ["Soybean_Purchases"]',
            "commitments 'Soybean_Purchases' is no commitment id, 'prefix*' or '*' (d",
        ),
        ('commitments = "dialogue"', "commitments must be a list; write ['one', 'two']"),
        (
            'to = ["a@x.org", "b@x.org"]',
            "to must be one text; write several addresses as 'a@company.org, b@company.org'",
        ),
        ('least_severity = "noteable"', "least_severity 'noteable' must be one of routine, notable, urgent (did you"),
        ("to = 5", "to must be text in quotes"),
    ],
)
def test_a_wrong_value_in_a_route_is_refused_with_a_remedy(folder: Folder, line: str, said: str) -> None:
    assert folder.complaint(ROUTE + line).startswith(f"config.toml:4: routes[1].{said}")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('lang = "English"', "lang 'English' is no code of a language; write 'en' or 'zh', or leave it out"),
        ('lang = "EN"', "lang 'EN' is no code of a language"),
        ('tz_names = "CST"', "tz_names must be a table"),
        ('encoding = "utf-88"', "encoding 'utf-88' is no known encoding"),
        ('tz_names = { CST = "Asia/Shangai" }', "tz_names.CST 'Asia/Shangai' is no time zone (did you mean"),
        ('enabled = "perhaps"', "enabled must be true or false"),
    ],
)
def test_a_wrong_value_in_a_feed_is_refused(folder: Folder, line: str, said: str) -> None:
    assert folder.complaint(FEED + line).startswith(f"config.toml:5: feeds[1].{said}")


@pytest.mark.parametrize(
    "url", ["ftp://news.example/rss", "file:///etc/passwd", "news.example/rss", "https://", "https://a b.example/"]
)
def test_a_feed_address_must_be_http_or_https(folder: Folder, url: str) -> None:
    assert "is no http or https address" in folder.complaint(FEED.replace("https://news.example/rss", url))


def test_a_password_in_a_feed_address_is_refused_without_showing_it(folder: Folder) -> None:
    said = folder.complaint(FEED.replace("news.example", "me:hunter22@news.example"))
    assert "user name or password" in said
    assert "hunter22" not in said


@pytest.mark.parametrize(("given", "seconds"), [("90s", 90), ("15m", 900), ("1h", 3600), ("1d", 86400)])
def test_an_interval_is_read_as_seconds(folder: Folder, given: str, seconds: int) -> None:
    assert folder.load(FEED.replace("15m", given)).feeds[0].interval == seconds


@pytest.mark.parametrize("given", ['"15x"', '"0s"', '"8d"', "15", "true", '""'])
def test_what_is_no_interval_is_refused(folder: Folder, given: str) -> None:
    assert folder.complaint(FEED.replace('"15m"', given)).startswith("config.toml:4: feeds[1].interval ")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[owner]]\nroute = "desk"\n' + ROUTE, "owner must be a table; write [owner], once"),
        (ROUTE.replace("[[routes]]", "[routes]"), "routes must be a list; write [[routes]] for each"),
        ('feeds = ["https://news.example/rss"]', "feeds[1] must be a table; write [[feeds]]"),
        ('[Slack]\ntoken = "xoxb-1"', "unknown key 'Slack' (did you mean 'slack'?)"),
        ('zone = "UTC"', "unknown key 'zone' (a key of [[routes]] and [[feeds]])"),
        ('[[routes]]\nname = "desk"', "routes[1].channel is missing; write one of email, slack, apprise, file"),
    ],
)
def test_a_table_that_is_written_otherwise_is_refused_with_its_right_form(folder: Folder, text: str, said: str) -> None:
    assert folder.complaint(text) == f"config.toml:1: {said}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[smtp]\nchannel = "#x"', "unknown key 'channel' in [smtp] (a key of [slack] and [[routes]])"),
        (
            '[smtp]\nhost = "mail.example:587"\nsender = "a@x.org"',
            "smtp.host 'mail.example:587' is no name of a server; w",
        ),
        ('[smtp]\nunsubscribe = "a@x.org, b@x.org"', "smtp.unsubscribe 'a@x.org, b@x.org' must be one address"),
        ('[poll]\nuser_agent = "a\\nb"', "poll.user_agent holds a line end"),
        ("[poll]\ntimeout_seconds = 0", "poll.timeout_seconds must be more than 0"),
        (
            '[[routes]]\nname = "Trade Desk"\nchannel = "file"',
            "routes[1].name 'Trade Desk' must be of small letters, digits",
        ),
    ],
)
def test_a_value_in_the_wrong_place_or_form_is_refused_with_the_right_one(folder: Folder, text: str, said: str) -> None:
    assert folder.complaint(text).startswith(f"config.toml:2: {said}")


@pytest.mark.parametrize("secret", ["xoxb-hunter22", "https://hooks.slack.example/services/T/B/hunter22"])
@pytest.mark.parametrize("text", ['[[routes]]\nname = "chat"\nchannel = "slack"\nto = "{}"', '[slack]\nchannel = "{}"'])
def test_a_secret_where_a_slack_channel_belongs_is_refused_without_showing_it(
    folder: Folder, text: str, secret: str
) -> None:
    said = folder.complaint(text.format(secret))
    assert "holds a token or an address, which is no channel" in said
    assert "hunter22" not in said


@pytest.mark.parametrize(
    ("channel", "name", "secret"),
    [
        ("slack", "DEAL_MONITOR_SLACK__WEBHOOK", "https://hooks.slack.example/services/T/B/hunter22"),
        ("apprise", "DEAL_MONITOR_APPRISE__URLS", "phone=pover://hunter22"),
    ],
)
def test_a_secret_in_a_route_is_not_shown_where_it_is_set_up_in_its_place_too(
    folder: Folder, channel: str, name: str, secret: str
) -> None:
    text = f'[[routes]]\nname = "chat"\nchannel = "{channel}"\nto = "{secret.removeprefix("phone=")}"'
    said = folder.complaint(text, {name: secret})
    assert said.startswith("config.toml:4: routes[1].to holds ")
    assert "hunter22" not in said


def test_a_sender_may_have_a_comma_in_the_name_and_a_mail_server_an_address_of_its_own(folder: Folder) -> None:
    smtp = folder.load('[smtp]\nhost = "::1"\nsender = \'"Monitor, deals" <m@x.org>\'').smtp
    assert (smtp.host, smtp.sender) == ("::1", '"Monitor, deals" <m@x.org>')


def test_a_missing_key_is_reported_at_its_table(folder: Folder) -> None:
    assert (
        folder.complaint(ROUTE + '[[feeds]]\nname = "x"\ninterval = "1h"') == "config.toml:4: feeds[1].url is missing"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[poll]\nconcurrency = 1\nper_host = 2", "poll.per_host is larger than concurrency and so has no effect"),
        ("[poll]\ntotal_seconds = 5", "poll.total_seconds is shorter than timeout_seconds"),
        ('[smtp]\nsecurity = "plain"\nca_file = "config.toml"', "smtp.ca_file has no effect"),
        ('[smtp]\nca_file = "absent.pem"', "smtp.ca_file 'absent.pem' is no file"),
        ('[smtp]\nhost = "mail.example"', "smtp.sender is missing"),
        ('[smtp]\nusername = "me"', "smtp.password is missing beside username; set DEAL_MONITOR_SMTP__PASSWORD"),
        ('[slack]\napi_url = "http://slack.example/api/"', "slack.api_url must start with https://"),
        ('[monitor]\ndatabase = "mysql://h/db"', "monitor.database must start with 'sqlite:///'"),
        ('[monitor]\ndatabase = "sqlite:///:memory:"', "monitor.database names no file"),
    ],
)
def test_settings_that_make_no_sense_together_are_refused(folder: Folder, text: str, said: str) -> None:
    assert said in folder.complaint(text)


@pytest.mark.parametrize("to", ["", "desk", "a@b.example, c", "a@b.example\nBcc: x@y.example"])
def test_a_mail_route_needs_addresses(folder: Folder, to: str) -> None:
    text = ROUTE.replace("file", "email") + f"to = {json.dumps(to)}"
    assert "is no mail address" in folder.complaint(text)


def test_a_misspelt_variable_is_refused_with_the_nearest_one(folder: Folder) -> None:
    assert folder.complaint("", {"DEAL_MONITOR_SMTP_PASSWORD": "hunter22"}) == (
        "environment DEAL_MONITOR_SMTP_PASSWORD: is no known setting (did you mean 'DEAL_MONITOR_SMTP__PASSWORD'?)"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[poll]\nallow_private_addresses = "yes"', "2: poll.allow_private_addresses must be true or false"),
        ("[poll]\nallow_private_addresses = 1", "2: poll.allow_private_addresses must be true or false"),
        ('[poll]\nper_host = "2"', "2: poll.per_host must be a whole number, without quotes"),
        ("[poll]\nper_host = 2.0", "2: poll.per_host must be a whole number"),
        ('[poll]\ntimeout_seconds = "7.5"', "2: poll.timeout_seconds must be a number, without quotes"),
        ("[poll]\ntimeout_seconds = true", "2: poll.timeout_seconds must be a number"),
        ('[smtp]\nport = "587"', "2: smtp.port must be a whole number, without quotes"),
        (f'{ROUTE}further_evidence = "yes"', "4: routes[1].further_evidence must be true or false"),
        (f'{ROUTE}further_evidence = "true"', "4: routes[1].further_evidence must be true or false, without quotes"),
        (f"{FEED}enabled = 0", "5: feeds[1].enabled must be true or false"),
    ],
)
def test_a_number_or_a_yes_or_no_is_never_read_out_of_text(folder: Folder, text: str, said: str) -> None:
    assert folder.complaint(text) == f"config.toml:{said}"


def test_the_environment_and_secrets_give_numbers_and_yes_or_no_as_text(folder: Folder) -> None:
    environ = {
        "DEAL_MONITOR_POLL__ALLOW_PRIVATE_ADDRESSES": "True",
        "DEAL_MONITOR_POLL__TIMEOUT_SECONDS": "7.5",
        "CREDENTIALS_DIRECTORY": folder.secrets(poll__per_host="3\n"),
    }
    poll = folder.load("", environ).poll
    assert (poll.allow_private_addresses, poll.timeout_seconds, poll.per_host) == (True, 7.5, 3)
    assert folder.complaint("", {"DEAL_MONITOR_POLL__ALLOW_PRIVATE_ADDRESSES": "perhaps"}) == (
        "environment DEAL_MONITOR_POLL__ALLOW_PRIVATE_ADDRESSES: poll.allow_private_addresses must be true or false"
    )


# ---------------------------------------------------------------- secrets


@pytest.mark.parametrize(
    ("text", "variable"),
    [
        ('[smtp]\npassword = "hunter22"\nusername = "me"', "DEAL_MONITOR_SMTP__PASSWORD"),
        ('[slack]\ntoken = "xoxb-hunter22"', "DEAL_MONITOR_SLACK__TOKEN"),
        ('[slack]\nwebhook = "https://hooks.example/hunter22"', "DEAL_MONITOR_SLACK__WEBHOOK"),
        ('[monitor]\ndatabase = "postgresql+psycopg://me:hunter22@h/db"', "DEAL_MONITOR_MONITOR__DATABASE"),
    ],
)
def test_a_secret_in_the_file_is_refused_with_the_place_where_it_belongs(
    folder: Folder, text: str, variable: str
) -> None:
    said = folder.complaint(text)
    assert said.startswith("config.toml:2: ")
    assert f"set {variable} or a file " in said
    assert "hunter22" not in said


def test_a_wrong_secret_is_never_shown(folder: Folder) -> None:
    environ = {
        "DEAL_MONITOR_SLACK__WEBHOOK": "http://hooks.example/hunter22",
        "DEAL_MONITOR_SMTP__PASSWORD": "hunter22",
        "DEAL_MONITOR_MONITOR__DATABASE": "mysql://me:hunter22@h/db",
    }
    said = folder.complaints("", environ)
    assert len(said) == 3
    assert "hunter22" not in "\n".join(said)


def test_settings_shown_as_text_hide_their_secrets_and_tell_them_to_the_log(folder: Folder) -> None:
    environ = {
        "DEAL_MONITOR_SLACK__TOKEN": "xoxb-hunter22",
        "DEAL_MONITOR_MONITOR__DATABASE": "postgresql+psycopg://me:hunter33@h/db",
    }
    settings = folder.load("", environ)
    assert "hunter" not in repr(settings)
    assert settings.secret_values() == ("xoxb-hunter22", "hunter33")
    assert settings.database == "postgresql+psycopg://me:hunter33@h/db"


def test_a_token_and_a_webhook_together_are_refused(folder: Folder) -> None:
    environ = {"DEAL_MONITOR_SLACK__TOKEN": "xoxb-1", "DEAL_MONITOR_SLACK__WEBHOOK": "https://hooks.example/x"}
    assert "has no effect beside a token" in folder.complaint("", environ)


def test_a_password_travels_in_clear_only_on_this_machine(folder: Folder) -> None:
    text = '[smtp]\nhost = "{}"\nsecurity = "plain"\nusername = "me"\nsender = "m@b.example"\n'
    environ = {"DEAL_MONITOR_SMTP__PASSWORD": "hunter22"}
    assert folder.load(text.format("127.0.0.1"), environ).smtp.configured
    assert "would travel unprotected" in folder.complaint(text.format("mail.example"), environ)


# ---------------------------------------------------------------- what the rest of the program gets


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
            further=True,
        ),
    )


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


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("plain", 25)])
def test_the_mail_port_follows_the_security(folder: Folder, security: str, port: int) -> None:
    assert folder.load(f'[smtp]\nsecurity = "{security}"').smtp.port == port
    assert folder.load(f'[smtp]\nport = 2525\nsecurity = "{security}"').smtp.port == 2525


def test_a_feed_without_publisher_speaks_under_its_own_name(folder: Folder) -> None:
    assert folder.load(FEED).feeds[0].publisher == "one"


@pytest.mark.parametrize(
    ("text", "environ", "warning"),
    [
        (FEED.replace("15m", "5s"), {}, "config.toml:4: feed 'one' is polled more than once a minute"),
        (
            "[slack]",
            {"DEAL_MONITOR_SLACK__TOKEN": "xoxb-1"},
            "environment DEAL_MONITOR_SLACK__TOKEN: Slack is set up, but no route uses it",
        ),
        (
            ROUTE.replace("file", "slack"),
            {"DEAL_MONITOR_SLACK__TOKEN": "xoxb-1"},
            "config.toml:1: route 'desk' names no Slack channel, nor does [slack]",
        ),
        (
            ROUTE.replace("file", "email") + 'to = "desk@example.org"\n[smtp]\nhost = "h"\nsender = "m@b.example"',
            {},
            "config.toml:4: route 'desk' mails to desk@example.org, which nobody reads",
        ),
        (
            '[monitor]\ndata = "var"\nrules = "rulez"',
            {},
            "config.toml:3: monitor.rules: there is no folder rulez; "
            "correct the path ('deal-monitor init DIR' lays the shipped rules out)",
        ),
    ],
)
def test_what_is_hardly_meant_is_a_warning(folder: Folder, text: str, environ: Mapping[str, str], warning: str) -> None:
    settings = folder.load(text, environ)
    assert [text.replace(f"{folder.path}/", "") for text in settings.warnings] == [warning]


# ---------------------------------------------------------------- what can be used of one that is refused


def usable(folder: Folder, text: str, environ: Mapping[str, str] | None = None) -> Settings:
    folder.complaints(text, environ)
    return usable_settings(folder.path / "config.toml", None, environ or {})


def test_what_is_wrong_is_left_out_and_the_rest_can_be_used(folder: Folder) -> None:
    wrong = FEED.replace('"one"', '"two"').replace('"15m"', '"15"')
    settings = usable(folder, f'[monitor]\nrules = "mine"\ndtaa = "x"\n[poll]\nper_host = "2"\n{wrong}{FEED}{ROUTE}')
    assert settings.rules == folder.path / "mine"
    assert settings.poll.per_host == 2, "the usual value"
    assert [feed.name for feed in settings.feeds] == ["one"]
    assert len(settings.routes) == 1


def test_a_section_that_lacks_something_is_left_out_whole(folder: Folder) -> None:
    assert usable(folder, '[smtp]\nhost = "mail.company.org"\n').smtp.host is None


def test_of_a_file_that_is_no_toml_the_sections_before_the_fault_are_used(folder: Folder) -> None:
    settings = usable(folder, f'[monitor]\ndata = "here"\n{FEED}[poll]\nper_host = "\n[slack]\n')
    assert settings.data_dir == folder.path / "here"
    assert len(settings.feeds) == 1


def test_a_variable_that_nobody_knows_and_a_folder_of_secrets_that_is_not_there_hide_no_others(folder: Folder) -> None:
    environ = {"DEAL_MONITOR_SMPT__HOST": "x", "DEAL_MONITOR_POLL__PER_HOST": "3"}
    assert usable(folder, FEED, environ).poll.per_host == 3
    folder.write(FEED)
    nowhere = {"CREDENTIALS_DIRECTORY": str(folder.path / "nowhere")}
    assert len(usable_settings(folder.path / "config.toml", None, nowhere).feeds) == 1
