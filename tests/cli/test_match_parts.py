"""`match` and `replay` of many files: the same answers for any number of files and processes, nothing done twice."""

import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pyarrow
import pytest
from pyarrow import parquet

from tests.builders.golden_wording import GoldenWording
from tests.builders.shipped_rules import ROOT, YEAR
from tests.builders.spoken_processes import spoken
from tests.builders.story_lines import saved, story
from tests.builders.working_folder import command

TITLES = (
    "China buys soybeans from the United States",
    "Argentina sells wheat to Egypt and Algeria",
    "China cancels orders of soybeans from the United States",
    "China plans to build a bigger port for soybeans",
)
LINES = [story(f"{n}", f"2026-02-{1 + n % 27:02}T09:00:00Z", f"{TITLES[n % 4]} {n}") for n in range(24)]


def done(small_rules: Path, name: str, *arguments: str | Path) -> str:
    result = command(name, "--rules", small_rules, "--json", *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def parts(folder: Path, lines: Sequence[str]) -> list[Path]:
    """A plain, a gzipped and a Parquet file with a third of the lines each."""
    third = len(lines) // 3
    plain, packed, table = folder / "1.jsonl", folder / "2.jsonl.gz", folder / "3.parquet"
    plain.write_text("".join(f"{line}\n" for line in lines[:third]), encoding="utf-8")
    packed.write_bytes(gzip.compress("\n".join(lines[third : 2 * third]).encode()))
    parquet.write_table(pyarrow.Table.from_pylist(list(map(json.loads, lines[2 * third :]))), table)
    return [plain, packed, table]


@pytest.mark.parametrize("name", ["match", "replay"])
def test_many_files_of_any_kind_are_answered_like_one(name: str, small_rules: Path, tmp_path: Path) -> None:
    whole = done(small_rules, name, saved(tmp_path, *LINES))
    assert whole
    assert done(small_rules, name, *parts(tmp_path, LINES)) == whole


@pytest.mark.slow
@pytest.mark.parametrize("name", ["match", "replay"])
def test_any_number_of_processes_gives_the_same_answers(name: str, tmp_path: Path) -> None:
    """Each file is longer than a chunk, and some texts are edited, withdrawn or carried by other outlets."""
    year = YEAR.read_text(encoding="utf-8").splitlines()
    lines = [json.dumps(json.loads(line) | {"id": f"{copy}-{n}"}) for copy in "ab" for n, line in enumerate(year)]
    edited = [json.loads(line) for line in year[:40]]
    lines += [json.dumps(each | {"id": f"e{n}", "title": f"{each['title']} \\u2019"}) for n, each in enumerate(edited)]
    rules, whole = ROOT / "rules", saved(tmp_path, *lines)
    alone = done(rules, name, whole)
    assert alone.count("\n") > 50
    assert done(rules, name, "--jobs", "2", whole) == alone
    assert done(rules, name, "--jobs", "3", "--resume", tmp_path / "kept", *parts(tmp_path, lines)) == alone


@pytest.mark.slow
@pytest.mark.parametrize("name", ["match", "replay"])
def test_recorded_readings_are_joined_by_every_process(name: str, small_rules: Path, tmp_path: Path) -> None:
    stories = saved(tmp_path, *LINES)
    match = {"commitment": "soy", "effect": "setback", "says": "press", "quote": "wheat"}
    rows = [
        {"id": "1", "matches": [match]},
        {"id": "5", "matches": [match | {"quote": "rye"}]},
        {"id": "4", "matches": []},
    ]
    read = saved(tmp_path, *map(json.dumps, rows), name="readings.jsonl")
    alone = command(name, "--rules", small_rules, "--json", "--readings", read, stories)
    together = command(name, "--rules", small_rules, "--json", "--readings", read, "--jobs", "2", stories)
    assert (together.stdout, together.stderr) == (alone.stdout, alone.stderr)
    assert "matches refused: 1" in alone.stderr
    assert "soy/reader" in alone.stdout


@pytest.mark.parametrize("name", ["match", "replay"])
def test_a_repeated_command_takes_finished_files_from_its_folder(name: str, small_rules: Path, tmp_path: Path) -> None:
    files, folder = parts(tmp_path, LINES), tmp_path / "kept"
    whole = done(small_rules, name, "--resume", folder, *files)
    kept = sorted(folder.iterdir())
    assert [path.name.rpartition(".")[0] for path in kept] == [file.name for file in files]
    assert done(small_rules, name, "--resume", folder, *files) == whole
    for path in kept:  # what stands there is used
        path.write_text(path.read_text(encoding="utf-8").replace("progress", "setback"), encoding="utf-8")
    assert done(small_rules, name, "--resume", folder, *files) != whole


def test_kept_answers_are_those_of_one_content_one_rulebook_and_one_kind(small_rules: Path, tmp_path: Path) -> None:
    file, folder = saved(tmp_path, *LINES[:3]), tmp_path / "kept"

    def kept() -> int:
        return len(list(folder.iterdir()))

    done(small_rules, "match", "--resume", folder, file)
    assert kept() == 1
    command("match", "--rules", small_rules, "--resume", folder, file)
    done(small_rules, "replay", "--resume", folder, file)
    done(small_rules, "match", "--resume", folder, "--readings", saved(tmp_path, name="none.jsonl"), file)
    assert kept() == 4
    saved(tmp_path, *LINES[:4])
    assert done(small_rules, "match", "--resume", folder, file).count("\n") == 4
    assert kept() == 5


@pytest.mark.parametrize("jobs", ["1", pytest.param("2", marks=pytest.mark.slow)])
def test_a_bad_line_stops_only_its_file(jobs: str, small_rules: Path, tmp_path: Path, wording: GoldenWording) -> None:
    files = [saved(tmp_path, *LINES[n : n + 6], name=f"{n}.jsonl") for n in (0, 6, 12, 18)]
    saved(tmp_path, *LINES[6:8], '{"id": "a"}', *LINES[9:12], "{", name="6.jsonl")
    files[3].write_bytes(files[3].read_bytes() + b"\xff")
    call: list[str | Path] = ["match", "--rules", small_rules, "--json", "--jobs", jobs, *files]
    folder, result = tmp_path / "kept", command(*call)
    assert (result.exit_code, result.stdout.count("\n")) == (2, 8)
    assert result.stderr.startswith(f"error: {files[1]}:3: ")
    result = command(*call, "--resume", folder)
    assert (result.exit_code, result.stdout.count("\n")) == (2, 8)
    wording(result.stderr.replace(str(tmp_path), ""))
    assert sorted(path.name[:2] for path in folder.iterdir()) == ["0.", "12"]
    saved(tmp_path, *LINES[6:12], name="6.jsonl")
    saved(tmp_path, *LINES[18:], name="18.jsonl")
    assert done(small_rules, "match", "--resume", folder, *files) == done(small_rules, "match", saved(tmp_path, *LINES))


def test_standard_input_can_be_one_of_the_files_and_is_not_kept(small_rules: Path, tmp_path: Path) -> None:
    file, more = saved(tmp_path, *LINES[:2]), "".join(f"{line}\n" for line in LINES[2:4])
    result = command("match", "--rules", small_rules, "--json", file, "-", given=more)
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["0", "1", "2", "3"]
    refused = command("match", "--rules", small_rules, "--resume", tmp_path / "kept", given=more)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "--resume" in refused.stderr


DATED = pyarrow.table(
    {
        "id": ["time", "day"],
        "title": [TITLES[0], TITLES[2]],
        "published": pyarrow.array([1767225600, 1767312000], pyarrow.timestamp("s", tz="UTC")),
        "extra": [1, 2],
    }
)


def test_a_parquet_file_may_have_times_and_further_columns(small_rules: Path, tmp_path: Path) -> None:
    file = tmp_path / "stories.parquet"
    parquet.write_table(DATED, file)
    answers = [json.loads(line) for line in done(small_rules, "match", file).splitlines()]
    assert [(a["id"], a["matches"][0]["effect"]) for a in answers] == [("time", "progress"), ("day", "setback")]
    parquet.write_table(DATED.drop_columns(["title"]), file)
    result = command("match", "--rules", small_rules, file)
    assert result.stderr.startswith(f"error: {file}:1: the story has no text")
    file.write_bytes(b"PAR1 no more")
    result = command("replay", "--rules", small_rules, file)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: {file}:1: cannot be read")


def test_without_its_package_a_parquet_file_is_refused_with_the_command_that_installs_it(
    small_rules: Path, tmp_path: Path
) -> None:
    script = "import sys\nsys.modules['pyarrow'] = None\nfrom monitor.cli import main\nmain()"
    (file := tmp_path / "stories.parquet").touch()
    words = [sys.executable, "-c", script, "match", "--rules", str(small_rules), str(file)]
    result = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert result.returncode == 2
    assert "pip install 'deal-monitor[parquet]'" in result.stderr


def command_line(pid: int) -> bytes:
    """That of a process; empty if it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def matching(pid: int) -> list[int]:
    """The processes that match for this one; multiprocessing has one more of its own."""
    children = [int(name) for each in Path(f"/proc/{pid}/task").glob("*/children") for name in each.read_text().split()]
    return [child for child in children if b"spawn_main" in command_line(child)]


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    """More stories than a test waits for."""
    return saved(tmp_path, *LINES * 4_000)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_a_killed_process_ends_the_command_with_a_remedy(small_rules: Path, endless: Path) -> None:
    with spoken("match", "--rules", small_rules, "--json", "--jobs", "2", endless, terminal=False) as running:
        assert running.says('"id"')
        os.kill(matching(running.process.pid)[0], signal.SIGKILL)
        assert running.ends() == 2
    assert "--jobs" in running.text.splitlines()[-1]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_outlives_the_command(by: signal.Signals, small_rules: Path, endless: Path) -> None:
    with spoken("match", "--rules", small_rules, "--json", "--jobs", "2", endless, terminal=False) as running:
        assert running.says('"id"')
        left = matching(running.process.pid)
        assert len(left) == 2
        running.ends(by)  # their common pipe ends with the last of them
    assert not [pid for pid in left if b"spawn_main" in command_line(pid)]
