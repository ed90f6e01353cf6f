"""What is put before the checks: a reply that nobody has seen yet."""

from dataclasses import dataclass
from typing import Literal

from coaching.vocabulary import Citation, Usage

Role = Literal["generated", "quote", "phrase"]


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """One sentence of a draft.

    `role` says whose words they are: a model's (`generated`), a document's (`quote`), or a line that the creator
    approved (`phrase`). `lead` is the white space before it.
    """

    text: str
    role: Role
    citation: Citation | None = None
    lead: str = ""

    @property
    def rendered(self) -> str:
        """The sentence as the user reads it, with its marker."""
        return f"{self.lead}{self.text}" + (f" [{self.citation.marker}]" if self.citation else "")


@dataclass(frozen=True, slots=True)
class Draft:
    """A whole reply before its checks. `withheld` counts claims of the model that were left out already."""

    kind: Literal["answer", "quote", "abstain", "apology"]
    sentences: tuple[DraftSentence, ...]
    model: str
    usage: Usage = Usage()
    withheld: int = 0

    @property
    def text(self) -> str:
        return "".join(sentence.rendered for sentence in self.sentences).strip()
