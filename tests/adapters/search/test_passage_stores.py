"""Both passage stores keep the same promises."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from coaching.adapters.search.embedded import EmbeddedPassages
from coaching.adapters.search.opensearch import OpenSearchPassages
from coaching.adapters.search.opensearch_client import Client
from coaching.adapters.search.opensearch_queries import matching
from tests.adapters.search.contract import FindingContract, PublishingContract
from tests.adapters.search.filter_contract import FilterContract
from tests.adapters.search.samples import Store
from tests.adapters.search.tenant_contract import TenantContract


class PassageStoreContract(FindingContract, PublishingContract, TenantContract, FilterContract):
    """What whoever stores passages promises."""


class TestEmbedded(PassageStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Store:
        return EmbeddedPassages(tmp_path)


@pytest.mark.opensearch
@pytest.mark.xdist_group("opensearch")
class TestOpenSearch(PassageStoreContract):
    @pytest.fixture
    def store(self, opensearch_url: str, opensearch: Client) -> Iterator[Store]:
        """Return a store that is empty, over one index for all tests."""
        yield OpenSearchPassages(opensearch_url, alias="contract", timeout_seconds=30)
        params = {"refresh": "true", "ignore_unavailable": "true"}
        opensearch.delete_by_query(index="contract", body=matching([]), params=params)
