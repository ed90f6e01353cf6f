"""A creator: the tenant, what they teach and how they speak."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from coaching.vocabulary import CreatorId, Scalar


@dataclass(frozen=True, slots=True)
class Creator:
    """What the prompt and the composer know of a creator.

    `phrases` are short lines that the creator approved: `acknowledge` and `next_question`, each by intent
    (question, stuck, check_in, thanks, off_topic). `settings` are thresholds, caps and disclosures.
    """

    creator_id: CreatorId
    name: str
    updated_at: datetime
    expertise: str = ""
    methodology: str = ""
    communication_style: str = ""
    locale: str = "en"
    phrases: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    settings: Mapping[str, Scalar] = field(default_factory=dict)
    revision: int = 0
