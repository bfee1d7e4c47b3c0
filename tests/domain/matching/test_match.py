from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.domain.matching.document import MAX_FIELD_LENGTH, MAX_HITS, MAX_SENTENCES, Document, TextCut
from monitor.domain.matching.match import RejectionKind, match, trace
from monitor.domain.matching.rules import Rulebook
from monitor.domain.matching.signal_builder import MAX_QUOTE, quote_span
from monitor.domain.model import By, Effect, Level, Story, Tier
from tests.builders import rules_folder, shipped_rules
from tests.builders.counted_work import calls_of


def effect(rules: Rulebook, title: str, summary: str = "") -> Effect:
    return rules_folder.only(match(rules_folder.story(title, summary), rules)).effect


def about(rules: Rulebook, title: str, summary: str = "") -> bool:
    return any(signal.commitment == "beans" for signal in match(rules_folder.story(title, summary), rules))


# ---------------------------------------------------------------- about


def test_a_story_about_nothing_gives_no_signal_and_one_that_changes_nothing_gives_none(rules: Rulebook) -> None:
    assert match(rules_folder.story("Brazil wins the cup"), rules) == ()
    signal = rules_folder.only(match(rules_folder.story("China and its soybeans"), rules))
    assert (signal.effect, signal.rule) == (Effect.NONE, "beans/about")


def test_never_excludes_a_story_whatever_else_stands_there(tmp_path: Path) -> None:
    hard = rules_folder.load(
        tmp_path,
        beans=rules_folder.COMMITMENT.replace(
            "  not: {other sellers: '(Brazil*|巴西)'}",
            "  not: {other sellers: Brasilia}\n  never: {other sellers: '(Brazil*|巴西)'}",
        ),
    )
    assert not about(hard, "China buys US soybeans, not beans from Brazil")
    assert about(hard, "China buys US soybeans, Brasilia notes")


def test_today_and_tomorrow_are_those_of_the_publisher() -> None:
    """In the evening of New York it is the next day by UTC, and in the night of Beijing still the day before."""

    def days(source: str, hour: int, title: str, summary: str = "", lang: str = "en") -> tuple[date | None, ...]:
        at = datetime(2025, 11, 12, hour, tzinfo=UTC)
        told = Story("a", at, at, source, "", title, summary, lang)
        signal = next(each for each in match(told, shipped_rules.rulebook()) if each.date)
        return tuple(named.date if named else None for named in (signal.date, signal.starts))

    assert days("The New York Times", 2, "Trump and Xi will meet tomorrow in Rome") == (date(2025, 11, 12), None)
    assert days("Xinhua", 20, "Xi and Trump will meet tomorrow in Rome") == (date(2025, 11, 14), None)
    order = ("商务部宣布对美两用物项出口公告暂停实施", "自即日起至2026年11月27日，该公告暂停实施。", "zh")
    assert days("MOFCOM", 20, *order) == (date(2026, 11, 27), date(2025, 11, 12))  # begun, by UTC too


def test_an_order_names_its_length_in_its_lead() -> None:
    def term(summary: str) -> tuple[float | None, date | None]:
        at, title = datetime(2025, 11, 12, 9, tzinfo=UTC), "商务部宣布对美两用物项出口公告暂停实施"
        told = match(Story("a", at, at, "MOFCOM", "", title, summary, "zh"), shipped_rules.rulebook())
        signal = next(each for each in told if each.effect is not Effect.NONE)
        return signal.lasts, signal.starts.date if signal.starts else None

    assert term("The ministry said on November 10, 2025 that it suspends the notice for one year.") == (
        365.25,
        date(2025, 11, 10),
    )
    assert term("It suspends the notice of October 9, 2025 for one year.") == (365.25, None)
    assert term("It suspends one notice for one year and another one for 90 days.") == (None, None)


def test_an_office_that_would_suspend_its_measure_names_the_length_in_its_lead() -> None:
    at, title = datetime(2025, 11, 10, 4, tzinfo=UTC), "USTR announced it would suspend its port fees on Chinese ships."
    lead = "The fees will be suspended for one year, beginning on November 10, 2025."
    told = match(Story("a", at, at, "USTR", "", title, lead, "en"), shipped_rules.rulebook())
    signal = next(each for each in told if each.effect is Effect.PLEDGE)
    assert (signal.lasts, signal.starts and signal.starts.date) == (365.25, date(2025, 11, 10))


def test_a_meeting_agreed_on_beside_something_else_is_news_once_it_has_a_day() -> None:
    def passing(title: str) -> bool:
        at = datetime(2025, 12, 2, 12, tzinfo=UTC)
        (signal,) = match(Story("a", at, at, "Reuters", "", title, "", "en"), shipped_rules.rulebook())
        return signal.passing

    assert not passing("Xi raises Taiwan as he and Trump agree to meet in Beijing in March")
    assert passing("Xi raises Taiwan as he and Trump agree to meet in Beijing")


def test_patterns_of_one_field_do_not_count_in_the_other(tmp_path: Path) -> None:
    split = rules_folder.COMMITMENT.replace(
        "  any: ['{cn} ..8 {beans}', '{beans} ..8 {cn}', '{us_beans}']\n", "  title: ['bean news']\n"
    )
    rules = rules_folder.load(tmp_path, beans=split)
    assert about(rules, "Bean news of the day")
    assert not about(rules, "Grain", "The bean news of the day.")
    assert about(rules, "Grain", "China buys US soybeans for ten cargoes.")
    assert not about(rules, "China buys US soybeans for ten cargoes")


@pytest.mark.parametrize(
    ("title", "summary"),
    [("Corn rises amid China's soybean imports", ""), ("Grain news", "US soybeans fill ten cargoes.")],
)
def test_what_the_main_clause_of_a_title_omits_is_only_mentioned(title: str, summary: str, rules: Rulebook) -> None:
    assert not about(rules, title, summary)
    (result,) = trace(rules_folder.story(title, summary), rules)
    assert result.rejection is not None
    assert result.rejection.kind is RejectionKind.MENTIONED
    assert about(rules, "Corn rises as China buys soybeans")
    assert about(rules, "China's soybean imports amid the talks")


def test_one_commitment_gives_way_to_another(rules: Rulebook) -> None:
    signals = match(rules_folder.story("China buys soybeans after talks"), rules)
    assert [signal.commitment for signal in signals] == ["talks"]
    (blocked,) = [
        result for result in trace(rules_folder.story("China buys soybeans after talks"), rules) if result.rejection
    ]
    assert blocked.rejection is not None
    assert (blocked.rejection.kind, blocked.rejection.commitment) == (RejectionKind.YIELDS, "talks")


def test_a_commitment_keeps_a_story_that_the_other_does_not_concern(tmp_path: Path) -> None:
    elsewhere = rules_folder.TALKS.replace("['{cn} ..8 (call|talks)', '(call|talks) ..8 {cn}']", "['Geneva talks']")
    assert about(rules_folder.load(tmp_path, talks=elsewhere), "China buys soybeans after talks")


def test_a_long_document_gives_way_sentence_by_sentence(rules: Rulebook) -> None:
    first, last = "China will buy US soybeans. ", "China meets again after talks."
    long = first + 5 * "The delegations spoke of ships and fees. " + last
    read = {summary: match(rules_folder.story("What was agreed", summary), rules) for summary in (long, first + last)}
    assert {(signal.commitment, signal.effect) for signal in read[long]} >= {("beans", Effect.PLEDGE)}
    assert {signal.commitment for signal in read[long]} == {"beans", "talks"}
    assert [signal.commitment for signal in read[first + last]] == ["talks"]


# ---------------------------------------------------------------- which act wins


def test_the_main_clause_then_the_title_then_a_verb_goes_first(rules: Rulebook) -> None:
    assert effect(rules, "China buys soybeans after it cancels US soybeans") is Effect.PROGRESS
    assert effect(rules, "China buys US soybeans and cancels more US soybeans") is Effect.BREACH
    assert effect(rules, "China buys US soybeans", "China cancels US soybeans.") is Effect.PROGRESS
    assert effect(rules, "US soybeans and China", "China cancels US soybeans.") is Effect.BREACH
    assert effect(rules, "US soybean deal with China", "China has bought US soybeans.") is Effect.PROGRESS
    assert effect(rules, "US soybean deal with China") is Effect.PLEDGE
    denied = "China denies it cancels US soybeans."
    assert effect(rules, "US soybean deal with China", denied) is Effect.PLEDGE
    assert effect(rules, "US soybeans and China", denied) is Effect.NONE


def test_what_somebody_speaks_on_is_a_topic_and_no_act(rules: Rulebook) -> None:
    assert effect(rules, "A grower on China buying soybeans: a start") is Effect.PROGRESS
    assert effect(rules, "China's top trader on buying US soybeans: 'We need them'") is Effect.NONE


def test_none_of_an_act_blocks_it_in_its_sentence(rules: Rulebook) -> None:
    assert effect(rules, "China buys soybean oil") is Effect.NONE


@pytest.mark.parametrize(
    "title",
    [
        "Will China buy US soybeans?",
        "中国会采购美国大豆吗？",
        "Opinion: China buys US soybeans",
        "Soy futures slip, China buys US soybeans",
    ],
)
def test_questions_opinion_and_markets_change_nothing(rules: Rulebook, title: str) -> None:
    assert effect(rules, title) is Effect.NONE


def test_an_exclusion_holds_in_its_sentence_unless_its_exception_stands_there(rules: Rulebook) -> None:
    assert not about(rules, "China buys soybeans from Brazil")
    assert about(rules, "China buys US soybeans, not beans from Brazil")
    assert not about(rules, "Brazil's harvest", "China buys soybeans.")
    summary = "China buys soybeans from Brazil. China has bought soybeans."
    (hit,) = [hit for hit in trace(rules_folder.story("Grain news", summary), rules)[0].about if hit.rejection is None]
    assert hit.place.original[0] > summary.index(".")
    assert not about(rules, "Shares slip on Friday", "China buys US soybeans.")
    assert not about(rules, "Give us soybeans")
    assert about(rules, "U.S. soybeans pile up")


def test_an_experimental_rule_never_displaces_a_stable_one(tmp_path: Path) -> None:
    experimental = rules_folder.COMMITMENT.replace("id: cancelled\n", "id: cancelled\n    stage: experimental\n")
    rules = rules_folder.load(tmp_path, beans=experimental)
    assert effect(rules, "China buys US soybeans and cancels US soybeans") is Effect.PROGRESS
    alone = rules_folder.only(match(rules_folder.story("China cancels US soybeans"), rules))
    assert alone.experimental
    assert alone.effect is Effect.BREACH


def test_a_longer_act_goes_before_the_one_inside_it(tmp_path: Path) -> None:
    threat = """\
  - id: threatened
    polarity: threat
    any: ['threatens ..4 cancels ..6 {beans}']
"""
    rules = rules_folder.load(tmp_path, beans=rules_folder.COMMITMENT + threat)
    story = rules_folder.story("Beijing threatens it cancels US soybeans")
    assert rules_folder.only(match(story, rules)).effect is Effect.THREAT
    assert [(c.act.rule, c.covered_by) for c in trace(story, rules)[0].candidates if c.covered_by] == [
        ("beans/cancelled", "beans/threatened")
    ]


# ---------------------------------------------------------------- the signal


def test_a_signal_says_who_how_much_until_when_and_where(rules: Rulebook) -> None:
    title = "China buys 12 million tons of US soybeans"
    signal = rules_folder.only(match(rules_folder.story(title, source="Grain Daily"), rules))
    assert (signal.by, signal.tier, signal.rule, signal.field) == (By("cn"), Tier.TRADE, "beans/bought", "title")
    assert signal.quantity is not None
    assert (signal.quantity.low, signal.quantity.unit) == (12e6, "t")
    assert signal.seen_at == rules_folder.AT
    assert signal.rule_version == rules.rules["beans/bought"].version


def test_an_act_that_stops_the_thing_says_so_by_a_field_of_its_own(tmp_path: Path) -> None:
    banned = "  - id: banned\n    polarity: bad\n"
    stops, named = (
        rules_folder.load(tmp_path / name, beans=rules_folder.COMMITMENT.replace(banned, f"{banned}    {line}\n"))
        for name, line in (("stops", "stalls: true"), ("named", "object: stalled cargo"))
    )
    ban = rules_folder.story("China bans soybeans from two US ports")
    assert rules_folder.only(match(ban, stops)).stalls
    assert not rules_folder.only(match(ban, named)).stalls


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("China bans US soybeans by ministry order", Level.ORDER),
        ("Ministry order bans US soybeans as China and US chiefs sign", Level.ORDER),
        ("Chiefs sign as China buys US soybeans", Level.ORDINARY),
        ("China may ban US soybeans by ministry order", Level.ORDINARY),
        ("China drops ban of US soybeans by ministry order as chiefs sign", Level.ORDER),
        ("Chiefs sign and China buys US soybeans by order", Level.SUMMIT),
    ],
)
def test_the_words_of_its_clause_make_a_completed_act_important(tmp_path: Path, title: str, level: Level) -> None:
    deal = f"{rules_folder.DEAL}levels:\n  order: ministry order\n  summit: ['chiefs ~clause sign']\n"
    rules = rules_folder.load(tmp_path, deal=deal)
    assert rules_folder.only(match(rules_folder.story(title), rules)).level is level


def test_a_signals_id_is_stable_and_its_own(rules: Rulebook) -> None:
    one, two = (rules_folder.only(match(rules_folder.story("China buys US soybeans"), rules)) for _ in range(2))
    other = rules_folder.only(match(rules_folder.story("China bans US soybeans"), rules))
    assert one.id == two.id != other.id


@pytest.mark.parametrize(("told", "effect"), [("had decided to ban", Effect.PROGRESS), ("is to ban", Effect.SETBACK)])
def test_background_concerns_the_sentence_before_it_too(tmp_path: Path, told: str, effect: Effect) -> None:
    words = rules_folder.VOCABULARY.replace("modality:\n", "modality:\n  past: {en: [had decided to]}\n")
    rules = rules_folder.load(tmp_path, words=words)
    summary = f"The office met. China buys grain. Beijing {told} US soybeans. Rain fell. Wind blew."
    assert rules_folder.only(match(rules_folder.story("News", summary), rules)).effect is effect


@pytest.mark.parametrize(
    ("summary", "quote"),
    [
        ("Corn fell. “China buys U.S. soybeans.” Wheat rose.", "“China buys U.S. soybeans.”"),
        ("昨日消息。中国采购“美国大豆”。", "中国采购“美国大豆”。"),
        ("🚢 China’s COFCO books e\u0301lite US soybeans! Next", "🚢 China’s COFCO books e\u0301lite US soybeans!"),
    ],
)
def test_a_quote_is_the_original_sentence(rules: Rulebook, summary: str, quote: str) -> None:
    signal = rules_folder.only(match(rules_folder.story("Grain", summary), rules))
    assert signal.quote == quote == summary[signal.start : signal.end]


@given(st.text(st.sampled_from("ab ")), st.integers(0, 400), st.integers(1, 400))
def test_a_cut_stays_inside_its_sentence(word: str, at: int, length: int) -> None:
    raw = (word * 900)[:900] or "x"
    match_span = (min(at, len(raw) - 1), min(at + length, len(raw)))
    start, end = quote_span(raw, (0, len(raw)), match_span)
    assert 0 <= start <= end <= len(raw)
    assert end - start <= max(MAX_QUOTE, len(raw) if len(raw) <= MAX_QUOTE else MAX_QUOTE)


PIECES = [
    *["China", "buys", "US", "soybeans", "talks", "大豆", "中国", "采购", "“", "”", "é", "é", "🚢", "。", "ﬁ"],
    ". ",
    "\n\n",
    " ",
    "’s ",
]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(title=st.lists(st.sampled_from(PIECES), max_size=15), summary=st.lists(st.sampled_from(PIECES), max_size=30))
def test_every_quote_stands_in_its_field_at_its_offsets(rules: Rulebook, title: list[str], summary: list[str]) -> None:
    story = rules_folder.story(" ".join(title), "".join(summary))
    for signal in match(story, rules):
        assert {"title": story.title, "summary": story.summary}[signal.field][signal.start : signal.end] == signal.quote
        assert signal.quote


def test_a_field_is_read_to_a_bound_and_no_further(rules: Rulebook) -> None:
    far = "Filler words. " * (MAX_FIELD_LENGTH // 14 + 1) + "China buys US soybeans."
    assert match(rules_folder.story("Grain", far), rules) == ()


def test_a_text_four_times_as_long_costs_four_times_as_much_however_dense_it_is() -> None:
    shipped = shipped_rules.rulebook()

    def work(length: int) -> int:
        story = rules_folder.story("中国大豆", ("中国将购买1200万吨美国大豆，" * 300)[:length])
        return calls_of(lambda: match(story, shipped))

    work(1_000)  # builds what is built once
    assert work(4_000) < 5 * work(1_000)


@pytest.mark.parametrize("unit", ["US China buys ", "Yes. "])
def test_a_hostile_text_is_read_to_a_bound_of_work_and_says_so(rules: Rulebook, unit: str) -> None:
    story = rules_folder.story("China buys US soybeans", unit * (MAX_FIELD_LENGTH // len(unit)))
    document = Document(story, rules)
    summary = document.views[1]
    assert sum(map(len, summary.hits.values())) <= MAX_HITS
    assert len(summary.text.sentences) <= MAX_SENTENCES
    assert document.cuts == (TextCut("summary", len(summary.text.raw), len(story.summary)),)
    assert Document(rules_folder.story("China buys US soybeans", unit * 100), rules).cuts == ()


# ---------------------------------------------------------------- trace


def test_a_trace_shows_what_lost_and_what_blocked(rules: Rulebook) -> None:
    story = rules_folder.story("China buys US soybeans after it bans soya and soybeans")
    (result,) = trace(story, rules)
    assert result.winner is not None
    assert result.winner.act.rule == "beans/bought"
    assert "beans/banned" in {loser.act.rule for loser in result.candidates if loser.counts}
    (blocked,) = trace(rules_folder.story("Opinion: China bans soybeans"), rules)
    reasons = [candidate.rejection for candidate in blocked.candidates]
    assert {(reason.kind, reason.frame, reason.place and reason.place.words) for reason in reasons if reason} == {
        (RejectionKind.FRAME, "opinion", ("Opinion",))
    }
    assert all(reasons)


def test_match_and_trace_are_one(rules: Rulebook) -> None:
    story = rules_folder.story("China buys US soybeans after talks", "China bans soybeans.")
    assert match(story, rules) == tuple(j.signal for j in trace(story, rules) if j.signal)


def test_a_long_sentence_is_cut_at_word_borders_around_the_match(rules: Rulebook) -> None:
    summary = "and ".join(["filler words "] * 40) + "China buys US soybeans " + "and ".join(["more words "] * 40)
    signal = rules_folder.only(match(rules_folder.story("Grain", summary), rules))
    assert "China buys US soybeans" in signal.quote
    assert len(signal.quote) <= MAX_QUOTE
    assert signal.quote.split()[0] in ("filler", "words", "and")
    assert summary[signal.start - 1] == " " == summary[signal.end]
    raw = "word " * 200 + "China buys soybeans."
    start, end = quote_span(raw, (0, len(raw)), (1000, len(raw)))
    assert end == len(raw)
    assert MAX_QUOTE - len("word ") <= end - start <= MAX_QUOTE
    assert raw[start:end].startswith("word ")
