import subprocess
import sys

import pytest

HEAVY = {
    "openai",
    "anthropic",
    "ollama",
    "xllamacpp",
    "requests",
    "httpx",
    "aiohttp",
    "boto3",
    "botocore",
    "numpy",
    "torch",
    "transformers",
}
PROGRAM = "import sys; sys.path[:] = {path!r}; import {module}; print(*sys.modules)"


@pytest.mark.parametrize(
    "adapter", ["ollama", "llama_cpp", "bedrock", "transformers", "openai", "anthropic", "scripted"]
)
def test_importing_an_adapter_brings_in_no_heavy_package(adapter: str) -> None:
    program = PROGRAM.format(path=sys.path, module=f"coaching.adapters.llm.{adapter}")
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=30)
    imported = {module.partition(".")[0] for module in found.stdout.split()}
    assert "coaching" in imported
    assert not HEAVY & imported
