"""llama.cpp's own server, in this process, from the `xllamacpp` wheel.

It listens on a loopback port of its own with a key of its own, behind the worker's front, which
bounds the queue; a connection that is closed there cancels the work here.
"""

import asyncio
import secrets
from typing import Any

import httpx
import xllamacpp

from services.triage.engines.worker.task import BadRequest, CompletionRequest, Task

QUIET = 1


class NativeBackend:
    """One slot, so that the fixed prefix of the prompts stays in its state."""

    def __init__(self, task: Task) -> None:
        """Loads the model; this takes seconds, and raises RuntimeError for a file that is none."""
        key = secrets.token_urlsafe(24)
        self._server = xllamacpp.Server(_parameters(task, key))
        self._client = httpx.AsyncClient(
            base_url=self._server.listening_address,
            headers={"authorization": f"Bearer {key}"},
            timeout=None,  # noqa: S113 - the caller's time is the limit: it leaves, and this ends
            trust_env=False,
        )

    async def complete(self, request: CompletionRequest) -> dict[str, Any]:
        answer = await self._client.post(
            "/completion", json=request.model_dump(exclude_none=True, exclude_defaults=False)
        )
        if answer.status_code == httpx.codes.BAD_REQUEST:
            raise BadRequest("the native server refused the request")
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        return told

    async def close(self) -> None:
        await self._client.aclose()
        await asyncio.to_thread(self._release)

    def _release(self) -> None:
        del self._server


def _parameters(task: Task, key: str) -> Any:
    chosen = xllamacpp.CommonParams()
    chosen.model.path = task.model
    chosen.hostnames = ["127.0.0.1"]
    chosen.port = 0
    chosen.api_keys = [key]
    chosen.n_parallel = 1
    chosen.n_ctx = task.context
    chosen.n_gpu_layers = 0
    chosen.cpuparams.n_threads = task.threads
    chosen.cpuparams_batch.n_threads = task.threads
    chosen.swa_full = True  # a sliding window would forget the prefix that every prompt shares
    chosen.cache_ram_mib = 0
    chosen.ui = False
    chosen.endpoint_slots = False
    chosen.cors_origins = ""
    chosen.cors_credentials = False
    chosen.offline = True
    chosen.verbosity = QUIET
    if task.adapter:
        chosen.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(task.adapter, 1.0)]
    return chosen
