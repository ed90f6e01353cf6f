"""How a turn is measured."""

from collections.abc import Callable
from dataclasses import dataclass

from coaching.metrics.ports import MeasuredTurns
from coaching.metrics.turn import TurnMetrics, measured_turn
from coaching.vocabulary import Identity, Turn


@dataclass(frozen=True, slots=True)
class RecordTurn:
    """Keeps the figures of a turn and has them emitted, once per message.

    The reply is made when this is called, and nothing that goes wrong here may take it back: `lost` is told.
    """

    measured: MeasuredTurns
    emit: Callable[[TurnMetrics], None]
    lost: Callable[[Exception], None]

    def __call__(self, who: Identity, turn: Turn, *, fallback: str = "", chosen: str = "") -> None:
        try:
            metrics = measured_turn(who, turn, fallback=fallback, chosen=chosen)
            if self.measured.create(metrics):
                self.emit(metrics)
        except Exception as error:  # noqa: BLE001 - whatever it is, the user has a reply
            self.lost(error)
