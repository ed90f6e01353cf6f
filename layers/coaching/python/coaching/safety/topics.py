"""What a red flag is about, and how grave it is."""

from enum import IntEnum, StrEnum


class Topic(StrEnum):
    SUICIDE = "suicide"
    SELF_HARM = "self_harm"
    EATING_DISORDERS = "eating_disorders"
    SUBSTANCE_ABUSE = "substance_abuse"
    DOMESTIC_VIOLENCE = "domestic_violence"
    ACUTE_CRISIS = "acute_crisis"
    """Panic that does not end, psychosis, mania."""


class Severity(IntEnum):
    """Ordered, so that severities compare; written as `severity.name.lower()`."""

    NONE = 0
    LOW = 1
    ELEVATED = 2
    HIGH = 3
    IMMINENT = 4
    """With a plan, means, a time or a goodbye."""
