"""The contracts in the tree are those of the code, and they change with their version only.

`ER_UPDATE_OPENAPI=1 ./er test tests/contract/test_openapi.py` writes them anew; a changed contract
under an unchanged version is refused there too.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from services.catalog import SERVICES
from tests.support.applications import application
from tests.support.places import ROOT

FOLDER = ROOT / "docs" / "openapi"


def check(told: dict[str, Any], file: Path, *, update: bool) -> None:
    """Hold a contract against its snapshot; write it where that is asked for and lawful."""
    kept = json.loads(file.read_text()) if file.exists() else None
    if told == kept:
        return
    if kept is not None and kept["info"]["version"] == told["info"]["version"]:
        pytest.fail(f"{file.name}: the contract changed; raise VERSION of the service")
    if not update:
        pytest.fail(f"{file.name}: a new version; write it with ER_UPDATE_OPENAPI=1")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(told, indent=1, ensure_ascii=False, sort_keys=True) + "\n")


@pytest.mark.parametrize("name", SERVICES)
def test_a_contract_is_the_one_in_the_tree(name: str) -> None:
    update = bool(os.environ.get("ER_UPDATE_OPENAPI"))
    check(application(name).openapi(), FOLDER / f"{name}.json", update=update)


def test_the_rule_sees_a_change_under_the_same_version(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    first = {"info": {"version": "1.0.0"}, "paths": {}}
    check(first, file, update=True)
    changed = {"info": {"version": "1.0.0"}, "paths": {"/x": {}}}
    for update in (True, False):
        with pytest.raises(pytest.fail.Exception, match="raise VERSION"):
            check(changed, file, update=update)
    raised = {"info": {"version": "1.1.0"}, "paths": {"/x": {}}}
    with pytest.raises(pytest.fail.Exception, match="write it"):
        check(raised, file, update=False)
    check(raised, file, update=True)
    check(raised, file, update=False)
