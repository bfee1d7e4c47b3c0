"""Parties that rule files declare: whose names and words they are, and what is refused."""

from pathlib import Path

import pytest

from monitor.domain.matching.document import Document
from monitor.domain.model.sides import Side
from monitor.errors import Issue
from monitor.rulebook.load import check_rulebook
from tests.builders import eu_deal, rules_folder
from tests.builders.golden_wording import GoldenWording

VOCABULARY_LINE = "  eu: {name: the EU, words: [EU, Brussels, 欧盟]}\n"


def issues(folder: Path, **changed: str) -> tuple[Issue, ...]:
    return check_rulebook(eu_deal.write(folder, **changed))[1]


def test_a_deal_takes_a_party_of_the_vocabulary_with_its_name_and_words(tmp_path: Path) -> None:
    rules = eu_deal.load(tmp_path)
    assert rules.parties.declared["eu"] == Side("the EU", words=("EU", "Brussels"))
    duties, beans = rules.commitments["eu-duties"], rules.commitments["beans"]
    assert (duties.owed_by, duties.parties) == ("eu", ("eu", "us", "eu+us"))
    assert beans.parties == ("us", "cn"), "a deal that does not take a party has not got it"
    topics = {topic.commitment: set(topic.parties) for topic in rules.matcher.topics}
    ours, theirs = {"us", "cn", "third"}, {"eu", "us", "eu+us", "third"}
    assert topics == {"beans": ours, "talks": ours, "eu-duties": theirs, "steel-quota": theirs}


def test_everybody_else_is_a_third_party_and_a_declared_one_never_is(tmp_path: Path) -> None:
    rules = eu_deal.load(tmp_path)
    title = Document(rules_folder.story("Japan, EU and China act"), rules).title
    said = {
        topic.commitment: {by.value for by, words in topic.parties.items() if title.find(words)}
        for topic in rules.matcher.topics
    }
    assert said["beans"] == {"cn", "third"}, "the EU and Japan are third"
    assert said["eu-duties"] == {"eu", "third"}, "Japan and China are"


def test_a_deal_may_declare_its_own_party_and_several_owe_together(tmp_path: Path) -> None:
    deal = eu_deal.DEAL.replace("eu: {}", "eu: {name: the Union, words: {en: ['{union}']}}").replace(
        "sets: {", "sets: {union: {en: [Union, EU]}, "
    )
    rules = eu_deal.load(tmp_path, deal=deal, words=eu_deal.WORDS.replace(VOCABULARY_LINE, ""))
    assert rules.parties.names(("eu",)) == "the Union"
    turned = eu_deal.STEEL.replace("owed_by: [us, eu]", "owed_by: [eu, us]")
    assert eu_deal.load(tmp_path / "b" / "a").commitments["steel-quota"].owed_by == "eu+us"
    assert eu_deal.load(tmp_path / "b", steel_quota=turned).commitments["steel-quota"].owed_by == "eu+us"


def test_the_version_changes_with_a_partys_words_and_name(tmp_path: Path) -> None:
    words = {
        VOCABULARY_LINE,
        VOCABULARY_LINE.replace("Brussels", "Strasbourg"),
        VOCABULARY_LINE.replace("the EU", "it"),
    }
    versions = {
        eu_deal.load(tmp_path / str(number), words=eu_deal.WORDS.replace(VOCABULARY_LINE, line)).version
        for number, line in enumerate(words)
    }
    assert len(versions) == 3


BROKEN = [
    ("eu_duties", eu_deal.SCRAPPED, "owed_by: eu", "owed_by: euu", "unknown_party"),
    ("eu_duties", eu_deal.SCRAPPED, "owed_by: eu", "owed_by: China", "unknown_party"),
    ("eu_duties", eu_deal.SCRAPPED, "by: eu", "by: china", "unknown_party"),
    ("eu_duties", eu_deal.SCRAPPED, "by: eu", "by: US", "unknown_value"),
    ("eu_duties", eu_deal.SCRAPPED, "owed_by: eu", "owed_by: jp", "unknown_party"),
    ("steel_quota", eu_deal.STEEL, "[us, eu]", "[us, jp]", "unknown_party"),
    ("eu_duties", eu_deal.SCRAPPED, "by: eu", "by: ue", "unknown_party"),
    ("sources", eu_deal.SOURCES, "side: eu", "side: ue", "unknown_party"),
    ("words", eu_deal.WORDS, "side: eu", "side: ue", "unknown_party"),
    ("words", eu_deal.WORDS, VOCABULARY_LINE, "", "party_name"),
    ("words", eu_deal.WORDS, "words: [EU, Brussels, 欧盟]", "words: []", "party_words"),
    ("words", eu_deal.WORDS, "eu: {name: the EU, words: [EU,", "eu: {en: [EU,", "party_name"),
    ("words", eu_deal.WORDS, "third: {en: [EU, Japan]}", "third: {name: it, words: [Japan]}", "party_name"),
    ("steel_quota", eu_deal.STEEL, "[us, eu]", "[us, both]", "unknown_party"),
    ("deal", eu_deal.DEAL, "eu: {}", "eu: {name: Europe}", "party_name"),
    ("deal", eu_deal.DEAL, "eu: {}", "eu: {}\n  press: {name: it, words: [it]}", "party_id"),
    ("deal", eu_deal.DEAL, "eu+us: {", "us+eu: {", "party_id"),
    ("deal", eu_deal.DEAL, "eu+us: {", "jp+us: {", "unknown_party"),
    ("deal", eu_deal.DEAL, "eu+us: {", "eu+us: {name: all, ", "party_name"),
    ("eu_duties", eu_deal.SCRAPPED, "standing: pledged,", "standing: pledged, unconfirmed: [uk],", "unknown_party"),
]


def test_an_undeclared_party_is_reported_in_its_file(tmp_path: Path, wording: GoldenWording) -> None:
    shown = []
    for number, (file, text, old, new, code) in enumerate(BROKEN):
        assert old in text
        found = issues(tmp_path / str(number), **{file: text.replace(old, new)})
        first = next((issue for issue in found if issue.code == code), None)
        assert first is not None, (new, found)
        assert Path(first.path).stem.replace("-", "_") in (file, "deal")
        shown.append(f"{new!r}: {first.message} ({first.hint})")
    wording(shown)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("deal", eu_deal.DEAL.replace("name: EU-US", "nmae: EU-US")),
        ("words", eu_deal.WORDS.replace("modality:", "modallity:")),
    ],
)
def test_an_unreadable_file_is_not_blamed_on_those_who_name_its_parties(tmp_path: Path, file: str, text: str) -> None:
    assert {issue.code for issue in issues(tmp_path, **{file: text})} == {"unknown_key"}


def test_a_party_whose_word_nobody_can_report_is_warned_of(tmp_path: Path) -> None:
    alone = {
        "sources": eu_deal.SOURCES.replace("    side: eu\n", ""),
        "words": eu_deal.WORDS.replace("side: eu", "side: press"),
    }
    root = eu_deal.write(tmp_path, **alone)
    warned = [issue for issue in check_rulebook(root, lint=True)[1] if issue.code == "silent_party"]
    assert [(Path(issue.path).stem, issue.severity) for issue in warned] == [
        ("eu-duties", "warning"),
        ("steel-quota", "warning"),
    ]
    assert "side: eu" in warned[0].hint
