"""The local worker as a child: prepared in the background, started, watched, restarted."""

import asyncio
import json
import os
import secrets
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from services.triage.engines.backends import Backend, BackendMissing, Choice, bring_in, present
from services.triage.engines.client import Address, EngineFailed, LlamaClient
from services.triage.engines.endpoint import State
from services.triage.engines.sources import Progress, SourceError, fetch, source
from services.triage.engines.worker.task import LOAD_FAILED, Task
from shared import logs

ROOT = Path(__file__).resolve().parents[3]
PORT_TIMEOUT_S = 20.0
LOOK_EVERY_S = 1.0
MISSED_LOOKS = 8
STEADY_S = 60.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 60.0
PREPARE_AGAIN_S = 60.0
LASTING_AGAIN_S = 600.0
LOG_BYTES = 1 << 20

_log = logs.logger("engines")


@dataclass(frozen=True, slots=True)
class Plan:
    """What runs: addresses of the model and of an adapter, the back end, threads, tokens of one
    request, requests that may wait. `folder` keeps models, back ends and the worker's log."""

    model: str
    adapter: str | None
    backend: Choice
    folder: Path
    threads: int
    context: int = 4096
    queue: int = 8


@dataclass(frozen=True, slots=True)
class _Prepared:
    model: Path
    adapter: Path | None
    backend: Backend


class _NotPrepared(Exception):
    def __init__(self, told: str, again_s: float) -> None:
        super().__init__(told)
        self.again_s = again_s


@dataclass(slots=True)
class Supervisor:
    """`run` never ends by itself; cancelling it ends the worker. `is_sick` is the chain's word that
    a worker which looks alive answers nothing."""

    plan: Plan
    client: LlamaClient
    is_sick: Callable[[], bool] = lambda: False
    state: State = "building"
    detail: str | None = None
    restarts: int = 0
    pid: int | None = None
    _address: Address | None = None
    _told: str | None = field(default=None)

    def locate(self) -> Address | None:
        """Where the worker of now listens."""
        return self._address

    async def run(self) -> None:
        """Prepare, then keep a worker running for ever."""
        pause = FIRST_PAUSE_S
        while True:
            began = time.monotonic()
            try:
                prepared = await self._prepare()
                await self._serve(prepared)
                self.state, reason, again = "down", "the worker ended", None
            except _NotPrepared as error:
                self.state, reason, again = "down", str(error), error.again_s
            except OSError as error:
                self.state, reason, again = "down", type(error).__name__, PREPARE_AGAIN_S
            self._say(reason)
            self.detail = reason
            lasted = time.monotonic() - began
            pause = FIRST_PAUSE_S if lasted > STEADY_S else min(2 * pause, LONGEST_PAUSE_S)
            self.restarts += 1
            await asyncio.sleep(pause if again is None else again)

    async def _prepare(self) -> _Prepared:
        self.state = "building"
        try:
            model = await self._fetched(self.plan.model)
            adapter = await self._fetched(self.plan.adapter) if self.plan.adapter else None
            self.detail = "installing the back end"
            backend = present(self.plan.backend, self.plan.folder)
            if backend is None:
                backend = await bring_in(self.plan.backend, self.plan.folder)
        except SourceError as error:
            again = LASTING_AGAIN_S if error.lasting else PREPARE_AGAIN_S
            raise _NotPrepared(str(error), again) from None
        except (BackendMissing, OSError) as error:
            told = str(error) if isinstance(error, BackendMissing) else type(error).__name__
            raise _NotPrepared(told, PREPARE_AGAIN_S) from None
        return _Prepared(model, adapter, backend)

    async def _fetched(self, address: str) -> Path:
        progress = Progress()
        fetching = asyncio.create_task(fetch(source(address), self.plan.folder, progress))
        try:
            while True:
                done, _ = await asyncio.wait({fetching}, timeout=0.5)
                if done:
                    return fetching.result()
                self.detail = str(progress)
        finally:
            fetching.cancel()
            await asyncio.gather(fetching, return_exceptions=True)

    async def _serve(self, prepared: _Prepared) -> None:
        """Run one worker to its end."""
        self.detail = "loading the model"
        key = secrets.token_urlsafe(24)
        child = await self._start(prepared, key)
        try:
            port = await self._port(child)
            if port is None:
                return
            self.pid = child.pid
            self._address = Address(f"http://127.0.0.1:{port}", key)
            await self._watch(child)
            if child.returncode == LOAD_FAILED:
                raise _NotPrepared("the model or its adapter cannot be loaded", LASTING_AGAIN_S)
        finally:
            self._address = self.pid = None
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()

    async def _start(self, prepared: _Prepared, key: str) -> asyncio.subprocess.Process:
        log = self.plan.folder / "worker.log"
        self.plan.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "services.triage.engines.worker",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=output,
                env=_environment(prepared.backend),
                cwd=self.plan.folder,
                start_new_session=True,  # the terminal's Ctrl-C is ours to pass on
            )  # fmt: skip
        finally:
            os.close(output)
        told = self._task(prepared, key).model_dump_json().encode() + b"\n"
        if child.stdin is not None:  # a pipe is always there; its type does not know
            child.stdin.write(told)
        return child

    def _task(self, prepared: _Prepared, key: str) -> Task:
        return Task(
            backend=prepared.backend.name,
            model=str(prepared.model),
            adapter=str(prepared.adapter) if prepared.adapter else None,
            key=key,
            threads=self.plan.threads,
            context=self.plan.context,
            queue=self.plan.queue,
        )

    async def _port(self, child: asyncio.subprocess.Process) -> int | None:
        try:
            if child.stdout is None:
                return None
            line = await asyncio.wait_for(child.stdout.readline(), PORT_TIMEOUT_S)
            return int(json.loads(line)["port"])
        except (TimeoutError, ValueError, KeyError):
            return None

    async def _watch(self, child: asyncio.subprocess.Process) -> None:
        """Return when it ended, or end it when it does not answer any more."""
        missed = 0
        ended = asyncio.create_task(child.wait())
        try:
            while missed < MISSED_LOOKS and not self.is_sick():
                await asyncio.wait({ended}, timeout=LOOK_EVERY_S)
                if ended.done():
                    return
                missed = 0 if await self._looks_alive() else missed + 1
            _log.warning("worker hangs and is ended")
        finally:
            ended.cancel()

    async def _looks_alive(self) -> bool:
        if self._address is None:
            return False
        try:
            await self.client.healthy(self._address)
        except EngineFailed as failure:
            return failure.reason in ("loading", "busy")
        self.detail, self._told = None, None
        return True

    def _say(self, reason: str) -> None:
        """Once per reason, until it is well again."""
        if reason != self._told:
            _log.warning("local engine away", reason=reason)
            self._told = reason


def _environment(backend: Backend) -> dict[str, str]:
    """Nothing of our settings and secrets; the code of this checkout and the back end's folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ER_")}
    path = os.pathsep.join(part for part in (str(ROOT), backend.path) if part)
    return {**kept, "PYTHONPATH": path}
