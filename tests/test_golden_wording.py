"""Golden files hold what tests use, and a text that differs fails with what to do."""

import ast
from pathlib import Path

import pytest

from tests.builders.golden_wording import GoldenWording, read_sections

TESTS = Path(__file__).parent
FILES = [file for file in sorted(TESTS.rglob("golden/test_*.txt")) if (file.parents[1] / f"{file.stem}.py").exists()]


def test_no_section_is_left_without_its_test() -> None:
    left = []
    for file in FILES:
        tree = ast.parse((file.parents[1] / f"{file.stem}.py").read_text(encoding="utf-8"))
        tests = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        left += [f"{file}: {name}" for name in read_sections(file) if name.partition("[")[0] not in tests]
    assert left == []


def test_no_golden_file_is_left_without_its_module() -> None:
    assert [str(file) for file in TESTS.rglob("golden/test_*.txt") if file not in FILES] == []


def test_a_text_is_compared_with_its_section(tmp_path: Path) -> None:
    file = tmp_path / "golden" / "test_module.txt"
    GoldenWording(file, "test_one", tmp_path, update=True)(f"{tmp_path}/a at 127.0.0.1:8080")
    written = GoldenWording(file, "test_two", None, update=True)
    written(["first line", "second line"])
    written("another text")
    assert read_sections(file) == {
        "test_one": ["FOLDER/a at 127.0.0.1:PORT"],
        "test_two": ["first line\nsecond line", "another text"],
    }
    kept = GoldenWording(file, "test_two", None, update=False)
    kept("first line\nsecond line")
    with pytest.raises(AssertionError, match="update-golden"):
        kept("a new text")
    with pytest.raises(AssertionError, match="update-golden"):
        kept("a third text")
