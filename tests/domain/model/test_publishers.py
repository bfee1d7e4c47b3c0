from monitor.domain.model import Publisher, Tier
from monitor.domain.model.publishers import PublisherNames, Publishers, UnknownPublisher
from tests.builders.golden_wording import GoldenWording

WIRE = PublisherNames(Publisher("Harbour Wire", Tier.WIRE, owner="Harbour"), ("Harbour News",), ("harbour.example",))
TRADE = PublisherNames(Publisher("Grain Trade", Tier.TRADE, owner="Grain"))


LISTED = Publishers([WIRE, TRADE])


def test_publishers_are_known_by_name_alias_or_domain_and_equal_by_entries() -> None:
    assert Publishers([WIRE, TRADE]) == Publishers([WIRE, TRADE])
    assert len({Publishers([WIRE, TRADE]), Publishers([WIRE, TRADE]), Publishers([WIRE])}) == 2
    assert Publishers([WIRE]) != Publishers([TRADE])
    assert Publishers([WIRE]) != [WIRE]
    cases = ["Harbour Wire", " harbour  WIRE", "Harbour News", "feeds.harbour.example"]
    assert [name for name in cases if LISTED.unknown(name) is not None] == []


def test_an_address_that_programs_read_differently_has_no_publisher() -> None:
    wire = Publisher("Harbour Wire", Tier.WIRE)
    known = Publishers((PublisherNames(wire, (), ("wire.example",)),))
    assert known.find("", "https://news.wire.example:443/1").name == "Harbour Wire"
    for address in (
        r"https://blog.example\.wire.example/1",
        "https://[::1.wire.example/1",
        "https://a b.wire.example/",
    ):
        assert known.find("", address).name == "", address


def test_of_two_publishers_with_one_name_the_address_decides() -> None:
    other = PublisherNames(Publisher("Harbour Wire of Port Two", Tier.TRADE), ("Harbour Wire",), ("two.example",))
    both = Publishers([WIRE, other])
    addresses = ("https://two.example/1", "https://harbour.example/1", "https://grain.example/1", "")
    found = [both.find("Harbour Wire", url) for url in addresses]
    assert found == [other.publisher, WIRE.publisher, WIRE.publisher, WIRE.publisher]


def test_a_sentence_that_begins_with_the_long_name_of_an_office_gets_its_initials() -> None:
    office = PublisherNames(Publisher("HRO", Tier.OFFICIAL), ("Harbour Office", "Office of Harbours"))
    wire = PublisherNames(Publisher("HW", Tier.WIRE), ("Harbour Wire",))
    town = PublisherNames(Publisher("Town Council", Tier.OFFICIAL), ("Council of the Town",))
    names = Publishers([office, wire, town])
    kept = ["Harbour Wire says so", "Council of the Town says so", "Harbour Officers say so"]
    assert names.shortened("The Office of Harbours says so") == "HRO says so"
    assert [names.shortened(text) for text in kept] == kept


def test_an_unlisted_publisher_comes_with_the_nearest_name_or_that_of_its_address(wording: GoldenWording) -> None:
    found = [
        LISTED.unknown("Harbor Wire"),
        LISTED.unknown("harbour newz"),
        LISTED.unknown("Evening Post"),
        LISTED.unknown("hw-top", "https://www.harbour.example/rss"),
    ]
    assert found == [
        UnknownPublisher("Harbor Wire", "Harbour Wire"),
        UnknownPublisher("harbour newz", "Harbour News"),
        UnknownPublisher("Evening Post"),
        UnknownPublisher("hw-top", "Harbour Wire"),
    ]
    wording(map(str, found))
