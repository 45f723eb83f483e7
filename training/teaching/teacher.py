"""Asks an OpenAI-compatible server for structured answers, each once, and counts what it costs."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import openai
from openai import AsyncOpenAI
from pydantic import BaseModel, ValidationError

from training.examples import Example
from training.teaching.answers import (
    Answer,
    Rewrites,
    label_messages,
    label_shape,
    rewrite_messages,
)
from training.teaching.cache import Cache, key_of

MILLION = 1_000_000
AT_ONCE = 4
MOST_TOKENS = 700
UNREADABLE = (ValidationError, AttributeError, TypeError, ValueError, LookupError)
"""What the library raises for a 200 that is no chat completion."""

Shape = TypeVar("Shape", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens, and the most that a run may cost."""

    per_million_in: float
    per_million_out: float
    most_usd: float


@dataclass(slots=True)
class Bill:
    """What a run asked, found in the cache, could not use, and paid."""

    asked: int = 0
    cached: int = 0
    failed: int = 0
    tokens_in: int = 0
    tokens_out: int = 0

    def usd(self, price: Price) -> float:
        paid = self.tokens_in * price.per_million_in + self.tokens_out * price.per_million_out
        return paid / MILLION

    def told(self, price: Price) -> str:
        """The cost line."""
        return (
            f"asked {self.asked}, from the cache {self.cached}, not usable {self.failed}; tokens"
            f" {self.tokens_in} in, {self.tokens_out} out; {self.usd(price):.4f} USD"
        )


class TooDear(Exception):
    """The next question would go beyond what the run may cost; what was paid for is kept."""


class Teacher:
    """`client` is the caller's; the library retries what is worth it. Nothing is asked twice."""

    def __init__(
        self, client: AsyncOpenAI, model: str, cache: Cache, price: Price, *, at_once: int = AT_ONCE
    ) -> None:
        self.bill = Bill()
        self._client, self._model, self._cache, self._price = client, model, cache, price
        self._room = asyncio.Semaphore(at_once)

    async def labelled(self, texts: Sequence[str]) -> list[Example]:
        """The utterances that the teacher could read, in their order."""
        found = await _all([self._label(text) for text in texts])
        return [one for one in found if one is not None]

    async def rewritten(self, told: Sequence[Example], style: str, count: int) -> list[Example]:
        """Other wordings with the labels of the first one. A wording is kept only where the
        teacher, who is not told these labels, reads the same findings and denials in it."""
        found = await _all([self._rewrites(one, style, count) for one in told])
        return [one for wordings in found for one in wordings]

    async def _label(self, text: str) -> Example | None:
        answer = await self._answer(label_messages(text), label_shape())
        return answer.example(text) if isinstance(answer, Answer) else None

    async def _rewrites(self, one: Example, style: str, count: int) -> list[Example]:
        answer = await self._answer(rewrite_messages(one.text, style, count), Rewrites)
        texts = [text.strip() for text in answer.texts if text.strip()] if answer else []
        read = await _all([self._label(text) for text in texts])
        return [
            Example(
                text, one.age, one.gender, one.symptoms, one.negated, one.is_self, one.history,
                one.note, category="taught",
            )
            for text, label in zip(texts, read, strict=True)
            if label is not None and _says_the_same(one, label)
        ]  # fmt: skip

    async def _answer(self, messages: list[dict[str, str]], shape: type[Shape]) -> Shape | None:
        key = key_of(self._model, messages)
        kept = self._cache.get(key)
        if kept is not None:
            self.bill.cached += 1
            return shape.model_validate(kept)
        async with self._room:
            answer = await self._asked(messages, shape)
        if answer is None:
            self.bill.failed += 1
        else:
            self._cache.put(key, answer.model_dump(mode="json"))
        return answer

    async def _asked(self, messages: list[dict[str, str]], shape: type[Shape]) -> Shape | None:
        if self.bill.usd(self._price) >= self._price.most_usd:
            raise TooDear
        self.bill.asked += 1
        try:
            completion = await self._client.chat.completions.parse(
                model=self._model,
                messages=cast(Any, messages),
                response_format=shape,
                max_completion_tokens=MOST_TOKENS,
            )
            if completion.usage is not None:
                self.bill.tokens_in += completion.usage.prompt_tokens
                self.bill.tokens_out += completion.usage.completion_tokens
            return completion.choices[0].message.parsed
        except (openai.AuthenticationError, openai.PermissionDeniedError):
            raise
        except openai.OpenAIError:
            return None
        except UNREADABLE:
            return None


async def _all(work: Sequence[Any]) -> list[Any]:
    """All answers; the first one that fails ends the others."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one) for one in work]
    return [task.result() for task in tasks]


def _says_the_same(one: Example, other: Example) -> bool:
    return set(one.symptoms) == set(other.symptoms) and set(one.negated) == set(other.negated)
