"""What the tests of the local run share."""

from collections.abc import Iterator

import pytest

from tests.support.small_cloud import SmallCloud, small_cloud


@pytest.fixture(scope="module")
def module_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallCloud]:
    folder = tmp_path_factory.mktemp("machines")
    with pytest.MonkeyPatch.context() as monkeypatch, small_cloud(folder, monkeypatch) as running:
        yield running


@pytest.fixture
def aws(module_cloud: SmallCloud) -> SmallCloud:
    """A running cloud with one queue and one state machine; queues and board are empty."""
    module_cloud.clear()
    return module_cloud
