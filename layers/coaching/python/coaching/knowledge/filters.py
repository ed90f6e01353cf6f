"""Filters over a passage's metadata: equals, in, range; all of them must hold."""

from dataclasses import dataclass

from coaching.vocabulary import Metadata, Scalar


@dataclass(frozen=True, slots=True)
class Equals:
    """The field stands and has this value. Types matter: "3" is not 3, and 1 is not true."""

    field: str
    value: Scalar

    def holds(self, metadata: Metadata) -> bool:
        return self.field in metadata and _same(metadata[self.field], self.value)


@dataclass(frozen=True, slots=True)
class In:
    """The field stands and has one of these values."""

    field: str
    values: tuple[Scalar, ...]

    def holds(self, metadata: Metadata) -> bool:
        return self.field in metadata and any(_same(metadata[self.field], value) for value in self.values)


@dataclass(frozen=True, slots=True)
class Range:
    """The field is a number within the bounds (`gte`, `lte`, both inclusive; either may be absent)."""

    field: str
    gte: float | None = None
    lte: float | None = None

    def holds(self, metadata: Metadata) -> bool:
        value = metadata.get(self.field)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return (self.gte is None or value >= self.gte) and (self.lte is None or value <= self.lte)


Filter = Equals | In | Range


def _same(left: Scalar, right: Scalar) -> bool:
    return left == right and isinstance(left, bool) == isinstance(right, bool)
