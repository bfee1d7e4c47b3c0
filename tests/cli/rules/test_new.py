"""`rules new`: a deal or a commitment that can be used as it is, and is good to go on from."""

import json
from pathlib import Path

from tests.builders import rules_folder
from tests.builders.working_folder import command, objects

KINDS = ("quantity", "milestone", "standing", "series")
PARTIES = ("--party", "eu", "--party", "india=India, New Delhi, commerce.gov.in")


def passes(rules: Path) -> None:
    """The folder has no issue but what is left to its author, and every example passes."""
    checked = command("rules", "check", rules, "--json")
    assert {issue["code"] for issue in objects(checked.stdout)} <= {"todo"}
    tested = command("rules", "test", rules)
    assert tested.exit_code == 0, tested.stdout


def new_deal(rules: Path, *commitments: str) -> str:
    """What the command prints for a new deal with these commitments."""
    named = (word for commitment in commitments for word in ("--commitment", commitment))
    result = command("rules", "new", "eu-india", *PARTIES, *named, "--rules", rules)
    assert (result.exit_code, result.stderr) == (0, "")
    return str(result.stdout)


def test_a_new_deal_passes_check_and_test_at_once_and_shows_every_effect(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    new_deal(rules, *(f"steel-{kind}:{kind}" for kind in KINDS))
    passes(rules)
    for kind in KINDS:
        lines = (rules / "eu-india" / f"steel-{kind}.examples").read_text(encoding="utf-8").splitlines()
        effects = {line.partition(" |")[0] for line in lines if " | " in line and not line.startswith("#")}
        assert effects == {"pledge", "progress", "delivered", "setback", "breach", "threat", "deadline", "none"}


def test_what_is_left_to_the_author_is_a_finding_until_it_is_written(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    printed = new_deal(rules, *(f"steel-{kind}:{kind}" for kind in KINDS))
    assert "TODO" in printed
    issues = objects(command("rules", "check", rules, "--json").stdout)
    left = {(Path(issue["path"]).stem, issue["line"]) for issue in issues}
    for kind in KINDS:
        path = rules / "eu-india" / f"steel-{kind}.yaml"
        lines = path.read_text(encoding="utf-8").splitlines()
        marked = [line for line in lines if "TODO" in line]
        assert [line.partition(":")[0].strip(" #") for line in marked if line.startswith(("owed", "steps", "targets"))]
        assert sum("TODO" in lines[number - 1] for stem, number in left if stem == path.stem) == len(marked)
        path.write_text("\n".join(lines).replace("TODO", "done") + "\n", encoding="utf-8")
    (last,) = objects(command("rules", "check", rules, "--json").stdout)
    sources = rules / "sources.yaml"
    assert (last["path"], last["line"]) == ("rules/sources.yaml", sources.read_text(encoding="utf-8").count("\n"))


def test_its_acts_know_the_words_of_the_shared_meanings(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    new_deal(rules, "rice-imports:quantity", "steel-quota:standing")
    read = {
        "Tokyo hoovers up rice imports": ("rice-imports", "progress"),
        "Rice imports slump": ("rice-imports", "setback"),
        "India vows more rice imports": ("rice-imports", "pledge"),
        "EU steel quota comes into force": ("steel-quota", "delivered"),
        "EU flouts steel quota": ("steel-quota", "breach"),
    }
    line = {"id": "1", "published": "2026-12-02T08:00:00Z", "source": "Reuters"}
    given = "".join(json.dumps(line | {"title": title}) + "\n" for title in read)
    matched = objects(command("match", "--rules", rules, "--json", "-", given=given).stdout)
    assert [(hit["commitment"], hit["effect"]) for each in matched for hit in each["matches"]] == [*read.values()]


def test_its_parties_speak_through_publishers_the_shipped_ones_and_those_that_are_named(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    new_deal(rules, "steel-quota")
    deal = (rules / "eu-india" / "deal.yaml").read_text(encoding="utf-8")
    assert "  eu: {}" in deal
    assert "  india: {name: 'India', words: ['India', 'New Delhi']}" in deal
    sources = (rules / "sources.yaml").read_text(encoding="utf-8")
    assert "domains: [commerce.gov.in], tier: official, side: india, zone: UTC, lang: en}" in sources.splitlines()[-1]
    assert "name: European Commission" in sources
    line = {"id": "1", "published": "2026-12-02T08:00:00Z", "source": "Reuters", "url": "", "summary": "", "lang": "en"}
    given = json.dumps(line | {"title": "European Commission signs steel quota"})
    (matched,) = objects(command("match", "--rules", rules, "--json", "-", given=given).stdout)
    assert [(each["effect"], each["by"], each["rule"]) for each in matched["matches"]] == [
        ("progress", "eu", "steel-quota/step")
    ]


def test_a_new_deal_teaches_has_a_gate_a_search_and_points_editors_to_its_schema(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    printed = new_deal(rules, "steel-quota")
    text = (rules / "eu-india" / "steel-quota.yaml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=../.schema/commitment.json\n")
    assert (rules / ".schema" / "commitment.json").exists()
    assert text.count("#") >= 12
    assert all(part in printed for part in ("rules check", "rules test", "[[feeds]]"))
    deal = (rules / "eu-india" / "deal.yaml").read_text(encoding="utf-8")
    assert "gate:\n  any: ['steel quota']\n" in deal
    assert "name: 'EU India'\n" in deal
    assert "name: 'Steel quota'\nshort: 'Steel quota'\n" in text
    assert "\nreads:\n" in text


def test_commitments_join_a_deal_with_a_vocabulary_of_its_own(tmp_path: Path) -> None:
    rules = rules_folder.write(tmp_path)
    named = (word for kind in KINDS for word in ("--commitment", f"steel-{kind}:{kind}"))
    result = command("rules", "new", "deal", *named, "--rules", rules)
    assert result.exit_code == 0
    text = (rules / "deal" / "steel-standing.yaml").read_text(encoding="utf-8")
    assert not text.startswith("# yaml-language-server")
    assert "owed_by: both" in text
    assert (rules / "sources.yaml").read_text(encoding="utf-8") == rules_folder.SOURCES


def test_nothing_is_overwritten_and_names_are_checked(tmp_path: Path) -> None:
    rules = rules_folder.write(tmp_path)
    before = {path: path.read_bytes() for path in rules.rglob("*.yaml")}
    refused = [
        ("deal", "--commitment", "beans"),
        ("deal", "--party", "eu", "--party", "us", "--commitment", "steel"),
        ("deal",),
        ("other", "--commitment", "steel"),
        ("other", *PARTIES, "--commitment", "beans"),
        ("other", *PARTIES, "--commitment", "steel:promise"),
        ("other", *PARTIES, "--commitment", "steel", "--commitment", "steel"),
        ("other", *PARTIES, "--commitment", "deal"),
        ("other", *PARTIES, "--commitment", "a/b"),
        ("vocabulary", *PARTIES, "--commitment", "steel"),
        ("../a", *PARTIES, "--commitment", "steel"),
        ("other", "--party", "The EU", "--party", "us", "--commitment", "steel"),
        ("other", "--party", "mercosur", "--party", "eu=the EU", "--commitment", "steel"),
    ]
    for words in refused:
        assert command("rules", "new", *words, "--rules", rules).exit_code == 2, words
    assert {path: path.read_bytes() for path in rules.rglob("*.yaml")} == before


def test_a_list_of_publishers_in_another_form_is_left_to_its_author(tmp_path: Path) -> None:
    rules = rules_folder.write(tmp_path, sources="publishers: []\n")
    result = command(
        "rules", "new", "eu-india", "--party", "eu=EU", *PARTIES[2:], "--commitment", "steel", "--rules", rules
    )
    assert result.exit_code == 2
    assert "commerce.gov.in" in result.stderr
    assert not (rules / "eu-india").exists()
