"""The publishers are read from their file alone, and are those of the whole rulebook."""

from pathlib import Path

import pytest

from monitor.domain.text.writing_systems import HAN_CHAR
from monitor.errors import RuleError
from monitor.rulebook.publisher_file import load_publishers
from tests.builders.shipped_rules import RULES
from tests.builders.small_rulebook import rulebook, write


def test_the_publishers_of_a_folder_are_those_of_its_rulebook_even_if_rules_are_broken(tmp_path: Path) -> None:
    rules = rulebook(tmp_path / "rules")
    assert load_publishers(tmp_path / "rules") == rules.publishers
    folder = write(tmp_path / "b" / "rules", soy="id: [")
    assert load_publishers(folder).find("Herald Wire").owner == "Herald"


def test_each_shipped_publisher_has_an_english_name_and_no_namesake_at_its_own_addresses() -> None:
    shipped = load_publishers(RULES)
    assert [each.publisher.name for each in shipped.entries if HAN_CHAR.search(each.publisher.name)] == []
    for each in shipped.entries:
        found = {shipped.find(n, f"https://{at}/1") for n in each.aliases for at in each.domains}
        assert found <= {each.publisher}, each.publisher.name


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (None, "rules/sources.yaml:1:1: error["),
        ("publishers:\n  - {name: Herald, tier: wires}\n", "rules/sources.yaml:2:26: error["),
        ("publishers: [", "rules/sources.yaml:1:"),
    ],
    ids=["missing", "wrong tier", "no YAML"],
)
def test_a_file_of_publishers_that_cannot_be_used_is_named_with_line_and_column(
    tmp_path: Path, text: str | None, complaint: str
) -> None:
    if text is not None:
        (tmp_path / "rules").mkdir()
        (tmp_path / "rules" / "sources.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError) as refused:
        load_publishers(tmp_path / "rules")
    assert str(refused.value).startswith(complaint)
