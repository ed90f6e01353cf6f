"""The third-party layers: small enough, consistent, and still working after pruning."""

import os
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from itertools import combinations
from pathlib import Path

import pytest

from infra.plan import Layer
from infra.system import SYSTEM
from layers.dependencies.build import X86_64, Target, build_layer, lock_file, provided
from layers.dependencies.lockfile import requirements, without
from layers.dependencies.recipes import RECIPES
from layers.dependencies.sizes import LIMIT_MIB, function_mebibytes, table

ROOT = Path(__file__).resolve().parents[2]
HERE = Target(None, f"{sys.version_info.major}.{sys.version_info.minor}")


@pytest.fixture(scope="session")
def built() -> dict[Layer, Path]:
    return {name: build_layer(name, X86_64) for name in RECIPES}


@pytest.mark.synth
@pytest.mark.xdist_group("synth")
def test_code_and_layers_of_every_function_fit_into_lambda(
    built: dict[Layer, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    sizes = {
        capability.name: function_mebibytes(
            capability, ROOT / "functions" / capability.name, ROOT / "layers/coaching", built
        )
        for capability in SYSTEM.capabilities
    }
    with capsys.disabled():
        sys.stdout.write(table(sizes))
    assert max(sizes.values()) <= LIMIT_MIB


def test_a_function_has_the_layers_beneath_each_of_its_layers() -> None:
    for capability in SYSTEM.capabilities:
        for name in capability.layers:
            assert set(RECIPES[name].beneath) <= set(capability.layers), capability.name


@pytest.mark.parametrize(("one", "other"), list(combinations(RECIPES, 2)))
def test_layers_agree_on_every_version(one: Layer, other: Layer) -> None:
    first, second = versions(one), versions(other)
    assert {name: first[name] for name in first.keys() & second.keys()} == {
        name: second[name] for name in first.keys() & second.keys()
    }, f"constrain requirements/{other}.in with -c {one}.txt, then make lock"


def versions(layer: Layer) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for requirement in requirements(lock_file(layer).read_text("utf-8")):
        found.setdefault(requirement.name, set()).add(requirement.version)
    return found


def test_no_package_is_in_two_layers_of_a_function() -> None:
    for capability in SYSTEM.capabilities:
        for one, other in combinations(capability.layers, 2):
            assert not provided(one).keys() & provided(other).keys(), capability.name


def test_what_a_recipe_leaves_out_would_otherwise_be_there() -> None:
    for name, recipe in RECIPES.items():
        left_out = {package for omission in recipe.omissions for package in omission.packages}
        assert left_out <= versions(name).keys(), name


@pytest.mark.synth
@pytest.mark.xdist_group("synth")
def test_a_build_is_used_again_until_its_inputs_change(built: dict[Layer, Path]) -> None:
    before = {name: folder.stat().st_mtime_ns for name, folder in built.items()}
    again = {name: build_layer(name, X86_64).stat().st_mtime_ns for name in RECIPES}
    assert again == before
    assert build_layer("core", HERE) != built["core"]


@pytest.mark.synth
@pytest.mark.xdist_group("synth")
def test_pruned_paths_are_gone_and_the_services_we_call_are_there(built: dict[Layer, Path]) -> None:
    assert {path.name for path in (built["core"] / "python/botocore/data").iterdir() if path.is_dir()} == {
        "bedrock-runtime",
        "dynamodb",
        "s3",
        "stepfunctions",
        "sts",
        "transcribe",
        "xray",
    }
    for name, folder in built.items():
        assert not list(stale(name, folder / "python")), name
    assert (built["embedding"] / "minilm/model.onnx").stat().st_size > 10_000_000


def stale(name: Layer, folder: Path) -> Iterator[Path]:
    for pruning in RECIPES[name].prunings:
        for pattern in pruning.paths:
            for path in folder.glob(pattern):
                if not any(fnmatch(path.name, kept) for kept in pruning.keep):
                    yield path


# What the functions use of each layer, run from the pruned layers alone.
USES = {
    ("core",): """
import boto3.session, starlette.applications, uvicorn, pydantic, aws_xray_sdk.core
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.utilities.batch import BatchProcessor
session = boto3.session.Session(region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
for service in ("bedrock-runtime", "dynamodb", "s3", "stepfunctions", "sts", "transcribe", "xray"):
    session.client(service)
url = session.client("s3").generate_presigned_url("put_object", Params={"Bucket": "b", "Key": "k"})
""",
    ("core", "retrieval"): """
import numpy
from coaching.adapters.search.words import analyzer
assert analyzer("german").terms("Die Gewohnheiten") == ["gewohn"]
from opensearchpy import OpenSearch, RequestsHttpConnection, Urllib3AWSV4SignerAuth, Urllib3HttpConnection, helpers
OpenSearch(hosts=["https://127.0.0.1:9"], connection_class=Urllib3HttpConnection)
assert numpy.linalg.norm(numpy.ones(4)) == 2
""",
    ("core", "retrieval", "embedding"): """
import sys
from pathlib import Path
from coaching.adapters.embedding.minilm import MiniLMEmbedder
vectors = MiniLMEmbedder(Path(sys.argv[1]) / "minilm").embed(["a fire needs air", "logs want draught"], "passage")
assert vectors.shape == (2, 384) and float(vectors[0] @ vectors[1]) > 0.2
""",
    ("core", "extraction"): """
import io, docx, openpyxl, pptx, pypdfium2
from coaching.adapters.extraction import FileExtractor
from coaching.knowledge.content_types import CSV, DOCX, HTML, JSON, MARKDOWN, PLAIN, PPTX, VTT, XLSX
file = io.BytesIO(); document = docx.Document(); document.add_heading("a"); document.save(file)
book = io.BytesIO(); sheets = openpyxl.Workbook()
sheets.active.title = "a"; sheets.active["A1"] = "b"; sheets.save(book)
show = io.BytesIO(); slides = pptx.Presentation(); slides.slides.add_slide(slides.slide_layouts[5])
slides.slides[0].shapes.title.text_frame.text = "a"; slides.save(show)
files = {DOCX: file.getvalue(), XLSX: book.getvalue(), PPTX: show.getvalue(), CSV: b"a,b",
         JSON: b'[{"start": 1, "text": "a"}]', HTML: b"<h1>a</h1>", MARKDOWN: b"# a", PLAIN: "a".encode("utf-16"),
         VTT: b"WEBVTT\\n\\n00:01.000 --> 00:02.000\\na\\n"}
for content_type, data in files.items():
    assert "a" in FileExtractor().extract(data, content_type).blocks[0].text
pypdfium2.PdfDocument.new().close()
""",
}


@pytest.mark.synth
@pytest.mark.xdist_group("synth")
@pytest.mark.parametrize("names", USES, ids="+".join)
def test_a_pruned_layer_still_does_what_functions_use_it_for(names: tuple[Layer, ...]) -> None:
    folders = [build_layer(name, HERE) for name in names]
    path = [str(folder / "python") for folder in folders] + [str(ROOT / "layers/coaching/python")]
    # -S leaves site-packages out: only what the layers hold can be imported.
    done = subprocess.run(
        [sys.executable, "-S", "-c", USES[names], str(folders[-1])],
        env={"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3_000:]


def test_a_lock_file_is_read_entry_by_entry() -> None:
    first = "a-b==1.0 ; python_version < '3.12' \\\n    --hash=sha256:1\n    # via x\n"
    lock = f"# made\n{first}c_d[e]==2 \\\n    --hash=sha256:2\n"
    assert [(found.name, found.version) for found in requirements(lock)] == [("a-b", "1.0"), ("c-d", "2")]
    assert without(lock, {"a-b"}) == "c_d[e]==2 \\\n    --hash=sha256:2\n"


def test_the_plan_and_the_recipes_know_the_same_layers() -> None:
    used = {name for capability in SYSTEM.capabilities for name in capability.layers}
    assert used == set(RECIPES)
