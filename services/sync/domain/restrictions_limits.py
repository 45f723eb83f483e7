"""Ages, weights and weeks in a text, and whom they mean."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from services.sync.domain.restrictions_words import Kind, Token
from shared.contracts.sync import Audience

Unit = Literal["years", "months", "days", "weeks", "g"]
Bound = Literal["lt", "le", "ge", "gt", "bare"]

_UNITS: dict[str, tuple[Unit, float]] = {
    "세": ("years", 1), "살": ("years", 1), "개월": ("months", 1), "month": ("months", 1),
    "일": ("days", 1), "일령": ("days", 1), "day": ("days", 1), "주": ("weeks", 1),
    "w": ("weeks", 1), "kg": ("g", 1000), "g": ("g", 1),
}  # fmt: skip
_BOUNDS: dict[str, Bound] = {
    "미만": "lt", "이전": "lt", "이하": "le", "까지": "le", "이내": "le", "이상": "ge",
    "부터": "ge", "초과": "gt", "~": "ge", "넘": "gt", "이후": "ge",
}  # fmt: skip
_NUMBER = r"(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)"
_UNIT = (
    r"(세|살|개월|months?|일령|days?|일(?=\s*(?:미만|이하|이상|초과|이내|부터))"
    r"|주(?![말간차중년])|weeks?|wks?|w|kg|g)"
)
_LIMIT = re.compile(
    rf"(생후|재태|임신|교정)?(?:\s*(?:기간|주수|연령|체중|약))*\s*(?:만\s*)?"
    rf"(?:{_NUMBER}\s*(세|살|개월|일|주|kg|g)?\s*(?:부터|에서|~|-)\s*(?:만\s*)?)?"
    rf"{_NUMBER}\s*{_UNIT}(?![a-z])\s*(?:[0-6]\s*일)?\s*(?:출생아|영아|신생아|환아|환자)?\s*"
    r"(미만|이하|이상|초과|이내|까지|부터|이전|이후|넘|~)?"
)


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound; `of` tells what weeks and days are counted from."""

    value: float
    unit: Unit
    bound: Bound
    of: str | None = None

    @property
    def days(self) -> float | None:
        """Days of age in one unit; None where the limit is no age."""
        if self.unit == "g" or (self.unit == "weeks" and self.of != "생후"):
            return None
        return {"years": 365.25, "months": 30.4375, "weeks": 7.0}.get(self.unit, 1.0)


@dataclass(frozen=True, slots=True)
class Span:
    """From a least value to a greatest."""

    low: Limit
    high: Limit


def find(text: str) -> list[Token]:
    """Every limit of a lower-case text: a `Limit`, or a `Span` of two."""
    tokens = []
    for match in _LIMIT.finditer(text):
        of, low, low_unit, number, unit_word, bound = match.groups()
        high = _limit(number, unit_word, _BOUNDS.get(bound or "", "bare"), of)
        value: Limit | Span = high
        if low is not None:
            value = Span(
                _limit(low, low_unit or unit_word, "ge", of), replace(high, bound=_top(high))
            )
        if high.unit != "weeks" or of or bound or high.value >= 20:
            tokens.append(Token(match.start(), match.end(), Kind.LIMIT, value))
    return tokens


def refused(found: Iterable[Limit | Span]) -> tuple[Audience, ...]:
    """Those whom a refusal with these limits names."""
    ages: dict[str, int] = {}
    others: list[dict[str, int]] = []
    for limit in found:
        low, high = (limit.low, limit.high) if isinstance(limit, Span) else (None, limit)
        if high.days is None:
            others += _least(high) if high.bound in ("lt", "le", "bare") else []
            continue
        if low is not None:
            ages |= _older(low, inclusive=True)
        if high.bound in ("lt", "le", "bare"):
            ages |= _younger(high, inclusive=high.bound != "lt")
        else:
            ages |= _older(high, inclusive=high.bound == "ge")
    return tuple(Audience(**bounds) for bounds in (ages, *others) if bounds)


def left_out(found: Iterable[Limit | Span]) -> tuple[Audience, ...]:
    """Those whom an acceptance within these limits leaves out: too young or small, too old."""
    out: list[dict[str, int]] = []
    for limit in found:
        low, high = (limit.low, limit.high) if isinstance(limit, Span) else (limit, limit)
        if low.bound in ("ge", "gt", "bare"):
            out += _least(low) if low.days is None else [_younger(low, inclusive=low.bound == "gt")]
        if high.bound in ("lt", "le") and high.value:
            out += [] if high.days is None else [_older(high, inclusive=high.bound == "lt")]
    return tuple(dict.fromkeys(Audience(**bounds) for bounds in out if bounds))


def _limit(number: str, unit_word: str, bound: Bound, of: str | None) -> Limit:
    stem = unit_word.rstrip("s")
    unit, factor = _UNITS["w" if stem in ("week", "wk") else stem]
    return Limit(float(number.replace(",", "")) * factor, unit, bound, of)


def _top(high: Limit) -> Bound:
    return "lt" if high.bound == "lt" else "le"


def _least(limit: Limit) -> list[dict[str, int]]:
    """The least weight or weeks still accepted."""
    least = int(limit.value) + int(limit.bound in ("le", "gt"))
    return [{"min_weight_g" if limit.unit == "g" else "min_weeks": least}] if least else []


def _younger(limit: Limit, *, inclusive: bool) -> dict[str, int]:
    """The youngest up to a limit, in inclusive years; days too where years are too coarse."""
    if limit.unit == "years":
        top = int(limit.value) - int(not inclusive)
        return {"max_age_years": top} if top >= 0 else {}
    if limit.unit == "months" and limit.value % 12 == 0 and not inclusive:
        return {"max_age_years": int(limit.value // 12) - 1} if limit.value else {}
    unit_days = limit.days or 1.0
    last = int(limit.value * unit_days + (unit_days if inclusive else 0)) - 1
    years = int(last // 365.25)
    return {"max_age_years": years, "max_age_days": last} if last >= 1 else {}


def _older(limit: Limit, *, inclusive: bool) -> dict[str, int]:
    years = limit.value * (limit.days or 1.0) / 365.25
    first = int(years + 0.001) + int(not inclusive)
    return {"min_age_years": first} if first else {}
