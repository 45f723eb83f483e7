"""llama-cpp-python's bindings as the worker's back end; compiled on this machine, for this CPU."""

import asyncio
import ctypes
import threading
import time
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from typing import Any

import llama_cpp
import numpy as np
from llguidance.llamacpp import lltokenizer_from_vocab

from services.triage.engines.worker.sampling import Grammar, Sampler
from services.triage.engines.worker.task import BadRequest, CompletionRequest, Task

BATCH = 512
PIECE_BYTES = 256
GRAMMARS = 8
"""Kept ready: the answer's, the canary's, and of a bench."""


class BindingsBackend:
    """One context, one text at a time. The tokens in its state are remembered, so that a prompt
    with the same beginning is read from where it differs."""

    def __init__(self, task: Task) -> None:
        """Loads the model; this takes seconds, and raises ValueError for a file that is none."""
        self._llama = llama_cpp.Llama(
            model_path=task.model,
            lora_path=task.adapter,
            n_ctx=task.context,
            n_batch=BATCH,
            n_gpu_layers=0,
            n_threads=task.threads,
            n_threads_batch=task.threads,
            swa_full=True,
            flash_attn=True,
            verbose=False,
        )
        self._name = task.model
        self._context = self._llama.ctx
        self._vocabulary = llama_cpp.llama_model_get_vocab(self._llama.model)
        self._size = llama_cpp.llama_vocab_n_tokens(self._vocabulary)
        is_end = llama_cpp.llama_vocab_is_eog
        self._ends = [token for token in range(self._size) if is_end(self._vocabulary, token)]
        self._tokens = lltokenizer_from_vocab(self._vocabulary, eos_token=self._ends)
        self._grammar = lru_cache(GRAMMARS)(partial(Grammar.parsed, self._tokens))
        self._held: list[int] = []

    async def complete(self, request: CompletionRequest) -> dict[str, Any]:
        stop = threading.Event()
        work = asyncio.create_task(asyncio.to_thread(self._complete, request, stop))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            stop.set()
            await asyncio.gather(work, return_exceptions=True)
            raise

    async def close(self) -> None:
        await asyncio.to_thread(self._llama.close)

    def _complete(self, request: CompletionRequest, stop: threading.Event) -> dict[str, Any]:
        grammar = self._grammar(request.grammar).copy() if request.grammar else None
        chance = np.random.default_rng(request.seed)
        return self._answer(request, Sampler(grammar, request.temperature, chance), stop)

    def _answer(
        self, request: CompletionRequest, sampler: Sampler, stop: threading.Event
    ) -> dict[str, Any]:
        began = time.perf_counter()
        prompt = self._llama.tokenize(request.prompt.encode(), add_bos=True, special=True)
        if len(prompt) + request.n_predict > self._llama.n_ctx():
            raise BadRequest("the prompt is longer than the context")
        kept = self._forget_from(prompt, keep=request.cache_prompt)
        opening = sampler.opening()
        self._read([*prompt[kept:], *opening[: request.n_predict]], stop)
        read = time.perf_counter()
        chances: list[dict[str, Any]] = []
        runs = self._runs(sampler, opening, stop, chances)
        content, stop_type, count = self._write(request, sampler, runs)
        wrote = time.perf_counter()
        return {
            "content": content,
            "stop_type": stop_type,
            "truncated": False,
            "model": self._name,
            "tokens_evaluated": len(prompt),
            "tokens_predicted": count,
            "tokens_cached": len(self._held),
            **({"completion_probabilities": chances} if request.n_probs else {}),
            "timings": {
                "cache_n": kept,
                "prompt_n": len(prompt) - kept,
                "prompt_ms": (read - began) * 1000,
                "predicted_n": count,
                "predicted_ms": (wrote - read) * 1000,
                "predicted_per_second": count / max(wrote - read, 1e-9),
            },
        }

    def _forget_from(self, prompt: list[int], *, keep: bool) -> int:
        """Drop from the state what the prompt does not begin with; the number of tokens kept. At
        least one is read anew, as its logits are needed."""
        same = 0
        if keep:
            for held, wanted in zip(self._held, prompt[:-1], strict=False):
                if held != wanted:
                    break
                same += 1
        memory = llama_cpp.llama_get_memory(self._context)
        if not llama_cpp.llama_memory_seq_rm(memory, 0, same, -1):
            llama_cpp.llama_memory_clear(memory, True)
            same = 0
        self._held = self._held[:same]
        return same

    def _read(self, tokens: list[int], stop: threading.Event) -> None:
        for start in range(0, len(tokens), BATCH):
            if stop.is_set():
                raise asyncio.CancelledError
            part = tokens[start : start + BATCH]
            array = (llama_cpp.llama_token * len(part))(*part)
            batch = llama_cpp.llama_batch_get_one(array, len(part))
            if llama_cpp.llama_decode(self._context, batch) != 0:
                raise RuntimeError("the model could not decode")
            self._held += part

    def _write(
        self, request: CompletionRequest, sampler: Sampler, runs: Iterable[list[int]]
    ) -> tuple[str, str, int]:
        """The text, what ended it, and the number of its tokens."""
        written, left = bytearray(), request.n_predict
        for tokens in runs:
            if tokens and tokens[0] in self._ends:
                return written.decode(errors="replace"), "eos", request.n_predict - left + 1
            written += b"".join(self._piece(token) for token in tokens[:left])
            left -= len(tokens)
            text = written.decode(errors="replace")
            ended = next((word for word in request.stop if word in text), None)
            if ended is not None:
                return text[: text.index(ended)], "word", request.n_predict - max(0, left)
            if left < 0 or (left == 0 and not sampler.is_done):
                return text, "limit", request.n_predict
        return written.decode(errors="replace"), "eos", request.n_predict - left

    def _runs(
        self,
        sampler: Sampler,
        opening: list[int],
        stop: threading.Event,
        chances: list[dict[str, Any]],
    ) -> Iterator[list[int]]:
        """The opening, which was read, and each chosen token with those that it forces; these are
        read when the next one is wanted. `chances` gets how likely each token was: what is forced
        is certain."""
        chances += self._chances(opening, 0.0)
        yield opening
        while not sampler.is_done:
            tokens = sampler.next(self._logits())
            chances += self._chances(tokens, sampler.logprob)
            yield tokens
            if not sampler.is_done:
                self._read(tokens, stop)

    def _chances(self, tokens: list[int], first: float) -> list[dict[str, Any]]:
        """As llama.cpp tells them, as far as they are used."""
        return [
            {"token": self._piece(token).decode(errors="replace"), "logprob": logprob}
            for token, logprob in zip(tokens, [first, *[0.0] * len(tokens)], strict=False)
        ]

    def _logits(self) -> Any:
        pointer = llama_cpp.llama_get_logits_ith(self._context, -1)
        return np.ctypeslib.as_array(pointer, shape=(self._size,))

    def _piece(self, token: int) -> bytes:
        buffer = (ctypes.c_char * PIECE_BYTES)()
        size = llama_cpp.llama_token_to_piece(
            self._vocabulary, token, buffer, PIECE_BYTES, 0, False
        )
        return buffer.raw[:size]
