"""The validator: the only maker of checked sentences and checked replies.

Whatever a user gets to read has passed here. A draft that may not be shown is refused with its reasons; nothing is
mended here, and a check that cannot be made refuses.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from coaching.safety.confidence import confidence, retrieval_strength
from coaching.safety.contacts import foreign_contacts
from coaching.safety.crisis.registry import Registry
from coaching.safety.crisis.replies import CrisisReply, Situation, crisis_reply, listening
from coaching.safety.crisis.templates import Templates
from coaching.safety.draft import Draft, DraftSentence
from coaching.safety.groundedness import Evidence, Verdict, groundedness, judge
from coaching.safety.house_rules import broken_rules
from coaching.safety.slips import slips
from coaching.safety.standards import PLAIN, Standards
from coaching.safety.thresholds import CREATORS_OWN
from coaching.safety.words import content
from coaching.vocabulary import CheckedReply, Citation, ReplyKind, ScoredPassage

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_MARKER = re.compile(r"\[\d+\]")
NO_MODEL = "none"
NOTHING_LEFT = "nothing left to show"


class Rejected(Exception):
    """A draft may not be shown. `reasons` are short and carry none of the draft's words."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons

    @property
    def code(self) -> str:
        """One word for a log: `not_grounded`, `empty_answer` or `not_showable`."""
        if any("without support" in reason for reason in self.reasons):
            return "not_grounded"
        return "empty_answer" if NOTHING_LEFT in self.reasons else "not_showable"


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence that passed its checks, as the user reads it: with the white space before it and its marker."""

    text: str
    verdict: Verdict
    citation: Citation | None = None


def check_sentence(sentence: DraftSentence, evidence: Evidence, standards: Standards = PLAIN) -> CheckedSentence:
    """Return the sentence as one that may be shown. Raises: Rejected."""
    verdict = _verdict(sentence, evidence, standards)
    reasons = [*_form(sentence), *_source(sentence, evidence)]
    if sentence.role == "generated":
        reasons += _generated(sentence.text, verdict, evidence, standards)
    else:
        reasons += _approved(sentence, standards)
    if reasons:
        raise Rejected(*reasons)
    return CheckedSentence(sentence.rendered, verdict, sentence.citation)


def check_citation(checked: CheckedSentence, sentence: DraftSentence, evidence: Evidence) -> CheckedSentence:
    """Return a sentence that passed with the citation that it was given since; its words must be the same.

    Raises: Rejected.
    """
    reasons = [*_form(sentence), *_source(sentence, evidence)]
    if checked.text != replace(sentence, citation=None).rendered:
        reasons.append("other words than those that were checked")
    if reasons:
        raise Rejected(*reasons)
    return CheckedSentence(sentence.rendered, checked.verdict, sentence.citation)


def check_reply(
    draft: Draft,
    evidence: Evidence,
    standards: Standards = PLAIN,
    passed: Sequence[CheckedSentence] | None = None,
) -> CheckedReply:
    """Return the draft as a reply that may be shown.

    `passed` are its sentences where each of them passed already, one by one: none is judged a second time.
    Raises: Rejected, also where the draft says anything else than what passed.
    """
    checked = passed
    if checked is None:
        checked = [check_sentence(sentence, evidence, standards) for sentence in draft.sentences]
    elif not _same(draft, checked):
        raise Rejected("other words than those that were checked")
    claims = [sentence for sentence in checked if sentence.verdict.claims]
    reasons = list(_whole(draft, len(claims), standards.bounds.claims))
    if reasons:
        raise Rejected(*reasons)
    return CheckedReply(
        kind=draft.kind,
        text=draft.text,
        citations=_distinct(sentence.citation for sentence in checked),
        confidence=confidence(
            draft.kind,
            retrieval=retrieval_strength(evidence.passages),
            groundedness=groundedness([sentence.verdict for sentence in checked]),
            claims=len(claims),
            cited=sum(sentence.citation is not None for sentence in claims),
        ),
        grounded=draft.kind in ("answer", "quote"),
        model=draft.model,
        usage=draft.usage,
    )


def check_crisis(situation: Situation, templates: Templates, registry: Registry) -> tuple[CheckedReply, CrisisReply]:
    """Return the approved words for a situation as a reply that may be shown, and what it is made of.

    It is composed here: nobody else's words can pass for a crisis reply.
    """
    composed = crisis_reply(situation, templates, registry)
    return CheckedReply("crisis", composed.text, (), confidence=1.0, grounded=False, model=NO_MODEL), composed


def check_listening(situation: Situation, templates: Templates) -> CheckedReply:
    """Return approved words that listen and ask, for while a human is awaited, as a reply that may be shown."""
    return CheckedReply("crisis", listening(situation, templates), (), confidence=1.0, grounded=False, model=NO_MODEL)


def shown_whole(reply: CheckedReply) -> CheckedSentence:
    """Return a reply that passed as what a stream shows of it at once."""
    return CheckedSentence(reply.text, Verdict(1.0, 0, claims=False))


def cut_reply(
    kind: ReplyKind, shown: Sequence[CheckedSentence], model: str, passages: Sequence[ScoredPassage]
) -> CheckedReply:
    """Return what had been shown of a reply when its reader left. Nothing shown is a reply without words."""
    claims = [sentence for sentence in shown if sentence.verdict.claims]
    carried = confidence(
        kind,
        retrieval=retrieval_strength(passages),
        groundedness=groundedness([sentence.verdict for sentence in shown]),
        claims=len(claims),
        cited=sum(sentence.citation is not None for sentence in claims),
    )
    return CheckedReply(
        kind=kind,
        text="".join(sentence.text for sentence in shown).strip(),
        citations=_distinct(sentence.citation for sentence in shown),
        confidence=carried if shown else 0.0,
        grounded=bool(shown) and kind in ("answer", "quote"),
        model=model,
    )


def _same(draft: Draft, passed: Sequence[CheckedSentence]) -> bool:
    drafted = [(sentence.rendered, sentence.citation) for sentence in draft.sentences]
    return drafted == [(sentence.text, sentence.citation) for sentence in passed]


def _verdict(sentence: DraftSentence, evidence: Evidence, standards: Standards) -> Verdict:
    if sentence.role == "generated":
        return judge(sentence.text, evidence, standards.said, least=standards.bounds.support)
    # A quotation is compared letter by letter and an approved line needs no evidence; neither is judged by its words.
    return Verdict(1.0, len(content(sentence.text)), claims=sentence.role == "quote")


def _form(sentence: DraftSentence) -> Iterator[str]:
    if not sentence.text.strip():
        yield "empty sentence"
    if _CONTROL.search(sentence.rendered):
        yield "control characters"
    if sentence.lead.strip():
        yield "words outside of the sentence"
    if _MARKER.search(sentence.text):
        yield "a marker that was not set by us"


def _source(sentence: DraftSentence, evidence: Evidence) -> Iterator[str]:
    citation = sentence.citation
    if citation is not None and not _stands(citation, evidence):
        yield "a quote that does not stand in its document"
    if sentence.role == "quote" and (citation is None or citation.quote != sentence.text):
        yield "a quotation without its source"


def _generated(text: str, verdict: Verdict, evidence: Evidence, standards: Standards) -> Iterator[str]:
    """Yield what is wrong with a model's words."""
    material = [found.passage.text for found in evidence.passages]
    if verdict.unsupported_numbers:
        yield "a number without support"
    if not verdict.supported:
        yield "a claim without support"
    if foreign_contacts(text, [*standards.contacts, *material]):
        yield "a telephone number or an address that is in neither registry nor material"
    yield from slips(text, standards.said, material)
    yield from broken_rules(text, standards.never, standards.instructions)
    yield from standards.content(
        text,
        standards.said,
        bound=standards.bounds.content,
        minor=standards.minor,
        grounded=verdict.claims and verdict.support >= CREATORS_OWN,
    )


def _approved(sentence: DraftSentence, standards: Standards) -> Iterator[str]:
    """Yield what is wrong with words of the creator's, here and as an answer to this message."""
    if sentence.role == "phrase" and sentence.text not in standards.approved:
        yield "a line that was not approved"
    yield from standards.content.of_creator(sentence.text, standards.said, minor=standards.minor)


def _whole(draft: Draft, claims: int, least: float) -> Iterator[str]:
    if not draft.sentences:
        yield NOTHING_LEFT
    if claims < least * (claims + draft.withheld):
        yield "too many claims without support"
    if draft.kind != "answer" and any(sentence.role == "generated" for sentence in draft.sentences):
        yield "generated words in a reply that must not have any"
    if draft.kind in ("abstain", "apology") and claims:
        yield f"a claim in a reply of the kind {draft.kind}"


def _stands(citation: Citation, evidence: Evidence) -> bool:
    return bool(citation.quote) and any(
        citation.document_id == found.passage.document_id and citation.quote in found.passage.text
        for found in evidence.passages
    )


def _distinct(citations: Iterator[Citation | None]) -> tuple[Citation, ...]:
    by_marker = {citation.marker: citation for citation in citations if citation}
    return tuple(by_marker[marker] for marker in sorted(by_marker))
