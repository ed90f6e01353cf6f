"""What stands around a reply whoever words it: that no person answers, what a coach may not say, and for whom it is."""

from dataclasses import dataclass, replace
from typing import Final, Literal

from coaching.conversation.age import OF_AGE, age_known, age_said, minimum_age, too_young, youngest
from coaching.conversation.disclosure import asks_nothing_else, asks_who_answers, disclosure, is_disclosed
from coaching.conversation.limits import limit_line, limit_of
from coaching.conversation.phrases import phrase
from coaching.profile.creator import Creator
from coaching.profile.user import UserProfile
from coaching.safety.draft import Draft, DraftSentence

_MODEL: Final = "none"


@dataclass(frozen=True, slots=True)
class Frame:
    """`opening` are approved lines before the reply; `alone` is the whole reply where nothing else is to be said."""

    opening: tuple[str, ...] = ()
    alone: Draft | None = None
    minor: bool = False

    def around(self, draft: Draft) -> Draft:
        """Return the draft behind the opening lines."""
        if not self.opening or not draft.sentences:
            return draft
        first, *rest = draft.sentences
        return replace(draft, sentences=(*self.sentences, replace(first, lead=first.lead or " "), *rest))

    @property
    def sentences(self) -> tuple[DraftSentence, ...]:
        """The opening as sentences of a draft."""
        return tuple(DraftSentence(line, "phrase", lead=" " if at else "") for at, line in enumerate(self.opening))


def frame(message: str, creator: Creator, profile: UserProfile, locales: tuple[str, ...], *, first: bool) -> Frame:
    """Return what stands around the reply to this message; `first`: it begins its conversation."""
    age = youngest(age_known(profile), age_said(message))
    if age is not None and age < minimum_age(creator.settings):
        return Frame(alone=_lines("abstain", too_young(creator.settings, locales)), minor=True)
    minor, asks = age is not None and age < OF_AGE, asks_who_answers(message)
    if asks and asks_nothing_else(message):
        question = phrase(creator, "next_question", "off_topic", message)
        return Frame(alone=_lines("answer", disclosure(locales), question), minor=minor)
    opening = [disclosure(locales)] if asks or (first and is_disclosed(creator.settings)) else []
    if limit := limit_of(message):
        opening.append(limit_line(limit, locales))
    return Frame(tuple(opening), minor=minor)


def _lines(kind: Literal["abstain", "answer"], *lines: str) -> Draft:
    sentences = tuple(DraftSentence(line, "phrase", lead=" " if at else "") for at, line in enumerate(lines))
    return Draft(kind, sentences, _MODEL)
