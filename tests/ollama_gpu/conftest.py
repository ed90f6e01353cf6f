"""Nodes that end with their test."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.ollama_gpu.gpu_node import GpuNode

StartNode = Callable[..., GpuNode]


@pytest.fixture
def start_node(tmp_path: Path) -> Iterator[StartNode]:
    if not Path("/proc/net/tcp").exists() or not shutil.which("curl") or not shutil.which("bash"):
        pytest.skip("the script runs in a Linux container with bash and curl")
    with ExitStack() as started:

        def start(**settings: str) -> GpuNode:
            node = GpuNode(tmp_path, **settings)
            node.start()
            started.callback(node.stop)
            return node

        yield start
