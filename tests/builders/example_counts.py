"""How many examples a property is tried on: a few in the ordinary suite, always the same ones; `make deep` asks for more."""

from __future__ import annotations

import os

TIMES = int(os.environ.get("PROPERTY_TIMES", "1"))
"""So many times the usual number of examples, new ones in each run if more than one."""
