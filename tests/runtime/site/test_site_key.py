"""The key of links: made once, for its owner alone, and the same for all processes."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from monitor.runtime.site.keys import kept_keys, link_maker, site_keys

from monitor.config import load_settings
from monitor.errors import ConfigError

SITE = '[site]\nbase_url = "https://status.deals.example"\nactions = true\n'


def test_a_key_is_made_once_whoever_asks_first(tmp_path: Path) -> None:
    file = tmp_path / "data" / "site.key"
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: kept_keys(file), range(16)))
    (keys,) = made
    assert len(keys[0]) == 64
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["site.key"]


def test_the_first_line_signs_and_all_are_accepted(tmp_path: Path) -> None:
    file = tmp_path / "site.key"
    file.write_text("n" * 40 + "\n" + "o" * 40 + "\n")
    file.chmod(0o600)
    assert kept_keys(file) == (b"n" * 40, b"o" * 40)


@pytest.mark.parametrize("text", ["", "short\n", "n" * 40 + "\nshort\n"])
def test_a_file_without_a_key_is_refused_with_the_remedy(tmp_path: Path, text: str) -> None:
    file = tmp_path / "site.key"
    file.write_text(text)
    with pytest.raises(ConfigError, match=r"site\.key holds no key of 32 characters or more; delete it for a new key"):
        kept_keys(file)
    assert file.read_text() == text


def test_a_file_that_is_no_text_or_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "site.key").write_bytes(b"\xff\xfe" * 40)
    with pytest.raises(ConfigError, match="it holds more than letters"):
        kept_keys(tmp_path / "site.key")
    (tmp_path / "blocked").write_text("")
    with pytest.raises(ConfigError, match="cannot be used: "):
        kept_keys(tmp_path / "blocked" / "site.key")


def test_no_key_is_made_where_messages_have_no_links_that_act(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[monitor]\ndata = "."\n[site]\nbase_url = "https://status.deals.example"\n')
    assert link_maker(load_settings(config, {}, {})) is None
    assert not (tmp_path / "site.key").exists()


def test_a_key_of_the_settings_wins_is_kept_out_of_the_folder_and_never_shown(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[monitor]\ndata = "."\n{SITE}')
    settings = load_settings(config, {}, {"DEAL_MONITOR_SITE__KEY": f"{'n' * 40} {'o' * 40}"})
    assert site_keys(settings) == (b"n" * 40, b"o" * 40)
    assert not (tmp_path / "site.key").exists()
    assert {"n" * 40, "o" * 40} <= set(settings.secret_values())
    assert "nnnn" not in repr(settings)


@pytest.mark.parametrize(
    ("site", "said"),
    [
        ("actions = true\n", "has no effect without base_url"),
        ('base_url = "http://status.deals.example"\nactions = true\n', "must start with https://"),
    ],
)
def test_links_that_act_need_an_address_that_protects_them(tmp_path: Path, site: str, said: str) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f"[site]\n{site}")
    with pytest.raises(ConfigError, match=said):
        load_settings(config, {}, {})


def test_one_key_of_several_that_is_too_short_is_refused(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(SITE)
    with pytest.raises(ConfigError, match="is too short to sign links with"):
        load_settings(config, {}, {"DEAL_MONITOR_SITE__KEY": "n" * 40 + " short"})
