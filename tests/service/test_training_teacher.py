"""A teacher of utterances: structured answers, each asked once, with a bill, whatever comes."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI

from tests.support.fakes.openai import FakeOpenAi, Reply, content, page, problem, refusal
from tests.support.running import running
from training.dataset import dataset, held_out
from training.examples import Example, read_examples, write_examples
from training.teaching.cache import Cache
from training.teaching.teacher import Price, Teacher, TooDear

PRICE = Price(per_million_in=2.5, per_million_out=10.0, most_usd=1.0)
TOLD = Example("할머니가 어지럽대요", gender="F", symptoms=("dizziness",), is_self=False)


def label(*symptoms: str, **changed: Any) -> Reply:
    told = {
        "age": None, "gender": None, "symptoms": list(symptoms), "negated": [], "is_self": True,
        "history": [], "special_note": "", **changed,
    }  # fmt: skip
    return content(json.dumps(told, ensure_ascii=False))


def rewrites(*texts: str) -> Reply:
    return content(json.dumps({"texts": list(texts)}, ensure_ascii=False))


@asynccontextmanager
async def teacher(fake: FakeOpenAi, kept: Path, price: Price = PRICE) -> AsyncIterator[Teacher]:
    async with (
        running(fake.app) as url,
        AsyncOpenAI(api_key="k", base_url=f"{url}/v1", max_retries=0) as client,
    ):
        yield Teacher(client, "teacher-1", Cache(kept), price, at_once=1)


async def test_what_was_paid_for_is_never_asked_again(tmp_path: Path) -> None:
    fake = FakeOpenAi([label("headache", age=40)])
    async with teacher(fake, tmp_path / "kept") as first:
        once = await first.labelled(["마흔인데 머리가 아파요"])
    async with teacher(fake, tmp_path / "kept") as second:
        again = await second.labelled(["마흔인데 머리가 아파요"])
    assert once == again
    assert (once[0].age, once[0].symptoms) == (40, ("headache",))
    assert len(fake.requests) == 1
    assert fake.requests[0]["response_format"]["json_schema"]["strict"] is True
    assert first.bill.told(PRICE).endswith("tokens 1200 in, 60 out; 0.0036 USD")
    assert (second.bill.asked, second.bill.cached, second.bill.usd(PRICE)) == (0, 1, 0)


async def test_a_run_that_was_killed_while_it_wrote_goes_on(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    async with teacher(FakeOpenAi([label("headache")]), kept) as first:
        await first.labelled(["머리가 아파요"])
    kept.write_text(kept.read_text(encoding="utf-8") + '{"key": "half', encoding="utf-8")
    async with teacher(FakeOpenAi(), kept) as second:
        assert len(await second.labelled(["머리가 아파요"])) == 1


@pytest.mark.parametrize(
    "reply",
    [
        refusal(), page(), problem(500, "server_error"), content("no JSON"),
        label("a_code_that_nobody_knows"), label("headache", age=300),
    ],
)  # fmt: skip
async def test_what_cannot_be_learnt_from_is_left_out(reply: Reply, tmp_path: Path) -> None:
    fake = FakeOpenAi([reply, label("fever")])
    async with teacher(fake, tmp_path / "kept") as asked:
        first = await asked.labelled(["머리가 아파요"])
        second = await asked.labelled(["열이 나요"])
    assert first == []
    assert [one.symptoms for one in second] == [("fever",)]


async def test_a_wording_in_which_something_else_is_read_is_left_out(tmp_path: Path) -> None:
    fake = FakeOpenAi([rewrites("할매가 빙빙 돈대요", "할매가 토한대요")])
    async with teacher(fake, tmp_path / "kept") as asked:
        fake.script += [label("dizziness", is_self=False), label("vomiting", is_self=False)]
        found = await asked.rewritten([TOLD], "dialect", 2)
    assert [one.text for one in found] == ["할매가 빙빙 돈대요"]
    assert (found[0].symptoms, found[0].gender) == (TOLD.symptoms, "F")


async def test_a_run_costs_no_more_than_it_may(tmp_path: Path) -> None:
    fake = FakeOpenAi([label("fever")])
    async with teacher(fake, tmp_path / "kept", Price(2.5, 10.0, 0.001)) as asked:
        await asked.labelled(["열이 나요"])
        with pytest.raises(ExceptionGroup) as told:
            await asked.labelled(["머리가 아파요"])
    assert told.group_contains(TooDear)
    assert len(fake.requests) == 1


async def test_a_refused_key_ends_the_run(tmp_path: Path) -> None:
    fake = FakeOpenAi([problem(401, "invalid_api_key")])
    async with teacher(fake, tmp_path / "kept") as asked:
        with pytest.raises(ExceptionGroup) as told:
            await asked.labelled(["열이 나요"])
    assert told.group_contains(openai.AuthenticationError)


def test_what_a_teacher_gave_is_trained_on_unless_it_is_near_to_what_is_held_out(
    tmp_path: Path,
) -> None:
    near = Example(held_out()[0].text + "!")
    write_examples(tmp_path / "taught.jsonl", [TOLD, near])
    lessons = read_examples(tmp_path / "taught.jsonl")
    assert lessons == [TOLD, near]
    train = dataset(count=0, seed=1, rounds=0, taught=lessons).train
    assert TOLD in train
    assert near not in train
