"""A line of a passage: a sentence that knows where it stands."""

import re
from dataclasses import dataclass

from coaching.conversation.sentences import Sentence

STOP = re.compile(r"[.!?:,;…][\"”’')]*$")


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence without its list marker, or a row of a table. `block` numbers the paragraphs and tables.

    `item`: it stands in a list, and `intro` is where the line begins that introduces the list (-1 for none). `ours`:
    the creator says it. `aside`: they say it to somebody who was there. `over` is what stands over it: the title, and
    the question that it answers.
    """

    sentence: Sentence
    block: int
    item: bool = False
    ours: bool = True
    over: tuple[str, ...] = ()
    row: bool = False
    aside: bool = False
    intro: int = -1

    @property
    def text(self) -> str:
        return self.sentence.text
