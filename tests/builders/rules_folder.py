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
sets:
  takes: {en: [buy*, bought, book*], zh: [采购, 购买]}
about:
  any: ['{cn} ..8 {beans}', '{beans} ..8 {cn}', '{us_beans}']
  summary: ['{us_beans} ..4 cargoes']
  none: ['(Brazil*|巴西)']
  unless: ['{us_beans}']
  gives_way_to: [{commitment: talks, when: ['after ..2 (call|talks)']}]
acts:
  - id: bought
    polarity: good
    any: ['{takes} ..8 {beans}', '{cn} ..8 {takes}']
    none: ['soybean oil']
    by: cn
    examples:
      - {text: China books ten cargoes of US soybeans, effect: progress}
      - {text: China's soybean crop grows, effect: none}
      - {text: 中国采购六船美国大豆, effect: progress}
  - id: fulfilled
    polarity: done
    any: ['(completes|met its) ..8 {beans}']
    by: cn
    object: 12 Mt
    examples:
      - {text: China completes its soybean pledge, effect: delivered}
      - {text: China has yet to complete a soya study, effect: none}
  - id: banned
    polarity: bad
    any: ['(ban|bans|boycott) ..6 {beans}']
    examples:
      - {text: China bans soybeans from two US ports, effect: setback}
      - {text: China bans video games, effect: not_about}
  - id: cancelled
    polarity: break
    any: ['cancels ..6 {beans}']
    examples:
      - {text: China cancels US soybeans, effect: breach}
      - {text: China cancels a concert, effect: not_about}
  - id: extended
    polarity: deadline
    any: ['(extends|extended) ..6 {beans}']
    examples:
      - {text: China extended its soybean deadline, effect: deadline}
      - {text: China extended a road, effect: not_about}
  - id: named
    weak: true
    effect: pledge
    any: ['{beans} (deal|pledge)']
    examples:
      - {text: The soybean deal with China, effect: pledge}
      - {text: A corn deal with Mexico, effect: not_about}
"""
TALKS = """\
id: talks
name: Leaders talk about trade
short: Talks
kind: series
owed_by: both
baselines: [{as_of: 2025-09-15, standing: in_progress, source: "https://example.org/c"}]
about: {any: ['{cn} ..8 (call|talks)', '(call|talks) ..8 {cn}']}
acts:
  - id: held
    polarity: good
    any: ['(held|holds|after) ..3 (call|talks)']
    examples:
      - {text: China holds talks with Washington, effect: progress}
      - {text: China talks up its films, effect: none}
"""

FILES = {
    "sources.yaml": SOURCES,
    "policy.yaml": POLICY,
    "vocabulary/words.yaml": VOCABULARY,
    "deal/deal.yaml": "id: deal\nname: A deal\n",
    "deal/beans.yaml": COMMITMENT,
    "deal/talks.yaml": TALKS,
}


def write(folder: Path, **changed: str) -> Path:
    """The folder `rules` with these files; a changed one is named by its stem, and another one is a commitment."""
    root, known = folder / "rules", {Path(name).stem for name in FILES}
    added = {f"deal/{stem}.yaml": text for stem, text in changed.items() if stem not in known}
    for name, text in {**FILES, **added}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(changed.get(path.stem, text), encoding="utf-8")
    return root


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
