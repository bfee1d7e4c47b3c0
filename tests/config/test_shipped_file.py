"""The shipped config.toml names every key there is, and says of each what it is left alone."""

import re
import tomllib
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from monitor.config import load_settings
from monitor.config.settings import FeedSettings, RouteSettings, Settings
from monitor.domain.model import Tier
from monitor.feeds.schedule import AGGREGATOR_SPACING_S
from monitor.rulebook.publisher_file import load_publishers
from tests.builders.shipped_rules import ROOT

SHIPPED = (ROOT / "config.toml").read_text(encoding="utf-8")
COMMENTED = re.compile(r"^# (?=[a-z_]+ = )", re.MULTILINE)
"""Before a key that is left at its default, or shown by an example."""
ALL = COMMENTED.sub("", SHIPPED)
"""The file with every such key set to what stands there."""
SECTIONS: dict[str, type[BaseModel]] = {
    name: field.annotation
    for name, field in Settings.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
}
SHAPES: dict[str, type[BaseModel]] = {**SECTIONS, "routes": RouteSettings, "feeds": FeedSettings}
KEYS = [(section, key) for section, shape in SHAPES.items() for key in shape.model_fields]
_NAMES = "slack__token slack__webhook smtp__password apprise__urls reader__key site__key heartbeat__url poll__headers"
SECRETS = set(_NAMES.split())


@cache
def table(text: str, section: str) -> dict[str, Any]:
    """The keys of a section; of routes and feeds those of the first one."""
    found = tomllib.loads(text)[section]
    return dict(found[0] if isinstance(found, list) else found)


def default_of(field: FieldInfo) -> object:
    value = field.get_default(call_default_factory=True)
    return str(value) if isinstance(value, Path) else value


def line_of(key: str, value: object) -> str:
    """The line of the file that gives this value to a key."""
    lines = [COMMENTED.sub("", line) for line in SHIPPED.splitlines() if re.match(rf"(# )?{key} = ", line)]
    return next(line for line in lines if tomllib.loads(line)[key] == value)


@pytest.mark.parametrize(("section", "key"), [each for each in KEYS if "__".join(each) not in SECRETS], ids=".".join)
def test_every_key_stands_in_the_file_and_one_with_a_hash_has_its_default(section: str, key: str) -> None:
    shown = table(ALL, section)[key]
    if key in table(SHIPPED, section) or "# an example" in line_of(key, shown):
        return
    default = default_of(SHAPES[section].model_fields[key])
    assert shown == default or (default is None and section == "routes"), "None is told in words there"


def test_the_secrets_are_those_that_the_schema_hides_and_the_file_says_how_to_give_each() -> None:
    def hides(field: FieldInfo) -> bool:
        return SecretStr in (field.annotation, *getattr(field.annotation, "__args__", ()))

    hidden = {f"{s}__{k}" for s, shape in SHAPES.items() for k, field in shape.model_fields.items() if hides(field)}
    assert hidden - {"monitor__database"} == SECRETS
    assert [name for name in SECRETS if f"DEAL_MONITOR_{name.upper()}" not in SHIPPED] == []


def test_the_file_loads_with_its_optional_keys_left_out_and_with_all_of_them_set(tmp_path: Path) -> None:
    given = {"DEAL_MONITOR_SMTP__PASSWORD": "open-sesame-1"}
    for folder, text in (("bare", re.sub(COMMENTED.pattern + ".*\n", "", SHIPPED, flags=re.M)), ("all", ALL)):
        (tmp_path / folder / "rules").mkdir(parents=True)
        (tmp_path / folder / "secrets").mkdir()
        (tmp_path / folder / "company-ca.pem").touch()
        (tmp_path / folder / "config.toml").write_text(text, encoding="utf-8")
    bare = load_settings(tmp_path / "bare" / "config.toml", environ={})
    whole = load_settings(tmp_path / "all" / "config.toml", environ=given)
    assert (len(bare.feeds), len(bare.routes)) == (len(whole.feeds), len(whole.routes))
    assert whole.reader.base_url
    assert whole.smtp.host
    assert not bare.smtp.host


def test_each_feed_has_a_listed_publisher_and_its_evidence_and_searches_are_asked_seldom() -> None:
    publishers = load_publishers(ROOT / "rules")
    feeds = load_settings(ROOT / "config.toml", environ={}).feeds
    assert [feed.name for feed in feeds if publishers.unknown(feed.publisher)] == []
    tiers = {feed.name: publishers.find(feed.publisher).tier for feed in feeds}
    assert [feed.name for feed in feeds if feed.aggregator is not (tiers[feed.name] is Tier.AGGREGATOR)] == []
    seen = re.compile(r'^name = ".+" # (?:asked|taken|form|listed) 2026', re.MULTILINE)
    assert len(seen.findall(SHIPPED)) == len(feeds)
    for host, searches in groupby(sorted(urlsplit(f.url).hostname or "" for f in feeds if f.aggregator)):
        total = AGGREGATOR_SPACING_S * len(list(searches))
        soonest = min(feed.interval for feed in feeds if urlsplit(feed.url).hostname == host)
        assert total < soonest / 4, "their turns are over long before the first is due again"
