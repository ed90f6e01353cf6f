"""What a client may ask of a reply's wording, beside the message."""

from dataclasses import dataclass, replace
from typing import Final

from coaching.models.ports import Prompt


@dataclass(frozen=True, slots=True)
class Wishes:
    """How the reply shall be worded; None where the coach decides.

    `temperature` reaches a model alone. `max_tokens` lowers the coach's own bound and never lifts it. `stop`: the reply
    ends before any of these. Both also end what is quoted of the creator (`coaching.conversation.cutting`).
    """

    temperature: float | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()

    def applied(self, prompt: Prompt) -> Prompt:
        """Return the prompt, and all that is shorter than it, with these wishes."""
        if self == NONE:
            return prompt
        most = prompt.max_tokens if self.max_tokens is None else min(self.max_tokens, prompt.max_tokens)
        warmth = prompt.temperature if self.temperature is None else self.temperature

        def shorter() -> Prompt | None:
            less = prompt.shorter()
            return self.applied(less) if less else None

        return replace(prompt, temperature=warmth, max_tokens=most, stop=(*prompt.stop, *self.stop), shorter=shorter)


NONE: Final = Wishes()
