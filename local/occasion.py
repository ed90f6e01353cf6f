"""Provides what a sample event speaks of, where it is not there: a creator, a conversation, a document at its stage."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coaching.errors import NotFound
from coaching.knowledge.arrival import Arrival
from coaching.retrying import until_fresh
from coaching.vocabulary import ConversationId, CreatorId, DocumentId, UserId, now
from local.functions import Functions, Json

if TYPE_CHECKING:
    from coaching.knowledge.document import Document

SAMPLE_UPLOAD = Path(__file__).parent.parent / "events" / "notes.md"
_SETTLING_SECONDS = 60.0
_STEP_RESULTS = {
    "extract_document": "extracted",
    "split_document": "split",
    "embed_passages": "embedded",
    "index_passages": "indexed",
}
"""The steps of the ingestion in order, and where the state machine puts their results."""


@dataclass(frozen=True, slots=True)
class NamedDocument:
    """A document that an event names."""

    creator_id: CreatorId
    document_id: DocumentId
    name: str = "notes.md"


def provide(capability: str, event: Json, functions: Functions, *, ingests: bool) -> None:
    """Provide what the event names. `ingests` says that the system itself works on what is uploaded to it.

    Raises: CoachingError, ValueError or TimeoutError if it cannot be provided.
    """
    claims = event.get("requestContext", {}).get("authorizer", {}).get("claims")
    if claims:
        _provide_creator(CreatorId(claims["custom:creator_id"]))
        _provide_conversation(event, claims)
    document = named_document(event)
    if document:
        uploaded = _provide_document(document, received=capability != "ingest_document")
        if uploaded and "Records" in event:
            _name_object(event, uploaded)
        if uploaded and ingests and capability != "ingest_document":
            _await_ingestion(document)
    if document and capability in (*_STEP_RESULTS, "publish_document"):
        _work_up_to(capability, document, functions)


def named_document(event: Mapping[str, Any]) -> NamedDocument | None:
    """Return the document that a queue's batch (its first message) or a state machine's task is about.

    A message about no upload needs none: nobody waits for the transcription that the sample says has ended.
    """
    if "Records" in event:
        uploaded = json.loads(event["Records"][0]["body"])["detail"].get("object")
        if uploaded is None:
            return None
        _, creator, document, name = uploaded["key"].split("/", 3)
        return NamedDocument(CreatorId(creator), DocumentId(document), name)
    if "document_id" in event:
        return NamedDocument(CreatorId(event["creator_id"]), DocumentId(event["document_id"]))
    if "batch" in event:
        *_, creator, document, _version, _batch = event["batch"].split("/")
        return NamedDocument(CreatorId(creator), DocumentId(document))
    return None


def _provide_creator(creator_id: CreatorId) -> None:
    from coaching import wiring
    from coaching.profile.creator import Creator

    try:
        wiring.creators().get(creator_id)
    except NotFound:
        wiring.creators().save(Creator(creator_id, creator_id.capitalize(), now()))


def _provide_conversation(event: Mapping[str, Any], claims: Mapping[str, str]) -> None:
    from coaching import wiring
    from coaching.conversation.ports import Conversation

    named = (event.get("pathParameters") or {}).get("conversation_id")
    if named:
        creator, user = CreatorId(claims["custom:creator_id"]), UserId(claims["sub"])
        # One that is there already stays as it is.
        wiring.conversations().create(Conversation(ConversationId(named), creator, user, now(), now()))


def _provide_document(named: NamedDocument, *, received: bool) -> str:
    """Announce the document and upload its bytes, which starts an ingestion where a system runs.

    Return the uploaded object's version; empty where that was not needed, and the document stays as it is.
    """
    from coaching import wiring
    from coaching.adapters.aws.clients import s3_client
    from coaching.knowledge.document import Document
    from coaching.settings import settings

    try:
        wiring.documents().get(named.creator_id, named.document_id)
    except NotFound:
        data = SAMPLE_UPLOAD.read_bytes()
    else:
        return ""
    announced = Document(
        named.document_id, named.creator_id, named.name, "text/markdown", len(data), created_at=now(), updated_at=now()
    )
    saved = wiring.documents().save(announced)
    key = f"uploads/{named.creator_id}/{named.document_id}/{named.name}"
    sent = s3_client().put_object(Bucket=settings().uploads_bucket, Key=key, Body=data)
    if received:
        arrival = Arrival(sent["ETag"].strip('"'), sent["VersionId"], size_bytes=len(data))
        _receive(saved, arrival)
    return sent["VersionId"]


def _name_object(event: Json, version: str) -> None:
    """Let a sample of an upload's event name the object that was uploaded for it."""
    record = event["Records"][0]
    body = json.loads(record["body"])
    body["detail"]["object"]["version-id"] = version
    record["body"] = json.dumps(body)


def _receive(announced: "Document", arrival: Arrival) -> None:
    """Note that the bytes arrived, unless the system that runs has done so by now."""
    from coaching import wiring

    def receive() -> None:
        document = wiring.documents().get(announced.creator_id, announced.document_id)
        if not document.version:
            wiring.documents().save(document.receive(arrival))

    until_fresh(receive)


def _await_ingestion(named: NamedDocument) -> None:
    from coaching import wiring

    deadline = time.monotonic() + _SETTLING_SECONDS
    while wiring.documents().get(named.creator_id, named.document_id).status not in {"ready", "failed"}:
        if time.monotonic() > deadline:
            raise TimeoutError(f"The ingestion of {named.document_id} did not end in {_SETTLING_SECONDS:.0f} s.")
        time.sleep(0.1)


def _work_up_to(capability: str, named: NamedDocument, functions: Functions) -> None:
    """Run the steps before `capability`, so that the files are there that it reads."""
    from coaching import wiring

    document = wiring.documents().get(named.creator_id, named.document_id)
    done: dict[str, Any] = {
        "creator_id": named.creator_id,
        "document_id": named.document_id,
        "version": document.version,
        "attempt": document.attempt,
    }
    for step, result in _STEP_RESULTS.items():
        if step == capability:
            return
        if step == "embed_passages":
            done[result] = [_result(functions, step, {"batch": batch}) for batch in done["split"]["batches"]]
        else:
            done[result] = _result(functions, step, done)


def _result(functions: Functions, step: str, event: Json) -> Json:
    outcome = functions.invoke(step, event)
    if outcome.error:
        raise ValueError(f"{step}, which comes before, ended in {outcome.error}: {outcome.payload['errorMessage']}")
    return outcome.payload
