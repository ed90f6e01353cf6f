"""What a creator is told of a document: which of its passages look like instructions to a model."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from coaching.vocabulary import PassageId, Place

if TYPE_CHECKING:
    from coaching.knowledge.ports import EmbeddedPassage

MOST_SHOWN: Final = 20
MOST_CHARACTERS: Final = 200


@dataclass(frozen=True, slots=True)
class SuspiciousPassage:
    """A passage that looks like instructions to a model. `excerpt` is the part that looks most so, `score` is 0..1."""

    passage_id: PassageId
    place: Place
    excerpt: str
    score: float


@dataclass(frozen=True, slots=True)
class Suspicions:
    """How many of a document's passages look like instructions to a model, and the `MOST_SHOWN` that do most."""

    count: int = 0
    passages: tuple[SuspiciousPassage, ...] = ()


NONE: Final = Suspicions()


def suspicions(embedded: Sequence["EmbeddedPassage"], embedding_model: str) -> Suspicions:
    """Return what is suspicious in a document's passages; their vectors count where the detector knows their space."""
    from coaching.knowledge.untrusted.detector import shipped

    detector = shipped()
    knows = embedding_model == detector.embedding_model
    found: list[SuspiciousPassage] = []
    for each in embedded:
        suspicion = detector.judge(each.passage.text, each.vector if knows else None)
        if suspicion.raised:
            place = each.passage.place_at(suspicion.window.start)
            excerpt = _shortened(suspicion.window.text)
            found.append(SuspiciousPassage(each.passage.passage_id, place, excerpt, round(suspicion.score, 3)))
    return Suspicions(len(found), _most_suspicious(found))


def together(parts: Iterable[Suspicions]) -> Suspicions:
    """Return what is suspicious in a document whose parts were looked at one by one, in the document's order."""
    looked_at = tuple(parts)
    shown = _most_suspicious(passage for part in looked_at for passage in part.passages)
    return Suspicions(sum(part.count for part in looked_at), shown)


def _most_suspicious(found: Iterable[SuspiciousPassage]) -> tuple[SuspiciousPassage, ...]:
    return tuple(sorted(found, key=lambda suspicious: -suspicious.score)[:MOST_SHOWN])


def _shortened(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1].rstrip() + "…"
