"""The next step: a few plain sentences from the commitment's own dates, announcements, threats, steps and targets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, timedelta

from monitor.domain.messages.context import RenderContext, is_english, known_signals
from monitor.domain.messages.figures import dated_thing
from monitor.domain.messages.headline import act_sentence, is_news
from monitor.domain.model import (
    NEGATIVE_EFFECTS,
    POSITIVE_EFFECTS,
    Commitment,
    Deadline,
    Effect,
    FlagKind,
    Kind,
    Outlook,
    Signal,
    Standing,
    Target,
    Verdict,
)
from monitor.domain.model.news import day_of
from monitor.domain.model.sides import parties_in
from monitor.domain.stories.titles import plain_title
from monitor.domain.text.labels import (
    decapitalised,
    format_amount,
    format_date,
    join_list,
    local_day,
    moment_day,
    period_name,
    sentence,
    status_caps,
)
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.deadlines import ANNOUNCED, OPEN_STATES, active_deadlines
from monitor.domain.verdicts.outlook import representative_rank
from monitor.domain.verdicts.progress import target_at

MAX_THREAT = 110
"""Characters of the headline of a threat: two lines of a mail with its outlet and day (estimate)."""
TOLD_AGAIN = timedelta(days=1)
"""Reports of the next day tell the same act of the same side again (an estimate)."""
MOST_ANNOUNCED = 2
"""Announced days in one text: more would hide what moves the status."""


def threat_behind(verdict: Verdict, context: RenderContext, quoted: Collection[str] = ()) -> Signal | None:
    """The latest blow behind a commitment at risk or stalled, on the day of its first report: a threat, which can be
    withdrawn, or an act of one side, which that side can reverse. Of two sides, the one that began, by most reports of
    the first day: the other one answers. None for the rulings of others. quoted: the signals that the reader sees."""
    if verdict.status not in (Outlook.AT_RISK, Outlook.STALLED):
        return None
    told = known_signals((*verdict.outlook_evidence, *quoted), context)  # the cause first
    blows = [s for s in told if s.effect in NEGATIVE_EFFECTS and s.commitment == verdict.commitment]
    blows = [s for s in blows if context.parties.may_act(s.by.value, plain_title(context.stories[s.story].title))]
    may_end = [s for s in blows if s.effect is Effect.THREAT or len(s.by.parties) == 1]
    known = sorted(may_end, key=lambda s: s.happened.end)
    alone = [s for s in known if len(s.by.parties) == 1]
    began = [s for s in alone if s.id in verdict.outlook_evidence] or alone
    behind = Counter(s.by for s in began if day_of(s.happened.end) == day_of(began[0].happened.end))
    blows = [s for s in known if not behind or s.by is behind.most_common(1)[0][0]]
    latest = [s for s in blows if day_of(blows[-1].happened.end) - day_of(s.happened.end) <= TOLD_AGAIN]
    worst = min(latest, key=lambda s: (s.id not in quoted, *representative_rank(s)), default=None)
    if worst is None:
        return None
    rule = context.rules.get(worst.rule)
    own_subject = rule is not None and rule.tells and not rule.tells.startswith("to ")
    if worst.effect is not Effect.THREAT and own_subject:
        return None
    return replace(worst, happened=next(s.happened for s in latest if s.effect is worst.effect))


def named_threat(signal: Signal, context: RenderContext) -> str:
    """A threat with its side and day: 'the threat by the US on 10 Oct 2025'."""
    day = format_date(local_day(signal.happened.end, context.zone))
    return f"the threat by {context.parties.names((signal.by.value,))} on {day}"


def next_step(commitment: Commitment, verdict: Verdict, context: RenderContext, quoted: Collection[str] = ()) -> str:
    """What is announced, and the threat, step, date or figure that would change the status. commitment: with cleaned
    texts; quoted: the signals whose reports the reader sees beside it."""
    coming_up = tuple(text for _, text in announced(commitment, verdict, context, quoted))
    if verdict.status not in (Standing.MET, Standing.IN_FORCE) and commitment.kind is not Kind.SERIES:
        coming_up = coming_up or tuple(_meetings(commitment, context))[:1]
    dates, said = tuple(_dates(commitment, verdict, context)), tuple[str, ...]()
    match verdict.status:
        case Outlook.AT_RISK | Outlook.STALLED:
            # A figure or a step that is missing says more than what would end the trouble.
            missing = commitment.kind is Kind.QUANTITY or not {*commitment.steps[-1:]} <= {*verdict.steps}
            threat = None if missing else threat_behind(verdict, context, quoted)
            back = _way_back(threat, commitment, verdict, context, quoted) if threat else ""
            said = back, _goal(commitment, verdict, context, quoted), _overdue(commitment, verdict, context), *dates
        case Standing.UNPLEDGED | Standing.PLEDGED | Standing.IN_PROGRESS | Standing.PARTLY_MET:
            said = _goal(commitment, verdict, context, quoted), _overdue(commitment, verdict, context), *dates
        case Standing.IN_FORCE:
            said = dates
        case Standing.MET:
            coming = (target for target in commitment.targets if target.start > context.today)
            if later := min(coming, key=lambda target: target.start, default=None):
                said = (f"{period_name(later.label) or 'the next period'} begins on {format_date(later.start)}",)
            elif commitment.kind is Kind.SERIES:
                said = dates
        case Standing.BREACHED:
            kept = "an official text, or two independent sources, say that the terms are being kept again"
            said = (f"changes only when {kept}",)
        case Standing.LAPSED:
            said = ("changes only with a new pledge or an extension",)
        case _:
            raise AssertionError(f"{verdict.status} is no status")
    return " ".join(sentence(text) for text in (*coming_up[:MOST_ANNOUNCED], *said) if text)


def _meetings(commitment: Commitment, context: RenderContext) -> Iterator[str]:
    """The meetings announced in the deal of a commitment, where its future may be settled."""
    for other in context.commitments.values():
        if other.deal == commitment.deal and other.kind is Kind.SERIES and other.id in context.verdicts:
            yield from (text for _, text in announced(other, context.verdicts[other.id], context))


def announced(
    commitment: Commitment, verdict: Verdict, context: RenderContext, quoted: Collection[str] = ()
) -> Iterator[tuple[date, str]]:
    """Each announced meeting or act that is ahead, with its day, the nearest first: "Leaders' meeting on 30 Oct 2025
    (date given by China)"; of an act the words of its report: 'announced for 8 Nov 2025: “China to tighten its
    controls” (Reuters)'. A blow that the outlook has left behind is over, and what is met waits for no act."""
    if verdict.standing is Standing.MET and commitment.kind is not Kind.SERIES:
        return
    in_force = commitment.kind is Kind.STANDING and verdict.standing is Standing.IN_FORCE
    told = set[date]()
    coming = (d for d in verdict.deadlines if d.state == ANNOUNCED and d.date > context.today)
    ahead = sorted(coming, key=lambda d: d.date)
    days = [d.date for d in ahead if d.precision == "day"]
    for record in ahead:
        # The month of a known day, and a meeting without a name on the day of another one, say nothing more.
        named = [d for d in ahead if d.date == record.date and (d.what, d.said_by) > (record.what, record.said_by)]
        known = record.precision != "day" and any(d.replace(day=1) == record.date.replace(day=1) for d in days)
        known = known or (record.precision == "week" and _monday(record.date) <= context.today)
        if known or (named and commitment.kind is Kind.SERIES):
            continue
        thing, turned = one_line(record.what, 60) or "meeting", verdict.outlook_since
        turned_later = turned is not None and record.since is not None and record.since <= day_of(turned)
        if commitment.kind is Kind.SERIES:
            if turned_later and verdict.outlook is not Outlook.STEADY:
                continue  # put in doubt since
            # Two sides may name two days for the beginning of one meeting.
            if not any(abs(record.date - day) <= TOLD_AGAIN for day in told):
                source = f" (date given by {context.parties.names((record.said_by,))})"
                yield record.date, f"{thing} {_day(record)}{source if len(parties_in(record.said_by)) == 1 else ''}"
            told.add(record.date)
            continue
        signal, calm = next(iter(known_signals(record.evidence, context)), None), verdict.outlook is Outlook.STEADY
        if signal is None or (turned_later and calm and signal.effect in NEGATIVE_EFFECTS):
            continue
        story = context.stories[signal.story]
        begun = record.date <= moment_day(context.now, context.publishers.find(story.source, story.url).zone)
        # What was to put the state in force is past, and a month alone may be that of the act itself.
        done = in_force and signal.effect not in NEGATIVE_EFFECTS
        if done or begun or record.precision == "month" or record.date in told:
            continue
        told.add(record.date)
        day = _day(record)
        if signal.id == next(iter(quoted), ""):
            does = "takes effect on" if commitment.kind is Kind.STANDING else "is planned for"
            does = "is threatened for" if signal.effect is Effect.THREAT else does
            yield record.date, f"this {does} {day.partition(' ')[2]}"
        elif signal.id not in quoted and is_english(story) and is_news(story) and len(story.title) <= MAX_THREAT:
            yield record.date, f"announced for {day.partition(' ')[2]}: {told_by(signal, context)}"
        else:
            yield record.date, f"{act_sentence(signal, context.rules.get(signal.rule), context.parties)} {day}"


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _day(record: Deadline) -> str:
    """'on 30 Oct 2025', 'from 1 Nov 2025', 'in the week of 3 Nov 2025', 'in the second quarter of 2027'."""
    year, nth = record.date.year, ("first", "second", "third", "fourth")[(record.date.month - 1) // 3]
    known = {
        "day": format_date(record.date),
        "month": f"{record.date:%b %Y}",
        "quarter": f"the {nth} quarter of {year}",
    }
    known["week"] = f"the week of {format_date(_monday(record.date))}"
    word = "from" if record.kind == "start" else "on" if record.precision == "day" else "in"
    return f"{word} {known.get(record.precision, year)}"


def _way_back(
    threat: Signal, commitment: Commitment, verdict: Verdict, context: RenderContext, quoted: Collection[str]
) -> str:
    """'returns to IN FORCE if the US withdraws its threat of 10 Oct 2025: “Trump threatens 100% tariffs” (AP News)',
    'returns to IN FORCE if China reverses this'; "this" is the act that leads the message; of another report that
    the reader sees, the act is named. '' where this alone would not end the trouble: the state was never reached,
    no single side has to act, or the message reports that the side does better."""
    story, parties, when = context.stories[threat.story], context.parties, day_of(threat.happened.end)
    back, seen = f"returns to {status_caps(verdict.standing)}", known_signals(quoted, context)
    if commitment.kind is Kind.SERIES:
        return f"{back} once the two sides meet or name a new date"
    better = (s for s in seen if s.effect in POSITIVE_EFFECTS and s.by.parties & threat.by.parties)
    eased = any(s.commitment == verdict.commitment and day_of(s.happened.end) >= when for s in better)
    if verdict.standing is Standing.UNPLEDGED or len(threat.by.parties) != 1 or eased:
        return ""
    threatens = threat.effect is Effect.THREAT
    ends = f"{back} if {parties.does(threat.by.value, 'withdraw' if threatens else 'reverse')}"
    lead = next((s for s in seen if (s.by, s.effect) == (threat.by, threat.effect)), None)
    if lead is not None and lead is seen[0] and when - day_of(lead.happened.end) <= TOLD_AGAIN:
        return f"{ends} this{' threat' if threatens else ''}"
    ends = f"{ends} its {'threat' if threatens else 'act'}"
    if threat.id in quoted or len(one_line(plain_title(story.title))) > MAX_THREAT:
        return f"{ends}: {decapitalised(act_sentence(threat, context.rules.get(threat.rule), parties))}"
    return f"{ends} of {format_date(local_day(threat.happened.end, context.zone))}: {told_by(threat, context)}"


def told_by(signal: Signal, context: RenderContext) -> str:
    """A report in words with its outlet: '“Trump threatens 100% tariffs” (AP News)'."""
    story = context.stories[signal.story]
    said = act_sentence(signal, context.rules.get(signal.rule), context.parties)
    if is_english(story):
        title = one_line(plain_title(story.title), MAX_THREAT).replace("“", "‘").replace("”", "’").replace('"', "'")
        said = f"“{title}”"
    return f"{said} ({context.outlet(story.source, story.url)})"


def _goal(commitment: Commitment, verdict: Verdict, context: RenderContext, quoted: Collection[str]) -> str:
    """'MET at 12 Mt booked by 31 Dec 2025', 'a step forward once the parties sign; MET once the sale has closed', 'IN
    FORCE once both sides suspend their fees'. What a report that the reader sees (quoted) tells as done is no goal."""
    target = target_at(commitment, context.now) or next(iter(commitment.targets), None)
    clauses = {name: one_line(text, 160) for name, text in commitment.clauses}
    if target is not None:
        return _target(target, commitment, verdict, context)
    if commitment.kind is Kind.STANDING and verdict.standing is Standing.UNPLEDGED:
        return ""  # the measure may not even exist
    if commitment.kind is Kind.STANDING:
        clause = clauses.get(Standing.IN_FORCE.value) if verdict.standing is not Standing.IN_FORCE else ""
        return f"IN FORCE once {clause}" if clause else ""
    reported = known_signals(quoted, context)
    told = (s for s in reported if s.commitment == commitment.id and s.effect in (Effect.PROGRESS, Effect.DELIVERED))
    reached = {*verdict.steps, *(s.object for s in told)}
    partly = commitment.partly_met_by if verdict.standing is Standing.PARTLY_MET else ()
    done = max((commitment.steps.index(step) for step in {*reached, *partly} & {*commitment.steps}), default=-1)
    # An earlier step without a report is done too.
    still = commitment.steps[done + 1 :]
    said = [clauses.get(step, f"the step “{one_line(step, 60)}” is done") for step in still]
    last = said[-1] if said else clauses.get(Standing.MET.value) or clauses.get(("", *commitment.steps)[-1])
    met = f"MET once {last}" if last and verdict.standing is not Standing.MET else ""
    forward = "PARTLY MET" if {*still[:1]} & {*commitment.partly_met_by} else "a step forward"
    return f"{forward} once {said[0]}; {met}" if len(said) > 1 else met


def _target(target: Target, commitment: Commitment, verdict: Verdict, context: RenderContext) -> str:
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
    if later := next(moved, None):
        due = f"by {format_date(later)} (first due {first})"
    goal = f"{format_amount(target.amount, target.unit)} {target.basis} {due}"
    later_on = (t for t in commitment.targets if t.start > target.start)
    alike = [period_name(t.label) for t in later_on if (t.amount, t.unit) == (target.amount, target.unit)]
    same = f"; the same is due for {join_list(alike)}" if alike else ""
    return f"MET {f'for {period_name(target.label)} ' if same else ''}at {goal}{same}"


def _dates(commitment: Commitment, verdict: Verdict, context: RenderContext) -> Iterator[str]:
    """The open dates ahead, one sentence for each name: 'the truce ends on 10 Nov 2026 unless extended; the US names 10
    Jan 2027', 'due on 16 Dec 2025 (according to the US)'."""
    today, parties = context.today, context.parties
    whole = (verdict, *(context.verdicts[part] for part in commitment.parts if part in context.verdicts))
    records = [d for own in whole for d in own.deadlines if d.state in OPEN_STATES and d.date >= today]
    names = list(dict.fromkeys(d.what for d in sorted(records, key=lambda d: (d.date, d.what))))
    for what in names:
        same = sorted((d for d in records if d.what == what), key=lambda d: (d.state != "current", d.date))
        record, thing = same[0], one_line(what, 80)
        by = f" (according to {parties.names((record.said_by,))})" if record.state == "claimed" else ""
        claims = [f"{parties.does(d.said_by, 'name')} {format_date(d.date)}" for d in same[1:] if d.state == "claimed"]
        also = f"; {join_list(claims)}" if claims else ""
        if record.kind == "expiry":
            yield f"{dated_thing(thing, 'expiry')} {_day(record)}{by} unless extended{also}"
        elif commitment.kind is Kind.SERIES or not commitment.targets:  # a target names its day itself
            verb = "" if commitment.kind is Kind.SERIES else "due " if thing == commitment.short else "is due "
            yield f"{'' if verb == 'due ' else f'{thing} '}{verb}{_day(record)}{by}{also}"


def _overdue(commitment: Commitment, verdict: Verdict, context: RenderContext) -> str:
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
