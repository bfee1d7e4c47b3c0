"""Every mistake in the configuration is refused with its place and a remedy, and no message shows a secret."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from monitor.config import check_routes, load_settings
from monitor.config.feed_entries import FeedEntry, add_feeds
from monitor.errors import ConfigError
from tests.builders.golden_wording import GoldenWording
from tests.builders.tables import table

FEED = '[[feeds]]\nname = "one"\nurl = "https://news.example/rss"\ninterval = "15m"\n'
ROUTE = '[[routes]]\nname = "desk"\nchannel = "file"\n'
READER = '[reader]\nbase_url = "http://127.0.0.1:11434/v1"\nmodel = "small"\n'
WEBHOOK = "https://hooks.slack.example/services/T/B/hunter22"


def refusal(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> str:
    """The whole message about a configuration, without the folder. Secrets in these tests contain "hunter"."""
    file = folder / "config.toml"
    file.write_bytes(text.encode())
    with pytest.raises(ConfigError) as refused:
        load_settings(file, environ or {})
    message = str(refused.value).replace(f"{folder}/", "")
    assert "hunter" not in message
    return message


def test_all_problems_are_listed_at_once_each_at_its_line(tmp_path: Path, wording: GoldenWording) -> None:
    text = '[pol]\n[poll]\nper_hots = 1\ntimeout_seconds = "soon"\n[owner]\nroute = "desc"\n' + ROUTE + FEED + FEED
    message = refusal(tmp_path, text, {"DEAL_MONITOR_POLL__MAX_BYTES": "big"})
    assert [line.partition(": ")[0] for line in message.splitlines()] == [
        *(f"config.toml:{number}" for number in (1, 3, 4, 6, 15, 16)),
        "environment DEAL_MONITOR_POLL__MAX_BYTES",
    ]
    wording(message)


def test_invalid_toml_is_refused_with_line_column_and_remedy(tmp_path: Path, wording: GoldenWording) -> None:
    for line, column in table("refused_settings", "invalid_toml"):
        message = refusal(tmp_path, f'[owner]\r\n[x]\r\nname = "one"\r\n{line}\r\n')
        assert message.startswith("config.toml:4: ")
        assert f" in column {column}" in message, message
        wording(message)
    wording(refusal(tmp_path, '[x]\ncommitments = ["soy",\n[[feeds]]\n'))
    for second in ("[routes]", "[[routes]]"):
        wording(refusal(tmp_path, f'[routes]\nname = "a"\n{second}\nname = "b"\n'))
    assert refusal(tmp_path, "[poll]\nper_host = [1,").startswith("config.toml:2: ")


PROMISES = ("soybean-purchases-annual", "soybean-purchases", "dialogue")
WRONG_IN_ROUTE = table("refused_settings", "wrong_in_route")
WRONG_IN_FEED = {
    "lang": '"English" | "EN"',
    "tz_names": '"CST" | { CST = "Asia/Shangai" }',
    "encoding": '"utf-88"',
    "enabled": '"perhaps" | 0',
}
"""Wrong values by key."""


@pytest.mark.parametrize(
    "line",
    [
        f"x = {'1' * 5000}",
        f"x = {'[' * 2000}{']' * 2000}",
        f"x = {'{a=' * 2000}1{'}' * 2000}",
        f"{'.'.join('a' * 2000)} = 1",
        f"[{'.'.join('a' * 2000)}]",
    ],
    ids=["digits", "lists", "inline tables", "dotted keys", "dotted table"],
)
def test_a_value_that_python_cannot_handle_is_refused_by_every_reader_of_the_file(tmp_path: Path, line: str) -> None:
    assert "is not valid TOML: a " in refusal(tmp_path, line)
    with pytest.raises(ConfigError, match="is unchanged"):
        add_feeds(tmp_path / "config.toml", [FeedEntry("one", "https://news.example/rss", "One", 900)], {})


@pytest.mark.parametrize("lines", table("refused_settings", "a_header_that_cannot_be_sent_safely_is_refused"))
def test_a_header_that_cannot_be_sent_safely_is_refused(tmp_path: Path, wording: GoldenWording, lines: str) -> None:
    plain = FEED.replace("one", "plain").replace("https://news", "http://news")
    wording(refusal(tmp_path, FEED + plain, {"DEAL_MONITOR_POLL__HEADERS": lines}))


def test_a_variable_that_python_cannot_handle_is_refused(tmp_path: Path) -> None:
    assert "environment: " in refusal(tmp_path, "", {"DEAL_MONITOR_FEEDS": "[" * 5000 + "]" * 5000})


def test_missing_time_zone_data_is_named_with_the_remedy(tmp_path: Path) -> None:
    script = (
        "import importlib.abc, sys, zoneinfo\n"
        "class NoZoneData(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, *_):\n"
        "        if name.partition('.')[0] == 'tzdata':\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, NoZoneData())\n"
        "zoneinfo.reset_tzpath(to=[])\n"
        "from pathlib import Path\nfrom monitor.config import load_settings\n"
        "load_settings(Path(sys.argv[1]), {})\n"
    )
    file = tmp_path / "config.toml"
    file.write_text(ROUTE, encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", script, str(file)], capture_output=True, text=True, timeout=60)
    assert "time zone data is missing on this machine; install it: pip install tzdata" in done.stderr


def test_a_wrong_value_of_a_route_or_feed_is_refused_at_its_line(tmp_path: Path, wording: GoldenWording) -> None:
    for start, wrong, place in ((ROUTE, WRONG_IN_ROUTE, "4: routes[1]"), (FEED, WRONG_IN_FEED, "5: feeds[1]")):
        for key, value in ((key, value) for key, values in wrong.items() for value in values.split(" | ")):
            message = refusal(tmp_path, f"{start}{key} = {value}")
            assert message.startswith(f"config.toml:{place}.{key}"), message
            wording(message)
    for interval in ('"15x"', '"0s"', '"8d"', "15", "true", '""'):
        assert refusal(tmp_path, FEED.replace('"15m"', interval)).startswith("config.toml:4: feeds[1].interval ")


URLS = ["ftp://news.example/rss", "file:///etc/passwd", "news.example/rss", "https://", "https://a b.example/"]


def test_a_feed_address_is_http_or_https_without_a_password(tmp_path: Path, wording: GoldenWording) -> None:
    for url in (*URLS, "https://me:hunter22@news.example/rss"):
        wording(refusal(tmp_path, FEED.replace("https://news.example/rss", url)))


WRONG_TABLES = [
    '[[owner]]\nroute = "desk"\n' + ROUTE,
    ROUTE.replace("[[routes]]", "[routes]"),
    'feeds = ["https://news.example/rss"]',
    '[Slack]\ntoken = "xoxb-1"',
    'zone = "UTC"',
    '[[routes]]\nname = "desk"',
    ROUTE + '[[feeds]]\nname = "x"\ninterval = "1h"',
    '[smtp]\nchannel = "#x"',
    '[smtp]\nhost = "mail.example:587"\nsender = "a@x.org"',
    '[smtp]\nunsubscribe = "a@x.org, b@x.org"',
    '[poll]\nuser_agent = "a\\nb"',
    "[poll]\ntimeout_seconds = 0",
    "[poll]\nallow_private_addresses = 1",
    '[poll]\nper_host = "2"',
    "[poll]\nper_host = 2.0",
    '[poll]\ntimeout_seconds = "7.5"',
    "[poll]\ntimeout_seconds = true",
    '[[routes]]\nname = "Trade Desk"\nchannel = "file"',
    "[poll]\nconcurrency = 1\nper_host = 2",
    "[poll]\ntotal_seconds = 5",
    '[smtp]\nsecurity = "plain"\nca_file = "config.toml"',
    '[smtp]\nhost = "mail.example"',
    '[smtp]\nusername = "me"',
    '[slack]\napi_url = "http://slack.example/api/"',
    '[monitor]\ndatabase = "mysql://h/db"',
    '[monitor]\ndatabase = "sqlite:///:memory:"',
    '[reader]\nbase_url = "https://llm.example/v1"',
    '[reader]\nmodel = "small"',
    READER.replace("/v1", "/v1/chat/completions"),
    READER.replace("http:", "ftp:"),
    READER.replace("127", "me:hunter22@127"),
    READER.replace("/v1", "/v1?key=hunter22").replace("hunter22", "x"),
    READER + "batch = 51",
    READER + "daily_tokens = 10",
    READER + 'weekly_review = "yes"',
    "[reader]\nweekly_review = true",
]


def test_misplaced_keys_and_values_that_make_no_sense_are_refused(tmp_path: Path, wording: GoldenWording) -> None:
    for text in WRONG_TABLES:
        message = refusal(tmp_path, text)
        assert message.startswith("config.toml:"), message
        wording(message)


def test_an_address_of_the_site_that_fits_no_mail_header_is_refused(tmp_path: Path, wording: GoldenWording) -> None:
    for site in table("refused_settings", "sites"):
        lines = (f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in site.items())
        wording(refusal(tmp_path, "[site]\n" + "".join(lines)))


def test_routes_that_cannot_work_are_refused(tmp_path: Path, wording: GoldenWording) -> None:
    for text in (
        f'[owner]\nroute = "dsek"\n{ROUTE}',
        ROUTE + ROUTE,
        f'[owner]\nroute = "desk"\n{ROUTE}approval = true\n',
        *(ROUTE.replace("file", "email") + f"to = {json.dumps(to)}" for to in ("", "desk", "a@b.example, c")),
        *(ROUTE.replace("file", "email") + f'to = "{to}"' for to in ("a@x.org, A@X.org", "Desk <a@x.org>, a@X.ORG")),
    ):
        wording(refusal(tmp_path, text))
    for quiet, digest in (("22:00-07:00", "06:59"), ("22:00-07:00", "22:00"), ("06:00-09:00", "06:00")):
        message = refusal(tmp_path, f'{ROUTE}quiet_hours = "{quiet}"\ndigest = "mon {digest}"\n')
        assert message.startswith("config.toml:5: routes[1].digest ")
    header = ROUTE.replace("file", "email") + 'to = "a@b.example\\nBcc: x@y.example"'
    assert refusal(tmp_path, header).startswith("config.toml:4: routes[1].to ")


def test_a_pattern_of_no_commitment_is_refused_with_the_likely_one(tmp_path: Path, wording: GoldenWording) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'{ROUTE}commitments = ["soybean", "dialogue", "dialog", "wheat-*"]\n', encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        check_routes(load_settings(file, environ={}), dict.fromkeys(PROMISES, "us-china"))
    wording(str(refused.value))


def test_a_route_may_name_a_deal_and_a_mistyped_one_is_refused_with_the_likely_one(tmp_path: Path) -> None:
    file, deals = tmp_path / "config.toml", {**dict.fromkeys(PROMISES, "us-china"), "steel-quota": "eu-us"}
    file.write_text(f'{ROUTE}commitments = ["eu-us"]\n', encoding="utf-8")
    check_routes(load_settings(file, environ={}), deals)
    file.write_text(f'{ROUTE}commitments = ["us-chine"]\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"no commitment matches 'us-chine' \(did you mean 'us-china'\?\)"):
        check_routes(load_settings(file, environ={}), deals)


# ---------------------------------------------------------------- secrets


def test_a_secret_in_the_file_is_refused_with_its_right_place(tmp_path: Path, wording: GoldenWording) -> None:
    for text in (
        '[smtp]\npassword = "hunter22"\nusername = "me"',
        '[slack]\ntoken = "xoxb-hunter22"',
        f'[slack]\nwebhook = "{WEBHOOK}"',
        '[monitor]\ndatabase = "postgresql+psycopg://me:hunter22@h/db"',
        f'{READER}key = "sk-hunter22"',
        ROUTE.replace("file", "slack") + 'to = "xoxb-hunter22"',
        ROUTE.replace("file", "slack") + f'to = "{WEBHOOK}"',
        '[slack]\nchannel = "xoxb-hunter22"',
        ROUTE.replace("file", "apprise") + 'to = "pover://hunter22"',
    ):
        wording(refusal(tmp_path, text))


def test_a_wrong_secret_is_refused_without_showing_it(tmp_path: Path, wording: GoldenWording) -> None:
    plain = '[smtp]\nhost = "mail.example"\nsecurity = "plain"\nusername = "me"\nsender = "m@b.example"\n'
    lan = READER.replace("127.0.0.1", "192.168.1.7")
    slack_route = ROUTE.replace("file", "slack") + 'to = "#deals"'
    for text, environ in (
        ("", {"SLACK__WEBHOOK": "http://hooks.example/hunter22"}),
        ("", {"SLACK__TOKEN": "xoxb-hunter22", "SLACK__WEBHOOK": WEBHOOK}),
        ("", {"SMTP__PASSWORD": "hunter22"}),
        ("", {"MONITOR__DATABASE": "mysql://me:hunter22@h/db"}),
        ("", {"SMTP_PASSWORD": "hunter22"}),
        ("", {"POLL__ALLOW_PRIVATE_ADDRESSES": "perhaps"}),
        ("", {"FEEDS": "{"}),
        (plain, {"SMTP__PASSWORD": "hunter22"}),
        (lan, {"READER__KEY": "sk-hunter22"}),
        (READER, {"READER__KEY": "sk-hunter22\nsk-another"}),
        (slack_route, {"SLACK__WEBHOOK": WEBHOOK}),
        (ROUTE.replace("file", "slack") + f'to = "{WEBHOOK}"', {"SLACK__WEBHOOK": WEBHOOK}),
        (ROUTE.replace("file", "apprise") + 'to = "team"', {"APPRISE__URLS": "phone=pover://hunter22"}),
    ):
        wording(refusal(tmp_path, text, {f"DEAL_MONITOR_{name}": value for name, value in environ.items()}))


def test_the_secrets_folder_is_readable_and_its_files_known_and_filled(tmp_path: Path, wording: GoldenWording) -> None:
    folder = tmp_path / "credentials"
    setting = '[monitor]\nsecrets_dir = "credentials"\n'
    wording(refusal(tmp_path, setting))
    folder.mkdir()
    for name, text in {"smtp_password": "x", "certificate": "y", "..data": "z", "slack__token": " \n"}.items():
        (folder / name).write_text(text, encoding="utf-8")
    message = refusal(tmp_path, setting)
    assert {line.partition(":")[0] for line in message.splitlines()} == {
        "credentials/smtp_password",
        "credentials/slack__token",
    }
    wording(message)


# ---------------------------------------------------------------- the file


def test_an_unreadable_file_is_refused_with_the_ways_to_name_one(tmp_path: Path, wording: GoldenWording) -> None:
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "latin.toml").write_bytes("[slack]\nchannel = '#börse'\n".encode("latin-1"))
    for name in ("absent.toml", "folder.toml", "file/config.toml", "latin.toml"):
        with pytest.raises(ConfigError) as refused:
            load_settings(tmp_path / name, environ={})
        wording(str(refused.value))
