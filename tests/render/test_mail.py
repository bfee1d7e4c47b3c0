"""Mails: shape, headers, sameness, and text from outside that tries to get out of its place."""

import email
import re
from collections.abc import Callable
from dataclasses import replace
from email.header import decode_header, make_header
from email.policy import SMTP
from html import unescape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.domain.messages.briefs import EvidenceSection, OutboundMessage, ReportLink
from monitor.errors import RenderError
from monitor.render import Renderer
from monitor.render.mail import MailIdentity, build_mail, subject
from tests.builders.hostile_messages import TITLES, alert_about, digest_about
from tests.builders.rendered_messages import HOSTILE, TEMPLATES, part, read_mail, saying
from tests.builders.sample_messages import ALERT, ALERT_PARCEL, DIGEST, DIGEST_PARCEL, EVIDENCE, UNLINKED, with_evidence
from tests.builders.web_pages import read_page

BOTH = pytest.mark.parametrize("parcel", [ALERT_PARCEL, DIGEST_PARCEL], ids=["alert", "digest"])


def targets(html: str, tag: str) -> list[str]:
    """Where its links (a) or pictures (img) lead."""
    return [link.target for link in read_page(html).links if link.tag == tag]


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(TEMPLATES, sender="Deal monitor <monitor@deals.example>", list_domain="deals.example")


def test_every_template_renders_with_the_samples(renderer: Renderer) -> None:
    assert renderer.check() == []


@BOTH
def test_text_comes_first_and_pictures_hang_on_the_html(renderer: Renderer, parcel: OutboundMessage) -> None:
    mail = read_mail(renderer.mail(parcel))
    assert mail.get_content_type() == "multipart/alternative"
    kinds = [item.get_content_type() for item in mail.iter_parts()]
    assert kinds == ["text/plain", "multipart/related"]
    pictures = {f"cid:{item['Content-ID'].strip('<>')}" for item in mail.walk() if item["Content-ID"]}
    assert pictures == {*targets(part(mail, "html"), "img")}
    assert len(re.findall(r'<img\b[^>]* alt="[^"]+"', part(mail, "html"))) == len(pictures)


@BOTH
def test_a_mail_holds_no_element_that_filters_distrust(renderer: Renderer, parcel: OutboundMessage) -> None:
    distrusted = {"script", "iframe", "object", "embed", "form", "meta", "link", "base", "svg", "video"}
    html = part(read_mail(renderer.mail(parcel)), "html")
    assert not distrusted & read_page(html).tags.keys()
    assert html.isascii()


@BOTH
def test_two_builds_are_the_same_bytes(renderer: Renderer, parcel: OutboundMessage) -> None:
    assert renderer.mail(parcel) == renderer.mail(parcel)


def test_headers_thread_by_commitment_and_identify_by_message_and_reader(renderer: Renderer) -> None:
    one, other = (read_mail(renderer.mail(replace(ALERT_PARCEL, to=to))) for to in ("a@example.org", "b@example.org"))
    assert re.fullmatch(r"<ev\.sample-alert\.[0-9a-f]{12}@deals\.example>", str(one["Message-ID"]))
    assert one["Message-ID"] != other["Message-ID"]
    assert one["References"] == one["In-Reply-To"] == "<commitment.soybean-purchases@deals.example>"
    assert str(one["List-Id"]) == "Deal monitor <soybean-purchases.deals.example>"
    assert one["Auto-Submitted"] == "auto-generated"
    assert one["List-Unsubscribe"] == "<mailto:monitor@deals.example?subject=unsubscribe>"
    assert one["Date"].datetime == ALERT.at


def test_who_wants_no_more_mail_writes_to_the_mailbox_that_is_read_for_it() -> None:
    leave = "Trade desk <desk@deals.example>"
    renderer = Renderer(TEMPLATES, sender="m@deals.example", list_domain="deals.example", unsubscribe=leave)
    mail = read_mail(renderer.mail(ALERT_PARCEL))
    assert mail["List-Unsubscribe"] == "<mailto:desk@deals.example?subject=unsubscribe>"


def test_a_second_copy_keeps_its_identity_and_says_what_it_is(renderer: Renderer) -> None:
    first, second = (read_mail(renderer.mail(replace(ALERT_PARCEL, repeat=repeat))) for repeat in (False, True))
    assert first["Message-ID"] == second["Message-ID"]
    assert "An earlier copy" in part(second, "plain")
    assert "An earlier copy" in part(second, "html")
    assert "An earlier copy" not in part(first, "plain")


@BOTH
def test_the_text_has_every_link_and_no_line_is_long(renderer: Renderer, parcel: OutboundMessage) -> None:
    mail = read_mail(renderer.mail(parcel))
    text = part(mail, "plain")
    links = targets(part(mail, "html"), "a")
    assert links
    assert [link for link in links if link not in text] == []
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize("language", ["", "in Chinese"])
def test_the_main_link_leads_to_the_chosen_report_and_says_its_language(renderer: Renderer, language: str) -> None:
    report = ReportLink("https://dock-news.example/1", "Dock News", language)
    mail = read_mail(
        renderer.mail(replace(ALERT_PARCEL, brief=replace(ALERT, evidence=EvidenceSection(UNLINKED, report))))
    )
    label = "Read the report at Dock News" + (" (in Chinese)" if language else "")
    assert f'href="{report.url}">{label}</a>' in re.sub(r' style="[^"]*"', "", part(mail, "html"))
    assert f"{label}:\n  {report.url}" in part(mail, "plain")


@BOTH
def test_a_mail_stays_far_below_the_size_at_which_it_is_clipped(renderer: Renderer, parcel: OutboundMessage) -> None:
    raw = renderer.mail(parcel)
    html = read_mail(raw).get_body(("html",))
    assert html is not None
    assert len(html.as_bytes()) < 40_000
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_a_digest_of_hundreds_of_items_is_cut_at_items_and_says_so(renderer: Renderer) -> None:
    many = replace(DIGEST, events=DIGEST.events[:1] * 400, unmoved=DIGEST.unmoved * 80)
    mail = read_mail(renderer.mail(replace(DIGEST_PARCEL, brief=many)))
    html = mail.get_body(("html",))
    assert html is not None
    assert len(html.as_bytes()) <= 90_000
    left_out = re.findall(r"\+(\d+) more", part(mail, "html"))
    assert left_out
    assert left_out == re.findall(r"\+(\d+) more", part(mail, "plain"))


def test_reports_that_have_no_room_are_counted_and_their_outlets_named(renderer: Renderer) -> None:
    names = ("Harbour Wire", "Dock <News>", "Xing Daily", "Grain Trade", "Port Paper", "State Daily")
    many = tuple(replace(EVIDENCE[0], quote=f"{n} {'w ' * 150}", outlet=names[n % 6]) for n in range(200))
    mail = read_mail(renderer.mail(replace(ALERT_PARCEL, brief=with_evidence(ALERT, *many))))
    html, plain = part(mail, "html"), part(mail, "plain")
    said = re.search(
        r"\+(\d+) more reports, from [^.<]*? and 2 other outlets", unescape(html).replace("<News>", "News")
    )
    assert said
    assert int(said[1]) == 200 - len(re.findall(r"“\d+ w", unescape(html)))
    assert " ".join(said[0].split()).replace("News", "<News>") in " ".join(plain.split())


def test_what_moved_a_status_without_a_report_is_counted_and_nobody_named(renderer: Renderer) -> None:
    line = replace(EVIDENCE[0], basis="calendar", outlet="the calendar", url="")
    many = tuple(replace(line, quote=f"date {n}") for n in range(100))
    mail = read_mail(renderer.mail(replace(ALERT_PARCEL, brief=with_evidence(ALERT, *many))))
    assert re.search(r"\+\d+ more\n", part(mail, "plain"))


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:24])
def test_text_from_outside_stays_text(renderer: Renderer, text: str) -> None:
    raw = renderer.mail(saying(text))
    mail = read_mail(raw)
    html = part(mail, "html")
    assert "script" not in read_page(html).tags
    assert {source[:4] for source in targets(html, "img")} == {"cid:"}
    assert "Bcc" not in mail
    assert "49" not in str(mail["Subject"])
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", html.replace("\r", "") + str(mail["Subject"])
    )


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "https://a.example/'onx='", "ftp://a"])
def test_only_web_addresses_become_links(renderer: Renderer, url: str) -> None:
    evidence, report = replace(EVIDENCE[0], url=url), ReportLink(url, "Harbour Wire")
    brief = replace(ALERT, evidence=EvidenceSection((evidence,), report), others=())
    mail = read_mail(renderer.mail(replace(ALERT_PARCEL, brief=brief)))
    assert targets(part(mail, "html"), "a") == []
    assert "Read the report" not in part(mail, "plain")


@pytest.mark.parametrize("line", ["word " * 60, "采购" * 60, "two\r\nlines\tand  more"])
def test_a_subject_is_one_line_of_at_most_78_characters(renderer: Renderer, line: str) -> None:
    shown = str(read_mail(renderer.mail(about(line)))["Subject"])
    assert len(shown) <= 90
    assert shown == " ".join(shown.split())


@pytest.mark.parametrize("to", ["a@b\r\nBcc: c@d", "no address", "", "x@\ud800"])
def test_an_address_that_cannot_be_written_is_refused(renderer: Renderer, to: str) -> None:
    with pytest.raises(RenderError):
        renderer.mail(replace(ALERT_PARCEL, to=to))


def test_a_message_id_that_is_no_token_is_made_one_without_clashes(renderer: Renderer) -> None:
    ids = {
        str(read_mail(renderer.mail(replace(ALERT_PARCEL, message_id=key)))["Message-ID"])
        for key in ("a b", "a/b", "a\nb")
    }
    assert len(ids) == 3
    assert all(re.fullmatch(r"<[\w.-]+@deals\.example>", key) for key in ids)


def test_the_same_figure_stands_in_text_html_and_slack(renderer: Renderer) -> None:
    mail = read_mail(renderer.mail(ALERT_PARCEL))
    figure = ALERT.progress.counted_text if ALERT.progress else ""
    assert figure in part(mail, "plain")
    assert figure in part(mail, "html")
    assert figure in str(renderer.slack(ALERT_PARCEL))


def test_a_chart_that_cannot_be_drawn_does_not_hold_the_mail(renderer: Renderer) -> None:
    assert ALERT.timeline is not None
    odd = replace(ALERT.timeline, spans=tuple(replace(span, status='"><') for span in ALERT.timeline.spans))
    mail = read_mail(renderer.mail(replace(ALERT_PARCEL, brief=replace(ALERT, timeline=odd))))
    assert part(mail, "plain")


@pytest.mark.slow
@pytest.mark.parametrize("about", [alert_about, digest_about], ids=["alert", "digest"])
@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
def test_a_careless_filter_finds_no_active_element_under_any_title(
    renderer: Renderer, title: str, about: Callable[[str], OutboundMessage]
) -> None:
    html = part(read_mail(renderer.mail(about(title))), "html")
    assert not re.search(r"<\s*(script|iframe|object|embed|form|meta|link|base)\b", html, re.IGNORECASE)
    assert not re.search(r"\son\w+\s*=", re.sub(r">[^<]*<", "><", html), re.IGNORECASE)


# ---------------------------------------------------------------- subjects

POST = MailIdentity("Deal monitor <monitor@deals.example>", "deals.example")
STRICT = SMTP.clone(raise_on_defect=True)
LATIN = "AT RISK · Soybeans, 12 Mt =?_"
SCRIPTS = st.sampled_from(
    [LATIN, "三家磁材企业获得通用许可证 ", "صفقة المعادن النادرة ", "עסקת הסויה ", "🚢🇨🇳👩🏽‍🌾 ", "ถั่วเหลือง ", "соя ё "]
)
MIXED = st.lists(SCRIPTS.flatmap(lambda script: st.text(script, max_size=40)), max_size=8).map("".join)


def about(line: str) -> OutboundMessage:
    return replace(ALERT_PARCEL, brief=replace(ALERT, headline=replace(ALERT.headline, text=line)))


def sent(parcel: OutboundMessage) -> bytes:
    return build_mail(parcel, POST, "text", "<p>text</p>", {})


@given(MIXED | st.text(max_size=200))
@example("General licences · 三家磁材 get magnets")
@example("BREACHED · 三家磁材 企业 获得 magnets and more of the same kind of licences")
@example("=?utf-8?q?AT_RISK?= is what the title says")
@example("w" * 77 + "。")
@example("word " * 60)
@example("")
def test_a_subject_reads_back_exactly(line: str) -> None:
    parcel = about(line)
    raw = sent(parcel)
    assert str(email.message_from_bytes(raw, policy=STRICT)["Subject"]) == subject(parcel)
    old = email.message_from_bytes(raw)["Subject"]
    assert str(make_header(decode_header(old))) == subject(parcel)


@given(MIXED | st.text(max_size=200))
def test_a_subject_is_ascii_in_short_lines_and_one_header(line: str) -> None:
    raw = sent(about(line)).partition(b"\r\nFrom: ")[0]
    assert raw.isascii()
    lines = raw.split(b"\r\n")
    assert lines[0].startswith(b"Subject: ")
    assert all(further.startswith(b" ") and further.strip() for further in lines[1:])
    assert max(map(len, lines)) <= len("Subject: ") + 90


@pytest.mark.parametrize("line", ["AT RISK: two cargoes put off over the tariff question", "a, b; c"])
def test_a_plain_subject_can_be_read_in_the_raw_mail(line: str) -> None:
    assert f"Subject: {line}\r\n".encode() in sent(about(line))
