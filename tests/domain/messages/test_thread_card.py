"""The statuses in the header of a thread."""

from monitor.domain.messages.thread_card import build_card, related_statuses, reported_status
from tests.builders.message_values import brief, commitment, digest, verdict


def test_a_thread_without_an_alert_has_no_header() -> None:
    assert build_card("slack", "C1", "ref", []) is None
    assert build_card("slack", "C1", "ref", [(1, digest())]) is None


def test_a_digest_reports_the_status_of_no_commitment_and_an_alert_that_of_its_own() -> None:
    alert = brief()
    assert reported_status(digest(), "soybean-purchases") == ""
    assert reported_status(alert, "soybean-purchases") == alert.headline.status == "at_risk"
    assert reported_status(alert, "truce") == ""


def test_a_related_commitment_is_shown_only_with_a_verdict_and_a_rule_file() -> None:
    verdicts = {key: verdict(key) for key in ("soybean-purchases", "dropped")}
    commitments = {key: commitment(key) for key in ("soybean-purchases", "undecided")}
    shown = related_statuses(("soybean-purchases", "dropped", "undecided"), verdicts, commitments, "UTC")
    assert [(section.commitment, section.status) for section in shown] == [("soybean-purchases", "at_risk")]
    assert shown[0].shown.endswith(", unconfirmed")
