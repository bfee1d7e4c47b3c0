"""The question of a reader is made of the rule files, and its version names its words."""

import shutil
from pathlib import Path

import pytest

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Effect
from monitor.domain.reading.question import EFFECT_MEANINGS, ReaderQuestion
from monitor.errors import RenderError, RuleError
from monitor.render.reader_question import TEMPLATE, reader_questions
from monitor.rulebook import load_rulebook
from tests.builders import rules_folder, second_deal, shipped_rules
from tests.builders.rendered_messages import TEMPLATES


def only_question(rulebook: Rulebook, templates: Path = TEMPLATES) -> ReaderQuestion:
    (found,) = reader_questions(rulebook, templates).values()
    return found


def question(folder: Path, **changed: str) -> ReaderQuestion:
    return only_question(second_deal.load(folder, **changed))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> ReaderQuestion:
    return question(tmp_path_factory.mktemp("plain"))


def replaced(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


TOLD = [
    ("deal", second_deal.DEAL, "EU-Mercosur partnership", "Pact of the two"),
    ("deal", second_deal.DEAL, "four founders", "founders"),
    ("deal", second_deal.DEAL, "notified each other", "told each other"),
    ("deal", second_deal.DEAL, "Farmers who protest", "Those who protest"),
    ("mercosur_force", second_deal.FORCE, "votes, court opinions", "court opinions, votes"),
    ("mercosur_force", second_deal.FORCE, "elections", "elections and polls"),
    ("mercosur_force", second_deal.FORCE, "procedures are complete", "procedures have ended"),
    ("mercosur_force", second_deal.FORCE, "enters into force", "comes into force"),
    ("mercosur_beef_licences", second_deal.LICENCES, "short: Beef licences", "short: Licences"),
]


@pytest.mark.parametrize(("file", "text", "old", "new"), TOLD)
def test_the_version_changes_with_any_word_of_the_question(
    tmp_path: Path, plain: ReaderQuestion, file: str, text: str, old: str, new: str
) -> None:
    other = question(tmp_path, **{file: replaced(text, old, new)})
    assert other.version != plain.version


def test_the_version_changes_with_the_id_of_a_commitment(tmp_path: Path, plain: ReaderQuestion) -> None:
    root = second_deal.write(tmp_path, mercosur_beef_licences="")
    renamed = replaced(second_deal.LICENCES, "mercosur-beef-licences", "mercosur-beef-permits")
    (root / "eu-mercosur" / "mercosur-beef-permits.yaml").write_text(renamed, encoding="utf-8")
    assert only_question(load_rulebook(root)).version != plain.version


def test_the_version_changes_with_the_template(tmp_path: Path, plain: ReaderQuestion) -> None:
    own = Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))
    text = (own / TEMPLATE).read_text(encoding="utf-8")
    (own / TEMPLATE).write_text(replaced(text, "Most are about none.", "Most say nothing."), encoding="utf-8")
    assert only_question(second_deal.load(tmp_path), own).version != plain.version


UNTOLD = [
    ("deal", second_deal.DEAL, "'{europe}', '{south}', '{topic}'", "'{europe}', '{topic}', '{south}'"),
    ("deal", second_deal.DEAL, "description: Signed in Montevideo.", "description: Signed."),
    ("mercosur_force", second_deal.FORCE, "any: [ratif*]", "any: [ratif*, approv*]"),
    ("mercosur_force", second_deal.FORCE, "as_of: 2026-01-01", "as_of: 2026-01-02"),
    ("mercosur_force", second_deal.FORCE, "kind: milestone", "owner: trade desk\nkind: milestone"),
    ("mercosur_force", second_deal.FORCE, "votes, court opinions and", "votes,\n    court opinions  and"),
    ("sources", second_deal.SOURCES, "tier: wire, owner: Plata", "tier: trade, owner: Plata"),
]


@pytest.mark.parametrize(("file", "text", "old", "new"), UNTOLD)
def test_the_version_changes_with_nothing_else(
    tmp_path: Path, plain: ReaderQuestion, file: str, text: str, old: str, new: str
) -> None:
    assert question(tmp_path, **{file: replaced(text, old, new)}) == plain


def test_a_part_stands_under_its_parent(plain: ReaderQuestion) -> None:
    lines = plain.text.splitlines()
    parent = next(number for number, line in enumerate(lines) if line.startswith("mercosur-beef ("))
    assert lines[parent + 1] == "- mercosur-beef-licences (Beef licences): licences of importers for the beef quota."


def test_a_part_stands_alone_where_nobody_asks_about_its_parent(tmp_path: Path) -> None:
    bare = replaced(
        second_deal.BEEF,
        "reads:\n  about: duties and quotas of the EU on beef from Mercosur\n"
        "  not_about: beef of other origin, prices\n",
        "",
    )
    asked = question(tmp_path, mercosur_beef=bare)
    assert "\nmercosur-beef-licences (The EU hands out licences for the beef quota). About:" in asked.text
    assert "mercosur-beef (" not in asked.text


def test_a_deal_that_defines_an_effect_is_taken_at_its_word_else_it_means_the_usual(plain: ReaderQuestion) -> None:
    assert "delivered: both sides have notified each other, or the quota is open.\n" in plain.text
    others = [f"{effect}: {meaning}.\n" for effect, meaning in EFFECT_MEANINGS.items() if effect != "delivered"]
    assert [line for line in others if line not in plain.text] == []


def test_each_of_two_deals_is_asked_about_in_a_question_of_its_own(tmp_path: Path, plain: ReaderQuestion) -> None:
    asked = reader_questions(second_deal.load_with_tea(tmp_path), TEMPLATES)
    assert asked["eu-mercosur"] == plain, "a further deal changes no question"
    assert asked["tea"].commitments == ("cups",)
    assert "\nTEA\ncups (Leaders talk about trade). About: cups." in asked["tea"].text
    assert f"\ndelivered: {EFFECT_MEANINGS[Effect.DELIVERED]}.\n" in asked["tea"].text
    assert "whose word it is: cn (officials, law, court or state media of China), us (" in asked["tea"].text


def test_a_government_is_a_voice_only_in_a_deal_that_declares_it(plain: ReaderQuestion, tmp_path: Path) -> None:
    assert "whose word it is: company, data (statistics, counts), press (" in plain.text
    parties = "parties: {eu: {name: the EU, words: [EU]}, mercosur: {name: Mercosur, words: [Mercosur]}}\n"
    declared = question(tmp_path, deal=second_deal.DEAL + parties)
    assert "whose word it is: eu (officials, law, court or state media of the EU), mercosur (" in declared.text
    assert "both, company" in declared.text


def test_rules_that_tell_a_reader_nothing_are_refused_with_the_remedy(tmp_path: Path) -> None:
    silent = rules_folder.load(tmp_path)
    with pytest.raises(RuleError, match=r"rules/deal/beans\.yaml:\d+:1: error\[no_reads\]: .*reads: \{about"):
        reader_questions(silent, TEMPLATES)


def test_a_mistake_in_the_template_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / TEMPLATE).write_text("Read this.\n{{ question.deels }}\n", encoding="utf-8")
    with pytest.raises(RenderError, match=rf"{TEMPLATE}:2: .*deels"):
        reader_questions(second_deal.load(tmp_path), tmp_path)


def test_the_shipped_questions_ask_about_every_commitment_of_their_deal_and_are_worth_their_tokens() -> None:
    rules = shipped_rules.rulebook()
    for deal, shipped in reader_questions(rules, TEMPLATES).items():
        own = {name for name, each in rules.commitments.items() if each.deal == deal}
        assert set(shipped.commitments) == own
        assert [name for name in own if f"{name} (" not in shipped.text] == []
        assert [ruling for ruling in rules.deals[deal].rulings if ruling not in shipped.text] == []
        assert shipped.tokens < 1900
