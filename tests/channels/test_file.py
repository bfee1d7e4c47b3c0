"""Files: whole or not at all, under names that sort by time and stay the same."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.channels.file import FileChannel, message_file_name
from monitor.errors import ChannelError
from tests.builders.sample_messages import ALERT, ALERT_PARCEL, DIGEST_PARCEL


def test_a_mail_and_a_slack_message_are_written_as_they_are(tmp_path: Path) -> None:
    channel = FileChannel(tmp_path / "outbox")
    mail = channel.send(b"Subject: x\r\n\r\nbody\r\n", "m1")
    slack = channel.send({"text": "采购 🚢"}, "m1")
    assert (tmp_path / "outbox" / mail.ref).read_bytes() == b"Subject: x\r\n\r\nbody\r\n"
    assert json.loads((tmp_path / "outbox" / slack.ref).read_text(encoding="utf-8")) == {"text": "采购 🚢"}
    assert sorted(path.name for path in (tmp_path / "outbox").iterdir()) == ["m1.eml", "m1.json"]


def test_the_same_message_twice_is_one_file(tmp_path: Path) -> None:
    channel = FileChannel(tmp_path)
    assert channel.send(b"one", "m1").ref == channel.send(b"two", "m1").ref
    assert (tmp_path / "m1.eml").read_bytes() == b"two"


def test_names_sort_by_the_events_time_and_differ_by_reader() -> None:
    later = replace(ALERT_PARCEL, brief=replace(ALERT, at=ALERT.at + timedelta(hours=1)), message_id="a")
    assert message_file_name(ALERT_PARCEL) < message_file_name(later)
    assert message_file_name(ALERT_PARCEL) == message_file_name(replace(ALERT_PARCEL, number=9, repeat=True))
    assert message_file_name(ALERT_PARCEL) != message_file_name(replace(ALERT_PARCEL, to="other@example.org"))
    assert message_file_name(DIGEST_PARCEL).startswith("20260314T093000Z-sample-digest-")


@pytest.mark.parametrize("name", ["../../escape", "/etc/passwd", "a\x00b", "..", "", "x" * 500, "nul\n"])
def test_a_name_stays_inside_its_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "outbox"
    FileChannel(folder).send(b"x", name)
    assert [path.parent for path in tmp_path.rglob("*.eml")] == [folder]


def test_a_folder_that_cannot_be_written_is_an_error_with_its_name(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(ChannelError, match="file") as caught:
        FileChannel(blocked).send(b"x", "m1")
    assert not caught.value.permanent
