"""Every message keeps the house style of docs/messages.md: samples, reasons, changes, and the sample year."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.cli import main
from monitor.cli.demo import SAMPLE_YEAR
from monitor.render.mail import subject
from monitor.render.renderer import MAX_DIGEST_LINES
from tests.builders.golden_wording import read_sections
from tests.builders.house_style import RULES, Letter, items
from tests.builders.rendered_messages import part, read_mail, sample_text
from tests.builders.sample_messages import PARCELS

GOLDEN = Path(__file__).parents[1] / "domain" / "messages" / "golden"


FOR_THE_OPERATOR = ("names no key or rule of the program above its last lines", "notice")
"""A notice is about the program, and names what the operator has to look for."""


def letter_of(kind: str) -> Letter:
    return Letter(subject(PARCELS[kind]), sample_text(kind))


@pytest.mark.parametrize("kind", sorted(PARCELS.keys() - {"busy digest"}))
def test_a_message_of_every_kind_keeps_every_rule(kind: str) -> None:
    rules = [rule for rule in RULES if (rule, kind) != FOR_THE_OPERATOR]
    assert {rule: found for rule in rules if (found := RULES[rule](letter_of(kind)))} == {}


@pytest.mark.parametrize("rule", RULES)
def test_every_wording_of_a_reason_and_a_change_keeps_the_rule(rule: str) -> None:
    golden = read_sections(GOLDEN / "test_golden.txt")
    reasons = golden["test_each_kind_of_reason_is_worded_as_it_was"][0].splitlines()
    changes = golden["test_each_kind_of_change_is_worded_as_it_was"][0].splitlines()
    lines = [*(line.partition(": ")[2] for line in reasons), *(line.rpartition(" | ")[2] for line in changes)]
    assert {line: found for line in lines if (found := RULES[rule](Letter("", line)))} == {}


BREAKS = {
    "uses no word that readers did not understand": Letter("", "Reuters says. Carried by two others."),
    "cuts no sentence": Letter("Talks: if Reuters is right, it…", "ends (only the US"),
    "says no word twice in a row": Letter("", "Subject\nfailing: failing, and the the date"),
    "has one script in its subject": Letter("MET · Talks · 中美元首会谈", ""),
    "fits its subject into 78 characters": Letter("x" * 79, ""),
    "prints each number and date in one form": Letter("", "7Mt by 10 November 2026, 8-10 Mt by 2026-12-31"),
    "counts one thing in the singular": Letter("", "1 changes"),
    "counts days only beside their date": Letter("", "the truce ends in 9 days"),
    "names no key or rule of the program above its last lines": Letter("", "at_risk by rare-earth-licenses/tightened"),
    "has one name for each status": Letter("", "was UNPLEDGED, now PLEDGED"),
}


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_finds_what_breaks_it_and_passes_what_keeps_it(rule: str) -> None:
    assert RULES[rule](BREAKS[rule]) != []
    kept = Letter(
        "Talks: Trump and Xi met in Busan", "Was PLEDGED, now MET.\nThe truce ends 10 Nov 2026, in 9 days: “so many”."
    )
    assert RULES[rule](kept) == []


def test_a_wrapped_text_is_read_as_its_lines_were_before() -> None:
    text = (
        "HOW SURE\n  Only the US Treasury\n  says so.\n\nDATES\n  - the truce\n    ends\n  - the sale due\n    "
        "https://a.example/b\n"
    )
    assert items(text) == ["HOW SURE", "Only the US Treasury says so.", "DATES", "- the truce ends", "- the sale due"]


def mails(folder: Path, news: tuple[str, ...]) -> Iterator[Letter]:
    for file in sorted(folder.rglob("*.eml")):
        found = read_mail(file.read_bytes())
        yield Letter(str(found["Subject"]), part(found, "plain"), news)


@pytest.fixture(scope="module")
def sample_year(tmp_path_factory: pytest.TempPathFactory) -> tuple[Letter, ...]:
    out = tmp_path_factory.mktemp("demo")
    result = CliRunner().invoke(main, ["demo", "--brief", "--out", str(out)])
    assert result.exit_code == 0, result.output
    stories = map(json.loads, SAMPLE_YEAR.read_text(encoding="utf-8").splitlines())
    said = {" ".join(story.get(part, "").split()).rstrip(".") for story in stories for part in ("title", "summary")} - {
        ""
    }
    return tuple(mails(out, tuple(sorted(said, key=len, reverse=True))))


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES)
def test_every_mail_of_the_sample_year_keeps_the_rule(rule: str, sample_year: tuple[Letter, ...]) -> None:
    assert len(sample_year) > 100
    broken = [(letter.subject, found) for letter in sample_year if (found := RULES[rule](letter))]
    assert broken == []


@pytest.mark.slow
def test_every_digest_of_the_sample_year_is_short_and_tells_the_week_first(sample_year: tuple[Letter, ...]) -> None:
    digests = [letter for letter in sample_year if letter.text.startswith("DEAL DIGEST, ")]
    assert len(digests) == 53
    assert [letter.subject for letter in digests if letter.text.count("\n") > MAX_DIGEST_LINES] == []
    assert [letter.subject for letter in digests if not letter.subject.startswith("Digest, ")] == []
    openings = [letter.text.split("\n\n")[1] for letter in digests]
    assert [text for text in openings if not text.startswith("1. ") and not text.endswith(".")] == []
