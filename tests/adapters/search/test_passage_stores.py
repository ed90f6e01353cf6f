"""All passage stores keep the same promises."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from coaching.adapters.search.embedded import EmbeddedPassages
from coaching.adapters.search.opensearch import OpenSearchPassages
from coaching.adapters.search.opensearch_client import Client
from coaching.adapters.search.opensearch_queries import matching
from coaching.adapters.search.s3 import S3Passages
from tests.adapters.search.attempts_contract import AttemptsContract
from tests.adapters.search.contract import FindingContract, PublishingContract, ReadingBackContract, VersionContract
from tests.adapters.search.filter_contract import FilterContract
from tests.adapters.search.samples import Store
from tests.adapters.search.tenant_contract import TenantContract

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class PassageStoreContract(
    FindingContract,
    PublishingContract,
    VersionContract,
    ReadingBackContract,
    TenantContract,
    FilterContract,
    AttemptsContract,
):
    """What whoever stores passages promises."""


class TestEmbedded(PassageStoreContract):
    attempts = 7_000

    @pytest.fixture
    def store(self, tmp_path: Path) -> Store:
        return EmbeddedPassages(tmp_path)


class TestS3(PassageStoreContract):
    @pytest.fixture
    def store(self, s3: "S3Client", bucket: str, tmp_path: Path) -> Store:
        return S3Passages(lambda: s3, bucket, tmp_path)


@pytest.mark.opensearch
@pytest.mark.xdist_group("opensearch")
class TestOpenSearch(PassageStoreContract):
    @pytest.fixture
    def store(self, opensearch_url: str, opensearch: Client) -> Iterator[Store]:
        """Return a store that is empty, over one index for all tests."""
        yield OpenSearchPassages(opensearch_url, alias="contract", timeout_seconds=30)
        params = {"refresh": "true", "ignore_unavailable": "true"}
        opensearch.delete_by_query(index="contract", body=matching([]), params=params)
