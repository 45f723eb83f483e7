"""Answers of the source, damaged in every way that was seen or can be thought of."""

import re
from collections.abc import Callable
from random import Random

_LEAF = re.compile(r"<(\w+)>([^<]*)</\1>")
_ITEM = re.compile(r"<item>.*?</item>", re.DOTALL)
_VALUES = (
    "-1", "-39", "0", "12312", "99999999999999999999", "abc", "많음", "N1", "N", "Y", "불가능",
    "정보미제공", " ", "", "5.5", "1e9", "+7", "１２", "\x0b3", "&#0;", "&bogus;", "<b>7</b>",
    "20260230250000", "20991231235959", "19000101000000", "2026-11-23 10:00:00", "null", "NaN",
    "A1100001", "é" * 600, "x" * 70_000,
)  # fmt: skip
_VITAL = {"hpid", "hvidate", "hvec", "MKioskTy1", "wgs84Lat", "symBlkMsg", "symBlkSttDtm"}
_BOMB = (
    '<!DOCTYPE r [<!ENTITY a "boom"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
_OUTSIDE = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>'


def mutated(text: str, rng: Random) -> tuple[str, bytes]:
    """The names of one to three mutations, and what they made of an answer."""
    names = rng.sample(sorted(TEXT_MUTATIONS), rng.choice((1, 1, 1, 2, 3)))
    for name in names:
        # What an earlier mutation left without any value is damaged enough.
        text = TEXT_MUTATIONS[name](text, rng) if _LEAF.search(text) else text
    body = text.encode() or b" "
    if rng.random() < 0.3:
        name = rng.choice(sorted(BYTE_MUTATIONS))
        names, body = [*names, name], BYTE_MUTATIONS[name](body, rng)
    return " + ".join(names), body


def _leaf(text: str, rng: Random, make: Callable[[re.Match[str]], str]) -> str:
    """Some of the tags that hold a value, made into something else."""
    found = [m for m in _LEAF.finditer(text) if rng.random() < 0.5 or m[1] in _VITAL]
    if rng.random() < 0.5:
        found = [match for match in found if match[1] in _VITAL]
    chosen = rng.sample(found, min(len(found), rng.choice((1, 1, 3, 20))))
    for match in sorted(chosen, key=lambda m: m.start(), reverse=True):
        text = text[: match.start()] + make(match) + text[match.end() :]
    return text


def _drop(text: str, rng: Random) -> str:
    return _leaf(text, rng, lambda m: "")


def _double(text: str, rng: Random) -> str:
    return _leaf(text, rng, lambda m: f"<{m[1]}>{rng.choice(_VALUES)}</{m[1]}>{m[0]}")


def _rename(text: str, rng: Random) -> str:
    names = (
        "x",
        "hvec",
        "hpid",
        "hvidate",
        "item",
        "resultCode",
        "totalCount",
        "MKioskTy1",
        "hv12",
    )

    def make(match: re.Match[str]) -> str:
        name = rng.choice(names)
        return f"<{name}>{match[2]}</{name}>"

    return _leaf(text, rng, make)


def _rename_everywhere(text: str, rng: Random) -> str:
    match = rng.choice(list(_LEAF.finditer(text)))
    return re.sub(rf"(</?){match[1]}>", rf"\1{match[1]}2>", text)


def _case(text: str, rng: Random) -> str:
    turn = rng.choice((str.upper, str.lower, str.swapcase))
    return re.sub(r"(</?)(\w+)>", lambda m: f"{m[1]}{turn(m[2])}>", text)


def _replace(text: str, rng: Random) -> str:
    return _leaf(text, rng, lambda m: f"<{m[1]}>{rng.choice(_VALUES)}</{m[1]}>")


def _replace_everywhere(text: str, rng: Random) -> str:
    match, value = rng.choice(list(_LEAF.finditer(text))), rng.choice(_VALUES)
    return re.sub(rf"<{match[1]}>[^<]*<", f"<{match[1]}>{value}<".replace("\\", ""), text)


def _letters_in_digits(text: str, rng: Random) -> str:
    def make(match: re.Match[str]) -> str:
        at = [n for n, character in enumerate(match[2]) if character.isdigit()]
        value = list(match[2])
        for place in rng.sample(at, min(len(at), 2)):
            value[place] = rng.choice("OlxI- ")
        return f"<{match[1]}>{''.join(value)}</{match[1]}>"

    return _leaf(text, rng, make)


def _move_times(text: str, rng: Random) -> str:
    shift = rng.choice((-(10**6), -(10**4), 10**2, 10**4, 10**10))
    return re.sub(r"<hvidate>(\d{14})<", lambda m: f"<hvidate>{int(m[1]) + shift:014d}<", text)


def _cut(text: str, rng: Random) -> str:
    return text[: rng.randrange(len(text))]


def _cut_middle(text: str, rng: Random) -> str:
    first, last = sorted(rng.randrange(len(text)) for _ in range(2))
    return text[:first] + text[last:]


def _bomb(text: str, rng: Random) -> str:
    prolog, mark, rest = text.partition("?>")
    kind, entity = rng.choice(((_BOMB, "&c;"), (_OUTSIDE, "&x;")))
    return prolog + mark + kind + rest.replace("<resultMsg>", f"<resultMsg>{entity}", 1)


def _prolog(text: str, rng: Random) -> str:
    prologs = (
        '<?xml version="1.0" standalone="true"?>', "<?xml?>", "", '<?xml version="9.9"?>',
        '<?xml version="1.0" encoding="UTF-99"?>', '<?xml version="1.0" encoding="EUC-KR"?>',
        "\n\n<?xml version='1.0'?>", "junk", "<?xml version='1.0'?><?xml version='1.0'?>",
    )  # fmt: skip
    return rng.choice(prologs) + text.partition("?>")[2]


def _reorder(text: str, rng: Random) -> str:
    rows = _ITEM.findall(text)
    if not rows:
        return text
    head, tail = text.split(rows[0], 1)[0], text.rsplit(rows[-1], 1)[1]
    rng.shuffle(rows)
    return head + "".join(rows) + tail


def _repeat(text: str, rng: Random) -> str:
    return _ITEM.sub(lambda m: m[0] * rng.choice((1, 1, 2, 10)), text)


def _lose(text: str, rng: Random) -> str:
    share = rng.random()
    return _ITEM.sub(lambda m: m[0] if rng.random() < share else "", text)


def _hollow(text: str, rng: Random) -> str:
    """Rows that keep name and time and tell nothing else."""
    share = rng.random()
    return _ITEM.sub(
        lambda m: (
            re.sub(r"<(hv(?!idate)|MKiosk)(\w+)>[^<]*</\1\2>", "", m[0])
            if rng.random() < share
            else m[0]
        ),
        text,
    )


def _nest(text: str, rng: Random) -> str:
    rows = _ITEM.findall(text)
    if len(rows) < 2:
        return text
    inner = rng.choice(rows)
    return text.replace("</item>", f"{inner}</item>", 1)


def _deep(text: str, rng: Random) -> str:
    levels = rng.choice((10, 1000, 5_000))
    return text.replace("</item>", "<a>" * levels + "</a>" * levels + "</item>", 1)


def _swap_hospitals(text: str, rng: Random) -> str:
    hpids = sorted(set(re.findall(r"<hpid>(\w+)<", text)))
    if len(hpids) < 2:
        return text
    one, other = rng.sample(hpids, 2)
    return text.replace(f"<hpid>{one}<", f"<hpid>{other}<", 1)


def _code(text: str, rng: Random) -> str:
    code = rng.choice(("01", "03", "22", "30", "99", "", "0", "000", "SERVICE_ACCESS_DENIED_ERROR"))
    return re.sub(r"<resultCode>[^<]*<", f"<resultCode>{code}<", text)


def _total(text: str, rng: Random) -> str:
    total = rng.choice(("0", "-1", "1e3", "", "999999999", "12345678901234567890", "많음"))
    return re.sub(r"<totalCount>[^<]*<", f"<totalCount>{total}<", text)


TEXT_MUTATIONS: dict[str, Callable[[str, Random], str]] = {
    "tags dropped": _drop,
    "tags doubled": _double,
    "tags renamed": _rename,
    "a tag renamed everywhere": _rename_everywhere,
    "case of tags": _case,
    "values replaced": _replace,
    "a value everywhere": _replace_everywhere,
    "letters in digits": _letters_in_digits,
    "times moved": _move_times,
    "cut off": _cut,
    "cut out": _cut_middle,
    "entities": _bomb,
    "prolog": _prolog,
    "rows reordered": _reorder,
    "rows repeated": _repeat,
    "rows lost": _lose,
    "rows hollow": _hollow,
    "rows nested": _nest,
    "deep nesting": _deep,
    "hospitals swapped": _swap_hospitals,
    "result code": _code,
    "total": _total,
}


def _flip(body: bytes, rng: Random) -> bytes:
    damaged = bytearray(body)
    for _ in range(rng.choice((1, 1, 5, 50))):
        damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
    return bytes(damaged)


def _lose_bytes(body: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(body))
    return body[:at] + body[at + rng.choice((1, 2, 100)) :]


def _noise(body: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(body))
    return body[:at] + rng.randbytes(rng.choice((1, 4, 500))) + body[at:]


def _other_encoding(body: bytes, rng: Random) -> bytes:
    text = body.decode("utf-8", errors="replace")
    return text.encode(rng.choice(("cp949", "utf-16", "utf-32", "latin-1")), errors="replace")


BYTE_MUTATIONS: dict[str, Callable[[bytes, Random], bytes]] = {
    "bytes flipped": _flip,
    "bytes lost": _lose_bytes,
    "noise": _noise,
    "other encoding": _other_encoding,
}
