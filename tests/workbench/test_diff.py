"""Two rulebooks over the same stories: what differs is found, and nothing that does not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Entry
from monitor.domain.model.changes import notation
from monitor.replay import as_entry, line_as_story
from monitor.workbench.diff import (
    RecordingMatcher,
    StoryChange,
    VerdictDiff,
    affected_commitments,
    archive_diff,
    counts_by_type,
    decide_alike,
    redefined_commitments,
    restricted_to,
    rule_changes,
)
from tests.builders.rules_folder import COMMITMENT, TALKS, VOCABULARY, load
from tests.builders.small_rulebook import OF_PARTS, rulebook

START = datetime(2025, 11, 3, 9, 0, tzinfo=UTC)
BOOKS = "China books ten cargoes of US soybeans"
HOARDS = "China hoards US soybeans before the winter"
CANCELS = "China cancels US soybeans at short notice"
CALL = "China and Washington trade soybeans for talks after call"
RIVER = "A river festival draws record crowds"
TITLES = (BOOKS, HOARDS, CANCELS, CALL, RIVER)

WIDER = COMMITMENT.replace(
    "any: ['{takes} ..8 {beans}', '{cn} ..8 {takes}']", "any: ['({takes}|hoards) ..8 {beans}', '{cn} ..8 {takes}']"
)
MILDER = COMMITMENT.replace("polarity: break", "polarity: bad")
NARROWER = COMMITMENT.replace(
    "any: ['{cn} ..8 {beans}', '{beans} ..8 {cn}', '{us_beans}']", "any: ['{cn} ..4 {beans}']"
)


def entries(*titles: str) -> list[Entry]:
    """These headlines of a ministry, a day apart."""
    return [
        as_entry(
            {
                "id": f"s{number}",
                "title": title,
                "source": "Commerce Ministry",
                "url": f"https://mofcom.example/{number}",
                "published": (START + timedelta(days=number)).isoformat(),
                "summary": "",
                "lang": "en",
            },
            number,
            "stories",
        )
        for number, title in enumerate(titles)
    ]


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return load(tmp_path_factory.mktemp("old"))


def both(old: Rulebook, new: Rulebook, *titles: str) -> tuple[tuple[StoryChange, ...], VerdictDiff]:
    """What the two rulebooks read and tell otherwise."""
    return archive_diff(old, new, entries(*(titles or TITLES)))


def changes(old: Rulebook, new: Rulebook, *titles: str) -> list[tuple[str, str, str]]:
    return [(c.commitment, c.how, c.story.title) for c in both(old, new, *titles)[0]]


# ---------------------------------------------------------------- rules


def test_rules_that_changed_came_or_went_are_named(old: Rulebook, tmp_path: Path) -> None:
    new = load(tmp_path, beans=WIDER)
    (change,) = rule_changes(old, new)
    assert (change.rule, change.how, change.path) == ("beans/bought", "changed", "rules/deal/beans.yaml")
    assert affected_commitments(old, new) == {"beans"}
    assert changes(old, new) == [("beans", "effect changed", HOARDS)]
    assert decide_alike(old, load(tmp_path / "moved", beans=f"# first line\n{WIDER}"))
    fates = {change.rule: change.how for change in rule_changes(old, load(tmp_path / "b", beans=NARROWER))}
    assert fates.pop("beans/about") == "changed"
    assert set(fates.values()) == {"depends on it"}
    new = load(tmp_path / "c", beans=COMMITMENT.replace("id: banned", "id: barred"))
    assert {c.rule: c.how for c in rule_changes(old, new)} == {"beans/banned": "removed", "beans/barred": "added"}
    new = load(tmp_path / "d", beans=COMMITMENT.replace("grace: 60 days", "grace: 30 days"))
    assert rule_changes(old, new) == ()
    assert redefined_commitments(old, new) == affected_commitments(old, new) == {"beans"}


def test_an_edit_touches_whoever_depends_on_it(old: Rulebook, tmp_path: Path) -> None:
    new = load(tmp_path, talks=TALKS.replace("holds|after", "holds|hosts|after"))
    assert affected_commitments(old, new) == {"talks", "beans"}, "beans gives way to talks"
    speaker = load(
        tmp_path / "b" / "a", words=VOCABULARY.replace("[Bessent, Treasury Secretary]", "[Treasury Secretary]")
    )
    masks = load(tmp_path / "b", words=VOCABULARY.replace("zh: [模拟]", "zh: [模拟, 比拟]"))
    policy = load(tmp_path / "b" / "c", policy="live_days: 30\n")
    for new in (speaker, masks, policy):
        assert affected_commitments(old, new) == {"beans", "talks"}
    new = load(tmp_path / "c", words=VOCABULARY.replace("en: [soybean*, soya]", "en: [soybean*, soya, soymeal]"))
    assert affected_commitments(old, new) == {"beans"}


def test_an_edit_of_a_part_touches_its_whole_and_a_whole_is_replayed_with_its_parts(tmp_path: Path) -> None:
    old = rulebook(tmp_path / "old", **OF_PARTS)
    cautious = OF_PARTS["soy-ships"].replace("kind: standing", "kind: standing\nstale: 9 days")
    new = rulebook(tmp_path / "new", **{**OF_PARTS, "soy-ships": cautious})
    assert affected_commitments(old, new) == {"soy-ships", "soy"}
    assert restricted_to(new, frozenset({"soy"})).commitments.keys() == OF_PARTS.keys()


# ---------------------------------------------------------------- what is left to read


def test_a_narrowed_rulebook_reads_its_commitments_as_the_whole_one_does(old: Rulebook) -> None:
    reader, whole = RecordingMatcher(frozenset({"beans"})), RecordingMatcher(frozenset({"beans"}))
    for story in map(line_as_story, entries(*TITLES)):
        reader(story, restricted_to(old, frozenset({"beans"})))
        whole(story, old)
    assert reader.found == whole.found
    assert len(reader.found) == 3, "one gives way to the talks, and one is about neither"


def test_a_rule_that_is_meant_otherwise_under_a_status_is_decided_otherwise(old: Rulebook, tmp_path: Path) -> None:
    meant = "polarity: bad\n    when_status: [{under: [unpledged], read: {setback: none}}]\n"
    new = load(tmp_path, beans=COMMITMENT.replace("polarity: bad\n", meant))
    assert not decide_alike(old, new)
    assert not decide_alike(*(restricted_to(book, frozenset({"beans"})) for book in (old, new)))


# ---------------------------------------------------------------- stories


def test_a_change_of_a_story_is_told_by_its_kind_and_counted(old: Rulebook, tmp_path: Path) -> None:
    new = load(tmp_path, beans=NARROWER)
    far = "China after a long wet summer wants soybeans"
    assert changes(old, new, far, CANCELS) == [("beans", "lost", far)]
    assert changes(new, old, far, CANCELS) == [("beans", "new match", far)]
    renamed = load(tmp_path / "b" / "a", beans=COMMITMENT.replace("id: cancelled", "id: called-off"))
    assert changes(old, renamed) == [("beans", "only the rule or quote", CANCELS)]
    milder = load(tmp_path / "b", beans=MILDER)
    assert changes(old, milder) == [("beans", "effect changed", CANCELS)]
    new = load(
        tmp_path / "c",
        beans=COMMITMENT.replace("{oil: 'soybean oil'}\n    by: cn", "{oil: 'soybean oil'}\n    by: company"),
    )
    (change,) = both(old, new)[0]
    assert (change.how, change.facts, change.story.title) == ("facts changed", ("by",), BOOKS)
    found, _ = both(old, load(tmp_path / "d", beans=MILDER), BOOKS, CANCELS, CANCELS.replace("short", "no"))
    assert [change.id for change in found] == ["s2", "s1"]
    assert counts_by_type(found)["beans"]["effect changed"] == 2


# ---------------------------------------------------------------- verdicts


SHUNS = "China shuns US soybeans from two ports"
BANS = "China bans US soybeans from two ports"
STERNER = COMMITMENT.replace("(ban|bans|boycott)", "(ban|bans|boycott|shuns)")


def test_a_change_that_only_one_rulebook_tells_or_at_another_time_is_named(old: Rulebook, tmp_path: Path) -> None:
    new = load(tmp_path, beans=STERNER)
    _, there = both(old, new, SHUNS)
    _, back = both(new, old, SHUNS)
    assert [notation(t.change)[1] for t in there.only_new] == ["at_risk"]
    assert (there.only_old, back.only_new) == ((), ())
    assert back.only_old == there.only_new
    _, found = both(old, load(tmp_path / "b", beans=STERNER), SHUNS, BANS)
    (lost,), (added,) = found.only_old, found.only_new
    assert (notation(lost.change), added.at - lost.at) == (notation(added.change), timedelta(days=-1))
