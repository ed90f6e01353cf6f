"""moto behind a listening socket: in this process, or in one of its own that shares the work with the functions'.

`python -m local.moto_server FD FUNCTIONS_URL` is the latter; it ends with its standard input.
"""

import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local import moto_patches
from local.aws import AwsClients
from local.function_server import RemoteFunctions
from local.moto_patches import Invoke

_STOP_SECONDS = 1.0


def listen(port: int) -> socket.socket:
    """Return a socket that listens on 127.0.0.1. Raises: OSError if the port is taken."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # Otherwise a port is refused for a minute after the system that had it ended.
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    return listening


def url_of(listening: socket.socket) -> str:
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


@contextmanager
def moto_here(listening: socket.socket, invoke: Invoke) -> Iterator[None]:
    """Answer on the socket as AWS does, running functions by `invoke`; everything is forgotten afterwards.

    moto keeps its state in the process, so a process has one AWS at a time.
    """
    moto_patches.before_import()
    from moto.core.base_backend import BackendDict
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
    from werkzeug.serving import make_server

    # Werkzeug's banner and request lines would drown what the local run has to say.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    moto_patches.install(invoke, AwsClients(url_of(listening)).functions)
    app = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=MotoRequestHandler, fd=listening.fileno())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="moto", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join(timeout=_STOP_SECONDS)
        server.server_close()
        BackendDict.reset()


@contextmanager
def moto_beside(listening: socket.socket, functions_url: str, log: Path) -> Iterator[str]:
    """Answer on the socket as AWS does, from a process of its own, which ends with the block and with this process.

    Yields the address; requests made before it is ready wait for it.
    """
    descriptor, url = listening.fileno(), url_of(listening)
    with (
        log.open("a", encoding="utf-8") as said,
        subprocess.Popen(  # noqa: S603 - this program itself
            [sys.executable, "-m", "local.moto_server", str(descriptor), functions_url],
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=said,
            pass_fds=[descriptor],
            # A Ctrl-C in the terminal is for us: it would end AWS while functions still use it.
            start_new_session=True,
        ) as process,
    ):
        # The socket is that process's now: where it fails to start, requests are refused and do not wait.
        listening.close()
        try:
            yield url
        finally:
            process.kill()


def main() -> None:
    descriptor, functions_url = sys.argv[1:]
    listening = socket.socket(fileno=int(descriptor))
    with moto_here(listening, RemoteFunctions(functions_url).invoke):
        sys.stdin.read()
        # Nothing here outlives the process that asked for it, and nothing is worth waiting for.
        os._exit(0)


if __name__ == "__main__":
    main()
