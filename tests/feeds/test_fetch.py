import gzip
import threading
import time
import zlib
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import replace
from http.server import BaseHTTPRequestHandler

import pytest

from monitor.errors import FeedError
from monitor.feeds.fetch import Fetcher, FetchLimits, FetchRequest, FetchResult
from monitor.feeds.responses import settled_last_modified
from tests.feeds.conftest import Site, fetched

BODY = b"<rss version='2.0'><channel><title>Wire</title></channel></rss>"
QUICK = FetchLimits(allow_private=True, total_s=5, connect_s=2, read_s=4, max_bytes=100_000, patience_s=0.05)
HURRIED = replace(QUICK, total_s=0.3)


def ask(url: str, limits: FetchLimits = QUICK, etag: str | None = None) -> FetchResult | FeedError:
    return fetched([FetchRequest("wire", url, etag)], limits)[0]


def result(url: str, limits: FetchLimits = QUICK, etag: str | None = None) -> FetchResult:
    outcome = ask(url, limits, etag)
    assert isinstance(outcome, FetchResult), outcome
    return outcome


def failure(url: str, limits: FetchLimits = QUICK, etag: str | None = None) -> FeedError:
    outcome = ask(url, limits, etag)
    assert isinstance(outcome, FeedError), outcome
    assert outcome.subject == "wire"
    return outcome


def raw(*parts: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    """Send these bytes as they are and close."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        for part in parts:
            handler.connection.sendall(part)

    return answer


def say_nothing(site: Site) -> Callable[[BaseHTTPRequestHandler], None]:
    """Accept and never answer, until the test ends."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        site.closing.wait(20)
        handler.close_connection = True

    return answer


# ---------------------------------------------------------------- answers


def test_a_good_answer_carries_body_and_validators(site: Site) -> None:
    url = site.serve("/feed", BODY, ETag='"1"', Last_Modified="Mon, 24 Nov 2025 08:00:00 GMT", Content_Type="text/xml")
    found = result(url)
    assert (found.name, found.status, found.body) == ("wire", 200, BODY)
    assert (found.etag, found.last_modified) == ('"1"', "Mon, 24 Nov 2025 08:00:00 GMT")
    assert (found.content_type, found.final_url, found.permanent_url) == ("text/xml", url, None)


def test_a_time_counts_once_it_is_a_second_old_by_the_clock_of_the_server() -> None:
    cases = [
        ("Mon, 24 Nov 2025 08:00:00 GMT", "Mon, 24 Nov 2025 08:00:00 GMT", False),
        ("Mon, 24 Nov 2025 08:00:00 GMT", "Mon, 24 Nov 2025 08:00:01 GMT", True),
        ("Mon, 24 Nov 2025 08:00:00 GMT", "yesterday", True),
        ("as it was", "Mon, 24 Nov 2025 08:00:00 GMT", True),
    ]
    assert [
        (modified, settled_last_modified({"Last-Modified": modified, "Date": answered}))
        for modified, answered, _ in cases
    ] == [(modified, modified if kept else None) for modified, _, kept in cases]


def packed(body: bytes) -> bytes:
    """gzip without the time of day, so that the same test has the same name in every process."""
    return gzip.compress(body, 1, mtime=0)


@pytest.mark.parametrize("etag", ['"a\x01b"', "e" * 600, '"\u00e9"', '"a\r\nX: y"'])
def test_a_validator_unfit_to_send_is_not_sent(site: Site, etag: str) -> None:
    result(site.serve("/feed", BODY), etag=etag)
    assert "If-None-Match" not in site.headers["/feed"]


@pytest.mark.parametrize(
    ("status", "kind"),
    [(204, "empty"), (206, "http"), (401, "http"), (404, "http"), (410, "gone"), (429, "rate_limited"), (503, "http")],
)
def test_every_other_status_is_a_failure_of_its_kind(site: Site, status: int, kind: str) -> None:
    error = failure(site.serve("/feed", BODY if status != 204 else b"", status))
    assert (error.kind, error.status) == (kind, status)


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [("120", 120), ("99999999999", 86_400), ("-5", None), ("soon", None), ("Mon, 24 Nov 2025 08:02:00 GMT", 120)],
)
def test_a_delay_that_the_server_asks_for_is_read_and_clamped(site: Site, asked: str, seconds: float | None) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response_only(429)
        handler.send_header("Date", "Mon, 24 Nov 2025 08:00:00 GMT")
        handler.send_header("Retry-After", asked)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    assert failure(site.on("/feed", answer)).retry_after == seconds


def test_an_unchanged_feed_is_asked_with_conditions_and_fails_without(site: Site) -> None:
    found = result(site.serve("/feed", status=304), etag='"1"')
    assert (found.status, found.body, found.etag) == (304, b"", '"1"')
    assert site.headers["/feed"]["If-None-Match"] == '"1"'
    error = failure(site.serve("/feed", status=304))
    assert (error.kind, error.status) == ("http", 304)
    assert result(site.serve("/feed", BODY, ETag='"' + "e" * 600 + '"')).etag is None
    assert failure(site.serve("/feed", b" \n")).kind == "empty"


def test_answers_come_in_the_order_of_the_requests(site: Site) -> None:
    urls = [site.serve(f"/{n}", BODY, status=200 if n % 2 else 404) for n in range(20)]
    outcomes = fetched([FetchRequest(str(n), url) for n, url in enumerate(urls)], QUICK)
    names = [one.name if isinstance(one, FetchResult) else one.subject for one in outcomes]
    assert names == [str(n) for n in range(20)]
    assert fetched([], QUICK) == []


# ---------------------------------------------------------------- size and compression


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", packed(BODY)),
        ("x-gzip", packed(BODY)),
        ("gzip", packed(BODY[:20]) + packed(BODY[20:])),
        ("gzip", BODY),
        ("deflate", zlib.compress(BODY)),
        ("deflate", zlib.compress(BODY)[2:-4]),
        ("identity", BODY),
    ],
)
def test_compressed_bodies_are_unpacked(site: Site, coding: str, packed: bytes) -> None:
    assert result(site.serve("/feed", packed, Content_Encoding=coding)).body == BODY


@pytest.mark.parametrize(
    ("coding", "packed", "kind"),
    [
        ("gzip", packed(b" " * 20_000_000), "too_large"),
        ("gzip", packed(b"") * 50 + packed(b" " * 20_000_000), "too_large"),
        ("deflate", zlib.compress(b" " * 20_000_000, 1), "too_large"),
        ("gzip, gzip", packed(packed(BODY)), "unreadable"),
        ("br", b"\x0b\x02\x80abc\x03", "unreadable"),
        ("gzip", packed(BODY)[:-12], "unreadable"),
        ("gzip", b"\x1f\x8bno gzip at all", "unreadable"),
    ],
)
def test_bombs_and_broken_or_strange_compression_are_refused(site: Site, coding: str, packed: bytes, kind: str) -> None:
    assert failure(site.serve("/feed", packed, Content_Encoding=coding)).kind == kind


def test_a_body_without_end_is_cut_at_the_limit(site: Site) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        raw(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")(handler)
        while not site.closing.is_set():
            handler.wfile.write(b"<item/>" * 1_000)

    assert failure(site.on("/feed", answer)).kind == "too_large"


def test_bodies_are_read_to_the_limit(site: Site) -> None:
    url = site.on("/feed", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1099511627776\r\n\r\n"))
    assert failure(url).kind == "too_large"
    limits = replace(QUICK, max_bytes=1_000)
    assert len(result(site.serve("/feed", b"x" * 1_000), limits).body) == 1_000
    body = packed(b"x" * 1_001)
    assert failure(site.serve("/more", body, Content_Encoding="gzip"), limits).kind == "too_large"


# ---------------------------------------------------------------- broken answers


@pytest.mark.parametrize(
    "answer",
    [
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", BODY),
        raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
        raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\nhello\r\n0\r\n\r\n"),
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 63\r\n\r\n", BODY),
        raw(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(10_000)) + b"\r\n"),
        raw(BODY),
        raw(),
    ],
)
def test_a_cut_or_garbled_answer_is_a_network_failure(
    site: Site, answer: Callable[[BaseHTTPRequestHandler], None]
) -> None:
    assert failure(site.on("/feed", answer)).kind == "network"


def test_names_ports_and_tls_fail_by_their_own_kind(site: Site) -> None:
    error = failure("http://127.0.0.1:1/")
    assert (error.kind, str(error)) == ("network", "127.0.0.1: the connection was refused")
    error = failure("http://reader:s3cret@nowhere.invalid/feed?key=TOKEN")
    assert error.kind == "dns"
    assert str(error).startswith("nowhere.invalid: no such host name")
    assert failure(site.serve("/feed", BODY).replace("http:", "https:")).kind == "tls"


# ---------------------------------------------------------------- time


def test_a_server_that_is_silent_or_drips_is_given_up_at_the_deadline(site: Site) -> None:
    url = site.on("/feed", say_nothing(site))
    assert failure(url, HURRIED).kind == "timeout"

    def drip(handler: BaseHTTPRequestHandler) -> None:
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")(handler)
        while not site.closing.wait(0.02):
            handler.connection.sendall(b"x")

    assert failure(site.on("/feed", drip), HURRIED).kind == "timeout"


@pytest.mark.slow
def test_silent_feeds_do_not_hold_up_the_good_ones_of_their_host(site: Site) -> None:
    silent = site.on("/silent", say_nothing(site))
    good = site.serve("/good", BODY)
    requests = [FetchRequest("silent", silent)] * 12 + [FetchRequest("good", good)] * 20
    outcomes = fetched(requests, replace(QUICK, per_host=2, at_once=4, total_s=1))
    assert all(isinstance(one, FeedError) and one.kind == "timeout" for one in outcomes[:12])
    assert all(isinstance(one, FetchResult) and one.elapsed < 1 for one in outcomes[12:])


def test_a_fetcher_hands_out_no_more_documents_than_are_taken(site: Site) -> None:
    url = site.serve("/good", BODY)
    with Fetcher(QUICK, unread=1) as fetcher:
        answers = fetcher.fetch([FetchRequest("good", url)] * 2)
        done, kept_back = wait(answers, 20, FIRST_COMPLETED)
        assert (len(done), len(kept_back)) == (1, 1)
        fetcher.taken()
        assert all(isinstance(answer.result(20), FetchResult) for answer in answers)


def test_connections_are_kept_from_one_request_to_the_next(site: Site) -> None:
    ports: set[int] = set()

    def note(handler: BaseHTTPRequestHandler) -> None:
        ports.add(handler.client_address[1])
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(BODY)))
        handler.end_headers()
        handler.wfile.write(BODY)

    url = site.on("/feed", note)
    with Fetcher(QUICK) as fetcher:
        for _ in range(3):
            (answer,) = fetcher.fetch([FetchRequest("wire", url)])
            assert isinstance(answer.result(20), FetchResult)
    assert len(ports) == 1


def test_a_host_is_asked_by_few_at_once(site: Site) -> None:
    active, most, lock = 0, 0, threading.Lock()

    def count(handler: BaseHTTPRequestHandler) -> None:
        nonlocal active, most
        with lock:
            active, most = active + 1, max(most, active + 1)
        site.closing.wait(0.01)
        with lock:
            active -= 1
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(BODY), BODY)(handler)

    url = site.on("/feed", count)
    fetched([FetchRequest("wire", url)] * 12, replace(QUICK, per_host=3, patience_s=5))
    assert most <= 3


def test_closing_cancels_open_requests_and_keeps_complete_answers(site: Site) -> None:
    asked = threading.Event()

    def hang(handler: BaseHTTPRequestHandler) -> None:
        asked.set()
        say_nothing(site)(handler)

    requests = [FetchRequest("good", site.serve("/good", BODY)), FetchRequest("silent", site.on("/silent", hang))]
    began = time.monotonic()
    with Fetcher(replace(QUICK, total_s=20, read_s=20)) as fetcher:
        good, silent = fetcher.fetch(requests)
        assert isinstance(good.result(20), FetchResult)
        assert asked.wait(20)
    failure = silent.result(5)
    assert time.monotonic() - began < 5
    assert isinstance(failure, FeedError)
    assert failure.kind == "network"


# ---------------------------------------------------------------- redirects


@pytest.mark.parametrize(
    "location",
    [
        *("file:///etc/passwd", "ftp://127.0.0.1/x", "data:text/xml,x", "gopher://127.0.0.1/x", "http://10.0.0.1/"),
        *("http://169.254.169.254/latest/", "http://[::ffff:169.254.169.254]/", "http://localhost:{port}/canary"),
        *("http://2130706433:{port}/canary", "http://0x7f.1:{port}/canary", "http://0.0.0.0:{port}/canary"),
        "http://[::ffff:127.0.0.1]:{port}/canary",
    ],
)
def test_a_redirect_to_another_scheme_or_a_private_address_is_refused(site: Site, location: str) -> None:
    """Also where private addresses are allowed: only the configured host and port may be private."""
    site.serve("/canary", BODY)
    url = site.serve("/feed", status=302, Location=location.format(port=site.base.rpartition(":")[2]))
    refused = failure(url)
    assert refused.kind == "refused_address"
    assert "allow_private_addresses" not in str(refused), "no setting lets that"
    assert not site.hits["/canary"]


@pytest.mark.parametrize(
    "location", ["", "http://[::1", "http://reader@127.0.0.1/", "http://127.0.0.1:22/", "/" + "a" * 5_000]
)
def test_a_redirect_that_makes_no_sense_is_refused(site: Site, location: str) -> None:
    assert failure(site.serve("/feed", status=302, Location=location)).kind == "redirects"


def test_redirects_are_reported_if_permanent_and_bounded(site: Site) -> None:
    good = site.serve("/good", BODY)
    site.serve("/308", status=308, Location="/good")
    assert result(site.serve("/301", status=301, Location="/308")).permanent_url == good
    mixed = result(site.serve("/mixed", status=302, Location="/308"))
    assert (mixed.final_url, mixed.permanent_url) == (good, None)
    assert "circle" in str(failure(site.serve("/loop", status=302, Location="/loop")))
    for step in range(9):
        site.serve(f"/{step}", status=302, Location=f"/{step + 1}")
    error = failure(site.base + "/0")
    assert (error.kind, "more than 5" in str(error)) == ("redirects", True)
    assert site.hits["/5"] == 1
    assert not site.hits["/6"]
    assert failure(site.serve("/feed", status=302)).kind == "redirects"


def test_cookies_are_not_kept(site: Site) -> None:
    site.serve("/good", BODY)
    result(site.serve("/feed", status=302, Location="/good", Set_Cookie="a=b"))
    assert "Cookie" not in site.headers["/good"]


# ---------------------------------------------------------------- addresses and secrets


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "10.0.0.1", "169.254.169.254"])
def test_private_addresses_are_refused_unless_allowed(site: Site, host: str) -> None:
    site.serve("/feed", BODY)
    url = site.base.replace("127.0.0.1", host) + "/feed"
    refused = failure(url, replace(QUICK, allow_private=False))
    assert refused.kind == "refused_address"
    never = host == "169.254.169.254"
    assert ("allow_private_addresses = true under [poll]" in str(refused)) is not never, (
        "the remedy, where there is one"
    )
    assert not site.hits["/feed"]


def test_credentials_go_to_their_own_address_and_appear_nowhere_else(site: Site) -> None:
    site.serve("/good", BODY)
    url = site.serve("/feed", status=301, Location="/good").replace("//", "//reader:s3cret@")
    found = result(url)
    assert site.headers["/good"]["Authorization"].startswith("Basic ")
    assert "s3cret" not in repr(found) + found.final_url
    assert found.permanent_url is None
    assert "s3cret" not in repr(FetchRequest("wire", url))


def test_headers_of_a_feed_go_to_its_origin_until_a_redirect_leaves_it(site: Site) -> None:
    site.serve("/good", BODY)
    secret = {"Authorization": "Bearer s3cret"}
    url = site.serve("/feed", status=301, Location="/good")
    (found,) = fetched([FetchRequest("wire", url, headers=secret)], QUICK)
    assert isinstance(found, FetchResult)
    assert site.headers["/good"]["Authorization"] == "Bearer s3cret"
    assert found.permanent_url is None, "elsewhere it would be asked without them"
    assert "s3cret" not in repr(FetchRequest("wire", url, headers=secret))
    (found,) = fetched([FetchRequest("wire", site.base + "/good", headers=secret, home="https://wire.example/")], QUICK)
    assert isinstance(found, FeedError)
    assert found.kind == "refused_address", "where it has moved to, no private address is allowed"


def test_no_failure_repeats_a_secret() -> None:
    cases = [
        "ftp://reader:s3cret@x.example/",
        "http://reader:s3c/ret@x/",
        "http://reader:s3cret@nowhere.invalid/?key=s3cret",
    ]
    for url in cases:
        error = failure(url)
        assert "s3c" not in f"{error} {error.subject} {error.__cause__}", url
