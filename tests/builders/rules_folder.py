"""A small folder of rules for tests, with one place to change any of its files."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from monitor import rulebook
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Signal, Story

AT = datetime(2025, 11, 3, 9, 30, tzinfo=UTC)

SOURCES = """\
publishers:
  - {name: Commerce Ministry, aliases: [MOFCOM], domains: [mofcom.example], tier: official, side: cn, owner: MOFCOM, zone: Asia/Shanghai, lang: zh}
  - {name: Grain Daily, domains: [grain.example], tier: trade, owner: Harvest Group, zone: America/Chicago, lang: en}
  - {name: News Search, domains: [search.example], tier: aggregator}
  - {name: Video Sharing Co, tier: trade, side: company, owner: Video Sharing}
"""
POLICY = "live_days: 45\ncorroborating_tiers: [official, wire]\npress_origins: 1\noutlook_origins: 1\n"
VOCABULARY = """\
sets:
  us: {en: [US, American, Washington, Trump], zh: [美国, 美方]}
  cn: {en: [China, Chinese, Beijing], zh: [中国, 中方]}
  beans: {en: [soybean*, soya], zh: [大豆, 美豆]}
  us_beans: {en: ['{us} {beans}'], zh: ['{us}{beans}']}
speakers:
  - {name: US Treasury, side: us, words: {en: [Bessent, Treasury Secretary], zh: [贝森特]}}
  - {name: MOFCOM, side: cn, words: {en: [commerce ministry, MOFCOM], zh: [商务部]}}
  - {name: USDA data, side: data, words: {en: [USDA data, export sales]}}
  - {name: Video Sharing, side: company, words: {en: [Video Sharing CEO]}}
  - {name: Far Wire, side: press, words: {en: [Far Wire], zh: [远通社]}}
modality:
  rumour: {en: [may, could, weighs], zh: [或将, 拟]}
  plan: {en: [will, agreed to, to buy], zh: [将]}
  under_way: {en: [begins], zh: [开始]}
  formal: {en: [signs], zh: [签署]}
  done: {en: [completes, met its], zh: [完成]}
  negation: {en: [not, no, has yet to, never], zh: [未, 没有]}
  denial: {en: [denies], zh: [否认]}
  stop: {en: [drops, halts], zh: [取消]}
  ease: {en: [lifts, eases], zh: [放宽]}
frames:
  opinion: {en: ['^opinion'], zh: [评论员]}
  market: {en: [shares, futures], zh: [股价]}
masks: {zh: [模拟]}
"""
COMMITMENT = """\
id: beans
name: China buys soybeans
short: Beans
kind: quantity
owed_by: cn
targets: [{amount: 12 Mt, basis: booked, start: 2025-10-30, due: 2025-12-31, label: first}]
grace: 60 days
after_met: [breach]
criteria: {met: "twelve million tonnes are booked"}
baselines:
  - {as_of: 2025-09-15, standing: unpledged, source: "https://example.org/a"}
  - {as_of: 2026-01-20, standing: met, since: 2026-01-15, source: "https://example.org/b"}
use: [words]
sets:
  takes: {en: [buy*, bought, book*], zh: [采购, 购买]}
about:
  any: ['{cn} ..8 {beans}', '{beans} ..8 {cn}', '{us_beans}']
  summary: ['{us_beans} ..4 cargoes']
  not: {other sellers: '(Brazil*|巴西)'}
  unless: ['{us_beans}']
acts:
  - id: bought
    polarity: good
    any: ['{takes} ..8 {beans}', '{cn} ..8 {takes}']
    not: {oil: 'soybean oil'}
    by: cn
  - id: fulfilled
    polarity: done
    any: ['(completes|met its) ..8 {beans}']
    by: cn
    object: 12 Mt
  - id: banned
    polarity: bad
    any: ['(ban|bans|boycott) ..6 {beans}']
  - id: cancelled
    polarity: break
    any: ['cancels ..6 {beans}']
  - id: extended
    polarity: deadline
    any: ['(extends|extended) ..6 {beans}']
  - id: named
    weak: true
    effect: pledge
    any: ['{beans} (deal|pledge)']
"""
BEANS_EXAMPLES = """\
[bought]
progress | | China books ten cargoes of US soybeans
none | | China's soybean crop grows
progress | | 中国采购六船美国大豆
[fulfilled]
delivered | | China completes its soybean pledge
none | | China has yet to complete a soya study
[banned]
setback | | China bans soybeans from two US ports
not_about | | China bans video games
[cancelled]
breach | | China cancels US soybeans
not_about | | China cancels a concert
[extended]
deadline | | China extended its soybean deadline
not_about | | China extended a road
[named]
pledge | | The soybean deal with China
not_about | | A corn deal with Mexico
"""
TALKS = """\
id: talks
name: Leaders talk about trade
short: Talks
kind: series
owed_by: both
baselines: [{as_of: 2025-09-15, standing: in_progress, source: "https://example.org/c"}]
use: [words]
about: {any: ['{cn} ..8 (call|talks)', '(call|talks) ..8 {cn}']}
acts:
  - id: held
    polarity: good
    any: ['(held|holds|after) ..3 (call|talks)']
"""
TALKS_EXAMPLES = """\
[held]
progress | | China holds talks with Washington
none | | China talks up its films
"""

PRECEDENCE = "precedence: [{of: [beans], to: talks, when: ['after ..2 (call|talks)']}]\n"
DEAL = f"id: deal\nname: A deal\n{PRECEDENCE}"
FILES = {
    "sources.yaml": SOURCES,
    "policy.yaml": POLICY,
    "vocabulary/words.yaml": VOCABULARY,
    "deal/deal.yaml": DEAL,
    "deal/beans.yaml": COMMITMENT,
    "deal/talks.yaml": TALKS,
    "deal/beans.examples": BEANS_EXAMPLES,
    "deal/talks.examples": TALKS_EXAMPLES,
}


def write(folder: Path, **changed: str) -> Path:
    """The folder `rules` with these files: a known one by its stem, its examples by `<stem>_examples`, or a further
    commitment."""
    root, known = folder / "rules", {key_of(name) for name in FILES}
    added = {
        f"deal/{stem.removesuffix('_examples')}.{'examples' if stem.endswith('_examples') else 'yaml'}": text
        for stem, text in changed.items()
        if stem not in known
    }
    for name, text in {**FILES, **added}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(changed.get(key_of(name), text), encoding="utf-8")
    return root


def key_of(name: str) -> str:
    """The name of a file as an argument of `write`."""
    return Path(name).stem + ("_examples" if name.endswith(".examples") else "")


def load(folder: Path, **changed: str) -> Rulebook:
    return rulebook.load_rulebook(write(folder, **changed))


def story(title: str, summary: str = "", *, source: str = "Somebody", url: str = "", lang: str = "en") -> Story:
    return Story(
        id="s1",
        published_at=AT,
        seen_at=AT,
        source=source,
        url=url,
        title=title,
        summary=summary,
        lang=lang,
        revision="r1",
    )


def only(signals: tuple[Signal, ...], commitment: str = "beans") -> Signal:
    (signal,) = (signal for signal in signals if signal.commitment == commitment)
    return signal
