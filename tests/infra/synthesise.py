"""`python -m tests.infra.synthesise OUT`: the assemblies that the tests read, one folder for each.

A program of its own, so that CDK's Node lives and ends with it. The third-party layers are empty folders: what they
weigh is another test's.
"""

import sys
from dataclasses import replace
from pathlib import Path

from infra.node import use_node


def main(out: Path) -> None:
    use_node()
    from infra.assembly import add_stacks, code_of, new_app
    from infra.embedding_access import Embedding
    from infra.stage import DEV, PROD, GpuSize, OpenHours
    from layers.dependencies.recipes import RECIPES

    layers = {name: out / "layers" / name for name in RECIPES}
    for folder in layers.values():
        folder.mkdir(parents=True)
        (folder / "empty").touch()
    other = replace(
        DEV,
        architecture="arm64",
        alarm_email="ops@example.com",
        chat_models=("ollama:llama3:8b", "bedrock:us.amazon.nova-micro-v1:0", "openai:gpt-4.1-mini"),
        ollama_url="https://ollama.example.com",
        model_keys_secret="creator-coach/model-keys",
        notice_sender="coach@example.com",
    )
    asking_its_own = replace(
        DEV, chat_models=("ollama:llama3:8b", "ollama:phi3:mini", "bedrock:us.amazon.nova-2-lite-v1:0")
    )
    gpu = replace(asking_its_own, models=GpuSize(nodes=2, most_nodes=5, open_hours=OpenHours(opens=6, closes=22)))
    sealed = replace(asking_its_own, models=GpuSize(outside="endpoints", copied_from="models-of-ours/ollama"))
    embedded = replace(DEV, embedding=Embedding("bedrock"))
    keyed = replace(
        DEV, embedding=Embedding("openai", "text-embedding-3-large"), model_keys_secret="creator-coach/model-keys"
    )
    stages = {
        "embedded": embedded,
        "keyed": keyed,
        "dev": DEV,
        "prod": PROD,
        "arm64": other,
        "gpu": gpu,
        "sealed": sealed,
    }
    for name, stage in stages.items():
        app = new_app(str(out / name))
        add_stacks(app, stage, code_of(layers))
        app.synth()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
