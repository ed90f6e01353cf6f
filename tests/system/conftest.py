"""The running system that all system tests of a process share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.running_system import RunningSystem, serving

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, and keep them in one process, so that one system is enough."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.system)
            item.add_marker(pytest.mark.xdist_group("system"))


@pytest.fixture(scope="session")
def running_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    """The whole system on a free port: `url`, `token(creator, role, user)`, `logs()`, `calls()`.

    It takes recordings, of which tests say what is heard in them.
    """
    with serving(tmp_path_factory.mktemp("system"), "--speech", "transcribe") as system:
        yield system
