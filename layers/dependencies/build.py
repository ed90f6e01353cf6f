"""Builds a layer's folder with uv: wheels for Lambda's machine, none of our own compiled here."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from infra.plan import Layer
from layers.dependencies.lockfile import requirements, without
from layers.dependencies.recipes import EVERYWHERE, RECIPES, Pruning, Recipe

ROOT: Final = Path(__file__).resolve().parents[2]
BUILT: Final = ROOT / "build/layers"
BUILDER_VERSION: Final = 1
"""Raise it when the same lock file and recipe would give another layer."""
INSTALL_SECONDS: Final = 300


class LayerNotBuilt(Exception):
    """The message says what to do."""


@dataclass(frozen=True, slots=True)
class Target:
    """The machine and Python that the wheels are for; no platform means this machine's."""

    platform: str | None
    python: str


# Lambda's Amazon Linux 2023 has glibc 2.34; NumPy and ONNX Runtime publish wheels for 2.27 and 2.28.
X86_64: Final = Target("x86_64-manylinux_2_28", "3.13")
ARM64: Final = Target("aarch64-manylinux_2_28", "3.13")


def build_layer(name: Layer, target: Target, out: Path = BUILT) -> Path:
    """Return the layer's folder, which Lambda unpacks to /opt; what was built from the same inputs is used again.

    The folder appears whole or not at all. Raises: LayerNotBuilt.
    """
    recipe = RECIPES[name]
    lock = _lock_of(recipe)
    folder = out / f"{name}-{_digest(recipe, lock, target)}"
    if folder.exists():
        return folder
    out.mkdir(parents=True, exist_ok=True)
    work = Path(mkdtemp(prefix=f".{name}-", dir=out))
    try:
        work.chmod(0o755)
        _install(lock, work / "python", target)
        for pruning in (*EVERYWHERE, *recipe.prunings):
            _prune(work / "python", pruning)
        if recipe.model:
            _add_model(work / "minilm")
        _put_in_place(work, folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return folder


def provided(name: Layer) -> dict[str, set[str]]:
    """Return the packages that the layer itself brings, with their pinned versions (one for each marker)."""
    found: dict[str, set[str]] = {}
    for requirement in requirements(_lock_of(RECIPES[name])):
        found.setdefault(requirement.name, set()).add(requirement.version)
    return found


def lock_file(name: Layer) -> Path:
    return ROOT / "requirements" / f"{name}.txt"


def _lock_of(recipe: Recipe) -> str:
    """Return the layer's lock without what is omitted and what the layers beneath it hold."""
    left_out = {package for omission in recipe.omissions for package in omission.packages}
    for beneath in recipe.beneath:
        left_out |= {requirement.name for requirement in requirements(lock_file(beneath).read_text("utf-8"))}
    return without(lock_file(recipe.layer).read_text("utf-8"), left_out)


def _digest(recipe: Recipe, lock: str, target: Target) -> str:
    inputs = (BUILDER_VERSION, target, EVERYWHERE, recipe, lock, _model_inputs() if recipe.model else None)
    return sha256(repr(inputs).encode()).hexdigest()[:16]


def _model_inputs() -> object:
    from training.minilm_onnx import BUILDER_VERSION as MODEL_VERSION
    from training.minilm_weights import INPUTS

    return MODEL_VERSION, INPUTS


def _install(lock: str, folder: Path, target: Target) -> None:
    """Install exactly what the lock names, compared with its hashes."""
    lock_copy = folder.parent / "requirements.txt"
    lock_copy.write_text(lock, encoding="utf-8")
    machine = ["--python-platform", target.platform] if target.platform else []
    command = [
        _uv(), "pip", "install", "--quiet", "--target", str(folder), *machine, "--python-version", target.python,
        "--only-binary", ":all:", "--no-deps", "--require-hashes", "--link-mode", "copy", "-r", str(lock_copy),
    ]  # fmt: skip
    try:
        # Arguments are ours alone: versions, paths, a target.
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS)  # noqa: S603
    except subprocess.CalledProcessError as error:
        raise LayerNotBuilt(f"uv could not install a layer for {target}:\n{error.stderr}") from error
    except subprocess.TimeoutExpired as error:
        raise LayerNotBuilt(f"uv did not finish in {INSTALL_SECONDS} s; is the package index reachable?") from error
    lock_copy.unlink()


def _uv() -> str:
    try:
        from uv import find_uv_bin
    except ModuleNotFoundError as error:
        raise LayerNotBuilt("Layers are built by uv. Install it: pip install -r requirements/deploy.txt") from error
    try:
        return find_uv_bin()
    except FileNotFoundError as error:
        raise LayerNotBuilt("The uv package has no program here. Install requirements/deploy.txt again.") from error


def _prune(folder: Path, pruning: Pruning) -> None:
    for path in list(_matches(folder, pruning)):
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _matches(folder: Path, pruning: Pruning) -> Iterator[Path]:
    for pattern in pruning.paths:
        for path in folder.glob(pattern):
            if not any(fnmatch(path.name, kept) for kept in pruning.keep):
                yield path


def _add_model(folder: Path) -> None:
    from training.minilm_onnx import build

    build(folder)


def _put_in_place(work: Path, folder: Path) -> None:
    try:
        work.rename(folder)
    except OSError:
        # Another build of the same inputs was faster.
        if not folder.exists():
            raise
