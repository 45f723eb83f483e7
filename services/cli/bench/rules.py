"""How fast the rules read, against a text of fifty letters as the control; one core, no service."""

import statistics
import time
from collections.abc import Sequence
from datetime import datetime

from services.cli.bench.reports import Report, Wanted, number, table
from services.triage.domain import extract
from services.triage.knowledge import Knowledge, load_knowledge

LENGTHS = (50, 125, 250, 500, 1000, 2000)
ROUNDS = 7
READS_OF_CONTROL = 60
# Invented talk with a finding now and then, as long as the longest text that is taken.
TALK = (
    "아버지가 아까부터 가슴이 답답하다고 하시고 식은땀을 흘리세요 올해 72세시고 혈압약 드세요 "
    "오늘 아침에는 밭에 나가서 배추도 뽑고 점심도 잘 드셨거든요 열은 없고 기침도 안 하세요. "
    "어머니는 옆에서 걱정만 하시고 저는 차를 가지고 갈지 구급차를 부를지 모르겠어요. "
    "작년에도 한 번 어지럽다고 하셔서 병원에 갔는데 그때는 괜찮다고 했어요 지금은 팔도 저리대요. "
)


def bench(wanted: Wanted) -> Report:
    """Median time by length; in every round all lengths take turns with the control."""
    del wanted
    knowledge = load_knowledge()
    texts = [(TALK * (2 + length // len(TALK)))[:length] for length in LENGTHS]
    medians = _medians(texts, knowledge)
    control = medians[0]
    rows = [
        (f"{length:,}", number(took * 1e6), number(1 / took), f"{took / control:.1f}")
        for length, took in zip(LENGTHS, medians, strict=True)
    ]
    per_letter = [took / length for length, took in zip(LENGTHS, medians, strict=True)]
    figures = {
        "lengths": list(LENGTHS),
        "seconds": medians,
        "texts_per_second_of_50": 1 / control,
        "ratio_2000_to_50": medians[-1] / control,
        "seconds_per_letter_2000_to_500": per_letter[-1] / per_letter[3],
    }
    heads = ("letters", "µs a text", "texts/s a core", "ratio to 50")
    return Report([table("rules", heads, rows)], figures)


def _medians(texts: Sequence[str], knowledge: Knowledge) -> list[float]:
    rounds = [[_seconds(text, knowledge) for text in texts] for _ in range(1 + ROUNDS)]
    # The first round fills the caches.
    return [statistics.median(times) for times in zip(*rounds[1:], strict=True)]


def _seconds(text: str, knowledge: Knowledge) -> float:
    """A text's own time, from enough reads to be longer than the clock's grain."""
    reads = max(3, READS_OF_CONTROL * LENGTHS[0] // len(text))
    year = datetime.now().astimezone().year
    began = time.perf_counter()
    for _ in range(reads):
        extract(text, knowledge=knowledge, this_year=year)
    return (time.perf_counter() - began) / reads
