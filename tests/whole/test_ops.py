"""The units, the image and the compose file call commands that exist, know every secret and keep the program in bounds.

No service manager and no Docker runs here: what they would read is checked, and what a shell can run is run.
"""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any, get_args

import click
import pytest
import yaml
from pydantic import SecretStr

from monitor.cli import main
from monitor.config.read_settings import leaves
from tests.builders.shipped_rules import ROOT

OPS = ROOT / "ops"
UNITS = sorted(OPS.glob("*.service"))
TIMERS = sorted(OPS.glob("*.timer"))
PROGRAM = "/opt/deal-monitor/bin/deal-monitor"
MOST_EXPOSED = 2.0
"""Of what `systemd-analyze security` counts from 0 (safe) to 10."""
ANALYZE = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed")


def values(unit: Path, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)


def parses(words: list[str]) -> bool:
    """Whether the command line takes these words; nothing is run."""
    context = main.make_context("deal-monitor", list(words))
    command: click.Command = main
    while isinstance(command, click.Group):
        name, found, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        assert found is not None, name
        context = found.make_context(name, rest, parent=context)
        command = found
    return True


# ---------------------------------------------------------------- units


def test_a_unit_starts_a_command_that_exists() -> None:
    for unit in UNITS:
        (start,) = values(unit, "ExecStart")
        program, *words = shlex.split(start)
        assert program == PROGRAM, unit
        assert parses(words), unit


def test_a_unit_has_a_line_for_every_secret() -> None:
    for unit in UNITS:
        secrets = {"__".join(path) for path, kind in leaves() if SecretStr in (kind, *get_args(kind))}
        named = {line.partition(":")[0] for line in values(unit, "#LoadCredential")}
        assert named == secrets, unit
        assert all(
            line.endswith(f":/etc/deal-monitor/{line.partition(':')[0]}") for line in values(unit, "#LoadCredential")
        ), unit


def test_each_timer_starts_a_unit_that_ends_by_itself() -> None:
    assert [timer.with_suffix(".service") for timer in TIMERS] == [
        unit for unit in UNITS if values(unit, "Type") == ["oneshot"]
    ]


@needs_systemd
def test_systemd_takes_every_unit_without_a_word(tmp_path: Path) -> None:
    """Apart from the program, which does not lie there."""
    for unit in (*UNITS, *TIMERS):
        text = unit.read_text(encoding="utf-8").replace(PROGRAM, "/bin/true")
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    files = [str(tmp_path / unit.name) for unit in (*UNITS, *TIMERS)]
    done = subprocess.run([str(ANALYZE), "verify", "--man=no", *files], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@needs_systemd
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_is_little_exposed(unit: Path) -> None:
    words = [str(ANALYZE), "security", "--offline=true", "--no-pager", str(unit)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    found = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
    assert found is not None, done.stderr
    assert float(found[1]) <= MOST_EXPOSED


# ---------------------------------------------------------------- the image


def dockerfile(*keys: str) -> list[str]:
    """The arguments of these instructions, each as one line."""
    text = re.sub(r"\\\n\s*", "", (OPS / "Dockerfile").read_text(encoding="utf-8"))
    return re.findall(rf"^(?:{'|'.join(keys)}) (.*)$", text, re.MULTILINE)


def admitted(path: str) -> bool:
    """Whether the build may see this file of the clone: all is ignored, but for what a line with ! names."""
    lines = (OPS / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in lines
    return any(path == line[1:] or path.startswith(f"{line[1:]}/") for line in lines if line.startswith("!"))


def test_what_the_image_copies_is_there_and_not_ignored() -> None:
    copied = [word for line in dockerfile("COPY") if "--from" not in line for word in line.split()[:-1]]
    sources = [word.removeprefix("./") for word in copied if not word.startswith("--")]
    assert len(sources) > 8
    assert [source for source in sources if not (ROOT / source).exists() or not admitted(source)] == []


def test_the_image_names_no_registry_and_runs_as_nobody_in_particular() -> None:
    assert dockerfile("ARG") == ["PYTHON=python:3.13-slim"]
    assert {line.split()[0] for line in dockerfile("FROM")} == {"${PYTHON}"}
    assert dockerfile("USER") == ["10001:10001"]
    assert "--require-hashes" in dockerfile("RUN")[0]
    assert all("--no-index" in line for line in dockerfile("RUN")[1:] if "pip wheel" in line or "pip install" in line)


def test_the_image_asks_for_its_health_by_a_command_that_exists() -> None:
    (check,) = dockerfile("HEALTHCHECK")
    words = yaml.safe_load(check.partition("CMD ")[2])
    assert words[0] == "deal-monitor"
    assert parses(words[1:])
    assert parses(yaml.safe_load(dockerfile("CMD")[0]))
    assert dockerfile("ENTRYPOINT") == ['["docker-entrypoint"]']


@pytest.fixture
def started(tmp_path: Path) -> Any:
    """Runs the entry point where `deal-monitor` writes down how it is called, and `init` lays a folder out."""
    program = tmp_path / "bin" / "deal-monitor"
    program.parent.mkdir()
    script = f'#!/bin/sh\necho "$$ $@" >> {tmp_path}/calls\n[ "$1" != init ] || touch "$2/config.toml"\n'
    program.write_text(script, encoding="utf-8")
    program.chmod(0o755)
    data = tmp_path / "data"
    data.mkdir()

    def run(*words: str) -> tuple[int, list[tuple[int, str]]]:
        """The process that was started, and each call: its process, and its words."""
        (tmp_path / "calls").unlink(missing_ok=True)
        environment = {"PATH": f"{program.parent}:{os.environ['PATH']}", "DEAL_MONITOR_CONFIG": f"{data}/config.toml"}
        with subprocess.Popen([OPS / "docker-entrypoint.sh", *words], env=environment) as process:
            assert process.wait(20) == 0
        calls = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
        return process.pid, [(int(number), rest) for number, _, rest in (line.partition(" ") for line in calls)]

    return run


def test_the_first_start_lays_an_empty_volume_out_and_later_ones_do_not(started: Any, tmp_path: Path) -> None:
    process, calls = started("run")
    assert [words for _, words in calls] == [f"init {tmp_path / 'data'}", "run"]
    assert calls[-1][0] == process, "it becomes the program, so that signals reach that"
    assert [words for _, words in started("run")[1]] == ["run"]


def test_a_command_that_needs_no_folder_lays_none_out(started: Any) -> None:
    assert [words for _, words in started("backup", "x")[1]] == ["backup x"]


# ---------------------------------------------------------------- compose


COMPOSE = yaml.safe_load((OPS / "compose.yaml").read_text(encoding="utf-8"))


def test_a_service_runs_a_command_that_exists_in_bounds() -> None:
    cases = COMPOSE["services"]
    for name in cases:
        service = COMPOSE["services"][name]
        assert parses(service["command"]), name
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert (OPS / service["build"]["context"] / service["build"]["dockerfile"]).is_file(), name
        assert service["environment"]["CREDENTIALS_DIRECTORY"] == "/run/secrets", name
        volumes = [volume.split(":")[0] for volume in service["volumes"]]
        assert volumes == [*COMPOSE["volumes"], "./secrets"], name


def test_the_fleet_runs_workers_on_a_database_that_nobody_else_reaches() -> None:
    fleet = yaml.safe_load((OPS / "compose.fleet.yaml").read_text(encoding="utf-8"))
    worker = fleet["services"]["monitor"]
    assert parses(worker["command"])
    assert (worker["command"], worker["restart"], worker["deploy"]) == (["worker"], "always", {"replicas": 3})
    assert fleet["services"].keys() == {"db", *COMPOSE["services"]}
    assert [name for name, service in fleet["services"].items() if "ports" in service] == []


def test_the_pages_are_reached_from_this_machine_alone() -> None:
    assert COMPOSE["services"]["site"]["ports"] == ["127.0.0.1:8470:8470"]
    assert "ports" not in COMPOSE["services"]["monitor"]
