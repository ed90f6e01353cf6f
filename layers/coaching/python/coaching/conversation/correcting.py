"""The prompt for an answer that is made again: the same, and what was wrong with the first."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from coaching.models.ports import Prompt

AGAIN: Final = """\


<correction>
An answer to this message was refused. What was wrong with it:
{reasons}
Answer anew without that. Say only what stands between <knowledge> and </knowledge>, or say plainly that it is not \
covered there.
</correction>"""


def corrected(prompt: Prompt, reasons: Sequence[str], seconds: float) -> Prompt:
    """Return the prompt with the reasons, which carry none of the refused words, and `seconds` for the whole answer.

    What stands before the last message stays as it is, so that an engine need not read it again. Such an answer is for
    this moment alone.
    """
    listed = "\n".join(f"- {reason}" for reason in dict.fromkeys(reasons))
    *before, last = prompt.messages
    messages = (*before, replace(last, text=last.text + AGAIN.format(reasons=listed)))
    left = seconds if prompt.seconds is None else min(seconds, prompt.seconds)

    def shorter() -> Prompt | None:
        less = prompt.shorter()
        return corrected(less, reasons, seconds) if less else None

    return replace(prompt, messages=messages, seconds=left, reuse=None, shorter=shorter)
