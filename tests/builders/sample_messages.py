"""Hand-written messages of every kind, for tests of the renderers and channels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from monitor.domain.messages.briefs import (
    AlertBrief,
    ChartPoint,
    Command,
    DeadlineLine,
    DifferingStory,
    DigestBlock,
    DigestBrief,
    DigestEvent,
    EvidenceLine,
    EvidenceSection,
    Footer,
    Headline,
    OtherCommitment,
    OutboundMessage,
    ProgressLine,
    ReaderCounts,
    ReportLink,
    StatusLine,
    StatusSpan,
    StatusTimeline,
    UncheckedLine,
)
from monitor.domain.messages.change_text import ChangeText
from monitor.domain.model import FURTHER_EVIDENCE

NOW = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
DUE = date(2026, 6, 30)
ROUTE = (
    "You get this because the route “trade desk” follows every commitment at severity notable or higher. "
    "To change it, edit that route in config.toml."
)


def _ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


PROGRESS = ProgressLine(
    text="grain traders: 5.1–5.6 Mt (not confirmed); the farm department: 3.4 Mt; customs: 2.9 Mt",
    bar="[#####---------------] 28%",
    share=3.4 / 12,
    counted=3.4e6,
    target=12e6,
    unit="t",
    counted_text="3.4 Mt of 12 Mt booked (28%)",
    target_text="12 Mt",
    start=date(2026, 1, 1),
    due=DUE,
    points=(
        ChartPoint("the farm department", _ago(58), 0.9e6),
        ChartPoint("the farm department", _ago(30), 2.2e6),
        ChartPoint("customs", _ago(16), 2.9e6),
        ChartPoint("the farm department", _ago(9), 3.4e6),
        ChartPoint("grain traders", _ago(2), 5.1e6, confirmed=False),
    ),
    done=28,
    heading="Counted so far for the first half of 2026",
)

EVIDENCE = (
    EvidenceLine(
        basis="quote",
        quote="Buyers in the country have put off two cargoes of soybeans until the tariff question is settled",
        outlet="Harbour Wire",
        others=6,
        says="US Trade Office says",
        when="14 Mar 2026 07:06 UTC",
        url="https://harbour-wire.example/2026/03/14/soybean-cargoes-put-off",
        rule="soybean-purchases.postponed",
        version="3f9c1a",
        signal="5f3a9c1b2d4e6071",
    ),
    EvidenceLine(
        basis="quote",
        quote="采购按计划进行，没有推迟",
        outlet="Commerce Daily",
        says="China Commerce Ministry says",
        when="14 Mar 2026 08:18 UTC",
        url="https://commerce-daily.example/a?id=77&lang=zh",
        rule="soybean-purchases.on-course",
        version="8d20bb",
        against=True,
        signal="81b2c3d4e5f60718",
        gloss="in Chinese: China keeps to its orders",
    ),
)
DATES = (
    DeadlineLine("Soybeans 12 Mt", DUE, 108, "current", "both sides", "12 Mt booked due 30 Jun 2026, in 108 days"),
    DeadlineLine(
        "Tariff truce",
        date(2026, 4, 2),
        19,
        "claimed",
        "the United States",
        "the truce ends 2 Apr 2026, in 19 days (only the US says so)",
    ),
)
CHANGES = (
    ChangeText(
        id="soybean-purchases-0007",
        commitment="soybean-purchases",
        name="Soybeans 12 Mt",
        kind="status",
        direction="down",
        cause="news",
        before="in_progress",
        after="at_risk",
        status="at_risk",
        now="AT RISK",
        headline="Buyers put off two cargoes",
        report="5f3a9c1b2d4e6071",
        text="Was IN PROGRESS, now AT RISK",
        reason="Two cargoes put off until the tariff question is settled",
        detail="Two cargoes put off until the tariff question is settled",
        happened=_ago(0.1),
        when="14 Mar 2026 07:06 UTC",
    ),
    ChangeText(
        id="tariff-truce-0002",
        commitment="tariff-truce",
        name="Tariff truce",
        kind="deadline",
        direction="up",
        cause="news",
        before="2026-04-02",
        after="2026-07-02",
        status="in_force",
        now="",
        headline="The US names a new date, 2 Jul 2026",
        report="",
        text="End date: was 2 Apr 2026, now 2 Jul 2026",
        reason="The United States extended the truce by three months",
        detail="The United States extended the truce by three months",
        happened=_ago(3),
        when="11 Mar 2026 16:00 UTC",
        late=True,
    ),
)


def sample_timeline(short: str, *spans: tuple[str, float, float]) -> StatusTimeline:
    """A timeline from (status, days ago it began, days ago it ended)."""
    return StatusTimeline(short, tuple(StatusSpan(status, _ago(begin), _ago(end)) for status, begin, end in spans))


TIMELINES = (
    sample_timeline("Soybeans 12 Mt", ("pledged", 90, 73), ("in_progress", 73, 0.1), ("at_risk", 0.1, 0)),
    sample_timeline("Tariff truce", ("in_force", 90, 40), ("at_risk", 40, 22), ("in_force", 22, 0)),
    sample_timeline("Port fees", ("in_force", 90, 55), ("stalled", 55, 12), ("lapsed", 12, 0)),
    sample_timeline("App sale", ("in_progress", 90, 51), ("met", 51, 0)),
    sample_timeline("Ore licences", ("pledged", 90, 62), ("partly_met", 62, 30), ("breached", 30, 0)),
)

ALERT = AlertBrief(
    message_id="sample-alert",
    kind="alert",
    commitment="soybean-purchases",
    direction="down",
    at=_ago(0.1),
    as_of=NOW,
    headline=Headline(
        "Soybeans now AT RISK: Buyers put off two cargoes", "at_risk", "AT RISK (in progress)", True, True
    ),
    changes=CHANGES,
    moved="Was IN PROGRESS, now AT RISK",
    confidence="Only the US Trade Office says so, as reported by Harbour Wire and 6 others. "
    "China has not confirmed it.",
    note="Held back during quiet hours.",
    evidence=EvidenceSection(EVIDENCE, ReportLink(EVIDENCE[0].url, EVIDENCE[0].outlet)),
    promise="China buys 12 million tonnes of US soybeans by the end of June 2026",
    progress=PROGRESS,
    deadlines=DATES[:1],
    next="Back to IN PROGRESS when China acts on the promise or the threat has passed. "
    "Silence alone does not change this.",
    timeline=TIMELINES[0],
    others=(OtherCommitment("tariff-truce", "Both sides keep the tariff cuts", "IN FORCE", "in_force"),),
    footer=Footer(
        ROUTE,
        "14 Mar 2026 09:30 UTC",
        "Rules and readers: rule soybean-purchases.postponed (version 3f9c1a); rule soybean-purchases.on-course "
        "(version 8d20bb).",
        (
            Command("Misread", "deal-monitor evidence reject 5f3a9c1b2d REASON"),
            Command("Too many alerts", "deal-monitor commitment mute soybean-purchases REASON --until 7d"),
            Command("Wrong status", "deal-monitor commitment pin soybean-purchases STATUS REASON SOURCE"),
        ),
    ),
)

BLOCKS = (
    DigestBlock(
        "soybean-purchases",
        "Soybeans 12 Mt",
        "at_risk",
        "was IN PROGRESS, now AT RISK (14 Mar)",
        "In between: PARTLY MET (9 Mar).",
        events=(
            DigestEvent(
                "14 Mar",
                _ago(0.1),
                "Buyers put off two cargoes of soybeans until the tariff question is settled",
                "Harbour Wire and 6 others",
                lead=True,
            ),
            DigestEvent("9 Mar", _ago(5), "The farm department counts 3.4 Mt", "Grain Courier", "progress: 28%"),
        ),
        more=2,
        quote="US Trade Office says: “The two cargoes will not sail before the tariff question is settled”",
        report=ReportLink(EVIDENCE[0].url, EVIDENCE[0].outlet),
        doubts=("Contested: the US Trade Office says cargoes are put off; the China Commerce Ministry denies it.",),
        facts=("So far 3.4 Mt of 12 Mt booked (28%).", "12 Mt booked due 30 Jun 2026, in 108 days."),
    ),
    DigestBlock(
        "soybean-purchases-annual",
        "Soybeans 25 Mt a year",
        "pledged",
        "still PLEDGED (since 30 Oct 2025)",
        part=True,
        events=(DigestEvent("13 Mar", _ago(1), "中方称采购按计划进行，没有推迟", "Commerce Daily", lead=True),),
        report=ReportLink(EVIDENCE[1].url, EVIDENCE[1].outlet, "in Chinese"),
    ),
    DigestBlock(
        "tariff-truce",
        "Tariff truce",
        "in_force",
        "still IN FORCE (since 20 Feb 2026)",
        events=(
            DigestEvent(
                "11 Mar",
                _ago(3),
                "The United States extended the truce by three months",
                "Dock News",
                "deadline: was 2 Apr 2026, now 2 Jul 2026; first seen late",
                lead=True,
            ),
        ),
        facts=("Also reported by Harbour Wire, Commerce Daily, Grain Courier and 2 others.",),
    ),
)
DIGEST = DigestBrief(
    subject="Digest, 7 - 13 Mar: Soybeans now AT RISK: Buyers put off two cargoes",
    opening=(
        "Soybeans 12 Mt went from IN PROGRESS to AT RISK: Buyers put off two cargoes of soybeans until the tariff "
        "question is settled.",
        "Tariff truce stayed IN FORCE: The United States extended the truce by three months.",
    ),
    blocks=BLOCKS,
    timelines=TIMELINES,
    unmoved=(
        StatusLine("ore-licences", "Ore licences", "breached", "BREACHED", "12 Feb 2026", "", "", "overdue"),
        StatusLine("port-fees", "Port fees", "lapsed", "LAPSED", "2 Mar 2026", "1 Mar 2026 (passed)", "", "unchecked"),
        StatusLine(
            "beef-orders",
            "Beef and pork from registered plants",
            "stalled",
            "STALLED (in progress since 12 Jan 2026)",
            "3 Mar 2026",
            "2 Apr 2026 (19 days)",
            "40 kt of 100 kt shipped (40%)",
            "behind pace, no news",
        ),
        StatusLine("app-sale", "App sale", "met", "MET", "22 Jan 2026", "", "", ""),
    ),
    unchecked=(
        UncheckedLine("unchecked", "Port fees:", "could not be checked: 0 of 3 sources read since 28 Feb 2026."),
        UncheckedLine("failing", "1 source does not answer:", "Ministry of Commerce (since 12 Mar 2026, HTTP 503)."),
        UncheckedLine(
            "frozen",
            "2 sources keep sending the same page:",
            "Harbour notices (since 1 Mar 2026) and Port gazette (since 3 Mar 2026).",
        ),
        UncheckedLine("muted", "App sale:", "alerts muted until 20 Mar 2026 08:00 UTC: the joint venture is set up."),
    ),
    counts="1 status change, 2 events of note, 1 other change; 1 breached, 1 lapsed, 1 at risk, 1 contested; "
    "reliable sources: 27 of 30.",
    start=_ago(7),
    end=NOW,
    period="7 to 13 Mar 2026",
    route=ROUTE,
    data_time="14 Mar 2026 09:30 UTC",
    readers=ReaderCounts(
        "154 stories were read. Of 61 about a commitment the model and the rules read 44 the same way (72%).",
        (
            "Of 31 stories that the model reads as about Soybean purchases, the rules read 22 the same way and 3 "
            "differently; they miss 6 and see 2 that the model does not.",
        ),
        ("soybean-purchases/bought: 9 the same, 3 another effect, 2 not about it",),
        "deal-monitor model check",
        (
            DifferingStory(
                "Beijing's grain buyer takes two more shiploads from the Gulf",
                "Harbour Wire",
                "12 Mar",
                "soybean-purchases: rules nothing, qwen3:8b progress",
                "deal-monitor inbox record 00a1b2c3d4e5f607 soybean-purchases=progress",
            ),
        ),
    ),
)

ALERT_PARCEL = OutboundMessage("sample-alert", 1, "email", "reader@example.org", "alert", "soybean-purchases", ALERT)
DIGEST_PARCEL = OutboundMessage("sample-digest", 2, "email", "reader@example.org", "digest", "", DIGEST)

# ---------------------------------------------------------------- every kind there is

RETRACTED_EVIDENCE = (
    EvidenceLine(
        "correction",
        "Harbour Wire took its report back: the two cargoes sailed on 12 Mar 2026",
        outlet="a correction to the evidence",
        when="14 Mar 2026 08:18 UTC",
    ),
)
DEADLINE_EVIDENCE = (
    EvidenceLine("calendar", "12 Mt booked due 14 Mar 2026, today", outlet="the calendar", when="14 Mar 2026"),
)
BASELINE_EVIDENCE = (
    EvidenceLine(
        "baseline",
        "pledged; the text names 12 Mt by the end of June",
        outlet="the baseline in the rules",
        when="1 Nov 2025",
        url="https://agreements.example/soybeans?annex=b&page=3",
    ),
)
_BY_MODEL = replace(EVIDENCE[0], rule="", version="")
READERS_EVIDENCE = (
    EVIDENCE[0],
    replace(
        EVIDENCE[0],
        quote="Traders say that the March orders are off the table for now",
        outlet="Dock News",
        says="",
        read_by="read by the rule soybean-purchases/postponed and by qwen3:8b (question 1a2b3c4d)",
    ),
    replace(
        _BY_MODEL,
        quote="The buying office has told its agents to stand down",
        outlet="Grain Courier",
        says="",
        read_by="read by qwen3:8b (question 1a2b3c4d); the rule soybean-purchases/threatened finds a threat in it",
    ),
    replace(
        _BY_MODEL,
        quote="Two ships that waited off the coast have turned round",
        outlet="Port Paper",
        read_by="read by Ann Lee; qwen3:8b (question 1a2b3c4d) finds nothing in it",
    ),
)
"""A rule alone; a rule and a model; a model, where a rule differs; a person, where a model differs."""
READERS_LINE = "Rules and readers: rule soybean-purchases.postponed (version 3f9c1a); " + "; ".join(
    line.read_by for line in READERS_EVIDENCE[1:]
)
PIN_EVIDENCE = (
    EvidenceLine(
        "intervention",
        "Pinned by the trade desk: the talks go on",
        outlet="a person's intervention",
        when="14 Mar 2026",
    ),
)
RULES_EVIDENCE = (
    EvidenceLine("rules", "status: at risk to in progress", outlet="an edit to the rules", when="14 Mar 2026"),
)
HELD_SECTIONS = (
    OtherCommitment("tariff-truce", "Both sides keep the tariff cuts", "IN FORCE", "in_force"),
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
FURTHER_SAMPLE = replace(
    PLAIN_ALERT,
    kind=FURTHER_EVIDENCE,
    headline=replace(PLAIN_ALERT.headline, text="Soybeans: Grain Courier and Harbour Wire report it too"),
    direction="other",
    moved="Reported before (14 Mar 2026 07:06 UTC): Was IN PROGRESS, now AT RISK",
    note="The status is unchanged: another source now says the same.",
)
NOTICE = AlertBrief(
    message_id="sample-notice",
    kind="notice",
    commitment="",
    direction="down",
    at=_ago(0.1),
    as_of=NOW,
    headline=Headline("CHANNEL BROKEN · slack · no message leaves through it", "trouble", "broken"),
    confidence="The channel itself said so.",
    note="Messages for slack wait in the outbox and go out in order once it is repaired: invalid_auth",
    evidence=EvidenceSection((EvidenceLine("monitor", "invalid_auth", outlet="slack", when="14 Mar 2026 09:30 UTC"),)),
    next="Repair the cause (a token, a password, a certificate, a setting); the outbox tries once a minute.",
    footer=Footer(ROUTE, "14 Mar 2026 09:30 UTC"),
)
QUIET_DIGEST = replace(
    DIGEST,
    blocks=(),
    readers=None,
    unchecked=(),
    subject="Digest, 7 - 13 Mar: no changes",
    opening=("No status changed, and no event of note was reported.", "BREACHED: Ore licences."),
    counts="nothing changed; reliable sources: 30 of 30.",
)
CONTESTED_TEXT = "Contested: the US Trade Office and the China Commerce Ministry contradict each other."
BUSY_COUNT = 500


def _busy_week() -> DigestBrief:
    blocks = tuple(replace(BLOCKS[at % 3], short=f"Promise {at}", part=False) for at in range(BUSY_COUNT))
    return replace(
        DIGEST,
        subject=f"Digest, 7 - 13 Mar: {BUSY_COUNT} promises moved",
        opening=(f"{BUSY_COUNT} promises moved.",),
        blocks=blocks,
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
    "further evidence": _alert("further", FURTHER_SAMPLE),
    "correction": _alert("correction", with_evidence(replace(IMPROVED, kind="correction"), *RETRACTED_EVIDENCE)),
    "summary": _alert("summary", replace(PLAIN_ALERT, kind="summary", changes=CHANGES, others=HELD_SECTIONS)),
    "notice": _alert("notice", NOTICE),
    "clock": _alert("clock", with_evidence(replace(PLAIN_ALERT, progress=None, timeline=None), *DEADLINE_EVIDENCE)),
    "baseline": _alert("baseline", with_evidence(PLAIN_ALERT, *DEADLINE_EVIDENCE, *BASELINE_EVIDENCE)),
    "pin": _alert(
        "pin", with_evidence(replace(IMPROVED, confidence="A person has pinned this status."), *PIN_EVIDENCE)
    ),
    "rules": _alert("rules", with_evidence(replace(IMPROVED, confidence=""), *RULES_EVIDENCE)),
    "readers": _alert(
        "readers",
        with_evidence(replace(PLAIN_ALERT, footer=replace(ALERT.footer, sources=READERS_LINE)), *READERS_EVIDENCE),
    ),
    "contested": _alert(
        "contested",
        replace(PLAIN_ALERT, headline=replace(PLAIN_ALERT.headline, contested=True), confidence=CONTESTED_TEXT),
    ),
    "no target": _alert(
        "no-target", replace(PLAIN_ALERT, progress=replace(PROGRESS, share=None, bar="", done=None, due=None))
    ),
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
