"""What the image is made of: checked by the linters of its languages, and against the catalogue."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from coaching.models.catalogue import CATALOGUE, ModelCard

FOLDER = Path(__file__).resolve().parents[2] / "ollama-gpu"
SERVED_HERE = [card for card in CATALOGUE if card.provider == "ollama"]


def modelfile(card: ModelCard) -> Path:
    return FOLDER / "modelfiles" / f"{re.sub('[:/]', '-', card.model)}.Modelfile"


@pytest.mark.parametrize("command", [["shellcheck", "entry.sh"], ["hadolint", "Dockerfile"]], ids=lambda told: told[0])
def test_a_linter_finds_nothing(command: list[str]) -> None:
    program = Path(sys.executable).with_name(command[0])
    found = subprocess.run(
        [str(program), *command[1:]], cwd=FOLDER, capture_output=True, text=True, timeout=120, check=False
    )
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize("card", SERVED_HERE, ids=lambda card: card.model)
def test_a_model_has_the_window_of_the_catalogue(card: ModelCard) -> None:
    lines = modelfile(card).read_text("utf-8").splitlines()
    assert f"FROM {card.model}" in lines
    assert f"PARAMETER num_ctx {card.context_tokens}" in lines


def test_every_modelfile_is_of_a_model_of_the_catalogue() -> None:
    assert {modelfile(card) for card in SERVED_HERE} == set((FOLDER / "modelfiles").iterdir())


def test_the_image_runs_as_nobody_in_particular_and_is_of_one_version() -> None:
    dockerfile = (FOLDER / "Dockerfile").read_text("utf-8")
    assert re.search(r"^FROM ollama/ollama:\d+\.\d+\.\d+$", dockerfile, re.MULTILINE)
    assert re.search(r"^USER 10001:10001$", dockerfile, re.MULTILINE)
    assert 'ENTRYPOINT ["/opt/ollama-gpu/entry.sh"]' in dockerfile


def test_the_entry_script_can_be_executed() -> None:
    assert (FOLDER / "entry.sh").stat().st_mode & 0o111 == 0o111
