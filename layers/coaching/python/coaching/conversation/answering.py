"""A model's answer, released sentence by sentence after each one's checks."""

from collections.abc import Generator

from coaching.conversation.citations import Citer, without_markers
from coaching.conversation.references import leans_on_before
from coaching.conversation.sentences import SentenceStream
from coaching.models.closing import closed_at_the_end
from coaching.models.ports import ChatModel, Finish, Prompt
from coaching.safety.draft import Draft, DraftSentence
from coaching.safety.groundedness import Evidence
from coaching.safety.thresholds import CLAIMS_SUPPORTED
from coaching.safety.validation import CheckedSentence, Rejected, check_sentence
from coaching.vocabulary import Usage

ENOUGH_REFUSED = 2
"""Refused sentences after which a generation may be given up: one can be a slip, the second shows where it goes."""


class ModelAnswer:
    """One generation. Iterate `sentences`, then take the `draft` of what was released.

    A sentence that fails its checks is withheld, and so is what leans on it.
    """

    def __init__(self, model: ChatModel, prompt: Prompt, evidence: Evidence, said: str) -> None:
        self._model = model
        self._prompt = prompt
        self._evidence = evidence
        self._said = said
        self._citer = Citer(evidence)
        self._released: list[DraftSentence] = []
        self._claims = 0
        self._refused = 0
        self._gap = False
        self._began = False
        self._usage = Usage()
        self._named = model.name
        self._finish: Finish = "stop"

    @property
    def began(self) -> bool:
        """Whether the model has said anything."""
        return self._began

    @property
    def finish(self) -> Finish:
        """Why the generation ended, as far as it is known."""
        return self._finish

    @property
    def draft(self) -> Draft:
        return Draft("answer", tuple(self._released), self._named, self._usage, withheld=self._refused)

    def sentences(self) -> Generator[CheckedSentence | None, None, None]:
        """Yield each sentence that may be shown, and None after a fragment that completes none.

        Raises: ModelUnavailable. Closing it stops the generation.
        """
        stream = SentenceStream()
        with closed_at_the_end(self._model.generate(self._prompt)) as fragments:
            for fragment in fragments:
                self._began = self._began or bool(fragment.text)
                self._usage = fragment.usage or self._usage
                self._named = fragment.model or self._named
                self._finish = fragment.finish or self._finish
                released = len(self._released)
                yield from self._checked(stream.feed(fragment.text))
                if released == len(self._released):
                    yield None
                if self._is_lost():
                    return
            yield from self._checked(stream.close())

    def _checked(self, pieces: list[str]) -> Generator[CheckedSentence, None, None]:
        for piece in pieces:
            text = without_markers(piece).strip()
            if not text or (self._gap and leans_on_before(text)):
                continue
            lead = piece[: len(piece) - len(piece.lstrip())] if self._released else ""
            try:
                yield self._check(DraftSentence(text, "generated", lead=lead))
            except Rejected:
                self._refused += 1
                self._gap = True

    def _check(self, plain: DraftSentence) -> CheckedSentence:
        # Checked before it is cited, so that a refused sentence uses up no marker.
        checked = check_sentence(plain, self._evidence, said=self._said)
        citation = self._citer.support(plain.text) if checked.verdict.claims else None
        if citation:
            plain = DraftSentence(plain.text, plain.role, citation, plain.lead)
            checked = check_sentence(plain, self._evidence, said=self._said)
        self._released.append(plain)
        self._claims += checked.verdict.claims
        self._gap = False
        return checked

    def _is_lost(self) -> bool:
        share = CLAIMS_SUPPORTED * (self._claims + self._refused)
        return self._refused >= ENOUGH_REFUSED and self._claims < share
