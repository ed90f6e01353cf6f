"""The synthesised system, once per test session."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.infra.templates import Assembly

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def assemblies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("cdk")
    command = [sys.executable, "-m", "tests.infra.synthesise", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-4_000:]
    return out


@pytest.fixture(scope="session")
def dev(assemblies: Path) -> Assembly:
    return Assembly(assemblies / "dev")


@pytest.fixture(scope="session")
def prod(assemblies: Path) -> Assembly:
    return Assembly(assemblies / "prod")


@pytest.fixture(scope="session")
def arm64(assemblies: Path) -> Assembly:
    return Assembly(assemblies / "arm64")


@pytest.fixture(scope="session")
def embedded(assemblies: Path) -> Assembly:
    return Assembly(assemblies / "embedded")


@pytest.fixture(scope="session")
def keyed(assemblies: Path) -> Assembly:
    return Assembly(assemblies / "keyed")


@pytest.fixture(scope="session")
def gpu(assemblies: Path) -> Assembly:
    return Assembly(assemblies / "gpu")


@pytest.fixture(scope="session")
def sealed(assemblies: Path) -> Assembly:
    return Assembly(assemblies / "sealed")
