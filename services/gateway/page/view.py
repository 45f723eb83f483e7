"""The page as HTML: the frame for the script, and the whole answer for who has none."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.gateway.page import words
from services.gateway.page.districts import districts
from services.gateway.settings import Settings
from shared.context import Language
from shared.contracts.matching import RankedHospital
from shared.contracts.sync import Beds
from shared.contracts.triage import Need

WEB = Path(__file__).parents[1] / "web"
DIST = WEB / "dist"
ENTRY = "src/main.ts"
ALWAYS = ("hvec", "MKioskTy28")
"""Notices on emergency beds and on the emergency room itself touch everybody."""


@dataclass(frozen=True, slots=True)
class Assets:
    """Addresses of the built script and styles; their names change with their content."""

    script: str
    styles: tuple[str, ...]


class View:
    """Renders with the settings of this gateway; read once, when the gateway starts."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._templates = Environment(
            loader=FileSystemLoader(WEB / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
        )
        self._templates.filters["digits"] = lambda number: "".join(c for c in number if c.isdigit())
        self._assets = _built()

    def page(self, language: Language, **changed: Any) -> str:
        """The form; `changed` gives back what was typed, with notes beside it."""
        return self._render("page.html", language, **changed)

    def answer(self, language: Language, **told: Any) -> str:
        """First words, the form again, and the list."""
        return self._render("answer.html", language, **told)

    def _render(self, name: str, language: Language, **values: Any) -> str:
        blank = {"text": None, "place": None, "note": None, "place_note": None}
        return self._templates.get_template(name).render(
            {
                "language": language,
                "say": partial(words.say, language),
                "age": partial(words.age, language),
                "notices": _notices,
                "beds": lambda beds: _beds(language, beds),
                "assets": self._assets,
                "districts": [district.name for district in districts()],
                "simulated": self._settings.simulated,
                "tiles": self._settings.tiles,
                "tiles_credit": self._settings.tiles_credit,
                **blank,
                **values,
            }
        )


def _beds(language: Language, beds: Beds) -> str:
    return words.beds(language, beds.available, beds.total)


def _notices(hospital: RankedHospital, needs: Sequence[Need]) -> list[str]:
    """Notices that may touch this patient, each once; those on other needs are left out."""
    fields = {*ALWAYS, *(need.field for need in needs)}
    touching = [m.text for m in hospital.messages if not m.fields or fields & set(m.fields)]
    return list(dict.fromkeys(touching))


def _built() -> Assets:
    entry = json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))[ENTRY]
    return Assets(f"/{entry['file']}", tuple(f"/{style}" for style in entry.get("css", [])))
