"""Talking with the coach, whole or streamed: messages of a conversation, and the OpenAI-compatible face."""

from coaching import wiring
from coaching.entrypoint.asking import Coach
from coaching.entrypoint.chat import ChatApp
from coaching.entrypoint.openai_face import Shelf

app = ChatApp(
    Coach(wiring.ask_coach, wiring.recall_turn, wiring.answered_requests),
    Shelf(wiring.continue_conversation, wiring.creators, wiring.profiles, wiring.chat_cards),
).asgi()
