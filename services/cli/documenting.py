"""`document`: docs/clinical.md from the clinical data, for a physician to read."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field

from services.cli.errors import CommandFailed
from services.cli.phrasing import alternatives
from services.triage.knowledge import Knowledge, load_knowledge
from services.triage.knowledge.model import Complaint, FieldNeed, Presentation

DOCS = Path(__file__).resolve().parents[2] / "docs"
DOCUMENT = DOCS / "clinical.md"
HAZARDS = DOCS / "hazards.yaml"
HEAD = """# Clinical rules

**NOT REVIEWED BY A PHYSICIAN.** Everything below is expert judgement in draft, drawn from published
figures and standard teaching. It is no medical device, no diagnosis and no promise of admission;
the urgency is a rough estimate for orientation.

Written by `./er document` from `services/triage/knowledge/*.yaml` and `docs/hazards.yaml`; a test
fails when it is stale. Change the data, raise the ruleset, and write it anew.

Ruleset **{ruleset}** · {flags} red flags · {codes} complaints ·
{rows} presentations · {situations} situations with first words
"""
HOW = """
## How to read the conditions

Findings are codes of the symptom ontology by their Korean names. *Words* are cues of the lexicon
(sudden, worst ever, …). All parts of one line must hold, lines are alternatives, and there is no
"not": more findings can only make a case graver. An unknown age, sex, week of pregnancy or time of
onset satisfies a condition, except that a condition on children needs an age or a word for it.
The level is the gravest of all floors and complaints; where nothing medical was said it is null.

The words `unclear` and `unclear_grave` stand for a body in trouble that was not understood,
`several_alarms`, `many_alarms` and `observed_alarm` for alarms of several kinds in one text,
`vital_pair` for two vital functions that fail; what they are made of, and the signs of the primary
survey, is in `services/triage/knowledge/signs.yaml`.
`taken_back` stands for a sign that the text itself takes back, `chest_wall` for a pain of the chest
that only a movement makes: what takes back, and what never is, is in `takenback.yaml` beside it.
"""


class Hazard(BaseModel):
    """One way to do harm, and what stands against it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^H\d+$")]
    hazard: str
    cause: str
    control: str
    tests: Annotated[list[str], Field(min_length=1)]
    remains: str


class HazardFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    hazards: list[Hazard]


def document(target: Path = DOCUMENT) -> None:
    """Write the document."""
    target.write_text(rendered(), encoding="utf-8")


def hazards(path: Path = HAZARDS) -> list[Hazard]:
    """The hazard list; CommandFailed where it cannot be read."""
    try:
        return HazardFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))).hazards
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise CommandFailed(f"{path} cannot be read as hazards: {error}") from error


def rendered() -> str:
    """The whole document, always the same for the same data."""
    knowledge = load_knowledge()
    parts = [
        HEAD.format(
            ruleset=knowledge.ruleset,
            flags=len(knowledge.flags),
            codes=len(knowledge.complaints),
            rows=len(knowledge.presentations),
            situations=len(knowledge.advice.situations),
        ),
        HOW,
        *_flags(knowledge),
        *_complaints(knowledge),
        *_presentations(knowledge),
        *_gates(knowledge),
        *_advice(knowledge),
        *_hazards(),
    ]
    return "\n".join(part.rstrip("\n") for part in parts) + "\n"


def _flags(knowledge: Knowledge) -> Iterator[str]:
    yield "\n## Red flags\n\nEach sets a floor, whatever else is said.\n"
    for rule in sorted(knowledge.flags, key=lambda rule: rule.floor):
        yield f"\n### {rule.name.ko} · {rule.name.en} · KTAS {rule.floor}\n"
        yield f"`{rule.code}` · {rule.reason} · source: {rule.source}\n"
        yield from (f"- {line}" for line in alternatives(rule.when, knowledge))


def _complaints(knowledge: Knowledge) -> Iterator[str]:
    yield "\n## Complaints without a red flag\n"
    yield from _table_head("complaint", "level", "graver where")
    for code in sorted(knowledge.complaints):
        entry = knowledge.complaints[code]
        concept = knowledge.ontology[code]
        yield _row(f"{concept.ko} ({concept.en})", str(entry.base), _graver(entry, knowledge))
    for cue, entry in sorted(knowledge.told.items()):
        yield _row(f"cue `{cue}`", str(entry.base), _graver(entry, knowledge))


def _graver(entry: Complaint, knowledge: Knowledge) -> str:
    return "<br>".join(
        f"{level}: {line}"
        for pattern, level in entry.raised
        for line in alternatives([pattern], knowledge)
    )


def _presentations(knowledge: Knowledge) -> Iterator[str]:
    yield (
        "\n## Presentations and what they need\n\n"
        "Fields in the order of their weight; **bold** ones decide, the others support. The "
        "gravest row leads, among equals the earlier one; rows merge, ten fields at most. Minutes "
        "are those that a capable hospital may lie beyond the nearest open emergency room.\n"
    )
    head = ("KTAS", "presentation", "when", "needs", "transport", "ask by phone", "may be refused")
    yield from _table_head(*head)
    for row in sorted(knowledge.presentations, key=lambda row: row.ktas):
        yield _row(
            str(row.ktas),
            f"{row.name.ko} ({row.name.en})",
            "<br>".join(alternatives(row.when, knowledge)),
            _fields(row.needs),
            _transport(row),
            ", ".join(row.call),
            ", ".join(row.care),
        )
    yield "\n### Fields\n"
    yield from _table_head("field", "told to people as", "")
    for field, reason in knowledge.field_reasons.items():
        yield _row(f"`{field}`", reason.ko, reason.en)
    yield "\n### Calls that no field can replace\n"
    yield from _table_head("call", "told to people as", "")
    for name, text in knowledge.call_names.items():
        yield _row(name, text.ko, text.en)


def _transport(row: Presentation) -> str:
    window = f", within {row.window_minutes} min" if row.window_minutes else ""
    return f"{row.transport} +{row.bypass_minutes} min{window}"


def _gates(knowledge: Knowledge) -> Iterator[str]:
    yield "\n### Gates of age and pregnancy\n"
    for gate in knowledge.gates:
        swaps = [f"{old} becomes {new}" for old, new in gate.swap.items()]
        added = [f"{_fields(gate.add)} added"] if gate.add else []
        when = "; ".join(alternatives(gate.when, knowledge))
        yield f"- `{gate.id}` ({when}): {', '.join([*swaps, *added])}"


def _advice(knowledge: Knowledge) -> Iterator[str]:
    book = knowledge.advice
    yield "\n## First words\n\nThe first three situations that fit speak, each sentence once.\n"
    yield from _table_head("situation", "when", "do", "do not", "numbers")
    for entry in book.situations:
        yield _row(
            entry.id,
            "<br>".join(alternatives(entry.when, knowledge)),
            "<br>".join(book.actions[code].text.ko for code in entry.actions),
            "<br>".join(book.do_not[code].text.ko for code in entry.do_not),
            ", ".join(entry.phones),
        )
    texts: Mapping[str, Iterable[tuple[str, str, str]]] = {
        "Messages": [(key, text.ko, text.en) for key, text in book.messages.items()],
        "Do": [(key, line.text.ko, line.text.en) for key, line in book.actions.items()],
        "Do not": [(key, line.text.ko, line.text.en) for key, line in book.do_not.items()],
        "Numbers": [(key, one.reason.ko, one.reason.en) for key, one in book.phones.items()],
    }
    for name, lines in texts.items():
        yield f"\n### {name}\n"
        yield from _table_head("code", "Korean", "English")
        yield from (_row(*line) for line in lines)


def _hazards() -> Iterator[str]:
    yield "\n## Hazards\n"
    yield from _table_head("", "hazard", "cause", "control", "shown by", "what remains")
    for one in hazards():
        shown = "<br>".join(f"`{test}`" for test in one.tests)
        yield _row(one.id, one.hazard, one.cause, one.control, shown, one.remains)


def _fields(needs: Iterable[FieldNeed]) -> str:
    return ", ".join(f"**{n.field}**" if n.role == "decisive" else n.field for n in needs)


def _table_head(*names: str) -> Iterator[str]:
    yield _row(*names)
    yield "|" + "---|" * len(names)


def _row(*cells: str) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"
