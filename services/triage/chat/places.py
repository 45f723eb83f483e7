"""Places by name: a 시·군·구, alone or after its 시·도, becomes the point at its centre."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from services.triage.chat.book import District
from services.triage.chat.dialogue import Place

_SPOTS = ("역", "터미널", "시청", "구청", "군청", "공항")
_JOSA = (
    "이",
    "에",
    "에서",
    "에서는",
    "에는",
    "에요",
    "예요",
    "이에요",
    "이예요",
    "이요",
    "요",
    "입니다",
    "인데",
    "인데요",
    "이고",
    "쪽",
    "쪽이요",
    "쪽이에요",
    "쪽에",
    "쪽입니다",
    "근처",
    "근처요",
    "근처예요",
    "근처에",
    "임",
    "이야",
    "야",
    "여",
    "이여",
    "살아요",
    "사는데",
    "삽니다",
)
_SIDO = {
    "서울특별시": ("서울", "서울시", "seoul"),
    "부산광역시": ("부산", "부산시", "busan"),
    "대구광역시": ("대구", "대구시", "daegu"),
    "인천광역시": ("인천", "인천시", "incheon"),
    "전남광주통합특별시": (
        "광주",
        "광주광역시",
        "광주시",
        "전남",
        "전라남도",
        "gwangju",
        "jeonnam",
    ),
    "대전광역시": ("대전", "대전시", "daejeon"),
    "울산광역시": ("울산", "울산시", "ulsan"),
    "세종특별자치시": ("세종", "세종시", "sejong"),
    "경기도": ("경기", "gyeonggi"),
    "강원특별자치도": ("강원", "강원도", "gangwon"),
    "충청북도": ("충북", "chungbuk"),
    "충청남도": ("충남", "chungnam"),
    "전북특별자치도": ("전북", "전라북도", "jeonbuk"),
    "경상북도": ("경북", "gyeongbuk"),
    "경상남도": ("경남", "gyeongnam"),
    "제주특별자치도": ("제주", "제주도", "jeju"),
}
_SIDO_OF = {name: sido for sido, names in _SIDO.items() for name in (sido, *names)}
_CITIES = frozenset(
    {
        "서울특별시", "부산광역시", "대구광역시", "인천광역시", "대전광역시", "울산광역시",
        "세종특별자치시",
    }
)  # fmt: skip
MOST_WORDS = 2
_WORD = re.compile(r"[가-힣]+|[a-z]+")
_ENGLISH_TAIL = re.compile(r"(?:gu|gun|si)$")
_INITIALS = ("g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k",
             "t", "p", "h")  # fmt: skip
_VOWELS = ("a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo",
           "we", "wi", "yu", "eu", "ui", "i")  # fmt: skip
_FINALS = ("", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p",
           "p", "t", "t", "ng", "t", "t", "k", "t", "p", "t")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """One place, or several districts of one name (`ambiguous`)."""

    place: Place
    ambiguous: bool = False


def find_place(text: str, districts: Iterable[District], *, asked: bool) -> Found | None:
    """The place that a text names. Short names ("강남") count only where the place was asked or
    stands after its city, or where the text is nothing else; whole ones ("강남구") always."""
    words = _WORD.findall(text.lower())
    sido, said, rest = _sido(words)
    candidates = [d for d in districts if sido is None or d.sido == sido]
    loose = asked or sido is not None or _is_nothing_else(words, candidates)
    matches = list(_matches(rest, candidates, loose=loose))
    if not matches and (asked or len(words) == 1):
        # 광주, 세종 and 제주 are cities within what bears their name.
        matches = list(_matches([said], candidates, loose=loose))
    if matches:
        return _one_of(matches)
    if sido in _CITIES and (asked or len(words) == 1):
        return Found(_middle(sido, [d for d in candidates if d.sido == sido]))
    return None


def _is_nothing_else(words: list[str], districts: list[District]) -> bool:
    return 0 < len(words) <= MOST_WORDS and all(
        any(True for _ in _matches([word], districts, loose=True)) for word in words
    )


def _sido(words: list[str]) -> tuple[str | None, str, list[str]]:
    """The 시·도 that is named, its word, and the words after it; all words where none is."""
    for at, word in enumerate(words):
        for form in _forms(word):
            if form in _SIDO_OF:
                return _SIDO_OF[form], word, words[at + 1 :]
        for name, sido in _SIDO_OF.items():
            # "서울강남구" without a space
            glued = word.removeprefix(name)
            if word != glued and len(glued) > 1 and glued[-1] in "시군구":
                return sido, word, [glued, *words[at + 1 :]]
    return None, "", words


def _matches(
    words: list[str], districts: list[District], *, loose: bool
) -> Iterator[tuple[int, District]]:
    """Districts with the number of their words that were said."""
    forms = {form for word in words for form in _forms(word)}
    for district in districts:
        said = [not forms.isdisjoint(_names(part, loose)) for part in district.sigungu.split()]
        if said and said[-1]:
            yield sum(said), district


def _forms(word: str) -> list[str]:
    """The word and what it may be once its endings are taken off."""
    bare = [word, *(word.removesuffix(josa) for josa in _JOSA if word.endswith(josa))]
    spots = [form.removesuffix(spot) for form in bare for spot in _SPOTS if form.endswith(spot)]
    english = [_ENGLISH_TAIL.sub("", word)] if word.isascii() else []
    return [form for form in (*bare, *spots, *english) if form]


@cache
def _names(part: str, loose: bool) -> frozenset[str]:
    """What "강남구" is called: short and in Latin letters only where `loose`."""
    stem = part[:-1]
    if not loose or len(stem) < 2:
        return frozenset({part})
    return frozenset({part, stem, _romanised(stem), _romanised(part)})


def _one_of(matches: list[tuple[int, District]]) -> Found:
    most = max(count for count, _ in matches)
    best = [district for count, district in matches if count == most]
    if len(best) > 1:
        return Found(Place(text=best[0].sigungu.split()[-1]), ambiguous=True)
    district = best[0]
    return Found(Place(district.latitude, district.longitude, _named(district)))


def _named(district: District) -> str:
    return f"{district.sido} {district.sigungu}"


def _middle(sido: str, districts: list[District]) -> Place:
    count = len(districts)
    return Place(
        round(sum(d.latitude for d in districts) / count, 3),
        round(sum(d.longitude for d in districts) / count, 3),
        sido,
    )


def _romanised(word: str) -> str:
    """Letter by letter, without the changes between syllables: enough for most names."""
    out = []
    for letter in word:
        place = ord(letter) - 0xAC00
        if not 0 <= place < 11172:
            return ""
        out.append(_INITIALS[place // 588] + _VOWELS[place % 588 // 28] + _FINALS[place % 28])
    return "".join(out)
