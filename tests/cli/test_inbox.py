"""`inbox`: the list of stories in doubt, readings by people, and the review at a terminal."""

import os
import select
import termios
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from monitor.cli.inbox_commands import Review, selected
from monitor.cli.screen import WIDTH, display_width
from monitor.domain.model import Cause
from monitor.domain.model.changes import notation
from monitor.runtime.simulation import SimulatedClock
from monitor.store import stories
from tests.builders.golden_wording import GoldenWording
from tests.builders.people_over_days import People, day
from tests.builders.reading_desk import model_reads, short, story_of
from tests.builders.reading_values import read
from tests.builders.small_rulebook import BUYS, CANCELS, TANKERS
from tests.builders.spoken_processes import spoken
from tests.builders.working_folder import Desk

HAN = (
    "soybeans：中国海关总署公布最新数据，九月份从美国进口大豆数量为零，"
    "这是多年来首次出现的情况，市场人士对此表示关注并等待后续消息"
)
HOSTILE = "soybeans \x1b[31mred\x1b[0m \u202egnp.exe"
PLAIN = "Soybeans of Iowa find their way to Dalian"


def four_reports(desk: Desk) -> None:
    """The model reads one differently from the rules, and one like them."""
    desk.hear(BUYS, TANKERS, HAN, HOSTILE)
    model_reads(People(desk), BUYS, read("soy", "setback", "buys two cargoes", "us"))
    model_reads(People(desk), TANKERS, read("ships", "progress", "buys six tankers"))


@pytest.fixture
def full(desk: Desk) -> People:
    desk.live(four_reports)
    return People(desk)


def test_the_list_shows_readings_and_doubt_in_80_columns(full: People, wording: GoldenWording) -> None:
    text = full.did(day(1), "inbox", "list")
    assert TANKERS not in text, "rules and model read it the same way"
    assert [line for line in text.splitlines() if display_width(line) > WIDTH] == []
    assert not {"\x1b", "\u202e"} & set(text), "a headline must not control the terminal"
    wording(text)
    wording(full.did(day(1), "inbox", "list", "--days", "9").splitlines()[-2:])


def test_the_list_in_json_has_the_same_content(full: People) -> None:
    found = {item["title"]: item for item in full.asked(day(1), "inbox", "list")}
    item = found[BUYS]
    assert (item["id"], item["why"]) == (short(full, BUYS), "differ")
    assert [(one["rule"], one["effect"]) for one in item["rules"]] == [("soy/bought", "progress")]
    assert (item["model"]["name"], item["model"]["matches"][0]["says"]) == ("qwen3:8b", "us")
    assert found[HAN]["model"] is None


def test_the_list_can_be_narrowed_by_days_commitment_and_number(
    full: People, wording: GoldenWording, refused: Callable[..., None]
) -> None:
    def titles(moment: float, *options: str) -> list[str]:
        return [item["title"] for item in full.asked(day(moment), "inbox", "list", *options)]

    assert titles(1, "--limit", "1") == [BUYS], "within a day, stories that may move a verdict come first"
    assert titles(1, "--commitment", "ships") == []
    assert titles(9) == []
    assert BUYS in titles(9, "--days", "10")
    wording(full.did(day(9), "inbox", "list"))
    wording(full.did(day(1), "inbox", "list", "--limit", "2").splitlines()[-3:])
    refused(full.does, day(1), "inbox", calls="list --commitment sou")


def test_near_stories_without_findings_are_counted_and_listed_on_request(desk: Desk, wording: GoldenWording) -> None:
    desk.hear(CANCELS)
    people = People(desk)
    path = desk.folder / "rules" / "deal" / "soy.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("any: [soybeans]", "any: [soybeans], not: {any: [maize]}"), encoding="utf-8")
    people.news("China eats soybeans and maize", day(0.5))
    wording(people.did(day(1), "inbox", "list"))
    (quiet,) = people.asked(day(1), "inbox", "list", "--all")
    assert (quiet["title"], quiet["why"]) == ("China eats soybeans and maize", "silent")


@pytest.fixture
def people(desk: Desk) -> People:
    """A reported purchase, and a report in which the rules find nothing."""
    desk.hear(BUYS, PLAIN)
    return People(desk)


def titles(people: People, moment: float) -> list[str]:
    return [item["title"] for item in people.asked(day(moment), "inbox", "list")]


def test_a_reading_becomes_a_signal_and_is_decided_at_once(people: People, wording: GoldenWording) -> None:
    words = ("soy=setback", "--reason", "the mills say so", "--by", "ann")
    wording(people.did(day(1), "inbox", "record", short(people, PLAIN), *words))
    assert people.kinds()[-1] == "alert"
    (signal,) = people.asked(day(1), "evidence", "list", "soy", "--effect", "setback")
    person = signal["person"]
    assert (signal["rule"], person["by"], person["why"]) == ("soy/person", "ann", "the mills say so")
    text = people.did(day(1), "evidence", "list", "soy")
    wording(line for line in text.splitlines() if "text read by" in line)


def test_a_reading_that_finds_nothing_corrects_what_was_sent(people: People, wording: GoldenWording) -> None:
    wording(people.did(day(1), "inbox", "record", short(people, BUYS), "none", "--by", "ann"))
    change = people.changes()[-1]
    assert (*notation(change.change), change.cause) == ("in_progress", "pledged", Cause.CORRECTION)
    assert people.status(day(1)) == "pledged"
    assert people.asked(day(1), "evidence", "list", "soy") == []


def test_a_reading_can_be_withdrawn_and_the_log_keeps_both(people: People, wording: GoldenWording) -> None:
    story = short(people, PLAIN)
    assert titles(people, 1) == [PLAIN]
    for moment, effect in ((1, "setback"), (1.1, "threat")):
        people.did(
            day(moment), "inbox", "record", story, f"soy={effect}", "--by", "ann", "--reason", "the mills say so"
        )
    assert titles(people, 1.2) == []
    wording(people.did(day(1.2), "commitment", "log"), hide={story: "STORY"})
    assert people.asked(day(1.2), "commitment", "log", "ships") == []
    wording(people.did(day(1.3), "inbox", "record", story, "--undo", "--by", "bob"))
    assert people.status(day(1.3)) == "in_progress"
    assert titles(people, 1.3) == [PLAIN]
    assert people.asked(day(1.3), "evidence", "list", "soy", "--effect", "threat") == []
    kinds = [(one["kind"], one["by"], one["in_force"]) for one in people.asked(day(3), "commitment", "log", "--all")]
    assert kinds[-1] == ("unread", "bob", False)
    assert not any(in_force for *_, in_force in kinds)


def test_a_reading_outranks_the_model_in_every_mode(people: People) -> None:
    model_reads(people, BUYS, read("soy", "progress", "buys"))
    for mode in ("leads", "confirms", "off"):
        policy = people.desk.folder / "rules" / "policy.yaml"
        policy.write_text(f"{{press_origins: 1, outlook_origins: 1, reader: {mode}}}", encoding="utf-8")
        people.did(day(1), "inbox", "record", short(people, BUYS), "soy=breach", "--quote", "China buys")
        assert [one["effect"] for one in people.asked(day(1), "evidence", "list", "soy")] == ["breach"], mode


def test_a_reading_survives_a_rule_edit_and_a_later_text_is_read_again(people: People) -> None:
    people.news(CANCELS, day(1), page="https://herald.example/c")
    people.did(day(1.1), "inbox", "record", short(people, CANCELS), "soy=none")
    path = people.desk.folder / "rules" / "deal" / "soy.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("any: [cancels]", "any: [cancels, drops]"), encoding="utf-8")
    people.daemon(day(2))
    assert people.asked(day(2), "evidence", "list", "soy", "--effect", "setback") == []
    people.news(CANCELS.replace("three", "four"), day(3), page="https://herald.example/c")
    assert len(people.asked(day(3), "evidence", "list", "soy", "--effect", "setback")) == 1


def test_quote_and_speaker_default_to_those_of_another_reader(people: People) -> None:
    model_reads(people, BUYS, read("soy", "threat", "two cargoes", "cn"))

    moments = (day(1 + number / 10) for number in range(9))

    def recorded(*words: str) -> list[tuple[str, str, str, str]]:
        people.did(moment := next(moments), "inbox", "record", short(people, BUYS), *words)
        answer = people.asked(moment, "commitment", "log")[-1]
        return [(m["commitment"], m["effect"], m["quote"], m["says"]) for m in answer["read"]]

    assert recorded("model") == [("soy", "threat", "two cargoes", "cn")]
    assert recorded("rules") == [("soy", "progress", BUYS, "press")]
    assert recorded("soy=threat") == [("soy", "threat", "two cargoes", "cn")]
    assert recorded("soy=progress") == [("soy", "progress", BUYS, "press")]
    assert recorded("ships=progress") == [("ships", "progress", BUYS, "press")]
    own = ("--quote", "from the United States", "--says", "us")
    assert recorded("soy=threat", *own) == [("soy", "threat", "from the United States", "us")]
    assert [match[:2] for match in recorded("so=setb", "sh=no")] == [("soy", "setback"), ("ships", "none")]


def test_an_unusable_reading_is_refused_with_the_correct_words(people: People, refused: Callable[..., None]) -> None:
    calls = f"""
        ID sou=pledge; ID s=pledge; ID soy=plege; ID soy=de; ID soy=pledge soy=none; ID soy; ID soy=pledge none
        ID soy=pledge --quote 'china  buys'; ID soy=pledge --quote 'Brazil buys'; ID soy=pledge --says eu; ID; ID model
        ID none --quote x; ID none --undo; ID --undo; zz none; '' none; {"0" * 40} none
    """
    refused(people.does, day(1), "inbox", "record", calls=calls.replace("ID", short(people, BUYS)))
    assert people.asked(day(1), "commitment", "log", "--all") == []


def test_an_ambiguous_id_is_refused(people: People, wording: GoldenWording) -> None:
    known = story_of(people, BUYS)
    twin = replace(known, id=known.id[:6] + "0" * 10, title=TANKERS)
    with people.desk.opened() as app, app.store.begin() as conn:
        stories.save(conn, {twin.id: twin}, ())
    result = people.does(day(1), "inbox", "record", known.id[:6].upper(), "none")
    assert result.exit_code == 2
    wording(result.stderr.partition("Error: ")[2], hide={short(people, BUYS): "ONE", twin.id[:9]: "TWIN"})
    people.did(day(1), "inbox", "record", short(people, BUYS), "none")
    assert people.asked(day(1), "commitment", "log")[0]["subject"] == known.id


def test_a_report_from_before_the_checkpoint_moves_nothing(people: People, wording: GoldenWording) -> None:
    people.news(CANCELS, day(60))
    wording(people.did(day(61), "inbox", "record", short(people, PLAIN), "soy=breach", "--by", "ann"))


def three_doubts(desk: Desk) -> None:
    """Three reports that the model reads differently from the rules; the newest is shown first."""
    desk.hear(BUYS, CANCELS, TANKERS)
    for title in (BUYS, CANCELS):
        model_reads(People(desk), title, read("soy", "threat", title.split()[1], "cn"))
    model_reads(People(desk), TANKERS)


@pytest.fixture
def doubtful(desk: Desk) -> People:
    desk.live(three_doubts)
    return People(desk)


def reviewed(people: People, keys: str, lines: Sequence[str] = ()) -> Review:
    """A review in which a person presses these keys and types these lines."""
    pressed, typed = iter(keys), iter(lines)
    with people.desk.opened(SimulatedClock(day(1))) as app:
        items, short_ids, _ = selected(app, 7, None, 20, everything=False)
        review = Review(app, "ann", lambda: next(pressed, ""), lambda: next(typed))
        review.go_through(items, short_ids)
    return review


def recorded(people: People) -> dict[str, list[tuple[str, str]]]:
    """The readings by title."""
    return {
        one["title"]: [(match["commitment"], match["effect"]) for match in one["read"]]
        for one in people.asked(day(2), "commitment", "log")
    }


def test_a_key_records_the_reading_of_the_model_or_the_rules_or_none(doubtful: People) -> None:
    reviewed(doubtful, "nrm")
    assert recorded(doubtful) == {TANKERS: [], CANCELS: [("soy", "setback")], BUYS: [("soy", "threat")]}


def test_a_reading_can_be_typed_and_an_unusable_one_is_asked_again(
    doubtful: People, capsys: pytest.CaptureFixture[str], wording: GoldenWording
) -> None:
    reviewed(doubtful, "eeeq", ["sou=pledge", "", "ships=del soy=none"])
    assert recorded(doubtful) == {TANKERS: [("ships", "delivered"), ("soy", "none")]}
    wording(capsys.readouterr().out, hide={short(doubtful, title): "ID" for title in (TANKERS, CANCELS)})


def test_other_keys_skip_undo_stop_or_do_nothing(doubtful: People) -> None:
    assert reviewed(doubtful, "s?xm").recorded != []
    assert recorded(doubtful) == {CANCELS: [("soy", "threat")]}
    reviewed(doubtful, "nuuq")
    assert recorded(doubtful) == {CANCELS: [("soy", "threat")]}
    for number, end in enumerate(("q", "\x03"), 1):
        assert len(reviewed(doubtful, f"n{end}").recorded) == 1, number
    for end in ("q", "\x03", "\x04", "\x1b", ""):
        assert reviewed(doubtful, end).recorded == []


def test_without_a_terminal_a_review_is_refused(people: People, refused: Callable[..., None]) -> None:
    refused(people.does, day(1), "inbox", calls="review")


@pytest.mark.slow
def test_at_a_terminal_one_key_is_enough_and_all_is_decided_at_the_end(doubtful: People) -> None:
    """The command as a process with a terminal. A key is sent once the terminal passes it on without a new line."""
    words = ("--config", doubtful.desk.config, "--now", day(1).isoformat(), "inbox", "review", "--by", "ann")
    with spoken(*words, terminal=True) as child:
        for asked in range(1, 4):
            assert child.says(rf"(.*\[q\]uit ){{{asked}}}")
            while termios.tcgetattr(child.ours)[3] & termios.ICANON:
                select.select([], [], [], 0.01)
            os.write(child.ours, b"n")
        assert child.ends() == 0, child.text
    assert "3 readings recorded, by ann" in child.text
    assert "soy: status" in child.text
    assert set(recorded(doubtful)) == {BUYS, CANCELS, TANKERS}
