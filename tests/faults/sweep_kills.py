"""kill -9 of the working program, a hundred times on each database, while Slack and the mail server have faults too.

`python -m tests.faults.sweep_kills [--count 100] [--database sqlite]`. Nothing is missing, each repeat is marked, and
no channel stands idle for more than a minute. A kill comes at a moment drawn by chance, while the program starts or
works.
"""

# ruff: noqa: T201 - it prints what it finds, and chance is enough for a moment

from __future__ import annotations

import random
import time

from tests.faults.ends import pass_time
from tests.faults.load import load, main_of

SLACK_FAULTS = ("slow=3:every=7", "lost:every=9", "429:every=11:retry=1", "500:p=0.03", "reset:p=0.03")
MAIL_FAULTS = ("lost:every=9", "slow=4:every=11", "data=451:every=6", "reset:p=0.03")
MOST_LIFE = 9.0
"""Seconds until a kill, at most: a start takes two or three on an idle machine, and a message half a dozen."""
GOODS_A_LIFE = 2


def sweep(database: str, kills: int) -> list[str]:
    chance, began = random.Random(kills), time.monotonic()
    goods = kills * GOODS_A_LIFE
    with load(database, goods=goods, slack_faults=SLACK_FAULTS, mail_faults=MAIL_FAULTS, limit=7000) as work:
        work.first_poll()
        for _ in range(kills):
            with work.program.running() as run:
                work.show(GOODS_A_LIFE)
                pass_time(chance.uniform(0.3, MOST_LIFE))
                run.kill()
        work.chat.faults()
        work.settles()
        counts, faults = work.findings()
    print(f"{kills} kills on {database} in {time.monotonic() - began:.0f} s: {counts}", flush=True)
    return faults


if __name__ == "__main__":
    main_of(__doc__, sweep, 100, "kills")
