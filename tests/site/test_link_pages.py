"""The form of a signed link: GET never acts, POST acts once, as browsers and mail programs send it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.domain.pages import link_page
from monitor.domain.pages.link_page import PRESS, LinkPage, Press
from monitor.domain.pages.vitals import Vitals
from monitor.errors import StoreError
from monitor.render.jinja_env import Templates
from monitor.site.link_pages import MAX_BODY_BYTES, LinkPages
from monitor.site.server import SiteServices, make_app
from tests.builders.rendered_messages import TEMPLATES
from tests.builders.site_servers import NOW, Site, running

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}&#60;b&#62;"
OFFER = LinkPage("offer", HOSTILE, (HOSTILE,), HOSTILE, ((PRESS, HOSTILE),), True, True, (HOSTILE,))
DONE = LinkPage("done", HOSTILE, (HOSTILE,), HOSTILE, text=(HOSTILE,))
FORM = "application/x-www-form-urlencoded"
ONE_CLICK = '----b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n----b--\r\n'


class Desk:
    """Records every action."""

    def __init__(self) -> None:
        self.pressed: list[tuple[str, Press]] = []

    def show(self, token: str) -> LinkPage:
        if token == "broken":
            raise StoreError("database /home/desk/monitor.db: locked")
        return {"old": link_page.MISMATCH, "none": link_page.NO_LINK}.get(token, OFFER)

    def press(self, token: str, pressed: Press) -> LinkPage:
        self.show(token)
        self.pressed.append((token, pressed))
        return DONE


def serving(desk: Desk, folder: Path, templates: Path = TEMPLATES) -> Iterator[Site]:
    pages = LinkPages(desk.show, desk.press, Templates(templates), HOSTILE)
    with running(make_app(SiteServices(folder, (), lambda: Vitals(NOW), pages))) as found:
        yield found


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk()


@pytest.fixture(scope="module")
def site(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from serving(desk, tmp_path_factory.mktemp("site"))


@pytest.fixture(autouse=True)
def _fresh(desk: Desk) -> None:
    desk.pressed.clear()


def test_get_never_acts(site: Site, desk: Desk) -> None:
    for method in ("GET", "HEAD"):
        for query in ("", "?press=yes", "?List-Unsubscribe=One-Click"):
            answer = site.ask(f"/links/token{query}", method)
            assert answer.status == 200
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert desk.pressed == []


def test_no_text_of_the_page_becomes_markup(site: Site) -> None:
    for answer in (site.ask("/links/token"), site.press("/links/token", "press=yes")):
        assert answer.text.count("&lt;script&gt;") >= 4
        assert not [markup for markup in ("<script", "<img", "49", "<b>") if markup in answer.text]
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "form-action 'self'" in policy


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        ("press=yes&comment=a+typo", FORM, Press("yes", False, "a typo")),
        ("press=mute&comment=a+typo&name=Ann", FORM, Press("mute", False, "a typo", "Ann")),
        ("List-Unsubscribe=One-Click", FORM, Press("", True)),
        ("List-Unsubscribe=One-Click", f"{FORM}; charset=utf-8", Press("", True)),
        (ONE_CLICK, 'multipart/form-data; boundary="--b"', Press("", True)),
    ],
    ids=["button", "choice", "one click", "with a charset", "multipart"],
)
def test_a_button_and_the_one_click_of_a_mail_program_act(
    site: Site, desk: Desk, body: str, content_type: str, expected: Press
) -> None:
    answer = site.ask("/links/token", "POST", body, content_type=content_type)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/plain" if expected.one_click else "text/html")
    assert desk.pressed == [("token", expected)]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("press=", 400),
        ("press=delete", 400),
        ("press=approve&press=reject", 400),
        ("list-unsubscribe=one-click", 400),
        ('{"press": "yes"}', 400),
        ("&".join(f"a{n}=1" for n in range(50)) + "&press=yes", 400),
        ("press=yes&comment=" + "a" * MAX_BODY_BYTES, 413),
    ],
    ids=["empty", "blank", "other", "two", "small letters", "json", "many fields", "large"],
)
def test_any_other_post_does_nothing(site: Site, desk: Desk, body: str, status: int) -> None:
    assert site.press("/links/token", body).status == status
    assert desk.pressed == []


def test_a_body_without_a_length_is_cut_off(site: Site, desk: Desk) -> None:
    part = b"1000\r\n" + b"a" * 0x1000 + b"\r\n"
    head = b"POST /links/token HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    assert site.raw(head + part * 3 + b"0\r\n\r\n").startswith(b"HTTP/1.1 413 ")
    assert desk.pressed == []


def test_invalid_links_and_a_locked_database_have_their_status(site: Site) -> None:
    assert [site.ask(f"/links/{token}").status for token in ("none", "old", "token/more")] == [404, 400, 404]
    for answer in (site.ask("/links/broken"), site.press("/links/broken", "press=yes")):
        assert (answer.status, answer.headers["retry-after"]) == (503, "60")
        assert "monitor.db" not in answer.text


def test_a_broken_template_does_not_hide_what_was_done(desk: Desk, tmp_path: Path) -> None:
    for site in serving(desk, tmp_path, templates=tmp_path):
        answer = site.press("/links/token", "press=yes")
        assert (answer.status, answer.headers["content-type"]) == (500, "text/plain; charset=utf-8")
        assert HOSTILE in answer.text
