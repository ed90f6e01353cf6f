"""Saying something in a conversation: POST /v1/conversations/{conversation_id}/messages, whole or streamed."""

from coaching import wiring
from coaching.entrypoint.chat import ChatApp

app = ChatApp(wiring.ask_coach, wiring.recall_turn, wiring.answered_requests).asgi()
