"""A base and its adapter as one file think what they think apart."""

from pathlib import Path
from typing import Any

import httpx
import pytest
import xllamacpp

from services.triage.engines.sources import is_tuned
from tests.support.models import tiny_adapter, tiny_qwen2
from training.held_out import parameters
from training.merging import merge

TEXTS = ("배가 아파요", "숨이 차요", "할머니가 쓰러지셨어요")
NEAR = 0.05
"""Logarithms; eight bits a weight are not exact."""


def thoughts(model: Path, adapter: Path | None) -> list[dict[int, float]]:
    """What is thought of the next token, for each text."""
    server = xllamacpp.Server(parameters(model, adapter))
    body: dict[str, Any] = {"n_predict": 1, "temperature": 0, "n_probs": 10}
    found = []
    for text in TEXTS:
        url = f"{server.listening_address}/completion"
        answer = httpx.post(url, json={**body, "prompt": text}, trust_env=False).json()
        likeliest = answer["completion_probabilities"][0]["top_logprobs"]
        found.append({one["id"]: one["logprob"] for one in likeliest})
    return found


def test_what_is_merged_thinks_as_the_two_do(tmp_path: Path) -> None:
    base, adapter = tiny_qwen2(tmp_path / "base.gguf"), tiny_adapter(tmp_path / "adapter.gguf")
    whole = tmp_path / "whole.gguf"
    merge(base, adapter, whole)
    together, alone = thoughts(base, adapter), thoughts(base, None)
    for one, apart, bare in zip(thoughts(whole, None), together, alone, strict=True):
        best = max(one, key=lambda token: one[token])
        assert best == max(apart, key=lambda token: apart[token])
        assert one[best] == pytest.approx(apart[best], abs=NEAR)
        assert one != bare
    assert together != alone
    assert is_tuned(whole)


def test_an_adapter_of_another_model_is_refused(tmp_path: Path) -> None:
    adapter = tiny_adapter(tmp_path / "adapter.gguf")
    with pytest.raises(KeyError):
        merge(adapter, adapter, tmp_path / "whole.gguf")
