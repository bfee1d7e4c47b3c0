"""`site build` writes the pages below the data folder."""

from __future__ import annotations

from tests.builders.working_folder import Desk


def test_the_pages_lie_in_the_data_folder(desk: Desk) -> None:
    done = desk.run("site", "build")
    assert done.exit_code == 0, done.output
    assert done.stdout.rstrip().endswith(f"files: {desk.folder / 'site'}")
    assert (desk.folder / "site" / "index.html").read_text(encoding="utf-8").startswith("<!doctype html>")
