"""Who is told of an escalation, and in which order. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from coaching.safety.escalation.rota import Contact, Rota

Circle = Literal["first", "second", "creator", "emergency"]
"""`first` and `second` are coaches on call: one, then all of them. The creator and the emergency contact follow."""


@dataclass(frozen=True, slots=True)
class Round:
    circle: Circle
    contacts: tuple[Contact, ...]


def rounds_from(number: int, rota: Rota, on_call: tuple[Contact, ...]) -> Iterator[tuple[int, Round]]:
    """Yield the rounds from this number on, counted from 0, that have somebody to tell."""
    rounds = (
        Round("first", on_call[:1]),
        Round("second", on_call),
        Round("creator", _there(rota.creator)),
        Round("emergency", _there(rota.emergency)),
    )
    return ((at, each) for at, each in enumerate(rounds) if at >= number and each.contacts)


def _there(contact: Contact | None) -> tuple[Contact, ...]:
    return (contact,) if contact else ()
