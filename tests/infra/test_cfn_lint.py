"""cfn-lint finds nothing in the templates."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.infra.templates import Assembly

pytestmark = [pytest.mark.synth, pytest.mark.xdist_group("synth")]
IGNORED = {
    "W3005": "CDK writes a DependsOn on a role beside the reference to it, because its policy has to be there too",
}


def test_cfn_lint_finds_nothing(dev: Assembly, prod: Assembly) -> None:
    # The stages' other templates differ in sizes alone.
    storage_of_prod = [path for path in prod.template_files() if "storage" in path.name]
    templates = [*dev.template_files(), *storage_of_prod]
    assert len(templates) == 3
    program = Path(sys.executable).with_name("cfn-lint")
    command = [str(program), "--ignore-checks", *IGNORED, "--", *map(str, templates)]
    found = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
