"""How much a function's code and layers weigh, against what Lambda unpacks."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from infra.plan import Capability, Layer

MIB: Final = 1024 * 1024
LIMIT_MIB: Final = 240
"""Lambda's own limit is 250 MiB for code and layers, unpacked; the rest is room to move."""
WEB_ADAPTER_MIB: Final = 15.0
"""Room kept for the Lambda Web Adapter's layer, one Rust program that is AWS's to publish."""


def mebibytes(folder: Path) -> float:
    """Return what the folder's files hold together, compiled leftovers aside."""
    files = (path for path in folder.rglob("*") if "__pycache__" not in path.parts and path.is_file())
    return sum(path.stat().st_size for path in files) / MIB


def function_mebibytes(capability: Capability, code: Path, ours: Path, layers: Mapping[Layer, Path]) -> float:
    """Return the size of a function: its own `code`, `ours` (the coaching layer) and its third-party layers."""
    parts = [code, ours, *(layers[name] for name in capability.layers)]
    return sum(map(mebibytes, parts)) + (WEB_ADAPTER_MIB if capability.asgi else 0)


def table(sizes: Mapping[str, float]) -> str:
    """Return the sizes as lines of text, largest first."""
    lines = [f"  {name:<18}{size:6.1f}" for name, size in sorted(sizes.items(), key=lambda item: -item[1])]
    return "\n".join(["", f"MiB unpacked, at most {LIMIT_MIB}:", *lines, ""])
