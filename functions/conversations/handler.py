"""Conversations, but for saying something in one: /v1/conversations."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from coaching import wiring
from coaching.contract.common import ListReply
from coaching.contract.conversations import ConversationReply, CreateConversation, CreatedConversation, TurnReply
from coaching.contract.feedback import FeedbackReply, PostFeedback
from coaching.conversation.ports import Conversation
from coaching.entrypoint.observability import logged
from coaching.entrypoint.rest import RestApp, no_content, reply
from coaching.entrypoint.tracing import tracer
from coaching.vocabulary import ConversationId, MessageId

app = RestApp(wiring.answered_requests)


def _conversation(conversation_id: str) -> Conversation:
    return wiring.conversations().get(app.identity.creator_id, app.identity.user_id, ConversationId(conversation_id))


@app.post("/v1/conversations")
def begin_conversation() -> Response[str]:
    app.body(CreateConversation)
    conversation = wiring.begin_conversation()(app.identity)
    return reply(CreatedConversation(conversation_id=conversation.conversation_id), 201)


@app.get("/v1/conversations")
def list_conversations() -> Response[str]:
    who = app.identity
    page = wiring.conversations().page(who.creator_id, who.user_id, limit=app.limit, cursor=app.cursor)
    return reply(ListReply[ConversationReply].model_validate(page))


@app.get("/v1/conversations/<conversation_id>")
def see_conversation(conversation_id: str) -> Response[str]:
    return reply(ConversationReply.model_validate(_conversation(conversation_id)))


@app.delete("/v1/conversations/<conversation_id>")
def delete_conversation(conversation_id: str) -> Response[str]:
    who = app.identity
    wiring.conversations().remove(who.creator_id, who.user_id, ConversationId(conversation_id))
    wiring.kept_answers().forget(who.creator_id, who.user_id)
    return no_content()


@app.get("/v1/conversations/<conversation_id>/messages")
def list_messages(conversation_id: str) -> Response[str]:
    page = wiring.turns().page(_conversation(conversation_id), limit=app.limit, cursor=app.cursor)
    removed = wiring.find_removed_sources()(app.identity.creator_id, page.items)
    items = [TurnReply.of(turn, removed=removed) for turn in page.items]
    return reply(ListReply[TurnReply](items=items, next_cursor=page.next_cursor))


@app.post("/v1/conversations/<conversation_id>/messages/<message_id>/feedback")
def give_feedback(conversation_id: str, message_id: str) -> Response[str]:
    said = app.body(PostFeedback)
    give = wiring.give_feedback()
    given = give(app.identity, ConversationId(conversation_id), MessageId(message_id), **said.model_dump())
    return reply(FeedbackReply.model_validate(given), 201)


@logged
@tracer.capture_lambda_handler(capture_response=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
