"""A text cut into clauses: what is said in the end, and of whom, what and when."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from services.sync.domain import restrictions_hours as hours
from services.sync.domain import restrictions_limits as limits
from services.sync.domain.restrictions_words import VERDICTS, Kind, Token, words

_BREAK = re.compile(
    r"(?P<open>[(\[<{【])|(?P<close>[)\]>}】])"
    r"|(?P<break>[;\n|•※*★●◆▶:!?]|(?<!\d)[,/.·]|[,/.·](?!\d)|(?<=\s)-(?=\s)|-(?=[가-힣]))"
)
_ONLY = re.compile(
    r"(?<=[가-힣0-9)\]a-z])만(?![가-힣])|(?<=[가-힣])만(?=가능|진료|수용)|한해|한하여|한함|한정|국한|에만"
)
_EXCEPT = re.compile(
    r"(?<=[\s)])외(?=[\s에는의,)]|$)|이외|제외|(?:그\s*외|그\s*밖)(?:의|에는)?(?:\s*시간)?"
)


_BECAUSE = re.compile(
    r"\s*(?:으로|로(?![가-힣])|에 따|때문|관계로|인하|인해|하여|되어|돼|이라|어서|여서|이어|므로)"
)
_NONE = re.compile(
    r"(?<![\d.,:/~-])0\s?(?:(?P<people>명)|개|석|병상|대|자리|beds?)?(?=\s*(?:$|[,/.)\];]))"
)
_WHO_CAN = frozenset(
    {"의사", "전문의", "의료진", "의료인력", "인력", "교수", "교수님", "당직", "당직의", "과장"}
    | {"전공의", "담당의", "병상", "베드", "침상", "자리", "장비", "기기", "기계"}
)
_NEXT_WORD = re.compile(r"(?:한)?\s?(?:대수)?(?:이|가|은|는)?\s?")
_WHOM = (Kind.CHILD, Kind.LIMIT, Kind.ADULT)
_WHAT = (Kind.SUBJECT, Kind.THING)
_NAMING = (*_WHAT, Kind.DEPARTMENT)


@dataclass(frozen=True, slots=True)
class Clause:
    """Everything up to one verdict; `verdict` None where the text ends without one. `reasons`
    are the things whose lack is the reason, `rest` the words that the table does not know.
    `in_brackets`: it explains the clause before it."""

    verdict: Kind | None
    tokens: Sequence[Token]
    reasons: Sequence[Token] = ()
    rest: Sequence[str] = ()
    in_brackets: bool = False

    def of(self, *kinds: Kind) -> list[Token]:
        return [token for token in self.tokens if token.kind in kinds]

    def has(self, *kinds: Kind) -> bool:
        return any(token.kind in kinds for token in self.tokens)


def plain(text: str) -> str:
    """One spelling of everything: composed letters, lower case, single blanks."""
    folded = unicodedata.normalize("NFKC", text).lower()
    folded = re.sub(r"[∼〜～]", "~", folded).replace("&lt;", "<").replace("&gt;", ">")
    folded = re.sub(r"\[번호 삭제\]|(?<!\d)0\d{1,2}[-)\s.]\d{3,4}[-\s.]\d{4}", "☎", folded)
    folded = re.sub(r"(?:두|2)\s?돌(?=\s*(?:미만|이전|이하|전(?!원)))", "24개월", folded)
    folded = re.sub(r"(?<![가-힣])돌(?=\s*(?:미만|이전|이하|전(?!원)))", "12개월", folded)
    folded = re.sub(r"(개월\s*)전(?![가-힣])", r"\1이전", folded)
    return re.sub(r"[ \t]+", " ", folded).strip()


def cut(text: str, *, by_limits: bool) -> tuple[list[Token], list[Clause]]:
    """The tokens that stand as a heading over everything, and the clauses in order. `by_limits`:
    a limit before a separator is a clause of its own."""
    tokens = _tokens(text)
    heading, tokens = _heading(text, tokens)
    start = heading[-1].end if heading else 0
    return heading, list(_clauses(text, tokens, start=start, by_limits=by_limits))


@dataclass(slots=True)
class _Open:
    """A clause being read."""

    begin: int
    tokens: list[Token] = field(default_factory=list)
    reasons: list[Token] = field(default_factory=list)

    def take_as_reason(self, lack: Token) -> None:
        """What was named so far is what is lacking."""
        things = [t for t in self.tokens if t.kind in (Kind.THING, Kind.ROOM, Kind.FILLER)]
        self.reasons += [*things, lack]
        self.tokens = [t for t in self.tokens if t not in things]


def _tokens(text: str) -> list[Token]:
    """Numbers first, then words, then separators; none overlaps another."""
    found = hours.find(text)
    for token in [
        *limits.find(text),
        *(Token(m.start(), m.end(), Kind.EXCEPT, m[0]) for m in _EXCEPT.finditer(text)),
        *words().find(text),
        *(Token(m.start(), m.end(), _none(m), "0") for m in _NONE.finditer(text)),
        *(Token(m.start(), m.end(), Kind.ONLY) for m in _ONLY.finditer(text)),
        *(Token(m.start(), m.end(), Kind(str(m.lastgroup))) for m in _BREAK.finditer(text)),
    ]:
        if not any(token.start < other.end and other.start < token.end for other in found):
            found.append(token)
    return list(_without_relatives(text, sorted(found, key=lambda token: token.start)))


def _none(match: re.Match[str]) -> Kind:
    """ "격리실 0" is full, "전문의 0명" is missing."""
    return Kind.LACKS if match["people"] else Kind.FULL


def _without_relatives(text: str, tokens: Sequence[Token]) -> Iterator[Token]:
    """ "수술 가능한 의사 없음": the acceptance says which doctors, and is no verdict."""
    for place, token in enumerate(tokens):
        if token.kind is Kind.ACCEPTS and _is_relative(text, tokens[place : place + 4]):
            yield replace(token, kind=Kind.FILLER)
        else:
            yield token


def _is_relative(text: str, ahead: Sequence[Token]) -> bool:
    accepts, *rest = ahead
    if accepts.value != "가능" or not rest or rest[0].kind is not Kind.FILLER:
        return False
    if rest[0].value not in _WHO_CAN:
        return False
    end = accepts.end
    for token in rest:
        if not _NEXT_WORD.fullmatch(text[end : token.start]):
            return False
        if token.kind in (Kind.LACKS, Kind.FULL):
            return True
        if token.kind is not Kind.FILLER:
            return False
        end = token.end
    return False


def _heading(text: str, tokens: list[Token]) -> tuple[list[Token], list[Token]]:
    """A bracket or a word before a colon at the very begin, if it only names things."""
    for place, token in enumerate(tokens):
        closes = token.kind is Kind.CLOSE or (token.kind is Kind.BREAK and text[token.start] == ":")
        if closes:
            head = [t for t in tokens[:place] if t.kind is not Kind.OPEN]
            naming = {Kind.DEPARTMENT, Kind.SUBJECT, Kind.THING, Kind.CHILD, Kind.ADULT, Kind.ROOM}
            if head and all(t.kind in naming | {Kind.FILLER, Kind.BREAK} for t in head):
                return [*head, token], tokens[place + 1 :]
            return [], tokens
        if token.kind in VERDICTS:
            break
    return [], tokens


def _clauses(
    text: str, tokens: Sequence[Token], *, start: int, by_limits: bool
) -> Iterator[Clause]:
    made: list[Clause] = []
    current = _Open(start)
    beside = False  # in brackets that began after a verdict, with nothing pending
    for place, token in enumerate(tokens):
        ahead = tokens[place + 1 :]
        if token.kind is Kind.OPEN:
            beside = bool(made) and not _tells(current.tokens)
        elif token.kind in (Kind.CLOSE, Kind.BREAK):
            if beside and current.tokens and (token.kind is Kind.CLOSE or not _awaits(ahead)):
                made[-1] = _joined(made[-1], _explaining(made[-1], current))
                current = _Open(token.end)
            elif by_limits and not beside and any(t.kind is Kind.LIMIT for t in current.tokens):
                made.append(_closed(None, text, current, token.start))
                current = _Open(token.end)
            elif current.tokens and token.kind is Kind.BREAK:
                current.tokens.append(token)
            beside = beside and token.kind is not Kind.CLOSE
        elif token.kind in (Kind.LACKS, Kind.FULL) and _is_reason(text, token, ahead):
            current.take_as_reason(token)
        elif token.kind in VERDICTS:
            made += _parted(_closed(token.kind, text, current, token.start, beside=beside))
            current = _Open(token.end)
        else:
            current.tokens.append(token)
    if _tells(current.tokens):
        _end(made, text, current)
    yield from made


def _end(made: list[Clause], text: str, left: _Open) -> None:
    """What no verdict follows belongs to the last one; another thing after a separator, beside
    one that is refused by name, is neither refused nor accepted."""
    if not made:
        made.append(_closed(None, text, left, len(text)))
    elif _is_another(text, left) and _any(made[-1].tokens, _NAMING):
        made.append(_closed(Kind.PERHAPS, text, left, len(text)))
    else:
        made[-1] = _joined(made[-1], left)


def _is_another(text: str, opened: _Open) -> bool:
    apart = _BREAK.search(text[opened.begin : opened.tokens[0].start])
    return apart is not None and _any(opened.tokens, _NAMING)


def _parted(clause: Clause) -> Iterator[Clause]:
    """ "Children and pregnant women" are two statements with one verdict and the same times."""
    groups: list[list[Token]] = [[]]
    for token in clause.tokens:
        if token.kind is Kind.BREAK or token.value in ("및", "또는"):
            groups.append([])
        else:
            groups[-1].append(token)
    whom = [g for g in groups if _any(g, _WHOM) and not _any(g, _WHAT)]
    what = [g for g in groups if _any(g, _WHAT) and not _any(g, _WHOM)]
    if not whom or not what or clause.verdict is not Kind.REFUSES:
        yield clause
        return
    taken = [token for group in (*whom, *what) for token in group]
    shared = [token for token in clause.tokens if token not in taken]
    for part in (whom, what):
        yield replace(clause, tokens=(*(t for g in part for t in g), *shared))


def _any(tokens: Iterable[Token], kinds: Sequence[Kind]) -> bool:
    return any(token.kind in kinds for token in tokens)


def _awaits(ahead: Sequence[Token]) -> bool:
    """A verdict comes before the bracket closes."""
    for token in ahead:
        if token.kind is Kind.CLOSE:
            return False
        if token.kind in VERDICTS:
            return True
    return False


def _is_reason(text: str, lack: Token, ahead: Sequence[Token]) -> bool:
    """A lack is the reason of what is said after it: in the same breath, or by its ending."""
    joined = _BECAUSE.match(text, lack.end) is not None
    for token in ahead:
        if token.kind in (Kind.BREAK, Kind.OPEN, Kind.CLOSE) and not joined:
            return False
        if token.kind in VERDICTS:
            return token.kind is not Kind.HOTLINE
    return False


def _tells(tokens: Iterable[Token]) -> bool:
    return any(token.kind not in (Kind.FILLER, Kind.BREAK) for token in tokens)


def _closed(
    verdict: Kind | None, text: str, opened: _Open, end: int, *, beside: bool = False
) -> Clause:
    rest = _rest(text, opened.begin, end, [*opened.tokens, *opened.reasons])
    return Clause(verdict, tuple(opened.tokens), tuple(opened.reasons), rest, beside)


def _explaining(clause: Clause, opened: _Open) -> _Open:
    """What brackets name besides what is refused by name is not refused with it."""
    if not _any(clause.tokens, _NAMING):
        return opened
    kept = [token for token in opened.tokens if token.kind not in _NAMING]
    return _Open(opened.begin, kept)


def _joined(clause: Clause, opened: _Open) -> Clause:
    return replace(clause, tokens=(*clause.tokens, *opened.tokens))


def _rest(text: str, begin: int, end: int, tokens: Sequence[Token]) -> tuple[str, ...]:
    """Words of two letters or more that no token covers; what leads to a reason is not one."""
    letters = list(text[begin:end])
    reason_end = max((t.end for t in tokens if t.kind in (Kind.LACKS, Kind.FULL)), default=begin)
    for token in tokens:
        letters[token.start - begin : token.end - begin] = " " * (token.end - token.start)
    left = re.findall(r"[가-힣a-z]{2,}", "".join(letters[reason_end - begin :]))
    narrower = [str(t.value) for t in tokens if t.kind in (Kind.NARROWER, Kind.SOME)]
    return (*narrower, *(word for word in left if word not in words().particles))
