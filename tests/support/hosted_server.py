"""What the doubles of hosted models share: models with windows, a reply made of the last message, a structured one."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from tests.support.loopback_server import LoopbackServer


class HostedServer(LoopbackServer):
    """`models` maps each name to its window (a word is a token here), `embedders` to their dimension.

    `keys` are those that are let in; `pause` is in seconds, after each word.
    """

    MODELS: ClassVar[Mapping[str, int]] = {"tiny": 1024}
    EMBEDDERS: ClassVar[Mapping[str, int]] = {}
    KEYS: ClassVar[frozenset[str]] = frozenset({"sk-good"})

    def __init__(
        self,
        models: Mapping[str, int] | None = None,
        reply: Callable[[str], str] = lambda text: f"You said: {text}",
        pause: float = 0.0,
    ) -> None:
        super().__init__()
        self.models = dict(models or self.MODELS)
        self.embedders = dict(self.EMBEDDERS)
        self.keys = set(self.KEYS)
        self.structured = '{"mood": "good", "score": 3}'
        self._reply = reply
        self._pause = pause

    @property
    def requests(self) -> list[dict[str, Any]]:
        return [request.body for request in self.received]
