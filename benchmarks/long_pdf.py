"""A text PDF of 2,000 pages: `python -m benchmarks.long_pdf FILE` extracts one and prints its seconds and memory."""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure

PAGES = 2_000
LINES = 52
WIDTH = 92
MOST_FILE_MB = 25
MOST_SECONDS = 300
MOST_MB = 2_048
_VOCABULARY = 8_000


def figures() -> Iterator[Figure]:
    """Yield what it takes to extract and clean such a file in a process of its own, the limits being the function's."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "long.pdf"
        made(file)
        megabytes = file.stat().st_size / 1e6
        command = [sys.executable, "-m", "benchmarks.long_pdf", str(file)]
        done = subprocess.run(command, capture_output=True, check=True)  # noqa: S603 - this program itself
    told = json.loads(done.stdout)
    seconds, peak = told["seconds"], told["peak_mb"]
    what = f"a text pdf of {PAGES:,} pages, {megabytes:.1f} MB, {told['characters'] / 1e6:.1f} million characters"
    yield Figure(f"{what}: time", f"{seconds:.0f} s", f"<= {MOST_SECONDS} s", seconds <= MOST_SECONDS)
    yield Figure(f"{what}: memory", f"{peak:.0f} MB", f"<= {MOST_MB:,} MB", peak <= MOST_MB)


def made(file: Path) -> None:
    """Write the file: full pages of running text, with a running header and a page number."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    chance = random.Random(1)  # noqa: S311 - the same file each time
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(chance.choices(letters, k=chance.randint(2, 11))) for _ in range(_VOCABULARY)]
    canvas = Canvas(str(file), pagesize=A4, pageCompression=1)
    for number in range(1, PAGES + 1):
        canvas.setFont("Helvetica", 8)
        canvas.drawString(50, 815, "A long book")
        canvas.drawRightString(545, 20, f"Page {number}")
        text = canvas.beginText(50, 790)
        text.setFont("Helvetica", 11, leading=14)
        for _ in range(LINES):
            text.textLine(_line(chance, words))
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()


def _line(chance: random.Random, words: list[str]) -> str:
    line = chance.choice(words)
    while len(line) < WIDTH:
        line += " " + chance.choice(words)
    return line


def main() -> None:
    from coaching.adapters.extraction import FileExtractor
    from coaching.knowledge.clean import clean
    from coaching.knowledge.content_types import PDF

    data = Path(sys.argv[1]).read_bytes()
    start = time.perf_counter()
    blocks = clean(FileExtractor().extract(data, PDF).blocks)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak, "characters": sum(len(block.text) for block in blocks)}))


if __name__ == "__main__":
    main()
