"""Pages may be public: they name no person who pinned, rejected or read, and give no mail address."""

from datetime import date
from typing import Any

from monitor.domain.messages.wording import detail_text
from monitor.domain.model import reasons
from monitor.domain.model.changes import StepChanged
from monitor.domain.model.enums import Effect, FlagKind, ReasonCode, Says, Standing
from monitor.domain.model.news import ReadBy, ReaderKind
from monitor.domain.model.reasons import Detail, Reason
from monitor.domain.model.verdicts import CitedSignal, Flag, Intervention, PublishedVerdict
from monitor.domain.pages.unnamed import people_in, without_names, without_names_in
from tests.builders.domain_values import PARTIES
from tests.builders.message_values import NOW, move, signal, verdict
from tests.builders.published_material import SOY, material

ANN = "Ann Lee"
PINNED = reasons.Pinned(
    ANN, date(2026, 4, 1), f"{ANN}@desk.example says so", "mail of <boss@desk.example>", Standing.MET
)
REJECTION = reasons.Rejection(ANN, "misread, see ann.lee@desk.example")
READER = ReadBy(ReaderKind.PERSON, ANN, "", None)
DETAILS: tuple[Detail, ...] = (
    PINNED,
    reasons.PinEnded(Standing.MET, PINNED),
    reasons.Confirmed(PINNED),
    reasons.StatusTakenBack(Standing.MET, REJECTION, PINNED),
    reasons.StatusTakenBack(Standing.MET, None, PINNED, READER),
    reasons.ReportTakenBack(StepChanged("approved", None), REJECTION),
    reasons.ReportTakenBack(StepChanged("approved", None), None, READER),
    reasons.DoubtTakenBack(reasons.Text("ann.lee@desk.example"), REJECTION),
    reasons.DoubtDropped(PINNED),
)


def everywhere(detail: Detail) -> dict[str, Any]:
    """A record in which a person stands wherever one can."""
    why, flag = Reason(ReasonCode.PINNED, detail), Flag(FlagKind.PINNED, "p1", NOW, detail)
    stands = verdict(why=why, flags=(flag,))
    intervention = Intervention("a1", "pin", SOY, "", "says ann.lee@desk.example", "boss@desk.example", NOW, by=ANN)
    cited = CitedSignal("s1", Effect.SETBACK, "r", "v", "quote", (READER,))
    return {
        "verdicts": {SOY: stands},
        "signals": {"s1": signal("s1", "a", read_by=(READER,), origin="Ministry Spokesman", says=Says("us"))},
        "history": {SOY: (move(reason=why, flags=(flag,), cited=(cited,)),)},
        "published": {SOY: (PublishedVerdict(NOW, stands),)},
        "interventions": {SOY: (intervention,)},
    }


def test_no_name_and_no_mail_address_of_a_person_is_left() -> None:
    for detail in DETAILS:
        unnamed = without_names(material(**everywhere(detail)))
        assert ANN not in repr(unnamed), detail
        assert "@desk" not in repr(unnamed), detail


def test_the_reason_and_the_officials_of_the_news_stay() -> None:
    unnamed = without_names(material(**everywhere(PINNED)))
    told = detail_text(unnamed.history[SOY][0].reason.detail, PARTIES)
    assert told.startswith("pinned by a person until 1 Apr 2026: ")
    assert unnamed.context.signals["s1"].origin == "Ministry Spokesman"
    assert unnamed.interventions[SOY][0].reason == "says (address left out)"


def test_rules_and_models_keep_their_names() -> None:
    model = ReadBy(ReaderKind.MODEL, "qwen3:8b", "1a2b", Effect.SETBACK)
    unnamed = without_names(material(signals={"s1": signal("s1", "a", read_by=(model, READER))}))
    assert [reader.name for reader in unnamed.context.signals["s1"].read_by] == ["qwen3:8b", ""]


def test_a_text_that_was_worded_with_names_loses_them() -> None:
    for detail in DETAILS:
        people = people_in(material(**everywhere(detail)))
        assert people == {ANN}, detail
        said = without_names_in(f"Soybeans: {detail_text(detail, PARTIES)}; read by {ANN}.", people)
        assert ANN not in said, detail
        assert "@" not in said, detail
        assert said.endswith("read by a person."), detail


def test_who_pins_in_a_headline_goes_unnamed_and_a_name_stays_where_it_is_no_act_of_that_person() -> None:
    assert without_names_in("Soybeans: Ann Lee pins the status", {ANN}) == "Soybeans: a person pins the status"
    others = "Premier Ann Lee spoke, standby Ann Leeds"
    assert without_names_in(others, {ANN}) == others


def test_a_mail_address_in_any_writing_is_left_out_whole() -> None:
    names = ["o'neil@", '"ann lee"@', "ann%40", "ann＠", "ann+news@a.", "安@"]
    for address in ("<ann@desk.example>", *(f"{name}desk.example" for name in names)):
        assert without_names_in(f"see {address}, he says", ()) == "see (address left out), he says", address


def test_what_is_no_mail_address_stays() -> None:
    cases = ["https://video.example/@channel.tv", "up 100%40.5", "meet @ noon", "user@host"]
    assert [(text, without_names_in(text, ())) for text in cases] == [(text, text) for text in cases]
