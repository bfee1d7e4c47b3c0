"""`rules explain` and `rules try` as a person uses them: where the story comes from, what is shown, what is refused."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from monitor.cli.rules.try_file import FAULTS

from monitor.cli.rules.story_text import WIDTH, display_width, shortened_pattern, wrapped
from monitor.domain.matching.partial_match import MismatchKind
from monitor.domain.matching.rejections import RejectionKind
from tests.builders import rules_folder
from tests.builders.databases import later
from tests.builders.small_rulebook import BUYS, CANCELS
from tests.builders.working_folder import Desk, command, objects

HEADLINE = "China may buy ten cargoes of US soybeans after it bans soybean oil"
LINE = {"id": "n1", "published": "2026-02-03T09:00:00Z", "source": "Grain Daily", "title": "China buys US soybeans"}


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return rules_folder.write(tmp_path)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    titles = ("China buys soybeans", "China buys soybean oil", "China buys soybeans from Brazil", "Brazil wins the cup")
    path = tmp_path / "stories.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as stream:
        for number, title in enumerate(titles, 1):
            stream.write(
                json.dumps(LINE | {"id": f"n{number}", "title": title, "published": f"2026-02-0{number}"}) + "\n"
            )
    return path


def explained(*arguments: str | Path) -> str:
    result = command("rules", "explain", *arguments)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def facts(*arguments: str | Path) -> dict[str, Any]:
    (found,) = objects(explained(*arguments, "--json"))
    return found


# ---------------------------------------------------------------- which story


def test_a_headline_is_explained(rules: Path) -> None:
    shown = explained(HEADLINE, rules)
    assert "beans: setback  by beans/banned" in shown
    assert "«China» may buy ten cargoes of US «soybeans»" in shown
    assert "blocked  beans/bought (good) pledge: not: soybean oil" in shown


def test_options_fill_in_what_a_headline_does_not_say(rules: Path) -> None:
    found = facts(
        HEADLINE, rules, "--source", "MOFCOM", "--summary", "More to come.", "--published", "2025-11-03", "--lang", "zh"
    )
    assert (found["story"]["publisher"]["tier"], found["story"]["published"][:10]) == ("official", "2025-11-03")
    assert (found["story"]["summary"], found["story"]["lang"]) == ("More to come.", "zh")


@pytest.mark.parametrize(("title", "lang"), [("China buys soybeans", "en"), ("中国采购美国大豆", "zh")])
def test_the_language_of_a_headline_is_seen_from_its_script(rules: Path, title: str, lang: str) -> None:
    assert facts(title, rules)["story"]["lang"] == lang


def test_a_json_line_is_explained_as_an_argument_and_from_standard_input(rules: Path) -> None:
    found = facts(json.dumps(LINE), rules)
    piped = command("rules", "explain", "-", rules, "--json", given=json.dumps(LINE) + "\n")
    assert objects(piped.stdout) == [found]
    assert found["story"]["id"] == "n1"
    assert [seen["effect"] for seen in found["commitments"]] == ["progress"]


def test_a_headline_with_half_a_character_is_no_question(rules: Path) -> None:
    broken = "China buys \ud83d US soybeans"
    for told in (broken, json.dumps(LINE | {"title": broken})):
        found = facts(told, rules)
        assert (found["story"]["title"], found["title_frame"]) == ("China buys \ufffd US soybeans", "")
        assert [seen["effect"] for seen in found["commitments"]] == ["progress"]


def test_a_file_that_holds_one_story_is_explained(rules: Path, tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text(json.dumps(LINE) + "\n", encoding="utf-8")
    assert facts(path, rules)["story"]["id"] == "n1"


def test_recorded_readings_are_shown_with_what_of_them_cannot_count_and_where_they_differ(
    rules: Path, archive: Path, tmp_path: Path
) -> None:
    said = {"commitment": "beans", "effect": "threat", "says": "cn", "quote": "buys soybeans"}
    invented = said | {"commitment": "talks", "quote": "not in the text"}
    path = tmp_path / "readings.jsonl"
    line = {"id": "n1", "matches": [said, invented], "model": "qwen3:8b", "question": "1a2b"}
    path.write_text(json.dumps(line) + "\n", encoding="utf-8")
    options = ("--stories", archive, "--readings", path)
    (reading,) = facts("n1", rules, *options)["readers"]["readings"]
    assert [match["refused"] for match in reading["matches"]] == ["", "its quote does not stand in the text"]
    text = " ".join(explained("n1", rules, *options).split())
    assert "readings reader: leads qwen3:8b (question 1a2b): counts reads beans: threat, says cn" in text
    assert "refused talks: threat, says cn: “not in the text” its quote does not stand in the text" in text
    assert "reads progress in it; qwen3:8b (question 1a2b) reads a threat in it" in text
    assert "together beans: threat, says press read by qwen3:8b (question 1a2b);" in text
    assert "readings" not in explained("n2", rules, *options), "nobody has read that one"


def test_an_id_is_looked_up_in_a_file_of_stories(rules: Path, archive: Path) -> None:
    assert facts("n3", rules, "--stories", archive)["story"]["title"] == "China buys soybeans from Brazil"


def test_an_id_or_its_beginning_is_looked_up_in_the_database(desk: Desk) -> None:
    desk.hear(BUYS)
    with desk.opened() as app, app.store.read() as conn:
        name = conn.exec_driver_sql("SELECT id FROM story").scalar_one().hex()
    for beginning in (name, name[:4]):
        result = desk.run("rules", "explain", beginning, "--json")
        (found,) = objects(result.stdout)
        assert found["story"]["title"] == BUYS
        assert [each["commitment"] for each in found["commitments"]] == ["soy"], "by the configured rules"


def test_one_word_that_is_no_id_is_read_as_a_headline_and_says_so(desk: Desk) -> None:
    result = desk.run("rules", "explain", "soybeans", desk.folder / "rules")
    assert "soy: none" in result.stdout
    assert "no stored story has the id 'soybeans'" in result.stderr


@pytest.mark.parametrize(
    ("story", "words"),
    [
        ("", "needs a title"),
        ("  ", "needs a title"),
        ("{not json", "STORY is no JSON object"),
        ('{"id": "n1"}', 'has no "title"'),
        ("gone.jsonl", "there is no file"),
    ],
)
def test_what_is_no_story_is_refused(rules: Path, story: str, words: str) -> None:
    result = command("rules", "explain", story, rules)
    assert result.exit_code == 2
    assert words in result.stderr


def test_a_file_that_is_no_text_is_refused(rules: Path, tmp_path: Path) -> None:
    (tmp_path / "b.json").write_bytes(bytes(range(128, 256)))
    result = command("rules", "explain", tmp_path / "b.json", rules)
    assert (result.exit_code, "cannot be read as text" in result.stderr) == (2, True)


def test_a_file_of_many_stories_asks_for_an_id(rules: Path, archive: Path) -> None:
    result = command("rules", "explain", archive, rules)
    assert result.exit_code == 2
    assert "more than one story" in result.stderr


def test_an_unknown_id_and_an_unknown_commitment_are_refused(rules: Path, archive: Path) -> None:
    missing = command("rules", "explain", "n9", rules, "--stories", archive)
    assert (missing.exit_code, "has the id 'n9'" in missing.stderr) == (2, True)
    mistyped = command("rules", "explain", HEADLINE, rules, "--commitment", "baens")
    assert (mistyped.exit_code, "did you mean 'beans'?" in mistyped.stderr) == (2, True)


# ---------------------------------------------------------------- what is shown


def test_every_line_fits_on_80_columns(rules: Path) -> None:
    for title in (
        HEADLINE,
        "商务部：中国将采购六船美国大豆，" * 6,
        "Brazil wins the cup",
        "China buys soybeans from Brazil",
    ):
        assert max(display_width(line) for line in explained(title, rules, "--summary", HEADLINE).splitlines()) <= WIDTH


def test_an_act_shows_its_clause_its_marks_and_what_they_did(rules: Path) -> None:
    shown = explained("China may buy US soybeans after it bans soya", rules)
    assert "won      beans/bought (good) pledge" in shown
    assert "title, main clause: China may buy US soybeans" in shown
    assert "head “buy”; “may” (rumour) hedges" in shown
    assert "hedged: progress becomes pledge" in shown
    assert "lost     beans/banned (bad) setback: the main clause goes before a" in shown


def test_of_many_places_about_it_the_rest_is_counted(rules: Path) -> None:
    shown = explained(
        "China buys soybeans", rules, "--summary", "Soya. China buys soybeans. China buys soybeans again."
    )
    assert "more place" not in shown
    shown = explained("China buys soybeans", rules, "--summary", "China buys soybeans. " * 3)
    assert "and 1 more place (--json shows all)" in shown


def test_a_story_about_nothing_shows_what_came_nearest(rules: Path) -> None:
    shown = explained("Soybeans fill the silos", rules)
    assert "about no commitment" in shown
    assert "beans: nothing of {cn} (" in shown
    assert "title: «Soybeans» fill the silos" in shown


def test_of_a_commitment_to_which_nothing_comes_near_it_shows_what_must_stand(rules: Path) -> None:
    title = "Brazil wins the cup"
    asked = explained(title, rules, "--commitment", "beans")
    assert "nothing comes near it: of these in its about, one must stand\n    {cn} .." in asked
    assert facts(title, rules)["lacking"] == [], "of all commitments at once that would be too much"
    assert facts("Soybeans fill the silos", rules, "--commitment", "beans")["lacking"] == []


def test_the_signal_shows_amount_date_and_word(rules: Path) -> None:
    shown = explained(
        "MOFCOM says China books 12 million tons of soybeans by 31 December 2025", rules, "--published", "2025-11-03"
    )
    assert "word     says cn, origin MOFCOM" in shown
    assert "amount   12,000,000 t" in shown
    assert "date     2025-12-31, day" in shown


def test_lines_break_at_words_and_between_chinese_characters() -> None:
    assert list(wrapped("one two", 2, 4)) == ["  one two"]
    chinese = list(wrapped("采购" * 30))
    assert [display_width(line) for line in chinese] == [80, 40]
    assert "".join(chinese) == "采购" * 30


def test_a_long_group_of_a_pattern_is_cut() -> None:
    assert (
        shortened_pattern("{cn} ..4 (buys|books|purchases|secures|takes) ..8 {soy}")
        == "{cn} ..4 (buys|books|…) ..8 {soy}"
    )
    assert shortened_pattern("{cn} (buys|books)") == "{cn} (buys|books)"


# ---------------------------------------------------------------- rules try


def test_try_shows_matches_and_near_misses_by_the_clause_at_fault(rules: Path, archive: Path) -> None:
    result = command("rules", "diff", "--file", rules / "deal" / "beans.yaml", "--stories", archive)
    assert result.exit_code == 0, result.stderr
    shown = result.stdout
    assert "beans: 4 stories, 2 about it" in shown
    assert "2026-02-01  progress   China buys soybeans" in shown
    assert "1  bought · not: soybean oil" in shown
    assert "1  bought · about.not: (Brazil*|巴西)" in shown
    assert "2026-02-03  not about it, would be progress" in shown
    assert max(display_width(line) for line in shown.splitlines()) <= WIDTH


def test_try_counts_faults_in_plain_words(rules: Path, archive: Path, tmp_path: Path) -> None:
    shown = command("rules", "diff", "--file", rules / "deal" / "beans.yaml", "--stories", archive).stdout
    assert "at fault: kept out by the act (1), kept out by about (1)" in shown
    quiet = tmp_path / "quiet.jsonl"
    quiet.write_text(json.dumps(LINE | {"title": "Brazil wins the cup"}) + "\n", encoding="utf-8")
    shown = command("rules", "diff", "--file", rules / "deal" / "beans.yaml", "--stories", quiet).stdout
    assert "beans: 1 story, 0 about it" in shown
    assert "\nno near misses\n" in shown
    assert set(FAULTS) == {kind.value for kinds in (MismatchKind, RejectionKind) for kind in kinds}


def test_try_as_json_gives_a_line_each_and_a_count(rules: Path, archive: Path) -> None:
    result = command("rules", "diff", "--file", rules / "deal" / "beans.yaml", "--stories", archive, "--json")
    lines = objects(result.stdout)
    assert [line["kind"] for line in lines] == ["match", "match", "near_miss", "near_miss", "summary"]
    near = lines[2]
    assert (near["rule"], near["fault"], near["clause"]) == ("beans/bought", "not", "not: soybean oil")
    assert (near["now"], near["effect"], near["words"]) == ("none", "progress", ["soybean oil"])
    assert lines[-1]["clauses"][0] == {"rule": "beans/bought", "fault": "not", "clause": "not: soybean oil", "count": 1}


def test_try_takes_a_draft_that_lies_beside_the_rules(rules: Path, archive: Path, tmp_path: Path) -> None:
    draft = tmp_path / "beans.yaml"
    draft.write_text(rules_folder.COMMITMENT.replace("    none: ['soybean oil']\n", ""), encoding="utf-8")
    result = command("rules", "diff", "--file", draft, "--rules", rules, "--stories", archive)
    assert "2 about it" in result.stdout
    assert "2 progress" in result.stdout


def test_try_counts_days_back_from_the_newest_story_of_a_file(rules: Path, archive: Path) -> None:
    result = command("rules", "diff", "--file", rules / "deal" / "beans.yaml", "--stories", archive, "--since", "1d")
    assert "beans: 2 stories" in result.stdout


def test_try_shows_no_more_than_the_limit(rules: Path, archive: Path) -> None:
    result = command("rules", "diff", "--file", rules / "deal" / "beans.yaml", "--stories", archive, "--limit", "1")
    assert "and 1 match more" in result.stdout
    assert "and 1 clause more" in result.stdout


def test_try_reads_the_database_without_stories(desk: Desk) -> None:
    desk.hear(BUYS, CANCELS)
    result = desk.run(
        "rules", "diff", "--file", desk.folder / "rules" / "deal" / "soy.yaml", "--since", "2026-01-01", "--json"
    )
    assert sorted(line["effect"] for line in objects(result.stdout) if line["kind"] == "match") == [
        "progress",
        "setback",
    ]


def test_try_counts_its_thirty_days_back_from_the_programs_own_now(desk: Desk) -> None:
    desk.hear(BUYS)
    file = desk.folder / "rules" / "deal" / "soy.yaml"
    soon, late = (later(days=days).isoformat() for days in (29, 31))
    stories = [
        objects(desk.run("--now", now, "rules", "diff", "--file", file, "--json").stdout)[-1] for now in (soon, late)
    ]
    assert [summary["stories"] for summary in stories] == [1, 0]


def test_try_without_any_story_says_where_to_get_some(rules: Path, tmp_path: Path) -> None:
    (tmp_path / "none.jsonl").write_text("", encoding="utf-8")
    result = command("rules", "diff", "--file", rules / "deal" / "beans.yaml", "--stories", tmp_path / "none.jsonl")
    assert "give --stories FILE" in " ".join(result.stdout.split())


def test_a_bare_number_is_no_span_and_the_error_says_how_to_write_one(rules: Path, archive: Path) -> None:
    result = command("rules", "diff", "--file", rules / "deal" / "beans.yaml", "--stories", archive, "--since", "30")
    assert (result.exit_code, "30d for days" in result.stderr) == (2, True)


def test_try_names_the_fault_of_a_broken_file_and_leaves_with_2(rules: Path, archive: Path, tmp_path: Path) -> None:
    draft = tmp_path / "beans.yaml"
    draft.write_text(rules_folder.COMMITMENT.replace("{takes} ..8 {beans}", "{take} ..8 {beans}"), encoding="utf-8")
    result = command("rules", "diff", "--file", draft, "--rules", rules, "--stories", archive)
    assert result.exit_code == 2
    assert f"{draft}:" in result.stderr
    assert "did you mean 'takes'?" in result.stderr


FRAME = """\
  - id: taxed
    polarity: bad
    event: '<tax/levy>'
    agent: '{cn}'
    patient: '{beans}'
    examples:
      - {text: China taxes soybeans, effect: setback}
      - {text: China taxes soap, effect: not_about}
"""


def test_a_frame_is_shown_role_by_role_with_the_words_that_fill_each(tmp_path: Path) -> None:
    folder = rules_folder.write(tmp_path, beans=rules_folder.COMMITMENT + FRAME)
    shown = command("rules", "explain", "China again taxes US soybeans", folder).stdout
    assert "event <tax/levy>: “taxes”" in shown
    assert "agent {cn}: “China”" in shown
    assert "patient {beans}: “soybeans”" in shown


FRAMES = """\
  - id: taxed
    polarity: bad
    frames:
      - {event: '<tax/levy>', agent: '{cn}', patient: '{beans}'}
      - {event: '<report>', patient: 'taxing ..near {beans}', via: '{cn}'}
    examples:
      - {text: China taxes soybeans, effect: setback}
      - {text: China taxes soap, effect: not_about}
"""


def test_of_several_frames_with_the_same_ends_the_one_that_decided_is_shown_with_its_own_line(tmp_path: Path) -> None:
    text = rules_folder.COMMITMENT + FRAMES
    folder = rules_folder.write(tmp_path, beans=text)
    (seen,) = facts("China reports taxing US soybeans", folder)["commitments"]
    by_head = {act["head"]: act for act in seen["acts"]}
    line = text.splitlines().index(FRAMES.splitlines()[4]) + 1
    assert by_head["reports"]["roles"][0] == {"role": "event", "pattern": "<report>", "words": "reports"}
    assert by_head["reports"]["written"] == f"rules/deal/beans.yaml:{line}"
    assert by_head["taxing"]["written"] == f"rules/deal/beans.yaml:{line - 1}"


def test_the_act_whose_frame_almost_stood_is_named_with_the_role_that_is_missing(tmp_path: Path) -> None:
    folder = rules_folder.write(tmp_path, beans=rules_folder.COMMITMENT + FRAME)
    shown = command("rules", "explain", "US soybeans are taxed again by Japan", folder).stdout
    assert "beans/taxed would give setback: no agent {cn}" in shown
    assert "agent {cn}: missing" in shown


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("<tear up>", "tear up, tears up, tore up, torn up, tearing up"),
        ("<licence+>", "licence, licences, license, licenses"),
    ],
)
def test_a_mark_is_shown_with_the_words_that_it_stands_for(expression: str, words: str, tmp_path: Path) -> None:
    assert command("rules", "explain", expression, rules_folder.write(tmp_path)).stdout == f"{expression}: {words}\n"


def test_a_set_of_the_vocabulary_or_of_a_file_is_shown_with_its_words(tmp_path: Path) -> None:
    folder = rules_folder.write(tmp_path)
    assert "soybean*" in command("rules", "explain", "{beans}", folder).stdout
    assert (
        "rules/deal/beans.yaml\n{takes}: buy*, bought, book*, 采购, 购买\n"
        in command("rules", "explain", "{takes}", folder).stdout
    )
    unknown = command("rules", "explain", "{taks}", folder)
    assert unknown.exit_code == 2
    assert "there is no set 'taks' (did you mean 'takes'?)" in unknown.stderr


WIDE = """\
sets:
  lift: {means: off, eg: [x], en: [<lift/do away with>, <removal+>, free*], zh: [取消]}
  cut: [<halve>, cut ..near rate]
  relieve: [spared, '{lift}', '{cut}']
"""


@pytest.mark.parametrize(
    ("expression", "options", "shown"),
    [
        ("{lift}", (), "{lift}: <lift / do away with>, <removal+>, free*, 取消\n"),
        ("{cut}", (), "{cut}: <halve>, cut ..near rate\n"),
        (
            "{relieve}",
            (),
            "{relieve}: spared\n{lift}: <lift / do away with>, <removal+>, free*, 取消\n{cut}: <halve>, cut ..near rate\n",
        ),
        ("{cut}", ("--forms",), "{cut}: halve, halves, halved, halving, cut ..near rate\n"),
        ("{cut - <halve>}", (), "{cut - <halve>}: cut ..near rate\n"),
        ('{"cut ..near rate" + "soya"}', (), '{"cut ..near rate" + "soya"}: soya, cut ..near rate\n'),
        ('{lift - <lift> - "取消"}', (), '{lift - <lift> - "取消"}: <do away with>, <removal+>, free*\n'),
    ],
    ids=[
        "marks",
        "longer patterns",
        "a set of sets",
        "every form",
        "a pattern of a sum",
        "a pattern written out",
        "words taken out",
    ],
)
def test_a_set_is_shown_as_it_is_written_part_by_part(
    expression: str, options: tuple[str, ...], shown: str, tmp_path: Path
) -> None:
    folder = rules_folder.write(tmp_path)
    (folder / "vocabulary" / "wide.yaml").write_text(WIDE, encoding="utf-8")
    assert command("rules", "explain", expression, folder, *options).stdout == shown


def test_an_amount_and_a_date_are_shown_with_what_they_read_and_how_it_is_written(tmp_path: Path) -> None:
    folder = rules_folder.write(tmp_path)
    mark = "<25 Mt>: 25,000,000 tonnes, or up to 1% more or less: “25 million tonnes”"
    assert " ".join(explained("<25 Mt>", folder).split()).startswith(mark)
    assert explained("<%>", folder) == "<%>: any amount in percent: “10%”, “10 percent”\n"
    assert "“31 December 2025”" in explained("<date>", folder)
    (amount,) = objects(explained("<amount>", folder, "--json"))
    assert (amount["reads"], len(amount["ways"])) == ("any amount with its unit", 5)


def test_what_is_taken_out_and_was_not_there_is_warned_of(tmp_path: Path) -> None:
    folder = rules_folder.write(tmp_path)
    (folder / "vocabulary" / "wide.yaml").write_text(WIDE, encoding="utf-8")
    result = command("rules", "explain", "{lift - <lfit>}", folder)
    assert result.stderr == "warning: <lfit> takes nothing out of {lift - <lfit>} (mend its spelling, or delete it)\n"
    own = rules_folder.COMMITMENT.replace("sets:", "sets:\n  fewer: ['{takes - \"bok\"}']", 1)
    held = rules_folder.write(tmp_path / "other", beans=own)
    assert "takes nothing out of" in command("rules", "explain", '{takes - "bok"}', held).stderr, "a file says so too"


@pytest.mark.parametrize(
    "pattern", ["{lift + cut} ..near soy", "<buy> ..near soy", "soy ~clause buys", "US ...{takes} soy"]
)
def test_a_pattern_is_no_story_and_the_answer_says_how_to_try_it(pattern: str, tmp_path: Path) -> None:
    result = command("rules", "explain", pattern, rules_folder.write(tmp_path))
    said = " ".join(result.stderr.split())
    assert (result.exit_code, "is a pattern" in said, "rules try FILE" in said) == (2, True, True)


def test_a_headline_with_signs_of_patterns_is_a_headline(rules: Path) -> None:
    for title in ("<b>China</b> buys US soybeans...", "China buys ~5 cargoes of US soybeans", "Wait... China buys"):
        assert facts(title, rules)["story"]["title"] == title
    assert facts(json.dumps(LINE | {"title": "China buys {more} soybeans"}), rules)["story"]["id"] == "n1"


def test_a_fault_of_an_expression_is_told_without_a_place(tmp_path: Path) -> None:
    folder = rules_folder.write(tmp_path)
    for expression, fault in (("<25 Mtt>", "the unit 'Mtt' is not known"), ("{a + }", "lacks a name")):
        result = command("rules", "explain", expression, folder)
        assert (result.exit_code, fault in result.stderr, ":1:1" in result.stderr) == (2, True, False)


def test_a_set_that_is_itself_faulty_is_told_with_its_place(tmp_path: Path) -> None:
    folder = rules_folder.write(tmp_path)
    (folder / "vocabulary" / "wide.yaml").write_text("sets:\n  halves: ['(']\n", encoding="utf-8")
    result = command("rules", "explain", "{halves}", folder)
    assert (result.exit_code, "wide.yaml:2:" in result.stderr) == (2, True)
