"""The lines of a digest about events: headline and outlets, what each changed, counts, dates and doubts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from monitor.domain.messages.briefs import MAX_ADDRESS, DigestEvent
from monitor.domain.messages.cause import told_by
from monitor.domain.messages.change_text import change_text
from monitor.domain.messages.confidence import doubt_sentences
from monitor.domain.messages.context import RenderContext, known_signals, outlet_names
from monitor.domain.messages.events.reported_acts import MAX_EVENT, is_confirmation, known_outlets, turns
from monitor.domain.messages.events.told import SAME_WORDS, ToldEvent, outlets_of
from monitor.domain.messages.evidence_lines import choose_main_report, retracted_signals
from monitor.domain.messages.figures import missed_target, progress_line
from monitor.domain.messages.headline import ranked_reports, status_after
from monitor.domain.messages.wording import detail_text
from monitor.domain.model import (
    Cause,
    Commitment,
    Direction,
    FlagKind,
    Outlook,
    ReasonCode,
    Signal,
    Standing,
    Status,
    Tier,
    Transition,
    TransitionKind,
    Verdict,
    changes,
    reasons,
)
from monitor.domain.stories.headline_cut import cut_headline
from monitor.domain.stories.titles import title_words
from monitor.domain.text.labels import decapitalised, format_date, label_of, local_day, sentence, status_caps
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.progress import RENEWABLE
from monitor.domain.verdicts.standing import NEXT_ROUND, STANDING_ORDER

RANKS = dict[Status, float]((*STANDING_ORDER.items(), (Outlook.STALLED, 1.3), (Outlook.AT_RISK, 1.6)))
"""The better, the higher. Trouble is above a failure (0 and 1), and below all that only is or is not done."""
MAX_OUTLETS, MAX_DOUBT = 3, 200
ONE_OUTLET = "One outlet so far."


def legs(steps: Sequence[tuple[Transition, Status, Status]]) -> list[tuple[Status, Status]]:
    """What a commitment was before these steps and what it is after them, apart for each way up or down: its status, or
    its standing if only that moved."""
    found = list[tuple[Status, Status]]()
    for _, old, new in [step for step in steps if status_after(step[0]) is step[2]] or steps:
        if found and way_of(*found[-1]) == way_of(old, new):
            found[-1] = found[-1][0], new
        else:
            found.append((old, new))
    return found


def way_of(old: Status, new: Status) -> str:
    """'up' or 'down'; a new round is a way up."""
    return "up" if RANKS[new] > RANKS[old] or (old, new) == NEXT_ROUND else "down"


def turn_text(steps: Sequence[tuple[Transition, Status, Status]]) -> str:
    """'up from PLEDGED to IN FORCE', 'began a new round, now IN PROGRESS', 'up from STALLED to IN PROGRESS, then down
    to STALLED', without a promise 'nothing pledged yet, a pledge now AT RISK'; of a standing that moved under an
    outlook 'up from PLEDGED to IN PROGRESS, still AT RISK', or 'but STALLED' if that is new."""
    after = status_after(steps[-1][0])
    shown = [step for step in steps if status_after(step[0]) is step[2]]
    hidden = [step for step in steps if isinstance(after, Outlook) and step[2] is not status_after(step[0])]
    parts = legs(hidden or shown)
    was, now = parts[0][0], parts[-1][1]
    old, new = status_caps(was), status_caps(now)
    if len(parts) == 2 or was is now:
        told = f"{way_of(*parts[0])} from {old} to {status_caps(parts[0][1])}, then {way_of(*parts[-1])} to {new}"
    elif _is_new_round(was, now):
        told = f"began a new round, now {new}"
    elif was is Standing.UNPLEDGED and isinstance(now, Outlook):
        told = f"nothing pledged yet, a pledge now {new}"
    elif now is Standing.UNPLEDGED and isinstance(was, Outlook):
        told = f"nothing pledged yet, no longer {old}"
    else:
        told = f"{way_of(was, now)} from {old} to {new}"
    under = "but" if [step for step in shown if step[2] is after] else "still"
    return f"{told}, {under} {status_caps(after)}" if hidden else told


def turn_shortly(steps: Sequence[tuple[Transition, Status, Status]]) -> str:
    """Where these steps led: 'up to IN FORCE', 'down, then up to MET', 'in a new round', 'no longer AT RISK', or, where
    they end in trouble, 'now AT RISK'."""
    parts, shown = legs(steps), [step for step in steps if status_after(step[0]) is step[2]]
    was, now = parts[0][0], parts[-1][1]
    if isinstance(now, Outlook) or now in (Standing.BREACHED, Standing.LAPSED):
        return f"now {status_caps(now)}"
    if _is_new_round(was, now):
        return "in a new round"
    if isinstance(was, Outlook) and shown and all(step[0].outlook_only for step in shown):
        return f"no longer {status_caps(was)}"
    return f"{', then '.join(dict.fromkeys(way_of(*leg) for leg in parts))} to {status_caps(now)}"


def _is_new_round(was: Status, now: Status) -> bool:
    return (was, now) == NEXT_ROUND or (now is Standing.PLEDGED and was in RENEWABLE)


def digest_events(events: Sequence[ToldEvent], start: datetime, context: RenderContext) -> Iterator[DigestEvent]:
    """The lines of these events. Statuses, counts and doubts of a commitment stand with its first event, one doubt of
    several commitments once."""
    turned = {move.commitment for event in events for move in event.moves if turns([move])}
    leads = {event.commitment for event in events}
    counted = set[str]()
    for event in events:
        effects, others = dict[str, str](), list[str]()
        for name in event.named:
            commitment, verdict, is_own = context.commitments[name], context.verdicts[name], name == event.commitment
            own = [move for move in event.moves if move.commitment == name]
            steps, notes = turns(own), [*map(decapitalised, _notes(own, event, context))]
            if not (is_own or steps or notes) and name in leads | turned | counted:
                continue
            if steps or name not in turned | counted:
                # A trouble of the starting point counts from the act that gives it a reason.
                still = "now" if is_own and event.begins_trouble(verdict) and has_begun(verdict, start) else "still"
                effects[name] = turn_text(steps) if steps else f"{still} {status_caps(verdict.status)}"
            progress = progress_line(verdict.progress, commitment, context)
            if name not in counted and (is_own or steps) and (missed := missed_target(commitment, verdict, context)):
                notes.append(f"was due by {format_date(missed.due)}")
            if name not in counted and progress and progress.counted and (is_own or steps):
                notes.append(f"{'confirmed' if progress.confirmed else 'counted'}: {progress.counted_text}")
            counted.add(name)
            if steps and (late := _late_goal(commitment, steps, context)):
                notes.append(late)
            if not is_own:
                told = f"{commitment.short} {effects[name]}" if name in effects else commitment.short
                notes = [told + (_why(steps[-1][0], event, context) if steps else ""), *notes]
            doubt = _doubt(verdict, start, event, context) if event.has_moved and own else ""
            others += [sentence("; ".join(notes)), doubt]
        others += [ONE_OUTLET] if event.has_turned and is_thin(event, context) else []
        effect = effects.get(event.commitment, "")
        yield _line(event, effect, " ".join(dict.fromkeys(filter(None, others))), context)


def has_begun(verdict: Verdict, start: datetime) -> bool:
    """Whether a commitment got into its trouble in the period."""
    return verdict.outlook is not Outlook.STEADY and verdict.shown_since >= start


def _why(move: Transition, event: ToldEvent, context: RenderContext) -> str:
    """What moved another commitment than that of the event: ': all its parts are in force', ', “China is to delay its
    controls” (Reuters, 26 Oct)'; nothing if the report of the event says it."""
    if move.reason.code is ReasonCode.PARTS:
        detail = change_text(move, context).detail
        return f": {decapitalised(detail)}" if detail else ""
    reports = ranked_reports(move, known_signals((*move.evidence, *move.reason.signals), context), context)
    headline = context.signals.get(event.text.report)  # one in generated words tells only its own act
    if not reports or move.cause is not Cause.NEWS or (headline and headline.story == reports[0].story):
        return ""
    return f": {_report(reports[0], context)}"


def _report(signal: Signal, context: RenderContext) -> str:
    return told_by(signal, context, format_day(local_day(signal.happened.end, context.zone)))


def is_thin(event: ToldEvent, context: RenderContext) -> bool:
    """Whether news moved its status that one known outlet has, or none, with few smaller ones, and neither a
    side's own text nor statistics of record."""
    tiers, needed = {signal.tier for signal in event.signals}, context.policy.unlisted_per_source
    small = outlet_names([context.stories[s.story] for s in event.signals if s.tier is Tier.UNKNOWN], context)
    alone = len(known_outlets(event.signals, context)) < 2 and not 0 < needed <= len(small)
    by_news = bool(tiers) and event.changes[0].cause is Cause.NEWS
    recorded = Tier.OFFICIAL in tiers or any(s.origin in context.policy.statistics for s in event.signals)
    return by_news and alone and not event.further and not recorded


def _late_goal(
    commitment: Commitment, steps: Sequence[tuple[Transition, Status, Status]], context: RenderContext
) -> str:
    """'due 31 Dec 2025, reached 20 Jan 2026', of a goal whose period was over."""
    day = local_day(steps[-1][0].happened, context.zone)
    begun = [target for target in commitment.targets if target.start <= day]
    late = begun and steps[-1][2] is Standing.MET and all(target.due < day for target in begun)
    due = max((target.due for target in begun), default=day)
    return f"due {format_date(due)}, reached {format_date(day)}" if late else ""


def _notes(own: Sequence[Transition], event: ToldEvent, context: RenderContext) -> Iterator[str]:
    """What else an event changed for a commitment: its dates, each as it stands in the end, and what it confirmed."""
    confirms = is_confirmation(event.changes[0])
    said = [move for move in own if move.kind is TransitionKind.DEADLINE or (confirms and is_confirmation(move))]
    dates = {move.change for move in said if isinstance(move.change, changes.DeadlineMoved)}
    confirmed = {each.new for each in dates if each.old == each.new} if len(dates) > 1 else set()
    for move in said:
        if isinstance(move.change, changes.DeadlineMoved) and move.change.new in confirmed:
            if move.change.old == move.change.new:
                continue  # it moved in the period too
            move = replace(move, flags=())
        text = change_text(move, context).text
        if text not in (event.text.headline, *(each.text.headline for each in event.further)):
            yield text


def _line(event: ToldEvent, effect: str, others: str, context: RenderContext) -> DigestEvent:
    besides = (f"{context.commitments[s.commitment].short}: {_report(s, context)}." for s in event.settled)
    retracted = retracted_signals(event.moves)
    known = [signal for signal in event.signals if signal.id not in retracted]
    # The page of the headline; a short address of the like headline by an outlet that is named before one that an
    # aggregator redirects.
    same = known
    if event.report is not None:
        words = frozenset(title_words(event.text.headline))
        titles = {s.id: frozenset(title_words(context.stories[s.story].title)) for s in known}
        same = [s for s in known if len(words & titles[s.id]) >= SAME_WORDS * len(words)]
    links = [choose_main_report(event.changes[0], [each], context) for each in (event.report, *same) if each]
    outlets = outlets_of(event, context, MAX_OUTLETS)
    named = [link for link in links if link and link.outlet in outlets] or links
    report = min(filter(None, named), key=lambda link: len(link.url) > MAX_ADDRESS, default=None)
    return DigestEvent(
        commitment=event.commitment,
        short=context.commitments[event.commitment].short,
        status=context.verdicts[event.commitment].status,
        day=_day(event, context),
        text=cut_headline(event.text.headline, MAX_EVENT),
        outlets=outlets,
        effect=effect,
        others=others,
        further="".join(
            f"; {_relation(each, event)}{each.text.headline} ({_source(each, context)})" for each in event.further
        ),
        agreed=tuple(besides),
        moved=event.has_turned,
        late=event.text.late,
        report=report,
    )


def _relation(other: ToldEvent, event: ToldEvent) -> str:
    """What another event of its commitment is to an event: 'after that: ', 'the other side: ', 'but: '."""
    sides = [each.head.by.parties if each.head else frozenset() for each in (other, event)]
    answers = all(sides) and sides[0].isdisjoint(sides[1])
    after = "after that: " if other.at > event.at else "before that: "
    against = {other.way, event.way} == {Direction.UP, Direction.DOWN}
    return "but: " if against else "the other side: " if answers else after


def _day(event: ToldEvent, context: RenderContext) -> str:
    return format_day(local_day(event.at, context.zone))


def _source(event: ToldEvent, context: RenderContext) -> str:
    return ", ".join(filter(None, (_day(event, context), outlets_of(event, context, MAX_OUTLETS))))


def format_day(day: date) -> str:
    """'30 Oct', without the year of the period."""
    return f"{day.day} {day:%b}"


def _doubt(verdict: Verdict, start: datetime, event: ToldEvent, context: RenderContext) -> str:
    """The new doubt about what an event moved: 'No statement from China seen yet.'"""
    told, own = {s.id for s in event.signals}, [s for s in event.signals if s.commitment == verdict.commitment]
    spoken = {s.says.value for s in own if s.says.parties}
    acting = event.head.by.parties if event.head else frozenset()
    done = {s.says.value for s in own if s.says.parties & s.by.parties}  # who has spoken of its own step
    acting = acting if done <= acting else frozenset()
    for flag in verdict.flags:
        if flag.since < start or not told & {*flag.evidence} or isinstance(flag.detail, reasons.Sighted):
            continue  # what more sources would change is for the alert
        if flag.kind is FlagKind.UNCONFIRMED:
            doubt = doubt_sentences(flag, context, quoted=True, spoken=spoken, acting=acting)
            return sentence(one_line("; ".join(doubt), MAX_DOUBT))
        if flag.kind is FlagKind.CONTESTED:
            said = detail_text(flag.detail, context.parties) or label_of(flag.subject)
            return sentence(one_line(f"contested: {said}", MAX_DOUBT))
    return ""
