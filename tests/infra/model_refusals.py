"""`python -m tests.infra.model_refusals`: why stages whose machines for models cannot work are refused, one a line.

A program of its own, so that CDK's Node lives and ends with it.
"""

from dataclasses import replace

from infra.node import use_node


def main() -> None:
    use_node()
    from infra.model_access import NoSuchModel
    from infra.models_stack import refuse_what_cannot_work
    from infra.stage import DEV, PROD, GpuSize

    asking = replace(DEV, chat_models=("ollama:llama3:8b",))
    cases = (
        (DEV, GpuSize()),
        (asking, GpuSize(nodes=0)),
        (asking, GpuSize(nodes=3, most_nodes=2)),
        (asking, GpuSize(most_nodes=9)),
        (asking, GpuSize(outside="endpoints")),
        (replace(asking, search=PROD.search), GpuSize(outside="endpoints", copied_from="models-of-ours")),
        (
            replace(asking, chat_models=(*asking.chat_models, "openai:gpt-4.1-mini")),
            GpuSize(outside="endpoints", copied_from="models-of-ours"),
        ),
        (asking, GpuSize()),
    )
    for stage, size in cases:
        try:
            refuse_what_cannot_work(stage, size)
        except NoSuchModel as refusal:
            print(refusal)  # noqa: T201
        else:
            print("accepted")  # noqa: T201


if __name__ == "__main__":
    main()
