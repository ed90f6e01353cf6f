"""The functions behind an address of this machine, for an AWS in another process to invoke them."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from local.aws import LONGEST_FUNCTION_SECONDS
from local.functions import Functions, Json, Outcome
from local.loopback import send


@contextmanager
def served_functions(functions: Functions) -> Iterator[str]:
    """Serve the functions on a free port; yield the address. Each is invoked by a POST of its event to its name."""

    class Invocation(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer = json.dumps(asdict(functions.invoke(self.path.strip("/"), event))).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing of each request."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Invocation) as server:
        server.daemon_threads = True
        # Closing waits for requests only where their threads are not daemons.
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="functions", daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join(1)


class RemoteFunctions:
    """The functions that another process serves at `url`."""

    def __init__(self, url: str) -> None:
        self._url = url

    def invoke(self, name: str, event: Json) -> Outcome:
        """Run the function there and wait for its end. Raises: OSError if that process is gone."""
        answer = send(
            "POST", f"{self._url}/{name}", body=json.dumps(event).encode(), deadline_seconds=LONGEST_FUNCTION_SECONDS
        )
        return Outcome(**answer.json())
