"""`python -m monitor`: the command line without an installed script."""

from __future__ import annotations

from monitor.cli import main

if __name__ == "__main__":
    main(prog_name="deal-monitor")
