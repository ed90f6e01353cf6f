"""What happens while a reply is made, as the user may see it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from coaching.models.ports import Finish
from coaching.vocabulary import CheckedReply, Citation, DocumentId, ReplyKind, Turn

if TYPE_CHECKING:
    # Whoever only passes events on is spared what makes them.
    from coaching.safety.outcome import Validation
    from coaching.safety.validation import CheckedSentence

State = Literal["retrieving", "loading_model", "generating"]


@dataclass(frozen=True, slots=True)
class Status:
    state: State


@dataclass(frozen=True, slots=True)
class Working:
    """The model goes on, and there is nothing to show yet.

    Between two events whoever reads them may close them, which stops the generation; this makes that often enough.
    """


@dataclass(frozen=True, slots=True)
class Token:
    """The next sentence. The texts of all tokens since the start, or since the last `Replace`, are the reply's text.

    `kind` and `model` are those of the reply that it is a part of.
    """

    sentence: "CheckedSentence"
    kind: ReplyKind = "answer"
    model: str = ""


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
    `finish` is `length` where the model was stopped at the most tokens that it may generate. `chosen` says why models
    were asked in the order in which they were; empty where none was asked. `validation` is what became of a new reply
    in its checks.
    """

    turn: Turn
    fallback: str = ""
    removed: frozenset[DocumentId] = frozenset()
    finish: Finish = "stop"
    chosen: str = ""
    validation: "Validation | None" = None


ReplyEvent = Status | Working | Token | Replace | Cited | Done
