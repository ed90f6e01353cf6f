"""The creator's own description."""

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from coaching.contract.common import Attributes, Line, Paragraphs, ReplyModel, RequestModel
from coaching.models.budget import BUDGET_SETTING
from coaching.vocabulary import Scalar

Intent = Annotated[str, Field(pattern="^(question|stuck|check_in|thanks|off_topic)$")]
# Looks like a citation, and is refused in a reply that has no such citation.
_MARKER = re.compile(r"\[\d+\]")


def _one_plain_line(phrase: str) -> str:
    if _MARKER.search(phrase) or not phrase.isprintable():
        raise ValueError("a phrase is one line without numbers in square brackets")
    return phrase


PhraseLine = Annotated[Line, Field(min_length=1), AfterValidator(_one_plain_line)]
PhraseLines = Annotated[list[PhraseLine], Field(max_length=20)]


class Phrases(RequestModel):
    """Short lines that the creator approved, by intent, for replies composed without a model."""

    acknowledge: dict[Intent, PhraseLines] = {}
    next_question: dict[Intent, PhraseLines] = {}


def _sound(settings: dict[str, Scalar]) -> dict[str, Scalar]:
    """Refuse what a setting with a meaning cannot mean."""
    limit = settings.get(BUDGET_SETTING, 0)
    if isinstance(limit, bool | str) or limit < 0:
        raise ValueError(f"`{BUDGET_SETTING}` is a number of US dollars, 0 or more")
    return settings


class PutCreator(RequestModel):
    name: Annotated[Line, Field(min_length=1)]
    expertise: Paragraphs = ""
    methodology: Paragraphs = ""
    communication_style: Paragraphs = ""
    locale: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "en"
    phrases: Phrases = Phrases()
    settings: Annotated[
        Attributes,
        AfterValidator(_sound),
        Field(
            description=f"`{BUDGET_SETTING}`: what models may cost a month; from 80 % of it on replies are worded by "
            "cheaper models, from 100 % on by the cheapest alone. Without it there is no limit"
        ),
    ] = {}

    def values(self) -> dict[str, Any]:
        """Return every field as plain values; what is absent is reset."""
        return self.model_dump()


class CreatorReply(ReplyModel):
    creator_id: str
    name: str
    expertise: str
    methodology: str
    communication_style: str
    locale: str
    phrases: dict[str, dict[str, list[str]]]
    settings: dict[str, Scalar]
    updated_at: datetime
