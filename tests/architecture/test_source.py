"""Rules about the source itself that no linter of ours knows."""

import ast
import io
import tokenize
from pathlib import Path

import pytest

from tests.support.places import ROOT

PACKAGES = ("services", "shared", "simulator")
SOURCES = [file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))]
SHARED_LIMIT = 800
MODULE_LIMIT = 320
FUNCTION_LIMIT = 60
VAGUE = {"utils", "helpers", "base", "common", "manager"}


def imported(source: str) -> set[str]:
    """Top-level names of the packages that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def lines_of_code(source: str) -> int:
    """Lines that hold something else than comments and docstrings."""
    tree = ast.parse(source)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    doc_lines = {
        line
        for node in ast.walk(tree)
        if isinstance(node, documented) and ast.get_docstring(node)
        for line in range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)
    }
    ignored = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    used = {
        line
        for token in tokens
        if token.type not in (*ignored, tokenize.ENDMARKER)
        for line in range(token.start[0], token.end[0] + 1)
    }
    return len(used - doc_lines)


def long_functions(source: str, limit: int) -> list[str]:
    return [
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > limit
    ]


def test_one_module_alone_reads_tokens() -> None:
    users = [file for file in SOURCES if "jose" in imported(file.read_text())]
    assert users == [ROOT / "shared" / "tokens.py"]


def test_shared_stays_small() -> None:
    files = list((ROOT / "shared").glob("*.py"))
    assert sum(lines_of_code(file.read_text()) for file in files) <= SHARED_LIMIT


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOT)))
def test_modules_and_functions_are_short_and_named(file: Path) -> None:
    source = file.read_text()
    assert len(source.splitlines()) <= MODULE_LIMIT
    assert long_functions(source, FUNCTION_LIMIT) == []
    assert file.stem not in VAGUE


def test_the_rules_see_what_breaks_them() -> None:
    assert "jose" in imported("def f():\n    from jose import jwt\n")
    assert (
        lines_of_code('"""Doc."""\n\n# why\nx = 1\n\n\ndef f():\n    """Doc."""\n    return x\n')
        == 3
    )
    assert long_functions("def f():\n" + "    x = 1\n" * 60, 60) == ["f"]
