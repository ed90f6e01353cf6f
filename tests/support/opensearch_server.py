"""Runs a real single-node OpenSearch with the k-NN plugin on 127.0.0.1, empty at every start.

Name `"engine": "lucene"` in every k-NN method: the published plugin has no native libraries, and an index of another
engine ends the server. It refuses to run as root, so when the tests do, it runs as `nobody`.
"""

import contextlib
import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.support.opensearch_artifacts import ServerMissing, installed

START_DEADLINE_SECONDS = 120
STOP_DEADLINE_SECONDS = 20
_NOBODY = 65534
_PARENT_DEATH_SIGNAL = 1
_JVM_OPTIONS = (
    "-Xms512m\n-Xmx512m\n-Djava.io.tmpdir=${OPENSEARCH_TMPDIR}\n18-:-Djava.security.manager=allow\n"
    "-Djava.util.concurrent.ForkJoinPool.common.threadFactory="
    "org.opensearch.secure_sm.SecuredForkJoinWorkerThreadFactory\n"
)


@dataclass
class Server:
    """Runs in `place`, where its data lie."""

    home: Path
    java: str
    place: Path
    url: str = ""
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers; from the second time on under the same address. Raises: ServerMissing."""
        ports = self.place / "logs/http.ports"
        ports.unlink(missing_ok=True)
        with (self.place / "server.log").open("ab") as log:
            self.process = _start(self.home, self.java, self.place, log.fileno())
        self.url = _ready(self.process, self.place)
        _configure(self.place, port=urlsplit(self.url).port or 0)

    def kill(self) -> None:
        """End it at once, as a machine that fails."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        if self.process is not None:
            _stop(self.process)


@contextlib.contextmanager
def running(cache: Path) -> Iterator[Server]:
    """Run a server on a free port while the block runs. Raises: ServerMissing."""
    java, home = _java(), installed(cache)
    with tempfile.TemporaryDirectory(prefix="opensearch-") as folder:
        server = Server(home, java, Path(folder))
        _make_place(server.place, home)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _java() -> str:
    """Return the home of a Java that OpenSearch 2 runs on: it wants the security manager, gone in Java 24."""
    on_path = shutil.which("java")
    places = [os.environ.get("JAVA_HOME"), str(Path(on_path).resolve().parents[1]) if on_path else None]  # noqa: TID251
    for home in filter(None, places):
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            said = subprocess.run(
                [f"{home}/bin/java", "-version"], capture_output=True, text=True, timeout=30, check=False
            )
            version = re.search(r'version "(\d+)', said.stderr)
            if version and 11 <= int(version[1]) <= 23:
                return home
    raise ServerMissing("OpenSearch tests need Java 11 to 23: install it or set JAVA_HOME.")


def _make_place(place: Path, home: Path) -> None:
    shutil.copytree(home / "config", place / "config")
    (place / "config/jvm.options").write_text(_JVM_OPTIONS)
    _configure(place, port=0)
    for name in ("data", "logs", "tmp"):
        (place / name).mkdir()
    if os.geteuid() == 0:
        for path in (place, *place.iterdir()):
            os.chown(path, _NOBODY, _NOBODY)


def _configure(place: Path, *, port: int) -> None:
    """Write the settings; port 0 is any free one."""
    settings = {
        "discovery.type": "single-node",
        "network.host": "127.0.0.1",
        "http.port": port,
        "transport.port": 0,
        "node.portsfile": True,
        "path.data": f"{place}/data",
        "path.logs": f"{place}/logs",
        "cluster.routing.allocation.disk.threshold_enabled": False,
    }
    (place / "config/opensearch.yml").write_text(json.dumps(settings))  # JSON is YAML


def _start(home: Path, java: str, place: Path, log: int) -> subprocess.Popen[bytes]:
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def stop_with_us() -> None:
        if libc is not None:
            libc.prctl(_PARENT_DEATH_SIGNAL, signal.SIGTERM)

    user = _NOBODY if os.geteuid() == 0 else None
    try:
        return subprocess.Popen(  # the launcher becomes Java, so this is the server's own process
            [home / "bin/opensearch"],
            env={
                "PATH": os.environ["PATH"],  # noqa: TID251
                "OPENSEARCH_JAVA_HOME": java,
                "OPENSEARCH_PATH_CONF": f"{place}/config",
                "OPENSEARCH_TMPDIR": f"{place}/tmp",
            },
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
            start_new_session=True,
            preexec_fn=stop_with_us,
        )
    except PermissionError as error:
        raise ServerMissing(f"The server runs as `nobody`, who cannot reach {home}.") from error


def _ready(process: subprocess.Popen[bytes], place: Path) -> str:
    end = time.monotonic() + START_DEADLINE_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError, ValueError, IndexError):
            url = "http://" + (place / "logs/http.ports").read_text().split()[0]
            with urllib.request.urlopen(f"{url}/_cluster/health", timeout=5) as answer:
                if json.load(answer)["status"] in ("yellow", "green"):
                    return url
        time.sleep(0.1)
    log = (place / "server.log").read_text(errors="replace")[-3000:]
    raise ServerMissing(f"OpenSearch was not ready within {START_DEADLINE_SECONDS} s; its log ends:\n{log}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_DEADLINE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
