"""Each check on messages from real news fails on a message that is broken on purpose, and a true one passes all."""

import importlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.domain.messages.briefs import AlertBrief, DigestBrief, ReportLink
from monitor.domain.model.enums import By, FlagKind, Says, Tier
from monitor.domain.model.news import Publisher
from monitor.domain.model.policy import Policy
from monitor.domain.model.verdicts import Flag
from tests.builders import message_values as made

CI = Path(__file__).resolve().parents[2] / ".ci"
pytestmark = pytest.mark.skipif(not CI.is_dir(), reason="a source archive has no .ci")
QUOTE = "China has put off two cargoes of 65,000 tonnes"
SIGNAL = made.signal("s1", "a", quote=QUOTE)
STORY = made.story("a", title=QUOTE)


class Listed:
    """Publishers of which all are listed, or none."""

    def __init__(self, tier: Tier) -> None:
        self.tier = tier

    def find(self, source: str, url: str = "") -> Publisher:
        return Publisher(name=source, tier=self.tier)


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(CI))
    return importlib.import_module("message_checks")


def alert(**changes: Any) -> AlertBrief:
    plain = made.brief(signals={"s1": SIGNAL}, stories={"a": STORY})
    return replace(plain, **changes)


def headline(text: str) -> Callable[[AlertBrief], AlertBrief]:
    return lambda brief: replace(brief, headline=replace(brief.headline, text=text))


def line(**changes: Any) -> Callable[[AlertBrief], AlertBrief]:
    def broken(brief: AlertBrief) -> AlertBrief:
        first, *rest = brief.evidence.lines
        return replace(brief, evidence=replace(brief.evidence, lines=(replace(first, **changes), *rest)))

    return broken


def other_report(brief: AlertBrief) -> AlertBrief:
    link = ReportLink("https://news.example/other", "Dock News")
    return replace(brief, evidence=replace(brief.evidence, report=link))


def said_twice(brief: DigestBrief) -> DigestBrief:
    return replace(brief, events=brief.events * 2)


def failing(checks: Any, brief: AlertBrief | DigestBrief, tier: Tier = Tier.WIRE, **changes: Any) -> list[str]:
    """The names of the checks that the message fails."""
    signals = {"s1": SIGNAL, **changes.pop("signals", {})}
    sent = checks.Rehearsed(brief, changes.pop("text", ""), signals, {"a": STORY}, **changes)
    words = {"China": frozenset({"中国"}), "the US": frozenset({"美国", "US"})}
    known = checks.Known(frozenset({"puts off cargoes"}), words, Listed(tier), Policy())
    return [check.__name__ for check in checks.CHECKS if list(check(sent, known))]


def test_a_true_alert_and_a_true_digest_pass_every_check(checks: Any) -> None:
    assert failing(checks, alert()) == []
    assert failing(checks, made.digest()) == []


@pytest.mark.parametrize(
    ("check", "broken"),
    [
        ("subject_is_no_rule_phrase", headline("Soybeans: The two sides promise a step")),
        ("subject_is_no_rule_phrase", headline("Soybeans: China puts off cargoes")),
        ("subject_ends_well", headline("Soybeans: China has put off two cargoes of…")),
        ("subject_ends_well", headline("Soybeans: …")),
        ("subject_ends_well", headline("Soybeans: The office of China's harbours announced…")),
        ("status_agrees", headline("Soybeans now MET: China has put off two cargoes")),
        ("status_agrees", lambda brief: replace(brief, moved="Was IN PROGRESS, now MET")),
        ("doubts_agree", lambda brief: replace(brief, confidence="No official statement seen yet.")),
        ("next_is_ahead", lambda brief: replace(brief, next="AT RISK once China confirms the cargoes.")),
        ("next_is_ahead", lambda brief: replace(brief, next="The truce ends on 10 Mar 2026 unless extended.")),
        (
            "next_is_ahead",
            lambda brief: replace(brief, next="Returns to MET if China withdraws its threat of 15 Mar 2026."),
        ),
        ("next_is_ahead", headline("Soybeans: In 3 days (16 Mar 2026): the first lot is due")),
        (
            "next_is_ahead",
            lambda brief: replace(brief, moved="PLEDGED is now confirmed by China", next="MET once China confirms it."),
        ),
        ("quotes_are_whole", line(quote="China has put off three cargoes")),
        ("quotes_are_whole", line(quote="China has put off two cargoes of 65,000 ton")),
        ("quotes_are_whole", line(quote="ina has put off two cargoes")),
        ("quotes_are_whole", line(quote=f"{QUOTE} ]]>")),
        ("numbers_are_reported", headline("Soybeans: China has put off 70,000 tonnes")),
        ("reports_are_cited_truly", line(url="https://news.example/other")),
        ("reports_are_cited_truly", other_report),
        ("glosses_are_in_the_text", line(gloss="Chinese; reads as: the US puts off two cargoes")),
        ("glosses_are_in_the_text", line(gloss="in Chinese; in English at Dock News")),
    ],
)
def test_each_check_fails_on_an_alert_that_breaks_its_claim(checks: Any, check: str, broken: Any) -> None:
    assert check in failing(checks, broken(alert()))


def test_a_side_that_spoke_is_not_silent_and_an_outlet_beside_it_not_alone(checks: Any) -> None:
    spoken = made.signal("s2", "a", quote=QUOTE, says=Says("cn"), by=By("cn"))
    silent = alert(confidence="No statement from China seen yet.")
    assert failing(checks, silent, signals={}) == []
    assert failing(checks, silent, signals={"s2": spoken}) == ["silence_is_true"]
    lines = alert().evidence.lines
    quoted = replace(alert().evidence, lines=(*lines, replace(lines[0], signal="s2")))
    alone = alert(confidence="One outlet so far: Dock News.", evidence=quoted)
    assert failing(checks, alone) == []
    assert failing(checks, alone, signals={"s1": replace(SIGNAL, by=By("cn")), "s2": spoken}) == ["one_outlet_is_alone"]


def test_a_gloss_that_hides_which_way_a_measure_goes_is_found(checks: Any) -> None:
    vague = line(gloss="Chinese; reads as: China adjusts its list")(alert())
    for title, found in (("中国调整清单", []), ("中国调整清单：停止相关措施", ["glosses_are_in_the_text"])):
        sent = checks.Rehearsed(vague, "", {"s1": SIGNAL}, {"a": replace(STORY, title=title)})
        known = checks.Known(frozenset(), {"China": frozenset({"中国"})}, Listed(Tier.WIRE), Policy())
        failed = [check.__name__ for check in checks.CHECKS if list(check(sent, known))]
        assert [name for name in failed if name.startswith("glosses")] == found


def test_an_offices_sentence_in_the_words_of_a_rule_is_no_fault(checks: Any) -> None:
    assert failing(checks, headline("Soybeans: China puts off cargoes")(alert()), Tier.OFFICIAL) == []


def test_a_report_of_nobody_listed_a_command_and_a_missing_date_are_found(checks: Any) -> None:
    assert failing(checks, alert(), Tier.UNKNOWN) == ["publishers_count"]
    assert failing(checks, alert(), text="Misread? deal-monitor evidence reject 1") == ["no_program_text"]
    dated = {"soybean-purchases": made.verdict()}
    assert failing(checks, alert(), text="Has no end date", verdicts=dated) == ["dates_agree"]


def test_a_doubt_that_is_over_is_found(checks: Any) -> None:
    for days, found in ((20, []), (40, ["no_flag_is_over"])):
        flag = Flag(FlagKind.CONTESTED, "orders", made.NOW - timedelta(days=days))
        assert failing(checks, alert(), verdicts={"soybean-purchases": made.verdict(flags=(flag,))}) == found


def test_a_digest_that_repeats_itself_or_lets_a_headline_move_a_status_is_found(checks: Any) -> None:
    digest = made.digest()
    moves = replace(digest, statuses=("China has put off two cargoes, which moves Soybeans to AT RISK.",))
    assert failing(checks, said_twice(digest)) == failing(checks, moves) == ["digest_says_it_once"]
