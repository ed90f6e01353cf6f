"""Every call of a model is measured: tokens, money and seconds, for the creator whose reply it words."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, wait
from contextvars import copy_context
from dataclasses import dataclass, field

from coaching.models.catalogue import ModelCard
from coaching.models.closing import closed_at_the_end
from coaching.models.ports import ChatModel, Fragment, Prompt
from coaching.models.tally import Tally
from coaching.models.usage import ModelCall, UsageLedger, cost_microdollars
from coaching.retrying import until_fresh
from coaching.vocabulary import CreatorId, Usage, new_ulid, now

MOST_PENDING = 1_000
"""Calls that wait to be written down; what comes on top is lost, and `lost` is told."""


class MeterIsFull(Exception):
    """So many calls wait to be written down that one was let go."""


@dataclass(frozen=True, slots=True)
class MeterCalls:
    """Writes calls down beside the reply, in `pool`, so that nobody waits for the ledger.

    `emit` is told of each call, `lost` of each that could not be written down. A model that is in no card is free.
    """

    ledger: UsageLedger
    cards: Sequence[ModelCard]
    pool: Executor
    emit: Callable[[ModelCall], None]
    lost: Callable[[Exception], None]
    pending: "set[Future[None]]" = field(default_factory=set)

    def metered(self, model: ChatModel, creator_id: CreatorId) -> "MeteredChatModel":
        """Return the model with every call of it on the creator's account."""
        return MeteredChatModel(model, creator_id, self)

    def note_reused(self, creator_id: CreatorId, model: str) -> None:
        """Have it written down that an answer of the model's was given again, for nothing."""
        self.note(creator_id, model, Usage(), 0.0, estimated=False, reused=True)

    def note(
        self,
        creator_id: CreatorId,
        model: str,
        usage: Usage,
        seconds: float,
        *,
        estimated: bool,
        reused: bool = False,
    ) -> None:
        """Have a call written down; returns at once."""
        if len(self.pending) >= MOST_PENDING:
            self.lost(MeterIsFull())
            return
        cost = next((cost_microdollars(card, usage) for card in self.cards if card.name == model), 0)
        call = ModelCall(new_ulid(), creator_id, model, now(), usage, cost, seconds, estimated, reused)
        try:
            # The copy carries the request's id into the thread's log lines.
            future = self.pool.submit(copy_context().run, self._write, call)
        except RuntimeError as error:  # the process is ending
            self.lost(error)
            return
        self.pending.add(future)
        future.add_done_callback(self.pending.discard)

    def settle(self, seconds: float) -> None:
        """Wait until what is pending is written, at most so long: afterwards the process may be put to sleep."""
        wait(set(self.pending), seconds)

    def _write(self, call: ModelCall) -> None:
        try:
            self.emit(call)
            until_fresh(lambda: self.ledger.add(call))
        except Exception as error:  # noqa: BLE001 - whatever it is, the reply does not depend on it
            self.lost(error)


@dataclass(frozen=True, slots=True)
class MeteredChatModel(ChatModel):
    """A chat model whose calls are on one creator's account.

    The fragments say which model answered. A call that failed or was left is metered by what it took, as far as that is
    known (`coaching.models.tally`); one that took nothing is no call.
    """

    model: ChatModel
    creator_id: CreatorId
    meter: MeterCalls

    @property
    def name(self) -> str:
        return self.model.name

    def generate(self, prompt: Prompt) -> Iterator[Fragment]:
        tally = Tally(self.model.name)
        try:
            with closed_at_the_end(self.model.generate(prompt)) as fragments:
                yield from tally.counted(fragments)
        finally:
            if taken := tally.taken(prompt):
                self.meter.note(self.creator_id, tally.model, taken.usage, tally.seconds, estimated=taken.estimated)
