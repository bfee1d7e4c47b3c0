"""A folder of rules in the older syntax, with something of everything that `rules migrate` rewrites."""

from __future__ import annotations

from pathlib import Path

from tests.builders import rules_folder

WORDS = """\
# Words of everybody.
sets:
  us: {en: [US, American, Washington], zh: [美国, 美國, 美方]}
  cn: {en: [China, Chinese, Beijing], zh: [中国, 中國, 中方]}
  # Verbs as papers write them.
  buys:
    en: [buy, buys, bought, buying, snap up, snaps up, snapped up, secures]
    zh: [采购, 採購, 购买]
  beans: {en: [soybean*, soya], zh: [大豆]}
  talked: {en: [talks, call, round]}
modality:
  plan: {en: [will, to buy], zh: [将]}
  denial: {en: [deny, denies, denied], zh: [否认]}
  stop: {en: [halt, halts, halted, halting], zh: [取消]}
"""
DEAL = """\
# A deal of the tests.
id: deal
name: A deal

# The words that bring a story near.
sets:
  goods: {en: [soybean*, corn], zh: [大豆]}
gate:
  any: ['{goods}']
rulings:
  - Talk alone is no progress.
"""
BEANS = """\
# What a story can say of the beans.
id: beans
name: China buys soybeans
short: Beans
kind: quantity
owed_by: cn
targets: [{amount: 12 Mt, basis: booked, start: 2025-10-30, due: 2026-12-31, label: first}]
baselines:
  - {as_of: 2025-09-15, standing: unpledged, source: "https://example.org/a"}  # read on that day

sets:
  goods: {en: [soybean*, soya, '{us} beans'], zh: [大豆]}
  ports: {en: [Dalian, Qingdao, 'port of ..2 Tianjin']}
about:
  any: ['{cn} ..8 {goods}', '{goods} ..8 {cn}']
  none:
    - '(Brazil*|巴西)'
    # Harvests: what grows is no trade.
    - crop forecast
    - '(harvest|sowing)'
  never: [recipe]
  unless: ['{us} {goods}']
  gives_way_to:
    # Outcomes of a call.
    - {commitment: talks, when: ['{goods} ..6 after ..4 {talked}'], unless: ['{ports}']}
    - {commitment: talks, when: ['readout'], since: 2026-01-01}
acts:
  # Whoever pays has bought.
  - id: bought
    polarity: good
    any:
      - '{cn} ..6 {buys} ..8 {goods}'
      - '!(book|books|booked) ..8 {goods}'   # a headline without its subject
      - '{goods} ..8 !(sail|sails|sailed|sailing|dock) ..4 ({ports}|大連|大连)'
    none: [soybean oil]
    by: cn
    only_if:
      published: {from: 2026-02-01}
    examples:
      - {text: China books ten cargoes of US soybeans, effect: progress, published: 2026-03-01}
      # The same day a month before.
      - {text: China books nine cargoes of US soybeans, effect: none, published: 2026-01-01}
      - {text: "China's soybeans: a | b", effect: none, published: 2026-03-01}
  - id: fulfilled
    polarity: done
    any: ['(completes|met its) ..8 {goods}']
    by: cn
    only_if:
      document: [news]
      published: {from: 2026-02-01}
    examples:
      - text: China completes its soybean pledge
        effect: delivered
        published: 2026-03-01
        summary: A ministry says so.
      - {text: China has soya studies, effect: none}
  # Bad news, whoever brings it.
  - id: banned
    polarity: bad
    any: ['(ban|bans|banned|banning|boycott) ..6 {goods}']
    by: cn
    examples:
      - {text: China bans soybeans from two US ports, effect: setback}
      - {text: China bans video games, effect: not_about}
  - id: warned
    polarity: threat
    any: ['(warns|warned) ..6 {goods}']
    examples:
      - {text: Washington warned China over soybeans, effect: threat}
      - {text: Washington warned Mexico, effect: not_about}
  - id: cancelled
    polarity: break
    any: ['cancels ..6 {goods}']
    by: cn
    examples:
      - {text: China cancels US soybeans, effect: breach}
      - {text: China cancels a concert, effect: not_about}
"""
TALKS = """\
id: talks
name: Leaders talk about trade
short: Talks
kind: series
owed_by: both
baselines: [{as_of: 2025-09-15, standing: in_progress, source: "https://example.org/c"}]
about: {any: ['{cn} ..8 {talked}', '{talked} ..8 {cn}', 'readout ..6 {cn}']}
acts:
  - id: held
    polarity: good
    any: ['(hold|holds|held|after) ..3 {talked}']
    examples:
      - {text: China holds talks with Washington, effect: progress}
      - {text: China talks up its films, effect: none}
"""
SCENARIOS = """\
scenarios:
  - name: A sale is told
    start: 2026-03-01
    stories:
      - {at: 2026-03-10T08:00Z, source: Grain Daily, title: China books six cargoes of US soybeans}
      - {at: 2026-03-11T08:00Z, source: Grain Daily, title: US soybeans for China rise after talks}
    quiet_until: 2026-03-09
"""


def write(folder: Path, **changed: str) -> Path:
    """The folder `rules` with these files; a changed one is named by its stem."""
    files = {"words": WORDS, "deal": DEAL, "beans": BEANS, "talks": TALKS} | changed
    root = rules_folder.write(folder, **files)
    (root / "tests").mkdir(exist_ok=True)
    (root / "tests" / "sales.yaml").write_text(SCENARIOS, encoding="utf-8")
    return root
