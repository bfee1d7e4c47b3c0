"""The act behind a trouble, and its words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from monitor.domain.extract.dates import read_dates
from monitor.domain.matching.document import TITLE
from monitor.domain.messages.acts import act_sentence
from monitor.domain.messages.context import RenderContext, is_english, known_signals, outlet_names
from monitor.domain.messages.events.reported_acts import MOOD, SAME_EVENT, noted_act
from monitor.domain.messages.events.weight import blow_weight
from monitor.domain.messages.figures import day_of_record
from monitor.domain.messages.headline import ranked_reports
from monitor.domain.model import (
    NEGATIVE_EFFECTS,
    Baseline,
    By,
    Commitment,
    Deadline,
    Direction,
    Effect,
    Outlook,
    Signal,
    Verdict,
)
from monitor.domain.model.news import day_of
from monitor.domain.model.sides import parties_in
from monitor.domain.stories.headline_cut import main_clause
from monitor.domain.stories.titles import plain_title
from monitor.domain.text.labels import decapitalised, format_date, local_day
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.deadlines import ANNOUNCED
from monitor.domain.verdicts.decide import baseline_at
from monitor.domain.verdicts.outlook import representative_rank

MAX_THREAT = 110
"""Characters of the headline of a threat: two lines of a mail with its outlet and day (estimate)."""
MAX_INSIDE = 64
"""Characters of a headline inside a sentence; of a longer one the main clause is enough (estimate)."""
TOLD_AGAIN = timedelta(days=1)
"""Reports of the next day tell the same act of the same side again (an estimate)."""
LATELY = timedelta(days=14)
"""Of a long trouble only the acts of its last days are its cause (estimate)."""
ALSO = ", now also over this"
"""What a trouble is over that lasts since before the message."""
ANSWERED = timedelta(days=3)
"""The time within which one side answers an act of the other (estimate)."""


_ANSWERS = re.compile(r",? (?:after|over)\b")
"""How a headline goes on to what a threat answers."""


def blow_behind(verdict: Verdict, context: RenderContext, quoted: Collection[str] = ()) -> Signal | None:
    """The blow behind a commitment at risk or stalled: the threat for the nearest day ahead, else of the acts of its
    last days the one that weighs most, on the day of its first report. quoted: the signals that the reader sees."""
    if verdict.status not in (Outlook.AT_RISK, Outlook.STALLED):
        return None
    ahead = sorted((d for d in verdict.deadlines if is_blow_ahead(d, context)), key=lambda d: d.date)
    pending = [key for record in ahead for key in record.evidence]
    blows = _blows((*pending, *verdict.outlook_evidence, *_announced(verdict)), verdict, context)
    blows = blows or _blows(quoted, verdict, context)
    if first := next((s for s in blows if s.id in pending and s.effect is Effect.THREAT), None):
        return first
    blows = [s for s in blows if blows[-1].happened.end - s.happened.end <= LATELY]
    reports = _worst_act(blows, verdict, context)
    # What no side can undo is behind the message that it leads.
    leads = [s for s in blows if s.id in [*quoted][:1] and s.by in (By.COMPANY, By.THIRD)]
    best = min(leads or [s for s in reports if s.id in quoted], key=representative_rank, default=None)
    if best is None and reports:
        told = [s for s in reports if _is_news(s, context)] or reports
        best = ranked_reports(noted_act(told, verdict), told, context)[0]
    return replace(best, happened=reports[0].happened) if best else None


def _worst_act(blows: Sequence[Signal], verdict: Verdict, context: RenderContext) -> list[Signal]:
    """The reports of the act that weighs most of those behind a trouble, the first one first.

    1. An act of one side, which it can end, comes before others; of who keeps the promise before those of others.
    2. An order comes before other acts, and a deed before a threat; then what most outlets report, and the latest.
    3. The act of a side comes before the answer of another, unless far fewer or lesser outlets report it.
    """
    acts = [*_acts(blows)]
    acts = [act for act in acts if any(_is_news(s, context) for s in act)] or acts
    acts = [act for act in acts if len(act[0].by.parties) == 1] or acts
    own = context.commitments.get(verdict.commitment)
    acts = [act for act in acts if own and act[0].by.parties & parties_in(own.owed_by)] or acts
    weights = [(blow_weight(act, context), act) for act in acts]
    if not weights:
        return []
    most, worst = max(weights, key=lambda each: each[0])
    alike = (act for weight, act in weights if weight[:2] == most[:2] and 2 * weight[2] >= most[2])
    near = [act for act in alike if timedelta() <= worst[0].happened.end - act[0].happened.end <= ANSWERED]
    near = [act for act in near if min(s.tier for s in act) <= min(s.tier for s in worst)]
    return min(near, key=lambda act: act[0].happened.end)


def _is_news(signal: Signal, context: RenderContext) -> bool:
    """Whether the headline of a report is news, and of a deed does not only judge what it may bring."""
    judged = signal.effect is not Effect.THREAT and MOOD.search(context.stories[signal.story].title)
    return signal.title_is_news and not judged


def _announced(verdict: Verdict) -> Iterator[str]:
    """The signals of the announced blows."""
    for event in verdict.events:
        if event.announced and event.way is Direction.DOWN:
            yield from event.evidence


def _blows(ids: Iterable[str], verdict: Verdict, context: RenderContext) -> list[Signal]:
    """Those of these signals that tell of blows since the trouble began, in order."""
    found = [s for s in known_signals(ids, context) if s.commitment == verdict.commitment]
    found = [s for s in found if s.effect in NEGATIVE_EFFECTS and s.happened.end >= verdict.shown_since - SAME_EVENT]
    found = [s for s in found if context.parties.may_act(s.by.value, plain_title(context.stories[s.story].title))]
    return sorted(found, key=lambda each: each.happened.end)


def _acts(blows: Iterable[Signal]) -> Iterator[list[Signal]]:
    """The reports of each act."""
    acts = dict[tuple[str, By], list[Signal]]()
    for signal in blows:
        same = acts.setdefault((signal.rule, signal.by), [])
        if same and signal.happened.end - same[-1].happened.end > SAME_EVENT:
            yield same
            same = acts[signal.rule, signal.by] = []
        same.append(signal)
    yield from acts.values()


def is_blow_ahead(record: Deadline, context: RenderContext) -> bool:
    is_blow = record.what.partition("/")[0] in NEGATIVE_EFFECTS
    return is_blow and record.state == ANNOUNCED and record.date > context.today


def trouble(
    commitment: Commitment, verdict: Verdict, context: RenderContext, told: Collection[str] = ()
) -> tuple[str, str]:
    """What a status at risk or stalled is over, and the signal of that report: ' over the threat by the US for 1 Nov
    2025', ' over “China bars the chips” (Reuters, 17 Sep 2025)', of the starting point ': no promise (15 Sep 2025)'.
    ALSO if the message tells it (told); '' if nothing is known, or the message tells the deed after a threat."""
    blow, base = blow_behind(verdict, context), None
    if blow is not None:
        if blow.id in told:
            return ALSO, ""
        ahead, threatens = [d for d in verdict.deadlines if is_blow_ahead(d, context)], blow.effect is Effect.THREAT
        record = next((d for d in ahead if blow.id in d.evidence and threatens), None)
        due = any(d.what.endswith(f"/{blow.by}") and d.date - context.today <= TOLD_AGAIN for d in ahead)
        same = (s for s in known_signals(told, context) if s.by.parties & blow.by.parties)
        done = next((s for s in same if s.effect in (Effect.SETBACK, Effect.BREACH)), None)
        if done is not None and due:
            carries = context.parties.does(blow.by.value, "carry").replace("carrys", "carries")
            return f": {carries} out what it announced", done.id
        if done is not None and record is None and threatens and done.happened.end >= blow.happened.end:
            return "", done.id
        if record is not None:
            return (
                f" over the threat by {context.parties.names((blow.by.value,))} {day_of_record(record, 'for')}",
                blow.id,
            )
        own = context.signals.get(blow.id, blow)  # the day of the report that is named, which need not be the first
        said = told_by(blow, context, format_date(local_day(own.happened.end, context.zone)))
        return f" over {'' if said[0] == '“' else 'the report that '}{said}", blow.id
    if commitment.baselines and not verdict.outlook_evidence:
        base = baseline_at(commitment, verdict.shown_since)
    if base is None or base.outlook is not verdict.outlook or day_of(verdict.shown_since) != base.as_of:
        return "", ""
    return f": {cause_in(base)} ({format_date(base.as_of)})", ""


def named_at_first(commitment: Commitment, verdict: Verdict) -> Iterator[tuple[date, str]]:
    """Each date that the note of a starting point names for the cause of a trouble that lasts since."""
    base = baseline_at(commitment, verdict.shown_since) if commitment.baselines else None
    if base is not None and verdict.outlook is base.outlook is not Outlook.STEADY:
        cause = cause_in(base)
        yield from ((mention.date, cause) for _, _, mention in read_dates(cause, "en", published=base.as_of))


def cause_in(base: Baseline) -> str:
    """The cause of a trouble that a baseline states: the first clause of its note."""
    return decapitalised(one_line(re.split(r"[.;] ", base.note)[0].rstrip("."), MAX_THREAT))


def told_by(signal: Signal, context: RenderContext, day: str = "") -> str:
    """A report in words with its outlet, and its day: '“Trump threatens 100% tariffs” (AP News, 10 Oct 2025)'."""
    story = context.stories[signal.story]
    said = act_sentence(signal, context.rules.get(signal.rule), context.parties)
    title = one_line(plain_title(story.title))
    short = title if len(title) <= MAX_INSIDE else main_clause(title, MAX_INSIDE) or title
    if signal.effect is not Effect.THREAT or not _ANSWERS.match(title, len(short)):
        title = short
    title = title if len(title) <= MAX_THREAT else main_clause(title, MAX_THREAT)
    if title and is_english(story) and signal.field == TITLE:
        said = "“{}”".format(title.replace("“", "‘").replace("”", "’").replace('"', "'"))
    return f"{said} ({', '.join(filter(None, (outlet_names([story], context)[0], day)))})"
