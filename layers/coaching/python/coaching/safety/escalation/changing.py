"""How a creator, or a coach, changes the rota."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from coaching.retrying import until_fresh
from coaching.safety.escalation.ports import Rotas
from coaching.safety.escalation.rota import Rota


@dataclass(frozen=True, slots=True)
class PutRota:
    """The rota is replaced whole."""

    rotas: Rotas
    clock: Callable[[], datetime]

    def __call__(self, rota: Rota) -> Rota:
        """Raises: StaleWrite."""

        def saved() -> Rota:
            kept = self.rotas.get(rota.creator_id)
            return self.rotas.save(replace(rota, updated_at=self.clock(), revision=kept.revision))

        return until_fresh(saved)
