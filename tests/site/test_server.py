"""The server: only files of the site, only known host names, health and metrics; and its security headers."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.domain.pages.vitals import Vitals
from monitor.errors import ConfigError, StoreError
from monitor.site.publish import MARKER, publish
from monitor.site.server import SiteServices, listen, make_app
from tests.builders.golden_wording import GoldenWording
from tests.builders.site_servers import NOW, Site, running
from tests.builders.tables import table

FILES = [
    ("index.html", b"<!doctype html><title>Board</title>"),
    ("404.html", b"<!doctype html><title>None here</title>"),
    ("c/soy.html", b"<!doctype html><title>Soy</title>"),
    ("c/soy.atom", b"<feed/>"),
    ("c/soy.ics", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
    ("api/v1/soy.json", b"{}"),
    ("favicon.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ("digests/index.html", b"<!doctype html><title>Digests</title>"),
]
WELL = Vitals(NOW, polled=NOW, read=NOW, built=NOW, changed=NOW)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("data")
    (root / "site.key").write_text("secret key")
    (root / "secret.html").write_text("outside")
    publish(FILES, root / "site")
    (root / "site" / "leak.html").symlink_to(root / "secret.html")
    (root / "site" / "ring.html").symlink_to("ring.html")
    (root / "site" / "c" / ".hidden.html").write_text("hidden")
    return root


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[Site]:
    services = SiteServices(folder / "site", ("status.deals.example", "0.0.0.0"), lambda: WELL)
    with running(make_app(services)) as found:
        yield found


# ---------------------------------------------------------------- files


@pytest.mark.parametrize(("path", "kind"), table("server", "each_file_has_its_type"))
def test_each_file_has_its_type(site: Site, path: str, kind: str) -> None:
    answer = site.ask(path)
    assert (answer.status, answer.headers["content-type"]) == (200, kind)
    assert answer.body


_ODD_PATHS = (
    "/../secret.html /c/../../secret.html /%2e%2e/secret.html /%2e%2e%2fsecret.html /%252e%252e%252fsecret.html "
    "/..%5csecret.html /c%5c..%5c..%5csecret.html //etc/passwd /%2fetc%2fpasswd /index.html%00.png /%00 "
    "/leak.html /ring.html /c /c/ /c/.hidden.html /../site.key /%ff%fe.html /c/soy.html%0d%0aX-Added:%201 "
    "/links/abc /docs"
)
ELSEWHERE = [*_ODD_PATHS.split(), f"/{MARKER}", f"/{'a' * 300}.html", "/" + "a/" * 900]


def test_nothing_outside_the_site_is_served_and_no_folder_is_listed(site: Site) -> None:
    for path in ELSEWHERE:
        answer = site.ask(path)
        assert answer.status == 404, path
        assert b"outside" not in answer.body
        assert "x-added" not in answer.headers
    host = f"Host: 127.0.0.1:{site.port}\r\nConnection: close\r\n\r\n".encode()
    answer_line = site.raw(b"GET http://elsewhere.example/index.html HTTP/1.1\r\n" + host).partition(b"\r\n")[0]
    assert answer_line.startswith(b"HTTP/1.1 404 ")


def test_an_unchanged_file_is_not_sent_again_and_a_new_build_is_served_at_once(tmp_path: Path) -> None:
    publish(FILES[:1], tmp_path / "site")
    with running(make_app(SiteServices(tmp_path / "site", (), lambda: WELL))) as site:
        first = site.ask("/")
        again = site.ask("/", If_None_Match=first.headers["etag"])
        assert (again.status, again.body) == (304, b"")
        assert first.headers["cache-control"] == "public, max-age=60"
        head = site.ask("/", "HEAD")
        assert (head.body, head.headers["content-length"]) == (b"", str(len(first.body)))
        publish([*FILES[:1], ("new.html", b"new")], tmp_path / "site")
        assert site.ask("/new.html").body == b"new"


def test_without_a_site_the_server_answers_404_and_keeps_running(tmp_path: Path) -> None:
    with running(make_app(SiteServices(tmp_path / "site", (), lambda: WELL))) as site:
        assert [site.ask("/").status for _ in range(2)] == [404, 404]


# ---------------------------------------------------------------- guards


def test_every_answer_has_the_security_headers_and_no_name_of_the_server(site: Site) -> None:
    for path in ("/", "/none", "/healthz", "/favicon.svg", "/metrics"):
        headers = site.ask(path, Origin="https://elsewhere.example").headers
        given = [headers[name] for name in ("x-content-type-options", "referrer-policy", "x-frame-options")]
        assert given == ["nosniff", "no-referrer", "DENY"]
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "camera=()" in headers["permissions-policy"]
        assert {"default-src 'none'", " frame-ancestors 'none'"} <= set(headers["content-security-policy"].split(";"))
        assert "unsafe" not in headers["content-security-policy"]
        assert not {"server", "access-control-allow-origin"} & set(headers)


def test_only_known_host_names_are_answered(site: Site) -> None:
    known = ("status.deals.example", "STATUS.deals.example:443", "127.0.0.1:8470", "localhost", "[::1]:8470")
    assert [host for host in known if site.ask("/", Host=host).status != 200] == []
    others = "elsewhere.example status.deals.example.elsewhere.example 127.0.0.1@elsewhere.example [::1"
    others += " elsewhere.example:80/status.deals.example"
    assert [host for host in ("a b", *others.split()) if site.ask("/", Host=host).status != 421] == []
    assert site.ask("/", Host="").status == 400


def test_several_host_headers_and_other_methods_are_refused(site: Site) -> None:
    twice = b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n"
    assert site.raw(twice).split(b" ")[1] in (b"400", b"421")
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE"):
        assert site.ask("/", method).status == 405, method
        assert site.ask("/healthz", method).status == 405, method


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("size", ["-1", "zz", "99999999999999999999999"])
def test_a_broken_chunk_is_refused_without_a_line_in_the_log(
    site: Site, caplog: pytest.LogCaptureFixture, method: str, size: str
) -> None:
    head = f"{method} /index.html HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    with caplog.at_level("INFO"):
        answer = site.raw(f"{head}{size}\r\nx\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 400")
    assert [line for line in caplog.records if line.levelname in ("ERROR", "CRITICAL")] == []


# ---------------------------------------------------------------- health and metrics


def served(vitals: Vitals, folder: Path) -> Iterator[Site]:
    with running(make_app(SiteServices(folder, (), lambda: vitals))) as site:
        yield site


def test_health_is_200_if_all_is_well_and_503_with_reasons_else(tmp_path: Path, wording: GoldenWording) -> None:
    for site in served(WELL, tmp_path):
        answer = site.ask("/healthz")
        assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
        moment = "2026-03-02T09:00:00+00:00"
        expected: dict[str, object] = {"status": "ok", "reasons": [], "read": moment, "decided": None, "built": moment}
        assert json.loads(answer.body) == expected
        assert site.ask("/healthz", "HEAD").status == 200
    for site in served(replace(WELL, troubles=("no monitor is running: the last one ended on 2 Mar 2026",)), tmp_path):
        answer = site.ask("/healthz")
        assert answer.status == 503
        wording(json.loads(answer.body)["reasons"])


def test_an_unreadable_database_is_reported_without_its_path(tmp_path: Path) -> None:
    def broken() -> Vitals:
        raise StoreError("database sqlite:////home/desk/monitor.db: it is damaged")

    with running(make_app(SiteServices(tmp_path, (), broken))) as site:
        for path in ("/healthz", "/metrics"):
            answer = site.ask(path)
            assert answer.status == 503
            assert "monitor.db" not in answer.text


def test_metrics_are_text_for_prometheus(tmp_path: Path) -> None:
    for site in served(WELL, tmp_path):
        answer = site.ask("/metrics")
        assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert "deal_monitor_healthy 1.0" in answer.text


def test_a_port_in_use_is_an_error_with_the_remedy(wording: GoldenWording) -> None:
    with listen("127.0.0.1", 0) as sock:
        port = sock.getsockname()[1]
        with pytest.raises(ConfigError) as refused:
            listen("127.0.0.1", port)
    wording(str(refused.value), hide={str(port): "PORT"})
