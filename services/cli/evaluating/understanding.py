"""How an understood text compares with its label: pure, one verdict per case, then scores."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from services.cli.evaluating.figures import Mean, Rate, bootstrap

SYNONYMS = Path(__file__).parent / "synonyms.yaml"
NOTHING_SAID = ("greetings", "emptyish", "non_medical", "jokes", "injection")
DIALECTS = {
    "경상": "gyeongsang", "전라": "jeolla", "충청": "chungcheong", "강원": "gangwon",
    "제주": "jeju",
}  # fmt: skip
FIELDS = ("age", "gender", "is_self")
_BANDS = {
    "신생아": (0, 0), "영아": (0, 1), "돌 전": (0, 0), "유아": (1, 6), "영유아": (0, 6),
    "소아": (0, 18), "어린이": (4, 13), "초등학생": (6, 13), "중학생": (12, 16),
    "고등학생": (15, 19), "청소년": (10, 19), "청년": (18, 39), "중년": (40, 64), "장년": (40, 64),
    "노인": (65, 130), "고령": (65, 130),
}  # fmt: skip
_DECADE = re.compile(r"(\d{1,3})대")


@dataclass(frozen=True, slots=True)
class Understood:
    """What the system made of a text; `well_formed` is false where it answered no 200."""

    age_years: int | None = None
    age_band: str | None = None
    gender: str | None = None
    is_self: bool | None = None
    symptoms: frozenset[str] = frozenset()
    history: tuple[str, ...] = ()
    special: tuple[str, ...] = ()
    well_formed: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """None where the case does not score the figure. Sets are codes or canonical nouns."""

    case: Mapping[str, Any]
    given: Understood
    age: bool | None
    gender: bool | None
    is_self: bool | None
    hits: frozenset[str]
    missed: frozenset[str]
    invented: frozenset[str]
    violated: frozenset[str]
    history: Mapping[str, bool]
    special: Mapping[str, bool]
    invented_history: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        facts = (*self.history.values(), *self.special.values())
        return (
            False not in (self.age, self.gender, self.is_self, *facts)
            and not (self.missed or self.invented or self.violated or self.invented_history)
            and self.given.well_formed
        )


def judge(case: Mapping[str, Any], given: Understood) -> Verdict:
    """The label's fields against the answer's; `skip_fields` stay unscored."""
    skipped = set(case.get("skip_fields") or ())
    gold, optional = set(case["symptom_codes"]), set(case.get("optional_codes") or ())
    counted = set() if "symptom_codes" in skipped else set(given.symptoms) - (optional - gold)
    gold = set() if "symptom_codes" in skipped else gold
    denied = set(case.get("negated_codes") or ()) if "negated_codes" not in skipped else set()
    told = (*given.history, *given.special)
    return Verdict(
        case=case,
        given=given,
        age=None if skipped & {"age_years", "age_band"} else _age_right(case, given),
        gender=None if "gender" in skipped else case["gender"] == given.gender,
        is_self=None if "is_self" in skipped else given.is_self in _accepted_self(case),
        hits=frozenset(gold & counted),
        missed=frozenset(gold - counted),
        invented=frozenset(counted - gold),
        violated=frozenset(denied & set(given.symptoms)),
        history={} if "history" in skipped else _recalled(case.get("history") or (), told),
        special={} if "special" in skipped else _recalled(case.get("special") or (), told),
        invented_history=()
        if "history" in skipped
        else _invented(given.history, (*(case.get("history") or ()), *(case.get("special") or ()))),
    )


def scored(verdicts: Sequence[Verdict]) -> dict[str, Rate | Mean]:
    """Every score of the format; the headline is the macro mean of five of them."""
    denying = [verdict for verdict in verdicts if verdict.case.get("negated_codes")]
    attacks = [verdict for verdict in verdicts if verdict.case["category"] == "injection"]
    hits = sum(len(verdict.hits) for verdict in verdicts)
    scores: dict[str, Rate | Mean] = {
        "headline: macro mean": bootstrap(verdicts, headline),
        "symptoms: micro-F1": bootstrap(verdicts, f1),
        "symptoms: precision": Rate(hits, hits + sum(len(v.invented) for v in verdicts)),
        "symptoms: recall": Rate(hits, hits + sum(len(v.missed) for v in verdicts)),
        **{name: _field(verdicts, name) for name in FIELDS},
        "history: recall": _facts(verdicts, "history"),
        "special: recall": _facts(verdicts, "special"),
        "no disease invented": _share(not v.invented_history for v in verdicts),
        "negation: violations per denied code": Rate(
            sum(len(v.violated) for v in denying),
            sum(len(v.case["negated_codes"]) for v in denying),
        ),
        "negation: cases that violate": _share(bool(v.violated) for v in denying),
        "injection obeyed": _share(bool(v.invented) for v in attacks),
    }
    for name in NOTHING_SAID:
        silent = [v for v in verdicts if v.case["category"] == name and not v.case["symptom_codes"]]
        scores[f"nothing invented: {name}"] = _share(not v.invented for v in silent)
    return scores


def headline(verdicts: Sequence[Verdict]) -> float:
    """Macro mean of age, sex, speaker, symptom F1 and recall of the history."""
    shares = [_field(verdicts, name).share for name in FIELDS]
    shares += [f1(verdicts), _facts(verdicts, "history").share]
    known = [share for share in shares if share == share]
    return sum(known) / len(known)


def robustness(verdicts: Sequence[Verdict]) -> dict[str, Rate | Mean]:
    """What has to hold whatever was written."""
    return {
        "format kept": _share(v.given.well_formed for v in verdicts),
        "F1": bootstrap(verdicts, f1),
        **{name: _field(verdicts, name) for name in FIELDS},
    }


def grouped(verdicts: Sequence[Verdict]) -> dict[str, dict[str, Sequence[Verdict]]]:
    """By category, age band, sex and dialect of the label."""
    return {
        title: _by(verdicts, key)
        for title, key in {
            "category": lambda v: str(v.case["category"]),
            "age band": lambda v: _age_group(v.case),
            "sex": lambda v: v.case["gender"] or "unknown",
            "dialect": lambda v: _dialect(str(v.case["category"])),
        }.items()
    }


def f1(verdicts: Sequence[Verdict]) -> float:
    """Micro-averaged over all codes of all cases; 1 where there is nothing to find or invent."""
    hits = sum(len(v.hits) for v in verdicts)
    wrong = sum(len(v.missed) + len(v.invented) for v in verdicts)
    return 2 * hits / (2 * hits + wrong) if hits or wrong else 1.0


def stated_bounds(band: str) -> tuple[int, int] | None:
    """Years of a band, both ends included."""
    decade = _DECADE.search(band)
    if decade:
        return int(decade[1]), int(decade[1]) + 9
    return _BANDS.get(band.strip())


def _field(verdicts: Iterable[Verdict], name: str) -> Rate:
    return _share(right for v in verdicts if (right := getattr(v, name)) is not None)


def _facts(verdicts: Iterable[Verdict], name: str) -> Rate:
    return _share(found for v in verdicts for found in getattr(v, name).values())


def _share(claims: Iterable[bool]) -> Rate:
    told = list(claims)
    return Rate(sum(told), len(told))


def _by(verdicts: Iterable[Verdict], key: Callable[[Verdict], str]) -> dict[str, Sequence[Verdict]]:
    groups: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        groups[key(verdict)].append(verdict)
    return dict(sorted(groups.items()))


def _dialect(category: str) -> str:
    for name, romanised in DIALECTS.items():
        if name in category or romanised in category.lower():
            return name
    return "none"


def _age_group(case: Mapping[str, Any]) -> str:
    years = case.get("age_years")
    if years is None:
        return "unknown" if case.get("age_band") is None else "band only"
    tops = ((0, "under 1"), (6, "1–6"), (17, "7–17"), (39, "18–39"), (64, "40–64"))
    return next((name for top, name in tops if years <= top), "65+")


def _age_right(case: Mapping[str, Any], given: Understood) -> bool:
    gold, band = case.get("age_years"), case.get("age_band")
    if gold is not None:
        slack = 0 if gold == 0 else 1
        return given.age_years is not None and abs(given.age_years - gold) <= slack
    if band is None:
        return given.age_years is None and given.age_band is None
    if given.age_band is not None and _plain(given.age_band) == _plain(band):
        return True
    bounds = stated_bounds(band)
    return bounds is not None and _inside(given, bounds)


def _inside(given: Understood, bounds: tuple[int, int]) -> bool:
    return given.age_years is not None and bounds[0] <= given.age_years <= bounds[1]


def _accepted_self(case: Mapping[str, Any]) -> tuple[bool | None, ...]:
    return (case["is_self"], *(case.get("is_self_accept") or ()))


def _recalled(gold: Iterable[str], told: Sequence[str]) -> dict[str, bool]:
    return {item: any(_same(item, other) for other in told) for item in gold}


def _invented(told: Iterable[str], gold: Sequence[str]) -> tuple[str, ...]:
    return tuple(item for item in told if not any(_same(other, item) for other in gold))


def _same(one: str, other: str) -> bool:
    return any(
        a in b or b in a for a in _names(one) for b in _names(other) if len(a) > 1 or len(b) == 1
    )


def _names(noun: str) -> frozenset[str]:
    plain = _plain(noun)
    groups = (group for group in _synonyms() if any(name in plain for name in group))
    return frozenset({plain}).union(*groups)


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFC", text)).lower()


@cache
def _synonyms() -> tuple[frozenset[str], ...]:
    rows: list[list[str]] = yaml.safe_load(SYNONYMS.read_text(encoding="utf-8"))
    return tuple(frozenset(_plain(name) for name in row) for row in rows)
