"""`./er up` with a model: rules answer at once, the model comes up beside them, all of it stops."""

import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.triage.knowledge import load_knowledge
from tests.support.models import tiny_qwen2
from tests.support.systems import processes_of, system

READY_S = 60


def engine(client: httpx.Client, name: str) -> dict[str, Any]:
    told = client.get("/v1/status").json()["engines"]
    found: dict[str, Any] = next(entry for entry in told if entry["name"] == name)
    return found


@pytest.mark.full
def test_the_model_comes_up_beside_the_rules_and_goes_with_them(tmp_path: Path) -> None:
    model = tiny_qwen2(tmp_path / "tiny-qwen2.gguf", codes=load_knowledge().ontology)
    state = tmp_path / "state"
    changed = {
        "ER_TRIAGE_ENGINES": "cpu,rules",
        "ER_TRIAGE_MODEL": f"file:{model}",
        "ER_TRIAGE_CPU_BACKEND": "native",
        "ER_TRIAGE_CPU_THREADS": "1",
        "ER_TRIAGE_CONTEXT_TOKENS": "8192",
    }
    with system(state, "--demo", **changed) as running, running.client() as client:
        told = client.post("/v1/triage", json={"text": "가슴이 쥐어짜듯 아파요"}).json()
        assert (told["engine"], told["degraded"]) == ("rules", [])
        give_up = time.monotonic() + READY_S
        while engine(client, "cpu")["state"] != "ready":
            assert engine(client, "cpu")["state"] in ("building", "cooling")
            assert time.monotonic() < give_up, running.log
            time.sleep(0.2)
        for number in range(5):
            client.post("/v1/triage", json={"text": f"배가 아파요 {number}"})
            time.sleep(0.5)
        found = engine(client, "cpu")
        assert (found["role"], found["model"]) == ("shadow", "tiny-qwen2.gguf")
        assert found["measures"]["answers"] + sum(found["measures"]["fallbacks"].values()) > 0
        shown = running.er("status").stdout
        assert "engine cpu: ready (shadow)" in shown
    assert processes_of(state) == []


@pytest.mark.full
def test_a_model_that_cannot_be_had_is_one_line_in_the_status(tmp_path: Path) -> None:
    changed = {
        "ER_TRIAGE_ENGINES": "cpu,rules",
        "ER_TRIAGE_MODEL": f"file:{tmp_path}/absent.gguf",
        "ER_TRIAGE_CPU_BACKEND": "native",
    }
    with system(tmp_path / "state", "--demo", **changed) as running, running.client() as client:
        give_up = time.monotonic() + READY_S
        while engine(client, "cpu")["state"] != "down":
            assert time.monotonic() < give_up, running.log
            time.sleep(0.2)
        assert engine(client, "cpu")["detail"] == "absent.gguf: no such file, or it cannot be read"
        assert client.post("/v1/triage", json={"text": "배가 아파요"}).status_code == 200
