"""`site build` writes the pages below the data folder."""

from __future__ import annotations

import feedparser
from icalendar import Calendar

from tests.builders.machine_files import check_json
from tests.builders.small_rulebook import BUYS
from tests.builders.working_folder import Desk


def test_the_pages_lie_in_the_data_folder(desk: Desk) -> None:
    done = desk.run("site", "build")
    assert done.exit_code == 0, done.output
    assert done.stdout.rstrip().endswith(f"files: {desk.folder / 'site'}")
    assert (desk.folder / "site" / "index.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_programs_can_read_their_files_and_none_names_the_person_who_pinned_a_status(desk: Desk) -> None:
    desk.hear(BUYS)
    pinned = desk.run("commitment", "pin", "soy", "in_force", "seen", "a call", "--by", "Ann Lee")
    assert pinned.exit_code == 0, pinned.output
    assert desk.run("site", "build").exit_code == 0
    site = (desk.folder / "site").resolve()
    files = {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*.*") if path.is_file()}
    assert [address for address, content in files.items() if b"Ann Lee" in content] == []
    document = check_json(files)["api/v1/soy.json"]
    assert (document["status"], [row["reason"] for row in document["interventions"]]) == ("in_force", ["seen"])
    feed = feedparser.parse(files["c/soy.atom"])
    assert not feed.bozo
    assert {entry.id.rpartition("/")[2] for entry in feed.entries} == {change["id"] for change in document["changes"]}
    assert Calendar.from_ical(files["deadlines.ics"]).walk("VEVENT") == []
