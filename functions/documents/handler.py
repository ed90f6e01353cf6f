"""Documents: /v1/documents."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from coaching import wiring
from coaching.contract.common import ListReply
from coaching.contract.documents import (
    CompleteUploadRequest,
    CreatedDocument,
    CreateDocument,
    CreateVersion,
    DocumentReply,
    Upload,
)
from coaching.entrypoint.observability import logged
from coaching.entrypoint.rest import RestApp, reply
from coaching.entrypoint.tracing import tracer
from coaching.vocabulary import DocumentId

app = RestApp(wiring.answered_requests)


@app.post("/v1/documents")
def announce_document() -> Response[str]:
    document, permit = wiring.announce_document()(app.identity.creator_id, **app.body(CreateDocument).model_dump())
    upload = Upload.of(permit)
    return reply(CreatedDocument(document_id=document.document_id, status=document.status, upload=upload), 201)


@app.post("/v1/documents/<document_id>/upload")
def complete_upload(document_id: str) -> Response[str]:
    etags = app.body(CompleteUploadRequest).etags
    document = wiring.complete_upload()(app.identity.creator_id, DocumentId(document_id), etags)
    return reply(DocumentReply.model_validate(document), 202)


@app.post("/v1/documents/<document_id>/versions")
def permit_version(document_id: str) -> Response[str]:
    asked = app.body(CreateVersion)
    document, permit = wiring.permit_version()(
        app.identity.creator_id, DocumentId(document_id), size_bytes=asked.size_bytes
    )
    return reply(
        CreatedDocument(document_id=document.document_id, status=document.status, upload=Upload.of(permit)), 201
    )


@app.get("/v1/documents")
def list_documents() -> Response[str]:
    page = wiring.documents().page(app.identity.creator_id, limit=app.limit, cursor=app.cursor)
    return reply(ListReply[DocumentReply].model_validate(page))


@app.get("/v1/documents/<document_id>")
def see_document(document_id: str) -> Response[str]:
    return reply(DocumentReply.model_validate(wiring.documents().get(app.identity.creator_id, DocumentId(document_id))))


@app.post("/v1/documents/<document_id>/retry")
def retry_document(document_id: str) -> Response[str]:
    document = wiring.retry_document()(app.identity.creator_id, DocumentId(document_id))
    return reply(DocumentReply.model_validate(document), 202)


@app.delete("/v1/documents/<document_id>")
def delete_document(document_id: str) -> Response[str]:
    document = wiring.delete_document()(app.identity.creator_id, DocumentId(document_id))
    return reply(DocumentReply.model_validate(document), 202)


@logged
@tracer.capture_lambda_handler(capture_response=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
