"""`train`: what training needs, in a folder of its own beside the state, and then the training."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from services.cli.address import state_folder
from services.cli.errors import CommandFailed
from services.cli.serving import say

ROOT = Path(__file__).parents[2]
NEEDED = ROOT / "requirements-train.txt"


@dataclass(frozen=True, slots=True)
class Wanted:
    """`base` is a GGUF file or a folder of safetensors."""

    base: Path
    family: str
    device: str
    smoke: bool


def train(wanted: Wanted, state: Path | None) -> int:
    """The exit code of the training; CommandFailed where what it needs cannot be had."""
    folder = state_folder(state) / "train"
    site = folder / "site"
    _install(site)
    options = ["--base", str(wanted.base), "--work", str(folder), "--family", wanted.family]
    options += ["--device", wanted.device, *(["--smoke"] if wanted.smoke else [])]
    path = os.pathsep.join([str(ROOT), str(site)])
    environment = os.environ | {"PYTHONPATH": path}
    command = [sys.executable, "-m", "training", *options]
    return subprocess.run(command, env=environment, check=False).returncode


def _install(site: Path) -> None:
    stamp = site / ".installed"
    wanted = NEEDED.read_text(encoding="utf-8")
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    say("installing what training needs; torch is large, this takes minutes")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    into = ["--upgrade", "--target", str(site), "--requirement", str(NEEDED)]
    done = subprocess.run([*pip, *into], check=False)
    if done.returncode:
        raise CommandFailed("pip could not install what training needs; see the lines above")
    stamp.write_text(wanted, encoding="utf-8")
