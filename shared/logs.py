"""Structured logs: lines for people in dev, JSON in production. The host sets this up once.

What may never be logged is told in docs/architecture.md; a test posts sentinels and looks for them.
"""

import logging
import sys
from typing import Literal

import stamina
import structlog
from structlog.typing import EventDict, WrappedLogger

from shared.context import current_trace

QUIET = (
    "alembic",
    "httpx",
    "httpcore",
    "httpx2",
    "httpcore2",
    "uvicorn.access",
    "sqlalchemy.engine",
)


def configure(*, profile: Literal["dev", "production"], level: str) -> None:
    """Send every record, ours and the libraries', to standard error through one renderer."""
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
    root.setLevel(level)
    for name in QUIET:  # httpx writes whole addresses, the service key of the NMC among them
        logging.getLogger(name).setLevel(logging.WARNING)
    # What uvicorn says of a failed start holds a traceback; the host tells it in one line.
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of one part; its name is the part's."""
    bound: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name).bind(part=name)
    return bound


def _add_trace(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    event.setdefault("trace_id", current_trace().trace_id)
    return event
