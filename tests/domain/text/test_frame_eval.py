from collections.abc import Mapping

from monitor.domain.text.pattern_compiler import PatternCompiler
from monitor.domain.text.pattern_eval import MAX_EVENTS, FieldView
from monitor.domain.text.pattern_syntax import parse_pattern
from monitor.domain.text.patterns import RoleFrame, Window, inflected
from monitor.domain.text.segments import Match, SegmentedText
from tests.builders.tables import table

BUY = {
    "verbs": "<buy/snap up>",
    "participles": "(bought|snapped up)",
    "nouns": "<rebound+>",
    "unspaced": "(采购|购买)",
    "phrases": "in demand",
}
CHINA, BEANS, ORDER = "(china|beijing|中国)", "(<soybean+>|大豆)", "(state order|数百万吨)"


def found(
    raw: str,
    within: Window = Window.CLAUSE,
    *,
    agent: bool = True,
    patient: bool = True,
    via: bool = False,
    words: Mapping[str, str] = BUY,
) -> list[Match]:
    event = (inflected(parse_pattern(words[kind])) if kind in words else None for kind in BUY)
    given = ((agent, CHINA), (patient, BEANS), (via, ORDER))
    roles = (inflected(parse_pattern(text)) if named else None for named, text in given)
    compiler = PatternCompiler()
    node = compiler.compile(RoleFrame(within, *event, *roles))
    text = SegmentedText(raw)
    return FieldView("title", text, compiler.index().find(text.folded)).find(node)


def test_a_frame_reads_the_orders_in_which_news_says_who_does_what() -> None:
    cases = table("frame_eval", "a_frame_reads_the_orders_in_which_news_says_who_does_what")
    assert [text for text in cases if not found(text)] == []


def test_a_frame_does_not_read_roles_of_other_events() -> None:
    cases = table("frame_eval", "a_frame_does_not_read_roles_of_other_events")
    assert [text for text in cases if found(text)] == []


def test_a_verb_in_the_order_form_reports_nothing_and_other_forms_do() -> None:
    cases = ["Buy soybeans", "Corn is dear. “Buy more soybeans”", "China waits. Buy Soybeans, it is told"]
    assert [text for text in cases if found(text, agent=False)] == []
    others = ["Farmers buy soybeans", "Buys soybeans in spring", "Buying soybeans is cheap"]
    assert [text for text in others if not found(text, agent=False)] == []
    assert found("China buys on its own soybeans")
    further = [
        "China sees its buy of soybeans",
        "China has a buy soybeans need",
        "China's buys of soybeans",
        "China denies buys, soybeans",
    ]
    assert [text for text in further if found(text)] == []


def test_a_word_that_is_verb_and_noun_is_a_noun_only_where_the_words_beside_it_say_so() -> None:
    slide = {"verbs": "<slide>", "participles": "slid", "nouns": "<slide+>"}

    def slides(raw: str) -> bool:
        return bool(found(raw, patient=False, words=slide))

    verbs = [
        "Profit slides on China",
        "Japanese exports slide with China",
        "The slump deepens, profit slides over China",
    ]
    assert [text for text in verbs if slides(text)] == []
    nouns = [
        "Slide for China",
        "China slide deepens",
        "The slide for China",
        "Profit slide in China",
        "After slides at China",
    ]
    assert [text for text in nouns if not slides(text)] == []


def test_a_role_that_is_not_named_need_not_stand() -> None:
    assert found("Farmers buy soybeans", agent=False)
    assert found("Soybeans bought in spring", agent=False)
    assert found("China buys again", patient=False)
    assert found("Bought by China", patient=False)
    assert not found("Bought for China", patient=False)


def test_a_window_says_how_far_away_roles_may_stand() -> None:
    assert found("China buys one two three four soybeans", Window.NEAR)
    assert not found("China buys one two three four five soybeans", Window.NEAR)
    text = "China waits, but buys soybeans"
    assert not found(text)
    assert found(text, Window.SENTENCE)
    assert not found("China waits. Japan buys soybeans", Window.SENTENCE)
    assert found("China buys soybeans under a state order", via=True)
    assert not found("China buys soybeans", via=True)
    assert not found("China buys soybeans; a state order is due", via=True)


def test_the_head_of_a_frame_is_its_event_and_the_nearest_fillers_count() -> None:
    (match,) = found("Today China again buys the first soybeans")
    assert match == Match(6, 41, ((6, 11), (18, 22), (33, 41)), head=18)
    (match,) = found("Beijing says China buys soybeans for soybeans' sake")
    assert [(start, end) for start, end in match.parts] == [(13, 18), (19, 23), (24, 32)]


def test_a_text_that_repeats_an_event_gives_a_bounded_number_of_matches() -> None:
    assert 0 < len(found("china buys soybeans. " * 2_000)) <= 2 * MAX_EVENTS
