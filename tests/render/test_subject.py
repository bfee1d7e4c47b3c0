"""A subject reads back exactly as it was written, whatever script, mark or trick its words bring along."""

from __future__ import annotations

import email
from dataclasses import replace
from email.header import decode_header, make_header
from email.policy import SMTP

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.domain.messages.briefs import AlertBrief, OutboundMessage
from monitor.render.mail import MailIdentity, build_mail, subject
from tests.builders.sample_messages import ALERT, ALERT_PARCEL

POST = MailIdentity("Deal monitor <monitor@deals.example>", "deals.example")
STRICT = SMTP.clone(raise_on_defect=True)
LATIN = "AT RISK · Soybeans, 12 Mt =?_"
SCRIPTS = st.sampled_from(
    [LATIN, "三家磁材企业获得通用许可证 ", "صفقة المعادن النادرة ", "עסקת הסויה ", "🚢🇨🇳👩🏽‍🌾 ", "ถั่วเหลือง ", "соя ё "]
)
MIXED = st.lists(SCRIPTS.flatmap(lambda script: st.text(script, max_size=40)), max_size=8).map("".join)


def about(line: str) -> OutboundMessage:
    brief: AlertBrief = replace(ALERT, headline=replace(ALERT.headline, text=line))
    return replace(ALERT_PARCEL, brief=brief)


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
    assert max(map(len, lines)) <= len("Subject: ") + 78


@pytest.mark.parametrize("line", ["AT RISK: two cargoes put off over the tariff question", "a, b; c"])
def test_a_plain_subject_can_be_read_in_the_raw_mail(line: str) -> None:
    assert f"Subject: {line}\r\n".encode() in sent(about(line))
