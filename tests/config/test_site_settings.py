"""The settings of the pages: an address that any message can carry, and links that act never on an open line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.config import Settings, load_settings
from monitor.errors import ConfigError


def load(folder: Path, **site: object) -> Settings:
    file = folder / "config.toml"
    lines = (f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in site.items())
    file.write_text("[site]\n" + "".join(lines), encoding="utf-8")
    return load_settings(file, {}, {})


def complaint(folder: Path, **site: object) -> str:
    with pytest.raises(ConfigError) as refused:
        load(folder, **site)
    return str(refused.value)


@pytest.mark.parametrize(
    "address",
    ["https://status.deals.example", "http://10.0.0.1:8080/deals", "https://xn--fsqu00a.example/~desk/a_b-c%20d"],
)
def test_an_address_of_the_pages_is_taken_without_its_last_slash(tmp_path: Path, address: str) -> None:
    assert load(tmp_path, base_url=f"{address}/").site.base_url == address


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("status.deals.example", "is no http or https address"),
        ("javascript:alert(1)", "is no http or https address"),
        ("https://deals.example/a b", "is no http or https address"),
        ("https://deals.example:99999", "is no http or https address"),
        ("https://ann:pw@deals.example", "holds more than an address"),
        ("https://deals.example/?page=1", "holds more than an address"),
        ('https://deals.example/"a', "holds other signs than"),
        ("https://deals.example/a>,<mailto:x", "holds other signs than"),
        ("https://协议.example", "write a name in another script as 'xn--...'"),
    ],
)
def test_what_no_header_of_a_mail_can_carry_is_refused(tmp_path: Path, address: str, why: str) -> None:
    assert why in complaint(tmp_path, base_url=address)


def test_links_that_act_want_an_address_and_no_open_line(tmp_path: Path) -> None:
    assert "has no effect without base_url" in complaint(tmp_path, actions=True)
    assert "base_url must start with https://" in complaint(tmp_path, base_url="http://deals.example", actions=True)
    assert load(tmp_path, base_url="http://127.0.0.1:8470", actions=True).site.actions
