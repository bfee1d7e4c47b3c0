"""Each recorded change is an entry of a feed, in the words of its alert and of its own time."""

from datetime import timedelta

from monitor.domain.model import Cause, CitedSignal, Effect, Outlook, PublishedVerdict, Standing
from monitor.domain.pages.change_entries import ChangeEntry, change_entries
from tests.builders.message_values import NOW, move, signal, verdict
from tests.builders.published_material import SOY, material


def entries(**changes: object) -> tuple[ChangeEntry, ...]:
    return change_entries(SOY, material(**changes))


def test_an_entry_has_the_subject_of_an_alert_and_its_evidence() -> None:
    (entry,) = entries()
    assert entry.title.startswith("Soybeans 12 Mt now AT RISK: ")
    assert (entry.text.id, entry.at, entry.text.kind, entry.text.status) == ("t1", NOW, "status", "at_risk")
    assert [line.signal for line in entry.evidence] == ["s1"]
    assert entry.confidence


def test_entries_are_newest_first() -> None:
    moves = tuple(move(f"t{day}", at=NOW + timedelta(days=day)) for day in range(3))
    assert [entry.text.id for entry in entries(history={SOY: moves})] == ["t2", "t1", "t0"]


def test_an_entry_says_what_was_published_with_it_whatever_is_published_since() -> None:
    then, later = verdict(), verdict(standing=Standing.MET, outlook=Outlook.STEADY, flags=())
    record = (PublishedVerdict(NOW, then), PublishedVerdict(NOW + timedelta(days=9), later))
    known = {"published": {SOY: record}, "verdicts": {SOY: later}, "now": NOW + timedelta(days=9)}
    assert entries(**known) == entries()


def test_an_entry_keeps_the_sentence_as_it_was_read_then() -> None:
    cited = CitedSignal("s1", Effect.SETBACK, "old-rule", "v1", "Buyers put off one cargo")
    (entry,) = entries(
        history={SOY: (move(cited=(cited,)),)},
        signals={"s1": signal("s1", "a", quote="Buyers have put off two cargoes", effect=Effect.PROGRESS)},
    )
    assert [line.quote for line in entry.evidence] == ["Buyers put off one cargo"]


def test_a_change_whose_evidence_is_no_longer_stored_is_told_all_the_same() -> None:
    (entry,) = entries(signals={}, stories={})
    assert entry.title.startswith("Soybeans 12 Mt now AT RISK")
    assert (entry.text.text, entry.evidence, entry.confidence) == ("Still IN PROGRESS, now AT RISK", (), "")


def test_a_date_without_a_report_rests_on_the_baseline() -> None:
    (entry,) = entries(history={SOY: (move(cause=Cause.CLOCK, evidence=()),)})
    assert [line.basis for line in entry.evidence] == ["baseline"]
