"""The creator's own description."""

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from coaching.contract.common import Attributes, Line, Paragraphs, ReplyModel, RequestModel
from coaching.conversation.age import LEAST, MINIMUM_SETTING, MOST
from coaching.conversation.disclosure import DISCLOSE_SETTING
from coaching.conversation.reusing import SHARE_SETTING
from coaching.models.budget import BUDGET_SETTING
from coaching.safety.bounds import CLAIMS_SETTING, CONTENT_SETTING, GROUNDING_SETTING
from coaching.safety.bounds import SETTINGS as BOUNDS
from coaching.safety.house_rules import NEVER_SAYS_SETTING
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
    if type(settings.get(SHARE_SETTING, False)) is not bool:
        raise ValueError(f"`{SHARE_SETTING}` is true or false")
    if type(settings.get(DISCLOSE_SETTING, True)) is not bool:
        raise ValueError(f"`{DISCLOSE_SETTING}` is true or false")
    for name, (least, most) in {MINIMUM_SETTING: (LEAST, MOST), **BOUNDS}.items():
        value = settings.get(name, least)
        if isinstance(value, bool | str) or not least <= value <= most:
            raise ValueError(f"`{name}` is a number from {least:g} to {most:g}")
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
            "cheaper models, from 100 % on by the cheapest alone. Without it there is no limit. "
            f"`{SHARE_SETTING}`: true lets what a model answered to one user be given to another who asks the same "
            "within minutes, where nothing known of either took part: no profile, no goal, nothing said before. "
            f"`{DISCLOSE_SETTING}`: false leaves out, at the beginning of a conversation, that no person answers; who "
            f"asks is told. `{MINIMUM_SETTING}`: years, {LEAST} to {MOST}, without it {LEAST}; who says that they are "
            "younger is not coached, and under 18 the checks are stricter and no numbers about weight or food are "
            f"said. `{GROUNDING_SETTING}`, `{CLAIMS_SETTING}`, `{CONTENT_SETTING}`: thresholds of the checks, which "
            "make them stricter and never laxer. "
            f"`{NEVER_SAYS_SETTING}`: words and phrases, set apart by commas, that no model says in the creator's name"
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
