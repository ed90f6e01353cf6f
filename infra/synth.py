"""`python -m infra.synth`: the pinned CDK command over app.py, with Node from a package where the machine has none.

`STAGE` chooses the stage. Further arguments replace `synth --quiet`, for example `diff` or `deploy --all`.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from infra.node import node, npx

CDK: Final = "aws-cdk@2.1148.1"
"""Newer major versions of the command cannot read what our aws-cdk-lib writes."""
ROOT: Final = Path(__file__).resolve().parent.parent


def main() -> int:
    # npx starts the command by `env node`; app.py is started by this very Python.
    path = f"{node().parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    told = command(sys.argv[1:], os.environ.get("STAGE", ""))
    # The arguments are the caller's own, at their own machine.
    return subprocess.run(told, cwd=ROOT, env={**os.environ, "PATH": path}, check=False).returncode  # noqa: S603


def command(arguments: Sequence[str], stage: str) -> list[str]:
    """Return the CDK command for a stage, by default `dev`. Raises: NodeNotFound."""
    chosen = ["--app", f"{sys.executable} app.py", "--context", f"stage={stage or 'dev'}"]
    return [*npx(), "--yes", CDK, *(arguments or ["synth", "--quiet"]), *chosen]


if __name__ == "__main__":
    sys.exit(main())
