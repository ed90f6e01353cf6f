"""What is embedded of a passage: its text behind the headings under which it stands."""

from collections.abc import Sequence

from coaching.vocabulary import Passage

MOST_LEAD_BYTES = 160
"""In UTF-8. No alphabet makes more than one token of a byte, so most of an embedder's window is the text's."""
_JOINT = " > "


def embedding_text(passage: Passage) -> str:
    """Return the text to embed. Two passages for which it is equal have the same vector."""
    return lead(passage.place.heading, passage.text) + passage.text


def lead(heading: Sequence[str], text: str) -> str:
    """Return what stands before `text` when it is embedded: the innermost headings for which there is room.

    A heading with which the text begins is not said twice.
    """
    path = list(heading)
    if path and _begins_with(text, path[-1]):
        path.pop()
    while path and len(_JOINT.join(path).encode("utf-8", errors="replace")) > MOST_LEAD_BYTES:
        path.pop(0)
    return _JOINT.join(path) + "\n" if path else ""


def _begins_with(text: str, heading: str) -> bool:
    # Of a very long heading a piece may hold only the beginning.
    return text[: len(heading)] == heading[: len(text)]
