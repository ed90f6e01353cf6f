"""Search: /v1/search."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from coaching import wiring
from coaching.contract.documents import FoundPassage, SearchReply, SearchRequest
from coaching.entrypoint.observability import logged
from coaching.entrypoint.rest import RestApp, reply
from coaching.entrypoint.tracing import tracer

# A search changes nothing, so no answer is kept: words of a document that was deleted since would come back from there.
app = RestApp()


@app.post("/v1/search")
def search() -> Response[str]:
    asked = app.body(SearchRequest)
    found = wiring.search_passages()(app.identity.creator_id, asked.query, k=asked.k, filters=asked.filters)
    items = [FoundPassage.of(passage) for passage in found.passages]
    return reply(SearchReply(items=items, retrieval=found.retrieval))


@logged
@tracer.capture_lambda_handler(capture_response=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
