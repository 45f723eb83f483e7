"""What a GGUF file says of itself, read from its head alone."""

import struct
from pathlib import Path
from typing import BinaryIO

PROMPT_KEY = "er.prompt"
"""A model or an adapter that was tuned for the task carries `tuned` under this key."""

_MAGIC, _VERSIONS = b"GGUF", (2, 3)
_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_STRING, _ARRAY = 8, 9
_LONGEST, _MOST = 1 << 20, 1 << 24


def is_tuned(file: Path) -> bool:
    """Whether the file says that it was tuned for bare prompts; one that cannot be read says
    nothing."""
    try:
        with file.open("rb") as opened:
            return _text_of(opened, PROMPT_KEY) == "tuned"
    except (OSError, ValueError, struct.error):
        return False


def _text_of(file: BinaryIO, wanted: str) -> str | None:
    """The text under a key. Raises ValueError and struct.error for what is no GGUF."""
    magic, version, _, count = struct.unpack("<4sIQQ", file.read(24))
    if magic != _MAGIC or version not in _VERSIONS or count > _MOST:
        raise ValueError("no GGUF")
    for _ in range(count):
        key = _string(file)
        (kind,) = struct.unpack("<I", file.read(4))
        if key == wanted and kind == _STRING:
            return _string(file)
        _skip(file, kind)
    return None


def _skip(file: BinaryIO, kind: int) -> None:
    if kind == _STRING:
        file.seek(_length(file, _LONGEST), 1)
    elif kind == _ARRAY:
        inner, count = struct.unpack("<IQ", file.read(12))
        if count > _MOST or inner == _ARRAY:  # nobody writes lists of lists, which could go deep
            raise ValueError("no GGUF")
        if inner in _SIZES:
            file.seek(_SIZES[inner] * count, 1)
        else:
            for _ in range(count):
                _skip(file, inner)
    elif kind in _SIZES:
        file.seek(_SIZES[kind], 1)
    else:
        raise ValueError("no GGUF")


def _string(file: BinaryIO) -> str:
    return file.read(_length(file, _LONGEST)).decode()


def _length(file: BinaryIO, most: int) -> int:
    length: int = struct.unpack("<Q", file.read(8))[0]
    if length > most:
        raise ValueError("no GGUF")
    return length
