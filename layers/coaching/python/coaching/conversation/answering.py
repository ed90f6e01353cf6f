"""A model's answer, released sentence by sentence after each one's checks."""

import re
from collections.abc import Generator, Sequence

from coaching.conversation.citations import Citer
from coaching.conversation.events import Status, Working
from coaching.conversation.markers import without_markers
from coaching.conversation.references import leans_on_before
from coaching.conversation.sentences import SentenceStream
from coaching.models.closing import closed_at_the_end
from coaching.models.ports import ChatModel, Finish, Prompt
from coaching.safety.draft import Draft, DraftSentence
from coaching.safety.groundedness import Evidence
from coaching.safety.standards import Standards
from coaching.safety.validation import CheckedSentence, Rejected, check_citation, check_sentence
from coaching.vocabulary import Usage

_ENDED = re.compile(r"[.!?…。！？:;][\"”’'»)\]*_`]*$")
ENOUGH_REFUSED = 2
"""Refused sentences after which a generation may be given up: one can be a slip, the second shows where it goes."""


class ModelAnswer:
    """One generation. Iterate `sentences`, then take the `draft` of what was released.

    A sentence that fails its checks is withheld, and so is what leans on it. So is the last one where the generation
    was cut within it, at the most tokens or before a stop word, but that does not speak against the answer. `opening`
    are lines before the first sentence, shown only together with it.
    """

    def __init__(
        self,
        model: ChatModel,
        prompt: Prompt,
        evidence: Evidence,
        standards: Standards,
        opening: Sequence[DraftSentence] = (),
    ) -> None:
        self._model = model
        self._prompt = prompt
        self._evidence = evidence
        self._standards = standards
        self._opening = tuple(opening)
        self._reasons: dict[str, None] = {}
        self._citer = Citer(evidence)
        self._released: list[DraftSentence] = []
        self._passed: list[CheckedSentence] = []
        self._claims = 0
        self._refused = 0
        self._gap = False
        self._began = False
        self._usage = Usage()
        self._named = model.name
        self._finish: Finish = "stop"
        self._last = ""
        self._chosen = ""

    @property
    def chosen(self) -> str:
        """Why the models were asked in the order in which they were, as far as it is known (`Fragment.chosen`)."""
        return self._chosen

    @property
    def began(self) -> bool:
        """Whether the model has said anything."""
        return self._began

    @property
    def finish(self) -> Finish:
        """Why the generation ended, as far as it is known."""
        return self._finish

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why sentences were withheld, each reason once; none carries a sentence's words."""
        return tuple(self._reasons)

    @property
    def draft(self) -> Draft:
        return Draft("answer", tuple(self._released), self._named, self._usage, withheld=self._refused)

    @property
    def passed(self) -> tuple[CheckedSentence, ...]:
        """The draft's sentences as they passed."""
        return tuple(self._passed)

    def sentences(self) -> Generator[CheckedSentence | Status | Working, None, None]:
        """Yield each sentence that may be shown, that the model is being loaded, and Working after all other fragments.

        Raises: ModelUnavailable, Cancelled. Closing it stops the generation.
        """
        stream = SentenceStream()
        with closed_at_the_end(self._model.generate(self._prompt)) as fragments:
            for fragment in fragments:
                self._began = self._began or bool(fragment.text)
                self._usage = fragment.usage or self._usage
                self._named = fragment.model or self._named
                self._finish = fragment.finish or self._finish
                self._last = fragment.text or self._last
                self._chosen = fragment.chosen or self._chosen
                if fragment.loading is not None:
                    yield Status("loading_model" if fragment.loading else "generating")
                released = len(self._released)
                yield from self._checked(stream.feed(fragment.text))
                if released == len(self._released):
                    yield Working()
                if self._is_lost():
                    return
            yield from self._end(stream.close())

    def _end(self, pieces: list[str]) -> Generator[CheckedSentence, None, None]:
        cut = self._finish == "length" or bool(self._prompt.stop)
        if not (pieces and cut) or _ENDED.search(pieces[-1]):
            yield from self._checked(pieces)
            return
        yield from self._checked(pieces[:-1])
        refused = self._refused
        # Of a number nobody knows whether more digits were to come.
        half = pieces[-1].rstrip("0123456789.,") if self._last[-1:].isdigit() else pieces[-1]
        yield from self._checked([half])
        self._refused = refused

    def _checked(self, pieces: list[str]) -> Generator[CheckedSentence, None, None]:
        for piece in pieces:
            text = without_markers(piece).strip()
            if not text or (self._gap and leans_on_before(text)):
                continue
            before = len(self._released)
            try:
                checked = self._check(DraftSentence(text, "generated", lead=self._lead(piece)))
            except Rejected as refused:
                self._refused += 1
                self._gap = True
                self._reasons |= dict.fromkeys(refused.reasons)
                continue
            opening = () if before else self._opening
            passed = [*(check_sentence(line, self._evidence, self._standards) for line in opening), checked]
            self._passed += passed
            yield from passed

    def _lead(self, piece: str) -> str:
        """Return the white space before a sentence: of the first one there is none, unless lines stand before it."""
        lead = piece[: len(piece) - len(piece.lstrip())]
        if self._released:
            return lead
        return (lead or " ") if self._opening else ""

    def _check(self, plain: DraftSentence) -> CheckedSentence:
        # Checked before it is cited, so that a refused sentence uses up no marker.
        checked = check_sentence(plain, self._evidence, self._standards)
        citation = self._citer.support(plain.text) if checked.verdict.claims else None
        if citation:
            plain = DraftSentence(plain.text, plain.role, citation, plain.lead)
            checked = check_citation(checked, plain, self._evidence)
        self._released += [plain] if self._released else [*self._opening, plain]
        self._claims += checked.verdict.claims
        self._gap = False
        return checked

    def _is_lost(self) -> bool:
        share = self._standards.bounds.claims * (self._claims + self._refused)
        return self._refused >= ENOUGH_REFUSED and self._claims < share
