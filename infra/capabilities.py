"""The functions of the system: their sizes, their layers, and exactly what each may touch."""

from infra.permissions import MAIL, SPEECH, TEXT_MESSAGES
from infra.plan import Capability, Grant

# Every POST that changes something keeps its answer under the caller's idempotency key.
ANSWERED = ("GetItem", "PutItem", "DeleteItem")
# Passages are found, and kept, in a domain or in a bucket: the stage says in which, and only that grant is made.
SEGMENTS_READ = Grant("segments", ("GetObject",))
SEGMENTS_WRITTEN = Grant("segments", ("GetObject", "PutObject", "ListBucket", "DeleteObject"))
# Documents wait in a line in the table for one of their creator's slots.
LINE = ("GetItem", "PutItem", "DeleteItem", "Query")

_COACHING = (
    Capability("platform", memory_mb=256, timeout_seconds=10, verifies=True),
    Capability("creators", memory_mb=512, timeout_seconds=10, grants=(Grant("table", ("GetItem", "PutItem")),)),
    Capability(
        "documents",
        memory_mb=512,
        timeout_seconds=15,
        hears=True,
        grants=(
            Grant("table", (*ANSWERED, "Query")),
            # GetObject: whether parts that cannot be completed were completed before.
            Grant("uploads", ("PutObject", "GetObject")),
            Grant("ingestion", ("StartExecution",)),
            Grant("deletion", ("StartExecution",)),
        ),
    ),
    Capability(
        "search",
        memory_mb=1769,
        timeout_seconds=15,
        layers=("core", "retrieval", "embedding"),
        grants=(Grant("passages", ("ESHttpPost",)), SEGMENTS_READ),
    ),
    Capability(
        "conversations",
        memory_mb=512,
        timeout_seconds=15,
        grants=(
            # Feedback is written while its conversation stands, and told to the turn's figures.
            Grant("table", (*ANSWERED, "Query", "BatchGetItem", "BatchWriteItem", "ConditionCheckItem", "UpdateItem")),
        ),
    ),
    Capability(
        "chat",
        memory_mb=1769,
        timeout_seconds=300,
        layers=("core", "retrieval", "embedding"),
        asgi=True,
        chats=True,
        grants=(
            # A turn's figures stand beside a conversation that is still there, and count in its day's.
            Grant("table", (*ANSWERED, "Query", "BatchGetItem", "UpdateItem", "ConditionCheckItem")),
            Grant("passages", ("ESHttpPost",)),
            SEGMENTS_READ,
            # Who is in danger is escalated.
            Grant("escalation", ("StartExecution",)),
        ),
    ),
    Capability("usage", memory_mb=512, timeout_seconds=10, grants=(Grant("table", ("GetItem", "Query")),)),
    Capability(
        "current_model",
        memory_mb=512,
        timeout_seconds=10,
        names_models=True,
        grants=(Grant("table", ANSWERED), Grant("switching", ("StartExecution",))),
    ),
    Capability(
        "switch_model",
        memory_mb=512,
        # Loading may take most of it: bringing 40 GB into a GPU's memory takes minutes.
        timeout_seconds=720,
        chats=True,
        grants=(Grant("table", ("GetItem", "PutItem")),),
    ),
    Capability("fail_switch", memory_mb=256, timeout_seconds=30, grants=(Grant("table", ("GetItem", "PutItem")),)),
    Capability("profiles", memory_mb=512, timeout_seconds=10, grants=(Grant("table", ("GetItem", "PutItem")),)),
    Capability(
        "goals",
        memory_mb=512,
        timeout_seconds=10,
        grants=(Grant("table", (*ANSWERED, "Query")),),
    ),
    Capability(
        "ingest_document",
        memory_mb=512,
        timeout_seconds=30,
        grants=(
            Grant("table", LINE),
            # Bytes that were sent for a document after it was deleted do not stay.
            Grant("uploads", ("ListBucketVersions", "DeleteObjectVersion")),
            Grant("ingestion", ("StartExecution",)),
        ),
    ),
    Capability(
        "start_transcription",
        memory_mb=512,
        timeout_seconds=30,
        hears=True,
        grants=(
            Grant("table", ("GetItem", "PutItem")),
            # Amazon Transcribe reads and writes with the permissions of whoever starts a job.
            Grant("uploads", ("GetObject",)),
            Grant("work", ("GetObject", "PutObject")),
            Grant(SPEECH, ("StartTranscriptionJob", "GetTranscriptionJob")),
            Grant("ingestion", ("SendTaskSuccess",)),
        ),
    ),
    Capability(
        "finish_transcription",
        memory_mb=256,
        timeout_seconds=30,
        hears=True,
        grants=(
            Grant("table", ("GetItem",)),
            Grant("work", ("ListBucketVersions", "DeleteObjectVersion")),
            Grant(SPEECH, ("GetTranscriptionJob",)),
            Grant("ingestion", ("SendTaskSuccess", "SendTaskFailure")),
        ),
    ),
    Capability(
        "extract_document",
        memory_mb=2048,
        timeout_seconds=300,
        layers=("core", "extraction"),
        grants=(
            Grant("table", ("GetItem", "PutItem")),
            Grant("uploads", ("GetObjectVersion",)),
            Grant("work", ("GetObject", "PutObject")),
        ),
    ),
    Capability(
        "split_document",
        memory_mb=1769,
        timeout_seconds=300,
        layers=("core", "retrieval", "embedding"),
        grants=(
            Grant("table", ("GetItem", "PutItem")),
            Grant("work", ("GetObject", "PutObject")),
            Grant("passages", ("ESHttpPost",)),
            SEGMENTS_READ,
        ),
    ),
    Capability(
        "embed_passages",
        memory_mb=1769,
        timeout_seconds=300,
        layers=("core", "retrieval", "embedding"),
        grants=(Grant("work", ("GetObject", "PutObject")),),
    ),
    Capability(
        "index_passages",
        memory_mb=1024,
        timeout_seconds=300,
        layers=("core", "retrieval"),
        grants=(
            Grant("table", ("GetItem", "PutItem")),
            Grant("work", ("GetObject", "PutObject")),
            Grant("passages", ("ESHttpGet", "ESHttpPost", "ESHttpPut")),
            SEGMENTS_WRITTEN,
        ),
    ),
    Capability(
        "publish_document",
        memory_mb=512,
        timeout_seconds=120,
        layers=("core", "retrieval"),
        grants=(
            Grant("table", ("GetItem", "PutItem")),
            Grant("work", ("GetObject", "ListBucketVersions", "DeleteObjectVersion")),
            Grant("passages", ("ESHttpPost",)),
            SEGMENTS_WRITTEN,
        ),
    ),
    Capability(
        "postpone_embedding",
        memory_mb=256,
        timeout_seconds=30,
        grants=(Grant("table", ("GetItem", "PutItem")),),
    ),
    Capability(
        "fail_document",
        memory_mb=512,
        timeout_seconds=60,
        layers=("core", "retrieval"),
        # Of a document that was deleted meanwhile nothing stays in the store.
        grants=(Grant("table", ("GetItem", "PutItem")), Grant("passages", ("ESHttpPost",)), SEGMENTS_WRITTEN),
    ),
    Capability(
        "end_ingestion",
        memory_mb=512,
        timeout_seconds=30,
        grants=(Grant("table", LINE), Grant("ingestion", ("StartExecution",))),
    ),
    Capability(
        "remove_document",
        memory_mb=512,
        timeout_seconds=120,
        layers=("core", "retrieval"),
        grants=(
            Grant("table", ("GetItem",)),
            Grant("uploads", ("ListBucketVersions", "DeleteObjectVersion", "AbortMultipartUpload")),
            Grant("work", ("ListBucketVersions", "DeleteObjectVersion")),
            Grant("passages", ("ESHttpPost",)),
            SEGMENTS_WRITTEN,
        ),
    ),
    Capability(
        "verify_removal",
        memory_mb=512,
        timeout_seconds=30,
        layers=("core", "retrieval"),
        grants=(Grant("passages", ("ESHttpPost",)), SEGMENTS_READ),
    ),
    Capability("forget_document", memory_mb=256, timeout_seconds=30, grants=(Grant("table", ("DeleteItem",)),)),
    Capability("fail_deletion", memory_mb=256, timeout_seconds=30, grants=(Grant("table", ("GetItem", "PutItem")),)),
    Capability(
        "sweep_documents",
        memory_mb=512,
        timeout_seconds=120,
        grants=(
            Grant("table", LINE),
            Grant("due", ("Query",)),
            Grant("uploads", ("GetObject",)),
            Grant("ingestion", ("StartExecution",)),
            Grant("deletion", ("StartExecution",)),
        ),
    ),
)

_ESCALATIONS = (
    Capability(
        "escalations",
        memory_mb=512,
        timeout_seconds=15,
        grants=(Grant("table", (*ANSWERED, "Query", "BatchGetItem")), Grant("inbox", ("Query",))),
    ),
    Capability("rota", memory_mb=512, timeout_seconds=10, grants=(Grant("table", ("GetItem", "PutItem")),)),
    Capability(
        "advance_escalation",
        memory_mb=512,
        timeout_seconds=60,
        notifies=True,
        grants=(
            Grant("table", ("GetItem", "PutItem")),
            Grant(MAIL, ("SendEmail",)),
            Grant(TEXT_MESSAGES, ("Publish",)),
        ),
    ),
    Capability(
        "sweep_escalations",
        memory_mb=512,
        timeout_seconds=60,
        grants=(
            Grant("table", ("GetItem", "PutItem")),
            Grant("due", ("Query",)),
            Grant("escalation", ("StartExecution",)),
        ),
    ),
)

CAPABILITIES = (*_COACHING, *_ESCALATIONS)
