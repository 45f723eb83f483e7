"""A person's text on its way into a prompt: data, whatever it says.

llama.cpp reads special tokens in string prompts, so a marker of any family's template in a text
would end the person's turn. Every marker of every family needs <, >, [ or |: these become
look-alikes, whatever stands between them. Controls and invisible letters go; the rest is capped.
"""

import re
import unicodedata

TEXT_LIMIT = 1000
_BRACKETS = str.maketrans({"<": "‹", ">": "›", "|": "¦", "｜": "¦", "[": "(", "]": ")"})
_QUOTES = str.maketrans({'"': "”", "\\": "/", "`": "'"})
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
_BLANKS = re.compile(r"\s+")


def neutral(text: str) -> str:
    """One line of composed letters without a marker, a control or an invisible letter, at most
    TEXT_LIMIT code points."""
    composed = unicodedata.normalize("NFC", text)
    seen = "".join(c for c in composed if c.isspace() or unicodedata.category(c) not in _UNSEEN)
    harmless = seen.translate(_BRACKETS).translate(_QUOTES)
    return _BLANKS.sub(" ", harmless).strip()[:TEXT_LIMIT]
