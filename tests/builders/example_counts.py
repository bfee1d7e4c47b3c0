"""The number of examples of a property: few in `make test`, the usual number otherwise, thirty times as many in `make
deep`."""

import os

TIMES = float(os.environ.get("PROPERTY_TIMES", "1"))
"""Multiplies the usual number. Above 1 each run tries new examples; else they are always the same."""
USUAL = 50


def examples(usual: int) -> int:
    return max(3, round(usual * TIMES))
