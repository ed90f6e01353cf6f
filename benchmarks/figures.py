"""How a measured figure is shown."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, what came out, what was wanted, and whether it was reached (None: there is no goal)."""

    what: str
    value: str
    goal: str = ""
    reached: bool | None = None

    def __str__(self) -> str:
        mark = {True: "reached", False: "MISSED", None: ""}[self.reached]
        return f"| {self.what} | {self.value} | {self.goal} | {mark} |"


HEADER = "| what | measured | goal | |\n|---|---|---|---|"
