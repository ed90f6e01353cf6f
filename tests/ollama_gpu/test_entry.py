"""The entry script, run: what it asks of Ollama, when it is ready, how it fails and how it ends."""

import json
import os
import signal
import tarfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.ollama_gpu.conftest import StartNode
from tests.ollama_gpu.gpu_node import GpuNode, until


def paths(node: GpuNode) -> list[str]:
    return [f"{path} {body['model']}" for path, body in node.asked]


def ready(node: GpuNode) -> GpuNode:
    node.may("loads")
    until(node.is_ready, f"It is not ready: {node.said}")
    return node


def test_it_pulls_customises_and_loads_the_models_in_this_order(start_node: StartNode) -> None:
    node = ready(start_node())
    assert paths(node) == [
        "/api/pull llama3:8b",
        "/api/pull phi3:mini",
        "/api/create llama3:8b",
        "/api/create phi3:mini",
        "/api/chat llama3:8b",
        "/api/chat phi3:mini",
    ]
    created = [body for path, body in node.asked if path == "/api/create"]
    assert created[0] == {"model": "llama3:8b", "from": "llama3:8b", "parameters": {"num_ctx": 8192}}
    loads = [body for path, body in node.asked if path == "/api/chat"]
    assert all(body["messages"] == [] and body["keep_alive"] == -1 for body in loads)


def test_it_is_not_ready_before_every_model_is_loaded(start_node: StartNode) -> None:
    node = start_node()
    until(lambda: "/api/chat llama3:8b" in paths(node), "It loads nothing")
    assert not node.is_ready()
    ready(node)
    assert "ready: llama3:8b phi3:mini" in node.said


def test_a_model_without_a_modelfile_is_served_as_it_is(start_node: StartNode) -> None:
    node = ready(start_node(MODELS="qwen3:4b"))
    assert paths(node) == ["/api/pull qwen3:4b", "/api/chat qwen3:4b"]


def test_a_pull_that_fails_is_tried_again(start_node: StartNode, tmp_path: Path) -> None:
    (tmp_path / "pulls").write_text("registry is away\nstill away\n", "utf-8")
    node = ready(start_node(MODELS="phi3:mini"))
    assert paths(node).count("/api/pull phi3:mini") == 3
    assert "pulling phi3:mini failed (attempt 1 of 3), again in 0.0" in node.said


def test_a_pull_that_fails_again_and_again_ends_the_node_with_the_reason(start_node: StartNode, tmp_path: Path) -> None:
    (tmp_path / "pulls").write_text("registry is away\n" * 5, "utf-8")
    node = start_node(MODELS="phi3:mini")
    assert node.ended() == 1
    assert paths(node) == ["/api/pull phi3:mini"] * 3
    assert "registry is away" in node.said
    assert node.said.splitlines()[-1] == "ollama-gpu: fatal: pulling phi3:mini failed 3 times"


def test_models_are_copied_from_s3_instead(start_node: StartNode, tmp_path: Path) -> None:
    (tmp_path / "bucket/phi3:mini").mkdir(parents=True)
    node = ready(start_node(MODELS="phi3:mini", MODEL_SOURCE="s3", MODELS_S3="s3://models/ollama"))
    copied = f"s3 sync --only-show-errors s3://models/ollama {tmp_path}/.ollama/models\n"
    assert (tmp_path / "aws").read_text("utf-8") == copied
    assert paths(node) == ["/api/create phi3:mini", "/api/chat phi3:mini"]


def test_models_are_unpacked_from_an_address_that_never_reaches_the_log(start_node: StartNode, tmp_path: Path) -> None:
    (tmp_path / "phi3:mini").mkdir()
    with tarfile.open(tmp_path / "models.tar", "w") as archive:
        archive.add(tmp_path / "phi3:mini", "phi3:mini")
    address = f"file://{tmp_path}/models.tar"
    node = ready(start_node(MODELS="phi3:mini", MODEL_SOURCE="url", MODELS_URL=address))
    assert paths(node) == ["/api/create phi3:mini", "/api/chat phi3:mini"]
    assert address not in node.said


def test_settings_that_make_no_sense_are_refused_by_name(start_node: StartNode) -> None:
    for settings, reason in (
        ({"MODELS": ""}, "MODELS names no model"),
        ({"MODELS": 'a"b'}, 'MODELS: a"b is no name of a model'),
        ({"MODEL_SOURCE": "tape"}, "MODEL_SOURCE is registry, s3 or url, not tape"),
        ({"MODEL_SOURCE": "s3", "MODELS_S3": "models"}, "MODELS_S3 has to begin with s3://"),
        ({"MODEL_SOURCE": "url"}, "MODELS_URL is missing"),
    ):
        node = start_node(**settings)
        assert node.ended() == 1
        assert node.said == f"ollama-gpu: fatal: {reason}\n"


def test_told_to_end_it_is_not_ready_any_more_and_lets_a_request_finish(start_node: StartNode) -> None:
    node = ready(start_node())
    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(node.chat)
        until(lambda: len(paths(node)) == 7, "The question did not arrive")
        node.is_told_to_end()
        until(lambda: "draining" in node.said, "It does not drain")
        assert not node.is_ready()
        assert node.process.poll() is None
        node.may("chats")
        assert answer.result(60) == "Yes."
    assert node.ended() == 0
    assert node.said.splitlines()[-1] == "ollama-gpu: drained"


def test_while_callers_may_not_know_yet_a_new_request_is_served_too(start_node: StartNode) -> None:
    node = ready(start_node(SETTLE_SECONDS="3600", DRAIN_SECONDS="7200"))
    node.is_told_to_end()
    until(lambda: "draining" in node.said, "It does not drain")
    node.may("chats")
    assert node.chat() == "Yes."
    assert node.process.poll() is None


def test_a_request_that_does_not_end_is_waited_for_no_longer_than_is_allowed(start_node: StartNode) -> None:
    node = ready(start_node(DRAIN_SECONDS="1"))
    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(node.chat)
        until(lambda: len(paths(node)) == 7, "The question did not arrive")
        node.is_told_to_end()
        assert node.ended() == 0
        assert answer.result(60).startswith("cut off")
    assert node.said.splitlines()[-1] == "ollama-gpu: 1 requests still ran after 1 s"


def test_told_twice_it_ends_at_once(start_node: StartNode) -> None:
    node = ready(start_node(DRAIN_SECONDS="3600"))
    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(node.chat)
        until(lambda: len(paths(node)) == 7, "The question did not arrive")
        node.is_told_to_end()
        until(lambda: "draining" in node.said, "It does not drain")
        node.is_told_to_end()
        assert node.ended() == 0
        assert answer.result(60).startswith("cut off")


def test_told_to_end_before_it_is_ready_it_ends_at_once(start_node: StartNode) -> None:
    node = start_node()
    until(lambda: "/api/chat llama3:8b" in paths(node), "It loads nothing")
    node.is_told_to_end()
    assert node.ended() == 0


def test_a_server_that_ends_by_itself_ends_the_node(start_node: StartNode) -> None:
    node = ready(start_node())
    children = Path(f"/proc/{node.process.pid}/task/{node.process.pid}/children").read_text("utf-8").split()
    (server,) = [int(child) for child in children if b"serve" in Path(f"/proc/{child}/cmdline").read_bytes()]
    os.kill(server, signal.SIGKILL)
    assert node.ended() == 1
    assert node.said.splitlines()[-1] == "ollama-gpu: fatal: the server ended by itself"


def test_it_tells_cloudwatch_how_many_requests_are_at_the_node(start_node: StartNode) -> None:
    node = ready(start_node(METRIC_SERVICE="creator-coach-dev-ollama", SAMPLES="1"))
    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(node.chat)
        until(lambda: '"OllamaRequests": [1]' in node.said, "It does not count")
        node.may("chats")
        assert answer.result(60) == "Yes."
    line = json.loads(next(line for line in node.said.splitlines() if '"OllamaRequests": [1]' in line))
    (metric,) = line["_aws"]["CloudWatchMetrics"]
    assert metric["Namespace"] == "CreatorCoach"
    assert metric["Dimensions"] == [["service"]]
    assert metric["Metrics"] == [{"Name": "OllamaRequests", "Unit": "Count"}]
    assert line["service"] == "creator-coach-dev-ollama"
    assert line["_aws"]["Timestamp"] > 1_700_000_000_000
