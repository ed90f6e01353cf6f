"""The whole system in one process: cloud, functions, queues and gateway, in the order in which they need each other."""

import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from infra.plan import System
from local import moto_server
from local.api_client import Tenants
from local.aws import AwsClients
from local.cloud import Cloud, furnished
from local.environment import LIBRARIES, Models, function_environment, use_environment
from local.function_server import served_functions
from local.functions import Functions
from local.pollers import queue_pollers
from local.schedules import clocks
from local.state_folder import Running, StateFolder
from local.user_pool import SignIn
from local.worker import Worker

_START_SECONDS = 20.0
_STOP_SECONDS = 1.5


class BusyPortError(Exception):
    """Somebody else listens on the port."""


@dataclass(frozen=True, slots=True)
class LocalSystem:
    """A system that serves. `tenants` issues tokens for it."""

    running: Running
    functions: Functions

    @property
    def tenants(self) -> Tenants:
        return tenants_of(self.running)


def tenants_of(running: Running) -> Tenants:
    """Return the creators and users of a system that runs here or in another process."""
    return Tenants(running.url, SignIn(AwsClients(running.aws_url).cognito, running.user_pool))


def listen(port: int) -> socket.socket:
    """Return the socket that the gateway is to serve. Raises: BusyPortError."""
    try:
        return moto_server.listen(port)
    except OSError as error:
        raise BusyPortError(f"Port {port} is in use by another program.") from error


@contextmanager
def running_system(
    system: System, models: Models, state: StateFolder, listening: socket.socket
) -> Iterator[LocalSystem]:
    """Run the system behind the listening socket until the block ends. What functions print goes to the log file."""
    state.wipe()
    with ExitStack() as stack:
        log = stack.enter_context(state.log_file.open("a", encoding="utf-8", buffering=1))
        stack.enter_context(redirect_stdout(log))
        stack.enter_context(_logged_in(state.own_log_file))
        functions = Functions(system)
        use_environment(LIBRARIES)
        functions_url = stack.enter_context(served_functions(functions))
        aws = moto_server.listen(0)
        aws_url = stack.enter_context(moto_server.moto_beside(aws, functions_url, state.own_log_file))
        # While AWS starts beside us.
        functions.load_all()
        cloud = furnished(system, aws_url)
        environment = function_environment(system, cloud, models, state)
        use_environment(environment)
        workers: list[Worker] = [
            *queue_pollers(system.queues, cloud, functions),
            *clocks(system.schedules, functions),
        ]
        # Told to stop first and waited for last: their long poll ends while the gateway does.
        for worker in workers:
            stack.callback(worker.join, _STOP_SECONDS)
        url = stack.enter_context(_served(system, cloud, functions, listening))
        for worker in workers:
            stack.callback(worker.stop)
            worker.start()
        running = Running(url, cloud.url, cloud.user_pool.pool_id, cloud.user_pool.client_id, os.getpid(), environment)
        state.announce(running)
        stack.callback(state.withdraw)
        yield LocalSystem(running, functions)


@contextmanager
def _logged_in(path: Path) -> Iterator[None]:
    """Send what the local run, moto and the servers log to a file: functions log on their own, to standard output."""
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()


@contextmanager
def _served(system: System, cloud: Cloud, functions: Functions, listening: socket.socket) -> Iterator[str]:
    import uvicorn

    from local.gateway import gateway_app
    from local.identity import TokenVerifier

    pool = cloud.user_pool
    app = gateway_app(system, functions, TokenVerifier(pool.jwks(), pool.issuer, pool.client_id))
    config = uvicorn.Config(app, log_config=None, log_level="critical", access_log=False, lifespan="off",
                            server_header=False, timeout_graceful_shutdown=1)  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="gateway", daemon=True)
    thread.start()
    deadline = time.monotonic() + _START_SECONDS
    while not server.started and thread.is_alive() and time.monotonic() < deadline:
        time.sleep(0.01)
    if not server.started:
        raise RuntimeError("The gateway did not start.")
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(_STOP_SECONDS)
