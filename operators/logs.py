"""Keyed logs as JSON lines on stderr, kopf's warnings among them."""

import logging
import sys

import structlog


def configure(level: str) -> None:
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            *shared,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    through = logging.StreamHandler(sys.stderr)
    through.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.processors.format_exc_info],
            processor=structlog.processors.JSONRenderer(),
        )
    )
    # kopf tells of every event at INFO.
    logging.basicConfig(handlers=[through], level=logging.WARNING, force=True)
