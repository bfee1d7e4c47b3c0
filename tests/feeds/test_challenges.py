"""A page that a site shows in place of a feed is named as what it is; feeds and ordinary pages are not."""

import pytest

from monitor.errors import FeedError
from monitor.feeds.challenges import challenge_in
from monitor.feeds.fetch import FetchLimits, FetchRequest, FetchResult
from tests.builders.tables import table
from tests.feeds.conftest import Site, fetched

LIMITS = FetchLimits(allow_private=True, total_s=5, max_bytes=100_000)
WORDS = "Officials met in the capital on Monday and spoke about soybeans. " * 60
ROBOTS = table("challenges", "robots")
CONSENT = [
    "<html><title>Before you continue to the search</title><body>Accept all</body></html>",
    "<html><body>We value your privacy. Accept all cookies</body></html>",
]
OTHERS = [
    "<rss version='2.0'><channel><title>Captcha</title><item><title>Are you a robot?</title></item></channel></rss>",
    "<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'><title>Access denied</title></feed>",
    f"<html><title>Herald</title><body>{WORDS}<form>captcha, cookie consent</form></body></html>",
    '<html><head><link rel="alternate" type="application/rss+xml" href="/rss"></head><p class="captcha"></html>',
    "<html><title>Log in</title><body>Name and password</body></html>",
    '{"version": "https://jsonfeed.org/version/1.1", "title": "captcha <html>", "items": []}',
]


def served(site: Site, page: str, status: int = 200, **headers: str) -> FetchResult | FeedError:
    url = site.serve("/feed", page.encode(), status, Content_Type="text/html; charset=utf-8", **headers)
    return fetched([FetchRequest("wire", url)], LIMITS)[0]


@pytest.mark.parametrize("page", ROBOTS)
@pytest.mark.parametrize("status", [200, 403, 503])
def test_a_check_for_robots_is_named_whatever_its_status(site: Site, page: str, status: int) -> None:
    found = served(site, page, status)
    assert isinstance(found, FeedError)
    assert (found.kind, "a check for robots" in str(found)) == ("challenge", True)


@pytest.mark.parametrize("page", CONSENT)
def test_a_request_for_consent_is_named(site: Site, page: str) -> None:
    found = served(site, page)
    assert isinstance(found, FeedError)
    assert (found.kind, "a request for consent" in str(found)) == ("challenge", True)
    assert challenge_in(b"<html>Weiter</html>", {}, "https://consent.search.example/m?continue=x")


@pytest.mark.parametrize("page", OTHERS)
def test_feeds_and_ordinary_pages_are_no_challenge(site: Site, page: str) -> None:
    assert isinstance(served(site, page), FetchResult)


def test_a_header_of_the_guard_is_enough(site: Site) -> None:
    found = served(site, "<html>nothing to see</html>", 403, cf_mitigated="challenge")
    assert isinstance(found, FeedError)
    assert str(found) == "HTTP 403: a check for robots (Cloudflare) in place of the feed"


def test_a_refusal_without_a_page_keeps_its_own_reason(site: Site) -> None:
    found = served(site, "<html>Forbidden</html>", 403)
    assert isinstance(found, FeedError)
    assert found.kind == "http"
