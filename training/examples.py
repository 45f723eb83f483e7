"""Labelled utterances: what a person wrote, and the one answer that is right for it."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter

MATERIAL = Path(__file__).parent / "material"
LIST_LIMIT = 8
_SELF = {"s": True, "o": False, "-": None}


@dataclass(frozen=True, slots=True)
class Example:
    """`age` in whole years; `category` as in the evaluation; lists in the order of the text."""

    text: str
    age: int | None = None
    gender: str | None = None
    symptoms: tuple[str, ...] = ()
    negated: tuple[str, ...] = ()
    is_self: bool | None = None
    history: tuple[str, ...] = ()
    note: str = ""
    category: str = "plain"

    def answer(self) -> str:
        """The JSON that the tuned model's grammar admits: its keys in their order, no free white
        space, and no free words."""
        told = {
            "age": self.age,
            "gender": self.gender,
            "symptoms": list(self.symptoms[:LIST_LIMIT]),
            "negated": list(self.negated[:LIST_LIMIT]),
            "is_self": self.is_self,
            "history": [],
            "special_note": "",
        }
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def handwritten(folder: Path = MATERIAL) -> list[Example]:
    """Every utterance of the hand-written files that the rules were developed beside; a line that
    cannot be read is a ValueError."""
    return _alone([one for path in sorted(folder.glob("hand_*.txt")) for one in _lines(path)])


def labelled(folder: Path = MATERIAL) -> list[Example]:
    """Those, the ones that no rule was developed beside (`findings`), and the texts of the screen,
    whose findings nobody had labelled when the rules were made (`urgency`)."""
    found = handwritten(folder)
    for path in sorted(folder.glob("findings/*.txt")):
        found += _lines(path)
    known = {one.text for one in _alone(found)}
    for path in sorted(folder.glob("urgency/*.txt")):
        found += (one for one in _judged_lines(path) if one.text not in known)
    return _alone(found)


def levels_and_rest(line: str) -> tuple[str, str]:
    """Of a line of `urgency`: the levels, and what is written behind them."""
    levels, bar, rest = line.partition(" | ")
    if not bar or not rest or set(levels) - set("12345-"):
        raise ValueError("not `levels | text | labels`")
    return levels, rest


def write_examples(path: Path, examples: Sequence[Example]) -> None:
    """As JSON lines."""
    lines = (json.dumps(asdict(one), ensure_ascii=False) for one in examples)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def read_examples(path: Path) -> list[Example]:
    """What `write_examples` wrote; raises ValueError for anything else."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [TypeAdapter(Example).validate_json(line) for line in lines]


def _alone(examples: list[Example]) -> list[Example]:
    texts = [one.text for one in examples]
    if len(set(texts)) != len(texts):
        raise ValueError("an utterance stands twice")
    return examples


def _judged_lines(path: Path) -> Iterator[Example]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line and not line.startswith("#"):
            with _told_where(path, number):
                yield _example(levels_and_rest(line)[1], "urgency")


@contextmanager
def _told_where(path: Path, number: int) -> Iterator[None]:
    try:
        yield
    except (ValueError, KeyError) as error:
        raise ValueError(f"{path.name}:{number}: {error}") from error


def _lines(path: Path) -> Iterator[Example]:
    category = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("## "):
            category = line[3:].strip()
        elif line.strip():
            with _told_where(path, number):
                yield _example(line, category)


def _example(line: str, category: str) -> Example:
    """`text | age | sex | who | symptoms | negated | history | note`, the last three optional."""
    text, *fields = (part.strip() for part in line.rsplit(" | ", line.count(" | ")))
    fields = [part.strip() for part in " | ".join(fields).split("|")]
    age, sex, who, symptoms, negated, history, note = [*fields, "", "", ""][:7]
    return Example(
        text=text,
        age=None if age == "-" else int(age),
        gender=None if sex == "-" else sex,
        symptoms=_listed(symptoms),
        negated=_listed(negated),
        is_self=_SELF[who],
        history=_listed(history),
        note=note,
        category=category,
    )


def _listed(field: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in field.split(",") if part.strip(" -"))
