"""What an upgrade may do about a file, by how it was laid out, how it is shipped now and how it is in the folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from monitor.workbench.laid_out import (
    RECORD,
    Act,
    LaidOut,
    Step,
    apply,
    hashes,
    read_record,
    remember,
    steps,
    upgrade_advice,
    write_record,
)


def done(was: str | None, ships: str | None, is_now: str | None, *, known: bool = True) -> str:
    """What is done about the one file f, each state given by its hash; None: there is no such file. '': nothing."""

    def files(digest: str | None) -> dict[str, str]:
        return {} if digest is None else {"f": digest}

    found = steps(LaidOut("1.0", files(was)) if known else None, files(ships), files(is_now))
    assert len(found) <= 1
    return found[0].act.value if found else ""


@pytest.mark.parametrize(
    ("was", "ships", "is_now", "act"),
    [
        ("a", "a", "a", ""),
        ("a", "b", "a", "replaced"),
        ("a", "b", "b", ""),
        ("a", "a", "x", "kept"),
        ("a", "b", "x", "edited"),
        (None, "b", None, "added"),
        (None, "b", "x", "edited"),
        ("a", "a", None, ""),
        ("a", "b", None, "kept"),
        ("a", None, "a", "set aside"),
        ("a", None, "x", "kept"),
        ("a", None, None, ""),
        (None, None, "x", ""),
    ],
)
def test_only_what_nobody_edited_is_changed(was: str | None, ships: str | None, is_now: str | None, act: str) -> None:
    assert done(was, ships, is_now) == act


@pytest.mark.parametrize(("is_now", "act"), [("b", ""), ("x", "edited"), (None, "edited")])
def test_without_a_record_whatever_differs_counts_as_edited(is_now: str | None, act: str) -> None:
    assert done(None, "b", is_now, known=False) == act


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one rule, laid out and recorded."""
    (tmp_path / "rules" / "deal").mkdir(parents=True)
    (tmp_path / "rules" / "deal" / "soy.yaml").write_text("id: soy\n", encoding="utf-8")
    remember(tmp_path, ["rules"], "1.0")
    return tmp_path


def test_each_step_leaves_the_edited_text_and_the_shipped_one_where_it_says(folder: Path, tmp_path: Path) -> None:
    shipped, path = tmp_path / "shipped", "rules/deal/soy.yaml"
    (shipped / path).parent.mkdir(parents=True)
    (shipped / path).write_text("id: soy # new\n", encoding="utf-8")
    (shipped / "rules" / "more.yaml").write_text("{}", encoding="utf-8")
    (folder / path).chmod(0o640)
    apply(Step(Act.LAY_BESIDE, path, ""), folder, shipped)
    apply(Step(Act.LEAVE, path, ""), folder, shipped)
    assert (folder / path).read_text(encoding="utf-8") == "id: soy\n"
    assert (folder / f"{path}.new").read_text(encoding="utf-8") == "id: soy # new\n"
    apply(Step(Act.REPLACE, path, ""), folder, shipped)
    apply(Step(Act.ADD, "rules/more.yaml", ""), folder, shipped)
    assert (folder / path).read_text(encoding="utf-8") == "id: soy # new\n"
    assert (folder / path).stat().st_mode & 0o777 == 0o640
    apply(Step(Act.SET_ASIDE, path, ""), folder, shipped)
    names = {p.relative_to(folder / "rules").as_posix() for p in (folder / "rules").rglob("*") if p.is_file()}
    assert names == {"deal/soy.yaml.new", "deal/soy.yaml.old", "more.yaml"}


def test_what_an_upgrade_left_beside_a_file_is_no_file_of_the_folder(folder: Path) -> None:
    before = hashes(folder, ["rules"])
    (folder / "rules" / "deal" / "soy.yaml.new").write_text("x", encoding="utf-8")
    (folder / "rules" / "deal" / "old.yaml.old").write_text("x", encoding="utf-8")
    assert hashes(folder, ["rules", "templates"]) == before == {"rules/deal/soy.yaml": before["rules/deal/soy.yaml"]}


def test_a_link_counts_as_edited_wherever_it_leads(folder: Path) -> None:
    file = folder / "rules" / "deal" / "soy.yaml"
    file.rename(folder / "elsewhere.yaml")
    file.symlink_to(folder / "elsewhere.yaml")
    (step,) = steps(read_record(folder), {"rules/deal/soy.yaml": "other"}, hashes(folder, ["rules"]))
    assert step.act is Act.LAY_BESIDE


def test_a_record_grows_by_what_is_laid_out_later(folder: Path) -> None:
    (folder / "config.toml").write_text("", encoding="utf-8")
    remember(folder, ["config.toml"], "1.1")
    record = read_record(folder)
    assert record is not None
    assert (record.program, set(record.files)) == ("1.1", {"config.toml", "rules/deal/soy.yaml"})


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"program": "1", "files": 3}', "{"])
def test_a_record_that_cannot_be_read_is_none(folder: Path, text: str) -> None:
    (folder / RECORD).write_text(text, encoding="utf-8")
    assert read_record(folder) is None
    assert upgrade_advice(folder, "1.0") == []


def test_advice_is_given_where_versions_differ_or_files_wait_beside_edited_ones(folder: Path) -> None:
    assert upgrade_advice(folder, "1.0") == upgrade_advice(folder, "") == []
    (older,) = upgrade_advice(folder, "2.0")
    assert "laid out by version 1.0, and this program is 2.0; `deal-monitor upgrade" in older
    (folder / "rules" / "deal" / "soy.yaml.new").write_text("x", encoding="utf-8")
    (waiting,) = upgrade_advice(folder, "1.0")
    assert "holds 1 file ending in .new; compare" in waiting
    write_record(folder, LaidOut("1.0", {"config.toml": "a"}))
    (folder / "config.toml.new").write_text("x", encoding="utf-8")
    assert len(upgrade_advice(folder, "1.0")) == 1
