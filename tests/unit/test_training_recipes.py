"""Recipes are read whole or refused."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from training.recipes import FOLDER, recipe


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.yaml")))
def test_every_recipe_can_be_read(name: str) -> None:
    assert recipe(name).stages


def test_an_unknown_key_is_refused(tmp_path: Path) -> None:
    text = (FOLDER / "smoke.yaml").read_text(encoding="utf-8")
    (tmp_path / "own.yaml").write_text(text + "dropout: 0.1\n", encoding="utf-8")
    with pytest.raises(ValidationError):
        recipe("own", tmp_path)
