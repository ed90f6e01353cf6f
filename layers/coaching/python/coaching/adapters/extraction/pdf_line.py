"""A line of text on a PDF page."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text and its box in points; `bottom` counts upwards from the page's lower edge.

    A tab in the text separates what stands in different cells of a table; `gaps` has each tab's left and right end.
    A height of 0 is that of a whole paragraph, as it was recognised in a picture: its lines are not known.
    """

    text: str
    left: float
    right: float
    bottom: float
    height: float
    bold: bool = False
    gaps: tuple[tuple[float, float], ...] = ()
