"""The program with a real, small model that cannot do the task: it ends in bounded time, and nothing rests on it.

    real_model.py BASE_URL FOLDER

Prints what each step took. Fails if a step takes longer than its texts allow, or a reading of the model has an effect.
"""

# ruff: noqa: T201 - figures for whoever reads the run's output

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from tests.builders.feed_publisher import Item, publisher, rss

ROOT = Path(__file__).resolve().parents[1]
MODEL = "SmolLM2-135M-Instruct"
SECONDS, MOST_SECONDS = 15, 60
"""The time limit of a request, and of the longest one on a single text."""
EXAMPLES, TRIES = 10, 2
REST_SECONDS = 90
"""For the program itself: rules, feeds and decisions, on a busy machine."""
TITLES = (
    "Soybean growers in Iowa wait for word from Chinese buyers",
    "TikTok's American investors meet officials in Washington again",
    "Washington may allow sales of a slower chip to China",
)
OLD = "A museum opens a wing for its old maps"
CONFIG = """
routes = [{{name = "desk", channel = "file", to = "desk@deals.example", least_severity = "routine"}}]
feeds = [{{name = "wire", url = "{feed}", publisher = "Reuters", interval = "5m"}}]
monitor = {{database = "sqlite:///monitor.db", rules = {rules}, templates = {templates}, data = "."}}
poll = {{allow_private_addresses = true}}
reader = {{base_url = "{url}", model = "{model}", batch = 1, timeout_seconds = {seconds}}}
"""


def run(folder: Path, limit_s: float, *arguments: str) -> str:
    """The output of a command, which must end in time and without a traceback."""
    began = time.monotonic()
    command = [sys.executable, "-m", "monitor", "--config", str(folder / "config.toml"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=limit_s, check=False)  # noqa: S603
    print(f"{' '.join(arguments)}: {time.monotonic() - began:.0f} s, exit code {done.returncode}")
    output = done.stdout + done.stderr
    if done.returncode not in (0, 1) or "Traceback" in output:
        raise SystemExit(output)
    return output


def main(url: str, folder: Path) -> None:
    folder.mkdir()
    now = datetime.now(UTC)
    dates = [format_datetime(now - timedelta(minutes=minutes), usegmt=True) for minutes in (90, 3)]
    old = Item("old", OLD, "https://reuters.example/old", dates[0])
    news = [Item(title, title, f"https://reuters.example/{n}", dates[1]) for n, title in enumerate(TITLES)]
    with publisher({"/wire": rss(old)}) as wire:
        places = {"rules": json.dumps(str(ROOT / "rules")), "templates": json.dumps(str(ROOT / "templates"))}
        values = places | {"feed": wire.url("/wire"), "url": url, "model": MODEL, "seconds": SECONDS}
        (folder / "config.toml").write_text(CONFIG.format(**values), encoding="utf-8")
        run(folder, REST_SECONDS, "poll", "--json")
        wire.documents["/wire"] = rss(*news, old)
        for _ in range(3):  # a story without an answer is asked about again, with more time
            shown = run(folder, MOST_SECONDS * len(TITLES) + REST_SECONDS, "poll")
    checked = run(folder, MOST_SECONDS * EXAMPLES * TRIES + REST_SECONDS, "model", "check", "--sample", str(EXAMPLES))
    print("\n".join(checked.splitlines()[-4:]))
    doctor = run(folder, REST_SECONDS, "doctor")
    faults = [
        f"{name}: the model only confirms, and it is not said"
        for name, text in (("poll", shown), ("doctor", doctor))
        if "only confirms" not in text
    ]
    with sqlite3.connect(folder / "monitor.db") as database:
        read = [json.loads(body) for (body,) in database.execute("SELECT body FROM reading")]
        rules = [json.loads(body)["rule"] for (body,) in database.execute("SELECT body FROM signal")]
        changes = database.execute("SELECT count(*) FROM transition WHERE body LIKE '%/reader%'").fetchone()[0]
    matches = sum(len(each["matches"]) for each in read)
    print(f"{len(read)} of {len(TITLES)} stories read, {matches} matches, {len(rules)} signals")
    faults += [f"the model leads on {each['text']}" for each in read if not each["confirms"]]
    faults += [f"a signal of the model alone: {rule}" for rule in rules if rule.endswith("/reader")]
    faults += [f"{changes} changes rest on the model"] if changes else []
    if faults:
        raise SystemExit("\n".join(faults))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
