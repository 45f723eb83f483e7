"""docs/api.md, written from the gateway's OpenAPI for people who read instead of generating."""

import json
from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]
HEAD = """# The public API

Generated from `docs/openapi/gateway.json`; do not edit. The script-readable contract is served at
`/openapi.json`. A small client stands in `docs/examples/ask.py`.
"""


def document(contract: Schema) -> str:
    """The whole contract as Markdown."""
    lines = [HEAD, contract["info"]["description"], ""]
    for tag in contract["tags"]:
        lines += [f"## {tag['name'].capitalize()}", "", tag["description"], ""]
        for path, methods in contract["paths"].items():
            for method, operation in methods.items():
                if tag["name"] in operation.get("tags", []):
                    lines += _operation(f"{method.upper()} {path}", operation)
    lines += ["## Errors", "", *_errors(contract), "## Shapes", ""]
    for name, schema in sorted(contract["components"]["schemas"].items()):
        lines += _shape(name, schema)
    return "\n".join(lines).rstrip() + "\n"


def _operation(title: str, operation: Schema) -> Iterator[str]:
    yield from (f"### {title}", "", str(operation["description"]), "")
    for parameter in operation.get("parameters", []):
        must = "" if parameter.get("required") else ", optional"
        kind = _kind(parameter["schema"])
        yield f"* `{parameter['name']}` in {parameter['in']}: {kind}{must}"
    if "requestBody" in operation:
        content = operation["requestBody"]["content"]["application/json"]
        yield f"* body: {_kind(content['schema'])}"
        yield from _example(content)
    for status, response in operation["responses"].items():
        if status.startswith(("2", "3")):
            for media, content in response.get("content", {}).items() or [("nothing", {})]:
                kind = _kind(content["schema"]) if "schema" in content else "no body"
                yield f"* {status} `{media}`: {kind}"
                yield from _example(content)
    errors = [status for status in operation["responses"] if status[0] in "45"]
    yield f"* errors: {', '.join(errors) or 'none of its own'}"
    yield ""


def _example(content: Schema) -> Iterator[str]:
    if "example" not in content:
        return
    example = content["example"]
    if isinstance(example, str):
        yield from ("", "```", example.rstrip(), "```", "")
    else:
        yield from ("", "```json", json.dumps(example, ensure_ascii=False, indent=1), "```", "")


def _errors(contract: Schema) -> Iterator[str]:
    yield from ("| status | type | says |", "|---|---|---|")
    for name, response in contract["components"]["responses"].items():
        if name != "Problem":
            example = response["content"]["application/problem+json"]["example"]
            yield f"| {example['status']} | `{example['type']}` | {example['detail']} |"
    yield ""


def _shape(name: str, schema: Schema) -> Iterator[str]:
    yield from (f"### {name}", "")
    if "description" in schema:
        yield from (" ".join(schema["description"].split()), "")
    required = schema.get("required", [])
    for field, kind in schema.get("properties", {}).items():
        must = "" if field in required else ", optional"
        about = f" · {kind['description']}" if "description" in kind else ""
        yield f"* `{field}`: {_kind(kind)}{must}{about}"
    if "enum" in schema:
        yield ", ".join(f"`{value}`" for value in schema["enum"])
    yield ""


def _kind(schema: Schema) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    for many in ("anyOf", "oneOf", "allOf"):
        if many in schema:
            return " or ".join(dict.fromkeys(_kind(part) for part in schema[many]))
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if schema.get("type") == "array":
        items = schema.get("items") or {"anyOf": schema.get("prefixItems", [])}
        return f"list of {_kind(items)}"
    limits = {"minimum": "≥", "maximum": "≤", "exclusiveMinimum": ">", "maxLength": "length ≤"}
    told = " ".join(f"{sign} {schema[name]:g}" for name, sign in limits.items() if name in schema)
    return f"{schema.get('format') or schema.get('type', 'anything')} {told}".strip()
