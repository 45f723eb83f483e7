"""Tokens under a grammar, over a vocabulary of bytes and a few words."""

from typing import Any

import numpy as np
import pytest
from llguidance import LLTokenizer, TokenizerWrapper

from services.triage.engines.grammar import TUNED_FILE
from services.triage.engines.worker.sampling import Grammar, Sampler
from services.triage.engines.worker.task import BadRequest

WORDS = (b"fever", b"chest", b'":"', b"<end>")
END = 256 + len(WORDS) - 1


class Bytes:
    """Bytes, and behind them the words."""

    tokens = (*(bytes([value]) for value in range(256)), *WORDS)
    bos_token_id = None
    eos_token_id = END
    special_token_ids = (END,)

    def __call__(self, text: bytes) -> list[int]:
        return list(text)


TOKENS = LLTokenizer(TokenizerWrapper(Bytes()))


def sampler(grammar: str, temperature: float = 0.0, seed: int = 1) -> Sampler:
    parsed = Grammar.parsed(TOKENS, grammar)
    return Sampler(parsed.copy(), temperature, np.random.default_rng(seed))


def text(tokens: list[int]) -> bytes:
    return b"".join(Bytes.tokens[token] for token in tokens)


def likes(*wanted: int) -> Any:
    logits = np.zeros(len(Bytes.tokens), dtype=np.float32)
    logits[list(wanted)] = 9.0
    return logits


def test_what_is_forced_comes_unasked() -> None:
    choosing = sampler('root ::= "ab" ("c" | "d") "ef"')
    assert text(choosing.opening()) == b"ab"
    assert text(choosing.next(likes(ord("d"), ord("z")))) == b"def"
    assert choosing.is_done


def test_the_likeliest_of_those_that_may_come_is_chosen() -> None:
    choosing = sampler('root ::= ("a" | "b" | "c")+')
    logits = likes(ord("x"))
    logits[ord("b")] = 1.0
    assert text(choosing.next(logits)) == b"b"
    assert not choosing.is_done
    assert choosing.next(likes(END)) == [END]


def test_how_likely_the_choice_was_counts_only_what_might_have_come() -> None:
    choosing = sampler('root ::= ("a" | "b") "!"')
    logits = likes(ord("x"))
    logits[ord("a")] = np.log(3)
    assert text(choosing.next(logits)) == b"a!"
    assert np.exp(choosing.logprob) == pytest.approx(0.75)


def test_an_answer_costs_a_look_for_each_choice_alone() -> None:
    answer = (
        b'{"age":null,"gender":"F","symptoms":["fever"],"negated":[],"is_self":true,'
        b'"history":[],"special_note":""}'
    )
    choosing = sampler(TUNED_FILE.read_text(encoding="utf-8"))
    written, looks = text(choosing.opening()), 0
    while not choosing.is_done:
        rest = answer[len(written) :]
        fitting = [t for t, word in enumerate(Bytes.tokens) if rest.startswith(word)]
        longest = max(fitting, key=lambda token: len(Bytes.tokens[token]))
        written += text(choosing.next(likes(longest)))
        looks += 1
    assert written == answer
    assert looks < 12


def test_a_draw_keeps_to_the_grammar_and_to_its_seed() -> None:
    draws = []
    for seed in (1, 1, 2, 3):
        choosing = sampler('root ::= ("a" | "b" | "c" | "d"){12}', 1.0, seed)
        written: list[int] = []
        while not choosing.is_done:
            written += choosing.next(likes(ord("z")))
        draws.append(text(written))
    assert draws[0] == draws[1]
    assert len(set(draws)) == 3
    assert all(set(drawn) <= set(b"abcd") and len(drawn) == 12 for drawn in draws)


def test_one_text_does_not_move_the_next_one() -> None:
    parsed = Grammar.parsed(TOKENS, 'root ::= "a" ("b" | "c")')
    for _ in range(2):
        assert text(parsed.copy().forced()) == b"a"


@pytest.mark.parametrize("broken", ["root ::= (", "nothing", "root ::= unknown"])
def test_what_is_no_grammar_is_refused(broken: str) -> None:
    with pytest.raises(BadRequest, match="Failed to parse grammar"):
        Grammar.parsed(TOKENS, broken)
