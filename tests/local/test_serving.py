"""Starting and ending the whole system, as a person sees it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local.__main__ import main
from local.loopback import fetch_json, send
from local.state_folder import NothingRunsError, StateFolder
from local.system import BusyPortError, listen
from tests.support.running_system import REPOSITORY, serving

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("serving")]


def test_a_busy_port_is_refused_with_the_way_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--state", str(tmp_path), "serve", "--port", str(port)]) == 2
    said = capsys.readouterr().err
    assert f"Port {port} is in use" in said
    assert f"make run PORT={port + 1}" in said


def test_a_port_can_be_used_again_at_once() -> None:
    first = listen(0)
    port = first.getsockname()[1]
    with pytest.raises(BusyPortError):
        listen(port)
    first.close()
    listen(port).close()


def test_the_system_serves_tells_others_where_and_ends_within_three_seconds(tmp_path: Path) -> None:
    with serving(tmp_path) as system:
        assert fetch_json(f"{system.url}/v1/health")["status"] == "ok"
        assert system.running.pid == system.pid
        printed = _command("--state", str(system.state.folder), "token", "--creator", "acme", "--role", "coach")
        assert printed.stdout.count(".") == 2
        beside = _command("--state", str(system.state.folder), "serve", "--port", "0", check=False)
        assert (beside.returncode, system.url in beside.stderr) == (2, True)
        began = time.monotonic()
        os.kill(system.pid, signal.SIGINT)
        while _is_alive(system.pid) and time.monotonic() - began < 10:
            time.sleep(0.02)
        took = time.monotonic() - began
    said = (tmp_path / "console.txt").read_text()
    assert took < 3
    assert "Traceback" not in said
    with pytest.raises(NothingRunsError):
        system.state.running()
    for line in system.logs().splitlines():
        json.loads(line)


def test_aws_ends_with_the_system_even_if_that_is_killed(tmp_path: Path) -> None:
    with serving(tmp_path) as system:
        aws = system.running.aws_url
        assert send("GET", f"{aws}/moto-api/").status == 200
        os.kill(system.pid, signal.SIGKILL)
        deadline = time.monotonic() + 3
        while _answers(aws) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not _answers(aws)


def _answers(url: str) -> bool:
    try:
        send("GET", f"{url}/moto-api/", deadline_seconds=1)
    except OSError:
        return False
    return True


def test_an_event_can_be_handed_to_a_function_without_a_running_system(tmp_path: Path) -> None:
    ended = _command("--state", str(tmp_path), "invoke", "ingest_document", "events/s3_upload.json")
    assert json.loads(ended.stdout) == {"batchItemFailures": []}
    assert "SUCCEEDED" in ended.stderr


def _command(*arguments: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "local", *arguments],
        cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=check,
    )  # fmt: skip


def _is_alive(pid: int) -> bool:
    # The process is our child: once it has ended it can be waited for.
    return os.waitpid(pid, os.WNOHANG) == (0, 0)


def test_state_of_a_process_that_is_gone_is_not_a_running_system(tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    (tmp_path / "running.json").write_text(
        json.dumps(
            {"url": "", "aws_url": "", "user_pool_id": "", "client_id": "", "pid": int(ended.stdout), "environment": {}}
        )
    )
    with pytest.raises(NothingRunsError, match="has ended"):
        StateFolder(tmp_path).running()
