"""A chat completion as OpenAI's server-sent events: one chunk each."""

import time
from dataclasses import dataclass, field
from typing import Any, Final

from coaching.contract.openai_replies import (
    ChatCompletionChunk,
    ChunkChoice,
    ChunkDelta,
    CoachNote,
    CompletionUsage,
    FinishReason,
)
from coaching.vocabulary import new_ulid

END: Final = b"data: [DONE]\n\n"


@dataclass(slots=True)
class Chunks:
    """The chunks of one completion. `begun` says whether anything was said."""

    begun: bool = False
    created: int = field(default_factory=lambda: int(time.time()))
    _id: str = field(default_factory=lambda: f"chatcmpl-{new_ulid()}")

    def said(self, model: str, text: str, *, wants_usage: bool) -> bytes:
        """Return the text as a chunk, the first time after one that opens the message."""
        opening = b"" if self.begun else self._delta(model, ChunkDelta(role="assistant", content=""), wants_usage)
        self.begun = True
        return opening + self._delta(model, ChunkDelta(content=text), wants_usage)

    def ended(self, model: str, finish: FinishReason, note: CoachNote, usage: CompletionUsage | None) -> bytes:
        """Return the chunk with the reason and the note, and one with the usage where that was asked for."""
        last = self._delta(model, ChunkDelta(), usage is not None, finish, coach=note)
        return last + (self._event(model, [], usage=usage) if usage else b"")

    def _delta(
        self,
        model: str,
        delta: ChunkDelta,
        wants_usage: bool,
        finish: FinishReason | None = None,
        **fields: Any,  # noqa: ANN401 - the chunk's own
    ) -> bytes:
        choice = ChunkChoice(index=0, delta=delta, logprobs=None, finish_reason=finish)
        return self._event(model, [choice], **fields, **({"usage": None} if wants_usage else {}))

    def _event(self, model: str, choices: list[ChunkChoice], **fields: Any) -> bytes:  # noqa: ANN401
        chunk = ChatCompletionChunk(
            id=self._id,
            object="chat.completion.chunk",
            created=self.created,
            model=model,
            choices=choices,
            **fields,
        )
        # Unset: a delta says only what it adds.
        return b"data: " + chunk.model_dump_json(exclude_unset=True).encode() + b"\n\n"
