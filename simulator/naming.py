"""Names that nobody can take for a hospital that exists."""

from collections.abc import Sequence
from random import Random

_FIRST = (
    "달토끼", "은하수", "반딧불", "종이배", "해바라기", "도토리", "솜사탕", "무지개", "별똥별",
    "꿀벌", "민들레", "고래", "나침반", "풍선", "구름", "조약돌", "다람쥐", "오로라", "북두칠성",
    "물수제비", "바람개비", "징검다리",
)  # fmt: skip
_SECOND = (
    "언덕", "나루", "마을", "다리", "정원", "숲", "샘물", "등대", "골목", "들판", "호수", "나무",
    "오솔길", "마루", "여울", "섬", "우체국", "정거장", "놀이터", "그네", "연못", "돛단배",
)  # fmt: skip
_ENDINGS = {
    "G001": ("대학교병원",),
    "G006": ("종합병원", "의료원"),
    "G007": ("병원", "의료원"),
    "G009": ("병원",),
}


def invented_names(levels: Sequence[str], rng: Random) -> list[str]:
    """One name per level given, no two alike, each marked as simulated."""
    pairs = [first + second for first in _FIRST for second in _SECOND]
    return [
        f"{pair}{rng.choice(_ENDINGS[level])}(모의)"
        for level, pair in zip(levels, rng.sample(pairs, len(levels)), strict=True)
    ]
