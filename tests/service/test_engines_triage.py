"""Triage with engines beside and beneath it, through its own addresses and the public ones."""

import asyncio
import itertools
import json
import math
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from services.gateway.app import create_app as create_gateway
from services.gateway.settings import Settings as GatewaySettings
from services.triage.app import create_app
from services.triage.domain.merging import SURE
from services.triage.engines.gpu import Announced, GpuAddress, redis_key
from services.triage.settings import Settings
from shared.app import service_token
from tests.support.fakes.llama import FakeLlama
from tests.support.running import running
from tests.support.texts import varied
from tests.support.waiting import until

KEY = "k" * 32
FEW, ALL = 40, 500
LIES = (
    '{"age":5,"gender":"F","symptoms":["cardiac_arrest","seizure"],"negated":["chest_pain"],'
    '"is_self":true,"history":["거짓"],"special_note":"거짓말"}'
)


@asynccontextmanager
async def triage(database: str, **changed: Any) -> AsyncIterator[httpx.AsyncClient]:
    base: dict[str, Any] = {
        "database_url": database,
        "redis_url": "redis://127.0.0.1:1/0",
        "service_key": KEY,
        "engines": "rules",
    }
    settings = Settings.model_validate({**base, **changed})
    headers = {"authorization": f"Bearer {service_token(KEY, 'triage')}"}
    async with (
        running(create_app(settings)) as url,
        httpx.AsyncClient(base_url=url, headers=headers, trust_env=False, timeout=20) as client,
    ):
        yield client


async def engine(client: httpx.AsyncClient, name: str) -> dict[str, Any]:
    told = (await client.get("/v1/engines")).json()["engines"]
    found: dict[str, Any] = next(entry for entry in told if entry["name"] == name)
    return found


async def until_state(client: httpx.AsyncClient, name: str, state: str) -> None:
    async def reached() -> bool:
        return bool((await engine(client, name))["state"] == state)

    await until(reached)


async def test_rules_alone_are_not_degraded_and_wait_for_nobody(database: str) -> None:
    async with triage(database) as client:
        told = (await client.get("/v1/engines")).json()["engines"]
        assert [(entry["name"], entry["role"]) for entry in told] == [("rules", "decides")]
        answer = (await client.post("/v1/extract", json={"text": "가슴이 아파요"})).json()
        assert (answer["engine"], answer["degraded"], answer["ai_generated"]) == (
            "rules",
            [],
            False,
        )


async def public(stack: AsyncExitStack, redis_url: str, triage_url: str) -> httpx.AsyncClient:
    dead = {f"{name}_url": "http://127.0.0.1:1" for name in ("auth", "sync", "matching")}
    limits = {f"limit_{name}": "off" for name in ("address", "token", "guest")}
    settings = GatewaySettings.model_validate(
        {"redis_url": redis_url, "service_key": KEY, "triage_url": triage_url, **dead, **limits}
    )
    url = await stack.enter_async_context(running(create_gateway(settings)))
    return await stack.enter_async_context(
        httpx.AsyncClient(base_url=url, trust_env=False, timeout=20)
    )


def comparable(answer: httpx.Response) -> dict[str, Any]:
    told: dict[str, Any] = answer.json()
    told.pop("elapsed_ms", None)
    return told


@pytest.mark.parametrize("count", [FEW, pytest.param(ALL, marks=pytest.mark.full)])
async def test_in_shadow_no_public_answer_differs_from_rules_alone(
    count: int, database: str, redis_url: str
) -> None:
    fake = FakeLlama(content=LIES)
    async with AsyncExitStack() as stack:
        gpu = await stack.enter_async_context(running(fake.app))
        plain = await stack.enter_async_context(triage(database))
        shadowed = await stack.enter_async_context(
            triage(database, engines="gpu,rules", gpu_url=gpu, gpu_key=fake.key)
        )
        await until_state(shadowed, "gpu", "ready")
        alone = await public(stack, redis_url, str(plain.base_url))
        beside = await public(stack, redis_url, str(shadowed.base_url))
        languages = itertools.cycle(("ko", "en"))
        differ = 0
        for text in varied(count, seed=4):
            asked, headers = {"text": text}, {"accept-language": next(languages)}
            first = await alone.post("/v1/triage", json=asked, headers=headers)
            second = await beside.post("/v1/triage", json=asked, headers=headers)
            assert first.status_code == second.status_code == 200
            differ += comparable(first) != comparable(second)
        print(f"\npublic answers compared: {count}, different: {differ}")  # noqa: T201 - counts
        assert differ == 0
        # The model did read along, and what it said was counted as another reading.
        assert len(fake.texts) > count / 8
        told = await engine(shadowed, "gpu")
        assert told["role"] == "shadow"
        assert told["measures"]["answers"] > count / 8
        assert told["measures"]["agreement"]["symptoms"] < 0.1
        metrics = (await shadowed.get("/metrics")).text
        assert 'er_engines_shadow_total{result="read"}' in metrics


@pytest.mark.parametrize(
    ("changed", "opening"),
    [
        ({"adapter": "file:an-adapter.gguf"}, "<start_of_turn>user\n배가 아파요<end_of_turn>"),
        ({"prompt": "qwen-tuned"}, "<|im_start|>user\n배가 아파요<|im_end|>"),
        ({"prompt": "qwen"}, "<|im_start|>system\nRead what"),
    ],
)
async def test_a_tuned_model_is_asked_without_instruction(
    changed: dict[str, str], opening: str, database: str
) -> None:
    fake = FakeLlama()
    async with (
        running(fake.app) as gpu,
        triage(database, engines="gpu,rules", gpu_url=gpu, gpu_key=fake.key, **changed) as client,
    ):
        await until_state(client, "gpu", "ready")
        await client.post("/v1/extract", json={"text": "배가 아파요"})

        async def asked() -> bool:
            return bool(fake.texts)

        await until(asked)
        assert fake.texts[0]["prompt"].startswith(opening)


async def test_in_shadow_nobody_waits_for_a_model_that_hangs(database: str) -> None:
    fake = FakeLlama()
    async with (
        running(fake.app) as gpu,
        triage(database, engines="gpu,rules", gpu_url=gpu, gpu_key=fake.key) as client,
    ):
        await until_state(client, "gpu", "ready")
        fake.mode = "hanging"
        asked = [client.post("/v1/extract", json={"text": f"배가 아파요 {n}"}) for n in range(20)]
        answers = await asyncio.wait_for(asyncio.gather(*asked), 3)
        assert {answer.status_code for answer in answers} == {200}
        # Two at once, no queue: what came while they ran was dropped.
        assert len(fake.texts) == 2


async def test_merging_adds_what_its_table_allows_and_never_calms(database: str) -> None:
    text = "바다에 빠져서 물을 많이 먹었어요"
    fake = FakeLlama(content=LIES.replace('"age":5', '"age":45'))
    changed = {"engines": "gpu,rules", "gpu_key": fake.key, "model_role": "merge"}
    async with running(fake.app) as gpu, triage(database, gpu_url=gpu, **changed) as client:
        rules = (await client.post("/v1/extract", json={"text": text})).json()
        assert rules["engine"] == "rules"
        await until_state(client, "gpu", "ready")
        answer = (await client.post("/v1/extract", json={"text": text})).json()
        assert (answer["engine"], answer["model"]) == ("gpu", "fake-model.gguf")
        assert answer["ai_generated"] is True
        told = json.loads(fake.content)
        assert rules["patient"]["is_self"] is None
        assert answer["patient"] == {**rules["patient"], "is_self": told["is_self"]}
        for same in ("symptoms", "negated", "history", "ktas", "red_flags"):
            assert answer[same] == rules[same]


async def test_merging_adds_symptoms_that_the_model_is_sure_of(database: str) -> None:
    text = "바다에 빠져서 물을 많이 먹었어요"
    fake = FakeLlama(content=LIES)
    changed = {"engines": "gpu,rules", "gpu_key": fake.key, "model_role": "merge"}
    async with running(fake.app) as gpu, triage(database, gpu_url=gpu, **changed) as client:
        rules = (await client.post("/v1/extract", json={"text": text})).json()
        await until_state(client, "gpu", "ready")
        for chance, added in ((SURE - 0.01, []), (SURE + 0.01, ["cardiac_arrest", "seizure"])):
            fake.logprob = math.log(chance)
            answer = (await client.post("/v1/extract", json={"text": text})).json()
            new = answer["symptoms"][len(rules["symptoms"]) :]
            assert [symptom["code"] for symptom in new] == added
            # The text holds no words for them.
            assert {symptom["quote"] for symptom in new} <= {""}
            assert (answer["negated"], answer["history"]) == (rules["negated"], rules["history"])
            # The rules judge what was added as they judge their own.
            assert answer["ktas"] == (1 if added else rules["ktas"])
            assert all(flag in answer["red_flags"] for flag in rules["red_flags"])


async def test_merging_without_an_engine_says_what_was_tried(database: str) -> None:
    fake = FakeLlama()
    changed = {"engines": "gpu,rules", "gpu_key": fake.key, "model_role": "merge"}
    async with running(fake.app) as gpu, triage(database, gpu_url=gpu, **changed) as client:
        await until_state(client, "gpu", "ready")
        fake.mode = "failing"
        answer = (await client.post("/v1/extract", json={"text": "배가 아파요"})).json()
        assert (answer["engine"], answer["degraded"]) == ("rules", ["gpu"])
        assert (await engine(client, "gpu"))["state"] == "cooling"


async def test_the_gpu_moves_while_everything_runs(database: str, redis_url: str) -> None:
    old, new = FakeLlama(key="same"), FakeLlama(key="same")
    redis = Redis.from_url(redis_url)
    changed = {"engines": "gpu,rules", "gpu_key": "same", "redis_url": redis_url}

    async def announce(epoch: int, url: str) -> None:
        await redis.set(redis_key("live"), json.dumps({"epoch": epoch, "url": url}))

    async def asked() -> bool:
        return bool(new.asked)

    async with (
        running(old.app) as one,
        running(new.app) as other,
        triage(database, gpu_url=one, **changed) as client,
    ):
        await until_state(client, "gpu", "ready")
        await announce(7, other)
        await until(asked, seconds=5)
        await until_state(client, "gpu", "ready")
        # An older word that comes late changes nothing; a later one without an address does.
        await announce(6, one)
        await asyncio.sleep(1.2)
        assert (await engine(client, "gpu"))["state"] == "ready"
        await announce(8, "")
        await until_state(client, "gpu", "off")
    await redis.aclose()


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://a@b/", "http://x/?q", "gpu:8080"])
def test_an_announcement_that_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="url"):
        Announced(epoch=1, url=url)


def test_only_a_later_epoch_is_news() -> None:
    address = GpuAddress("http://first", "k")
    assert address.adopt(Announced(epoch=2, url="http://second"))
    assert not address.adopt(Announced(epoch=2, url="http://third"))
    located = address.locate()
    assert located is not None
    assert (located.url, located.key, located.epoch) == ("http://second", "k", 2)
