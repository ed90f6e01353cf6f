"""The CDK app: `make synth`, or `.venv/bin/python app.py` for the assembly without the CDK command."""

import os
import sys

from infra.node import NodeNotFound, use_node
from layers.dependencies.build import LayerNotBuilt


def main() -> None:
    try:
        use_node()
        # Importing aws_cdk starts Node.
        from infra.assembly import synthesise
        from infra.model_access import NoSuchModel
        from infra.stage import UnknownStage
    except NodeNotFound as error:
        sys.exit(str(error))
    try:
        # The CDK command says where it wants the assembly.
        synthesise(os.environ.get("CDK_OUTDIR", "cdk.out"))
    except (UnknownStage, NoSuchModel, LayerNotBuilt) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
