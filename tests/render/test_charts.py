"""Charts: drawn the same everywhere, readable without colour, and never a reason to hold a message."""

import re
import struct
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest

from monitor.domain.messages.briefs import ChartPoint
from monitor.domain.model import Outlook, Standing
from monitor.domain.text.labels import format_date
from monitor.render import charts
from monitor.render.status_style import CHART_COLORS, STATUS_STYLES, UNKNOWN_STYLE, style_of
from tests.builders.rendered_messages import TEMPLATES
from tests.builders.sample_messages import NOW, PROGRESS, TIMELINES, sample_timeline


def texts(svg: str) -> list[str]:
    return [item.text or "" for item in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def timeline() -> str:
    return charts.timeline_svg(TIMELINES, NOW - timedelta(days=90), NOW)


def test_a_timeline_names_every_commitment_and_status() -> None:
    shown = texts(timeline())
    assert {item.short for item in TIMELINES} <= set(shown)
    assert {"in force", "at risk", "stalled", "breached", "lapsed", "met"} <= set(shown)


def named(*names: str) -> list[str]:
    strips = [replace(TIMELINES[0], short=name) for name in names]
    return texts(charts.timeline_svg(strips, NOW - timedelta(days=90), NOW))


def test_a_long_name_takes_two_lines_and_is_cut_at_the_end_of_the_second() -> None:
    wide = ["Leaders' and trade talks", "Soybeans 25 Mt a year"]
    assert [name for name in wide if name not in named("Rare earths", name)] == []
    assert {"General licences for rare", "earths and magnets"} <= set(
        named("General licences for rare earths and magnets")
    )
    (cut,) = [text for text in named("licences " * 9) if text.endswith("…")]
    assert cut.startswith("licences licences")


def test_progress_names_every_counter_the_target_and_the_due_date() -> None:
    svg = charts.progress_svg(PROGRESS, NOW)
    assert svg is not None
    shown = {"12 Mt", "due 30 Jun 2026", "customs 2.9 Mt", "the farm department 3.4 Mt"}
    assert shown | {"today"} <= set(texts(svg))
    over = set(texts(charts.progress_svg(PROGRESS, None) or ""))
    assert (shown <= over, "today" in over) == (True, False), "a period that is over"
    assert "grain traders 5.1 Mt?" in texts(svg), "a count above what is confirmed is a ring"
    assert svg.count(f'fill="{charts.BACKGROUND}" stroke="{charts.ACCENT}"><title>grain traders 5.1 Mt?, ') == 1


def test_a_name_that_had_to_move_is_tied_to_its_dot() -> None:
    """On the due day there is no room beside today, and three counts of one size push their names apart."""
    points = tuple(ChartPoint(name, NOW - timedelta(days=20), 3e6) for name in ("Caixin", "Reuters", "Yicai"))
    crowded = charts.progress_svg(replace(PROGRESS, due=NOW.date(), points=points), NOW) or ""
    alone = charts.progress_svg(replace(PROGRESS, due=NOW.date(), points=points[:1]), NOW) or ""
    threads = [svg.count(f'stroke="{charts.ACCENT}" stroke-width="0.8"') for svg in (crowded, alone)]
    assert threads == [2, 0]


def test_no_name_runs_over_the_line_of_the_target_and_each_dot_says_its_own() -> None:
    """Two counts of nearly the whole target; the axis has its amounts."""
    points = tuple(ChartPoint(name, NOW, amount) for name, amount in (("Caixin", 12e6), ("Reuters", 11.9e6)))
    svg = charts.progress_svg(replace(PROGRESS, points=points), NOW) or ""
    assert {"0 Mt", "6 Mt", "12 Mt", "target"} <= set(texts(svg))
    (line,) = re.findall(r'y1="([\d.]+)"[^>]*stroke="#55606e" stroke-width="1"/>', svg)
    for name in ("Caixin 12 Mt", "Reuters 11.9 Mt"):
        (bottom,) = re.findall(rf'y="([\d.]+)"[^>]*>{name}</text>', svg)
        assert float(bottom) < float(line), name
        assert f"<title>{name}, {format_date(NOW.date())}</title></circle>" in svg


def test_without_a_path_there_is_no_progress_chart() -> None:
    assert charts.progress_svg(replace(PROGRESS, due=None), NOW) is None
    assert charts.progress_svg(replace(PROGRESS, points=()), NOW) is None


def test_a_picture_is_drawn_at_twice_its_size_and_always_alike() -> None:
    one, other = charts.png(timeline()), charts.png(timeline())
    assert one is not None
    assert one == other
    assert one[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">I", one[16:20])[0] == charts.WIDTH * 2


def test_letters_are_drawn_from_the_font_that_travels_along() -> None:
    assert charts.FONT.is_file()
    bare = charts.png(re.sub(r"<text.*?</text>", "", timeline()))
    assert bare != charts.png(timeline())


def test_a_drawing_that_fails_is_left_out() -> None:
    assert charts.png("<svg") is None


@pytest.mark.parametrize("name", ["<b>&\"'", "\x00\ud800", "长" * 300])
def test_names_from_outside_keep_the_drawing_well_formed(name: str) -> None:
    svg = charts.timeline_svg((sample_timeline(name, ("met", 9, 0)),), NOW - timedelta(days=9), NOW)
    assert ElementTree.fromstring(svg) is not None
    assert charts.png(svg)


def test_every_status_has_a_look_of_its_own_shape() -> None:
    keys = {key.value for key in Standing} | {Outlook.AT_RISK.value, Outlook.STALLED.value}
    assert keys == set(STATUS_STYLES)
    assert len({item.shape for item in STATUS_STYLES.values()}) == len(STATUS_STYLES)
    assert style_of("no such status") is UNKNOWN_STYLE


@pytest.mark.parametrize("tone", CHART_COLORS)
def test_words_on_a_bar_can_be_read(tone: str) -> None:
    assert contrast(CHART_COLORS[tone].fill, CHART_COLORS[tone].ink) >= 4.5


@pytest.mark.parametrize("name", ["mail.css", "layout.html.j2"])
def test_words_on_a_pill_can_be_read_by_day_and_night(name: str) -> None:
    sheet = (TEMPLATES / name).read_text(encoding="utf-8")
    pairs = re.findall(r"\.tone-(\w+) \{ background-color: (#\w{6})[^;]*; color: (#\w{6})", sheet)
    assert {tone for tone, _, _ in pairs} == set(CHART_COLORS)
    assert all(contrast(ground, ink) >= 4.5 for _, ground, ink in pairs)


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_name_of_a_row_is_as_bright_as_its_text_at_night() -> None:
    """`.grid th` is for the muted heads of the columns; a row's own name must win over it."""
    night = (TEMPLATES / "layout.html.j2").read_text(encoding="utf-8").partition("prefers-color-scheme: dark")[2]
    assert re.search(r"^[^{]*\.grid \.row[,{ ][^{]*\{ color: #e6eaf0", night, re.MULTILINE)


def test_a_month_is_named_only_where_its_name_fits() -> None:
    strips, end = (sample_timeline("Truce", ("met", 9, 0)),), datetime(2026, 3, 12, tzinfo=UTC)
    months = [
        [
            text
            for text in texts(charts.timeline_svg(strips, end - timedelta(days=120), end + timedelta(days=late)))
            if "2026" in text
        ]
        for late in (0, 19)
    ]
    assert months == [["Jan 2026", "Feb 2026"], ["Jan 2026", "Feb 2026", "Mar 2026"]]


def coloured(svg: str) -> list[ElementTree.Element]:
    """The shapes that have a colour of their own."""
    shapes = ElementTree.fromstring(svg).iter()
    return [s for s in shapes if any(s.get(of, "none").startswith("#") for of in ("fill", "stroke"))]


def test_every_colour_has_a_class_beside_it_by_which_a_page_gives_it_another_one_in_the_dark() -> None:
    sheet = (TEMPLATES / "site" / "pages.css").read_text(encoding="utf-8")
    drawn = (timeline(), charts.progress_svg(PROGRESS, NOW) or "", charts.stripes_svg(), year())
    for shape in (shape for svg in drawn for shape in coloured(svg)):
        kinds = [kind for kind in ("fill", "stroke") if shape.get(kind, "none").startswith("#")]
        names = shape.get("class", "").split()
        assert [name.partition("-")[0] for name in names] == kinds, ElementTree.tostring(shape)
        assert all(re.search(rf"\.{name} \{{ (fill|stroke): var\(--", sheet) for name in names), names


def year() -> str:
    return charts.year_svg(TIMELINES[1], NOW - timedelta(days=365), NOW)


def test_the_strip_of_a_year_is_told_by_its_title_and_striped_by_what_the_page_holds_once() -> None:
    strip = year()
    assert f"<title>{charts.alt_text(TIMELINES[1])}</title>" in strip
    used = set(re.findall(r"url\(#([\w-]+)\)", strip))
    assert used == {"y-at_risk"}
    assert used <= set(re.findall(r'pattern id="([\w-]+)"', charts.stripes_svg()))


def test_a_strip_has_a_mark_and_an_initial_for_each_month() -> None:
    assert len(re.findall("<line ", year())) == 12


def test_two_pictures_of_one_page_share_no_id() -> None:
    wide, narrow = (
        charts.timeline_svg(TIMELINES[1:2], NOW - timedelta(days=90), NOW, named=False, prefix=prefix, width=width)
        for prefix, width in (("s", charts.WIDTH), ("n", 328))
    )
    found = [set(re.findall(r'id="([\w-]+)"', svg)) for svg in (wide, narrow)]
    assert found == [{"s-at_risk"}, {"n-at_risk"}]
    assert 'width="328"' in narrow
    assert f"<title>{charts.alt_text(TIMELINES[1])}</title>" in narrow


def test_months_are_named_only_where_their_names_do_not_meet() -> None:
    start = NOW - timedelta(days=365)
    narrow = charts.timeline_svg((sample_timeline("x", ("met", 365, 0)),), start, NOW, named=False, width=328)
    named_months = [text for text in texts(narrow) if re.fullmatch(r"[A-Z][a-z]{2} 20\d\d", text)]
    assert named_months == ["Apr 2025", "Jul 2025", "Oct 2025", "Jan 2026"]


def test_a_date_that_has_no_room_beside_the_due_date_is_left_out() -> None:
    short = replace(PROGRESS, start=(NOW + timedelta(days=105)).date())
    late = charts.progress_svg(replace(short, points=(ChartPoint("customs", NOW, 2.9e6),)), NOW + timedelta(days=900))
    shown = texts(late or "")
    assert "due 30 Jun 2026" in shown
    assert "14 Mar 2026" not in shown
