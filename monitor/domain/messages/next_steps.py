"""The next step: a few plain sentences from the commitment's own dates, announcements, threats, steps and targets."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from monitor.domain.extract.measures import DAYS_IN
from monitor.domain.messages.acts import act_sentence
from monitor.domain.messages.cause import MAX_THREAT, TOLD_AGAIN, blow_behind, is_blow_ahead, told_by
from monitor.domain.messages.context import (
    RenderContext,
    is_english,
    known_signals,
    outlet_names,
    source_name,
    spoken_name,
)
from monitor.domain.messages.events.reported_acts import SAME_EVENT, parent_of
from monitor.domain.messages.figures import dated_thing, day_of_record, monday_of, other_laws
from monitor.domain.model import (
    NEGATIVE_EFFECTS,
    POSITIVE_EFFECTS,
    By,
    Commitment,
    Deadline,
    Effect,
    FlagKind,
    Kind,
    Level,
    Outlook,
    Says,
    Signal,
    Standing,
    Target,
    Tier,
    Verdict,
    reasons,
)
from monitor.domain.model.news import day_of
from monitor.domain.model.sides import joint, parties_in
from monitor.domain.stories.headline_cut import cut_headline
from monitor.domain.text.labels import (
    decapitalised,
    format_amount,
    format_date,
    join_list,
    local_day,
    moment_day,
    number_word,
    period_name,
    sentence,
    status_caps,
)
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.corroboration import is_weak
from monitor.domain.verdicts.deadlines import ANNOUNCED, AWAITED, OPEN_STATES, PROMISED, active_deadlines
from monitor.domain.verdicts.outlook import is_done, is_far_threat, is_stop, may_answer, may_change_outlook
from monitor.domain.verdicts.progress import BEHIND_SHARE, target_at
from monitor.domain.verdicts.standing import HEDGED

MEETING = re.compile(
    r"(?i)\b(?P<visit>visit)\b|(?P<call>\bcall\b(?! (?:for|off)\b)|\b(?:by|over the) phone\b|通话|通电话)|"
    r"(?P<trade>\btrade |经贸|贸易)?(?:\b(?:talks|consultations|negotiations)\b|磋商|会谈)"
)
"""What a report calls a meeting."""
_AWAITED = re.compile(r"(?i)\b(?:pending|before|ahead of) (?:\S+ ){0,4}(?:call|talks|meeting|summit|visit)(?: on)? $")
"""Before the day of a meeting that an act waits for: it is not that of the act."""
_HELD = re.compile(r"(?i)\b(?:after|following|since) (?:\S+ ){0,4}(call|talks|meeting|summit)\b")
"""Words that tell of a meeting as over."""
ONCE = " once "
"""Between a status and the goal at which it is reached."""
VAGUE = ("month", "quarter", "season", "year")
"""Precisions of a day that is not known."""
MEETING_SOON = timedelta(days=30)
"""The time ahead of a meeting within which it bears on the other commitments of its deal (estimate)."""
MOST_ANNOUNCED = 2
"""Announced days of a commitment in one text, beside a meeting: more would hide what moves the status."""


def next_step(
    commitment: Commitment,
    verdict: Verdict,
    context: RenderContext,
    quoted: Collection[str] = (),
    named: str = "",
    until: str = "",
    *,
    blows: Sequence[Signal] = (),
) -> str:
    """What is announced, and the threat, step, date or figure that would change the status; of what is kept, without
    any of them, what would put it at risk; of talks, that no date is known. commitment: with cleaned texts;
    quoted: the signals whose reports the reader sees beside it. What the message says elsewhere: named, the signal of
    the blow, and until, the goal at which the present status ends; blows: those that a page names with their days,
    which alone the way back then names."""
    coming_up = tuple(text for _, text in announced(commitment, verdict, context, quoted))[:MOST_ANNOUNCED]
    coming_up = coming_up or tuple(awaited(verdict, context))  # the day may be that of a meeting by another name
    coming_up = coming_up or tuple(_day_of_threat(commitment, context, quoted))
    meetings = tuple(_meetings(commitment, context, quoted))[:1] if commitment.kind is not Kind.SERIES else ()
    dates, said = tuple(_dates(commitment, verdict, context)), tuple[str, ...]()
    goals = _goals(commitment, verdict, context, quoted)
    match verdict.status:
        case Outlook.AT_RISK | Outlook.STALLED:
            blow = context.signals.get(named) or blow_behind(verdict, context, quoted)
            if blow and any(is_blow_ahead(d, context) and blow.id in d.evidence for d in verdict.deadlines):
                named = blow.id
            back = _way_back(blow, verdict, commitment, context, (*quoted, named), blows) if blow else ""
            goal = "; ".join(_goals(commitment, verdict, context, quoted, final=back != ""))
            back = "" if goal and back.startswith("PLEDGED") else back
            said = back, goal, overdue(commitment, verdict, context), *dates
        case Standing.UNPLEDGED | Standing.PLEDGED | Standing.IN_PROGRESS | Standing.PARTLY_MET:
            goal = "; ".join(each for each in goals if not until or each.partition(ONCE)[2] != until)
            said = goal, overdue(commitment, verdict, context), *dates
        case Standing.IN_FORCE:
            said = dates
        case Standing.MET:
            meetings = ()
            coming = (target for target in commitment.targets if target.start > context.today)
            if later := min(coming, key=lambda target: target.start, default=None):
                said = (f"{period_name(later.label) or 'the next period'} begins on {format_date(later.start)}",)
            elif commitment.kind is Kind.SERIES:
                said = dates
            else:
                said = tuple(_parts_ahead(commitment, context))
        case Standing.BREACHED:
            kept = "an official text, or two independent sources, say that the terms are being kept again"
            said = (f"changes only when {kept}",)
        case Standing.LAPSED:
            said = ("changes only with a new pledge or an extension",)
        case _:
            raise AssertionError(f"{verdict.status} is no status")
    steps = [sentence(text) for text in (*coming_up, *meetings, *said) if text]
    if until:  # the status says until when it lasts
        otherwise = "no date of a further meeting is known" if commitment.kind is Kind.SERIES else "; ".join(goals)
    else:
        otherwise = _turn(verdict, context, quoted) or _risk(commitment, verdict)
    return " ".join(steps) or sentence(otherwise or _end(commitment, verdict))


def _end(commitment: Commitment, verdict: Verdict) -> str:
    """What a promise that is kept, or may be, still waits for."""
    if verdict.standing is Standing.MET and commitment.kind is not Kind.SERIES:
        return "nothing more is due"
    doubted = any(flag.subject == Standing.MET for flag in verdict.flags)
    return f"MET{ONCE}further reports confirm this" if doubted else ""


def _day_of_threat(commitment: Commitment, context: RenderContext, quoted: Collection[str]) -> Iterator[str]:
    """'The US names 4 Jul 2026 for this', of a threat that leads a message (quoted: the first one)."""
    for s in known_signals(tuple(quoted)[:1], context):
        dated = s.date is not None and s.date.precision == "day" and s.date.date > context.today
        if s.date and dated and s.commitment == commitment.id and s.effect is Effect.THREAT and s.by.parties:
            yield f"{context.parties.does(s.by.value, 'name')} {format_date(s.date.date)} for this"


def _risk(commitment: Commitment, verdict: Verdict) -> str:
    """'AT RISK if a side threatens to charge again', of what is kept: a state in force, talks that met."""
    kept = verdict.status is Standing.IN_FORCE or (verdict.status is Standing.MET and commitment.kind is Kind.SERIES)
    risk = next((one_line(text, 200) for status, text in commitment.criteria if status == Outlook.AT_RISK), "")
    return f"AT RISK if {decapitalised(risk)}" if kept and risk else ""


def _turn(verdict: Verdict, context: RenderContext, quoted: Collection[str]) -> str:
    """'AT RISK once further reports confirm this', of a blow that leads a message (quoted: the first one) and has not
    moved the status yet."""
    blow = next(iter(known_signals(quoted, context)), None)
    if blow is None or verdict.outlook is not Outlook.STEADY or blow.effect not in (Effect.SETBACK, Effect.THREAT):
        return ""
    counts = blow.commitment == verdict.commitment and blow.tier in context.policy.corroborating_tiers
    if not counts or is_weak(blow, context.rules) or is_far_threat(blow, context.policy):
        return ""
    stalls = is_stop(blow) and verdict.standing is not Standing.UNPLEDGED
    doubts = (d for flag in verdict.flags if isinstance(d := flag.detail, reasons.Sighted) and blow.id in flag.evidence)
    worse = next((doubt.outlook for doubt in doubts), Outlook.STALLED if stalls else Outlook.AT_RISK)
    return f"{status_caps(worse)}{ONCE}further reports confirm this"


def stays_until(commitment: Commitment, verdict: Verdict, context: RenderContext, quoted: Collection[str] = ()) -> str:
    """The goal at which the present status ends, as a clause: 'the sale has closed'; '' in trouble, without a promise,
    and where a count decides. Arguments as for `next_step`."""
    if verdict.status is not verdict.standing or verdict.standing is Standing.UNPLEDGED:
        return ""
    return next((goal.partition(ONCE)[2] for goal in _goals(commitment, verdict, context, quoted) if ONCE in goal), "")


def _meetings(commitment: Commitment, context: RenderContext, quoted: Collection[str]) -> Iterator[str]:
    """The meetings announced in the deal of a commitment for the next days, where its future may be settled; none of
    today that a report which the reader sees (quoted) tells as over."""
    told = known_signals(quoted, context)
    for other in context.commitments.values():
        if other.deal == commitment.deal and other.kind is Kind.SERIES and other.id in context.verdicts:
            over = {found[1].lower() == "call" for s in told if (found := _HELD.search(s.quote))}
            for day, text in announced(other, context.verdicts[other.id], context, in_doubt=True):
                is_soon = day - context.today <= MEETING_SOON
                if is_soon and (day > context.today or text.startswith("call") not in over):
                    yield text


def announced(
    commitment: Commitment,
    verdict: Verdict,
    context: RenderContext,
    quoted: Collection[str] = (),
    *,
    in_doubt: bool = False,
) -> Iterator[tuple[date, str]]:
    """Each announced meeting or act that is ahead, with its day, the nearest first: "Leaders' meeting on 30 Oct 2025
    (date given by China)"; of an act the words of its report: 'announced for 8 Nov 2025: “China to tighten its
    controls” (Reuters)'. A blow that the outlook has left behind is over, and what is met waits for no act. in_doubt:
    meetings too that were put in doubt since, which are called so."""
    if verdict.standing is Standing.MET and commitment.kind is not Kind.SERIES:
        return
    in_force = commitment.kind is Kind.STANDING and verdict.standing is Standing.IN_FORCE
    told = set[date]()
    # A meeting of today is ahead until it is reported as begun, perhaps in a zone where it is tomorrow.
    held = [e.at for e in verdict.events if e.effect in (Effect.PROGRESS, Effect.DELIVERED)]
    opened = [day_of(at) for at in held if context.now - at <= TOLD_AGAIN]
    after = max(opened, default=context.today - timedelta(days=1))
    first = max(context.today, after + timedelta(days=1))
    coming = (d for d in verdict.deadlines if d.state == ANNOUNCED and (d.last_day if d.what else d.date) >= first)
    ahead = sorted(coming, key=lambda d: d.date)
    days = [d.date for d in ahead if d.precision == "day"]
    for record in ahead:
        # The month of a known day, and a meeting without a name on the day of another one, say nothing more.
        named = [d for d in ahead if d.date == record.date and (d.what, d.said_by) > (record.what, record.said_by)]
        known = record.precision != "day" and any(d.replace(day=1) == record.date.replace(day=1) for d in days)
        known = known or (record.precision == "week" and monday_of(record.date) <= context.today)
        if known or (named and commitment.kind is Kind.SERIES):
            continue
        thing, turned = one_line(record.what, 60) or _meeting(record, context), verdict.outlook_since
        turned_later = turned is not None and record.since is not None and record.since <= day_of(turned)
        if commitment.kind is Kind.SERIES:
            blows = (day_of(e.at) for e in verdict.events if e.effect in NEGATIVE_EFFECTS)
            doubted = _is_put_in_doubt(record, verdict)
            if doubted and not in_doubt:
                continue
            if record.precision != "day" and any(record.since is None or day >= record.since for day in blows):
                continue
            alone = len(parties_in(record.said_by)) == 1
            source = f" (date given by {context.parties.names((record.said_by,))})" if alone else ""
            words = _in_words(record, context)
            source, unknown = words or source, thing == "meeting" or not source
            vague = record.precision in VAGUE and not record.what and not words and unknown  # says neither who nor what
            # Two sides may name two days for the beginning of one meeting.
            if not vague and not any(abs(record.date - day) <= TOLD_AGAIN for day in told):
                day = f"today ({format_date(record.date)})" if record.date == context.today else day_of_record(record)
                day = f"until {format_date(record.last_day)}" if record.date < first else day
                text = f"{thing} {day}{source}{', in doubt' if doubted else ''}"
                yield max(record.date, min(first, record.last_day)), text
            told.add(record.date)
            continue
        signal = next(iter(known_signals(record.evidence, context)), None)
        over = turned_later and signal is not None and is_answered(signal, verdict, context)
        if signal is None or (signal.effect in NEGATIVE_EFFECTS and (over or _is_taken_back(signal, quoted, context))):
            continue
        story = context.stories[signal.story]
        # A state or a blow has begun once its day has where it falls; a plan is for its day.
        begun = record.date <= moment_day(context.now, context.publishers.find(story.source, story.url).zone)
        begun = begun and (commitment.kind is Kind.STANDING or signal.effect in NEGATIVE_EFFECTS)
        # What was to put the state in force is past, and a month alone may be that of the act itself.
        done = in_force and signal.effect not in NEGATIVE_EFFECTS
        waits = signal.date and _AWAITED.search(signal.quote.partition(signal.date.text)[0])
        if done or waits or begun or record.precision == "month" or record.date in told:
            continue
        told.add(record.date)
        yield record.date, _to_come(signal, day_of_record(record), commitment, quoted, context)


def awaited(verdict: Verdict, context: RenderContext) -> Iterator[str]:
    """Each meeting that is announced without a day, unless it was put in doubt since."""
    for record in verdict.deadlines:
        if record.state == AWAITED and record.date >= context.today and not _is_put_in_doubt(record, verdict):
            yield f"{one_line(record.what, 60)} ahead, no day seen yet"


def _is_put_in_doubt(record: Deadline, verdict: Verdict) -> bool:
    """Whether the trouble of a series of meetings began after one was announced."""
    turned = verdict.outlook_since if verdict.outlook is not Outlook.STEADY else None
    return turned is not None and record.since is not None and record.since <= day_of(turned)


def is_answered(blow: Signal, verdict: Verdict, context: RenderContext) -> bool:
    """Whether the outlook has left a blow for a day ahead behind with the help of the side that announced it: what
    another side alone does ends no threat."""
    if verdict.outlook is not Outlook.STEADY:
        return False
    relief = known_signals(verdict.outlook_evidence, context)
    return not relief or not blow.by.parties or any(s.by.parties & blow.by.parties for s in relief)


def _is_taken_back(blow: Signal, quoted: Collection[str], context: RenderContext) -> bool:
    """Whether the report that leads a message (quoted: the first one) has the side that announced a blow do better, or
    say so."""
    lead = next(iter(known_signals(tuple(quoted)[:1], context)), None)
    if lead is None or lead.commitment != blow.commitment or lead.effect not in POSITIVE_EFFECTS:
        return False
    return bool(lead.says.parties & lead.by.parties & blow.by.parties) or (is_done(lead) and lead.by is blow.by)


def _to_come(signal: Signal, day: str, commitment: Commitment, quoted: Collection[str], context: RenderContext) -> str:
    """An act of a day ahead: 'this takes effect on 8 Nov 2025' of the report that leads the message (quoted: the first
    one), else in the words of its report with its outlet, or of its rule."""
    rule, story, on = context.rules.get(signal.rule), context.stories[signal.story], day.partition(" ")[2]
    threatens = signal.effect is Effect.THREAT
    if signal.id == next(iter(quoted), ""):
        if threatens and signal.by.parties:
            return f"{context.parties.does(signal.by.value, 'threaten')} this for {on}"
        planned = "takes effect on" if commitment.kind is Kind.STANDING else "is planned for"
        return f"this {'is threatened for' if threatens else planned} {on}"
    if signal.id not in quoted and is_english(story) and signal.title_is_news and len(story.title) <= MAX_THREAT:
        return f"{'threatened' if threatens else 'announced'} for {on}: {told_by(signal, context)}"
    if rule is None or not {rule.effect, signal.effect} <= POSITIVE_EFFECTS:  # a blow is its own side's word
        return f"{act_sentence(signal, rule, context.parties)} {day}"
    speaker = spoken_name(source_name(signal, context), context)
    who = context.outlet(story.source, story.url) if signal.says is Says.PRESS else speaker
    coming = replace(signal, effect=Effect.PLEDGE), replace(rule, effect=Effect.PROGRESS)  # no act yet: 'are to sign'
    return f"{act_sentence(*coming, context.parties)} {day} (according to {who})"


def _meeting(record: Deadline, context: RenderContext) -> str:
    """What its report calls a meeting without a name, next to its day: 'call', 'trade talks', else 'meeting'."""
    for signal in known_signals(record.evidence, context):
        text = f"{signal.quote} {context.stories[signal.story].title}"
        day = text.find(signal.date.text) if signal.date else 0
        named = min(MEETING.finditer(text), key=lambda found: abs(found.start() - day), default=None)
        if named is not None:
            kinds = {"visit": "visit", "call": "call", "trade": "trade talks"}
            return kinds.get(named.lastgroup or "", "talks")
    return "meeting"


def _in_words(record: Deadline, context: RenderContext) -> str:
    """Who is to meet where, in the words of the report and with its outlet and day, of a meeting that has neither a
    name nor a day; nothing that an aggregator or an account alone has."""
    vague = not record.what and record.precision in VAGUE
    for signal in known_signals(record.evidence, context) if vague else ():
        story, day = context.stories[signal.story], format_date(local_day(signal.happened.end, context.zone))
        if signal.quote and is_english(story) and signal.tier is not Tier.AGGREGATOR:
            quote = cut_headline(one_line(signal.quote).rstrip("."), MAX_THREAT)
            return f": “{quote}” ({outlet_names([story], context)[0]}, {day})"
    return ""


def _way_back(
    blow: Signal,
    verdict: Verdict,
    commitment: Commitment,
    context: RenderContext,
    told: Sequence[str],
    blows: Sequence[Signal] = (),
) -> str:
    """'no longer AT RISK if the US withdraws its threat of 10 Oct 2025: “Trump threatens 100% tariffs” (AP News)'; of
    talks 'once the two sides meet'; of an amount 'once further steps are confirmed or counts reach half of a steady
    pace'; where the message reports that somebody does better (told), 'once further reports confirm that', and where
    another side dealt the blow 'or if China reverses this'."""
    back, target = f"no longer {status_caps(verdict.status)}", target_at(commitment, context.now)
    unpledged, owing = verdict.standing is Standing.UNPLEDGED, parties_in(commitment.owed_by)
    if commitment.kind is Kind.SERIES:
        named = [d for d in verdict.deadlines if d.state == ANNOUNCED and d.date > context.today and d.what]
        silent = joint(side for record in named for side in owing - parties_in(record.said_by))
        if not silent:
            return f"{back} once the two sides meet or name a new date"
        first = min(named, key=lambda record: record.date)
        doubted = _is_put_in_doubt(first, verdict)  # else the day is told before
        day = f"the {decapitalised(one_line(first.what, 60))} {day_of_record(first, 'of')}" if doubted else "the date"
        return f"{back} once the two sides meet or {context.parties.does(silent, 'confirm')} {day}"
    if target is not None and blow.effect is Effect.SETBACK and not unpledged:
        passed = ((context.today - target.start).days + 1) / ((target.due - target.start).days + 1)
        enough = BEHIND_SHARE * min(1, passed) * target.amount
        counted = (reading.amount for reading in verdict.progress.readings) if verdict.progress else ()
        pace = f"{back} once further steps are confirmed or counts reach half of a steady pace"
        pace += f" ({format_amount(enough, target.unit)} by now)"
        return pace if max(counted, default=0) < enough else ""
    also = context.parties.names(sorted({*verdict.threatened_by} - blow.by.parties))
    also = f" and {also} its own" if also and blow.effect is Effect.THREAT else ""
    for s in known_signals(told, context) if not unpledged else ():
        better = s.effect in POSITIVE_EFFECTS and s.commitment == commitment.id and may_change_outlook(s)
        better = better and may_answer(s, verdict.threatened_by)
        if better and day_of(s.happened.end) >= day_of(blow.happened.end):
            does = decapitalised(act_sentence(s, context.rules.get(s.rule), context.parties))
            confirmed = "this" if s.id == told[0] else f"that {does}"  # the first one leads the message
            by_other = not s.by.parties & blow.by.parties  # then the trouble also ends if who made it takes it back
            undone = _undone(blow, f"{back} if", context, told, blows, also).partition(" if ")[2] if by_other else ""
            return f"{back} once further reports confirm {confirmed}{', or if ' if undone else ''}{undone}"
    if unpledged and not blow.by.parties & owing:  # another side has to promise
        return _undone(blow, f"{back} if", context, told, blows, also)
    if unpledged:
        return _first_promise(commitment, context)
    return _undone(blow, f"{back} if", context, told, blows, also)


def _first_promise(commitment: Commitment, context: RenderContext) -> str:
    """'PLEDGED once China promises that it keeps licences flowing', in the words of the commitment; '' if these do not
    begin with who owes it."""
    parties, owing = context.parties, commitment.owed_by
    names = " and ".join(parties.names((side,)) for side in sorted(parties_in(owing), reverse=True))
    text = decapitalised(commitment.name)
    if not names or not text.startswith(f"{names} "):
        return ""
    promise = f"{'they' if parties.are_many(owing) else 'it'}{text.removeprefix(names)}"
    return f"PLEDGED once {parties.does(owing, 'promise')} that {promise}"


def _undone(
    blow: Signal, then: str, context: RenderContext, told: Sequence[str], blows: Sequence[Signal], also: str
) -> str:
    """'no longer AT RISK if China reverses this'. "This" is the act that leads the message, "that" the one that its
    status names (told: the first and the last). also: ' and the EU its own'. '' of what no one can reverse."""
    parties, threatens, rule = context.parties, blow.effect is Effect.THREAT, context.rules.get(blow.rule)
    seen, when = known_signals(told, context), day_of(blow.happened.end)
    this = {told[-1]: "that", told[0]: "this"}.get(blow.id, "")
    lead = next((s for s in seen if (s.by, s.effect) == (blow.by, blow.effect)), None)
    if not this and lead is not None and lead is seen[0] and when - day_of(lead.happened.end) <= TOLD_AGAIN:
        this = "this"
    if not threatens and rule is not None and rule.tells and not rule.tells.startswith("to "):
        ruled = blow.by is By.THIRD and blow.level >= Level.ORDER  # of a court; a count is not undone
        confirm = parties.does(context.commitments[blow.commitment].owed_by, "confirm")
        return f"{then} the ruling is reversed or {confirm} the promise" if ruled else ""
    if rule is not None and not threatens and rule.effect not in NEGATIVE_EFFECTS | {Effect.NONE}:
        # Nothing was done that could be reversed: an act is missing.
        missing = decapitalised(act_sentence(replace(blow, effect=rule.effect), rule, parties))
        return f"{then.removesuffix(' if')} once {missing}"
    if len(blow.by.parties) != 1:
        return f"{then} {this or 'this'} ends" if blow.id in told else ""
    near = any(abs(s.happened.end - blow.happened.end) <= SAME_EVENT for s in blows)
    named = [s for s in blows if near and s.by is blow.by] or [blow]
    # A stop that is planned, and what somebody on a side wants, is neither a threat nor a deed.
    planned = all(s.stalls if s.effect is Effect.THREAT else s.modality in HEDGED for s in named)
    threatens = all(s.effect is Effect.THREAT for s in named)
    ends, kind = ("drop", "plan") if planned else ("withdraw", "threat") if threatens else ("reverse", "act")
    does = f"{then} {parties.does(blow.by.value, ends)}"
    if this:
        return f"{does} {this}{'' if kind == 'act' else f' {kind}'}{also}"
    days = list(dict.fromkeys(format_date(local_day(s.happened.end, context.zone)) for s in named))
    undone = f"{does} its {kind}{'s' if days[1:] else ''} of {join_list(days)}{also}"
    return undone if near else f"{undone}: {told_by(blow, context)}"


def _goals(
    commitment: Commitment, verdict: Verdict, context: RenderContext, quoted: Collection[str], *, final: bool = False
) -> tuple[str, ...]:
    """'MET at 12 Mt booked by 31 Dec 2025', 'IN PROGRESS once the parties sign' and 'MET once the sale has closed', 'IN
    FORCE once both sides suspend their fees'. What a report that the reader sees (quoted) tells as done is no goal.
    final: without the steps on the way."""
    target = target_at(commitment, context.now) or next(iter(commitment.targets), None)
    clauses = {name: one_line(text, 160) for name, text in commitment.clauses}
    if any(flag.subject == Standing.MET for flag in verdict.flags):
        return ()  # met once confirmed
    if target is not None:
        return (_target(target, commitment, verdict, context, quoted),)
    if commitment.kind is Kind.STANDING and verdict.standing is Standing.UNPLEDGED:
        return ()  # the measure may not even exist
    if commitment.kind is Kind.STANDING:
        clause = clauses.get(Standing.IN_FORCE.value) if verdict.standing is not Standing.IN_FORCE else ""
        dated = any(d.state in OPEN_STATES for d in verdict.deadlines)
        lasts = (d.lasts for d in verdict.deadlines if d.state == PROMISED and d.lasts and not dated)
        term = next((f", for {_length(days)}" for days in lasts), "")
        return (f"IN FORCE{ONCE}{clause}{term}",) if clause else ()
    reported = known_signals(quoted, context)
    told = (s for s in reported if s.commitment == commitment.id and s.effect in (Effect.PROGRESS, Effect.DELIVERED))
    reached = {*verdict.steps, *(s.object for s in told)}
    partly = commitment.partly_met_by if verdict.standing is Standing.PARTLY_MET else ()
    acts: dict[str, set[Effect]] = {}
    for rule in context.rules.values() if verdict.standing is not Standing.UNPLEDGED else ():
        if rule.commitment == commitment.id:
            acts.setdefault(rule.object, set()).add(rule.effect)
    promised = {step for step, effects in acts.items() if effects == {Effect.PLEDGE}}  # PLEDGED says so already
    passed = {*reached, *partly, *promised} & {*commitment.steps}
    done = max((commitment.steps.index(step) for step in passed), default=-1)
    # An earlier step without a report is done too, and one that no rule reports is never seen.
    seen, last = {*acts} & {*commitment.steps}, commitment.steps[-1:]
    still = [step for step in commitment.steps[done + 1 :] if not seen or step in (*seen, *last)]
    said = [clauses.get(step, f"the step “{one_line(step, 60)}” is done") for step in still]
    end = said[-1] if said else clauses.get(Standing.MET.value) or clauses.get(("", *commitment.steps)[-1])
    met = (f"MET{ONCE}{end}",) if end and verdict.standing is not Standing.MET else ()
    ahead = (d for d in verdict.deadlines if d.state == ANNOUNCED and d.date > context.today)
    coming = known_signals((key for record in ahead for key in record.evidence), context)
    final = final or any(s.object in last for s in coming)  # a report has the day of the last step
    if len(said) < 2 or final or verdict.standing is Standing.UNPLEDGED:
        return met  # a step on the way makes sense once something is promised
    reaches = "PARTLY MET" if {*still[:1]} & {*commitment.partly_met_by} else ""
    if verdict.standing is Standing.PLEDGED or reaches:
        return f"{reaches or 'IN PROGRESS'}{ONCE}{said[0]}", *met
    return f"still to come: {said[0]}", *met


def _parts_ahead(commitment: Commitment, context: RenderContext) -> Iterator[str]:
    """What the parts of a promise that is met still wait for: 'Soybeans 25 Mt: MET for 2026 at 25 Mt booked by 31 Dec
    2026'."""
    for part in context.commitments.values():
        verdict = context.verdicts.get(part.id) if parent_of(part.id, (commitment.id,)) else None
        if verdict and verdict.standing is not Standing.MET and (goals := _goals(part, verdict, context, ())):
            yield f"{one_line(part.topic or part.short, 60)}: {'; '.join(goals)}"


def _length(days: float) -> str:
    """A promised term in words: 'a year', 'six months', '120 days'."""
    unit = next((unit for unit in ("year", "month") if (days / DAYS_IN[unit]).is_integer()), "day")
    number = round(days / DAYS_IN[unit])
    return f"a {unit}" if number == 1 else f"{number_word(number)} {unit}s"


def _target(
    target: Target, commitment: Commitment, verdict: Verdict, context: RenderContext, quoted: Collection[str]
) -> str:
    """'MET at 12 Mt booked by 28 Feb 2026 (first due 31 Dec 2025)', 'MET for 2026 at 25 Mt booked by 31 Dec 2026; the
    same is due for 2027 and 2028'. The promise of an amount is known once its period has begun, or a report behind the
    status names it."""
    named = {(s.quantity.low, s.quantity.unit) for s in known_signals(verdict.evidence, context) if s.quantity}
    if target.start > context.now.date() and (target.amount, target.unit) not in named:
        promise = f"{context.parties.does(commitment.owed_by, 'promise')} an amount"
        return f"PLEDGED once {promise}" if verdict.standing is Standing.UNPLEDGED else ""
    first, ends = format_date(target.due), {each.due for each in commitment.targets}
    dates = (d.date for d in active_deadlines(verdict) if d.kind == "due")
    moved = (day for day in dates if day > target.due and day not in ends)
    due = f"(was due {first})" if target.due < context.today else f"by {first}"
    due = "by today" if target.due == context.today else due
    if later := next(moved, None):
        due = f"by {format_date(later)} (first due {first})"
    claims = {
        d.said_by: d.date
        for d in verdict.deadlines
        if d.state == "claimed" and d.kind == "due" and d.date > target.due and d.date not in ends
    }
    named_by = [f"{context.parties.does(side, 'name')} {format_date(day)}" for side, day in claims.items()]
    due += f" ({join_list(named_by)})" if named_by and not later else ""
    goal = f"{format_amount(target.amount, target.unit)} {target.basis} {due}"
    later_on = (t for t in commitment.targets if t.start > target.start)
    alike = [period_name(t.label) for t in later_on if (t.amount, t.unit) == (target.amount, target.unit)]
    same = f"; the same is due for {join_list(alike)}" if alike else ""
    seen = known_signals((*quoted, *verdict.outlook_evidence), context)
    counted = verdict.progress or any(s.says is Says.DATA for s in seen)
    same += "" if counted or target.start > context.today else "; no count seen yet"
    return f"MET {f'for {period_name(target.label)} ' if alike else ''}at {goal}{same}"


def _dates(commitment: Commitment, verdict: Verdict, context: RenderContext) -> Iterator[str]:
    """The open dates ahead, also of other laws, one sentence for each name: 'the truce ends on 10 Nov 2026 unless
    extended; the US names 10 Jan 2027', 'due on 16 Dec 2025 (according to the US)'."""
    today, parties = context.today, context.parties
    whole = (verdict, *(context.verdicts[part] for part in commitment.parts if part in context.verdicts))
    whole_records = [*(d for own in whole for d in own.deadlines), *other_laws(commitment, today)]
    records = [d for d in whole_records if d.state in OPEN_STATES and d.date >= today]
    names = list(dict.fromkeys(d.what for d in sorted(records, key=lambda d: (d.date, d.what))))
    for what in names:
        same = sorted((d for d in records if d.what == what), key=lambda d: (d.state != "current", d.date))
        record, thing = same[0], one_line(what, 80)
        by = f" (according to {parties.names((record.said_by,))})" if record.state == "claimed" else ""
        claims = [
            f"{parties.does(d.said_by, 'name')} {format_date(d.date)}"
            for d in same[1:]
            if d.state == "claimed" and d.date != record.date
        ]
        also = f"; {join_list(claims)}" if claims else ""
        if record.kind == "expiry":
            over = (d.date for d in whole_records if (d.what, d.state) == (what, "superseded") and d.date >= today)
            first = "".join(f" (before: {format_date(day)})" for day in sorted({*over} - {record.date})[:1])
            yield f"{dated_thing(thing, 'expiry')} {day_of_record(record)}{by}{first} unless extended{also}"
        elif commitment.kind is Kind.SERIES or not commitment.targets:  # a target names its day itself
            verb = "" if commitment.kind is Kind.SERIES else "due " if thing == commitment.short else "is due "
            yield f"{'' if verb == 'due ' else f'{thing} '}{verb}{day_of_record(record)}{by}{also}"


def overdue(commitment: Commitment, verdict: Verdict, context: RenderContext) -> str:
    """'Overdue since 28 Feb 2026; lapses on 30 Apr 2026 unless done by then', 'was due by 16 Dec 2025 (according
    to the US)'. '' without a date that has passed, or with a later date that a side names."""
    today, record = context.today, next(iter(active_deadlines(verdict)), None)
    if record is None or record.date >= today or any(flag.kind is FlagKind.UNCHECKED for flag in verdict.flags):
        return ""
    if any(d.date > record.date for d in verdict.deadlines if d.what == record.what and d.state == "claimed"):
        return ""
    if record.state == "claimed":
        ends = "to end on" if record.kind == "expiry" else "due by"
        return f"was {ends} {format_date(record.date)} (according to {context.parties.names((record.said_by,))})"
    lapses = record.date + timedelta(days=commitment.grace_days + 1)
    by_then = f"; lapses on {format_date(lapses)} unless done by then" if today < lapses else ""
    return f"overdue since {format_date(record.date)}{by_then}"
