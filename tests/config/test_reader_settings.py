"""The settings of the model that reads: off unless whole, and a key that never travels unprotected."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config import Settings, load_settings
from monitor.errors import ConfigError

HERE = '[reader]\nbase_url = "http://127.0.0.1:11434/v1"\nmodel = "small"\n'
KEY = {"DEAL_MONITOR_READER__KEY": "sk-hunter22"}


def load(folder: Path, text: str, environ: dict[str, str] | None = None) -> Settings:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file, {}, environ or {})


def complaint(folder: Path, text: str, environ: dict[str, str] | None = None) -> str:
    with pytest.raises(ConfigError) as refused:
        load(folder, text, environ)
    return str(refused.value).replace(f"{folder}/", "")


def test_the_reader_is_off_until_server_and_model_are_named(tmp_path: Path) -> None:
    assert not load(tmp_path, "").reader.configured
    assert not load(tmp_path, "", KEY).reader.configured
    reader = load(tmp_path, HERE).reader
    assert reader.configured
    assert (reader.daily_tokens, reader.batch, reader.timeout_seconds, reader.key) == (200_000, 20, 30.0, None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[reader]\nbase_url = "https://llm.example/v1"', "reader.model is missing beside base_url; write the name"),
        ('[reader]\nmodel = "small"', "reader.model has no effect without base_url; write the address"),
        (
            HERE.replace("/v1", "/v1/chat/completions"),
            "'http://127.0.0.1:11434/v1/chat/completions' goes one step too far; write 'http://127.0.0.1:11434/v1'",
        ),
        (HERE.replace("http:", "ftp:"), "is no http or https address; write 'http://127.0.0.1:11434/v1'"),
        (HERE.replace("127", "me:pass@127"), "holds a user name or password; give a key as DEAL_MONITOR_READER__KEY"),
        (HERE.replace("/v1", "/v1?key=x"), "holds more than an address"),
        (HERE + "batch = 51", "reader.batch must be at most 50"),
        (HERE + "daily_tokens = 10", "reader.daily_tokens must be at least 1000"),
        (HERE + 'key = "sk-hunter22"', "set DEAL_MONITOR_READER__KEY or a file reader__key in the secrets folder"),
    ],
)
def test_what_cannot_work_is_refused_with_the_remedy(tmp_path: Path, text: str, said: str) -> None:
    complained = complaint(tmp_path, text)
    assert said in complained
    assert complained.startswith("config.toml:")
    assert "hunter22" not in complained


def test_a_key_travels_over_https_or_within_this_machine_alone(tmp_path: Path) -> None:
    lan = HERE.replace("127.0.0.1", "192.168.1.7")
    assert load(tmp_path, lan).reader.configured
    assert "would travel unprotected: base_url must start with https://" in complaint(tmp_path, lan, KEY)
    for scheme in ("https:", "HTTPS:"):
        assert load(tmp_path, lan.replace("http:", scheme), KEY).secret_values() == ("sk-hunter22",)
    assert load(tmp_path, HERE, KEY).secret_values() == ("sk-hunter22",)


def test_a_key_of_two_lines_is_refused_before_it_is_sent(tmp_path: Path) -> None:
    complained = complaint(tmp_path, HERE, {"DEAL_MONITOR_READER__KEY": "sk-hunter22\nsk-another"})
    assert "reader.key holds a line end, a tab or another control character" in complained
    assert "hunter22" not in complained


def test_the_key_may_lie_in_a_file_and_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "reader__key").write_text("sk-hunter22\n", encoding="utf-8")
    settings = load(tmp_path, f'[monitor]\nsecrets_dir = "secrets"\n{HERE}')
    assert settings.reader.key is not None
    assert settings.reader.key.get_secret_value() == "sk-hunter22"
    assert "hunter22" not in repr(settings)
