"""`model check` scores the configured model and stores nothing as news; `model read` reads a text once and continues
where it ended."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result

from monitor.cli.doctor import Finding
from monitor.domain.model import ReadMatch
from monitor.domain.reading.lead import ReaderCheck
from monitor.pipeline.apply_readings import deals_to_read
from monitor.render.reader_question import template_version
from monitor.rulebook.load import READER_EXAMPLES
from monitor.store import reading_store, stories
from tests.builders import second_deal
from tests.builders.chat_server import MODEL, ChatModel, Reply, chat_model, stories_in
from tests.builders.databases import NOW, empty_database
from tests.builders.doctor_checks import findings
from tests.builders.feed_publisher import Item, publisher, rss
from tests.builders.golden_wording import GoldenWording
from tests.builders.reading_desk import earn_lead
from tests.builders.reading_values import read as match_of
from tests.builders.reading_values import reading
from tests.builders.rules_folder import lay
from tests.builders.shipped_rules import ROOT
from tests.builders.small_rulebook import BUYS, CANCELS, OTHER_DEAL, SHIPS, SOY, TANKERS, write
from tests.builders.working_folder import Desk, objects

LABELLED_BUYS, SELLS, RAIN = (
    "China buys soybeans from Iowa",
    "Beijing cancels soybeans from Ohio",
    "Rain falls in Kansas",
)
EXAMPLES = f"""\
examples:
  plain:
    - {{text: {LABELLED_BUYS}, reads: {{soy: progress}}}}
    - {{text: {SELLS}, reads: {{soy: setback}}}}
  near:
    - {{text: {RAIN}}}
"""
READS = "reads: {about: 'buying of the goods'}\n"
MUSEUM = "A museum opens a new wing for its old maps"
AT_NOW = ("--now", NOW.isoformat())


@pytest.fixture
def model() -> Iterator[ChatModel]:
    with chat_model() as running:
        running.reads(LABELLED_BUYS, "soy", "progress")
        running.reads(SELLS, "soy", "setback")
        yield running


@pytest.fixture
def with_model(desk: Desk, model: ChatModel) -> Desk:
    """A working folder with a model and labelled examples."""
    write(desk.folder / "rules", soy=SOY + READS, ships=SHIPS + READS)
    (desk.folder / "rules" / "deal" / READER_EXAMPLES).write_text(EXAMPLES, encoding="utf-8")
    desk.edit("[poll]", f'[reader]\nbase_url = "{model.url}"\nmodel = "{MODEL}"\nbatch = 2\n\n[poll]')
    desk.database.write_bytes(empty_database())
    return desk


def many_examples() -> str:
    """As many examples as a lead needs."""
    return EXAMPLES.removesuffix("\n") + "".join(f"\n    - {{text: {RAIN} on day {day}}}" for day in range(40))


def checked(desk: Desk) -> ReaderCheck | None:
    """The stored check of the model."""
    with desk.reading() as conn:
        return reading_store.check_of(conn, MODEL, template_version(ROOT / "templates"))


def test_a_model_that_reads_as_labelled_is_recorded(with_model: Desk, model: ChatModel, wording: GoldenWording) -> None:
    result = with_model.run(*AT_NOW, "model", "check")
    assert result.exit_code == 0, result.output
    wording(result.stdout)
    wording(result.stderr)
    assert set(model.asked().values()) == {1}
    last = checked(with_model)
    assert last is not None
    assert (last.model, last.examples, last.unread, set(last.f1.values()), last.at) == (MODEL, 3, 0, {1.0}, NOW)
    # Its tokens count in the budget, and nothing becomes news.
    with with_model.reading() as conn:
        use = reading_store.use_of(conn, f"{NOW:%Y-%m-%d}")
        assert (use.requests, use.texts, use.tokens) == (2, 3, 200)
        assert stories.first_seen_since(conn, NOW.replace(year=2000)) == ()
        assert reading_store.unread(conn) == ()


def test_a_model_below_the_bars_fails_and_its_errors_are_shown(
    with_model: Desk, model: ChatModel, wording: GoldenWording
) -> None:
    model.says[SELLS] = []
    model.reads(RAIN, "ships", "pledge")
    shown = with_model.run("model", "check")
    assert shown.exit_code == 1
    wording(shown.stdout)
    assert max(len(line) for line in shown.stdout.splitlines()) <= 80
    lines = objects(with_model.run("model", "check", "--json").stdout)
    assert [line["what"] for line in lines] == ["score", "commitment", "commitment", "misread", "misread"]
    assert lines[0]["below"] == ["about", "direction", "effect"]


def test_an_unusable_answer_is_asked_for_once_more(with_model: Desk, model: ChatModel) -> None:
    model.script.append(Reply(content="no JSON at all"))
    assert with_model.run("model", "check").exit_code == 0
    assert model.asked() == {LABELLED_BUYS: 2, SELLS: 2, RAIN: 1}


def test_the_wait_that_a_server_asks_for_is_kept_and_a_check_of_a_server_that_is_down_is_not_recorded(
    with_model: Desk, model: ChatModel
) -> None:
    busy, long = Reply(status=429, headers={"Retry-After": "0"}), Reply(status=429, headers={"Retry-After": "900"})
    for script, code in (([busy] * 8, 1), ([long], 1), ([busy] * 4, 0)):
        assert checked(with_model) is None
        model.script += script
        assert with_model.run("model", "check").exit_code == code
    assert model.script == []


def test_a_check_that_breaks_off_continues_where_it_ended(
    with_model: Desk, model: ChatModel, wording: GoldenWording
) -> None:
    model.script += [Reply(), Reply(401)]
    broken = with_model.run(*AT_NOW, "model", "check")
    assert broken.exit_code == 1
    assert checked(with_model) is None
    again = with_model.run(*AT_NOW, "model", "check")
    assert again.exit_code == 0
    wording([broken.stderr, again.stderr], hide={str(model.port): "PORT"})
    assert model.asked() == {LABELLED_BUYS: 1, SELLS: 1, RAIN: 2}
    found = checked(with_model)
    assert found is not None
    assert (found.examples, found.unread) == (3, 0)
    with_model.run("model", "check")
    assert model.asked() == {LABELLED_BUYS: 2, SELLS: 2, RAIN: 3}, "the next check asks anew"


def test_answers_to_another_question_are_not_taken_up(with_model: Desk, model: ChatModel) -> None:
    model.script += [Reply(), Reply(401)]
    with_model.run("model", "check")
    write(with_model.folder / "rules", soy=SOY + READS.replace("buying", "purchase"), ships=SHIPS + READS)
    assert with_model.run("model", "check").exit_code == 0
    assert model.asked() == {LABELLED_BUYS: 2, SELLS: 2, RAIN: 2}


def test_a_sample_asks_about_some_examples_and_earns_no_lead(
    with_model: Desk, model: ChatModel, wording: GoldenWording
) -> None:
    result = with_model.run("model", "check", "--sample", "2")
    assert result.exit_code == 0
    wording(result.stderr)
    assert model.asked() == {LABELLED_BUYS: 1, SELLS: 1}
    assert checked(with_model) is None


def test_a_slow_server_is_checked_with_fewer_examples_at_once(with_model: Desk, model: ChatModel) -> None:
    with_model.edit("batch = 2", "batch = 4\ntimeout_seconds = 0.4")
    model.seconds_each = 0.3
    assert with_model.run("model", "check").exit_code == 0
    assert [len(stories_in(request)) for request in model.requests] == [3, 1, 1, 1]


def test_a_question_that_gets_no_usable_answer_ends_its_check(with_model: Desk, model: ChatModel) -> None:
    (with_model.folder / "rules" / "deal" / READER_EXAMPLES).write_text(many_examples(), encoding="utf-8")
    model.script += [Reply(content="I am a poet")] * 100
    assert with_model.run("model", "check").exit_code == 1
    assert checked(with_model) is None
    assert len(model.requests) == 6


def test_a_check_beyond_the_days_tokens_does_not_start(
    with_model: Desk, model: ChatModel, wording: GoldenWording
) -> None:
    with_model.edit("batch = 2", "batch = 2\ndaily_tokens = 1000")
    result = with_model.run("model", "check")
    assert result.exit_code == 2
    wording(result.stderr)
    assert model.requests == []


def test_examples_without_an_answer_are_listed_and_too_many_fail_the_check(
    with_model: Desk, model: ChatModel, wording: GoldenWording
) -> None:
    model.script += [Reply(), *[Reply(content="no JSON at all")] * 2]
    result = with_model.run("model", "check")
    assert result.exit_code == 1
    wording(result.stdout)


def test_without_model_examples_or_question_the_remedy_is_named(desk: Desk, wording: GoldenWording) -> None:
    results = [desk.run("model", "check"), desk.run("model", "check", "--show-prompt")]
    (desk.folder / "rules" / "deal" / READER_EXAMPLES).write_text(EXAMPLES, encoding="utf-8")
    results += [desk.run("model", "check"), read(desk, BUYS), desk.run("model", "check", "--table")]
    assert {result.exit_code for result in results} == {2}
    wording(result.stderr for result in results)


def test_a_new_model_or_question_rereads_nothing(with_model: Desk, model: ChatModel) -> None:
    with_model.hear(LABELLED_BUYS)
    with with_model.opened() as app:
        with app.store.begin() as conn:
            (bought,) = stories.first_seen_since(conn, NOW)
            assert deals_to_read(conn, app.rulebook, bought) == {"deal"}
            older = reading(text=bought.revision, name="an older model", version="an older question")
            reading_store.save(conn, [older])
        with app.store.read() as conn:
            assert deals_to_read(conn, app.rulebook, bought) == set()
    with_model.run("model", "check")
    assert set(model.asked()) == {LABELLED_BUYS, SELLS, RAIN}
    with with_model.reading() as conn:
        assert [kept.name for kept in reading_store.of_text(conn, bought.revision)] == ["an older model"]


def test_the_question_of_a_small_deal(desk: Desk, golden: Callable[[str, str], None]) -> None:
    rules = second_deal.write(desk.folder / "second")
    desk.edit('rules = "rules"', f"rules = {json.dumps(str(rules))}")
    shown = desk.run("model", "check", "--show-prompt")
    assert shown.exit_code == 0
    golden("second_deal.txt", shown.stdout)
    (line,) = objects(desk.run("model", "check", "--show-prompt", "--json").stdout)
    assert set(line) == {"deal", "version", "tokens", "commitments", "text"}
    assert line["tokens"] == -(-len(shown.stdout) // 4)
    assert line["version"] in shown.stderr
    assert line["commitments"] == ["mercosur-beef-licences", "mercosur-beef", "mercosur-force"]


def test_the_table_compares_stored_readings_with_the_rules_by_month(with_model: Desk, wording: GoldenWording) -> None:
    with_model.hear(BUYS, CANCELS)
    with with_model.opened() as app, app.store.begin() as conn:
        read_as: dict[str, tuple[ReadMatch, ...]] = {BUYS: (match_of("soy", "progress", "soybeans"),), CANCELS: ()}
        for story in stories.first_seen_since(conn, NOW):
            reading_store.save(conn, [reading(*read_as[story.title], text=story.revision)])
        ids = {story.id: story.title for story in stories.first_seen_since(conn, NOW)}
    wording(with_model.run("model", "check", "--table").stdout, hide=dict.fromkeys(ids, "ID"))
    lines = objects(with_model.run("model", "check", "--table", "--json").stdout)
    assert [line["what"] for line in lines] == ["readers", "readers_month", "readers_story"]
    assert (lines[0]["same"], lines[0]["rule_alone"], lines[0]["share"]) == (1, 1, 0.5)
    assert (lines[2]["title"], lines[2]["outcome"]) == (CANCELS, "rule_alone")


def story_lines(*titles: str) -> str:
    rows = [{"id": f"s{number}", "title": title, "published": "2026-03-01"} for number, title in enumerate(titles, 1)]
    return "".join(json.dumps(row) + "\n" for row in rows)


def read(desk: Desk, *titles: str, options: tuple[str, ...] = ()) -> Result:
    return desk.run("model", "read", "-", desk.folder / "out.jsonl", *options, given=story_lines(*titles))


def written(desk: Desk) -> dict[str, list[dict[str, str]]]:
    rows = objects((desk.folder / "out.jsonl").read_text(encoding="utf-8"))
    assert len({row["id"] for row in rows}) == len(rows)
    return {row["id"]: row["matches"] for row in rows}


def test_stories_near_the_deal_are_read_into_a_file_that_match_accepts(
    with_model: Desk, model: ChatModel, wording: GoldenWording
) -> None:
    model.reads(BUYS, "soy", "pledge", "buys two cargoes")
    done = read(with_model, BUYS, MUSEUM, TANKERS)
    assert done.exit_code == 0, done.stderr
    wording(done.stderr)
    assert written(with_model) == {"s1": [{**model.says[BUYS][0]}], "s3": []}
    row = objects((with_model.folder / "out.jsonl").read_text(encoding="utf-8"))[0]
    assert (row["model"], row["summary_read"]) == (MODEL, 1200)
    options = ("--readings", with_model.folder / "out.jsonl", "--rules", with_model.folder / "rules", "--json")
    first, _, third = objects(with_model.run("match", *options, given=story_lines(BUYS, MUSEUM, TANKERS)).stdout)
    assert [match["effect"] for match in first["matches"]] == ["pledge"]
    assert third["matches"] == []
    assert read(with_model, BUYS, MUSEUM, options=("--all",)).exit_code == 0
    assert written(with_model).keys() == {"s1", "s2", "s3"}


def test_a_text_is_asked_about_once_in_all_lines_and_calls(with_model: Desk, model: ChatModel) -> None:
    read(with_model, BUYS, TANKERS, BUYS)
    read(with_model, BUYS, TANKERS, BUYS, CANCELS)
    assert written(with_model).keys() == {"s1", "s2", "s3", "s4"}
    with (with_model.folder / "out.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": "s5", "mat')  # cut off by a crash
    assert read(with_model, BUYS, TANKERS, BUYS, CANCELS, SELLS).exit_code == 0
    assert written(with_model).keys() == {"s1", "s2", "s3", "s4", "s5"}
    assert set(model.asked().values()) == {1}


def test_a_story_missing_in_an_answer_is_asked_about_again(with_model: Desk, model: ChatModel) -> None:
    model.script.append(Reply(content=json.dumps({"stories": [{"id": "2", "matches": []}]})))
    assert read(with_model, BUYS, TANKERS).exit_code == 0
    assert written(with_model).keys() == {"s1", "s2"}
    assert model.asked() == {BUYS: 2, TANKERS: 1}


def test_unread_stories_are_counted_and_read_next(with_model: Desk, model: ChatModel, wording: GoldenWording) -> None:
    model.script += [Reply(), Reply(401)]
    done = read(with_model, BUYS, TANKERS, CANCELS)
    assert done.exit_code == 1
    wording(done.stderr)
    assert read(with_model, BUYS, TANKERS, CANCELS).exit_code == 0
    assert written(with_model).keys() == {"s1", "s2", "s3"}
    assert set(model.asked().values()) == {1, 2}


def test_the_budget_of_the_day_is_kept_and_another_file_is_not_touched(with_model: Desk, model: ChatModel) -> None:
    with_model.edit("batch = 2", "batch = 1\ndaily_tokens = 4000")
    model.script += [Reply(usage={"total_tokens": 2000})] * 3
    assert read(with_model, BUYS, TANKERS, CANCELS).exit_code == 1
    assert len(model.requests) < 3
    out: Path = with_model.folder / "out.jsonl"
    out.write_text("my notes\n", encoding="utf-8")
    assert read(with_model, BUYS).exit_code == 2
    assert out.read_text(encoding="utf-8") == "my notes\n"


def test_a_story_near_two_deals_is_asked_about_in_two_questions_and_has_one_line(
    with_model: Desk, model: ChatModel
) -> None:
    lay(with_model.folder / "rules", OTHER_DEAL)
    both = f"{BUYS} and buys teacups"
    model.reads(both, "soy", "pledge", "buys two cargoes")
    model.reads(both, "cups", "threat", "buys teacups")
    assert read(with_model, both, CANCELS).exit_code == 0
    assert [sorted(story["title"] for story in stories_in(asked)) for asked in model.requests] in (
        [sorted((both, CANCELS)), [both]],
        [[both], sorted((both, CANCELS))],
    )
    rows = objects((with_model.folder / "out.jsonl").read_text(encoding="utf-8"))
    assert {row["id"]: sorted(row["deals"]) for row in rows} == {"s1": ["deal", "tea"], "s2": ["deal"]}
    options = ("--readings", with_model.folder / "out.jsonl", "--rules", with_model.folder / "rules", "--json")
    first, _ = objects(with_model.run("match", *options, given=story_lines(both, CANCELS)).stdout)
    assert {match["commitment"]: match["effect"] for match in first["matches"]} == {"soy": "pledge", "cups": "threat"}


def found_of(desk: Desk, *, offline: bool = False) -> list[Finding]:
    """What `doctor` finds of the model."""
    return [each for each in findings(desk, "rules", "database", "model", offline=offline) if each.what == "model"]


def test_doctor_reports_the_reader(desk: Desk, with_model: Desk, model: ChatModel, wording: GoldenWording) -> None:
    read(with_model, BUYS)
    found = found_of(with_model)
    model.listed = ("another", "and-another")
    found += found_of(with_model)
    model.listed = ()
    found += found_of(with_model)
    found = [each for each in found if "only confirms" not in each.text]
    assert [each.state for each in found] == ["ok", "warn", "ok", "warn", "ok"]
    assert len(model.requests) == 1
    wording(each.text for each in found)


def test_doctor_warns_of_a_spent_or_useless_budget(with_model: Desk, model: ChatModel, wording: GoldenWording) -> None:
    model.script.append(Reply(usage={"total_tokens": 199_900}))
    read(with_model, BUYS)
    found = found_of(with_model)
    with_model.edit("batch = 2", "batch = 2\ndaily_tokens = 1000")
    deal = with_model.folder / "rules" / "deal" / "deal.yaml"
    rulings = ", ".join(f"'{'News of soybeans and tankers ' * 4}{number}'" for number in range(40))
    shape = deal.read_text(encoding="utf-8").rstrip().removesuffix("}")
    deal.write_text(f"{shape}, rulings: [{rulings}]}}\n", encoding="utf-8")
    found += found_of(with_model)
    found = [each for each in found if "tokens used" in each.text]
    assert [each.state for each in found] == ["warn", "warn"]
    wording(each.text.partition("; ")[2] for each in found)


def test_doctor_fails_for_a_refused_key_and_asks_no_server_offline(with_model: Desk, model: ChatModel) -> None:
    model.key = "the right key"
    (found,) = (each for each in found_of(with_model) if each.state == "FAIL")
    assert "DEAL_MONITOR_READER__KEY" in found.remedy
    assert "FAIL" not in {each.state for each in found_of(with_model, offline=True)}


def test_doctor_warns_until_a_full_check_earns_the_lead_which_rule_edits_keep(
    with_model: Desk, wording: GoldenWording
) -> None:
    unchecked = found_of(with_model, offline=True)
    with_model.run(*AT_NOW, "model", "check")
    few = found_of(with_model, offline=True)
    wording(f"{each.text}: {each.remedy}" for each in (*unchecked, *few) if each.state == "warn")
    (with_model.folder / "rules" / "deal" / READER_EXAMPLES).write_text(many_examples(), encoding="utf-8")
    assert "may lead" in with_model.run(*AT_NOW, "model", "check").stderr
    assert [each.state for each in found_of(with_model, offline=True)] == ["ok"]
    write(with_model.folder / "rules", soy=SOY + READS.replace("buying", "purchase"), ships=SHIPS + READS)
    assert [each.state for each in found_of(with_model, offline=True)] == ["ok"]
    policy = with_model.folder / "rules" / "policy.yaml"
    policy.write_text("{press_origins: 1, reader: confirms}", encoding="utf-8")
    with_model.edit(f'model = "{MODEL}"', 'model = "another"')
    assert [each.state for each in found_of(with_model, offline=True)] == ["ok"], "the policy lets no model lead"


SNAPS = "China snaps up two cargoes of soybeans from the United States"
OLD = Item("1", MUSEUM, "https://herald.example/1", "Mon, 02 Mar 2026 07:00:00 GMT")
NEWS = Item("2", SNAPS, "https://herald.example/2", "Mon, 02 Mar 2026 08:30:00 GMT")


def poll_with(desk: Desk, *items: Item) -> list[tuple[str, str]]:
    """The changes of a poll in which the feed shows these items, after one in which it showed an old one."""
    with publisher({"/herald": rss(OLD)}) as wire:
        desk.edit("http://127.0.0.1:9/herald", wire.url("/herald"))
        assert desk.run(*AT_NOW, "poll", "--json").exit_code == 0
        wire.documents["/herald"] = rss(*items, OLD)
        result = json.loads(desk.run(*AT_NOW, "poll", "--json").stdout)
    return [(change["commitment"], change["kind"]) for change in result["transitions"]]


def test_a_poll_reports_what_only_the_model_reads(with_model: Desk, model: ChatModel) -> None:
    model.reads(SNAPS, "soy", "setback", "soybeans")
    with with_model.opened() as app:
        earn_lead(app)
    assert ("soy", "status") in poll_with(with_model, NEWS)
    assert model.asked() == {SNAPS: 1}


def test_a_poll_reports_nothing_that_only_an_unchecked_model_reads_and_says_why(
    with_model: Desk, model: ChatModel, wording: GoldenWording
) -> None:
    model.reads(SNAPS, "soy", "setback", "soybeans")
    assert poll_with(with_model, NEWS) == []
    lines = [
        *with_model.run(*AT_NOW, "poll").stdout.splitlines(),
        *with_model.run(*AT_NOW, "health").stdout.splitlines(),
    ]
    wording([line for line in lines if "only confirms" in line], hide={str(model.port): "PORT"})


@pytest.mark.slow
def test_a_poll_whose_model_fails_reports_what_the_rules_read(with_model: Desk, model: ChatModel) -> None:
    model.script.append(Reply(500))
    assert ("soy", "status") in poll_with(with_model, Item("3", BUYS, "https://herald.example/3", NEWS.published))
    assert "HTTP 500" in with_model.run("doctor", "--offline").stdout
    assert "HTTP 500" in with_model.run(*AT_NOW, "poll").stdout
