import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.model import Entry, Publisher, Story, Tier
from monitor.domain.stories.entry_keys import canonical_url, entry_keys, revision_hash
from monitor.domain.stories.identify import Identified, entry_as_story, event_time, identify
from monitor.domain.stories.index import StoryIndex
from monitor.domain.stories.similarity import is_duplicate, normalised_tokens
from monitor.domain.stories.syndication import is_correction, is_withdrawal
from monitor.domain.stories.titles import normal_title
from tests.builders.tables import table

NOW = datetime(2025, 11, 5, 12, tzinfo=UTC)
TITLE = "China resumes purchases of soybeans from three American exporters after the summit"


class Publishers:
    """Names and aliases of a few publishers; anyone else is unknown."""

    def find(self, source: str, url: str = "") -> Publisher:
        known = {
            "Wire": Publisher("Wire", Tier.WIRE),
            "Wire World": Publisher("Wire", Tier.WIRE),
            "Ministry": Publisher("Ministry", Tier.OFFICIAL),
            "Portal": Publisher("Portal", Tier.AGGREGATOR),
        }
        return known.get(source, Publisher(source))


def entry(title: str = TITLE, url: str = "https://wire.example/a/1", **changes: object) -> Entry:
    made = Entry(id=url, title=title, url=url, published=NOW, summary="", source="Wire")
    return replace(made, **changes)  # type: ignore[arg-type]


def look(index: StoryIndex, one: Entry, now: datetime = NOW) -> Identified:
    return identify(one, index, Publishers(), now)


def put(index: StoryIndex, one: Entry, now: datetime = NOW) -> Story:
    found = look(index, one, now)
    index.add(found.story, entry_keys(one))
    return found.story


@pytest.fixture
def index() -> StoryIndex:
    return StoryIndex()


# ---------------------------------------------------------------- addresses, titles, keys


def test_one_page_has_one_address_and_what_is_no_web_address_stays() -> None:
    assert canonical_url("http://example.com:8080/a") == "https://example.com:8080/a", "a port is part of it"
    assert canonical_url("https://example.com/%e4%b8%ad") == canonical_url("https://example.com/%E4%B8%AD")
    cases = table("identify", "one_page_has_one_address_and_what_is_no_web_address_stays")
    assert [(url, canonical_url(url)) for url in cases] == [(url, "https://example.com/news/a") for url in cases]
    assert canonical_url("http://example.com/?id=2&a=1&utm_id=9") == "https://example.com?a=1&id=2"
    assert canonical_url("https://example.com/?id=1") != canonical_url("https://example.com/?id=2")
    others = ["", "urn:uuid:1", "/relative", "http://[bad", "mailto:a@example.com", "http://example.com:x/"]
    assert [(url, canonical_url(url)) for url in others] == [(url, url) for url in others]


@given(st.text(max_size=80))
def test_a_canonical_address_is_its_own_canonical_address(tail: str) -> None:
    once = canonical_url(f"http://www.example.com/{tail}")
    assert canonical_url(once) == once


def test_spellings_of_one_headline_are_one_title_and_signs_that_change_its_meaning_stay() -> None:
    cases = table("identify", "spellings_of_one_headline_are_one_title_and_signs_that_change_its_meaning_stay")
    assert [(title, normal_title(title)) for title in cases] == [
        (title, "china buys 1200 cargoes of us soybeans") for title in cases
    ]
    others = [
        ("Will China buy more soybeans?", "Will China buy more soybeans"),
        ("US cuts duty by 1.5 percent", "US cuts duty by 15 percent"),
        ("US raises tariffs - but not on China", "US raises tariffs"),
        ("Prices move -5% in a day", "Prices move 5% in a day"),
        ("China won't buy soybeans this year", "China will buy soybeans this year"),
    ]
    for one, other in others:
        assert normal_title(one) != normal_title(other), one


def test_keys_do_not_know_the_feed_and_are_never_empty() -> None:
    assert [key.split(":")[0] for key in entry_keys(entry(id="tag:77"))] == ["url", "guid", "title"]
    assert [key.split(":")[0] for key in entry_keys(entry(title="Live updates", url="", id=""))] == ["text"]
    assert entry_keys(entry()) == entry_keys(
        entry(url="http://www.wire.example/a/1/?utm_source=x", id="http://wire.example/a/1")
    )
    assert entry_keys(entry(url="https://wire.example/", id="https://wire.example"))[0].startswith("title:")


def test_blanks_case_and_quotes_make_no_revision() -> None:
    assert revision_hash("A “deal” is  near", "It’s so") == revision_hash('a "deal" is near ', "it's so\n")
    assert revision_hash("A deal is near", "") != revision_hash("A deal is not near", "")


# ---------------------------------------------------------------- the same entry again


def test_an_unknown_entry_is_a_new_story_with_its_publisher_as_outlet(index: StoryIndex) -> None:
    found = look(index, entry())
    assert (found.kind, found.previous, len(index)) == ("new", None, 0)
    assert [outlet.source for outlet in found.story.outlets] == ["Wire"]


@pytest.mark.parametrize(
    "again",
    [
        entry(),
        entry(id="a-new-guid"),
        entry(url="http://www.wire.example/a/1/?utm_campaign=x#top", id="other"),
        entry(url="https://wire.example/moved/1", id="https://wire.example/moved/1"),
        entry(source="Wire World"),
        entry(published=NOW + timedelta(days=3)),
        entry(published=None),
        entry(title=TITLE.upper()),
    ],
)
def test_an_entry_seen_again_is_known(index: StoryIndex, again: Entry) -> None:
    story = put(index, entry(id="first-guid"))
    found = look(index, again)
    assert (found.kind, found.story) == ("known", story)


def test_the_story_id_comes_from_the_first_entry_alone(index: StoryIndex) -> None:
    other = look(StoryIndex(), entry(title="Another headline for the same page of today")).story
    assert put(index, entry()).id == other.id


def test_changed_text_at_the_same_page_is_a_revision(index: StoryIndex) -> None:
    story = put(index, entry())
    found = look(index, entry(title=TITLE.replace("three", "two")), NOW + timedelta(hours=1))
    assert (found.kind, found.previous) == ("revised", story)
    kept = found.story
    assert (kept.id, kept.outlets, kept.published_at) == (story.id, story.outlets, story.published_at)
    assert "two American" in found.story.title
    assert found.story.revision != story.revision


def test_changed_text_under_the_same_guid_is_a_revision_even_at_another_page(index: StoryIndex) -> None:
    story = put(index, entry(id="guid-1"))
    title = "China halts all purchases of soybeans for now"
    found = look(index, entry(title, "https://wire.example/a/1-new-slug", id="guid-1"))
    assert (found.kind, found.story.id, found.story.url) == ("revised", story.id, "https://wire.example/a/1-new-slug")


def test_a_revision_taken_back_is_a_revision_again(index: StoryIndex) -> None:
    put(index, entry())
    put(index, entry(title=TITLE.replace("three", "two")))
    assert look(index, entry()).kind == "revised"


def test_a_shorter_summary_is_no_revision_and_a_longer_one_is(index: StoryIndex) -> None:
    put(index, entry(summary="Ten cargoes were booked. They load in January."))
    assert look(index, entry(summary="")).kind == "known"
    assert look(index, entry(summary="Ten cargoes were booked.")).kind == "known"
    assert look(index, entry(summary="Two cargoes were booked.")).kind == "revised"


def test_a_correction_notice_is_a_revision_though_the_words_are_the_same(index: StoryIndex) -> None:
    put(index, entry())
    assert look(index, entry(title=f"CORRECTED-{TITLE}")).kind == "revised"
    assert look(index, entry(title=f"CORRECTED-{TITLE}", url="https://wire.example/a/2", id="2")).kind == "revised"


def test_a_withdrawn_story_is_withdrawn_once(index: StoryIndex) -> None:
    story = put(index, entry())
    notice = entry(title=f"WITHDRAWN-{TITLE}", url="https://wire.example/a/9", id="9")
    found = look(index, notice)
    assert (found.kind, found.story.id, found.story.withdrawn) == ("withdrawn", story.id, True)
    put(index, notice)
    assert look(index, notice).kind == "known"


def test_text_that_comes_back_after_a_withdrawal_counts_again(index: StoryIndex) -> None:
    put(index, entry())
    put(index, entry(summary="This story has been withdrawn."))
    found = look(index, entry(summary="The purchases resumed on Monday."))
    assert (found.kind, found.story.withdrawn) == ("revised", False)


def test_an_outlet_cannot_withdraw_what_another_reported_unless_it_is_nearer(index: StoryIndex) -> None:
    put(index, entry())
    notice = f"WITHDRAWN-{TITLE}"
    for address in ("https://blog.example/1", entry().url):  # to link to the report is no right to withdraw it
        assert look(index, entry(notice, address, source="Blog")).kind == "known"
    assert look(index, entry(notice, "https://ministry.example/1", source="Ministry")).kind == "withdrawn"


def test_notices_of_withdrawal_and_correction_are_seen_in_both_languages() -> None:
    cases = table("identify", "notices_of_withdrawal_and_correction_are_seen_in_both_languages")
    assert [title for title, summary in cases if not is_withdrawal(title, summary)] == []
    others = [
        "US withdraws tariff threat",
        "China retracts licence refusals",
        "Company withdrawn from entity list",
        "中方撤销反制措施",
        "Bill withdrawn in Senate",
    ]
    assert [title for title in others if is_withdrawal(title, "")] == []
    assert is_correction("CORRECTED-China buys soybeans", "")
    assert is_correction("China buys soybeans", "(Corrects figure in second paragraph)")
    assert is_correction("更正：中国采购大豆", "")
    assert not is_correction("Market correction deepens", "")


def test_equal_titles_on_different_days_are_different_stories(index: StoryIndex) -> None:
    first = put(index, entry("The daily briefing on trade and markets", "https://wire.example/d/1"))
    next_day = NOW + timedelta(days=1)
    again = entry("The daily briefing on trade and markets", "https://wire.example/d/2", published=next_day)
    found = look(index, again, next_day)
    assert (found.kind, found.story.id == first.id) == ("new", False)


def test_a_title_of_few_words_joins_nothing(index: StoryIndex) -> None:
    put(index, entry("Live updates", "https://wire.example/l/1"))
    assert look(index, entry("Live updates", "https://wire.example/l/2")).kind == "new"
    assert look(index, entry("Live updates", "https://other.example/l", source="Other")).kind == "new"


def test_two_texts_of_one_publisher_under_one_title_are_two_stories(index: StoryIndex) -> None:
    put(index, entry(summary="The morning remarks were about soybeans."))
    evening = entry(url="https://wire.example/a/2", id="2", summary="In the evening he spoke of chips.")
    assert look(index, evening).kind == "new"


def test_entries_that_share_one_address_but_neither_guid_nor_words_are_different_stories(index: StoryIndex) -> None:
    page = "https://ministry.example/notices"
    first = entry("Announcement 61 on rare earth exports is suspended", page, id="n-61", source="Ministry")
    second = entry("Visit of the vice premier to Kuala Lumpur confirmed", page, id="n-62", source="Ministry")
    one, two = put(index, first), put(index, second)
    assert one.id != two.id
    assert [look(index, again).kind for again in (first, second)] == ["known", "known"]


# ---------------------------------------------------------------- outlets


def test_another_publisher_with_the_same_title_is_one_more_outlet(index: StoryIndex) -> None:
    story = put(index, entry())
    copy = entry(f"{TITLE} - Other Times", "https://other.example/x", source="Other", published=NOW + timedelta(days=2))
    found = look(index, copy)
    assert (found.kind, found.previous, found.story.title) == ("outlet", story, TITLE)
    assert [outlet.source for outlet in found.story.outlets] == ["Wire", "Other"]
    put(index, copy)
    assert look(index, copy).kind == "known"


def test_the_same_title_a_fortnight_later_is_another_story(index: StoryIndex) -> None:
    put(index, entry())
    later = NOW + timedelta(days=14)
    assert look(index, entry(url="https://other.example/x", source="Other", published=later), later).kind == "new"


def test_an_outlet_whose_text_becomes_another_report_is_a_story_of_its_own(index: StoryIndex) -> None:
    first = put(index, entry())
    put(index, entry(url="https://other.example/x", source="Other"))
    changed = entry(
        "China halts all purchases of soybeans from American exporters", "https://other.example/x", source="Other"
    )
    found = look(index, changed)
    assert found.kind == "new"
    assert found.story.id != first.id
    put(index, changed)
    assert look(index, changed).kind == "known"


def test_a_page_listed_by_an_aggregator_keeps_its_publishers_words(index: StoryIndex) -> None:
    put(index, entry())
    assert look(index, entry("Soybean news you should not miss today", source="Portal")).kind == "known"


def test_a_publishers_words_replace_those_of_an_aggregator(index: StoryIndex) -> None:
    put(index, entry("Soybean news you should not miss today", source="Portal"))
    assert look(index, entry()).kind == "revised"


def test_a_fresh_headline_that_is_cut_off_joins_the_whole_one_but_not_the_other_way_round(index: StoryIndex) -> None:
    whole = "China agrees to buy more American soybeans and sorghum each year under a new pact through 2028"
    cut = "China agrees to buy more American soybeans and sorghum each year under a…"
    put(index, entry(whole))
    assert look(index, entry(cut, "https://other.example/x", source="Other")).kind == "outlet"
    other_way = StoryIndex()
    put(other_way, entry(cut))
    assert look(other_way, entry(whole, "https://other.example/x", source="Other")).kind == "new"


# ---------------------------------------------------------------- properties

THINGS = "tariff truce soybean magnet licence exporter envoy harbour vessel farmer harvest silo"
TITLES = st.lists(st.sampled_from(THINGS.split()), min_size=7, max_size=12).map(" ".join)


@given(TITLES, st.permutations(range(5)))
def test_exact_copies_are_one_story_in_any_order(title: str, order: list[int]) -> None:
    copies = [entry(title, f"https://p{number}.example/1", source=f"P{number}") for number in range(5)]
    index = StoryIndex()
    for number in order:
        story = put(index, copies[number])
    assert len(index) == 1
    assert {outlet.source for outlet in story.outlets} == {f"P{number}" for number in range(5)}
    assert all(look(index, copy).kind == "known" for copy in copies)


@given(TITLES, st.integers(0, 9_999), st.integers(0, 9_999), st.integers(0, 12))
def test_headlines_with_different_numbers_never_join(title: str, one: int, other: int, place: int) -> None:
    words = title.split()
    first, second = (" ".join([*words[:place], str(number), *words[place:]]) for number in (one, other))
    assert is_duplicate(normalised_tokens(first), normalised_tokens(second)) is (one == other)
    assert not is_duplicate(normalised_tokens(first), normalised_tokens(title))
    assert not is_duplicate(normalised_tokens(title), normalised_tokens(first))


@given(st.lists(TITLES, min_size=1, max_size=12))
def test_seeing_a_feed_twice_adds_nothing(titles: list[str]) -> None:
    entries = [entry(title, f"https://wire.example/{number}", id=str(number)) for number, title in enumerate(titles)]
    index = StoryIndex()
    for one in entries:
        put(index, one)
    before = len(index)
    for one in itertools.chain(entries, reversed(entries)):
        assert look(index, one).kind == "known"
        put(index, one)
    assert len(index) == before


@given(st.text(max_size=200), st.text(max_size=50), st.text(max_size=50))
def test_any_text_can_be_identified(title: str, url: str, guid: str) -> None:
    index = StoryIndex()
    put(index, entry(title, url, id=guid))
    assert look(index, entry(title, url, id=guid)).kind == "known"


# ---------------------------------------------------------------- the index and times


def test_pruning_drops_exactly_the_stories_last_seen_before_whatever_states_they_went_through() -> None:
    random, index, last = Random(7), StoryIndex(), dict[str, datetime]()
    for hour in range(400):
        now = NOW + timedelta(hours=hour)
        name = str(random.randrange(60))
        index.add(replace(entry_as_story(entry(f"Report number {name} of the day"), now), id=name), (f"url:{name}",))
        last[name] = now
        if hour % 7 == 0:
            before = now - timedelta(hours=random.randrange(20, 60))
            gone = {name for name, seen in last.items() if seen < before}
            assert index.prune(before) == len(gone)
            last = {name: seen for name, seen in last.items() if name not in gone}
        assert all((name in index) == (name in last) for name in map(str, range(60)))


def test_a_story_that_a_new_outlet_carries_is_not_pruned(index: StoryIndex) -> None:
    later = NOW + timedelta(days=5)
    put(index, entry())
    put(index, entry(url="https://other.example/x", source="Other", published=later), later)
    assert index.prune(NOW + timedelta(days=1)) == 0


@pytest.mark.parametrize("given_time", [None, NOW + timedelta(minutes=1), NOW - timedelta(days=3700)])
def test_a_time_beyond_belief_is_replaced_by_now(index: StoryIndex, given_time: datetime | None) -> None:
    story = look(index, entry(published=given_time, date_only=True)).story
    assert (story.published_at, story.seen_at, story.date_only) == (NOW, NOW, False)


def test_a_moment_happened_at_that_moment(index: StoryIndex) -> None:
    span = event_time(look(index, entry()).story, "Asia/Shanghai")
    assert span.start == span.end == NOW


def test_a_bare_date_lasts_the_whole_day_in_its_publishers_zone(index: StoryIndex) -> None:
    story = look(index, entry(published=datetime(2025, 11, 5, tzinfo=UTC), date_only=True)).story
    span = event_time(story, "Asia/Shanghai")
    assert span.start == datetime(2025, 11, 4, 16, tzinfo=UTC)
    assert span.end == datetime(2025, 11, 5, 15, 59, 59, 999999, tzinfo=UTC)


def test_a_headline_that_returns_after_weeks_is_a_story_of_its_own() -> None:
    column = Entry("", "The week ahead in trade and shipping", "", NOW, "", "Herald")
    later = replace(column, published=NOW + timedelta(days=21))
    first, again = look(StoryIndex(), column), look(StoryIndex(), later, NOW + timedelta(days=21))
    assert (first.kind, again.kind) == ("new", "new")
    assert first.story.id != again.story.id


def test_a_notice_stands_at_either_end_of_a_long_summary_and_not_in_its_middle() -> None:
    text, notice = "The mills booked ten cargoes. " * 40, "This story has been withdrawn. "
    assert is_withdrawal("", notice + text)
    assert is_withdrawal("", text + notice)
    assert not is_withdrawal("", text + notice + text)


def test_the_publisher_of_a_page_counts_though_another_linked_to_it_first(index: StoryIndex) -> None:
    page = "https://ministry.example/1"
    put(index, entry(url=page, source="Blog"))
    found = look(index, entry(url=page, source="Ministry"))
    assert (found.kind, found.story.source) == ("revised", "Ministry")
    assert [outlet.source for outlet in found.story.outlets] == ["Blog", "Ministry"]
    put(index, entry(url=page, source="Ministry"))
    assert look(index, entry("Rain", page, source="Blog")).kind == "known"
