"""Importing an adapter costs no SDK and no network."""

import subprocess
import sys

MODULES = [
    "answered_requests",
    "clients",
    "current_model",
    "conversations",
    "document_work",
    "documents",
    "profile",
    "transcription",
    "uploads",
    "waiting",
    "work_files",
]


def test_importing_the_adapters_imports_neither_boto3_nor_pydantic() -> None:
    lines = [f"import coaching.adapters.aws.{name}" for name in MODULES]
    lines += ["import sys", "assert not {'boto3', 'botocore', 'pydantic'} & set(sys.modules)"]
    subprocess.run([sys.executable, "-c", "\n".join(lines)], check=True, timeout=60)
