"""Tests that share a server run in one process, so that it is started once."""

import pytest


@pytest.mark.xdist_group("alone")
def test_a_test_knows_its_group(request: pytest.FixtureRequest, worker_id: str) -> None:
    if worker_id == "master":
        pytest.skip("all tests run in one process")
    assert request.node.nodeid.endswith("@alone")
