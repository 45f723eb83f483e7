"""Where the reference material lies, if it lies anywhere: tests on it are collected only then."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def captures_folder() -> Path | None:
    """Folder of real captures: ER_CAPTURES, or the reference folder beside the checkout."""
    named = os.environ.get("ER_CAPTURES")
    candidates = [Path(named)] if named else []
    candidates.append(ROOT.parent / "shared" / "reference" / "nmc" / "captures")
    return next((folder for folder in candidates if folder.is_dir()), None)


def reference_folder() -> Path | None:
    """Folder of the reference texts and data beside the checkout."""
    folder = ROOT.parent / "shared" / "reference"
    return folder if folder.is_dir() else None


def replay_script() -> Path | None:
    """The program that serves the captures over HTTP."""
    script = ROOT.parent / "shared" / "tools" / "nmc_replay.py"
    return script if script.is_file() else None
