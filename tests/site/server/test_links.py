"""The form of a link's page, as browsers and mail programs send it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from monitor.site.server.guards import MAX_BODY_BYTES
from monitor.site.server.links import Form, LinkPages, read_fields

from monitor.domain.pages import link_page
from monitor.domain.pages.link_page import LinkPage
from monitor.errors import StoreError
from monitor.render.jinja_env import Templates
from tests.builders.rendered_messages import TEMPLATES
from tests.builders.site_servers import PATIENCE, Site, app_of, running

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}&#60;b&#62;"
OFFER = LinkPage("offer", HOSTILE, (HOSTILE,), HOSTILE, HOSTILE, asks_reason=True)
DONE = LinkPage("done", HOSTILE, (HOSTILE,), HOSTILE, undo=HOSTILE)
MULTIPART = 'multipart/form-data; boundary="--b"'
ONE_CLICK = '----b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n----b--\r\n'


class Desk:
    """Takes note of what was pressed."""

    def __init__(self) -> None:
        self.pressed: list[tuple[str, Form]] = []

    def look(self, token: str) -> LinkPage:
        if token == "broken":
            raise StoreError("database /home/desk/monitor.db: locked")
        return {"old": link_page.MISMATCH, "none": link_page.NO_LINK}.get(token, OFFER)

    def press(self, token: str, form: Form) -> LinkPage:
        if token == "broken":
            raise StoreError("database /home/desk/monitor.db: locked")
        self.pressed.append((token, form))
        return DONE


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk()


@pytest.fixture(scope="module")
def site(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    pages = LinkPages(desk.look, desk.press, Templates(TEMPLATES), HOSTILE)
    with running(app_of(tmp_path_factory.mktemp("site"), links=pages)) as found:
        yield found


@pytest.fixture(autouse=True)
def _fresh(desk: Desk) -> None:
    desk.pressed.clear()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("query", ["", "?act=do", "?List-Unsubscribe=One-Click"])
def test_looking_presses_nothing(site: Site, desk: Desk, method: str, query: str) -> None:
    answer = site.ask(f"/links/token{query}", method)
    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert desk.pressed == []


def test_no_text_on_the_page_becomes_markup(site: Site) -> None:
    for answer in (site.ask("/links/token"), site.press("/links/token", "act=do")):
        html = answer.text
        assert html.count("&lt;script&gt;") >= 4
        for markup in ("<script", "<img", "49", "<b>"):
            assert markup not in html
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "form-action 'self'" in policy
        # Not "no-referrer": a browser then hides that the form is ours. Not "same-origin": logs of the style sheet would hold the token.
        assert answer.headers["referrer-policy"] == "strict-origin"


def test_the_buttons_of_the_page_do_and_undo(site: Site, desk: Desk) -> None:
    site.press("/links/token", "act=do&reason=a+typo")
    site.press("/links/token", "act=undo")
    assert desk.pressed == [("token", Form(do=True, reason="a typo")), ("token", Form(undo=True))]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"),
        ("List-Unsubscribe=One-Click", "application/x-www-form-urlencoded; charset=utf-8"),
        (ONE_CLICK, MULTIPART),
    ],
    ids=["urlencoded", "with a charset", "multipart"],
)
def test_a_mail_program_unsubscribes_in_one_step(site: Site, desk: Desk, body: str, content_type: str) -> None:
    answer = site.ask("/links/token", "POST", body, content_type=content_type)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert desk.pressed == [("token", Form(one_click=True))]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("", "application/x-www-form-urlencoded"),
        ("act=", "application/x-www-form-urlencoded"),
        ("act=delete", "application/x-www-form-urlencoded"),
        ("list-unsubscribe=one-click", "application/x-www-form-urlencoded"),
        ('{"act": "do"}', "application/json"),
        ("act=do", "text/plain"),
        ("act=do", ""),
        ("&".join(f"a{n}=1" for n in range(50)) + "&act=do", "application/x-www-form-urlencoded"),
        ("act=do", "multipart/form-data"),
        (ONE_CLICK, "multipart/form-data; boundary=other"),
    ],
)
def test_a_post_that_is_no_form_of_ours_presses_nothing(site: Site, desk: Desk, body: str, content_type: str) -> None:
    assert site.ask("/links/token", "POST", body, content_type=content_type).status == 400
    assert desk.pressed == []


def test_a_body_without_a_length_that_goes_on_is_refused(site: Site, desk: Desk) -> None:
    part = b"1000\r\n" + b"a" * 0x1000 + b"\r\n"
    head = b"POST /links/token HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    assert len(part) * 3 > MAX_BODY_BYTES
    answer = site.raw(head + part * 3 + b"0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert desk.pressed == []


def test_what_no_link_is_and_what_is_out_of_order_have_their_status(site: Site) -> None:
    assert site.ask("/links/none").status == 404
    assert site.ask("/links/old").status == 400
    assert site.ask("/links/token/more").status == 404
    for answer in (site.ask("/links/broken"), site.press("/links/broken", "act=do")):
        assert (answer.status, answer.headers["retry-after"]) == (503, "60")
        assert "monitor.db" not in answer.text


def test_a_template_that_cannot_be_used_hides_nothing_of_what_was_done(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    empty = tmp_path_factory.mktemp("templates")
    with running(app_of(empty, links=LinkPages(desk.look, desk.press, Templates(empty), "t"))) as site:
        answer = site.press("/links/token", "act=do")
    assert answer.status == 500
    assert answer.headers["content-type"].startswith("text/plain")
    assert HOSTILE in answer.text


def test_fields_that_cannot_be_read_are_none() -> None:
    assert read_fields(b"\xff=%ff", "application/x-www-form-urlencoded") == {"\ufffd": "\ufffd"}
    assert read_fields(b"--b\r\n\r\nx", "multipart/form-data; boundary=b\r\nX: y") == {}


def test_pages_do_not_wait_for_links_that_wait_for_the_database(tmp_path: Path) -> None:
    """More presses than the server has threads, none of which comes to an end."""
    (tmp_path / "index.html").write_bytes(b"the board")
    free = Event()

    def wait(_token: str, _form: Form) -> LinkPage:
        free.wait(PATIENCE)
        return DONE

    pages = LinkPages(lambda _: OFFER, wait, Templates(TEMPLATES), "Desk")
    with running(app_of(tmp_path, links=pages)) as site, ThreadPoolExecutor(60) as pool:
        try:
            pressed = [pool.submit(site.press, f"/links/{number}", "act=do") for number in range(60)]
            for path in ("/", "/healthz"):
                assert site.ask(path).status == 200
            assert not any(each.done() for each in pressed)
        finally:
            free.set()
        assert {each.result().status for each in pressed} == {200}
