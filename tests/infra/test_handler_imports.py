"""A handler can be imported with what its layers hold, and brings in nothing that would slow every cold start."""

import json
import os
import subprocess
import sys
import sysconfig
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from infra.plan import Capability
from infra.system import SYSTEM
from layers.dependencies.build import provided
from layers.dependencies.lockfile import normalised

ROOT = Path(__file__).resolve().parents[2]
SLOW = {"openai", "anthropic", "ollama", "transformers", "torch", "opensearchpy", "onnxruntime"}
# As on Lambda: the function's folder and the layers are on the path, the handler is a module of its own, and what no
# layer holds is not there.
PROGRAM = """
import importlib, json, sys
absent = set(json.loads(sys.argv[1]))
sys.path.append(sys.argv[2])

class LayersAlone:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent:
            raise ModuleNotFoundError(f"{name} is in no layer of this function", name=name)

sys.meta_path.insert(0, LayersAlone())
importlib.import_module("handler")
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


@cache
def owners() -> dict[str, set[str]]:
    """Return the installed distributions behind each top-level module."""
    found = packages_distributions().items()
    return {module: {normalised(distribution) for distribution in distributions} for module, distributions in found}


def imported(capability: Capability) -> set[str]:
    """Return the top-level modules of a fresh process after it imported the handler."""
    folder = ROOT / "functions" / capability.name
    held = {package for layer in capability.layers for package in provided(layer)}
    absent = json.dumps([module for module, distributions in owners().items() if not distributions & held])
    # -S: the site-packages' own start-up files are no part of a function.
    command = [sys.executable, "-S", "-c", PROGRAM, absent, sysconfig.get_path("purelib")]
    path = os.pathsep.join([str(folder), str(ROOT / "layers/coaching/python")])
    environment = {"PATH": os.defpath, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr[-3_000:]
    found: list[str] = json.loads(done.stdout.splitlines()[-1])
    return set(found)


@pytest.mark.parametrize("capability", SYSTEM.capabilities, ids=lambda capability: capability.name)
def test_a_handler_needs_its_layers_alone_and_imports_nothing_slow(capability: Capability) -> None:
    modules = imported(capability)
    assert {"handler", "coaching"} <= modules
    assert not SLOW & modules
