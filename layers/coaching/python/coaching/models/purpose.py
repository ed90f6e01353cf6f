"""What an answer is for, by which a model is chosen for it (`coaching.models.selection`)."""

from dataclasses import dataclass
from typing import Literal

Task = Literal["reply", "nudge", "content", "extraction", "judging"]
Difficulty = Literal["easy", "hard"]
LatencyWanted = Literal["instant", "interactive", "background"]
"""`instant`: as one types; `interactive`: somebody waits for the first word; `background`: nobody waits."""


@dataclass(frozen=True, slots=True)
class Purpose:
    task: Task = "reply"
    difficulty: Difficulty = "easy"
    latency: LatencyWanted = "interactive"
