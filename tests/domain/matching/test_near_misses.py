from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.domain.matching.document import Document
from monitor.domain.matching.explain_text import fault_clause, near_miss_text
from monitor.domain.matching.match import Rejection, RejectionKind, match
from monitor.domain.matching.near_misses import (
    MismatchKind,
    NearMiss,
    TopicNearMiss,
    mismatches,
    near_misses,
    topic_near_misses,
)
from monitor.domain.matching.rules import Rulebook, Topic
from monitor.domain.model import Effect
from monitor.domain.text.pattern_syntax import written_groups, written_parts
from tests.builders import rules_folder

ACTS = """\
acts:
  - id: bought
    polarity: good
    any: ['{cn} ..3 {takes} ..4 {beans}', '中国 ..4 {takes} ..4 {beans}']
    not: {oil: ['soybean oil', '(rumoured|alleged)']}
  - id: banned
    polarity: bad
    any: ['(bans|halts) ... {beans}', '^embargo on {beans}']
    not: {ends: in the end}
    only_if: {field: [title]}
"""


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    beans = rules_folder.COMMITMENT[: rules_folder.COMMITMENT.index("acts:")] + ACTS
    return rules_folder.load(tmp_path_factory.mktemp("rules"), beans=beans)


Near = Callable[..., tuple[NearMiss, ...]]


@pytest.fixture
def near(rules: Rulebook) -> Near:
    def found(title: str, summary: str = "", source: str = "Grain Daily") -> tuple[NearMiss, ...]:
        story = rules_folder.story(title, summary, source=source)
        topic = next(topic for topic in rules.matcher.topics if topic.commitment == "beans")
        return near_misses(Document(story, rules), topic)

    return found


def only(found: tuple[NearMiss, ...]) -> NearMiss:
    (miss,) = found
    return miss


def words_seen(near: NearMiss) -> tuple[str, ...]:
    place = near.cause.place if isinstance(near.cause, Rejection | TopicNearMiss) else near.place
    return place.words if place else ()


# ---------------------------------------------------------------- patterns that fall short


@pytest.mark.parametrize(("between", "short"), [("one two three four", 1), ("one two three four five six", 3)])
def test_a_gap_up_to_three_words_too_narrow_is_named_with_what_it_found(near: Near, between: str, short: int) -> None:
    miss = only(near(f"China {between} buys soybeans"))
    assert (miss.fault, fault_clause(miss), miss.short) == (MismatchKind.GAP, "{cn} ..3 {takes}", short)
    assert near_miss_text(miss) == f"{{cn}} ..3 {{takes}}: takes 3 words between, found {3 + short}"
    assert (miss.rule, miss.effect, words_seen(miss)) == (
        "beans/bought",
        Effect.PROGRESS,
        ("China", "buys", "soybeans"),
    )


def test_half_words_of_chinese_count_as_the_matcher_counts_them(near: Near) -> None:
    miss = only(near("中国企业近期又一次集中采购大豆"))
    assert (miss.fault, fault_clause(miss), miss.short) == (MismatchKind.GAP, "中国 ..4 {takes}", 1)


def test_the_one_missing_group_is_named_with_the_words_that_stand(near: Near) -> None:
    miss = only(near("China shuns all soybeans"))
    assert (miss.fault, fault_clause(miss), near_miss_text(miss)) == (
        MismatchKind.GROUP,
        "{takes}",
        "nothing of {takes}",
    )
    assert (words_seen(miss), miss.new) == (("China", "soybeans"), 0)


def test_words_that_stand_on_the_wrong_side_in_two_clauses_or_late_are_named(near: Near) -> None:
    miss = only(near("Soybeans that China buys"))
    assert (miss.fault, fault_clause(miss)) == (MismatchKind.ORDER, "{beans}")
    miss = near("China bans US films; soybeans are next")[0]
    assert (miss.fault, fault_clause(miss)) == (MismatchKind.CLAUSE, "(bans|halts) ... {beans}")
    assert miss.effect is Effect.SETBACK
    miss = near("China faces US embargo on soybeans")[0]
    assert (miss.fault, miss.rule) == (MismatchKind.START, "beans/banned")


# ---------------------------------------------------------------- acts that stand and are blocked


def test_a_veto_is_named_with_its_pattern_and_the_words_it_saw(near: Near) -> None:
    miss = only(near("China buys alleged soybeans"))
    assert (miss.fault, fault_clause(miss), words_seen(miss)) == (
        RejectionKind.EXCLUDED,
        "kept out as oil: (rumoured|alleged)",
        ("alleged",),
    )


def test_an_unmet_condition_is_named(near: Near) -> None:
    miss = near("US soybeans", "China bans US soybeans.")[0]
    assert (miss.fault, fault_clause(miss)) == (RejectionKind.CONDITION, "only_if field")
    assert near_miss_text(miss) == "only_if field: summary is not title"
    vetoed_too = near("US soybeans", "China bans US soybeans in the end.")
    assert "beans/banned" not in {miss.rule for miss in vetoed_too}


def test_an_act_that_another_party_does_names_that_party(tmp_path: Path) -> None:
    acts = "acts:\n  - {id: banned, polarity: bad, by: us, any: ['{beans} ... halted']}\n"
    beans = rules_folder.COMMITMENT[: rules_folder.COMMITMENT.index("acts:")] + acts
    rules = rules_folder.load(tmp_path, beans=beans)
    document = Document(rules_folder.story("Sales of US soybeans halted by China"), rules)
    (miss,) = near_misses(document, rules.matcher.topics[0])
    assert miss.fault is RejectionKind.ACTOR
    assert near_miss_text(miss) == "another acts: China"


def test_a_rejection_carries_the_pattern_and_the_span_that_made_it(near: Near) -> None:
    cause = only(near("China buys alleged soybeans")).cause
    assert isinstance(cause, Rejection)
    assert (cause.pattern and cause.pattern.source, cause.place and cause.place.words) == (
        "(rumoured|alleged)",
        ("alleged",),
    )
    assert cause.place is not None
    assert (cause.place.span.start, cause.place.span.end) == (11, 18)


@pytest.mark.parametrize("title", ["China buys alleged soybeans", "China buys soybeans from Brazil"])
def test_without_the_clause_at_fault_the_story_reports_what_was_told(rules: Rulebook, near: Near, title: str) -> None:
    miss = only(near(title))
    source = fault_clause(miss).partition(": ")[2]
    topics = tuple(_without(topic, source) for topic in rules.matcher.topics)
    looser = replace(rules, matcher=replace(rules.matcher, topics=topics))
    (signal,) = match(rules_folder.story(title, source="Grain Daily"), looser)
    assert (signal.rule, signal.effect) == (miss.rule, miss.effect)


def _without(topic: Topic, source: str) -> Topic:
    """A commitment's rules without the exclusions of this text."""
    acts = tuple(replace(act, excluded=tuple(p for p in act.excluded if p.source != source)) for act in topic.acts)
    return replace(topic, acts=acts, excluded=tuple(p for p in topic.excluded if p.source != source))


def test_a_frame_is_named_with_the_words_that_make_it_one(near: Near) -> None:
    miss = only(near("Opinion: China buys soybeans"))
    assert (miss.fault, fault_clause(miss), words_seen(miss)) == (RejectionKind.FRAME, "frame: opinion", ("Opinion",))
    asked = only(near("China buys soybeans?"))
    assert (asked.fault, fault_clause(asked), words_seen(asked)) == (RejectionKind.FRAME, "frame: question", ())
    miss = only(near("Shares slip on Friday", "China buys soybeans."))
    assert (miss.fault, words_seen(miss), miss.place.field) == (RejectionKind.FRAME, ("Shares",), "summary")


# ---------------------------------------------------------------- stories that are not about it


def test_an_exclusion_and_a_commitment_that_took_the_story_are_named(near: Near) -> None:
    miss = only(near("China buys soybeans from Brazil"))
    assert (miss.fault, fault_clause(miss), words_seen(miss)) == (
        RejectionKind.ABOUT_EXCLUDED,
        "kept out as other sellers: (Brazil*|巴西)",
        ("Brazil",),
    )
    miss = only(near("China buys soybeans after talks"))
    assert (miss.fault, fault_clause(miss)) == (RejectionKind.YIELDS, "gives way to talks")


def test_an_act_outside_what_the_story_is_about_names_what_about_lacks(tmp_path: Path, rules: Rulebook) -> None:
    narrow = rules_folder.COMMITMENT.replace(
        "'{cn} ..8 {beans}', '{beans} ..8 {cn}', '{us_beans}'", "'{us} ..8 cargoes of {beans}'"
    )
    strict = rules_folder.load(tmp_path, beans=narrow)
    story = rules_folder.story("China buys US shiploads of soybeans")
    (topic,) = (topic for topic in strict.matcher.topics if topic.commitment == "beans")
    miss = only(near_misses(Document(story, strict), topic))
    assert (miss.fault, miss.rule, fault_clause(miss)) == (MismatchKind.ABOUT, "beans/bought", "about: cargoes of")
    assert near_miss_text(miss) == "about {us} ..8 cargoes of {beans}: nothing of cargoes of"
    assert words_seen(miss) == ("US", "soybeans")


# ---------------------------------------------------------------- what is worth telling


def test_what_is_too_far_away_or_would_change_nothing_is_no_near_miss(near: Near) -> None:
    assert near("China one two three four five six seven buys soybeans") == ()
    assert near("China buys alleged soybean oil") == ()
    assert near("Opinion: China buys alleged soybeans") == ()
    assert near("Brazil wins the cup") == ()
    assert only(near("China soybeans", "China buys soybeans from Brazil.")).fault is RejectionKind.ABOUT_EXCLUDED
    assert near("Brazil soybeans", "China buys soybeans from Brazil.") == ()
    assert near("China plants soybeans from Brazil") == ()
    assert near("Beijing bans hats") == ()
    assert near("China buys soybeans", "China buys alleged soybeans.") == ()
    assert [miss.fault for miss in near("China bans US soybeans")] == []


def test_an_act_has_one_near_miss_and_the_most_telling_comes_first(near: Near) -> None:
    found = near("China bans soybeans and in the end buys soybeans")
    assert [miss.fault for miss in found] == [MismatchKind.GAP, RejectionKind.EXCLUDED]
    assert len({miss.rule for miss in found}) == len(found)


def test_a_summary_is_searched_in_the_sentences_that_speak_of_it(near: Near) -> None:
    miss = only(near("Grain news", "Wheat rose. China one two three four buys soybeans."))
    assert (miss.fault, miss.place.field) == (MismatchKind.GAP, "summary")
    nearly = "China one two three four five six buys one two three {} soybeans."
    assert only(near("US soybeans", nearly.format("US"))).fault is MismatchKind.GAP
    assert near("US soybeans", nearly.format("dear")) == ()


WORDS = [
    *["China", "buys", "soybeans", "US", "bans", "alleged", "Brazil", "大豆", "中国", "采购", "“", "é", "🚢"],
    "embargo on",
    "one two",
    ". ",
    "; ",
    "\n",
]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=st.lists(st.sampled_from(WORDS), max_size=12), summary=st.lists(st.sampled_from(WORDS), max_size=20))
def test_what_is_told_stands_in_the_story_at_its_place(near: Near, title: list[str], summary: list[str]) -> None:
    fields = {"title": " ".join(title), "summary": " ".join(summary)}
    for miss in near(fields["title"], fields["summary"]):
        text = fields[miss.place.field][slice(*miss.place.original)]
        assert all(word in text for word in miss.place.words)
        assert 0 <= miss.short <= 3
        assert miss.effect is not Effect.NONE


# ---------------------------------------------------------------- how near a story came to an opening


def test_openings_come_nearest_first_and_a_single_word_only_where_it_is_asked_for(rules: Rulebook) -> None:
    story = rules_folder.story("China and its many many many many many many many many soybeans")
    topic = next(topic for topic in rules.matcher.topics if topic.commitment == "beans")
    first, *_ = topic_near_misses(Document(story, rules), topic)
    assert (first.pattern, first.mismatch.kind, first.mismatch.short) == ("{cn} ..8 {beans}", MismatchKind.GAP, 2)
    document = Document(rules_folder.story("Soybeans"), rules)
    topic = next(topic for topic in rules.matcher.topics if topic.commitment == "beans")
    assert topic_near_misses(document, topic) == ()
    assert {opening.mismatch.clause for opening in topic_near_misses(document, topic, least=1)} == {"{cn}"}
    document = Document(rules_folder.story("China buys soybeans"), rules)
    act = next(act for topic in rules.matcher.topics for act in topic.acts if act.rule == "beans/bought")
    assert list(mismatches(document.title, act.any[0])) == []


def test_a_conjunction_falls_into_the_parts_that_its_author_wrote() -> None:
    cases = [
        ("{cars} + {us}", ("{cars}", "{us}")),
        ("{buy + <order>} + (a b|c) ..near d", ("{buy + <order>}", "(a b|c) ..near d")),
        ("<car+> deal", ("<car+> deal",)),
    ]
    assert [(source, written_parts(source)) for source, _ in cases] == cases


def test_a_pattern_falls_into_the_groups_that_its_author_wrote() -> None:
    cases = [
        ("{cn} ..4 {buys} ..8 {soy}", ("{cn}", "{buys}", "{soy}")),
        ("^(a|b c) deal with {cn}", ("(a|b c)", "deal with", "{cn}")),
        ("tariff* war ... !(ends|is over)", ("tariff*", "war", "!(ends|is over)")),
        ("{us}{beans}", ("{us}", "{beans}")),
        (r"/h\d00/ ~sentence (a (b|c)|d) ~near chips", (r"/h\d00/", "(a (b|c)|d)", "chips")),
        ("中国 ..8采购 ... 大豆", ("中国", "采购", "大豆")),
    ]
    assert [(source, written_groups(source)) for source, _ in cases] == cases


def test_the_shipped_patterns_fall_into_as_many_groups_as_the_matcher_sees(rules: Rulebook) -> None:
    patterns = [p for topic in rules.matcher.topics for act in topic.acts for p in act.any]
    for pattern in patterns:
        parts = getattr(getattr(pattern.node, "inner", pattern.node), "parts", (pattern.node,))
        assert len(written_groups(pattern.source)) == len(parts), pattern.source
