"""Hand-written messages of every kind, for tests of the renderers and channels.

Their texts are files beside this module (`messages`), in the form in which the outbox stores a message.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.domain.messages.briefs import (
    AlertBrief,
    DigestBrief,
    EvidenceLine,
    EvidenceSection,
    Headline,
    OtherCommitment,
    OutboundMessage,
    ReportLink,
    StatusSpan,
    StatusTimeline,
)
from monitor.store.json_codec import load

NOW = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
FILES = {file.stem: file.read_text(encoding="utf-8") for file in (Path(__file__).parent / "messages").glob("*.json")}
ALERT, NOTICE = load(AlertBrief, FILES["alert"]), load(AlertBrief, FILES["notice"])
DIGEST = load(DigestBrief, FILES["digest"])
PIECES = load(dict[str, tuple[EvidenceLine, ...]], FILES["evidence"])
"""The evidence of each kind. readers: a rule alone; a rule and a model; a model, where a rule differs; a person, where
a model differs."""
EVIDENCE, CHANGES, TIMELINES, EVENTS = ALERT.evidence.lines, ALERT.changes, DIGEST.timelines, DIGEST.events
UNLINKED = tuple(replace(line, url="") for line in EVIDENCE)
assert ALERT.progress is not None
PROGRESS = ALERT.progress
ALERT_PARCEL = OutboundMessage("sample-alert", 1, "email", "reader@example.org", "alert", "soybean-purchases", ALERT)
DIGEST_PARCEL = OutboundMessage("sample-digest", 2, "email", "reader@example.org", "digest", "", DIGEST)
READERS_LINE = "Rules and readers: rule soybean-purchases.postponed (version 3f9c1a); " + "; ".join(
    line.read_by for line in PIECES["readers"][1:]
)


def sample_timeline(short: str, *spans: tuple[str, float, float]) -> StatusTimeline:
    """A timeline from (status, days ago it began, days ago it ended)."""
    ago = {days: NOW - timedelta(days=days) for _, *both in spans for days in both}
    return StatusTimeline(short, tuple(StatusSpan(status, ago[begin], ago[end]) for status, begin, end in spans))


HELD_SECTIONS = (
    *ALERT.others,
    OtherCommitment("ore-licences", "China issues general licences for rare ores", "BREACHED", "breached"),
    OtherCommitment("port-fees", "Both sides suspend port fees", "LAPSED", "lapsed"),
)


def with_evidence(brief: AlertBrief, *lines: EvidenceLine) -> AlertBrief:
    """The alert with these pieces of evidence and the same report to open."""
    return replace(brief, evidence=replace(brief.evidence, lines=lines))


PLAIN_ALERT = replace(
    ALERT, headline=replace(ALERT.headline, unconfirmed=False, contested=False), note="", others=(), changes=CHANGES[:1]
)
"""The alert without its remarks, for the kinds that differ in one thing."""
IMPROVED = replace(
    PLAIN_ALERT,
    direction="up",
    headline=Headline(
        "Soybeans now IN PROGRESS: The report behind AT RISK no longer counts", "in_progress", "IN PROGRESS"
    ),
    moved="Was AT RISK, now IN PROGRESS",
)
QUIET_DIGEST = replace(
    DIGEST,
    events=(),
    troubled=(),
    unmoved=(),
    also=(),
    readers=None,
    unchecked=(),
    subject="Digest, 7 - 13 Mar: no changes",
    statuses=("No status changed, and no event of note was reported.",),
    timelines=(),
)
CONTESTED_TEXT = "Contested: the US Trade Office and the China Commerce Ministry contradict each other."
BUSY_COUNT = 500


def _busy_week() -> DigestBrief:
    events = tuple(replace(EVENTS[at % 3], text=f"Event {at}", moved=True) for at in range(BUSY_COUNT))
    return replace(
        DIGEST,
        subject=f"Digest, 7 - 13 Mar: {BUSY_COUNT} promises moved",
        events=events,
        unmoved=DIGEST.unmoved * 20,
        timelines=tuple(replace(one, short=f"{one.short} {at}") for at in range(10) for one in TIMELINES),
    )


def _alert(kind: str, brief: AlertBrief) -> OutboundMessage:
    return replace(ALERT_PARCEL, message_id=f"sample-{kind}", kind=brief.kind, commitment=brief.commitment, brief=brief)


def _digest(kind: str, brief: DigestBrief) -> OutboundMessage:
    return replace(DIGEST_PARCEL, message_id=f"sample-{kind}", brief=brief)


PARCELS: Mapping[str, OutboundMessage] = {
    "alert": ALERT_PARCEL,
    "confirmation": _alert("confirmation", replace(PLAIN_ALERT, kind="confirmation")),
    "correction": _alert("correction", with_evidence(replace(IMPROVED, kind="correction"), *PIECES["correction"])),
    "summary": _alert("summary", replace(PLAIN_ALERT, kind="summary", changes=CHANGES, others=HELD_SECTIONS)),
    "notice": _alert("notice", NOTICE),
    "clock": _alert("clock", with_evidence(replace(PLAIN_ALERT, progress=None, timeline=None), *PIECES["clock"])),
    "baseline": _alert("baseline", with_evidence(PLAIN_ALERT, *PIECES["baseline"])),
    "pin": _alert(
        "pin", with_evidence(replace(IMPROVED, confidence="A person has pinned this status."), *PIECES["pin"])
    ),
    "rules": _alert("rules", with_evidence(replace(IMPROVED, confidence=""), *PIECES["rules"])),
    "readers": _alert(
        "readers",
        with_evidence(replace(PLAIN_ALERT, footer=replace(ALERT.footer, sources=READERS_LINE)), *PIECES["readers"]),
    ),
    "contested": _alert(
        "contested",
        replace(PLAIN_ALERT, headline=replace(PLAIN_ALERT.headline, contested=True), confidence=CONTESTED_TEXT),
    ),
    "no target": _alert("no-target", replace(PLAIN_ALERT, progress=replace(PROGRESS, share=None, done=None, due=None))),
    "in chinese": _alert(
        "in-chinese",
        replace(
            PLAIN_ALERT,
            evidence=EvidenceSection(EVIDENCE, ReportLink(EVIDENCE[1].url, EVIDENCE[1].outlet, "in Chinese")),
        ),
    ),
    "repeat": replace(ALERT_PARCEL, repeat=True),
    "digest": DIGEST_PARCEL,
    "quiet digest": _digest("quiet", QUIET_DIGEST),
    "busy digest": _digest("busy", _busy_week()),
    "repeated digest": replace(DIGEST_PARCEL, repeat=True),
}
"""One parcel for each kind of message and each part that a kind has of its own."""
