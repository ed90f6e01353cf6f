"""`python -m infra.synth`: the pinned CDK command over app.py, with Node from a package where the machine has none.

`STAGE` chooses the stage. Further arguments replace `synth --quiet`, for example `diff` or `deploy --all`.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from infra.node import node, npx

CDK: Final = "aws-cdk@2.1148.1"
"""Newer major versions of the command cannot read what our aws-cdk-lib writes."""
ROOT: Final = Path(__file__).resolve().parent.parent


def main() -> int:
    arguments = sys.argv[1:] or ["synth", "--quiet"]
    stage = os.environ.get("STAGE") or "dev"
    # npx starts the command by `env node`; app.py is started by this very Python.
    path = f"{node().parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    command = [*npx(), "--yes", CDK, *arguments, "--app", f"{sys.executable} app.py", "--context", f"stage={stage}"]
    # The arguments are the caller's own, at their own machine.
    return subprocess.run(command, cwd=ROOT, env={**os.environ, "PATH": path}, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
