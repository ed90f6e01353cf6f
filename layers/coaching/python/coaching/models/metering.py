"""Every call of a model is measured: tokens, money and seconds, for the creator whose reply it words."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, wait
from contextvars import copy_context
from dataclasses import dataclass, field

from coaching.models.catalogue import ModelCard
from coaching.models.closing import closed_at_the_end
from coaching.models.ports import ChatModel, Fragment, Prompt
from coaching.models.usage import ModelCall, UsageLedger, cost_microdollars
from coaching.retrying import until_fresh
from coaching.vocabulary import CreatorId, Usage, new_ulid, now

BYTES_PER_TOKEN = 4
"""Of UTF-8, for calls that nobody counted: about what tokenizers make of English; of code they make more tokens.

Source: help.openai.com/en/articles/4936856, "1 token ~= 4 chars in English".
"""
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

    def note(self, creator_id: CreatorId, model: str, usage: Usage, seconds: float, *, estimated: bool) -> None:
        """Have a call written down; returns at once."""
        if len(self.pending) >= MOST_PENDING:
            self.lost(MeterIsFull())
            return
        cost = next((cost_microdollars(card, usage) for card in self.cards if card.name == model), 0)
        call = ModelCall(new_ulid(), creator_id, model, now(), usage, cost, seconds, estimated)
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

    A fallback chain and a balancer stand inside: the fragments say which model answered. An answer that says it took
    no token (one from a cache) is no call, and neither is one that failed before its first fragment.
    """

    model: ChatModel
    creator_id: CreatorId
    meter: MeterCalls

    @property
    def name(self) -> str:
        return self.model.name

    def generate(self, prompt: Prompt) -> Iterator[Fragment]:
        tally = _Tally(self.model.name)
        try:
            with closed_at_the_end(self.model.generate(prompt)) as fragments:
                yield from tally.counted(fragments)
        finally:
            if tally.began:
                estimated = tally.usage is None
                usage = tally.usage if tally.usage is not None else tally.estimate(prompt)
                if estimated or usage != Usage():
                    self.meter.note(self.creator_id, tally.model, usage, tally.seconds, estimated=estimated)


class _Tally:
    """What is known so far of one call."""

    def __init__(self, model: str) -> None:
        self.model = model
        self.usage: Usage | None = None
        self.seconds = 0.0
        self.began = False
        self._bytes = 0

    def counted(self, fragments: Iterator[Fragment]) -> Iterator[Fragment]:
        """Pass the fragments on; the time that their reader takes is not the model's."""
        while True:
            asked = time.perf_counter()
            try:
                fragment = next(fragments)
            except StopIteration:
                return
            finally:
                self.seconds += time.perf_counter() - asked
            self.began = True
            self.model = fragment.model or self.model
            self.usage = fragment.usage or self.usage
            self._bytes += len(fragment.text.encode("utf-8", "surrogatepass"))
            yield fragment

    def estimate(self, prompt: Prompt) -> Usage:
        asked = sum(len(message.text.encode("utf-8", "surrogatepass")) for message in prompt.messages)
        return Usage(-(-asked // BYTES_PER_TOKEN), -(-self._bytes // BYTES_PER_TOKEN))
