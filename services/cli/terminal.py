"""Where commands print their tables: as wide as the terminal, or wide enough where piped."""

import sys

from rich.console import Console

PIPED_WIDTH = 160


def tables(*, piped_width: int = PIPED_WIDTH) -> Console:
    """Standard output for tables, whose cells a narrow pipe would break apart."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else piped_width)
