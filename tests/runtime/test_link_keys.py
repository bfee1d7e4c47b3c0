"""The key of signed links is generated once, for its owner only, and shared by all processes."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from monitor.config import Settings, load_settings
from monitor.errors import ConfigError
from monitor.runtime.link_keys import link_maker, site_keys

ACTIONS = "actions = true\n"


def settings(folder: Path, site: str = ACTIONS, **environ: str) -> Settings:
    config = folder / "config.toml"
    config.write_text(f'[monitor]\ndata = "data"\n[site]\nbase_url = "https://status.deals.example"\n{site}')
    return load_settings(config, environ)


def test_a_key_is_generated_once_by_whichever_process_is_first(tmp_path: Path) -> None:
    given = settings(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        ((key,),) = set(pool.map(lambda _: site_keys(given), range(16)))
    file = given.site_key_file
    assert len(key) == 64
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["site.key"]


def test_the_first_key_signs_and_all_are_accepted(tmp_path: Path) -> None:
    given = settings(tmp_path)
    given.site_key_file.parent.mkdir()
    given.site_key_file.write_text("n" * 40 + "\n" + "o" * 40 + "\n")
    given.site_key_file.chmod(0o600)
    assert site_keys(given) == (b"n" * 40, b"o" * 40)


@pytest.mark.parametrize("content", [b"", b"short\n", b"n" * 40 + b"\nshort\n", b"\xff\xfe" * 40])
def test_a_file_without_a_usable_key_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    given = settings(tmp_path)
    given.site_key_file.parent.mkdir()
    given.site_key_file.write_bytes(content)
    with pytest.raises(ConfigError) as refused:
        site_keys(given)
    assert refused.value.subject == "site.key"
    assert given.site_key_file.read_bytes() == content


def test_a_folder_that_cannot_be_created_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(ConfigError):
        site_keys(settings(tmp_path))


def test_no_key_is_generated_without_signed_links_or_for_a_trial(tmp_path: Path) -> None:
    assert link_maker(settings(tmp_path, site="")) is None
    assert link_maker(settings(tmp_path), trial=True) is not None
    assert not (tmp_path / "data").exists()


def test_a_key_of_the_settings_wins_and_is_never_shown(tmp_path: Path) -> None:
    given = settings(tmp_path, DEAL_MONITOR_SITE__KEY=f"{'n' * 40} {'o' * 40}")
    assert site_keys(given) == (b"n" * 40, b"o" * 40)
    assert not (tmp_path / "data").exists()
    assert {"n" * 40, "o" * 40} <= set(given.secret_values())
    assert "nnnn" not in repr(given)
    with pytest.raises(ConfigError):
        settings(tmp_path, DEAL_MONITOR_SITE__KEY="n" * 40 + " short")
