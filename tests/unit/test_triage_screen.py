"""The screen: what a text sounds like as a whole, beneath the rules."""

import json
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from services.triage.domain import extract
from services.triage.domain.extraction import heard
from services.triage.domain.screen import FULL, pieces, sound_of, stretches, weighed
from services.triage.knowledge import load_knowledge
from services.triage.knowledge.model import (
    MANY_ALARMS,
    SCREEN_CUES,
    SOUNDS_IMMEDIATE,
    SOUNDS_URGENT,
    UNCLEAR,
    Screen,
    ScreenLimits,
    Weight,
)
from training.screening import fitted, judged, weights_of, zero_of

KNOWLEDGE = load_knowledge()
LIMITS = ScreenLimits(urgent=1.0, immediate=1.0, calm=-1.0)
CHATTER = "오늘 아침에 일어나서 밥을 먹고 버스를 타고 회사에 갔다가 친구를 만나 커피를 마셨어요 "
BLUE, PLAYS = (unicodedata.normalize("NFD", word) for word in ("파래", "놀아"))
# In no relation to the shipped weights.
SCREEN = Screen(
    weights={BLUE: Weight(FULL, 3.0, 2.0), PLAYS: Weight(FULL, -3.0, -3.0)},
    zero=Weight(0.0, -0.5, -0.5),
    limits=LIMITS,
)


def cues(
    text: str, unclear: frozenset[str] = frozenset(), *, understood: bool = True
) -> frozenset[str]:
    sound = sound_of(heard(text, KNOWLEDGE.lexicon), SCREEN)
    return weighed(unclear, sound, SCREEN, understood=understood)


def test_pieces_are_runs_of_three_to_seven_jamo() -> None:
    assert pieces("") == pieces(BLUE[:2]) == set()
    assert pieces(BLUE) == {BLUE[:3], BLUE[1:], BLUE}
    assert max(map(len, pieces(BLUE * 4))) == 7


def test_a_score_is_the_mean_direction_of_the_known_pieces() -> None:
    silent = sound_of(heard("", KNOWLEDGE.lexicon), SCREEN)
    assert (silent.urgent, silent.immediate) == (-0.5, -0.5)
    blue = sound_of(heard("파래", KNOWLEDGE.lexicon), SCREEN)
    assert (blue.urgent, blue.immediate) == (2.5, 1.5)
    both = sound_of(heard("파래 놀아", KNOWLEDGE.lexicon), SCREEN)
    assert (both.urgent, both.immediate) == pytest.approx((-0.5, -0.5 - 1 / 2**0.5))


def test_a_text_beyond_the_limits_is_urgent_or_immediate() -> None:
    assert cues("파래") == {SOUNDS_URGENT, SOUNDS_IMMEDIATE}
    assert cues("파래 놀아") == frozenset()


def test_little_that_is_known_says_little() -> None:
    faint = replace(SCREEN, weights={BLUE: Weight(FULL / 5, 3.0, 2.0)})
    told = sound_of(heard("파래", KNOWLEDGE.lexicon), faint)
    assert told.urgent == pytest.approx(-0.5 + 3.0 / 5)


def test_where_no_rule_heard_of_trouble_nothing_is_weighed() -> None:
    assert cues("파래", understood=False) == frozenset()
    assert SOUNDS_URGENT in cues("파래", frozenset({UNCLEAR}), understood=False)


def test_alarms_count_unless_the_text_sounds_calm() -> None:
    alarms = frozenset({MANY_ALARMS, UNCLEAR})
    assert cues("무엇인가", alarms) == alarms
    assert cues("놀아", alarms) == {UNCLEAR}


def test_chatter_does_not_drown_a_grave_sentence() -> None:
    assert SOUNDS_URGENT in cues(CHATTER * 20 + "얼굴이 파래")
    assert SOUNDS_URGENT in cues("얼굴이 파래. " + CHATTER * 20)


def test_stretches_cover_the_text_and_grow_with_it() -> None:
    long = heard(CHATTER * 40, KNOWLEDGE.lexicon)
    parts = list(stretches(long))
    assert len(parts) == pytest.approx(len(long.squeezed) / 60, abs=2)
    assert all(parts)


@pytest.mark.parametrize(
    "text",
    ["", "안녕하세요", "ㅋㅋㅋ", "...", "근처 약국 어디예요", "배고파 죽겠다", "hello", "😀"],
)
def test_what_is_not_medical_sounds_like_nothing(text: str) -> None:
    found = extract(text, knowledge=KNOWLEDGE, this_year=2026)
    assert not found.severity & SCREEN_CUES


def test_the_shipped_weights_are_what_the_texts_give() -> None:
    told = judged()
    model = fitted(told, KNOWLEDGE)
    again = Screen(weights_of(model), zero_of(model), KNOWLEDGE.screen.limits)
    for one in told[::7]:
        reading = heard(one.text, KNOWLEDGE.lexicon)
        shipped, fresh = sound_of(reading, KNOWLEDGE.screen), sound_of(reading, again)
        assert shipped.urgent == pytest.approx(fresh.urgent, abs=0.1)
        assert shipped.immediate == pytest.approx(fresh.immediate, abs=0.1)


def test_no_text_that_is_set_aside_is_learnt_from() -> None:
    folder = Path(__file__).parents[1] / "eval" / "setaside"
    learnt = {one.text for one in judged()}
    for path in folder.glob("*.jsonl"):
        texts = {json.loads(line).get("text") for line in path.read_text("utf-8").splitlines()}
        assert not {text for text in texts & learnt if len(text) > 4}
