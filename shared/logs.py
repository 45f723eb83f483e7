"""Structured logs: lines for people in dev, JSON in production. The host sets this up once.

What may never be logged is told in docs/architecture.md; a test posts sentinels and looks for them.
"""

import logging
import sys
import traceback
from pathlib import PurePath
from typing import Literal

import stamina
import structlog
from structlog.typing import EventDict, WrappedLogger

from shared.context import entered_trace


def configure(*, profile: Literal["dev", "production"], level: str) -> None:
    """Send our records, and the libraries' from WARNING on, to standard error in one form. What
    libraries tell below that holds whole addresses, keys and bodies: none of it is for a log."""
    chain: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        _add_trace,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if profile == "production"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *chain,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=chain,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    stamina.instrumentation.set_on_retry_hooks(())  # whoever waits says in one line how it ended
    root = logging.getLogger()
    root.handlers[:] = [handler]
    handler.addFilter(_is_for_operators)
    root.setLevel(level)
    # What uvicorn says of a failed start holds a traceback; the host tells it in one line.
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of one part; its name is the part's."""
    bound: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name).bind(part=name)
    return bound


def frames(error: BaseException) -> list[str]:
    """Where an error came from, without its message: that may hold what a patient wrote."""
    last = traceback.extract_tb(error.__traceback__)[-5:]
    return [f"{PurePath(f.filename).name}:{f.lineno} {f.name}" for f in last]


def _is_for_operators(record: logging.LogRecord) -> bool:
    # structlog hands our events on as they are.
    return isinstance(record.msg, dict) or record.levelno >= logging.WARNING


def _add_trace(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """The trace of the request in work; what happens beside requests belongs to none."""
    trace = entered_trace()
    if trace is not None:
        event.setdefault("trace_id", trace.trace_id)
    return event
