"""The grammar of a model's answer, generated from the ontology.

`python -m services.triage.engines.grammar` writes `grammars/extract.gbnf`; a test holds the file
to what this module makes. Keys stand in one fixed order, lists hold known codes only, strings are
short and bounded, and no white space is free, so that a model cannot wander until its limit.
"""

from collections.abc import Iterable
from pathlib import Path

from services.triage.knowledge import load_knowledge

FOLDER = Path(__file__).resolve().parents[3] / "grammars"
FILE = FOLDER / "extract.gbnf"
TUNED_FILE = FOLDER / "extract-tuned.gbnf"

LIST_LIMIT = 8
OLDEST_YEARS = 130
WORD_LETTERS, HISTORY_WORDS, NOTE_WORDS = 10, 3, 8
LETTER = "[가-힣a-zA-Z0-9.,%/~+-]"

_NO_WORDS = ('history ::= "[]"', r'note ::= "\"\""')
_WORDS = (
    f'history ::= "[" (disease ("," disease){{0,{LIST_LIMIT - 1}}})? "]"',
    rf'disease ::= "\"" word (" " word){{0,{HISTORY_WORDS - 1}}} "\""',
    rf'note ::= "\"" (word (" " word){{0,{NOTE_WORDS - 1}}})? "\""',
    f"word ::= letter{{1,{WORD_LETTERS}}}",
    f"letter ::= {LETTER}",
)


def extract_grammar(codes: Iterable[str], *, with_words: bool = True) -> str:
    """GBNF text in which `symptoms` and `negated` name these codes alone; the order of the codes
    does not matter. Without words, `history` and `special_note` are there and empty."""
    return "\n".join(
        [
            "# Made by services/triage/engines/grammar.py from the ontology; do not edit.",
            "root ::= "
            + ' "," '.join(
                [
                    r'"{\"age\":" age',
                    r'"\"gender\":" gender',
                    r'"\"symptoms\":" codes',
                    r'"\"negated\":" codes',
                    r'"\"is_self\":" truth',
                    r'"\"history\":" history',
                    r'"\"special_note\":" note "}"',
                ]
            ),
            'age ::= "null" | [0-9] | [1-9] [0-9] | "1" [0-2] [0-9] | "130"',
            r'gender ::= "null" | "\"M\"" | "\"F\""',
            'truth ::= "null" | "true" | "false"',
            f'codes ::= "[" (code ("," code){{0,{LIST_LIMIT - 1}}})? "]"',
            *(_WORDS if with_words else _NO_WORDS),
            "code ::= " + " | ".join(rf'"\"{code}\""' for code in sorted(codes)),
            "",
        ]
    )


if __name__ == "__main__":
    ONTOLOGY = load_knowledge().ontology
    FILE.write_text(extract_grammar(ONTOLOGY))
    TUNED_FILE.write_text(extract_grammar(ONTOLOGY, with_words=False))
