from pathlib import Path

import pytest

from coaching.adapters.embedding.minilm import MiniLMEmbedder
from training.minilm_onnx import build

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def minilm_folder() -> Path:
    """The real model, built at the first run and kept beside the repository's other caches."""
    return build(REPOSITORY / ".cache" / "minilm")


@pytest.fixture(scope="session")
def minilm(minilm_folder: Path) -> MiniLMEmbedder:
    return MiniLMEmbedder(minilm_folder)
