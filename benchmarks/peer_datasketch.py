"""`datasketch` as a driver that takes headlines into one index; it runs in the environment of the peers.

    python -m benchmarks.peer_datasketch TITLES

64 permutations and a threshold of 0.6 over the words of a headline, each headline asked for and then added.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from datasketch import MinHash, MinHashLSH

from benchmarks.measure import memory_of

PERMUTATIONS, THRESHOLD = 64, 0.6


def main() -> None:
    titles = Path(sys.argv[1]).read_text(encoding="utf-8").split("\n")
    print(json.dumps({"titles": len(titles)}), flush=True)
    for _ in sys.stdin:
        held, began, joined = memory_of(os.getpid()), time.process_time(), 0
        index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
        for number, title in enumerate(titles):
            sketch = MinHash(num_perm=PERMUTATIONS)
            sketch.update_batch([word.encode() for word in set(title.casefold().split())])
            joined += bool(index.query(sketch))
            index.insert(number, sketch)
        spent = time.process_time() - began
        print(json.dumps({"seconds": spent, "memory": memory_of(os.getpid()) - held, "joined": joined}), flush=True)


if __name__ == "__main__":
    main()
