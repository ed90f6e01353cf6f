"""THE FLOOR PLAN: what the system is made of. The stacks, the local run and the OpenAPI document are built from it."""

from coaching.contract.common import Health, ListReply
from coaching.contract.conversations import (
    ConversationReply,
    CreateConversation,
    CreatedConversation,
    MessageReply,
    PostMessage,
    TurnReply,
)
from coaching.contract.creators import CreatorReply, PutCreator
from coaching.contract.documents import CreatedDocument, CreateDocument, DocumentReply, SearchReply, SearchRequest
from coaching.contract.users import CreateGoal, GoalReply, PatchGoal, PatchProfile, ProfileReply
from coaching.vocabulary import Role
from infra.plan import Bucket, Capability, EventRule, Grant, Index, Queue, Route, StateMachine, System, Table

PAGE = ("limit", "cursor")
# Every POST keeps its answer under the caller's idempotency key.
ANSWERED = ("GetItem", "PutItem", "DeleteItem")

CAPABILITIES = (
    Capability("platform", memory_mb=256, timeout_seconds=5),
    Capability("creators", memory_mb=512, timeout_seconds=10, grants=(Grant("table", ("GetItem", "PutItem")),)),
    Capability(
        "documents",
        memory_mb=512,
        timeout_seconds=15,
        grants=(
            Grant("table", (*ANSWERED, "Query")),
            Grant("uploads", ("PutObject",)),
            Grant("ingestion", ("StartExecution",)),
            Grant("deletion", ("StartExecution",)),
        ),
    ),
    Capability(
        "search",
        memory_mb=1769,
        timeout_seconds=15,
        layers=("core", "retrieval", "embedding"),
        grants=(Grant("table", ("PutItem", "DeleteItem")), Grant("passages", ("ESHttpPost",))),
    ),
    Capability(
        "conversations",
        memory_mb=512,
        timeout_seconds=15,
        grants=(Grant("table", (*ANSWERED, "Query", "BatchWriteItem")),),
    ),
    Capability(
        "chat",
        memory_mb=1769,
        timeout_seconds=300,
        layers=("core", "retrieval", "embedding"),
        asgi=True,
        chats=True,
        grants=(
            Grant("table", (*ANSWERED, "Query")),
            Grant("passages", ("ESHttpPost",)),
        ),
    ),
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
        grants=(Grant("table", ("GetItem", "PutItem")), Grant("ingestion", ("StartExecution",))),
    ),
    Capability(
        "extract_document",
        memory_mb=2048,
        timeout_seconds=300,
        layers=("core", "extraction"),
        grants=(
            Grant("table", ("GetItem", "PutItem")),
            Grant("uploads", ("GetObject",)),
            Grant("work", ("PutObject",)),
        ),
    ),
    Capability(
        "split_document",
        memory_mb=1024,
        timeout_seconds=120,
        layers=("core", "retrieval"),
        grants=(Grant("table", ("GetItem", "PutItem")), Grant("work", ("GetObject", "PutObject"))),
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
            Grant("table", ("GetItem",)),
            Grant("work", ("GetObject",)),
            Grant("passages", ("ESHttpGet", "ESHttpHead", "ESHttpPost", "ESHttpPut")),
        ),
    ),
    Capability(
        "publish_document",
        memory_mb=512,
        timeout_seconds=120,
        layers=("core", "retrieval"),
        grants=(
            Grant("table", ("GetItem", "PutItem")),
            Grant("work", ("ListBucketVersions", "DeleteObjectVersion")),
            Grant("passages", ("ESHttpPost",)),
        ),
    ),
    Capability(
        "fail_document",
        memory_mb=256,
        timeout_seconds=30,
        grants=(Grant("table", ("GetItem", "PutItem")),),
    ),
    Capability(
        "remove_document",
        memory_mb=512,
        timeout_seconds=120,
        layers=("core", "retrieval"),
        grants=(
            Grant("table", ("GetItem", "DeleteItem")),
            Grant("uploads", ("ListBucketVersions", "DeleteObjectVersion")),
            Grant("work", ("ListBucketVersions", "DeleteObjectVersion")),
            Grant("passages", ("ESHttpPost",)),
        ),
    ),
)

CREATOR: tuple[Role, ...] = ("creator",)
USER: tuple[Role, ...] = ("user",)

ROUTES = (
    Route("GET", "/v1/health", "platform", "Say whether the system answers", reply=Health),
    Route("GET", "/v1/openapi.json", "platform", "This contract as OpenAPI 3.1"),
    Route("GET", "/v1/creator", "creators", "Read how the creator is described", CREATOR, reply=CreatorReply),
    Route("PUT", "/v1/creator", "creators", "Describe the creator", CREATOR, PutCreator, CreatorReply),
    Route(
        "POST", "/v1/documents", "documents", "Announce a document and get the permit to upload it",
        CREATOR, CreateDocument, CreatedDocument, 201, refusals=(415,),
    ),
    Route(
        "GET", "/v1/documents", "documents", "List documents, newest first",
        CREATOR, reply=ListReply[DocumentReply], query=PAGE,
    ),
    Route("GET", "/v1/documents/{document_id}", "documents", "See a document", CREATOR, reply=DocumentReply),
    Route(
        "POST", "/v1/documents/{document_id}/retry", "documents", "Try a failed document again",
        CREATOR, reply=DocumentReply, status=202,
    ),
    Route(
        "DELETE", "/v1/documents/{document_id}", "documents", "Delete a document and all its passages",
        CREATOR, reply=DocumentReply, status=202,
    ),
    Route("POST", "/v1/search", "search", "Find passages", ("creator", "user"), SearchRequest, SearchReply),
    Route(
        "POST", "/v1/conversations", "conversations", "Begin a conversation",
        USER, CreateConversation, CreatedConversation, 201,
    ),
    Route(
        "GET", "/v1/conversations", "conversations", "List conversations, newest first",
        USER, reply=ListReply[ConversationReply], query=PAGE,
    ),
    Route(
        "GET", "/v1/conversations/{conversation_id}", "conversations", "See a conversation",
        USER, reply=ConversationReply,
    ),
    Route(
        "DELETE", "/v1/conversations/{conversation_id}", "conversations", "Delete a conversation with its messages",
        USER, status=204,
    ),
    Route(
        "GET", "/v1/conversations/{conversation_id}/messages", "conversations", "List messages, oldest first",
        USER, reply=ListReply[TurnReply], query=PAGE,
    ),
    Route(
        "POST", "/v1/conversations/{conversation_id}/messages", "chat", "Say something and get the coach's reply",
        USER, PostMessage, MessageReply, 201, streams=True,
    ),
    Route("GET", "/v1/profile", "profiles", "Read the profile", USER, reply=ProfileReply),
    Route("PATCH", "/v1/profile", "profiles", "Change the profile", USER, PatchProfile, ProfileReply),
    Route("POST", "/v1/goals", "goals", "Set a goal", USER, CreateGoal, GoalReply, 201),
    Route("GET", "/v1/goals", "goals", "List goals, oldest first", USER, reply=ListReply[GoalReply], query=PAGE),
    Route("GET", "/v1/goals/{goal_id}", "goals", "See a goal", USER, reply=GoalReply),
    Route("PATCH", "/v1/goals/{goal_id}", "goals", "Change a goal", USER, PatchGoal, GoalReply),
    Route("DELETE", "/v1/goals/{goal_id}", "goals", "Give a goal up", USER, status=204),
)  # fmt: skip

SYSTEM = System(
    capabilities=CAPABILITIES,
    routes=ROUTES,
    table=Table("coaching", "pk", "sk", "expires_at", indexes=(Index("due", "due_shard", "due_at"),)),
    buckets=(
        Bucket("uploads", versioned=True, keep_versions_days=30, announces=True),
        Bucket("work", expire_days=7),
    ),
    queues=(Queue("ingestion", "ingest_document", visibility_seconds=180, max_receives=5, batch_size=10),),
    rules=(
        EventRule(
            "document-uploaded",
            {
                "source": ["aws.s3"],
                "detail-type": ["Object Created"],
                "detail": {"bucket": {"name": ["${uploads}"]}, "object": {"key": [{"prefix": "uploads/"}]}},
            },
            queue="ingestion",
        ),
    ),
    state_machines=(
        StateMachine(
            "ingestion",
            {
                "ExtractDocument": "extract_document",
                "SplitDocument": "split_document",
                "EmbedPassages": "embed_passages",
                "IndexPassages": "index_passages",
                "PublishDocument": "publish_document",
                "FailDocument": "fail_document",
            },
        ),
        StateMachine("deletion", {"RemoveDocument": "remove_document"}),
    ),
)
