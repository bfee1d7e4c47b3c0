from pathlib import Path

import pytest

from monitor.domain.matching.match import match
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Effect, Says, Signal
from tests.builders import rules_folder, shipped_rules
from tests.builders.tables import table


def signal(rules: Rulebook, title: str, summary: str = "", source: str = "Somebody") -> Signal:
    return rules_folder.only(match(rules_folder.story(title, summary, source=source), rules))


@pytest.mark.parametrize(("title", "says", "origin"), table("attribution", "a_sentence_names_its_source"))
def test_a_sentence_names_its_source(rules: Rulebook, title: str, says: str, origin: str) -> None:
    found = signal(rules, title)
    assert (found.says, found.origin) == (Says(says), origin)


@pytest.mark.parametrize(
    ("court", "name"),
    [
        ("Supreme Court", "US Supreme Court"),
        ("US trade court", "US trade court"),
        ("Appeals court", "US appeals court"),
    ],
)
def test_a_ruling_is_that_of_its_own_court(court: str, name: str) -> None:
    ruling = rules_folder.story(f"{court} rules against Trump’s global tariffs", source="Reuters")
    told = next(each for each in match(ruling, shipped_rules.rulebook()) if each.commitment == "tariff-truce")
    assert (told.effect, told.origin) == (Effect.SETBACK, name)


@pytest.mark.parametrize(
    ("source", "says", "origin"),
    [
        ("Commerce Ministry", Says("cn"), "MOFCOM"),
        ("mofcom", Says("cn"), "MOFCOM"),
        ("Grain Daily", Says.PRESS, "Harvest Group"),
        ("Video Sharing Co", Says.COMPANY, "Video Sharing"),
        ("A Blog", Says.PRESS, "A Blog"),
    ],
)
def test_without_a_credit_the_publisher_speaks(rules: Rulebook, source: str, says: Says, origin: str) -> None:
    found = signal(rules, "China buys US soybeans", source=source)
    assert (found.says, found.origin) == (says, origin)


@pytest.mark.parametrize(("title", "summary", "says", "origin"), table("attribution", "state_media"))
def test_state_media_speak_for_their_side_quote_an_official_or_relay_others(
    tmp_path: Path, title: str, summary: str, says: str, origin: str
) -> None:
    daily = "  - {name: State Daily, domains: [state.example], tier: state_media, side: cn}\n"
    rules = rules_folder.load(tmp_path, sources=rules_folder.SOURCES + daily)
    found = signal(rules, title, summary, source="State Daily")
    assert (found.says, found.origin) == (Says(says), origin)


@pytest.mark.parametrize(
    ("summary", "passing"),
    [
        ("The Treasury Secretary posted on his page about how China buys US soybeans.", True),
        ("Bessent says China buys US soybeans.", False),
    ],
)
def test_what_a_post_is_about_is_no_act_that_its_author_reports(rules: Rulebook, summary: str, passing: bool) -> None:
    assert signal(rules, "The Treasury on soybeans", summary).passing is passing


@pytest.mark.parametrize(
    ("title", "summary"),
    [
        ("China buys US soybeans, Far Wire reports", ""),
        ("China buys US soybeans, according to Far Wire", ""),
        ("远通社：中国采购美国大豆", ""),
        ("China buys US soybeans", "BEIJING, Nov 3 (Far Wire) - China bought three cargoes of US soybeans."),
        ("中国采购美国大豆", "（远通社北京3日电）中国采购三船美国大豆。"),
    ],
)
def test_an_agency_that_another_outlet_quotes_is_that_agency(rules: Rulebook, title: str, summary: str) -> None:
    found = signal(rules, title, summary, source="Grain Daily")
    assert (found.says, found.origin) == (Says.PRESS, "Far Wire")


def test_who_speaks_to_an_agency_is_the_source_and_not_the_agency(rules: Rulebook) -> None:
    found = signal(rules, "China buys US soybeans, Bessent says, Far Wire reports")
    assert (found.says, found.origin) == (Says("us"), "US Treasury")


@pytest.mark.parametrize(
    "title",
    [
        "MOFCOM declined to say whether China buys US soybeans",
        "China's commerce ministry has not confirmed that it bought US soybeans",
        "商务部尚未证实中国采购美国大豆",
    ],
)
def test_who_says_nothing_is_no_source(rules: Rulebook, title: str) -> None:
    assert signal(rules, title).says is Says.PRESS


def test_a_chinese_sentence_names_who_acts_and_not_who_is_acted_on(tmp_path: Path) -> None:
    ours, theirs = "words: [美国, 美方, 对美]", "words: [中国, 中方, 商务部, 对华]"
    parties = f"parties: {{us: {{name: the US, {ours}}}, cn: {{name: China, {theirs}}}}}\n"
    taxed = "  - {id: taxed, polarity: bad, frames: [{event: 加征, patient: 大豆}]}\n"
    about = rules_folder.COMMITMENT.replace("'{us_beans}']\n  summary", "'{us_beans}', 大豆]\n  summary")
    rules = rules_folder.load(
        tmp_path, deal=rules_folder.DEAL.replace(rules_folder.PARTIES, parties), beans=about + taxed
    )
    cases = table("attribution", "who_acts_in_chinese")
    assert [(title, signal(rules, title, source="MOFCOM").by.value) for title, _ in cases] == list(map(tuple, cases))


def test_the_subject_of_a_clause_beside_the_act_says_nothing_of_it(rules: Rulebook) -> None:
    assert signal(rules, "China buys US soybeans after Bessent says a ship is late").says is Says.PRESS
    assert signal(rules, "Markets wait after Bessent says China buys US soybeans").says == Says("us")


def test_an_office_that_is_the_subject_of_an_act_announces_it(tmp_path: Path) -> None:
    act = "  - {id: threatened, polarity: threat, any: ['(threaten*|faces) ..8 {beans}']}\n"
    rules = rules_folder.load(tmp_path, beans=rules_folder.COMMITMENT + act)
    cases = table("attribution", "who_announces")
    assert [[title, signal(rules, title).announcer] for title, _ in cases] == list(map(list, cases))


DOCUMENT = (
    "Reporter: Is it true that China cancels US soybeans? I heard China cancels US soybeans. "
    "Treasury Secretary Bessent: China buys US soybeans. That is all."
)


def test_a_documents_turns_speak_for_themselves(rules: Rulebook) -> None:
    found = signal(rules, "The press asks about China and soybeans", DOCUMENT)
    assert (found.effect, found.says, found.origin) == (Effect.PROGRESS, Says("us"), "US Treasury")


@pytest.mark.parametrize("asker", ["NHK reporter", "A reporter asked", "Far Wire", "The Press", "David E. Sanger", "Q"])
def test_whoever_is_not_known_to_answer_asks(rules: Rulebook, asker: str) -> None:
    document = f"{asker}: We hear that China cancels US soybeans. Secretary Bessent: China buys US soybeans."
    assert signal(rules, "On China and soybeans", document).effect is Effect.PROGRESS


def test_labels_in_capitals_open_turns_too(rules: Rulebook) -> None:
    document = "REPORTER: We hear that China cancels US soybeans. THE PRESIDENT: China buys US soybeans. Many of them."
    assert signal(rules, "On China and soybeans", document).effect is Effect.PROGRESS


def test_a_reporters_words_change_nothing(rules: Rulebook) -> None:
    asked = "问：中国取消采购美国大豆了吗，听说中国采购美国大豆。答：我没有可以提供的信息。"
    assert match(rules_folder.story("记者会", asked), rules) == ()


def test_an_answer_without_a_known_speaker_is_attributed_to_the_publisher(rules: Rulebook) -> None:
    answered = "问：有何评论？答：中国采购美国大豆。"
    found = signal(rules, "记者会", answered, source="MOFCOM")
    assert (found.effect, found.says) == (Effect.PROGRESS, Says("cn"))


def test_a_colon_in_plain_news_makes_no_document(rules: Rulebook) -> None:
    assert signal(rules, "Grain: China news", "Update: China buys US soybeans.").effect is Effect.PROGRESS
