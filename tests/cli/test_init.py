"""`init` lays out what the other commands accept."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders.shipped_rules import ROOT
from tests.builders.working_folder import command


def test_init_lays_out_the_shipped_rules_and_templates_and_what_an_editor_needs(tmp_path: Path) -> None:
    assert command("init", tmp_path).exit_code == 0
    for name in ("rules", "templates"):
        assert contents(tmp_path / name) == contents(ROOT / name)
    for path in (tmp_path / "rules").rglob("*.yaml"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert (path.parent / first.removeprefix("# yaml-language-server: $schema=")).is_file(), path


def contents(folder: Path) -> dict[str, str]:
    """What the files of a folder hold, apart from the line for an editor that `init` puts first."""
    texts = {path: path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file()}
    return {
        path.relative_to(folder).as_posix(): re.sub(r"\A# yaml-language-server:.*\n", "", text)
        for path, text in texts.items()
        if path.parent.name != ".schema"
    }


@pytest.mark.slow
def test_init_lays_out_a_folder_that_doctor_accepts_rules_and_all(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    assert command("init", folder).exit_code == 0
    result = command("--config", folder / "config.toml", "doctor", "--offline")
    assert result.exit_code == 0, result.stdout
    assert re.search(r"^ok +rules +21 commitments, \d+ rules", result.stdout, re.MULTILINE)
    assert not re.search(r"^FAIL|^warn +rules", result.stdout, re.MULTILINE)
    assert not (folder / "var" / "monitor.db").exists(), "doctor makes no database"


def test_init_keeps_what_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    command("init", folder)
    (folder / "config.toml").write_text("# mine\n", encoding="utf-8")
    (folder / "rules" / "policy.yaml").unlink()
    result = command("init", folder)
    assert result.exit_code == 0
    assert result.stdout.count("kept") == 3
    assert (folder / "config.toml").read_text(encoding="utf-8") == "# mine\n"
    assert not (folder / "rules" / "policy.yaml").exists()


def test_bare_init_means_this_folder_ends_with_config_toml_and_names_the_next_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = command("init").stdout
    written = [line.split()[-1] for line in said.splitlines() if line.startswith("written")]
    assert written == ["rules", "templates", "config.toml"], "a folder with config.toml is whole"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(written), "and nothing else"
    assert "cd " not in said
    assert re.findall(r"^  deal-monitor (.*)$", said, re.MULTILINE) == ["feeds check", "doctor", "run"]


def test_init_of_another_folder_says_to_go_there_and_refuses_a_file_in_its_place(tmp_path: Path) -> None:
    assert f"Next: cd {tmp_path / 'mine'}, " in command("init", tmp_path / "mine").stdout
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert command("init", tmp_path / "file").exit_code == 2


@pytest.mark.slow
def test_what_cannot_be_laid_out_whole_is_not_laid_out_at_all(tmp_path: Path) -> None:
    small = 30_000  # bytes of one file, which the largest rules exceed: it fails as on a full disk
    limited = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0})); from monitor.cli "
        "import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", limited.format(small), "init", "desk"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},  # compiled modules would be cut off too
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr
    laid = sorted(path.name for path in (tmp_path / "desk").iterdir())
    assert laid == [], "half of the rules would be kept by the next init"
