"""The routes of the API: who may call each, with which bodies, and which function answers."""

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
from infra.plan import Route

PAGE = ("limit", "cursor")
ADMIN: tuple[Role, ...] = ("admin",)
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
