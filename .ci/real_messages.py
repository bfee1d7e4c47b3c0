# ruff: noqa: T201 - findings and figures for whoever reads the output of the run
"""Real weeks through the whole program: every mail and digest that subscribers would have received, and the pages.

    real_messages.py CORPUS [OUT]

The archive is played in time order with the shipped rules, on the shipped mail route: the weeks below story by story,
the time between them in one poll a day, for its statuses alone. Each message of these weeks must pass the checks of
message_checks.py, and the pages those of this file. With OUT, messages and pages are kept there. Exit code 1 if a
claim does not hold.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from html import unescape
from itertools import groupby
from pathlib import Path

import yaml
from message_checks import CHECKS, Known, Rehearsed, rule_phrases

from monitor.config import FeedSettings, load_settings
from monitor.domain.matching.match import match
from monitor.domain.messages.briefs import AlertBrief, DeliveryReceipt, OutboundMessage
from monitor.domain.model import Entry
from monitor.feeds.items import plain_title
from monitor.logs import setup_logging
from monitor.pipeline import ingest
from monitor.pipeline.ingest import FetchedDocument
from monitor.replay import LEAD_TIME, in_replay_order, line_as_story, read_entries
from monitor.runtime.app import App, open_app, recover_and_catch_up
from monitor.runtime.simulation import SimulatedClock, run_until
from monitor.runtime.site_builder import build_site
from monitor.store import signals, stories, verdict_records

ROOT = Path(__file__).resolve().parents[1]
WEEKS = [
    (date(2025, 10, 6), date(2025, 10, 12)),
    (date(2025, 10, 27), date(2025, 11, 9)),
    (date(2025, 12, 22), date(2025, 12, 28)),
    (date(2026, 1, 19), date(2026, 1, 25)),
    (date(2026, 2, 16), date(2026, 2, 22)),
    (date(2026, 4, 6), date(2026, 4, 12)),
    (date(2026, 5, 11), date(2026, 5, 24)),
]
"""First and last days: the threat of October, both summits and the weeks after them, and weeks of the kinds between."""
ARCHIVES = ("stories.jsonl.gz", "stories-spring.jsonl.gz")
CONFIG = """\
[monitor]
database = "sqlite:///monitor.db"
data = "."
rules = {rules!r}
templates = {templates!r}

[[routes]]
name = "desk-mail"
channel = "file"
to = "trade-desk@example.org"
zone = "America/New_York"
quiet_hours = "22:00-07:00"
digest = "mon 08:00"
"""
FEED = FeedSettings.model_validate({"name": "archive", "url": "https://example.org/archive", "interval": "1h"})


@dataclass
class Rehearsal:
    """A run over the archive. found: the messages of the weeks, each with its day."""

    app: App
    clock: SimulatedClock
    out: Path
    found: list[tuple[date, Rehearsed]] = field(default_factory=list)

    def send(self, message: OutboundMessage) -> DeliveryReceipt:
        """Keeps a message of the weeks, as text, mail and Slack JSON; the others are only counted as sent."""
        receipt = DeliveryReceipt(str(message.number), str(message.number))
        # A digest is about the days before it.
        day = (self.clock.now - timedelta(days=1 if message.kind == "digest" else 0)).date()
        if not is_rehearsed(day):
            return receipt
        text, brief = self.app.renderer.text(message), message.brief
        with self.app.store.read() as conn:
            below = [other.line for other in brief.others if other.line] if isinstance(brief, AlertBrief) else []
            lines = [*brief.evidence.lines, *below] if isinstance(brief, AlertBrief) else []
            known = signals.by_ids(conn, {line.signal for line in lines} - {""})
            reports = stories.by_ids(conn, {signal.story for signal in known.values()})
            verdicts = verdict_records.PublishedVerdicts(conn, {})
            own = {brief.commitment} if isinstance(brief, AlertBrief) else self.app.rulebook.commitments
            shown = {key: verdicts[key] for key in own if key in verdicts}
        self.found.append((day, Rehearsed(brief, text, known, reports, shown)))
        name = self.out / "messages" / f"{len(self.found):03d}-{day}-{message.kind}"
        name.with_suffix(".txt").write_text(text, encoding="utf-8")
        name.with_suffix(".eml").write_bytes(self.app.renderer.mail(message))
        return receipt


def main(corpus: Path, out: Path) -> int:
    """Play the archive and print what does not hold; the exit code."""
    setup_logging(level="error")
    for old in out.glob("monitor.db*"):
        old.unlink()
    shutil.rmtree(out / "messages", ignore_errors=True)
    (out / "messages").mkdir(parents=True)
    config = out / "config.toml"
    config.write_text(CONFIG.format(rules=str(ROOT / "rules"), templates=str(ROOT / "templates")), encoding="utf-8")
    clock = SimulatedClock()
    app = open_app(load_settings(config, environ={}), exclusive=True, clock=clock)
    rehearsal = Rehearsal(app, clock, out)
    with closing(app):
        app.senders = {"file": rehearsal.send}
        # The archive has titles as their feeds wrote them; the parser cleans those of live feeds.
        kept = [each for name in ARCHIVES for each in read_entries(corpus / name)]
        entries = [replace(each, title=plain_title(each.title)) for each in kept]
        play(rehearsal, [each for each in entries if match(line_as_story(each), app.rulebook)])
        build_site(app)
        problems = [*message_problems(rehearsal), *page_problems(app, out / "site")]
    kinds = Counter(sent.brief.tag for _, sent in rehearsal.found)
    print(f"{kinds['alert']} alerts and {kinds['digest']} digests of {len(WEEKS)} spans of weeks")
    for line in problems:
        print(f"does not hold: {line}", file=sys.stderr)
    return int(bool(problems) or not kinds["alert"] or not kinds["digest"])


def play(rehearsal: Rehearsal, entries: list[Entry]) -> None:
    """All stories through the program: those of the weeks each in its own poll, those of a day between in one."""
    app, clock, line = rehearsal.app, rehearsal.clock, in_replay_order(entries, rehearsal.app.rulebook)
    clock.move(line[0].at - LEAD_TIME)
    recover_and_catch_up(app)
    ingest.ingest(app.store, app.rulebook, FEED, FetchedDocument(()), clock(), recent=app.recent)
    ordered = sorted(line, key=lambda item: item.at)
    polls = groupby(
        enumerate(ordered), lambda item: (item[1].at.date(), item[0] if is_rehearsed(item[1].at.date()) else -1)
    )
    for _, group in polls:
        arrived = [item for _, item in group]
        run_until(app, clock, arrived[-1].at)
        document = FetchedDocument(tuple(item.entry for item in arrived))
        ingest.ingest(app.store, app.rulebook, FEED, document, clock(), recent=app.recent)
    run_until(app, clock, clock.now + timedelta(days=1))


def is_rehearsed(day: date) -> bool:
    return any(first <= day <= last for first, last in WEEKS)


def message_problems(rehearsal: Rehearsal) -> Iterator[str]:
    """The claims of messages that do not hold, each with the message."""
    rules, vocabulary = rehearsal.app.rulebook, ROOT / "rules" / "vocabulary" / "parties.yaml"
    sets = yaml.safe_load(vocabulary.read_text(encoding="utf-8"))["sets"]
    words = {"China": sets["cn"] + sets["cn_leaders"], "the US": sets["us"] + sets["us_only"] + sets["us_leaders"]}
    known = Known(
        rule_phrases(rule.tells for rule in rules.rules.values()),
        {side: frozenset(str(word) for word in own) for side, own in words.items()},
        rules.publishers,
        rules.policy,
    )
    for number, (day, sent) in enumerate(rehearsal.found, 1):
        for check in CHECKS:
            for problem in check(sent, known):
                yield f"{number:03d} {day} {check.__name__}: {problem}"


def page_problems(app: App, site: Path) -> Iterator[str]:
    """The claims of the pages that do not hold: the heading of a commitment's page names the commitment."""
    for key, commitment in app.rulebook.commitments.items():
        page = site / "c" / f"{key}.html"
        heading = unescape(page.read_text(encoding="utf-8").partition("<h1")[2].partition("</h1>")[0])
        if commitment.name not in heading and commitment.short not in heading:
            yield f"{page.relative_to(site)}: the heading does not name the commitment: {heading}"


if __name__ == "__main__":
    corpus, *kept = map(Path, sys.argv[1:3])
    with tempfile.TemporaryDirectory() as work:
        sys.exit(main(corpus, kept[0] if kept else Path(work)))
