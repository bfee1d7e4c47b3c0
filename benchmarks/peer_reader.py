"""`reader` as a driver that asks feeds in rounds; it runs in the environment of the peers.

    python -m benchmarks.peer_reader DATABASE PORT FEEDS

One worker, since CPU is measured, and every feed in every round.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import feedparser_sgmllib

# reader carries a copy of feedparser that imports `sgmllib`, which Python 3 does not have; its wheel has this name.
sys.modules["sgmllib"] = feedparser_sgmllib

from reader import make_reader  # noqa: E402


def main() -> None:
    database, port, feeds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    reader = make_reader(database)
    for number in range(feeds):
        reader.add_feed(f"http://127.0.0.1:{port}/feed/{number}")
    print(json.dumps({"feeds": feeds}), flush=True)
    for line in sys.stdin:
        print(json.dumps(measured(reader, **json.loads(line))), flush=True)


def measured(reader: Any, *, rounds: int = 1) -> dict[str, Any]:
    before, polls, new, errors = time.process_time(), 0, 0, []
    for _ in range(rounds):
        for result in reader.update_feeds_iter(workers=1, scheduled=False):
            polls += 1
            if isinstance(result.value, Exception):
                errors.append(str(result.value))
            elif result.value is not None:
                new += result.value.new
    return {"cpu": time.process_time() - before, "polls": polls, "new": new, "errors": errors}


if __name__ == "__main__":
    main()
