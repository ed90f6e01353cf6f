"""What goes into each third-party layer, and what is left out of it for which reason."""

from dataclasses import dataclass
from typing import Final

from infra.plan import Layer


@dataclass(frozen=True, slots=True)
class Omission:
    """Packages of the lock file that are not installed."""

    packages: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Pruning:
    """Paths, as globs below the layer's `python` folder, that are removed. What matches `keep` stays."""

    paths: tuple[str, ...]
    reason: str
    keep: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recipe:
    """`requirements/<layer>.txt`, without what the layers `beneath` it hold: they go wherever this one goes."""

    layer: Layer
    beneath: tuple[Layer, ...] = ()
    omissions: tuple[Omission, ...] = ()
    prunings: tuple[Pruning, ...] = ()
    model: bool = False
    """Whether the MiniLM model goes beside `python`, to be found as /opt/minilm."""


EVERYWHERE: Final = (
    Pruning(("**/__pycache__",), "written by another Python, so never read by the function's"),
    Pruning(("**/*.pyi", "*-stubs"), "read by type checkers only"),
    Pruning(("bin", "share"), "commands and manual pages"),
)

RECIPES: Final = {
    recipe.layer: recipe
    for recipe in (
        Recipe(
            "core",
            prunings=(
                Pruning(
                    ("botocore/data/*",),
                    "descriptions of some 400 services that nothing calls",
                    keep=("bedrock-runtime", "dynamodb", "s3", "stepfunctions", "sts", "transcribe", "xray", "*.json"),
                ),
                Pruning(("boto3/data", "boto3/examples"), "the resource interface: we use clients"),
            ),
        ),
        Recipe(
            "retrieval",
            beneath=("core",),
            omissions=(Omission(("grpcio", "opensearch-protobufs", "protobuf"), "we speak to OpenSearch over HTTP"),),
            prunings=(
                Pruning(("numpy/**/tests",), "NumPy's own tests"),
                Pruning(("numpy/f2py", "numpy/_core/include", "numpy/_core/lib"), "for compiling against NumPy"),
            ),
        ),
        Recipe(
            "embedding",
            beneath=("core", "retrieval"),
            omissions=(
                Omission(
                    (
                        "colorama", "filelock", "fsspec", "hf-xet", "httpcore2", "httpx2", "httpx2-jsfetch",
                        "huggingface-hub", "packaging", "pyyaml", "tqdm", "truststore",
                    ),
                    "tokenizers downloads with them; the tokenizer comes with the layer",
                ),
                Omission(("flatbuffers", "protobuf"), "ONNX Runtime edits models with them; it runs them without"),
            ),
            prunings=(
                Pruning(
                    tuple(f"onnxruntime/{part}" for part in ("transformers", "quantization", "tools", "datasets")),
                    "for making models; the model is made before it gets here",
                ),
            ),
            model=True,
        ),
        Recipe(
            "extraction",
            beneath=("core",),
            prunings=(
                Pruning(("pypdfium2_cli",), "a command"),
                Pruning(("lxml/includes", "lxml/isoschematron", "**/*.pxd", "**/*.pyx"), "for compiling against lxml"),
            ),
        ),
    )
}  # fmt: skip
"""By layer; a layer stands after those beneath it."""
