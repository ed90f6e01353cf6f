"""The wiring as a function finds it: made anew of the environment that a test gives."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator

import pytest

from coaching import wiring
from coaching.settings import Settings, settings

Configure = Callable[..., None]


def _forget() -> None:
    settings.cache_clear()
    for found in pkgutil.iter_modules(wiring.__path__):
        module = importlib.import_module(f"{wiring.__name__}.{found.name}")
        for made in vars(module).values():
            getattr(made, "cache_clear", lambda: None)()


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Configure]:
    """Return what sets the variables, given by the names of `Settings`; every other one is unset."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)

    def choose(**values: str) -> None:
        for name, value in values.items():
            assert name in Settings.model_fields
            monkeypatch.setenv(name.upper(), value)
        _forget()

    _forget()
    yield choose
    monkeypatch.undo()
    _forget()
