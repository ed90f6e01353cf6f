"""Functions may call S3 for passages exactly as their code does.

The local run keeps passages in a folder, so the calls are noted here, where every function's part of the work is done.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from coaching.adapters.search.s3 import S3Passages
from infra.plan import SEGMENTS
from infra.system import SYSTEM
from local.functions import current_capability
from local.recorder import CallRecorder, recorded_calls
from tests.adapters.search.samples import HABITS, HEARTH, look, passages, put, stage

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def a_second_try(store: S3Passages) -> None:
    stage(store, passages("A habit, said again.", version=2))


WORK: dict[str, Callable[[S3Passages], object]] = {
    "search": look,
    "chat": look,
    "split_document": lambda store: store.published(HEARTH, HABITS),
    "index_passages": a_second_try,
    "publish_document": lambda store: store.publish(HEARTH, HABITS, 2),
    "fail_document": lambda store: store.remove(HEARTH, HABITS),
    "remove_document": lambda store: store.remove(HEARTH, HABITS),
    "verify_removal": lambda store: store.count(HEARTH, HABITS),
}


@pytest.fixture
def recorder() -> Iterator[CallRecorder]:
    with recorded_calls() as recorder:
        yield recorder


@pytest.fixture
def recorded_s3(recorder: CallRecorder, s3: "S3Client") -> "S3Client":
    """Return a client made while calls are recorded."""
    from boto3.session import Session

    client: S3Client = Session().client("s3", endpoint_url=s3.meta.endpoint_url)
    return client


def granted(capability: str) -> set[str]:
    grants = SYSTEM.capability(capability).grants
    return {action for grant in grants if grant.resource == SEGMENTS for action in grant.actions}


@pytest.mark.parametrize("capability", WORK)
def test_a_function_is_granted_exactly_the_calls_it_makes(
    recorder: CallRecorder, recorded_s3: "S3Client", bucket: str, tmp_path: Path, capability: str
) -> None:
    store = S3Passages(lambda: recorded_s3, bucket, tmp_path)
    put(store, passages("A habit."))
    stage(store, passages("A habit.", version=2))
    current = current_capability.set(capability)
    WORK[capability](S3Passages(lambda: recorded_s3, bucket, tmp_path / "cold"))
    current_capability.reset(current)
    assert {call.operation for call in recorder.calls() if call.capability == capability} == granted(capability)


def test_every_function_that_is_granted_calls_is_listed_here() -> None:
    assert {capability.name for capability in SYSTEM.capabilities if granted(capability.name)} == set(WORK)
