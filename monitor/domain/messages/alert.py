"""Builds an alert and its relatives from a decided message; the longer sections have functions of their own. Every
figure and phrase is settled here and in `digest`; mail, Slack and files only lay them out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from monitor.domain.matching.document import TITLE
from monitor.domain.messages import briefs
from monitor.domain.messages.cause import ALSO, MAX_INSIDE, is_blow_ahead, trouble
from monitor.domain.messages.change_text import REPORTED, ChangeText, change_text
from monitor.domain.messages.confidence import OFFICIAL_DATE, confidence_line, is_formal, is_retold, supporting
from monitor.domain.messages.context import RenderContext, known_signals, spoken_name
from monitor.domain.messages.evidence_lines import baseline_line, choose_main_report, evidence_lines, retracted_signals
from monitor.domain.messages.figures import progress_line, status_timeline
from monitor.domain.messages.headline import ends_trouble, ranked_reports
from monitor.domain.messages.next_steps import announced, is_answered, next_step, stays_until
from monitor.domain.messages.subject import (
    MAX_SUBJECT,
    MAX_TITLE,
    doubted_status,
    route_line,
    shown_status,
    subject_of,
    topic_of,
)
from monitor.domain.model import NEGATIVE_EFFECTS, changes, reasons
from monitor.domain.model.commitments import Commitment
from monitor.domain.model.enums import (
    Cause,
    Direction,
    Effect,
    FlagKind,
    FlagState,
    Kind,
    Outlook,
    Says,
    Severity,
    Standing,
    Tier,
    TransitionKind,
)
from monitor.domain.model.news import Signal
from monitor.domain.model.routes import Message, Route
from monitor.domain.model.verdicts import Flag, Transition, Verdict
from monitor.domain.stories.headline_cut import cut_headline
from monitor.domain.stories.titles import plain_title
from monitor.domain.text.folding import is_unspaced
from monitor.domain.text.labels import (
    capitalised,
    decapitalised,
    format_date,
    format_time,
    format_when,
    join_few,
    local_day,
    status_caps,
)
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts import standing as standings
from monitor.domain.verdicts.corroboration import by_source, count_sources
from monitor.domain.verdicts.decide import baseline_at
from monitor.domain.verdicts.supporting_evidence import status_evidence
from monitor.errors import RenderError

TIMELINE_DAYS = 120
"""Days of the status timeline: four months, an estimate of how far back a reader wants to see."""
BASES_WITHOUT_QUOTE: Mapping[Cause, tuple[briefs.EvidenceBasis, str]] = {
    Cause.CLOCK: ("calendar", "the calendar"),
    Cause.PERSON: ("intervention", "a person's intervention"),
    Cause.CORRECTION: ("correction", "a correction to the evidence"),
    Cause.RULES: ("rules", "an edit to the rules"),
}
"""Causes that change a verdict without a sentence to quote: the basis that is shown instead, and its source."""
SAME_ACT = timedelta(days=2)
"""Reports of one act follow each other within this time: an estimate. On the archive it joins the reports of 8 and
9 October 2025 on one tightening of controls."""
SIGNAL_PREFIX = 10
"""Characters of a signal's id in a command: the command takes any unique beginning."""


@dataclass(frozen=True, slots=True)
class Lead:
    """The material of an alert, about its most important change (`change`). context: with cleaned commitments;
    transitions: the change first; evidence: all signals behind the message; heard: those behind the change; told: of
    these those that report the act in the headline; reports: those to quote, the best first; flags: those of verdict
    and change that concern it, kinds: theirs; ended: the change that began the trouble which this one ends."""

    message: Message
    context: RenderContext
    change: Transition
    transitions: tuple[Transition, ...]
    commitment: Commitment
    verdict: Verdict
    evidence: tuple[Signal, ...]
    heard: tuple[Signal, ...]
    told: tuple[Signal, ...]
    reports: tuple[Signal, ...]
    flags: tuple[Flag, ...]
    kinds: frozenset[FlagKind]
    texts: tuple[ChangeText, ...]
    ended: Transition | None = None


def alert_brief(
    message: Message, context: RenderContext, route: Route, history: Sequence[Transition]
) -> briefs.AlertBrief:
    """Build the brief of an alert, confirmation, correction or summary. context: with the commitments and
    verdicts of all transitions, in the route's zone. history: earlier transitions of these commitments. Raises
    RenderError if there is nothing to show."""
    clean = context.cleaned(item.commitment for item in message.transitions)
    context = replace(clean, commitments={**context.commitments, **clean.commitments})
    lead, *further = _events(message, context, history)
    commitment, verdict = lead.commitment, lead.verdict
    told, others, topics = {lead.texts[0].headline}, list[briefs.OtherCommitment](), list[tuple[str, str]]()
    for each in further:
        others.append(_other(each, told))
        if others[-1].text:
            told.add(each.texts[0].headline)
            same = topic_of(each.commitment) == topic_of(commitment)
            topics.append((each.commitment.short if same else topic_of(each.commitment), each.texts[0].now))
    subject, title = (subject_of(topic_of(commitment), lead.texts[0], topics, n) for n in (MAX_SUBJECT, MAX_TITLE))
    contested, pinned = FlagKind.CONTESTED in lead.kinds, FlagKind.PINNED in lead.kinds
    # A pinned status is in no doubt, whatever the reports say.
    certain = [f for f in lead.flags if f in verdict.flags and not (pinned and f.kind is FlagKind.UNCONFIRMED)]
    by_clock = lead.change.cause is Cause.CLOCK
    dated = by_clock and bool(lead.told) and lead.told[0].effect is Effect.DEADLINE
    sure = _sure(lead, certain, dated=dated) if lead.evidence or not pinned else ""
    if by_clock and not sure and not pinned and commitment.baselines:
        page = baseline_at(commitment, lead.change.at).source
        label = OFFICIAL_DATE if context.publishers.find("", page).tier is Tier.OFFICIAL else "date given by"
        sure = f"{capitalised(label)}: {spoken_name(context.outlet('', page), context)}."
    if dated and isinstance(lead.change.change, changes.StatusChanged):
        sure += " No report of the act itself yet."
    evidence, below = _evidence(lead), {(other.line.outlet, other.line.quote) for other in others if other.line}
    quoted = tuple(line for at, line in enumerate(evidence.lines) if not at or (line.outlet, line.quote) not in below)
    recorded = {item.id: item for item in (*history, *message.transitions)}.values()
    # The status just reached gets an hour, so that it can be seen.
    start, end = context.now - timedelta(days=TIMELINE_DAYS), context.now + timedelta(hours=1)
    texts = tuple(text for each in (lead, *further) for text in each.texts)
    notice, status = lead.change.change, (shown_status(verdict), doubted_status(verdict))
    # What is said of a date says itself whose it is.
    doubted = lead.change.kind is not TransitionKind.DEADLINE and _is_unconfirmed(lead)
    told_date = rf" ?[^.]* due on {format_date(notice.date)}\." if isinstance(notice, changes.NoticeDue) else "$^"
    seen = [signal.id for signal in lead.reports[: briefs.MAX_QUOTES]]
    coming = next_step(commitment, verdict, context, seen, _over(lead)[1], _until(lead))
    return briefs.AlertBrief(
        message_id=message.id,
        kind=message.kind,
        commitment=commitment.id,
        direction=lead.change.way.value,
        at=message.at,
        as_of=context.now,
        headline=briefs.Headline(subject, verdict.status, *status, doubted, contested, title),
        changes=texts,
        moved=capitalised(_moved(lead)),
        confidence=f"A person has pinned this status. {sure}".rstrip() if pinned else sure,
        note=one_line(message.note),
        evidence=replace(evidence, lines=quoted),
        promise=commitment.name,
        progress=progress_line(verdict.progress, commitment, context),
        next=re.sub(told_date, "", coming) or coming,
        timeline=status_timeline(verdict, commitment.short, recorded, start, end, context.zone),
        others=tuple(others),
        footer=_footer(lead, texts, route),
        zone=route.zone,
    )


def _events(message: Message, context: RenderContext, history: Sequence[Transition]) -> list[Lead]:
    """The material of each commitment in a message, the leading one first; of the others, those without a name or a
    verdict are left out."""
    if not message.transitions:
        raise RenderError(f"message {message.id} carries no transition", subject=message.id)
    groups: dict[str, list[Transition]] = {}
    for item in sorted(message.transitions, key=standings.leads, reverse=True):
        groups.setdefault(item.commitment, []).append(item)
    earlier = (t for t in history if t not in message.transitions and t.severity > Severity.ROUTINE)
    told = tuple(key for t in earlier if t.at < message.at for key in t.evidence)
    first, events = next(iter(groups)), []
    for name, moves in groups.items():
        commitment, verdict = context.commitments.get(name), context.verdicts.get(name)
        if commitment is not None and verdict is not None:
            # A new status comes before what else happened to a commitment.
            moves.sort(key=lambda item: item.kind is not TransitionKind.STATUS)
            event = _event(message, context, moves, commitment, verdict, told)
            events.append(replace(event, ended=_began(moves[0], history)))
        elif name == first:
            missing = "rules no longer name" if commitment is None else "no verdict is stored for"
            text = f"message {message.id} about {name}: {missing} the commitment"
            raise RenderError(text, subject=message.id)
    return events


def _began(change: Transition, history: Sequence[Transition]) -> Transition | None:
    """The change that began the trouble which this one ends; None of other changes, and where a later blow may have
    become the cause."""
    if not (ends_trouble(change) and isinstance(change.change, changes.StatusChanged)):
        return None
    own = [t for t in history if t.commitment == change.commitment and t.at < change.at]
    falls = [t for t in own if t.way is Direction.DOWN and t.severity > Severity.ROUTINE]
    last = max(falls, key=lambda item: item.at, default=None)
    began = last is not None and isinstance(last.change, changes.StatusChanged) and last.change.new is change.change.old
    return last if began else None


def _event(
    message: Message,
    context: RenderContext,
    moves: Sequence[Transition],
    commitment: Commitment,
    verdict: Verdict,
    earlier: tuple[str, ...],
) -> Lead:
    """Collects the material of one commitment. moves: its changes, the most important first; earlier: the signals of
    former changes, so that an update leads with what is new.

    1. Collect the evidence: of its changes, of both sides of a dispute. The remaining evidence of the status replaces
       retracted evidence.
    2. Rank the reports to quote.
    3. Find the flags that concern the change.
    """
    change, transitions, retracted = moves[0], (*moves,), retracted_signals(moves)
    disputed = [key for flag in verdict.flags if flag.kind is FlagKind.CONTESTED for key in flag.evidence]
    ids = [key for item in transitions for key in (*item.evidence, *item.reason.signals)]
    of_date = isinstance(change.change, changes.NoticeDue | changes.DeadlineMissed) and change.change.what
    named = [
        key for d in verdict.deadlines if d.what == of_date and d.state in ("current", "claimed") for key in d.evidence
    ]
    ids += [*disputed, *named, *(status_evidence(verdict) if retracted else ())]
    evidence = known_signals((*(key for key in ids if key not in retracted), *message.supporting), context)
    evidence = tuple(signal for signal in evidence if signal.commitment == commitment.id)
    reports = by_source(ranked_reports(replace(change, continues=(*change.continues, *earlier)), evidence, context))
    behind = {*named} if of_date else {*change.evidence, *change.reason.signals, *message.supporting, *disputed}
    heard = tuple(s for s in evidence if s.id in behind) or (() if of_date else evidence)
    first = change_text(change, context, reports)
    others = (change_text(item, context) for item in transitions[1:])
    # What else a story did to its commitment is the same news.
    texts = (first, *(text for text in others if not first.report or text.report != first.report))
    main = next((signal for signal in reports if signal in heard), None)
    # No preview confirms what has happened.
    settled = main is not None and not main.is_ahead
    read = {s.story for s in heard if s.title_is_news and not (settled and s.is_ahead)}
    news = (s for s in heard if s is main or s.says is not Says.PRESS or s.story in read)
    presumed = isinstance(change.reason.detail, reasons.Presumed)  # the reports of several days are its sources
    told = heard if presumed else supporting(main, (*news, *(_again(main, context) if main else ())))
    units = {target.unit for target in commitment.targets} if change.kind is TransitionKind.STATUS else ()
    if main and main.quantity and main.quantity.unit in units:  # earlier counts support the new status too
        told = tuple(dict.fromkeys((*told, *(s for s in heard if s.quantity and s.id in change.evidence))))
    # An event is told by the reports of its own act, and by the word of another side of it; a new status by all that it
    # rests on. An older report is no news, unless it gives a count or a side of a contradiction.
    kept = {*disputed, *(text.report for text in texts)}
    if main and main.says.parties:
        kept |= {s.id for s in heard if s.says.parties & main.by.parties - main.says.parties}
    press = {s.id for s in heard if s.says is Says.PRESS and not s.quantity and s.story not in read and s is not main}
    shown = behind if isinstance(change.change, changes.StatusChanged) else {signal.id for signal in told}
    final = isinstance(change.change, changes.StatusChanged) and change.change.new is Standing.MET
    shown = {*shown} - press if settled and final else shown
    since = change.happened - timedelta(days=context.policy.outlook_days)
    keep = {first.report, *(s.id for s in told if presumed)}
    fresh = (s for s in reports if s.quantity or s.id in keep or context.stories[s.story].published_at >= since)
    reports = tuple(s for s in fresh if s.id in shown or s.id in kept) or reports
    # The sources of the main report first, then known outlets.
    reports = tuple(sorted(reports, key=lambda s: (s not in told, s.tier > Tier.TRADE)))

    # A doubt about a date concerns only changes of dates. A doubt that rests on other reports than the message is no
    # doubt about a fall, nor is one about a status still to come, or about a meeting that is.
    is_about_dates = change.kind is TransitionKind.DEADLINE
    dates = set() if is_about_dates else {deadline.what for deadline in verdict.deadlines}
    coming = announced(commitment, verdict, context) if commitment.kind is Kind.SERIES else ()
    awaits = {Standing.MET.value} if any(day - context.today <= timedelta(days=1) for day, _ in coming) else set()
    flags: list[Flag] = []
    for flag in (*verdict.flags, *change.flags):
        may_differ = change.way is Direction.DOWN or isinstance(flag.detail, reasons.Awaiting | reasons.Sighted)
        elsewhere = may_differ and ids and flag.evidence and {*flag.evidence}.isdisjoint(ids)
        if flag.kind is not FlagKind.UNCONFIRMED or (flag.subject not in dates | awaits and not elsewhere):
            flags.append(flag)
    kinds, found = frozenset(flag.kind for flag in flags), (commitment, verdict, evidence, heard, told, reports)
    return Lead(message, context, change, transitions, *found, tuple(flags), kinds, texts)


def _again(main: Signal, context: RenderContext) -> Iterator[Signal]:
    """Further reports that read as the main one, whether or not the change rests on them: all count that are known."""
    act = (main.commitment, main.rule, main.effect, main.by)
    for signal in known_signals(context.signals, context):
        same = (signal.commitment, signal.rule, signal.effect, signal.by) == act
        if same and signal.title_is_news and signal.field == TITLE and not signal.passing:
            yield signal


def _other(event: Lead, told: Collection[str]) -> briefs.OtherCommitment:
    """A further commitment of a message: what happened in a sentence, how sure it is, and its best report. An event
    without a new status that `told` has already is not told again."""
    first, status = event.texts[0], shown_status(event.verdict)
    found = briefs.OtherCommitment(event.commitment.id, event.commitment.name, status, event.verdict.status)
    is_status = isinstance(event.change.change, changes.StatusChanged)
    if first.headline in told and not is_status:
        return found
    doubts = [flag for flag in event.flags if flag in event.verdict.flags and is_status]
    sure = _sure(event, doubts)
    moved = _moved(event)
    line = next(iter(_evidence(event).lines), None)
    is_shown = line is not None and (line.basis != "quote" or first.headline in line.gloss)
    if not (first.report or is_status or is_shown or first.text in moved):
        moved = f"{first.headline}; {moved}"
    text = f"{first.name}: {decapitalised(moved)}"
    return replace(found, text=text, sure=sure, line=None if first.headline in told else line)


def _is_unconfirmed(lead: Lead) -> bool:
    """Whether the change is still in doubt: no date that passes, no pinned status, no confirmed change."""
    change = lead.change
    if isinstance(change.change, changes.EventNoted):  # the verdict's doubts are about its status
        return change.severity is Severity.ROUTINE
    by_calendar = change.cause is Cause.CLOCK or isinstance(change.change, changes.NoticeDue | changes.DeadlineMissed)
    raised = isinstance(change.change, changes.FlagChanged) and change.change.new is FlagState.RAISED
    repeated = {*change.continues} & {*change.evidence, *change.reason.signals}
    confirmed = change.confirms and not raised and (not change.continues or repeated)
    if FlagKind.PINNED in lead.kinds or confirmed or by_calendar or (is_formal(lead.told) and not raised):
        return False
    # Reports may not suffice to turn the outlook, while two sources report the step or the term of this message.
    is_step = isinstance(change.change, changes.StepChanged | changes.TermsChanged | changes.ShareChanged)
    details = [flag.detail for flag in lead.flags if flag.kind is FlagKind.UNCONFIRMED]
    return any(not (is_step and isinstance(each, reasons.Sighted) and each.origins > 1) for each in details)


def _moved(lead: Lead) -> str:
    """What happened to the status, and to dates and counts."""
    counted = changes.DeadlineMoved | changes.ShareChanged
    ids = {item.id for item in lead.transitions[1:] if isinstance(item.change, counted)}
    also = (text.text for text in lead.texts[1:] if text.id in ids)
    return "; ".join((_status_line(lead), *map(decapitalised, also)))


def _status_line(lead: Lead) -> str:
    """The status before and after, or why it stays. 'Was IN PROGRESS, now MET';
    'A step forward; still AT RISK over the threat by the US for 1 Nov 2025'."""
    text, change, status = lead.texts[0], lead.change, lead.verdict.status
    stays = _stays(lead)
    stands = isinstance(change.change, changes.StatusChanged) and change.change.new is change.standing
    doubt = (
        f", subject to confirmation{_by_whom(lead)}"
        if stands and not change.outlook_only and _is_unconfirmed(lead)
        else ""
    )
    but = ", and" if change.way is Direction.DOWN else ", but"
    if status not in (Outlook.AT_RISK, Outlook.STALLED):
        but = ";"
    match change.change:
        case changes.StatusChanged(old=old, new=new) if old is not new and new != status:
            over = f"{but} still {status_caps(status)}{_over(lead)[0]}"
            return f"was {status_caps(old)}, now {status_caps(new)}{doubt}{over}"
        case changes.StatusChanged(old=old, new=new) if old is not new:
            if change.cause is Cause.CLOCK and isinstance(change.reason.detail, reasons.Quoted):
                return f"{text.text}: the announced date has come"
            if isinstance(change.reason.detail, reasons.BehindPace):
                return f"{text.text}: {text.reason.partition('; ')[2]}"
            if isinstance(change.reason.detail, reasons.Presumed):
                return f"{text.text}: reports of several days take it as done"
            return f"{text.text}{_ended(lead)}{doubt}"
        case changes.FlagChanged(new=FlagState.RAISED) | changes.NoticeDue() | changes.DeadlineMissed():
            return stays  # the subject says it
        case changes.FlagChanged():
            return text.text
        case changes.StepChanged(new=name) if name and (
            _is_unconfirmed(lead) or (count_sources(lead.told) == 1 and lead.told[0].says is Says.PRESS)
        ):
            return f"{REPORTED}{dict(lead.commitment.clauses).get(name, name)}; {stays}"
        case _:
            # What happened is in the subject: a word for it would say no more.
            noted = isinstance(change.change, changes.EventNoted) and change.cause is not Cause.CORRECTION
            if noted or text.headline == text.text:
                return stays
            return f"{text.text.partition('; ')[0]}; {stays}"


def _ended(lead: Lead) -> str:
    """What a trouble that is over was about: ' over “Trump threatens 100% tariffs” of 10 Oct 2025'; '' without a report
    in English."""
    began = lead.ended.reason.detail if lead.ended else None
    if lead.ended is None or not isinstance(began, reasons.Quoted) or any(map(is_unspaced, began.text)):
        return ""
    ahead = (record for record in lead.verdict.deadlines if is_blow_ahead(record, lead.context))
    behind = {*lead.ended.evidence, *lead.ended.reason.signals}
    blows = known_signals((key for record in ahead for key in record.evidence if key in behind), lead.context)
    if not all(is_answered(blow, lead.verdict, lead.context) for blow in blows):
        return ""  # what was threatened may still come
    day = format_date(local_day(lead.ended.happened, lead.context.zone))
    return f" over “{cut_headline(plain_title(began.text), MAX_INSIDE)}” of {day}"


def _stays(lead: Lead) -> str:
    """That the status stays, and why: the trouble that lasts, the doubt about this change, or the goal that is still to
    be reached. 'still AT RISK', without a promise 'a pledge is still AT RISK', 'still PLEDGED until both sides approve
    the sale', 'still IN FORCE for now', 'still PLEDGED: promised, not done yet'."""
    change, status = lead.change, status_caps(lead.verdict.status)
    if lead.verdict.status in (Outlook.AT_RISK, Outlook.STALLED):
        what = "a pledge is still" if lead.verdict.standing is Standing.UNPLEDGED else "still"
        over, blow = _over(lead)
        until = (
            " until this is confirmed" if isinstance(change.change, changes.FlagChanged) and _is_doubted(lead) else ""
        )
        is_blow = isinstance(change.change, changes.EventNoted) and change.way is Direction.DOWN
        if is_blow and not change.continues and not over.startswith(":"):
            since = f" since {format_date(local_day(lead.verdict.shown_since, lead.context.zone))}"
            also = ALSO if over == ALSO or _is_further_blow(lead, blow) else ""
            over = f"{over.removesuffix(ALSO) or since}{also}"
        return f"{what} {status}{' for now' if over and change.way is Direction.UP else ''}{over}{until}"
    if _is_doubted(lead):
        return f"still {status} {'for now' if change.way is Direction.DOWN else 'until this is confirmed'}"
    until = _until(lead)
    only_promised = lead.verdict.status is Standing.PLEDGED and any(s.effect is Effect.PLEDGE for s in lead.reports[:1])
    why = f" until {until}" if until else ": promised, not done yet" if only_promised else ""
    return f"still {status}{why}"


def _is_further_blow(lead: Lead, named: str) -> bool:
    """Whether a message tells of a deed besides the blow that it names: words add no cause, nor do more reports of that
    act within two days."""
    told, before = next(iter(lead.reports), None), lead.context.signals.get(named)
    if told is None or told.effect not in (Effect.SETBACK, Effect.BREACH):
        return False
    if before is None or (told.rule, told.by) != (before.rule, before.by):
        return True
    return told.happened.end - before.happened.end >= SAME_ACT


def _is_doubted(lead: Lead) -> bool:
    """Whether a status waits for a confirmation of this change."""
    if isinstance(lead.change.change, changes.FlagChanged):
        return (lead.change.change.flag, lead.change.change.new) == (FlagKind.UNCONFIRMED, FlagState.RAISED)
    own = {*lead.change.evidence, *lead.change.reason.signals}
    doubts = (f for f in lead.flags if f.kind is FlagKind.UNCONFIRMED and not isinstance(f.detail, reasons.Named))
    return any(own & {*flag.evidence} for flag in doubts if flag in lead.verdict.flags)


def _until(lead: Lead) -> str:
    """The goal at which the present status ends, if the message says that the status stays until then."""
    fell = lead.change.way is Direction.DOWN and lead.change.kind is not TransitionKind.DEADLINE
    if fell or isinstance(lead.change.change, changes.StatusChanged) or _is_doubted(lead):
        return ""
    seen = [signal.id for signal in lead.reports[: briefs.MAX_QUOTES]]
    return stays_until(lead.commitment, lead.verdict, lead.context, seen)


def _over(lead: Lead) -> tuple[str, str]:
    """What a status that stays in trouble is over, and the signal of the blow, unless the message is about that."""
    own = (*lead.change.evidence, *lead.change.reason.signals)
    turned = lead.change.outlook_only or isinstance(lead.change.change, changes.FlagChanged)
    over, blow = ("", "") if turned else trouble(lead.commitment, lead.verdict, lead.context, own)
    adds = lead.change.way is Direction.DOWN and not lead.change.continues  # else it is no news
    return (over, blow) if over != ALSO or adds else ("", "")


def _by_whom(lead: Lead) -> str:
    """' by China', ' by both sides': the owing sides that are silent, for a standing in doubt."""
    awaited = (f.detail for f in lead.flags if isinstance(f.detail, reasons.Awaiting | reasons.OneSided))
    silent = next((detail.silent for detail in awaited), ())
    return f" by {lead.context.parties.names(silent)}" if silent and "others" not in silent else " by a second source"


def _names(signals: Sequence[Signal], context: RenderContext) -> str:
    """Who stands behind these signals: officials, or else outlets."""
    lines = evidence_lines(signals, (), context)
    return join_few([*dict.fromkeys(spoken_name(line.speaker or line.outlet, context) for line in lines)])


def _sure(lead: Lead, flags: Sequence[Flag], *, dated: bool = False) -> str:
    """How sure the change is. Where the press alone reports the act in the headline, the sources of the other acts that
    have moved the status count too; who speaks of those, or reports what another side did, is named apart."""
    change, own, told = lead.change, {*lead.change.evidence, *lead.change.reason.signals}, lead.told
    moved, beside = change.change.new if isinstance(change.change, changes.StatusChanged) else None, list[str]()
    if moved and all(s.says is Says.PRESS for s in told):
        known, falls = count_sources(told), change.way is Direction.DOWN
        alike = (s for s in lead.reports[: briefs.MAX_QUOTES] if (s.effect in NEGATIVE_EFFECTS) is falls)
        quoted = (s for s in alike if s.id in change.evidence and s not in told and not is_retold(s))
        others = [s for s in quoted if count_sources((*told, s)) > known]
        press = [s for s in others if s.says is Says.PRESS]
        another = [s for s in press if told and not _may_be_same(s, told[0])]
        told = (*told, *(s for s in press if s not in another))
        spoken = _names([s for s in others if s.says is not Says.PRESS], lead.context)
        reported = _names([s for s in another if s.tier <= Tier.TRADE], lead.context)
        beside = [f"the word of {spoken}"] * bool(spoken) + [f"other reports, by {reported}"] * bool(reported)
    sure = confidence_line(lead.heard, flags, lead.context, told, dated=dated)
    sure += f" The status also rests on {' and '.join(beside)}." if beside else ""
    if moved == lead.verdict.status and lead.message.kind == "confirmation" and {*change.continues} & own:
        # Only more reports of an event that was sent before have moved the status.
        old = [s for s in lead.told if s.id in change.continues]
        fresh = (s for s in lead.told if s in lead.heard)
        added = [s for s in fresh if count_sources((*old, s)) > count_sources(old)]
        names = _names([s for s in added if s.says is not Says.PRESS] or added, lead.context)
        sure += f" New since our alert: {names}." if names else ""
    return sure


def _may_be_same(signal: Signal, main: Signal) -> bool:
    """Whether a report that says it otherwise may tell the act of the main report: one of the same side, by the same
    rule, in the same days."""
    by_another = main.by.parties and signal.by.parties and signal.by.parties.isdisjoint(main.by.parties)
    near = abs(signal.happened.end - main.happened.end) <= SAME_ACT
    return not by_another and near and signal.rule == main.rule


def _evidence(lead: Lead) -> briefs.EvidenceSection:
    """The cause of each change without a quote, then the quoted sentences, then retracted ones."""
    context, lines, read = lead.context, [], {signal.id for signal in lead.reports}
    for item in lead.transitions:
        if item.cause is Cause.CORRECTION and read.issuperset(item.reason.signals or ("",)):
            continue  # a text that was read again and says something new: its sentence is quoted
        if isinstance(item.reason.detail, reasons.Quoted) and lead.reports and item.cause is Cause.CLOCK:
            continue  # the sentence that announced the day is quoted
        if isinstance(item.change, changes.NoticeDue) and not lead.reports and lead.commitment.baselines:
            continue  # the subject says it
        if item.cause in BASES_WITHOUT_QUOTE:
            basis, source = BASES_WITHOUT_QUOTE[item.cause]
            text = change_text(item, context)
            when = format_when(item.happened, context.zone)
            reason = capitalised(text.reason) or text.text
            lines.append(briefs.EvidenceLine(basis, reason, outlet=source, when=when))
    # The report of the headline, then the best quote of each outlet, both sides of a contradiction first.
    told = [signal for signal in lead.reports if signal.id == lead.texts[0].report]
    said = evidence_lines((*dict.fromkeys((*told, *lead.reports)),), lead.verdict.flags, context)
    # Foreign texts that read alike tell one thing.
    found = {
        (line.gloss if "; " in line.gloss else (line.outlet, line.says, line.gloss), line.against): line
        for line in reversed(said)
    }
    ranked = sorted(found.values(), key=said.index)
    quotes = (*ranked[:1], *sorted(ranked[1:], key=lambda line: not line.against))
    if not quotes and lead.change.cause is Cause.CLOCK and lead.commitment.baselines:
        # A date known from the start, which no story reports, rests on the baseline and its source.
        base = baseline_line(baseline_at(lead.commitment, lead.change.at))
        quotes = (replace(base, outlet=context.publishers.find("", base.url).name or base.outlet),)
    retracted = known_signals(retracted_signals(lead.transitions), context)
    no_longer = evidence_lines(retracted, (), context, retracted=True)
    best = known_signals([line.signal for line in quotes[:1] if line.signal and lead.heard], context)
    report = choose_main_report(lead.change, best, context)
    first = len(told) if lead.texts[0].report else 0
    return briefs.EvidenceSection((*quotes[:first], *dict.fromkeys(lines), *quotes[first:], *no_longer), report)


def _footer(lead: Lead, texts: Sequence[ChangeText], route: Route) -> briefs.Footer:
    """Why the reader gets the message. For the owner also the rules and readers of all quotes, the ids of the changes,
    and commands with placeholders in capitals."""
    why, time = route_line(route), format_time(lead.context.now, lead.context.zone)
    if not route.is_owner:
        return briefs.Footer(why, time)
    lines = evidence_lines(lead.reports, (), lead.context)
    read = (line.read_by or (f"rule {line.rule} (version {line.version})" if line.rule else "") for line in lines)
    sources = [f"Rules and readers: {'; '.join(names)}."] if (names := dict.fromkeys(filter(None, read))) else []
    sources.append(f"Event {', '.join(text.id for text in texts)}.")
    name = lead.commitment.id
    commands = [
        briefs.Command("Too many alerts", f"deal-monitor commitment mute {name} REASON --until 7d"),
        briefs.Command("Wrong status", f"deal-monitor commitment pin {name} STATUS REASON SOURCE"),
    ]
    if lines:
        reject = f"deal-monitor evidence reject {lines[0].signal[:SIGNAL_PREFIX]} REASON"
        commands.insert(0, briefs.Command("Misread", reject))
    return briefs.Footer(why, time, " ".join(sources), tuple(commands))
