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
from coaching.contract.current_model import CurrentModelReply, PostCurrentModel
from coaching.contract.documents import (
    CompleteUploadRequest,
    CreatedDocument,
    CreateDocument,
    CreateVersion,
    DocumentReply,
    SearchReply,
    SearchRequest,
)
from coaching.contract.escalations import (
    EscalationDetailReply,
    EscalationReply,
    HandOver,
    PutRota,
    Resolve,
    RotaReply,
    SendHumanMessage,
)
from coaching.contract.feedback import FeedbackReply, PostFeedback
from coaching.contract.openai import ChatCompletionRequest
from coaching.contract.openai_replies import ChatCompletion, ModelList, ModelReply
from coaching.contract.usage import UsageOfMonthReply
from coaching.contract.users import CreateGoal, GoalReply, PatchGoal, PatchProfile, ProfileReply
from coaching.vocabulary import Role
from infra.permissions import MAIL, SPEECH, TEXT_MESSAGES
from infra.plan import Bucket, Capability, EventRule, Grant, Index, Queue, Route, Schedule, StateMachine, System, Table

PAGE = ("limit", "cursor")
# Every POST that changes something keeps its answer under the caller's idempotency key.
ANSWERED = ("GetItem", "PutItem", "DeleteItem")
# Passages are found, and kept, in a domain or in a bucket: the stage says in which, and only that grant is made.
SEGMENTS_READ = Grant("segments", ("GetObject",))
SEGMENTS_WRITTEN = Grant("segments", ("GetObject", "PutObject", "ListBucket", "DeleteObject"))
# Documents wait in a line in the table for one of their creator's slots.
LINE = ("GetItem", "PutItem", "DeleteItem", "Query")

CAPABILITIES = (
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

ADMIN: tuple[Role, ...] = ("admin",)
INDEXES = (Index("due", "due_shard", "due_at"), Index("inbox", "inbox", "inbox_rank"))

ESCALATIONS = (
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

CREATOR: tuple[Role, ...] = ("creator",)
COACH: tuple[Role, ...] = ("coach",)
USER: tuple[Role, ...] = ("user",)

ROUTES = (
    Route("GET", "/v1/health", "platform", "Say whether the system answers", reply=Health),
    Route("GET", "/v1/openapi.json", "platform", "This contract as OpenAPI 3.1"),
    Route("GET", "/v1/creator", "creators", "Read how the creator is described", CREATOR, reply=CreatorReply),
    Route("PUT", "/v1/creator", "creators", "Describe the creator", CREATOR, PutCreator, CreatorReply),
    Route(
        "GET", "/v1/usage", "usage", "See what models took and cost in a month, and the budget",
        CREATOR, reply=UsageOfMonthReply, query=("month",),
    ),
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
        "POST", "/v1/documents/{document_id}/upload", "documents", "Complete an upload in parts",
        CREATOR, CompleteUploadRequest, DocumentReply, 202,
    ),
    Route(
        "POST", "/v1/documents/{document_id}/versions", "documents", "Get the permit to upload the next version",
        CREATOR, CreateVersion, CreatedDocument, 201,
    ),
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
        "GET", "/v1/conversations/{conversation_id}/messages", "conversations",
        "List messages, oldest first. What a human coach says stands here alone: ask again while one is awaited",
        USER, reply=ListReply[TurnReply], query=PAGE,
    ),
    Route(
        "POST", "/v1/conversations/{conversation_id}/messages", "chat", "Say something and get the coach's reply",
        USER, PostMessage, MessageReply, 201, streams=True,
    ),
    Route(
        "POST", "/v1/conversations/{conversation_id}/messages/{message_id}/feedback", "conversations",
        "Say what a reply was worth; it replaces what was said before", USER, PostFeedback, FeedbackReply, 201,
    ),
    Route(
        "POST", "/v1/chat/completions", "chat", "Say something as a client of OpenAI's chat completions",
        USER, ChatCompletionRequest, ChatCompletion, streams=True, refusals=(404,), face="openai",
    ),
    Route(
        "GET", "/v1/models", "chat", "List the one model that such a client may name: the caller's creator",
        USER, reply=ModelList, face="openai",
    ),
    Route(
        "GET", "/v1/models/{model}", "chat", "See whether such a client may name this model",
        USER, reply=ModelReply, face="openai",
    ),
    Route(
        "GET", "/v1/models/current", "current_model", "See which model is asked first, and how the last switch went",
        ADMIN, reply=CurrentModelReply,
    ),
    Route(
        "POST", "/v1/models/current", "current_model",
        "Switch to another model: it is loaded, tried and watched, and what was asked first comes back if it is worse",
        ADMIN, PostCurrentModel, CurrentModelReply, 202,
    ),
    Route(
        "GET", "/v1/escalations", "escalations",
        "List who needs a human, the gravest first; resolved ones by `?status=resolved`",
        COACH, reply=ListReply[EscalationReply], query=("status", *PAGE),
    ),
    Route(
        "GET", "/v1/escalations/{escalation_id}", "escalations",
        "Read an escalation with its trail and its conversation; the reading stands on the trail",
        COACH, reply=EscalationDetailReply,
    ),
    Route(
        "POST", "/v1/escalations/{escalation_id}/claim", "escalations",
        "Claim an escalation; a claim lapses when its holder does nothing", COACH, reply=EscalationReply,
    ),
    Route(
        "POST", "/v1/escalations/{escalation_id}/message", "escalations",
        "Say something in the user's conversation; where they deleted it, in a new one",
        COACH, SendHumanMessage, TurnReply, 201,
    ),
    Route(
        "POST", "/v1/escalations/{escalation_id}/hand-over", "escalations", "Hand it over to another coach",
        COACH, HandOver, EscalationReply,
    ),
    Route(
        "POST", "/v1/escalations/{escalation_id}/resolve", "escalations", "End it, with its outcome",
        COACH, Resolve, EscalationReply,
    ),
    Route("GET", "/v1/rota", "rota", "See who is on call when", ("creator", "coach"), reply=RotaReply),
    Route("PUT", "/v1/rota", "rota", "Say who is on call when", ("creator", "coach"), PutRota, RotaReply),
    Route("GET", "/v1/profile", "profiles", "Read the profile", USER, reply=ProfileReply),
    Route("PATCH", "/v1/profile", "profiles", "Change the profile", USER, PatchProfile, ProfileReply),
    Route("POST", "/v1/goals", "goals", "Set a goal", USER, CreateGoal, GoalReply, 201),
    Route("GET", "/v1/goals", "goals", "List goals, oldest first", USER, reply=ListReply[GoalReply], query=PAGE),
    Route("GET", "/v1/goals/{goal_id}", "goals", "See a goal", USER, reply=GoalReply),
    Route("PATCH", "/v1/goals/{goal_id}", "goals", "Change a goal", USER, PatchGoal, GoalReply),
    Route("DELETE", "/v1/goals/{goal_id}", "goals", "Give a goal up", USER, status=204),
)  # fmt: skip

SYSTEM = System(
    capabilities=(*CAPABILITIES, *ESCALATIONS),
    routes=ROUTES,
    table=Table("coaching", "pk", "sk", "expires_at", indexes=INDEXES),
    buckets=(
        Bucket("uploads", versioned=True, keep_versions_days=30, announces=True),
        Bucket("work", expire_days=7),
        Bucket("segments"),
    ),
    queues=(
        Queue("ingestion", "ingest_document", visibility_seconds=180, max_receives=5, batch_size=10),
        Queue("transcriptions", "finish_transcription", visibility_seconds=180, max_receives=5, batch_size=10),
    ),
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
        EventRule(
            "transcription-ended",
            {
                "source": ["aws.transcribe"],
                "detail-type": ["Transcribe Job State Change"],
                "detail": {
                    "TranscriptionJobName": [{"prefix": "${transcriptions}"}],
                    "TranscriptionJobStatus": ["COMPLETED", "FAILED"],
                },
            },
            queue="transcriptions",
        ),
    ),
    state_machines=(
        StateMachine(
            "ingestion",
            {
                "StartTranscription": "start_transcription",
                "ExtractDocument": "extract_document",
                "SplitDocument": "split_document",
                "EmbedPassages": "embed_passages",
                "IndexPassages": "index_passages",
                "PublishDocument": "publish_document",
                "PostponeEmbedding": "postpone_embedding",
                "FailDocument": "fail_document",
                "EndIngestion": "end_ingestion",
            },
            # It fails for every document that cannot be read, and that is its creator's business.
            failures_alarm=5,
        ),
        StateMachine(
            "deletion",
            {
                "RemoveDocument": "remove_document",
                "VerifyRemoval": "verify_removal",
                "ForgetDocument": "forget_document",
                "FailDeletion": "fail_deletion",
            },
        ),
        # An escalation that nobody claimed fails: that is what wakes somebody.
        StateMachine("escalation", {"AdvanceEscalation": "advance_escalation"}),
        StateMachine("switching", {"SwitchModel": "switch_model", "FailSwitch": "fail_switch"}),
    ),
    schedules=(
        Schedule("sweep", "sweep_documents", every_minutes=5),
        Schedule("sweep-escalations", "sweep_escalations", every_minutes=2),
    ),
)
