"""Functions may send the domain exactly the kinds of requests that their code sends.

The domain has no AWS API that the local run could record, so the store's requests are noted where they leave.
"""

from collections.abc import Callable

import pytest

from coaching.adapters.search.opensearch import OpenSearchPassages
from infra.plan import PASSAGES
from infra.system import SYSTEM
from tests.adapters.search.samples import HABITS, HEARTH, look, passages, put, stage

pytestmark = [pytest.mark.opensearch, pytest.mark.xdist_group("opensearch")]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The HTTP methods of the requests sent meanwhile."""
    from opensearchpy import Urllib3HttpConnection

    methods: set[str] = set()
    send = Urllib3HttpConnection.perform_request

    def noting(self: Urllib3HttpConnection, method: str, *args: object, **named: object) -> object:
        methods.add(f"ESHttp{method.capitalize()}")
        return send(self, method, *args, **named)

    monkeypatch.setattr(Urllib3HttpConnection, "perform_request", noting)
    return methods


def a_first_stage(store: OpenSearchPassages) -> None:
    stage(store, passages("A habit."))


def a_publication_withdrawn(store: OpenSearchPassages) -> None:
    store.publish(HEARTH, HABITS, 2)
    store.remove(HEARTH, HABITS)


WORK: dict[str, Callable[[OpenSearchPassages], object]] = {
    "search": look,
    "chat": look,
    "index_passages": a_first_stage,
    "publish_document": a_publication_withdrawn,
    "remove_document": lambda store: store.remove(HEARTH, HABITS),
    "verify_removal": lambda store: store.count(HEARTH, HABITS),
    "split_document": lambda store: store.published(HEARTH, HABITS),
    "fail_document": lambda store: store.remove(HEARTH, HABITS),
}


def granted(capability: str) -> set[str]:
    grants = SYSTEM.capability(capability).grants
    return {action for grant in grants if grant.resource == PASSAGES for action in grant.actions}


@pytest.mark.parametrize("capability", WORK)
def test_a_function_is_granted_exactly_the_requests_it_sends(
    opensearch_url: str, sent: set[str], capability: str
) -> None:
    # An index of its own each time: what makes the index is part of the first stage.
    store = OpenSearchPassages(opensearch_url, alias=f"grants-{capability.replace('_', '-')}", timeout_seconds=30)
    if capability != "index_passages":
        put(store, passages("A habit."))
        stage(store, passages("A habit.", version=2))
    sent.clear()
    WORK[capability](store)
    assert sent == granted(capability)


def test_every_function_that_is_granted_requests_is_listed_here() -> None:
    assert {capability.name for capability in SYSTEM.capabilities if granted(capability.name)} == set(WORK)
