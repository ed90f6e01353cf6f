"""The words that every feature shares: ids, identities, passages, turns, replies."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic, Literal, NewType, TypeVar
from urllib.parse import quote

CreatorId = NewType("CreatorId", str)
"""The tenant."""
UserId = NewType("UserId", str)
"""The token's `sub`; belongs to one creator."""
DocumentId = NewType("DocumentId", str)
ConversationId = NewType("ConversationId", str)
MessageId = NewType("MessageId", str)
GoalId = NewType("GoalId", str)
PassageId = NewType("PassageId", str)

T = TypeVar("T")
Role = Literal["user", "creator", "coach", "admin"]
Scalar = str | int | float | bool
Metadata = Mapping[str, Scalar]

# What stands in a fragment as it is. Source: RFC 3986, 3.5.
_FRAGMENT = "!$&'()*+,;=:@/?"
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ULID_PATTERN = r"^[0-7][0-9A-HJKMNP-TV-Z]{25}$"


def new_ulid(after: str = "") -> str:
    """Return a ULID (48 bits of milliseconds, 80 random bits) that sorts after `after`.

    Source: github.com/ulid/spec, including its rule for ids that must keep an order within a millisecond.
    """
    value = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    text = _encode(value)
    return text if text > after else _encode(_decode(after) + 1)


def ulid_of(digest: bytes) -> str:
    """Return the ULID that stands for a digest: of no time, so it sorts before all others."""
    return _encode(int.from_bytes(digest[:10], "big"))


def _encode(value: int) -> str:
    return "".join(_CROCKFORD[value >> shift & 31] for shift in range(125, -1, -5))


def _decode(text: str) -> int:
    value = 0
    for character in text:
        value = value << 5 | _CROCKFORD.index(character)
    return value


def now() -> datetime:
    """Return the present moment as an aware UTC datetime."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks, taken from the verified ID token and from nowhere else."""

    user_id: UserId
    creator_id: CreatorId
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in its document a passage stands. Pages count from 1; headings run from the outermost inwards.

    `anchor` is the id of the innermost heading on a page that shows the document.
    """

    page: int | None = None
    heading: tuple[str, ...] = ()
    start_seconds: float | None = None
    anchor: str = ""

    @property
    def link(self) -> str:
        """What leads here, behind the address at which the document is shown: `?t=83`, `#page=3`, `#rest-days`, ""."""
        if self.start_seconds is not None:
            return f"?t={int(self.start_seconds)}"
        if self.page is not None:
            return f"#page={self.page}"
        return "#" + quote(self.anchor, safe=_FRAGMENT, errors="replace") if self.anchor else ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document: `text` is `document_text[start:end]` of that document version, in characters.

    `place` is where it begins; `later_places` are the places that begin within it, as offset in `text` and place.
    """

    passage_id: PassageId
    creator_id: CreatorId
    document_id: DocumentId
    version: int
    title: str
    text: str
    place: Place
    start: int
    end: int
    metadata: Metadata = field(default_factory=dict)
    later_places: tuple[tuple[int, Place], ...] = ()

    def place_at(self, offset: int) -> Place:
        """Return the place of `text[offset]`."""
        return next((place for begins, place in reversed(self.later_places) if begins <= offset), self.place)


@dataclass(frozen=True, slots=True)
class ScoredPassage:
    """A passage found for a query. `score` is 0..1, larger is better; `scores` has the parts (`dense`, `lexical`)."""

    passage: Passage
    score: float
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Citation:
    """Ties `[marker]` in a reply to words that stand verbatim in a document."""

    marker: int
    document_id: DocumentId
    title: str
    quote: str
    place: Place
    score: float


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the model's server counts them; 0 where no model took part.

    `input_tokens` are all that the prompt had. Of them the provider has read `cache_read_tokens` from its prompt cache
    and written `cache_write_tokens` into it.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds from the request's arrival at the use case."""

    first_token: int = 0
    total: int = 0


Language = Literal[
    "english",
    "danish",
    "dutch",
    "finnish",
    "french",
    "german",
    "hungarian",
    "italian",
    "norwegian",
    "portuguese",
    "romanian",
    "russian",
    "spanish",
    "swedish",
    "turkish",
    "any",
]
"""Languages whose words are cut to their stems before they are compared; with `any` they are compared as they stand."""

Retrieval = Literal["hybrid", "lexical"]
"""How passages were found: by meaning and words, or by words alone, since the embedder did not answer."""

ReplyKind = Literal["answer", "quote", "abstain", "crisis", "apology", "human"]
"""Of `human` ones a human coach wrote the words; such a turn has no message of the user's."""


@dataclass(frozen=True, slots=True)
class CheckedReply:
    """A reply that passed its checks. Only `coaching.safety` constructs one, and senders take nothing else.

    The store reads replies back that were checked before they were stored.

    `confidence` is defined in `coaching.safety.confidence`.
    """

    kind: ReplyKind
    text: str
    citations: tuple[Citation, ...]
    confidence: float
    grounded: bool
    model: str
    usage: Usage = Usage()


@dataclass(frozen=True, slots=True)
class Danger:
    """A red flag as its turn keeps it: what was seen, what a human should do, what the user was given.

    Severity and topics are those of `coaching.safety.topics` in small letters; `reasons` are ids of rules and heads.
    `degraded` says which of the detector's parts did not work.
    """

    severity: str
    topics: tuple[str, ...]
    about_other: bool
    retracts: bool
    reasons: tuple[str, ...]
    recommended_action: str
    resources: tuple[str, ...]
    degraded: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """A user's message and the reply to it, kept under one id.

    `request_key` names the request that asked, where the client gave it a key: asked again, it is answered with this.
    `cut`: the user left while the reply was made; it is what they had been shown by then, which may be nothing.
    """

    message_id: MessageId
    conversation_id: ConversationId
    created_at: datetime
    text: str
    reply: CheckedReply
    latency: Latency = Latency()
    escalation_id: str | None = None
    request_key: str = ""
    retrieval: Retrieval = "hybrid"
    cut: bool = False
    danger: Danger | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list; `next_cursor` is opaque and absent on the last page."""

    items: tuple[T, ...]
    next_cursor: str | None = None
