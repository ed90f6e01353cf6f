"""What happens while a reply is made, as the user may see it."""

from dataclasses import dataclass
from typing import Literal

from coaching.safety.validation import CheckedSentence
from coaching.vocabulary import CheckedReply, Citation, DocumentId, Turn

State = Literal["retrieving", "loading_model", "generating"]


@dataclass(frozen=True, slots=True)
class Status:
    state: State


@dataclass(frozen=True, slots=True)
class Token:
    """The next sentence. The texts of all tokens since the start, or since the last `Replace`, are the reply's text."""

    sentence: CheckedSentence


@dataclass(frozen=True, slots=True)
class Replace:
    """Everything shown so far is withdrawn; this reply stands instead."""

    reply: CheckedReply
    reason: str


@dataclass(frozen=True, slots=True)
class Cited:
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """The turn is stored. Nothing comes after it.

    `fallback` is a short code that says why the composer replied in the model's place; empty where it did not.
    `removed` are the documents cited in a turn that was stored before and deleted since; a new turn has none.
    """

    turn: Turn
    fallback: str = ""
    removed: frozenset[DocumentId] = frozenset()


ReplyEvent = Status | Token | Replace | Cited | Done
