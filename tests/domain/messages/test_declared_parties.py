"""Messages show a party that the rules declare by its name, wherever they name a side."""

from dataclasses import replace
from datetime import date
from typing import Any

from monitor.domain.matching.rules import RuleInfo
from monitor.domain.messages.acts import act_sentence
from monitor.domain.messages.change_text import change_text
from monitor.domain.messages.confidence import confidence_line
from monitor.domain.messages.context import RenderContext
from monitor.domain.messages.figures import deadline_lines
from monitor.domain.messages.next_steps import next_step
from monitor.domain.messages.who_read import who_read
from monitor.domain.model.changes import DeadlineMissed
from monitor.domain.model.commitments import Deadline
from monitor.domain.model.enums import By, Effect, FlagKind, Kind, Outlook, ReasonCode, Says, Standing
from monitor.domain.model.news import ReadBy, ReaderKind
from monitor.domain.model.reasons import FirstDateMissed, OneSided, Reason, Speaker
from monitor.domain.model.sides import Parties, Side
from monitor.domain.model.verdicts import Flag
from tests.builders.domain_values import PARTIES
from tests.builders.golden_wording import GoldenWording
from tests.builders.message_values import NOW, commitment, context, move, signal, story, verdict

NAMES = Parties({**PARTIES.declared, "eu": Side("the EU", words=("EU", "Brussels"))})
KEEPS = RuleInfo("soybean-purchases.postponed", "soybean-purchases", "1", "a.yaml", 1, tells="to keep its duties")
FIRST, LATER = date(2026, 3, 1), date(2026, 6, 30)


def known(**changes: Any) -> RenderContext:
    return context(parties=NAMES, **changes)


def test_the_next_step_names_the_parties_that_owe_it(wording: GoldenWording) -> None:
    cases = [
        ("eu", Standing.PLEDGED, Outlook.STEADY),
        ("eu+us", Standing.PLEDGED, Outlook.STEADY),
        ("eu", Standing.IN_PROGRESS, Outlook.AT_RISK),
        ("eu+us", Standing.IN_PROGRESS, Outlook.AT_RISK),
        ("eu", Standing.UNPLEDGED, Outlook.STEADY),
        ("eu", Standing.LAPSED, Outlook.STEADY),
        ("eu+us", Standing.LAPSED, Outlook.STEADY),
    ]
    lines = []
    for owed_by, standing, outlook in cases:
        stands = verdict(standing=standing, outlook=outlook, deadlines=(), flags=())
        owed = commitment(owed_by=owed_by, kind=Kind.STANDING, targets=())
        lines.append(f"{owed_by}, {standing.value}: {next_step(owed, stands, known())}")
    wording(lines)


def test_speakers_dates_acts_and_readers_have_its_name(wording: GoldenWording) -> None:
    speaks = signal("s1", "a", says=Says("eu"), origin="European Commission")
    own = known(stories={"a": story("a", "European Commission")}, signals={"s1": speaks})
    silent = OneSided(Speaker("US Treasury", Says("us"), report=False), ("eu",))
    doubt = Flag(FlagKind.UNCONFIRMED, "eu", NOW, silent)
    dated = verdict(deadlines=(Deadline("quota", "due", LATER, "eu", "claimed"),), flags=())
    owed = commitment(owed_by="eu")
    missed = move(
        change=DeadlineMissed("quota", FIRST), reason=Reason(ReasonCode.MISSED, FirstDateMissed("quota", FIRST, LATER))
    )
    read = ReadBy(ReaderKind.MODEL, "qwen3:8b", "1a", Effect.SETBACK, Says("eu"))
    acts = replace(KEEPS, effect=Effect.SETBACK)
    wording(
        [
            confidence_line([speaks], (), own),
            confidence_line([signal("s1", "a")], (doubt,), known(stories={"a": story("a", "US Treasury")})),
            *(line.text for line in deadline_lines(dated, "Quota", known())),
            change_text(missed, known(commitments={owed.id: owed}, verdicts={owed.id: dated})).text,
            *(act_sentence(signal("s1", "a", by=By(by)), acts, NAMES) for by in ("eu", "eu+us")),
            *(act_sentence(signal("s1", "a", by=By(by)), None, NAMES) for by in ("eu", "eu+us")),
            who_read(signal("s1", "a", says=Says.PRESS, read_by=(read,)), NAMES),
        ]
    )
