"""The badges: a name and a status with its shape, readable everywhere, and inert whatever a name says."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from monitor.domain.model import Outlook, Standing
from monitor.render.status_style import CHART_COLORS, STATUS_STYLES
from monitor.site.badges import NAME_GROUND, NAME_INK, PATHS, RIM, badge_file
from tests.builders.hostile_messages import TITLES
from tests.builders.message_values import commitment, verdict

SVG = "{http://www.w3.org/2000/svg}"


def badge(short: str = "Soybeans 12 Mt", **changes: Any) -> ElementTree.Element:
    return ElementTree.fromstring(badge_file(commitment(short=short), verdict(**changes)))


def contrast(first: str, second: str) -> float:
    """The contrast of two colours by WCAG 2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_a_badge_says_the_name_and_the_status_to_eyes_and_to_screen_readers() -> None:
    drawn = badge()
    assert [text.text for text in drawn.iter(f"{SVG}text")] == ["Soybeans 12 Mt", "AT RISK"]
    assert (drawn.get("role"), drawn.get("aria-label")) == ("img", "Soybeans 12 Mt: AT RISK (in progress)")
    assert drawn.findtext(f"{SVG}title") == "Soybeans 12 Mt: AT RISK (in progress)"


def test_every_status_has_its_shape() -> None:
    assert {style.shape for style in STATUS_STYLES.values()} == PATHS.keys()
    drawn = {badge_file(commitment(), verdict(standing=each, outlook=Outlook.STEADY)) for each in Standing}
    assert len(drawn) == len(Standing)


@pytest.mark.parametrize("short", ["Talks", "三家磁材企业通用许可证", "WWWWW MMMMM", "iiiiilll"])
def test_the_words_stay_within_their_parts(short: str) -> None:
    drawn = badge(short)
    name, word = drawn.iter(f"{SVG}text")
    left, right = (rect for rect in list(drawn.iter(f"{SVG}rect"))[1:3])
    ends = [float(text.get("x", "")) + float(text.get("textLength", "")) for text in (name, word)]
    assert ends[0] <= float(left.get("width", ""))
    assert ends[1] <= float(left.get("width", "")) + float(right.get("width", "")) == float(drawn.get("width", ""))
    assert float(name.get("textLength", "")) >= 3 * len(short)


def test_words_and_rim_can_be_read_on_light_and_dark_pages() -> None:
    pairs = [(NAME_INK, NAME_GROUND), *((colours.ink, colours.fill) for colours in CHART_COLORS.values())]
    assert min(contrast(*pair) for pair in pairs) >= 4.5
    assert min(contrast(RIM, "#ffffff"), contrast(RIM, "#0d1117")) >= 3


@pytest.mark.parametrize("name", TITLES)
def test_hostile_names_stay_names(name: str) -> None:
    drawn = badge(TITLES[name])
    names = {element.tag.removeprefix(SVG) for element in drawn.iter()}
    assert names <= {"svg", "title", "clipPath", "rect", "g", "text", "path", "circle"}
    assert not any(attribute.startswith("on") for element in drawn.iter() for attribute in element.attrib)
    assert float(drawn.get("width", "")) < 700
