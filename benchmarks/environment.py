"""The environment that the functions' settings are read from, for as long as something is measured."""

import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator

from benchmarks.ours import CLIENT_ID, ROUTE
from coaching.settings import settings


@contextlib.contextmanager
def prepared() -> Iterator[None]:
    """Set roles and client id, and keep logs and metrics off the screen (they are written all the same)."""
    os.environ |= {
        "USER_POOL_CLIENT_ID": CLIENT_ID,
        "ROUTE_ROLES": json.dumps({f"POST {ROUTE}": ["user"]}),
        "POWERTOOLS_TRACE_DISABLED": "true",
        "POWERTOOLS_SERVICE_NAME": "coaching",
    }
    settings.cache_clear()
    from logging import StreamHandler

    from coaching.entrypoint.observability import logger

    unseen = io.StringIO()
    if isinstance(logger.registered_handler, StreamHandler):
        logger.registered_handler.setStream(unseen)
    with contextlib.redirect_stdout(unseen):
        yield
    sys.stdout.flush()
