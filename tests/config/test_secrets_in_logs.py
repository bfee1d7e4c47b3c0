"""Whatever is a secret in the configuration is one in the logs."""

import io
import json
import logging
from pathlib import Path

import pytest

from monitor.config import Settings, load_settings
from monitor.logs import get_logger, setup_logging

CONFIG = """
[smtp]
host = "mail.company.org"
username = "robot"
sender = "robot@company.org"
[reader]
base_url = "https://models.example/v1"
model = "small"
"""
SECRETS = {
    "MONITOR__DATABASE": "postgresql+psycopg://me:data-Base-77@db.example/x",
    "SLACK__TOKEN": "xoxb-1234-abcdef-77",
    "SMTP__PASSWORD": "open-Sesame-77",
    "APPRISE__URLS": "phone=pover://user77abc@token77def",
    "READER__KEY": "sk-key-77-abcdef",
    "SITE__KEY": "0123456789abcdef0123456789abcdef-77",
    "HEARTBEAT__URL": "https://checks.example/ping/77-abcdef-77",
}
HOOK = "https://hooks.slack.example/services/T77ABCDEF/B77ABCDEF/x77y77z77"


def settings(folder: Path, **secrets: str) -> Settings:
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    environ = {f"DEAL_MONITOR_{name}": text for name, text in secrets.items()}
    return load_settings(folder / "config.toml", environ=environ)


def both(folder: Path) -> list[Settings]:
    """Every secret is set in one of two configurations: Slack takes a token or a webhook."""
    others = {name: text for name, text in SECRETS.items() if name != "SLACK__TOKEN"}
    return [settings(folder, **SECRETS), settings(folder, **others, SLACK__WEBHOOK=HOOK)]


@pytest.mark.parametrize("as_json", [True, False], ids=["json", "text"])
def test_no_secret_shows_in_an_event_a_value_or_an_error(tmp_path: Path, as_json: bool, logged: io.StringIO) -> None:
    del logged  # restores the handlers
    for each in both(tmp_path):
        stream = io.StringIO()
        setup_logging(stream=stream, secrets=each.secret_values(), as_json=as_json)
        for secret in (*SECRETS.values(), HOOK):
            shown = secret.partition("=")[2] or secret
            get_logger("ours").warning(f"asked {shown}", at=[shown], error=str(ConnectionError(shown)))
            try:
                raise OSError(f"GET {shown} failed") from ValueError(json.dumps({"to": shown}))
            except OSError:
                logging.getLogger("library").exception("request to %s", shown)
        given = {"x77y77z77", "T77ABCDEF"} if each.slack.webhook else {"abcdef-77"}
        told = stream.getvalue()
        parts = {"data-Base-77", "open-Sesame-77", "user77abc", "sk-key-77", "abcdef-77", "0123456789abcdef"} | given
        assert [part for part in sorted(parts) if part in told] == []
