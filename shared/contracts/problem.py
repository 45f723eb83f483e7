"""The shape of every error (RFC 9457)."""

from shared.contracts.model import Answer


class FieldProblem(Answer):
    """Which part of the request is wrong, as a JSON pointer, and why; never the input itself."""

    pointer: str
    message: str


class Problem(Answer):
    """`type` is `urn:er:<slug>`; `errors` stands only where fields of the request are wrong."""

    type: str
    title: str
    status: int
    detail: str
    trace_id: str
    errors: list[FieldProblem] | None = None
    cause: str | None = None
