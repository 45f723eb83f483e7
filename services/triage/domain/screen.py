"""How urgent a text sounds as a whole: a linear weighing of its pieces of letters.

The rules know what somebody thought of; the screen has only seen many texts of each level. It
stands beneath the rules: it may make a case graver. In a text that sounds calm alarms are not
counted, and what the text explains away itself may be taken back.
"""

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from services.triage.domain.reading import BOUNDARY, Reading
from services.triage.knowledge.model import ALARM_CUES, SOUNDS_IMMEDIATE, SOUNDS_URGENT, Screen

_SHORTEST, _LONGEST = 3, 7
_STRETCH, _STEP = 120, 60
# The length of what is known in a common sentence: of less than that, less is believed.
FULL = 75.0
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_BREAKS = re.compile(re.escape(BOUNDARY) + "+")


@dataclass(frozen=True, slots=True)
class Sound:
    """Scores of the gravest stretch; 0 is as likely as not in the balanced training texts."""

    urgent: float
    immediate: float


def weighed(
    unclear: frozenset[str], sound: Sound, screen: Screen, *, understood: bool
) -> frozenset[str]:
    """The cues of what is not understood, with those of the screen. Alarms are words that say
    nothing alone: in a text that as a whole sounds calm they are not counted. Where no rule found
    a body in trouble there is nothing to weigh: who tells an age or an old disease is not ill."""
    if not (understood or unclear):
        return unclear
    counted = unclear - ALARM_CUES if is_calm(sound, screen) else unclear
    return counted | sound_cues(sound, screen)


def is_calm(sound: Sound, screen: Screen) -> bool:
    return sound.urgent < screen.limits.calm


def sound_of(reading: Reading, screen: Screen) -> Sound:
    """The sound of what the patient's side tells; a text without letters is silent."""
    sounds = [_sound(pieces(stretch), screen) for stretch in stretches(reading)]
    return Sound(max(s.urgent for s in sounds), max(s.immediate for s in sounds))


def sound_cues(sound: Sound, screen: Screen) -> frozenset[str]:
    cues = set()
    if sound.urgent >= screen.limits.urgent:
        cues.add(SOUNDS_URGENT)
        if sound.immediate >= screen.limits.immediate:
            cues.add(SOUNDS_IMMEDIATE)
    return frozenset(cues)


def stretches(reading: Reading) -> Iterator[str]:
    """The text as it is weighed, in stretches that overlap, so that chatter around a grave
    sentence does not dilute it. Numbers weigh the same whatever they are."""
    told = _BREAKS.sub(BOUNDARY, _NUMBER.sub("0", reading.squeezed)).strip(BOUNDARY)
    last = max(len(told) - _STRETCH + _STEP, 1)
    for start in range(0, last, _STEP):
        yield unicodedata.normalize("NFD", told[start : start + _STRETCH])


def pieces(stretch: str) -> set[str]:
    """Every run of three to seven jamo."""
    return {
        stretch[start : start + length]
        for length in range(_SHORTEST, _LONGEST + 1)
        for start in range(len(stretch) - length + 1)
    }


def _sound(told: set[str], screen: Screen) -> Sound:
    known = [weight for weight in map(screen.weights.get, told) if weight is not None]
    size = max(math.sqrt(sum(weight.rarity**2 for weight in known)), FULL)
    return Sound(
        screen.zero.urgent + sum(w.rarity * w.urgent for w in known) / size,
        screen.zero.immediate + sum(w.rarity * w.immediate for w in known) / size,
    )
