"""`train`: what training needs, in a folder of its own beside the state, and then the training."""

import asyncio
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from services.cli.address import state_folder
from services.cli.errors import CommandFailed
from services.cli.serving import say
from services.triage.engines.sources import Progress, SourceError, fetch, source
from services.triage.settings import DEFAULT_MODEL

ROOT = Path(__file__).parents[2]
NEEDED = ROOT / "requirements-train.txt"


@dataclass(frozen=True, slots=True)
class Wanted:
    """`base` is a GGUF file or a folder of safetensors, None for the embedded model. `begun` is an
    adapter to go on from at `stage`, `taught` what a teacher gave."""

    base: Path | None
    recipe: str
    device: str
    begun: Path | None
    stage: str | None
    compiled: bool
    taught: Path | None


def train(wanted: Wanted, state: Path | None) -> int:
    """The exit code of the training; CommandFailed where what it needs cannot be had."""
    folder = state_folder(state) / "train"
    site = folder / "site"
    _install(site)
    base = wanted.base or embedded_base(folder)
    options = ["--base", str(base), "--work", str(folder / wanted.recipe)]
    options += ["--recipe", wanted.recipe, "--device", wanted.device]
    options += ["--begun", str(wanted.begun.resolve())] if wanted.begun else []
    options += ["--taught", str(wanted.taught.resolve())] if wanted.taught else []
    options += ["--stage", wanted.stage] if wanted.stage else []
    options += ["--compiled"] if wanted.compiled else []
    path = os.pathsep.join([str(ROOT), str(site)])
    environment = os.environ | {"PYTHONPATH": path}
    command = [sys.executable, "-m", "training", *options]
    return subprocess.run(command, env=environment, check=False).returncode


def embedded_base(folder: Path) -> Path:
    """The model that the embedded engine runs, brought in where it is not here yet."""
    say("bringing in the embedded model, 253 MB the first time")
    try:
        return asyncio.run(fetch(source(DEFAULT_MODEL), folder / "models", Progress()))
    except SourceError as error:
        raise CommandFailed(str(error)) from error


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
