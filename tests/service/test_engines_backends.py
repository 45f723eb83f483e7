"""Both back ends of the worker under the grammar, as `--full` asks: the compiled one is compiled,
where it is not here, with what its lock says."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from services.cli.bench.workers import BACKENDS, Model, Served, body, worker
from services.triage.engines.backends import bring_in, present
from services.triage.engines.client import Completion
from services.triage.engines.output import read_output
from services.triage.engines.prompts import template
from services.triage.engines.sureness import reading_of
from services.triage.engines.worker.task import BackendName
from tests.support.engines import KNOWLEDGE
from tests.support.models import tiny_qwen2
from tests.support.places import ROOT
from tests.support.texts import varied

COUNT = 60
KEPT = ROOT / ".er" / "engines"
"""Where `./er up` keeps what it compiled: eight CPU minutes are spent once."""


@pytest.fixture(scope="module", params=BACKENDS)
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Served, Model]]:
    name: BackendName = request.param
    if present(name, KEPT) is None:
        asyncio.run(bring_in(name, KEPT))
    folder = tmp_path_factory.mktemp("models")
    path = tiny_qwen2(folder / "tiny-qwen2.gguf", codes=KNOWLEDGE.ontology)
    made = template("qwen", KNOWLEDGE.ontology)
    model = Model(path, KEPT, made)
    with worker(model, name, threads=1) as running:
        yield running, model


@pytest.mark.full
def test_what_it_writes_can_be_read_and_its_end_is_told(served: tuple[Served, Model]) -> None:
    engine, model = served
    read, cut = 0, 0
    with engine.client() as client:
        for place, text in enumerate(varied(COUNT, seed=6)):
            told = _asked(client, body(model, text, temperature=float(place % 2)))
            if told["stop_type"] == "limit":
                cut += 1
                continue
            read_output(told["content"], KNOWLEDGE.ontology)
            read += 1
    print(f"\n{engine.name}: read {read}, cut off {cut}")  # noqa: T201 - counts
    assert read > COUNT // 2
    assert read + cut == COUNT


@pytest.mark.full
def test_how_likely_each_token_was_is_told(served: tuple[Served, Model]) -> None:
    engine, model = served
    known = 0
    with engine.client() as client:
        for text in varied(COUNT // 2, seed=7):
            told = _asked(client, body(model, text, n_probs=1))
            if told["stop_type"] == "limit":
                continue
            completion = Completion.model_validate(told)
            output = read_output(completion.content, KNOWLEDGE.ontology)
            sure = reading_of(output, completion).sure
            assert all(0 < chance <= 1 for chance in sure.values())
            assert set(sure) in (set(output.symptoms), set())
            known += len(sure)
    assert known > 0


@pytest.mark.full
def test_the_same_text_is_read_the_same_and_its_beginning_is_kept(
    served: tuple[Served, Model],
) -> None:
    engine, model = served
    with engine.client() as client:
        first = _asked(client, body(model, "배가 아파요"))
        again = _asked(client, body(model, "배가 아파요"))
        other = _asked(client, body(model, "열이 나요"))
    assert first["content"] == again["content"]
    assert other["timings"]["cache_n"] > 4000


@pytest.mark.full
def test_limits_words_and_errors_are_those_of_the_dialect(served: tuple[Served, Model]) -> None:
    engine, model = served
    with engine.client() as client:
        cut = _asked(client, body(model, "열", n_predict=3))
        assert (cut["stop_type"], cut["tokens_predicted"]) == ("limit", 3)
        word = 'root ::= "abcd"'
        stopped = _asked(client, body(model, "열", grammar=word, stop=["c"]))
        assert (stopped["content"], stopped["stop_type"]) == ("ab", "word")
        broken = client.post("/completion", json=body(model, "열", grammar="root ::= ("))
        assert broken.status_code == 400
        asked = body(model, "열", prompt="a" * 9000)
        long = client.post("/completion", json=asked)
        assert long.status_code == 400


def _asked(client: httpx.Client, asked: dict[str, Any]) -> dict[str, Any]:
    answer = client.post("/completion", json=asked)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_the_locks_of_the_back_ends_name_hashes_and_no_index() -> None:
    for file in (ROOT / "requirements-native.lock", ROOT / "requirements-llama-cpp.lock"):
        text = file.read_text()
        assert "--hash=sha256:" in text
        assert "://" not in text
