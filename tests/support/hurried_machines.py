"""The plan's state machines on a local AWS, with functions that a test writes: their retries wait a second at most."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.system import SYSTEM
from local import cloud
from local.cloud import STATE_MACHINES, Cloud, running_cloud
from tests.support.handlers import HandlerBoard


@contextmanager
def hurried_cloud(board: HandlerBoard, folder: Path) -> Iterator[Cloud]:
    """Run them with the board's functions. `folder` takes their definitions."""
    for machine in SYSTEM.state_machines:
        definition = (STATE_MACHINES / f"{machine.name}.asl.json").read_text("utf-8")
        hurried = definition.replace('"IntervalSeconds": 2, "BackoffRate": 2', '"IntervalSeconds": 1, "BackoffRate": 1')
        (folder / f"{machine.name}.asl.json").write_text(hurried)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cloud, "STATE_MACHINES", folder)
        with running_cloud(SYSTEM, board.functions(SYSTEM)) as running:
            yield running
