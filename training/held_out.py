"""What the tuned model reads in hand-written utterances that it was not trained on, in llama.cpp
and under the grammar, as it is served."""

import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import xllamacpp

from training.examples import Example
from training.prompts import Dialect

TOKEN_LIMIT = 320


@dataclass(frozen=True, slots=True)
class Score:
    """Counts over `n` utterances; times in seconds."""

    n: int
    unreadable: int
    symptom_f1: float
    age_right: int
    gender_right: int
    is_self_right: int
    p50_s: float
    p95_s: float


def score(
    model: Path, adapter: Path, grammar: str, dialect: Dialect, told: Sequence[Example]
) -> Score:
    """Asks llama.cpp's own server, in this process, for every utterance."""
    server = xllamacpp.Server(parameters(model, adapter))
    counts: Counter[str] = Counter()
    times = []
    with httpx.Client(base_url=server.listening_address, timeout=120, trust_env=False) as client:
        for example in told:
            began = time.monotonic()
            answer = _asked(client, dialect, grammar, example.text)
            times.append(time.monotonic() - began)
            counts += _counted(example, answer)
    times.sort()
    both = counts["given"] + counts["expected"]
    return Score(
        n=len(told),
        unreadable=counts["unreadable"],
        symptom_f1=2 * counts["hits"] / both if both else 0.0,
        age_right=counts["age"],
        gender_right=counts["gender"],
        is_self_right=counts["is_self"],
        p50_s=times[len(times) // 2],
        p95_s=times[int(len(times) * 0.95)],
    )


def parameters(model: Path, adapter: Path | None) -> Any:
    """llama.cpp's own server as the worker starts it, with the adapter worn."""
    chosen = xllamacpp.CommonParams()
    chosen.model.path = str(model)
    if adapter is not None:
        chosen.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(adapter), 1.0)]
    chosen.hostnames = ["127.0.0.1"]
    chosen.port = 0
    chosen.n_ctx, chosen.n_parallel, chosen.n_gpu_layers = 2048, 1, 0
    chosen.offline, chosen.verbosity, chosen.swa_full = True, 1, True
    return chosen


def _asked(
    client: httpx.Client, dialect: Dialect, grammar: str, text: str
) -> dict[str, Any] | None:
    body = {
        "prompt": dialect.prompt(text), "n_predict": TOKEN_LIMIT, "temperature": 0,
        "grammar": grammar, "cache_prompt": True, "stop": [dialect.end],
    }  # fmt: skip
    told = client.post("/completion", json=body).raise_for_status().json()
    try:
        answer: dict[str, Any] = json.loads(told["content"])
    except ValueError:
        return None
    return answer


def _counted(example: Example, answer: dict[str, Any] | None) -> Counter[str]:
    expected = set(example.symptoms)
    if answer is None:
        return Counter(unreadable=1, expected=len(expected))
    given = set(answer["symptoms"])
    return Counter(
        hits=len(given & expected),
        given=len(given),
        expected=len(expected),
        age=answer["age"] == example.age,
        gender=answer["gender"] == example.gender,
        is_self=answer["is_self"] == example.is_self,
    )
