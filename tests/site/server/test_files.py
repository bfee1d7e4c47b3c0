"""Only the files of the site are served, in whatever way an address is written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.site.publish import MARKER, publish
from tests.builders.site_servers import Site, app_of, running

FILES = [
    ("index.html", b"<!doctype html><title>Board</title>"),
    ("404.html", b"<!doctype html><title>None here</title>"),
    ("c/soy.html", b"<!doctype html><title>Soy</title>"),
    ("c/soy.atom", b"<feed/>"),
    ("c/soy.ics", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
    ("api/v1/soy.json", b"{}"),
    ("badge/soy.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ("digests/index.html", b"<!doctype html><title>Digests</title>"),
    ("digests/desk/2026.html", b"<!doctype html><title>Kept</title>"),
    ("notes.exe", b"no kind that is served"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("data")
    (root / "site.key").write_text("secret key")
    (root / "secret.html").write_text("outside")
    publish(FILES, root / "site")
    (root / "site" / "leak.html").symlink_to(root / "secret.html")
    (root / "site" / "ring.html").symlink_to("ring.html")
    (root / "site" / "folder.html").mkdir()
    (root / "site" / "c" / ".hidden.html").write_text("hidden")
    return root


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[Site]:
    with running(app_of(folder / "site")) as found:
        yield found


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/c/soy.html", "text/html; charset=utf-8"),
        ("/c/soy.html?from=mail", "text/html; charset=utf-8"),
        ("/c/soy.atom", "application/atom+xml; charset=utf-8"),
        ("/c/soy.ics", "text/calendar; charset=utf-8"),
        ("/api/v1/soy.json", "application/json; charset=utf-8"),
        ("/badge/soy.svg", "image/svg+xml; charset=utf-8"),
        ("/digests/", "text/html; charset=utf-8"),
    ],
)
def test_each_file_comes_with_its_type(site: Site, path: str, kind: str) -> None:
    answer = site.ask(path)
    assert (answer.status, answer.headers["content-type"]) == (200, kind)
    assert answer.body


ELSEWHERE = [
    "/../secret.html",
    "/c/../../secret.html",
    "/%2e%2e/secret.html",
    "/%2e%2e%2fsecret.html",
    "/%252e%252e%252fsecret.html",
    "/..%5csecret.html",
    "/c%5c..%5c..%5csecret.html",
    "//etc/passwd",
    "///secret.html",
    "/%2fetc%2fpasswd",
    "/index.html%00.png",
    "/%00",
    "/leak.html",
    "/ring.html",
    "/folder.html",
    "/c",
    "/c/",
    "/digests",
    f"/{MARKER}",
    "/c/.hidden.html",
    "/.",
    "/./index.html",
    "/c//soy.html",
    "/notes.exe",
    "/../site.key",
    "/" + "a" * 300 + ".html",
    "/" + "a/" * 900,
    "/%ff%fe.html",
    "/c/soy.html%0d%0aX-Added:%201",
]


@pytest.mark.parametrize("path", ELSEWHERE)
def test_nothing_else_of_the_disk_is_there(site: Site, path: str) -> None:
    answer = site.ask(path)
    assert answer.status == 404
    assert b"None here" in answer.body
    assert "x-added" not in answer.headers


def test_an_address_that_is_a_whole_url_leads_nowhere_else(site: Site) -> None:
    host = f"Host: 127.0.0.1:{site.port}\r\nConnection: close\r\n\r\n".encode()
    answer = site.raw(b"GET http://elsewhere.example/index.html HTTP/1.1\r\n" + host)
    assert answer.startswith(b"HTTP/1.1 404 ")


def test_a_copy_that_is_still_good_is_not_sent_again(site: Site) -> None:
    first = site.ask("/c/soy.html")
    assert first.headers["cache-control"] == "public, max-age=60"
    tag, modified = first.headers["etag"], first.headers["last-modified"]
    for headers in ({"If_None_Match": tag}, {"If_None_Match": f'W/{tag}, "other"'}, {"If_Modified_Since": modified}):
        again = site.ask("/c/soy.html", **headers)
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    for headers in ({"If_None_Match": '"other"', "If_Modified_Since": modified}, {"If_Modified_Since": "soon"}):
        assert site.ask("/c/soy.html", **headers).status == 200


def test_a_new_build_of_the_same_page_keeps_its_tag(tmp_path: Path) -> None:
    publish(FILES[:1], tmp_path / "site")
    with running(app_of(tmp_path / "site")) as site:
        first = site.ask("/")
        publish([*FILES[:1], ("new.html", b"new")], tmp_path / "site")
        assert site.ask("/").headers["etag"] == first.headers["etag"]
        assert site.ask("/new.html").body == b"new", "what was published meanwhile is served at once"


def test_head_tells_what_get_would_and_sends_nothing(site: Site) -> None:
    got, head = site.ask("/c/soy.html"), site.ask("/c/soy.html", "HEAD")
    assert head.body == b""
    assert head.headers["content-length"] == str(len(got.body))
    assert head.headers["etag"] == got.headers["etag"]


def test_every_answer_carries_the_security_headers_and_no_name_of_the_server(site: Site) -> None:
    for path in ("/", "/none", "/healthz", "/badge/soy.svg"):
        headers = site.ask(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-frame-options"] == "DENY"
        assert "camera=()" in headers["permissions-policy"]
        assert "server" not in headers


def test_pages_run_nothing_and_stand_in_no_frame(site: Site) -> None:
    policy = site.ask("/").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    kept = site.ask("/digests/desk/2026.html").headers["content-security-policy"]
    assert "style-src 'self' 'unsafe-inline'" in kept, "a kept mail carries its style in its elements"
    assert "script" not in kept


def test_badges_may_be_shown_by_pages_elsewhere_and_nothing_be_read_by_them(site: Site) -> None:
    assert site.ask("/badge/soy.svg").headers["cross-origin-resource-policy"] == "cross-origin"
    for path in ("/", "/api/v1/soy.json", "/c/soy.atom", "/badge/soy.svg", "/healthz", "/metrics"):
        assert "access-control-allow-origin" not in site.ask(path, Origin="https://elsewhere.example").headers
    assert site.ask("/api/v1/soy.json").headers["cross-origin-resource-policy"] == "same-origin"


def test_without_a_site_the_server_says_so_and_stays(tmp_path: Path) -> None:
    with running(app_of(tmp_path / "site")) as site:
        assert site.ask("/").status == 404
        assert site.ask("/").text == "There is no such page.\n"
