"""Make the project's packages importable in its virtual environment, as the layers make them on AWS."""

import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    target = Path(sysconfig.get_path("purelib")) / "creator_coach.pth"
    target.write_text(f"{ROOT}\n{ROOT / 'layers/coaching/python'}\n")


if __name__ == "__main__":
    main()
