"""What the merge may see of a model's answer, and how sure the model was of each symptom, by the
chances of its tokens."""

import math
from collections.abc import Iterator, Mapping, Sequence

from services.triage.domain.merging import ModelReading
from services.triage.engines.client import Completion, TokenChance
from services.triage.engines.output import ModelOutput

_OPENS = '"symptoms":['


def reading_of(output: ModelOutput, completion: Completion) -> ModelReading:
    """An answer in the words of the domain."""
    told = completion.completion_probabilities
    sure = sureness(completion.content, output.symptoms, told)
    return ModelReading(
        output.age, output.gender, output.is_self, tuple(output.symptoms), sure=sure
    )


def sureness(
    content: str, codes: Sequence[str], told: Sequence[TokenChance]
) -> Mapping[str, float]:
    """The chance of each code, 0 to 1: that the list went on, and that it went on with this one.
    Empty where the tokens are not those of the answer, as nothing is known then."""
    if not "".join(chance.token for chance in told).startswith(content):
        return {}
    begin = content.find(_OPENS)
    found = {}
    for code in codes:
        start = content.find(f'"{code}"', begin)
        logprobs = list(_over(told, start, start + len(code) + 1))
        if begin >= 0 <= start and None not in logprobs:
            found[code] = min(1.0, math.exp(sum(one for one in logprobs if one is not None)))
    return found


def _over(told: Sequence[TokenChance], start: int, end: int) -> Iterator[float | None]:
    """Of the tokens that hold a letter of that stretch."""
    at = 0
    for chance in told:
        if at < end and at + len(chance.token) > start:
            yield chance.logprob
        at += len(chance.token)
