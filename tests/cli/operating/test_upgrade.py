"""`upgrade` brings a folder to what is shipped, and touches nothing that a person edited."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from monitor.workbench.authoring.laid_out import RECORD, LaidOut, hashes, read_record, write_record
from tests.builders.working_folder import command

POLICY, DEAL, SOURCES = "rules/policy.yaml", "rules/us-china-busan/deal.yaml", "rules/sources.yaml"
GONE, ALERT = "rules/us-china-busan/gone.yaml", "templates/alert.txt.j2"


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as `init` lays it out, for reading only."""
    folder = tmp_path_factory.mktemp("laid-out")
    assert command("init", folder).exit_code == 0
    return folder


@pytest.fixture
def folder(laid_out: Path, tmp_path: Path) -> Path:
    """The same as version 0.0 of the program would have laid it out: four files were otherwise then, one is no longer shipped, and
    one is new."""
    shutil.copytree(laid_out, tmp_path, dirs_exist_ok=True)
    for path in (POLICY, DEAL, "config.toml", GONE):
        (tmp_path / path).write_text("# of version 0.0\n", encoding="utf-8")
    record = read_record(tmp_path)
    assert record is not None
    old = record.files | hashes(tmp_path, (POLICY, DEAL, "config.toml", GONE))
    write_record(tmp_path, LaidOut("0.0", {path: digest for path, digest in old.items() if path != ALERT}))
    (tmp_path / ALERT).unlink()
    (tmp_path / SOURCES).unlink()
    (tmp_path / "config.toml").write_text("# mine\n", encoding="utf-8")
    return tmp_path


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_a_fresh_folder_needs_no_upgrade(laid_out: Path) -> None:
    before = text(laid_out / RECORD)
    result = command("upgrade", laid_out)
    assert result.exit_code == 0
    assert result.stdout == f"{laid_out} holds what this version ships; nothing is to be done.\n"
    assert text(laid_out / RECORD) == before


def test_what_nobody_edited_becomes_what_is_shipped_and_the_rest_stays(folder: Path, laid_out: Path) -> None:
    result = command("upgrade", folder)
    assert result.exit_code == 0
    for path in (POLICY, DEAL, ALERT):
        assert text(folder / path) == text(laid_out / path)
    assert text(folder / "config.toml") == "# mine\n"
    assert text(folder / "config.toml.new") == text(laid_out / "config.toml")
    assert not (folder / SOURCES).exists(), "what a person deleted stays deleted"
    assert not (folder / GONE).exists()
    assert text(folder / f"{GONE}.old") == "# of version 0.0\n"
    told = {line.split(" (")[0] for line in result.stdout.splitlines() if " (" in line}
    assert told == {
        f"replaced   {POLICY}",
        f"replaced   {DEAL}",
        f"added      {ALERT}",
        "edited     config.toml",
        f"set aside  {GONE}",
    }
    assert "1 edited file: `diff -u NAME NAME.new`" in result.stdout
    assert read_record(folder) == read_record(laid_out)


def test_a_second_upgrade_finds_nothing_more_to_do(folder: Path) -> None:
    command("upgrade", folder)
    (folder / "config.toml.new").unlink()
    assert "nothing is to be done" in command("upgrade", folder).stdout
    assert not (folder / "config.toml.new").exists()


def test_a_dry_run_says_the_same_and_changes_nothing(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    dry = command("upgrade", folder, "--dry-run").stdout
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert "Nothing was changed" in dry
    assert dry.partition("\n\n")[0] == command("upgrade", folder).stdout.partition("\n\n")[0]


def test_a_folder_without_a_record_keeps_every_file_and_is_asked_once(folder: Path) -> None:
    (folder / RECORD).unlink()
    result = command("upgrade", folder)
    assert "does not say how it was laid out" in result.stdout
    for path in (POLICY, DEAL, GONE):
        assert text(folder / path) == "# of version 0.0\n"
    assert (folder / f"{POLICY}.new").is_file()
    assert (folder / f"{ALERT}.new").is_file()
    assert "nothing is to be done" in command("upgrade", folder).stdout


def test_a_folder_that_was_never_laid_out_is_refused(tmp_path: Path) -> None:
    result = command("upgrade", tmp_path)
    assert result.exit_code == 2
    assert "holds no config.toml" in result.stderr
