"""A deal of other parties in other words, made up for tests: rule files alone, as its analysts would write them."""

from __future__ import annotations

from pathlib import Path

from monitor.domain.matching.rules import Rulebook
from monitor.rulebook import load_rulebook

SOURCES = """\
publishers:
  - {name: Official Gazette, domains: [gazette.example], tier: official, owner: Gazette}
  - {name: Plata Wire, domains: [plata.example], tier: wire, owner: Plata}
  - {name: Rhine Wire, domains: [rhine.example], tier: wire, owner: Rhine}
"""
WORDS = """\
sets:
  europe: {en: [EU, European Union, Brussels, Europe, European]}
  south: {en: [Mercosur, Brazil, Brazilian, Argentina, Argentine, Uruguay, Paraguay, Asuncion, Montevideo]}
speakers: [{name: Commission, side: press, words: {en: [trade commissioner]}}]
modality:
  plan: {en: [will, plans to]}
  denial: {en: [denies]}
"""
DEAL = """\
id: eu-mercosur
name: EU-Mercosur partnership
description: Signed in Montevideo.
use: [words]
reader: a trade partnership of the European Union and the four founders of Mercosur.
sets:
  topic: {en: [pact, treaty, ratif*, lawmaker*, parliament, beef, licence*, quota*, tariff*]}
gate:
  any: ['(EU|European) ..2 Mercosur']
  together:
    - ['{europe}', '{south}', '{topic}']
effects:
  delivered: both sides have notified each other, or the quota is open
rulings:
  - Farmers who protest move nothing.
  - A vote of one chamber is progress, a lost one a setback.
"""
FORCE = """\
id: mercosur-force
name: The EU-Mercosur partnership enters into force
short: Mercosur in force
kind: milestone
owed_by: others
steps: [signed, ratified, in force]
criteria: {met: Both sides have notified each other that their procedures are complete.}
reads:
  about: votes, court opinions and signatures on the way of the partnership into force
  not_about: the pact of the EU with Mexico, elections
baselines: [{as_of: 2026-01-01, standing: in_progress, steps: [signed], source: "https://gazette.example/signed"}]
about: {any: ['Mercosur ..4 (pact|deal|partnership)']}
acts:
  - id: ratified
    polarity: good
    step: ratified
    any: [ratif*]
"""
BEEF = """\
id: mercosur-beef
name: The EU opens a quota of 99,000 tonnes of Mercosur beef
short: Mercosur beef
kind: standing
owed_by: others
criteria: {in_force: The quota is open.}
reads:
  about: duties and quotas of the EU on beef from Mercosur
  not_about: beef of other origin, prices
baselines: [{as_of: 2026-01-01, standing: pledged, source: "https://gazette.example/quota"}]
about: {any: [beef quota]}
acts:
  - id: opened
    polarity: done
    any: [opens]
"""
LICENCES = """\
id: mercosur-beef-licences
name: The EU hands out licences for the beef quota
short: Beef licences
kind: standing
owed_by: others
criteria: {in_force: Importers hold licences.}
reads: {about: licences of importers for the beef quota}
baselines: [{as_of: 2026-01-01, standing: unpledged, source: "https://gazette.example/licences"}]
about: {any: [beef licences]}
acts:
  - id: granted
    polarity: good
    any: [grants]
"""
FILES = {
    "sources.yaml": SOURCES,
    "policy.yaml": "{press_origins: 1, outlook_origins: 1}\n",
    "vocabulary/words.yaml": WORDS,
    "eu-mercosur/deal.yaml": DEAL,
    "eu-mercosur/mercosur-force.yaml": FORCE,
    "eu-mercosur/mercosur-beef.yaml": BEEF,
    "eu-mercosur/mercosur-beef-licences.yaml": LICENCES,
    "eu-mercosur/mercosur-force.examples": "[ratified]\nprogress | | Uruguay ratifies Mercosur pact\nnot_about | | "
    "Uruguay ratifies a treaty on whales\n",
    "eu-mercosur/mercosur-beef.examples": "[opened]\ndelivered | | EU opens beef quota\nnot_about | | EU opens a "
    "museum\n",
    "eu-mercosur/mercosur-beef-licences.examples": "[granted]\nprogress | | EU grants beef licences\nnot_about | | "
    "EU grants asylum\n",
}


def write(folder: Path, **changed: str) -> Path:
    """The folder `rules` with these files; a changed one is named by its stem, with _ for - in it, and '' leaves it
    out."""
    root = folder / "rules"
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        wanted = changed.get(path.stem.replace("-", "_"), text)
        if wanted:
            path.write_text(text if path.suffix == ".examples" else wanted, encoding="utf-8")
    return root


def load(folder: Path, **changed: str) -> Rulebook:
    """The rulebook of these files."""
    return load_rulebook(write(folder, **changed))
