"""Builds the embedding model: `python -m training.minilm_onnx OUT_DIR`.

OUT_DIR then holds `model.onnx` (training/minilm_graph.py), `tokenizer.json` (windows of 256 tokens, no padding) and
`card.json`: where the weights come from, their licence and hashes, and how near the model is to them in float32.
"""

import argparse
import json
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

from coaching.adapters.embedding.minilm import MODEL
from coaching.errors import CoachingError, Conflict, EmbedderUnavailable
from training.minilm_figures import (
    Accuracy,
    accuracy,
    milliseconds_per_query,
    passages_per_second,
    sample_sentences,
    sample_texts,
)
from training.minilm_graph import MAX_TOKENS, encoder_model
from training.minilm_weights import INPUTS, LICENCE, PACKAGE, Weights, read_weights, source_folder

BUILDER_VERSION: Final = 3
"""Raise it when the same weights would give another model."""
EMOJI: Final = r"\x{2600}-\x{27BF}\x{2B00}-\x{2BFF}\x{1F000}-\x{1FAFF}"
APART: Final = f"[{EMOJI}]|[^{EMOJI}]{{100}}"
"""What is read by itself: an emoji, with which a word that it touches would be unknown, and a hundred characters of a
longer word, which would be unknown as a whole."""
REQUIRED_MEAN_COSINE: Final = 0.99
FILES: Final = {"model.onnx", "tokenizer.json", "card.json"}


def build(out: Path) -> Path:
    """Return `out`, holding the model; what is already there and current is left alone.

    The folder appears whole or not at all, and several builds at once end in one model.
    Raises: EmbedderUnavailable when the weights are missing or the model is not faithful to them;
    Conflict when `out` holds anything else.
    """
    if _is_current(out):
        return out
    _refuse_foreign_files(out)
    source = source_folder()
    weights = read_weights(source)
    out.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        finished = scratch / "finished"
        finished.mkdir()
        _write_model(finished, source, weights)
        _put_in_place(finished, out, outdated=scratch / "outdated")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return out


def _refuse_foreign_files(out: Path) -> None:
    if out.exists() and not (out.is_dir() and FILES.issuperset(path.name for path in out.iterdir())):
        raise Conflict(f"{out} holds something other than this model. Choose an empty folder.")


def _write_model(folder: Path, source: Path, weights: Weights) -> None:
    (folder / "model.onnx").write_bytes(encoder_model(weights))
    (folder / "tokenizer.json").write_text(_tokenizer(source / "tokenizer.json"), encoding="utf-8")
    measured = accuracy(folder, weights, sample_sentences())
    if measured.mean_cosine < REQUIRED_MEAN_COSINE:
        raise EmbedderUnavailable(
            f"The int8 model is too far from its weights here (mean cosine {measured.mean_cosine:.3f}). "
            "Use the pinned versions of onnx and onnxruntime."
        )
    card = json.dumps(_card(folder, measured), indent=2)
    (folder / "card.json").write_text(card + "\n", encoding="utf-8")


def _tokenizer(published: Path) -> str:
    """Return the published tokenizer, which now cuts windows and knows more: an unknown word is lost to the model."""
    from tokenizers import Regex, Tokenizer
    from tokenizers.pre_tokenizers import Sequence, Split

    tokenizer = Tokenizer.from_file(str(published))
    tokenizer.pre_tokenizer = Sequence([tokenizer.pre_tokenizer, Split(Regex(APART), "isolated")])
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    text: str = tokenizer.to_str()
    return text


def _made_from() -> dict[str, Any]:
    return {
        "model": MODEL,
        "builder_version": BUILDER_VERSION,
        "source": {"package": PACKAGE, "licence": LICENCE, "sha256": INPUTS},
    }


def _card(folder: Path, measured: Accuracy) -> dict[str, Any]:
    return _made_from() | {
        "bytes": {name: (folder / name).stat().st_size for name in ("model.onnx", "tokenizer.json")},
        "cosine_to_float32": {
            "texts": measured.texts,
            "mean": round(measured.mean_cosine, 4),
            "min": round(measured.min_cosine, 4),
        },
    }


def _is_current(out: Path) -> bool:
    try:
        card = json.loads((out / "card.json").read_text(encoding="utf-8"))
        whole = all((out / name).stat().st_size == size for name, size in card["bytes"].items())
        return whole and {name: card[name] for name in _made_from()} == _made_from()
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return False


def _put_in_place(finished: Path, out: Path, outdated: Path) -> None:
    """Rename `finished` to `out`, moving what is outdated there away first."""
    if not _is_current(out):
        with suppress(FileNotFoundError):
            os.rename(out, outdated)
    try:
        os.rename(finished, out)
    except OSError:
        # Another build was faster; its model is the same.
        if not _is_current(out):
            raise


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the MiniLM embedding model from its published weights.")
    parser.add_argument("out", type=Path, metavar="OUT_DIR")
    parser.add_argument("--figures", action="store_true", help="also measure accuracy over more texts, and speed")
    arguments = parser.parse_args()
    started = time.perf_counter()
    try:
        out = build(arguments.out)
    except CoachingError as error:
        raise SystemExit(error.message) from error
    print(f"{out} ready in {time.perf_counter() - started:.1f} s, {(out / 'model.onnx').stat().st_size / 1e6:.1f} MB")
    if arguments.figures:
        _print_figures(out)


def _print_figures(folder: Path) -> None:
    measured = accuracy(folder, read_weights(source_folder()), sample_texts())
    print(
        f"cosine to float32 over {measured.texts} texts: mean {measured.mean_cosine:.4f}, min {measured.min_cosine:.4f}"
    )
    for threads in (1, 2):
        query, rate = milliseconds_per_query(folder, threads), passages_per_second(folder, threads)
        print(f"threads {threads}: {query:.1f} ms for a query of 12 words, {rate:.1f} passages of 200 words per second")


if __name__ == "__main__":
    main()
