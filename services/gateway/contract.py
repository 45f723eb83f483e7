"""The OpenAPI that people read: what the routes cannot say by themselves."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from shared.contracts.events import BedsEvent, DroppedEvent

OpenApi = dict[str, Any]

ABOUT = """
Which emergency room can take this patient now, and what to do until then. Korean by default,
English with `Accept-Language: en`.

* **First words first.** `POST /v1/triage` answers in milliseconds from rules alone; show its advice
  before anything else. `POST /v1/recommendations` then tells where to go and why.
* **A report is not a promise.** Every value has the age of the hospital's own report; unknown is
  `null`, never 0 and never a no. Nothing here is a diagnosis or a promise of admission.
* **Times** are RFC 3339 in UTC, units stand in the names, places are WGS 84 inside Korea and travel
  in bodies only.
* **Errors** are `application/problem+json` (RFC 9457) with `type` `urn:er:<slug>` and a `trace_id`.
* **Limits** count per token, or per address without one; 429 carries `Retry-After`.
* `X-ER-Simulated: 1` and `simulated: true` mark data of fictional hospitals.
""".strip()

TAGS = {
    "recommendation": "Understand a text, give first words, find what is needed, rank hospitals.",
    "chat": "A dialogue that asks one question at a time.",
    "hospitals": "The directory with live beds and the age of each report.",
    "events": "Live changes inside a circle, as server-sent events.",
    "status": "How the system stands.",
    "auth": "Tokens. A token is optional wherever it is not asked for.",
    "health": "For load balancers.",
}

ERRORS: Mapping[str, tuple[str, str, str]] = {
    "401": ("unauthenticated", "Not authenticated", "the token is not valid"),
    "404": ("not-found", "Not found", "nothing has this id"),
    "413": ("body-too-large", "Body too large", "at most 65536 bytes"),
    "415": ("unsupported-media-type", "Unsupported media type", "send application/json"),
    "422": ("invalid-request", "Invalid request", "the request does not fit"),
    "429": ("rate-limited", "Too many requests", "wait a moment"),
    "502": ("upstream-failed", "A part of the system failed", "sync failed"),
    "503": ("unavailable", "Not available now", "sync does not answer"),
    "504": ("deadline-exceeded", "Out of time", "matching did not answer in time"),
}
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
EXAMPLES = Path(__file__).with_name("examples.json")


def described(plain: Callable[[], OpenApi]) -> Callable[[], OpenApi]:
    """The same contract with words, examples and the shape of each error; made once."""

    @cache
    def told() -> OpenApi:
        return _describe(plain())

    return told


def _describe(schema: OpenApi) -> OpenApi:
    schema["info"]["description"] = ABOUT
    operations = [
        (f"{method.upper()} {path}", operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    used = {tag for _, operation in operations for tag in operation.get("tags", [])}
    schema["tags"] = [{"name": n, "description": d} for n, d in TAGS.items() if n in used]
    problems = {slug: _problem(status) for status, (slug, *_) in ERRORS.items()}
    schema["components"]["responses"] |= problems
    for model in (BedsEvent, DroppedEvent):
        definition = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schema["components"]["schemas"] |= definition.pop("$defs", {})
        schema["components"]["schemas"][model.__name__] = definition
    for name, operation in operations:
        _add_errors(operation)
        _add_examples(name, operation)
    return schema


def _problem(status: str) -> OpenApi:
    slug, title, detail = ERRORS[status]
    example = {
        "type": f"urn:er:{slug}", "title": title, "status": int(status), "detail": detail,
        "trace_id": TRACE,
    }  # fmt: skip
    if status == "422":
        example["errors"] = [{"pointer": "/latitude", "message": "Input should be at most 38.7"}]
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
    told: OpenApi = {"description": title, "content": {"application/problem+json": content}}
    if status == "429":
        seconds = {"description": "seconds to wait", "schema": {"type": "integer"}}
        told["headers"] = {"Retry-After": seconds}
    return told


def _add_errors(operation: OpenApi) -> None:
    has_body = "requestBody" in operation
    takes = has_body or bool(operation.get("parameters"))
    in_path = any(p["in"] == "path" for p in operation.get("parameters", []))
    statuses = ["401", "429", "502", "503", "504"] if "tags" in operation else []
    statuses += ["413", "415"] * has_body + ["422"] * takes + ["404"] * in_path
    for status in sorted(statuses):
        reference = {"$ref": f"#/components/responses/{ERRORS[status][0]}"}
        operation["responses"].setdefault(status, reference)
    operation["responses"]["default"] = operation["responses"].pop("default")


def _add_examples(name: str, operation: OpenApi) -> None:
    example = _examples().get(name, {})
    if "request" in example:
        operation["requestBody"]["content"]["application/json"]["example"] = example["request"]
    if "response" in example:
        success = next(status for status in operation["responses"] if status.startswith("2"))
        content = operation["responses"][success]["content"]["application/json"]
        content["example"] = example["response"]


@cache
def _examples() -> Mapping[str, Mapping[str, Any]]:
    told: Mapping[str, Mapping[str, Any]] = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    return told
