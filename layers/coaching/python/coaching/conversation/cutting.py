"""A composed reply that ends where the client wants it to end."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from coaching.conversation.wishes import Wishes
from coaching.models.ports import Finish
from coaching.safety.draft import Draft, DraftSentence

_WORD = re.compile(r"\S+")


def cut_short(draft: Draft, wishes: Wishes) -> tuple[Draft, Finish]:
    """Return the draft cut before the first stop word and at the most tokens, and which of the two came first.

    A word counts as a token. The beginning of a quotation stands in its document as the whole does, so it passes the
    same checks. A line that the creator approved is shown whole or not at all: where not everything has room, what is
    quoted comes first. A draft of lines alone, or of which nothing would be left, stays as it is.
    """
    if draft.kind != "quote" or (wishes.max_tokens is None and not wishes.stop):
        return draft, "stop"
    found = draft.sentences
    if wishes.max_tokens is not None and sum(len(sentence.text.split()) for sentence in found) > wishes.max_tokens:
        found = tuple(sentence for sentence in found if sentence.role == "quote")
    ending = _Ending(wishes)
    kept = tuple(ending.kept(found))
    if not kept:
        return draft, "stop"
    return replace(draft, sentences=(replace(kept[0], lead=""), *kept[1:])), ending.finish


class _Ending:
    def __init__(self, wishes: Wishes) -> None:
        self.finish: Finish = "stop"
        self._left = wishes.max_tokens
        self._stop = wishes.stop

    def kept(self, sentences: Sequence[DraftSentence]) -> Iterator[DraftSentence]:
        """Yield what is left of the sentences."""
        for sentence in sentences:
            before = self._before_a_stop_word(sentence)
            text = self._within(before)
            if text == sentence.text:
                yield sentence
                continue
            if text and sentence.citation:
                yield replace(sentence, text=text, citation=replace(sentence.citation, quote=text))
            self.finish = "stop" if text == before else "length"
            return

    def _before_a_stop_word(self, sentence: DraftSentence) -> str:
        whole = sentence.lead + sentence.text
        places = [place for word in self._stop if (place := whole.find(word)) >= 0]
        return whole[len(sentence.lead) : min(places)].rstrip() if places else sentence.text

    def _within(self, text: str) -> str:
        words = list(_WORD.finditer(text))
        if self._left is None or len(words) <= self._left:
            self._left = None if self._left is None else self._left - len(words)
            return text
        return text[: words[self._left - 1].end()] if self._left else ""
