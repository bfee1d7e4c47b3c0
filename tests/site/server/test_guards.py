"""What no request gets past: foreign names, other methods, large bodies, forms of other pages; and what the log never holds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from monitor.site.server.guards import MAX_BODY_BYTES, Names, logged_path

from tests.builders.site_servers import Site, app_of, running

BASE = "https://status.deals.example"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    root = tmp_path_factory.mktemp("site")
    (root / "index.html").write_bytes(b"the board")
    with running(app_of(root, names=Names(BASE, "127.0.0.1"))) as found:
        yield found


@pytest.mark.parametrize(
    "host", ["status.deals.example", "STATUS.deals.example:443", "localhost", "127.0.0.1:9", "[::1]:8470"]
)
def test_our_own_names_are_answered(site: Site, host: str) -> None:
    assert site.ask("/", Host=host).body == b"the board"


@pytest.mark.parametrize(
    "host",
    [
        "elsewhere.example",
        "status.deals.example.elsewhere.example",
        "127.0.0.1.elsewhere.example",
        "10.0.0.1",
        "[2001:db8::1]",
    ],
)
def test_another_name_that_leads_here_is_not(site: Site, host: str) -> None:
    answer = site.ask("/", Host=host)
    assert answer.status == 421
    assert b"the board" not in answer.body


@pytest.mark.parametrize("host", ["a b", "user@localhost", "localhost/", "localhost:port", "<script>", "a\tb"])
def test_what_is_no_name_is_refused(site: Site, host: str) -> None:
    assert site.ask("/", Host=host).status == 400


def test_no_host_or_two_of_them_are_refused(site: Site) -> None:
    for headers in (b"", b"Host: localhost\r\nHost: localhost\r\n"):
        answer = site.raw(b"GET / HTTP/1.1\r\n" + headers + b"Connection: close\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 400 ")
    assert site.raw(b"GET / HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 400 ")


def test_what_a_proxy_says_of_the_host_is_not_believed(site: Site) -> None:
    assert site.ask("/", X_Forwarded_Host="elsewhere.example", X_Forwarded_Proto="https").body == b"the board"
    assert site.ask("/", Host="elsewhere.example", X_Forwarded_Host="localhost").status == 421


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get"])
def test_other_methods_are_refused_everywhere(site: Site, method: str) -> None:
    for path in ("/", "/healthz"):
        answer = site.ask(path, method)
        assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, POST")


@pytest.mark.parametrize("path", ["/", "/healthz", "/metrics", "/none"])
def test_what_only_shows_takes_no_post(site: Site, path: str) -> None:
    assert site.press(path, "act=do").status == 405


def test_trace_sends_no_header_back(site: Site) -> None:
    assert b"my-secret" not in site.ask("/", "TRACE", Cookie="my-secret").body


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(site: Site) -> None:
    assert site.ask("/", "POST", Content_Length=str(MAX_BODY_BYTES + 1)).status == 413
    assert site.ask("/", "POST", Content_Length="9" * 19).status == 413


def test_a_large_head_is_refused(site: Site) -> None:
    assert site.raw(b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\n").startswith(b"HTTP/1.1 400 ")
    assert site.raw(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 40_000).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("place", [b"/%b HTTP/1.1\r\nX: a", b"/?%b HTTP/1.1\r\nX: a", b"/ HTTP/1.1\r\nX: %b"])
def test_a_large_head_is_refused_though_it_comes_in_one_piece(site: Site, place: bytes) -> None:
    head = b"GET " + place % (b"a" * 17_000) + b"\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert site.raw(head)[:12] in (b"HTTP/1.1 431", b"HTTP/1.1 400")


def test_a_body_of_two_lengths_is_refused_and_the_connection_ends(site: Site) -> None:
    answer = site.raw(
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        + SMUGGLED
    )
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1


SMUGGLED = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Content-Length: 0\r\nContent-Length: 40\r\n\r\n",
        b"Content-Length: +0\r\n\r\n",
        b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
        b"X: a\r\n Content-Length: 40\r\n\r\n",
    ],
    ids=["both", "two lengths", "signed", "two codings", "unknown coding", "blank", "no size", "folded"],
)
def test_a_request_that_two_servers_could_read_otherwise_carries_no_second_one(site: Site, head: bytes) -> None:
    """Whatever stands behind such a head is answered by nobody, or only as the plain request that it is for everybody."""
    answer = site.raw(b"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + head + SMUGGLED)
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b'"status"' not in answer


@pytest.mark.parametrize(
    "origin", ["https://elsewhere.example", "null", "http://status.deals.example", f"{BASE}.elsewhere.example"]
)
def test_a_form_of_another_page_is_refused(site: Site, origin: str) -> None:
    assert site.press("/", "act=do", Origin=origin).status == 403


@pytest.mark.parametrize("origin", [BASE, ""])
def test_our_own_form_and_a_program_without_origin_go_on(site: Site, origin: str) -> None:
    assert site.press("/", "act=do", Origin=origin).status == 405, "past the guard; this page takes no POST"


def test_the_origin_of_the_name_that_was_asked_is_ours(site: Site) -> None:
    assert site.press("/", "act=do", Origin=f"http://127.0.0.1:{site.port}").status == 405


def test_a_server_that_listens_everywhere_answers_to_the_address_that_was_reached() -> None:
    everywhere = Names("", "0.0.0.0")
    assert everywhere.knows("10.1.2.3:8470", "10.1.2.3")
    assert not everywhere.knows("deals.example:8470", "10.1.2.3")
    assert not Names().knows("", "")


def test_further_names_are_those_of_the_settings() -> None:
    assert Names(others=("Monitor",)).knows("monitor:8470", "172.18.0.2")
    assert not Names(others=("monitor",)).knows("monitor.elsewhere.example:8470", "172.18.0.2")


@pytest.mark.parametrize("path", ["/links/SECRET", "/links/SECRET/more", "/LINKS/SECRET", "/site/links/SECRET"])
def test_a_log_never_holds_the_token_of_a_link(path: str) -> None:
    assert "SECRET" not in logged_path(path)
    assert logged_path("/c/soy.html") == "/c/soy.html"
