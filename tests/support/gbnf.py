"""A sampler of strings from a GBNF grammar, written from the notation and not from our generator.

It knows what llama.cpp's notation has and our grammars use: rules, quoted text with escapes, letter
classes with ranges, brackets, alternatives, and the repetitions `?`, `*`, `+`, `{n}`, `{m,n}`.
"""

import random
import re
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r'(?P<text>"(?:[^"\\]|\\.)*")|(?P<klass>\[(?:[^\]\\]|\\.)*\])|(?P<name>[a-zA-Z][\w-]*)'
    r"|(?P<repeat>\{\d+(?:,\d*)?\}|[?*+])|(?P<sign>[()|])|(?P<blank>\s+)"
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_UNBOUNDED = 12


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text)


@dataclass(frozen=True)
class Text:
    text: str


@dataclass(frozen=True)
class Letters:
    ranges: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Name:
    name: str


@dataclass(frozen=True)
class Repeat:
    item: object
    least: int
    most: int


@dataclass(frozen=True)
class Sequence:
    items: tuple[object, ...]


@dataclass(frozen=True)
class Choice:
    choices: tuple[Sequence, ...]


@dataclass
class _Reader:
    tokens: list[tuple[str, str]]
    place: int = field(default=0)

    def choice(self) -> Choice:
        choices = [self.sequence()]
        while self._peek() == ("sign", "|"):
            self.place += 1
            choices.append(self.sequence())
        return Choice(tuple(choices))

    def sequence(self) -> Sequence:
        items: list[object] = []
        while self._peek() not in (("end", ""), ("sign", "|"), ("sign", ")")):
            kind, value = self._peek()
            self.place += 1
            if kind == "repeat":
                items[-1] = Repeat(items[-1], *_bounds(value))
            elif kind == "sign":
                items.append(self.choice())
                assert self._peek() == ("sign", ")"), "a bracket is open"
                self.place += 1
            else:
                items.append(_atom(kind, value))
        return Sequence(tuple(items))

    def _peek(self) -> tuple[str, str]:
        return self.tokens[self.place] if self.place < len(self.tokens) else ("end", "")


def _atom(kind: str, value: str) -> object:
    if kind == "text":
        return Text(_unescaped(value[1:-1]))
    if kind == "name":
        return Name(value)
    letters = _unescaped(value[1:-1])
    ranges, place = [], 0
    while place < len(letters):
        if letters[place + 1 : place + 2] == "-" and place + 2 < len(letters):
            ranges.append((ord(letters[place]), ord(letters[place + 2])))
            place += 3
        else:
            ranges.append((ord(letters[place]), ord(letters[place])))
            place += 1
    return Letters(tuple(ranges))


def _bounds(value: str) -> tuple[int, int]:
    if value in "?*+":
        return {"?": (0, 1), "*": (0, _UNBOUNDED), "+": (1, _UNBOUNDED)}[value]
    least, comma, most = value[1:-1].partition(",")
    return int(least), int(most or (_UNBOUNDED if comma else least))


class Sampler:
    """Draws strings; every alternative and every bound is reached with even odds."""

    def __init__(self, grammar: str) -> None:
        self._rules: dict[str, Choice] = {}
        for line in grammar.splitlines():
            if line.strip() and not line.startswith("#"):
                name, body = line.split("::=", 1)
                self._rules[name.strip()] = _Reader(_tokens(body)).choice()

    def draw(self, chance: random.Random) -> str:
        parts: list[str] = []
        self._draw(self._rules["root"], chance, parts)
        return "".join(parts)

    def _draw(self, node: object, chance: random.Random, parts: list[str]) -> None:
        match node:
            case Text(text):
                parts.append(text)
            case Name(name):
                self._draw(self._rules[name], chance, parts)
            case Letters(ranges):
                first, last = chance.choice(ranges)
                parts.append(chr(chance.randint(first, last)))
            case Choice(choices):
                self._draw(chance.choice(choices), chance, parts)
            case Sequence(items):
                for item in items:
                    self._draw(item, chance, parts)
            case Repeat(item, least, most):
                for _ in range(chance.randint(least, most)):
                    self._draw(item, chance, parts)


def _tokens(body: str) -> list[tuple[str, str]]:
    tokens, place = [], 0
    while place < len(body):
        found = _TOKEN.match(body, place)
        assert found, f"not GBNF: {body[place : place + 20]!r}"
        place = found.end()
        if found.lastgroup != "blank":
            tokens.append((str(found.lastgroup), found[0]))
    return tokens
