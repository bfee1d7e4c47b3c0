"""The headline of a change: the best report's own headline, or generated words; and how subjects are cut."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.matching.rules import RuleInfo
from monitor.domain.messages.acts import act_sentence, example_act
from monitor.domain.messages.change_text import change_text
from monitor.domain.messages.context import RenderContext
from monitor.domain.messages.headline import ranked_reports
from monitor.domain.messages.subject import MAX_SUBJECT, MAX_TITLE, subject_line, subject_of, topic_of
from monitor.domain.model import changes, reasons
from monitor.domain.model.changes import Change
from monitor.domain.model.enums import (
    By,
    Cause,
    Direction,
    Effect,
    FlagKind,
    FlagState,
    Level,
    Modality,
    Outlook,
    ReasonCode,
    Says,
    Standing,
    Tier,
)
from monitor.domain.model.news import DateMention, EventTime, Publisher, Quantity, Story
from monitor.domain.model.policy import Policy
from monitor.domain.model.publishers import Publishers
from monitor.domain.model.reasons import Detail, Reason
from monitor.domain.model.verdicts import Transition
from monitor.domain.stories.headline_cut import ATTRIBUTED, clause_of_act, cut_headline, main_clause
from monitor.domain.text.labels import format_date
from tests.builders.domain_values import PARTIES
from tests.builders.golden_wording import GoldenWording
from tests.builders.message_values import NOW, commitment, move, signal, story

DAY, LATER = date(2026, 11, 10), date(2027, 11, 10)
TIERS = {"Commerce Ministry": Tier.OFFICIAL, "Harbour Wire": Tier.WIRE, "State Daily": Tier.STATE_MEDIA}


class Tiered(Publishers):
    """Publishers of the tiers above; the others are unknown."""

    def __init__(self) -> None:
        super().__init__(())

    def find(self, source: str, url: str = "") -> Publisher:
        return Publisher(source, TIERS.get(source, Tier.UNKNOWN))


def context(*stories: Story, tells: str = "", own: Effect = Effect.SETBACK) -> RenderContext:
    """These stories, and the rule of the sample signal with these words for its act."""
    publishers = Tiered()
    return RenderContext(
        {},
        {item.id: item for item in stories},
        publishers,
        Policy(),
        NOW,
        "UTC",
        PARTIES,
        {"soybean-purchases.postponed": rule(tells, own)},
        {"soybean-purchases": commitment()},
    )


def rule(tells: str, own: Effect) -> RuleInfo:
    return RuleInfo(
        "soybean-purchases.postponed", "soybean-purchases", "3f9c1a", "rules/x.yaml", 1, effect=own, tells=tells
    )


def headline(title: str, tells: str = "", own: Effect = Effect.SETBACK, lang: str = "en", **facts: Any) -> str:
    """The headline of a change on one story with this title."""
    report = signal("s1", "a", **{"quote": title, "by": By("cn"), "says": Says.PRESS} | facts)
    return change_text(move(), context(story("a", title=title, lang=lang), tells=tells, own=own), (report,)).headline


def changed(change: Change, detail: Detail = reasons.NOTHING, **facts: Any) -> Transition:
    return replace(move(evidence=(), reason=Reason(ReasonCode.STATUS, detail)), change=change, **facts)


# ---------------------------------------------------------------- the best report


def test_the_best_report_is_the_acting_sides_own_then_the_earliest_and_never_the_newest() -> None:
    later = NOW + timedelta(hours=3)
    stories = (
        story("welcome", "Harbour Wire", title="Farmers welcome it", published_at=later),
        story("wire", "Harbour Wire", title="China puts off two cargoes"),
        story("office", "Commerce Ministry", title="China puts off cargoes of soybeans", published_at=later),
        story("chinese", "Commerce Ministry", title="推迟大豆", lang="zh"),
    )
    signals = [
        signal("s4", "welcome", by=By("cn"), effect=Effect.PLEDGE, says=Says.PRESS),
        signal("s2", "wire", by=By("cn"), says=Says.PRESS),
        signal("s3", "office", by=By("cn"), says=Says("cn")),
        signal("s1", "chinese", by=By("cn"), says=Says("cn")),
    ]
    why = Reason(ReasonCode.SETBACK, reasons.Quoted("x"), ("s1",))
    lead = move(evidence=("s1", "s2", "s3", "s4"), reason=why)
    ranked = ranked_reports(lead, signals, context(*stories))
    assert [item.story for item in ranked] == ["office", "wire", "chinese", "welcome"]


HIDDEN: list[tuple[str, dict[str, Any]]] = [
    ("Will China put off two cargoes?", {"title_is_news": False}),
    ("Farmers wait for news of two cargoes", {"field": "summary"}),
    ("A spokesperson speaks of the harvest and the trade in soybeans and of all cargoes", {"act_at": 75}),
    ("A spokesperson on cargoes" + " and other matters of the day" * 5, {}),
]


def test_the_best_report_is_news_that_shows_the_act_and_that_of_the_most_important_act(wording: GoldenWording) -> None:
    titles = ["Two cargoes are put off", *(title for title, _ in HIDDEN), "A ministry puts off two cargoes"]
    stories = [story(str(n), title=title, published_at=NOW - timedelta(hours=n)) for n, title in enumerate(titles)]
    facts: list[dict[str, Any]] = [{}, *(facts for _, facts in HIDDEN), {"level": Level.ORDER}]
    signals = [signal(str(n), str(n), by=By("cn"), says=Says.PRESS, **own) for n, own in enumerate(facts)]
    everything = {item.id for item in signals}
    lead = move(evidence=tuple(everything))
    assert ranked_reports(lead, signals, context(*stories))[1].story == "0"
    assert (
        ranked_reports(replace(lead, level=Level.ORDER), signals[:1] + signals[-1:], context(*stories))[0].story == "5"
    )
    wording(headline(title, "to put off cargoes", **own) for title, own in HIDDEN)


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("China puts off two cargoes, whatever it says", "China puts off two cargoes, whatever it says"),
        ("UPDATE 2-China puts off two cargoes.", "China puts off two cargoes"),
        ("China puts off two cargoes - Reuters", "China puts off two cargoes"),
        ("China puts off two cargoes: ‘We will not...’", "China puts off two cargoes"),
        ("China puts off two cargoes: ‘We will not wait’", "China puts off two cargoes: ‘We will not wait’"),
    ],
)
def test_a_report_gives_its_own_headline_without_labels_outlet_and_full_stop(title: str, shown: str) -> None:
    assert headline(title) == shown


WORSE: list[tuple[str, dict[str, Any]]] = [
    ("China may put off two cargoes", {"modality": Modality.RUMOUR}),
    ("A forum ends in a small town by the sea as China puts off two cargoes", {"act_at": 50}),
    ("The 16 cargoes that wait", {"title_is_news": False}),
    ("‘A great day’: China puts off two cargoes", {}),
    ("China sets off with two cargoes", {"field": "summary"}),
    ("In a week of meetings and calls China puts off two cargoes", {"act_at": 38}),
]


@pytest.mark.parametrize(("title", "facts"), WORSE)
def test_news_of_the_act_in_its_main_clause_comes_before_what_may_come_columns_lists_and_notes(
    title: str, facts: dict[str, Any]
) -> None:
    stories = (
        story("worse", title=title, published_at=NOW - timedelta(hours=1)),
        story("news", title="China puts it off"),
    )
    signals = signal("s1", "worse", **facts), signal("s2", "news")
    assert ranked_reports(move(evidence=("s1", "s2")), signals, context(*stories))[0].story == "news"


def test_a_chinese_report_that_can_be_put_into_words_comes_before_english_news_of_something_else_and_older_news() -> (
    None
):
    stories = (
        story("else", title="Farmers wait for news", published_at=NOW - timedelta(hours=1)),
        story("old", title="China puts off a cargo", published_at=NOW - timedelta(days=5)),
        story("chinese", title="推迟大豆", lang="zh"),
    )
    facts = {"else": {"field": "summary"}, "old": {}, "chinese": {}}
    signals = [signal(key, key, **own) for key, own in facts.items()]
    ranked = ranked_reports(move(evidence=tuple(facts)), signals, context(*stories, tells="to put off cargoes"))
    assert [item.story for item in ranked] == ["chinese", "old", "else"]


def test_an_english_text_is_told_in_its_own_words_and_never_in_those_of_a_rule() -> None:
    sentence = "China puts off two cargoes of soybeans from the last harvest" + ", and other goods" * 6
    assert headline(sentence, "to put off cargoes") == sentence
    said = "Following talks in May, the ministry puts off two cargoes."
    post = headline("A ministry posted on it", "to put off cargoes", quote=said, field="summary", title_is_news=False)
    part = "and two cargoes are put off."
    cut = headline("A ministry posted on two cargoes", title_is_news=False, quote=part, field="summary")
    assert cut == "A ministry posted on two cargoes", "the quote has no beginning"
    assert post == "The ministry puts off two cargoes", "without the occasion of the sentence"


def test_a_headline_of_an_outlet_that_nobody_knows_does_not_lead_over_an_officials_own_text() -> None:
    stories = (
        story("unknown", "Nobody Knows", title="China puts off two cargoes of beans"),
        story("office", "Commerce Ministry", title="On the trade in soybeans"),
    )
    signals = [signal("s1", "unknown"), signal("s2", "office", field="summary", tier=Tier.OFFICIAL)]
    ranked = ranked_reports(move(evidence=("s1", "s2")), signals, context(*stories))
    assert [item.story for item in ranked] == ["office", "unknown"]
    assert ranked_reports(move(evidence=("s1",)), signals[:1], context(*stories))[0].story == "unknown"


def test_an_amount_that_most_reports_have_otherwise_leads_no_message() -> None:
    titles = ("Beans at $21 billion a year", "Beans at US$17 billion a year", "Beans at $17bn a year")
    stories = [story(str(at), "Harbour Wire", title=title) for at, title in enumerate(titles)]
    signals = [signal(f"s{each.id}", each.id, quote=each.title) for each in stories]
    ids = tuple(each.id for each in signals)
    assert ranked_reports(move(evidence=ids), signals, context(*stories))[-1].story == "0"
    assert ranked_reports(move(evidence=ids[:2]), signals[:2], context(*stories[:2]))[0].story == "0", "one against one"


def test_an_outlet_that_only_relays_is_no_speaker() -> None:
    relayed = story("a", "State Daily", title="推迟大豆", lang="zh")
    told = [
        change_text(
            move(), context(relayed, tells="to put off cargoes"), (signal("s1", "a", by=By("us"), **facts),)
        ).headline
        for facts in (
            {"says": Says("cn"), "origin": "State Daily"},
            {"says": Says("cn"), "origin": "Commerce Ministry"},
        )
    ]
    assert told == ["The US puts off cargoes", "Commerce Ministry says the US puts off cargoes"]


def test_an_act_names_the_side_that_it_is_aimed_at() -> None:
    aimed = replace(rule("to charge ships of {other}", Effect.SETBACK), owed_by="cn+us")
    told = [act_sentence(signal("s1", "a", by=by), aimed, PARTIES) for by in (By("cn"), By("us"), By("cn+us"))]
    assert told == [
        "China charges ships of the US",
        "the US charges ships of China",
        "the US and China charge ships of each other",
    ]


@pytest.mark.parametrize(
    ("quote", "told"),
    [
        ("中方暂停锡矿和钨矿出口一年", "China suspends its curbs on tin and tungsten for a year"),
        ("中方暂停钨矿石出口", "China suspends its curbs on tungsten ore"),  # the longer name comes first
        ("中方暂停出口，锡矿除外：一年", "China suspends its curbs on tin for a year"),
        ("中方暂停锑的出口", "China suspends its curbs on metals"),
        ("暂停锡、钨矿石、钨矿、锌和一年", "China suspends its curbs on tungsten ore, tungsten and zinc for a year"),
    ],
)
def test_an_act_names_what_its_sentence_names(quote: str, told: str) -> None:
    metals = {"锡矿": "tin", "钨矿": "tungsten", "钨矿石": "tungsten ore", "锌": "zinc", "铅 锌": "lead"}
    names = {"metals": metals, "span": {"一年": "for a year"}}
    slots = replace(rule("to suspend its curbs on {metals|metals} {span|}", Effect.PROGRESS), names=names)
    act = signal("s1", "a", by=By("cn"), effect=Effect.PROGRESS, quote=quote)
    assert act_sentence(act, slots, PARTIES) == told


def test_those_who_act_stand_behind_the_occasion_that_opens_a_sentence() -> None:
    names = {"envoys": {"Lin Bo": "Lin Bo", "Secretary Dale": "Dale"}}
    talks = replace(rule("{envoys|} to hold talks", Effect.PROGRESS), names=names)
    told = {
        quote: act_sentence(signal("s1", "a", by=By("cn+us"), effect=Effect.PROGRESS, quote=quote), talks, PARTIES)
        for quote in (
            "At the Harbour Forum, Lin Bo and Secretary Dale met",
            "Trade grows, Lin Bo and Secretary Dale say",
        )
    }
    assert [*told.values()] == ["Lin Bo and Dale hold talks", "the US and China hold talks"]


def test_the_rest_of_a_report_counts_where_the_words_of_a_rule_have_a_star() -> None:
    names = {"change": {"停止 措施": "end"}, "metals": {"锡矿": "tin"}}
    slots = replace(rule("to {change*|adjust} its list of {metals|metals}", Effect.PROGRESS), names=names)
    act = signal("s1", "a", by=By("cn"), effect=Effect.PROGRESS, quote="中方调整清单")
    told = [act_sentence(act, slots, PARTIES, text) for text in ("停止锡矿的措施", "停止。措施", "")]
    ends, adjusts = "China ends its list of metals", "China adjusts its list of metals"
    assert told == [ends, adjusts, adjusts]


WITHOUT_ACTOR = (
    "to add ships to its list",
    "to extend the stay of its rule",
    "to stop buying beans",
    "to suspend its fees",
    "to hold exports back",
    "to turn to US beans",
    "to extend the pause",
)


def test_a_report_that_is_not_in_english_is_put_into_words(wording: GoldenWording) -> None:
    office: dict[str, Any] = {"says": Says("cn"), "origin": "Commerce Ministry"}
    lot: dict[str, Any] = {"effect": Effect.PROGRESS, "quantity": Quantity(132e3, 132e3, "t"), "own": Effect.PROGRESS}
    wording(
        [
            headline("推迟大豆", lang="zh"),
            headline("推迟大豆", "to put off cargoes", lang="zh"),
            headline("推迟大豆", "the talks to break down", lang="zh"),
            headline("推迟大豆", "to put off cargoes", lang="zh", **office),
            headline("推迟大豆", lang="zh", by=By.UNKNOWN, **office),
            headline("推迟大豆", "to end its duties", lang="zh", says=Says("cn"), origin="Council of China"),
            headline("购买大豆", "to buy soybeans", lang="zh", **lot),
            headline("推迟大豆", "to put off cargoes", lang="zh", date=DateMention(DAY, role="expiry")),
            headline("推迟大豆", "to put off cargoes", lang="zh", by=By("us"), **office),
            *(headline("推迟大豆", tells, lang="zh", by=By.UNKNOWN) for tells in WITHOUT_ACTOR),
        ]
    )


def test_an_act_is_worded_in_the_sense_of_its_sentence(wording: GoldenWording) -> None:
    lines = []
    for own in (Effect.SETBACK, Effect.PROGRESS, Effect.DEADLINE):
        for read in Effect:
            sentence = act_sentence(
                signal("s1", "a", by=By("cn"), effect=read), rule("to extend its pause", own), PARTIES
            )
            lines.append(f"{own.value} read as {read.value}: {sentence}")
    for by in (By("us"), By("cn"), By("cn+us"), By.COMPANY, By.THIRD, By.UNKNOWN):
        lines.append(
            f"{by.value}: {act_sentence(signal('s1', 'a', by=by), rule('to be seen', Effect.SETBACK), PARTIES)}"
        )
        lines.append(f"{by.value}: {act_sentence(signal('s1', 'a', by=by), None, PARTIES)}")
    lines += map(
        example_act, ("to carry beans", "customs to bar chips", "exports to fall", "to found a board", "beans")
    )
    wording(lines)


def test_a_measure_that_takes_effect_on_its_day_is_told_with_the_day() -> None:
    announced = replace(changed(MISSED, reasons.Quoted("推迟大豆"), **CLOCK), happened=NOW)
    report = signal("s1", "a", effect=Effect.PLEDGE, by=By("cn"))
    told = change_text(announced, context(story("a", lang="zh"), tells="to put off cargoes"), (report,))
    assert told.headline == f"China puts off cargoes as of {format_date(NOW.date())}"


# ---------------------------------------------------------------- generated headlines

CLOCK: dict[str, Any] = {"cause": Cause.CLOCK}
MISSED = changes.StatusChanged(Standing.PLEDGED, Outlook.AT_RISK)
COUNT = reasons.Count("Customs", 4e6, None, "t", "shipped")
GENERATED = [
    changed(changes.NoticeDue("the ban", DAY, 7), reasons.Notice("the ban", "expiry", DAY), **CLOCK),
    changed(changes.DeadlineMissed("12 Mt", DAY), **CLOCK),
    changed(changes.StatusChanged(Standing.IN_FORCE, Standing.LAPSED), reasons.Lapsed("truce", "expiry", DAY), **CLOCK),
    changed(MISSED, reasons.BehindPace(4e6, 12e6, "t", 0.33, 0.8, DAY), **CLOCK),
    changed(MISSED, **CLOCK),
    changed(MISSED, reasons.Pinned("Ann", None, "seen", "x", Standing.PLEDGED), cause=Cause.PERSON),
    changed(MISSED, reasons.StatusTakenBack(Outlook.AT_RISK, None, reasons.Text("x")), cause=Cause.CORRECTION),
    changed(changes.FlagChanged(FlagKind.STALE, "status", None, FlagState.RAISED), reasons.NothingSince(DAY), **CLOCK),
    changed(
        changes.FlagChanged(FlagKind.CONTESTED, "12 Mt", None, FlagState.RAISED),
        reasons.Disputed("The US", "x", "China", "y"),
    ),
    changed(changes.DeadlineMoved("truce", DAY, LATER), reasons.Named("us", LATER)),
    changed(changes.ShareChanged(0.07, 0.15, "12 Mt")),
    changed(MISSED, reasons.CountedByOne(COUNT, Standing.MET, (COUNT,))),
    changed(changes.EventNoted(Effect.SETBACK, By("cn")), cause=Cause.CORRECTION),
    changed(changes.StatusChanged(Standing.PLEDGED, Standing.MET)),
]


def test_time_counts_people_and_corrections_get_a_generated_headline(wording: GoldenWording) -> None:
    report = signal("s1", "a", by=By("cn"))
    about = context(story("a", title="China puts off two cargoes"))
    texts = [change_text(change, about, (report,)) for change in GENERATED[:-1]]
    assert {text.report for text in texts} == {""}, "although a report exists"
    wording(text.headline for text in [*texts, change_text(GENERATED[-1], about, ())])


# ---------------------------------------------------------------- subjects


@pytest.mark.parametrize(
    ("change", "start"),
    [
        (changes.StatusChanged(Standing.PLEDGED, Outlook.AT_RISK), "Soybeans 12 Mt now AT RISK: "),
        (
            changes.StatusChanged(Standing.PLEDGED, Standing.IN_PROGRESS),
            "Soybeans 12 Mt: ",
        ),  # the outlook is the status
        (changes.StatusChanged(Outlook.AT_RISK, Outlook.AT_RISK), "Soybeans 12 Mt: "),
        (changes.EventNoted(Effect.SETBACK, By("cn")), "Soybeans 12 Mt: "),
        (
            changes.FlagChanged(FlagKind.UNCONFIRMED, "x", FlagState.RAISED, FlagState.CONFIRMED),
            "Soybeans 12 Mt confirmed: ",
        ),
    ],
)
def test_a_subject_names_the_new_status_only_if_the_change_moved_it(change: Change, start: str) -> None:
    text = change_text(changed(change), context(story("a", title="Cargoes wait")), (signal("s1", "a"),))
    assert subject_of(topic_of(commitment()), text) == f"{start}Cargoes wait"


def test_the_headline_follows_its_own_topic_and_others_are_named_only_if_it_stays_whole() -> None:
    others = [("Port fees", "IN FORCE"), ("Chips", "")]
    short, long = (
        change_text(move(), context(story("a", title=title)), (signal("s1", "a"),))
        for title in ("Cargoes wait", "Two cargoes of the beans of last year wait for a free berth")
    )
    assert subject_of("Beans", short, others).endswith(": Cargoes wait (+ Port fees IN FORCE, Chips)")
    some = subject_of("Beans", short, [*others, ("Entity listings", "IN PROGRESS"), ("Tech curbs", "")])
    assert some.endswith(": Cargoes wait (+ Port fees IN FORCE, Chips, 2 more)")
    cut = subject_of("Beans", long, others)
    assert cut.endswith(": Two cargoes of the beans of last year wait for a free berth")
    assert len(cut) <= MAX_SUBJECT
    whole = replace(long, headline="Two cargoes wait for a berth today")
    assert subject_of("Beans", whole, others).endswith(" (+2 more)")
    assert subject_of("Beans", whole, others, MAX_TITLE).endswith(" (+ Port fees IN FORCE, Chips)")
    lost = replace(long, headline="Two cargoes of the beans of last year wait for a berth that is free, but none is")
    assert not subject_of("Beans", lost).endswith("but none is")
    assert subject_of("Beans", lost, (), MAX_TITLE).endswith("but none is")


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Two cargoes wait", "Two cargoes wait"),
        ("Two cargoes wait for a day", "Two cargoes wait…"),
        ("Two cargoes of China's state buyers wait", "Two cargoes…"),
        ("Two cargoes wait (for long)", "Two cargoes wait…"),
        ("Two cargoes “wait a day” now", "Two cargoes…"),
        ("采购按计划进行按计划进行按计划进行采购按计划", "采购按计划进行按计划进行按计划进行采购按…"),
    ],
)
def test_a_headline_is_cut_at_a_word_and_not_within_a_bracket_or_a_quote(text: str, cut: str) -> None:
    assert cut_headline(text, 21) == cut


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("China and the US agree on a truce after a day of talks", "China and the US agree on a truce"),
        ("China puts off two cargoes of soybeans, easing its losses", "China puts off two cargoes of soybeans"),
        ("China puts off cargoes of soybeans three days before talks", "China puts off cargoes of soybeans"),
        ("China puts off two cargoes of soybeans, including new ones", "China puts off two cargoes of soybeans…"),
        ("China puts off two cargoes of soybeans, the ministry says", "China puts off two cargoes of soybeans…"),
        ("China puts off two cargoes of soybeans: the ministry", "China puts off two cargoes of soybeans…"),
        ("China puts off two cargoes of its soybeans, Sacks says", "Sacks: China puts off two cargoes of its soybeans"),
        ("China puts off two cargoes of soybeans to please farmers", "China puts off two cargoes of soybeans…"),
        (
            "China puts off all cargoes of its new soybeans and warns of",
            "China puts off all cargoes of its new soybeans…",
        ),
        (
            "The state buyers of China's soybeans agree to put off two",
            "The state buyers of China's soybeans agree to put…",
        ),
        ("Farmers fear a long wait for the cargoes if they need new", "Farmers fear a long wait for the cargoes…"),
        ("The end of it moved from 10 Nov 2026 to 10 Jan 2027", "The end of it moved to 10 Jan 2027"),
        ("China puts off two cargoes such as those of the last year", "China puts off two cargoes such as those…"),
        ("China backs a bill of its state farms proposing duties", "China backs a bill of its state farms…"),
        ("China backs a bill of state farms on shipping for all", "China backs a bill of state farms on shipping…"),
    ],
)
def test_a_headline_ends_before_its_occasion_and_its_speaker_stands_in_front_if_that_costs_no_word(
    text: str, cut: str
) -> None:
    assert cut_headline(text, 50) == cut


@given(st.text(max_size=300), st.integers(12, 120))
def test_a_cut_headline_fits_and_is_a_beginning_of_the_whole_one_or_of_it_behind_its_speaker(
    text: str, limit: int
) -> None:
    cut = cut_headline(text, limit)
    assert len(cut) <= limit
    begins = (cut, cut.split(": ", 1)[-1]) if ATTRIBUTED.search(text) else (cut,)
    assert any(text.startswith(begin.removesuffix("…")) for begin in begins)


@given(st.text(max_size=20), st.text(max_size=300))
def test_a_subject_has_at_most_90_characters(topic: str, words: str) -> None:
    assert len(subject_line(topic, words)) <= MAX_SUBJECT


@pytest.mark.parametrize(
    ("names", "topic"),
    [
        ({"short": "Soybeans 12 Mt"}, "Soybeans 12 Mt"),
        ({"short": "Soybeans 12 Mt", "topic": "Soybeans"}, "Soybeans"),
        ({"short": "Purchases of American soybeans and corn"}, "Purchases"),
        ({"short": "Tariffs on soybeans and corn"}, "Tariffs on soybeans"),
    ],
)
def test_a_subject_begins_with_a_short_name_of_the_commitment(names: dict[str, str], topic: str) -> None:
    assert topic_of(commitment(**names)) == topic


def test_of_a_rise_the_report_of_a_step_gives_the_headline() -> None:
    stories = story("maker", title="Shipyards hire again"), story("step", title="China clears two cargoes")
    known = replace(context(*stories), commitments={"soybean-purchases": commitment(steps=("cleared",))})
    cleared = replace(rule("to clear cargoes", Effect.PROGRESS), id="soybean-purchases/cleared", object="cleared")
    known = replace(known, rules={**known.rules, cleared.id: cleared})
    signals = signal("s1", "maker", effect=Effect.PROGRESS), signal("s2", "step", rule=cleared.id)
    up = move(frm="pledged", to="in_progress", way=Direction.UP, evidence=("s1", "s2"))
    assert ranked_reports(up, (signals[0], replace(signals[1], effect=Effect.PROGRESS)), known)[0].story == "step"


def test_beside_a_new_status_a_headline_that_keeps_what_its_act_is_about_comes_first() -> None:
    earlier = NOW - timedelta(hours=1)
    stories = (
        story("cut", title="Officials from both sides reach a framework of a deal", published_at=earlier),
        story("whole", title="Officials agree on most points of the deal for this year"),
    )
    signals = [signal("s1", "cut", modality=Modality.NONE), signal("s2", "whole", modality=Modality.NONE)]
    fall = move(frm="pledged", to="at_risk", outlook=Outlook.AT_RISK, evidence=("s1", "s2"))
    assert [each.story for each in ranked_reports(fall, signals, context(*stories))] == ["whole", "cut"]
    noted = replace(fall, change=changes.EventNoted(Effect.SETBACK, By("cn")))
    assert ranked_reports(noted, signals, context(*stories))[0].story == "cut", "which then has room"


def office_says(sentence: str, tells: str = "to put off cargoes", **facts: Any) -> str:
    """The headline of a change that an office reports in this sentence, under a title that is no news."""
    text = story("a", "Commerce Ministry", title="The ministry posted a statement", summary=sentence)
    told: dict[str, Any] = {
        "quote": sentence,
        "field": "summary",
        "by": By("cn"),
        "says": Says("cn"),
        "title_is_news": False,
    }
    report = signal("s1", "a", **told | facts)
    return change_text(move(), context(text, tells=tells), (report,)).headline


LONG = (
    "Following talks, the ministry said that it had taken note of several questions and that China put off two cargoes."
)


def test_an_offices_sentence_that_a_subject_has_no_room_for_is_put_into_words() -> None:
    assert office_says("Today, China put off two cargoes. Farmers wait.") == "China put off two cargoes"
    assert office_says(LONG) == "China puts off cargoes"
    without_words_or_actor = office_says(LONG, tells=""), office_says(LONG, by=By.UNKNOWN)
    assert {*without_words_or_actor} == {"The ministry said that" + LONG.partition("ministry said that")[2][:-1]}


def test_a_headline_of_the_press_is_never_put_into_words_of_ours() -> None:
    long = "China goes all in on the battle over trade and soybeans, with a firm in its crosshairs"
    assert headline(long, "to open a case against {other}", act_at=74) == long


def test_beside_a_new_status_a_headline_that_is_cut_right_behind_its_verb_comes_late() -> None:
    title = "The council of growers and the mills reach compromise on the loading of cargoes in winter"
    cut, whole = story("a", "Harbour Wire", title=title), story("b", title="Growers agree on two cargoes")
    facts: dict[str, Any] = {"by": By("cn"), "says": Says.PRESS}
    reports = signal("s1", "a", act_at=title.index("reach"), **facts), signal("s2", "b", **facts)
    change = move(to="in_progress", evidence=("s1", "s2"))
    assert [own.id for own in ranked_reports(change, reports, context(cut, whole))] == ["s2", "s1"]


def test_a_fall_is_led_by_the_act_of_a_side_that_owes_the_promise_and_not_by_the_answer() -> None:
    answer = story("a", "Harbour Wire", title="Buyers in America put off their orders")
    act = story(
        "b", "Harbour Wire", title="China, it is said, puts off two cargoes", published_at=NOW + timedelta(hours=1)
    )
    reports = signal("s1", "a", by=By("us"), says=Says.PRESS), signal("s2", "b", by=By("cn"), says=Says.PRESS)
    fall = move(evidence=("s1", "s2"))
    assert [own.id for own in ranked_reports(fall, reports, context(answer, act))] == ["s2", "s1"]
    assert ranked_reports(replace(fall, way=Direction.UP), reports, context(answer, act))[0].id == "s1"


def test_a_fall_of_what_both_sides_owe_is_led_by_the_side_that_began() -> None:
    blow = story(
        "a",
        "Harbour Wire",
        title="America may open a case on soybeans and on much else of what the mills load",
        published_at=NOW,
    )
    answer = story("b", "Harbour Wire", title="China vows to answer")
    facts: dict[str, Any] = {"says": Says.PRESS, "effect": Effect.THREAT, "act_at": 8}
    later = EventTime(NOW + timedelta(hours=1), NOW + timedelta(hours=1))
    reports = signal("s1", "a", by=By("us"), **facts), signal("s2", "b", by=By("cn"), happened=later, **facts)
    both = replace(context(blow, answer), commitments={"soybean-purchases": commitment(owed_by="cn+us")})
    fall = move(evidence=("s1", "s2"))
    assert [own.id for own in ranked_reports(fall, reports, both)] == ["s1", "s2"]


def test_a_new_round_of_which_only_a_post_tells_is_told_as_one() -> None:
    again = move(frm="met", to="in_progress", way=Direction.OTHER, evidence=("s1",))
    text = change_text(again, context(story("a", title="The president posted about a picture of cargoes")), ())
    assert text.text == "A new round began; was MET, now IN PROGRESS"
    report = signal("s1", "a", quote="The president posted about a picture of cargoes", title_is_news=False)
    told = change_text(again, context(story("a", title=report.quote)), (report,))
    assert (told.headline, told.report) == ("A new round began", "")


def test_a_subject_is_the_clause_that_has_the_act_if_there_is_no_room_for_both() -> None:
    title = "Meeting of the two leaders yields a breakthrough as China agrees to put off two cargoes of grain"
    text = story("a", "Harbour Wire", title=title)
    report = signal("s1", "a", quote=title, field="title", act_at=title.index("put off"), by=By("cn"))
    assert change_text(move(), context(text), (report,)).headline == "China agrees to put off two cargoes of grain"
    begins = replace(report, act_at=title.index("yields"))  # a breakthrough alone says nothing
    assert change_text(move(), context(text), (begins,)).headline == "China agrees to put off two cargoes of grain"
    clear = title.replace("a breakthrough", "an order")
    text, begins = story("a", "Harbour Wire", title=clear), replace(begins, quote=clear)
    assert change_text(move(), context(text), (begins,)).headline == clear


def test_a_subject_does_not_begin_with_somebodys_words() -> None:
    title = "‘We had great talks’: the two leaders meet in the garden of a palace and walk to the lake for a while"
    text = story("a", "Harbour Wire", title=title)
    report = signal("s1", "a", quote=title, field="title", act_at=title.index("meet"))
    said = "The two leaders meet in the garden of a palace and walk to the lake for a while"
    assert change_text(move(), context(text), (report,)).headline == said
    assert change_text(move(), context(text), (replace(report, act_at=4),)).headline == title


def test_a_headline_that_names_the_act_only_as_its_occasion_comes_after_one_that_tells_it() -> None:
    beside = story("a", "Harbour Wire", title="In a truce over all cargoes, the harbour is a bargaining chip")
    plain = story("b", "Harbour Wire", title="The sides agree on a truce", published_at=NOW + timedelta(hours=1))
    reports = (
        signal("s1", "a", quote=beside.title, act_at=beside.title.index("truce")),
        signal("s2", "b", quote=plain.title, act_at=plain.title.index("agree")),
    )
    change = move(evidence=("s1", "s2"))
    assert [own.id for own in ranked_reports(change, reports, context(beside, plain))] == ["s2", "s1"]


def test_a_cut_subject_keeps_who_says_it_if_there_is_room() -> None:
    title = "China turns the cargoes of beans away, outwitting the mills, Sacks says"
    assert cut_headline(title, 60) == "China turns the cargoes of beans away, Sacks says"
    assert cut_headline(title, 45) == "Sacks: China turns the cargoes of beans away"


def test_of_alike_headlines_that_with_the_amount_leads() -> None:
    first = story("a", "Harbour Wire", title="China threatens more duties")
    later = story("b", "Harbour Wire", title="China threatens 100% duties", published_at=NOW + timedelta(hours=1))
    amount = Quantity(100, 100, "pct", text="100%")
    reports = (signal("s1", "a", quote=first.title), signal("s2", "b", quote=later.title, quantity=amount))
    change = move(evidence=("s1", "s2"))
    assert [own.id for own in ranked_reports(change, reports, context(first, later))] == ["s2", "s1"]


def test_of_talks_their_end_leads_and_neither_their_beginning_nor_what_somebody_thinks_of_them() -> None:
    titles = (
        "Two sides begin talks in a hall",
        "Talks of the two sides ‘constructive’",
        "Two sides end talks in a hall",
    )
    told = [
        story(key, title=title, published_at=NOW + timedelta(hours=at))
        for at, (key, title) in enumerate(zip("abc", titles, strict=True))
    ]
    reports = [signal(f"s{each.id}", each.id, quote=each.title) for each in told]
    reports[0] = replace(reports[0], modality=Modality.UNDER_WAY)
    change = move(evidence=tuple(each.id for each in reports))
    assert [own.id for own in ranked_reports(change, reports, context(*told))] == ["sc", "sb", "sa"]


def test_a_headline_never_ends_before_the_words_that_make_its_act_conditional() -> None:
    plain = "Two sides reach a pause of all duties on steel and grain this week"
    assert main_clause(plain, 60) == ""
    assert main_clause("Two sides reach a pause of duties on steel amid hopes", 60).endswith("steel")
    for condition in ("for Ann Lee and Bo to consider", "after talks, subject to a vote", "amid hopes, pending a call"):
        assert main_clause(f"Two sides reach a pause of duties on steel {condition}", 50) == ""


def test_of_two_clauses_a_short_subject_has_the_one_with_the_act() -> None:
    title = "EU says the worst of the dispute is averted, China moves to restart chip sales"
    assert clause_of_act(title, title.index("restart"), 52) == "China moves to restart chip sales"
    assert clause_of_act(title, title.index("restart"), 90) == title, "a longer line has room for both"
    listed = "Ministers of the two sides, Kenya and Peru among them, restart chip sales"
    assert clause_of_act(listed, listed.index("restart"), 90) == listed
    joint = "Meeting of leaders ends with a step ahead as US, China agree to cut duties"
    assert clause_of_act(joint, joint.index("agree"), 50) == "US, China agree to cut duties"
