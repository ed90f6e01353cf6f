"""Why a reply may not be shown for what it says."""

from enum import StrEnum


class Harm(StrEnum):
    """The value is the reason as it is told to a model that words its reply anew, and as it is logged."""

    SEXUAL = "sexual content"
    HATE = "hateful content"
    HARASSMENT = "harassing content"
    DANGER = "dangerous advice"
    AGREEMENT = "agreement with a harmful plan"
    EXPERTISE = "a dose or a diagnosis"
    BODY = "numbers about weight or food for somebody under age"
    UNSAFE = "content that is unsafe in this conversation"
